"""The best hits where what is recent counts more, which Tantivy has no ranking for.

A hit that is not among the best N by plain score scores no more than the last of them. To be among the best all the same
it must be recent enough, so that the next search looks only at the days since, where N are sooner all there are. The
result is exact: it ends when nothing that was not seen could be among the best.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import nlargest
from operator import itemgetter
from typing import Any

import tantivy
from tantivy import DocAddress, Occur, Query

from searchkit.engines.recency import Recency
from searchkit.engines.tantivy_.counts import total_of
from searchkit.engines.tantivy_.schema import DAY
from searchkit.query.plan import Plan, Range

_FIRST = 128
"""How many hits beyond the wanted ones are looked at first. Each further search looks at four times as many."""

_SLACK = 1 - 1e-6
"""Scores are of single precision, and one of the same article can differ in its last digit between two searches."""


def best_recent(
    searcher: tantivy.Searcher, query: Query, compile: Callable[[Plan], Query], wanted: int, recency: Recency
) -> tuple[int, list[tuple[float, DocAddress]]]:
    """The number of hits, and with their scores the ``wanted`` best and all that tie with the last of them, best first."""
    seen: dict[tuple[int, int], float] = {}
    factors: dict[Any, float] = {}
    fetch = wanted + _FIRST
    result = searcher.search(query, fetch)
    hits = result.hits
    total = total_of(result)
    while True:
        days: list[Any] = searcher.fast_field_values(DAY, [address for _, address in hits])
        factors.update((day, recency.factor(day)) for day in set(days).difference(factors))
        for (score, address), day in zip(hits, days, strict=True):
            seen[address.segment_ord, address.doc] = score * factors[day]
        least = nlargest(wanted, seen.values())[-1] if len(seen) >= wanted else 0.0
        enough, most = least * _SLACK, hits[-1][0] if hits else 0.0
        if len(hits) < fetch or len(hits) == total or enough > most:
            break
        fetch = min(fetch * 4, total)
        since = recency.since(enough / most if most else 0.0)
        within = query
        if since is not None:
            within = Query.boolean_query([(Occur.Must, query), (Occur.Must, compile(Range(max(since, 1), None)))])
        hits = searcher.search(within, fetch, count=False).hits
    best = [(score, DocAddress(*place)) for place, score in seen.items() if score >= least]
    return total, sorted(best, key=itemgetter(0), reverse=True)
