"""Words that set articles apart: a table for people, JSON, CSV."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, TextIO

from tabulate import tabulate

from searchkit.render import characters, words
from searchkit.render.csv_ import cell

if TYPE_CHECKING:
    from searchkit.results import Terms


def write(terms: Terms, out: TextIO, format: str) -> None:
    """Write the words as a ``table``, as ``json`` or as ``csv``."""
    if format == "json":
        from searchkit.render.records import dumps, terms_record

        out.write(dumps(terms_record(terms)) + "\n")
    elif format == "csv":
        rows = csv.writer(out)
        rows.writerow(("word", "matches", "articles", "score"))
        rows.writerows((cell(term.word), term.matches, term.articles, term.score) for term in terms.terms)
    elif terms.terms:
        cells = [
            (characters.one_line(term.word), f"{term.matches:,}", f"{term.articles:,}", f"{term.score:.1f}")
            for term in terms.terms
        ]
        align = ("left", "right", "right", "right")
        drawn = tabulate(cells, ("word", "matches", "archive", "G²"), colalign=align, disable_numparse=True)
        out.write(drawn + "\n\n")
        looked = "" if terms.sample == terms.total else f", {terms.sample:,} of them looked at"
        out.write(f"{words.count(terms.total, 'article')}{looked}\n")
