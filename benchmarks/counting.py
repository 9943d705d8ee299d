"""Timelines, facets and places over 100,000 articles on Tantivy: ``python -m benchmarks.counting [--articles N]``.

Each is held against Tantivy's bare aggregation over the same column and the same query, warm, in one process.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import tantivy

import searchkit
from benchmarks import common, corpus
from benchmarks.common import Report, Spread

ROUNDS = 30
MOST = 3.0
"""Times the bare aggregation that a command may take."""


def _seconds(run: Callable[[], object], _: int) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def measure(articles: int = 100_000) -> Report:
    """Index, then count."""
    report = Report("counting")
    whole = corpus.big(articles)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "index"
        common.tell(f"counting: indexing {articles:,} articles")
        with searchkit.create(folder, engine="tantivy") as archive:
            archive.index([whole])
        with searchkit.open(folder) as archive:
            (engine_folder,) = (folder / "generations").glob("*/engine")
            index = tantivy.Index.open(str(engine_folder))
            index.reload()
            rows = []
            for query, bare in (("*", tantivy.Query.all_query()), ("oil", _term(index, "oil"))):
                for what, ours, columns in (
                    ("timeline", partial(archive.timeline, query, by="month"), ["day"]),
                    ("facets by country", partial(archive.facets, query, ["country"]), ["location_whole"]),
                    ("places by country", partial(archive.places, query), ["location_whole"]),
                    ("places by city", partial(archive.places, query, "city"), ["location_whole"]),
                    ("facets by year", partial(archive.facets, query, ["year"]), ["day"]),
                    (
                        "facets by country and year",
                        partial(archive.facets, query, ["country", "year"]),
                        ["location_whole", "day"],
                    ),
                ):
                    asked = {each: {"terms": {"field": each, "size": 65_000}} for each in columns}
                    theirs = partial(index.searcher().aggregate, bare, asked)
                    ours()
                    theirs()
                    subjects = {"ours": partial(_seconds, ours), "bare": partial(_seconds, theirs)}
                    values: dict[str, list[float]] = common.alternate(subjects, ROUNDS)
                    ratio = common.ratios(values["ours"], values["bare"])
                    shown = [Spread.of([1000 * value for value in values[each]]).show() for each in subjects]
                    rows.append([f"{what} of {query}", *shown, ratio.show()])
                    report.measurements[f"{what} of {query}"] = values
                    report.check(f"{what} of {query}, time against the bare aggregation ≤ {MOST:g} ×",
                                 f"{ratio.show()} ×", ratio.median <= MOST)  # fmt: skip
    headers = ("", "searchkit, ms", "bare aggregation, ms", "ratio")
    report.table(f"Counting {articles:,} articles, median [quartiles] of {ROUNDS} pairs", headers, rows)
    return report


def _term(index: Any, term: str) -> tantivy.Query:
    return tantivy.Query.term_query(index.schema, "text_stem", term, "basic")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    sys.exit(common.main(partial(measure, parser.parse_args().articles)))
