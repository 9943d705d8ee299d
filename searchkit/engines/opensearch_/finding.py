"""Finding: a plan becomes one request, and what it gives a page of hits, whose scores are the same on every cluster."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from searchkit.analysis import Analyzer
from searchkit.engines.base import Page, Sort
from searchkit.engines.opensearch_.client import Client
from searchkit.engines.opensearch_.compile import EVERY, Query, aged, both, matching, scored
from searchkit.engines.opensearch_.near import Statistics, near
from searchkit.engines.opensearch_.reading import Moment, read_all
from searchkit.engines.opensearch_.schema import DAY, INSTANT, KEY
from searchkit.engines.opensearch_.vocabulary import Vocabulary
from searchkit.engines.recency import Recency
from searchkit.errors import ClusterError
from searchkit.fields import Form
from searchkit.query.plan import Phrase, Plan, Term, marked, scores

WINDOW = 10_000
"""Hits that a cluster gives by their place; what is further down is reached page after page."""

_PART = 2_000
"""Articles that are taken from a deep page at once."""

_ALONG = 32
"""Numbers of terms that come along with a search at most."""

_FRESH = 1.0
"""Seconds that a number of articles is good for: as long as a cluster takes to show what is new."""

_PASSING = {"_source": False, "stored_fields": "_none_"}
"""Nothing of a hit that is only passed on the way down: not even its name, which takes as long as its article."""

_ORDERS: dict[Sort, list[dict[str, Any]]] = {
    Sort.RELEVANCE: [{"_score": "desc"}, {KEY: "asc"}],
    Sort.NEWEST: [{DAY: {"order": "desc", "missing": "_last"}}, {INSTANT: "desc"}, {KEY: "asc"}],
    Sort.OLDEST: [{DAY: {"order": "asc", "missing": "_last"}}, {INSTANT: "asc"}, {KEY: "desc"}],
}
_BY_KEY = [{KEY: "asc"}]

Hit = tuple[Any, float]
"""A document's source, and its score."""

_Asked = tuple[Plan, Sort, Recency | None]


