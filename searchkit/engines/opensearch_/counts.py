"""Counting values over all articles that match, by the cluster's aggregations over its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from searchkit.engines.base import Counts
from searchkit.engines.opensearch_.compile import Query
from searchkit.engines.opensearch_.schema import DAY
from searchkit.engines.wire import from_wire
from searchkit.fields import Form, physical

Search = Callable[[dict[str, Any]], dict[str, Any]]

_MOST_BUCKETS = 60_000
"""Values that are counted by one request; a cluster refuses to count more than 65,535 at once."""

_PAGE = 20_000
"""Values of a page, where there are more of them."""


def count_values(search: Search, query: Query, fields: Sequence[str], days: bool) -> Counts:
    """The counts that :meth:`searchkit.engines.base.Engine.counts` gives."""
    names = {field: physical(field, Form.WHOLE) for field in fields}
    columns = [*names.values(), *([DAY] if days else [])]
    asked: dict[str, Any] = {f"without {name}": {"missing": {"field": name}} for name in names.values()}
    most = _MOST_BUCKETS // max(len(columns), 1)
    for name in columns:
        asked[f"by {name}"] = {"terms": {"field": name, "size": most}}
    answer = search({"size": 0, "query": query, "track_total_hits": True, "aggs": asked})
    found = answer.get("aggregations", {})

    def counted(name: str) -> dict[Any, int]:
        buckets = found[f"by {name}"]["buckets"]
        if len(buckets) < most:
            return {bucket["key"]: int(bucket["doc_count"]) for bucket in buckets}
        return dict(walk(search, query, name))

    return Counts(
        int(answer["hits"]["total"]["value"]),
        counted(DAY) if days else None,
        {field: {from_wire(value): count for value, count in counted(name).items()} for field, name in names.items()},
        {field: int(found[f"without {name}"]["doc_count"]) for field, name in names.items()},
    )


def walk(search: Search, query: Query, name: str, after: Any = None, size: int = _PAGE) -> Iterator[tuple[Any, int]]:
    """The values of a column and their numbers of articles, in order, from the one after ``after``, page by page. Over all
    articles, a page costs no more than what is in it.
    """
    while True:
        page: dict[str, Any] = {"size": size, "sources": [{"value": {"terms": {"field": name}}}]}
        if after is not None:
            page["after"] = {"value": after}
        body = {"size": 0, "query": query, "track_total_hits": False, "aggs": {"page": {"composite": page}}}
        buckets = search(body)["aggregations"]["page"]["buckets"]
        for bucket in buckets:
            yield bucket["key"]["value"], int(bucket["doc_count"])
        if len(buckets) < size:
            return
        after, size = buckets[-1]["key"]["value"], min(4 * size, _PAGE)
