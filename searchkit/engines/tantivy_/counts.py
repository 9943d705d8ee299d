"""Counting values over all articles that match, by Tantivy's aggregations over its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tantivy
from tantivy import Query

from searchkit.engines.base import Counts
from searchkit.engines.tantivy_.schema import DAY, KEY
from searchkit.engines.wire import from_wire
from searchkit.fields import Form, physical

_MOST_BUCKETS = 65_000
"""Values that Tantivy counts at once; of a column with more, it counts page by page."""

_PAGE = 20_000

_NONE = "\0"
"""Stands for no value. No value is this one: values are lines of text."""


def count_values(searcher: tantivy.Searcher, query: Query, fields: Sequence[str], days: bool) -> Counts:
    """The counts that :meth:`searchkit.engines.base.Engine.counts` gives."""
    asked: dict[str, Any] = {"total": {"value_count": {"field": KEY}}}
    for field in fields:
        terms = {"field": physical(field, Form.WHOLE), "size": _MOST_BUCKETS, "missing": _NONE}
        asked[f"by {field}"] = {"terms": terms}
    if days:
        asked["by day"] = {"terms": {"field": DAY, "size": _MOST_BUCKETS}}
    found = _aggregate(searcher, query, asked)
    values: dict[str, dict[str, int]] = {}
    without: dict[str, int] = {}
    for field in fields:
        counted = _buckets(searcher, query, found[f"by {field}"], physical(field, Form.WHOLE))
        without[field] = counted.pop(_NONE, 0)
        values[field] = {from_wire(value): count for value, count in counted.items()}
    by_day = _buckets(searcher, query, found["by day"], DAY) if days else None
    return Counts(int(found["total"]["value"] or 0), by_day, values, without)


def _aggregate(searcher: tantivy.Searcher, query: Query, asked: dict[str, Any]) -> dict[str, Any]:
    return dict(searcher.aggregate(query, asked))


def _buckets(searcher: tantivy.Searcher, query: Query, terms: dict[str, Any], name: str) -> dict[Any, int]:
    if not terms.get("sum_other_doc_count"):
        return {bucket["key"]: int(bucket["doc_count"]) for bucket in terms["buckets"]}
    # More values than are counted at once; of the undated nobody asks.
    counted: dict[Any, int] = {}
    after: Any = None
    while True:
        source = {"value": {"terms": {"field": name, "missing_bucket": name != DAY}}}
        page = {"sources": [source], "size": _PAGE} | ({} if after is None else {"after": after})
        got = _aggregate(searcher, query, {"page": {"composite": page}})["page"]
        for bucket in got["buckets"]:
            value = bucket["key"]["value"]
            counted[_NONE if value is None else value] = int(bucket["doc_count"])
        after = got.get("after_key")
        if after is None or not got["buckets"]:
            return counted


def total_of(result: tantivy.SearchResult) -> int:
    """How many articles a search found."""
    # The type stub of tantivy 0.27 lacks it.
    return int(result.count)  # type: ignore[attr-defined]
