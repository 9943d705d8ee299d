"""Facets: a table for people, JSON, CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from searchkit.render import characters, words
from searchkit.render.csv_ import cell

if TYPE_CHECKING:
    from searchkit.results import FacetCounts, Facets

_LONGEST = 60
"""Columns of a value in the table."""


def write(facets: Facets, out: TextIO, format: str) -> None:
    """Write the facets as a ``table``, as ``json`` or as ``csv``."""
    if format == "json":
        from searchkit.render.records import dumps, facets_record

        out.write(dumps(facets_record(facets)) + "\n")
    elif format == "csv":
        rows = csv.writer(out)
        rows.writerow(("facet", "value", "count"))
        for facet in facets.facets:
            rows.writerows((facet.name, cell(value), count) for value, count in facet.values)
    else:
        write_counts(facets.facets, out)
        out.write(words.count(facets.total, "article") + "\n")


def write_counts(facets: Iterable[FacetCounts], out: TextIO) -> None:
    """Write each facet as a small table with a blank line after it."""
    for facet in facets:
        rows = [(characters.fit(characters.one_line(value), _LONGEST), f"{count:,}") for value, count in facet.values]
        more = facet.distinct - len(facet.values)
        if more:
            rows.append((f"({more:,} more)", ""))
        if facet.without:
            rows.append(("(none)", f"{facet.without:,}"))
        out.write(facet.name + "\n")
        out.writelines(f"  {line}\n" for line in characters.aligned(rows))
        out.write("\n")