class Finder:
    """Answers plans from one index. Between reloads it keeps how far down the last search has got."""

    def __init__(
        self,
        client: Client,
        target: str,
        analyzer: Analyzer,
        statistics: Statistics,
        corrupt: Callable[[object], Exception],
    ) -> None:
        self._client, self._target, self._analyzer = client, target, analyzer
        self._statistics, self._corrupt = statistics, corrupt
        self._factor: float | None = None
        self._deep: _Deep | None = None

    def forget(self, vocabulary: Vocabulary) -> None:
        """Let go of what was kept, here and on the cluster; ``vocabulary`` is told of the numbers of terms from now on."""
        self._vocabulary = vocabulary
        self._compiled: tuple[Plan, Query] | None = None
        self._counted: tuple[int, float] | None = None
        self._surface()

    def learn(self, count: int) -> None:
        """Keep the number of all articles for a moment."""
        self._counted = count, time.monotonic()

    def counted(self) -> int | None:
        """The number of all articles, if it was found out just now."""
        return self._counted[0] if self._counted and time.monotonic() - self._counted[1] < _FRESH else None

    def find(self, plan: Plan, sort: Sort, page: Page, recency: Recency | None) -> tuple[int, list[Hit]]:
        """The number of hits, and those of a page."""
        ranked = scores(plan)
        by_score = ranked and sort is Sort.RELEVANCE
        apart = ranked and not by_score and _has_near(plan)  # scored by themselves, since only a page of them need be
        body: dict[str, Any] = {
            "query": self._query(plan, page) if ranked and not apart else both(matching(plan)),
            "sort": _BY_KEY if sort is Sort.RELEVANCE and not ranked else _ORDERS[sort],
            "track_scores": ranked and not apart,
            "track_total_hits": True,
        }
        if by_score and recency is not None:
            body["query"] = aged(body["query"], recency)
        if page.offset + page.limit > WINDOW:
            total, hits = self._far(body, (plan, sort, recency), page)
        else:
            answer = self._near_top(body | {"from": page.offset, "size": page.limit}, plan)
            total, hits = int(answer["hits"]["total"]["value"]), answer["hits"]["hits"]
        if not ranked or not hits:
            return total, [(hit["_source"], 0.0) for hit in hits]
        found = {hit["sort"][-1]: hit["_score"] for hit in hits}
        if apart:
            found = self._scores(plan, list(found))
        factor = self.factor(hit["sort"][-1] for hit in hits)
        return total, [(hit["_source"], found.get(hit["sort"][-1], 0.0) / factor) for hit in hits]

    def factor(self, keys: Iterable[str]) -> float:
        """What the cluster's scores are multiplied by that those of :mod:`searchkit.engines.bm25` are not: k1 + 1 until
        OpenSearch 3. It is measured once, by the first of some articles that is still there.
        """
        if self._factor is None:
            for key in keys:
                body = {"size": 1, "_source": False, "explain": True, "query": {"term": {KEY: key}}}
                for hit in self._client.search(self._target, body)["hits"]["hits"]:
                    whole = hit["_explanation"]
                    self._factor = float(whole["value"]) / (_part(whole, "idf") * _part(whole, "tf"))
                    return self._factor
            raise ClusterError(f"the index {self._target} changes while it is searched; try again")
        return self._factor

    def _surface(self) -> None:
        if self._deep is not None:
            self._deep.moment.close()
            self._deep = None

    def _query(self, plan: Plan, page: Page) -> Query:
        # Reading on costs no more than beginning where words near each other are counted.
        if not page.offset or self._compiled is None or self._compiled[0] != plan:
            self._compiled = (plan, scored(plan, self._near))
        return self._compiled[1]

    def _near(self, phrase: Phrase, within: Query, among: Query = EVERY) -> Query:
        return near(
            phrase,
            both(within, among),
            analyzer=self._analyzer,
            factor=self.factor,
            statistics=self._statistics,
            read=lambda query: read_all(partial(self._client.search, self._target), query, self._corrupt),
        )

    def _scores(self, plan: Plan, keys: Sequence[str]) -> dict[str, float]:
        """The scores of some articles that match."""
        these = {"terms": {KEY: list(keys)}}
        query = {"bool": {"must": [scored(plan, partial(self._near, among=these))], "filter": [these]}}
        body = {"size": len(keys), "_source": False, "query": query, "sort": _ORDERS[Sort.RELEVANCE]}
        hits = self._client.search(self._target, body, dfs=True)["hits"]["hits"]
        return {hit["sort"][-1]: hit["_score"] for hit in hits}

    def _near_top(self, body: dict[str, Any], plan: Plan) -> dict[str, Any]:
        """The answer, and by the same request what the marking of its passages will ask for next."""
        unknown = [term for term in _marked_terms(plan) if not self._vocabulary.knows(term)][:_ALONG]
        if not unknown and self.counted() is not None:
            return self._client.search(self._target, body, dfs=body["track_scores"])
        counts = [EVERY, *map(matching, unknown)]
        bodies = [{"size": 0, "query": query, "track_total_hits": True} for query in counts]
        answer, *totals = self._client.searches(self._target, [body, *bodies], dfs=body["track_scores"])
        count, *freqs = (int(found["hits"]["total"]["value"]) for found in totals)
        self.learn(count)
        for term, freq in zip(unknown, freqs, strict=True):
            self._vocabulary.learn(term, freq)
        return answer

    def _far(self, body: dict[str, Any], asked: _Asked, page: Page) -> tuple[int, list[Any]]:
        """A page that no cluster gives by its place. Whoever reads on goes on from where the last one ended."""
        deep = self._deep
        if deep is None or deep.asked != asked or deep.place > page.offset:
            self._surface()
            deep = self._deep = _Deep(Moment(self._client, self._target), asked)
        total, hits = 0, []
        end = page.offset + page.limit
        while deep.place < end:
            passing = deep.place < page.offset
            size = min(page.offset - deep.place, WINDOW) if passing else min(end - deep.place, _PART)
            total, part = deep.next(body | {"size": size} | (_PASSING if passing else {}))
            hits += [] if passing else part
            if len(part) < size:
                break
        return total, hits


class _Deep:
    """How far down a search has got."""

    def __init__(self, moment: Moment, asked: _Asked) -> None:
        self.moment, self.asked = moment, asked
        self.place = 0
        self._after: dict[str, Any] = {}

    def next(self, body: dict[str, Any]) -> tuple[int, list[Any]]:
        """The number of all hits, and the next ones."""
        answer = self.moment.search(body | self._after, dfs=body["track_scores"])["hits"]
        hits = answer["hits"]
        self.place += len(hits)
        if hits:
            self._after = {"search_after": hits[-1]["sort"]}
        return int(answer["total"]["value"]), hits


def _has_near(plan: Plan) -> bool:
    return any(isinstance(leaf, Phrase) and leaf.slop is not None for leaf in marked(plan))


def _marked_terms(plan: Plan) -> Iterable[Term]:
    """The terms of the text whose weight is asked for when passages are marked, each once."""
    leaves = marked(plan)
    terms = (
        term
        for leaf in leaves
        for term in ([leaf] if isinstance(leaf, Term) else [Term("text", Form.EXACT, text) for text in leaf.terms])
    )
    return dict.fromkeys(terms)


def _part(explanation: dict[str, Any], name: str) -> float:
    """A factor of a score, by the word that its explanation begins with; 1 where there is none."""
    if str(explanation["description"]).startswith(name):
        return float(explanation["value"])
    parts = [_part(inner, name) for inner in explanation.get("details", ()) if inner is not None]
    return next((part for part in parts if part != 1.0), 1.0)
