"""The engine on OpenSearch: opening and reading. Writing is in ``writer.py``, queries are compiled in ``compile.py``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from searchkit.analysis import Analyzer
from searchkit.article import Article
from searchkit.engines.base import Capabilities, Counts, Found, Page, Sort
from searchkit.engines.cluster import read_cluster
from searchkit.engines.opensearch_.client import Client
from searchkit.engines.opensearch_.compile import EVERY, Query, both, matching
from searchkit.engines.opensearch_.counts import count_values
from searchkit.engines.opensearch_.finding import Finder
from searchkit.engines.opensearch_.place import Place, find, make
from searchkit.engines.opensearch_.reading import Moment, read_all
from searchkit.engines.opensearch_.schema import LENGTH, document_id, restore
from searchkit.engines.opensearch_.vocabulary import Vocabulary
from searchkit.engines.opensearch_.writer import OpenSearchWriter
from searchkit.engines.recency import Recency
from searchkit.errors import ClusterError, IndexCorrupt
from searchkit.fields import Form
from searchkit.query.plan import Plan, Term

_RECENT = 2000
"""How many articles that were found are kept for whoever asks for them next."""

_GET = 500
"""Articles that are fetched by one request."""


def create(folder: Path, analyzer: Analyzer) -> OpenSearchEngine:
    """Make the empty index that ``cluster.json`` in the folder names, and open it. Raises ClusterError."""
    client = Client(read_cluster(folder))
    client.check_version()
    return OpenSearchEngine(client, make(client), analyzer)


def open(folder: Path, analyzer: Analyzer) -> OpenSearchEngine:
    """Open the index that ``cluster.json`` in the folder names. Raises IndexCorrupt where it is gone or not searchkit's,
    ClusterError where the cluster is away.
    """
    client = Client(read_cluster(folder))
    client.check_version()
    return OpenSearchEngine(client, find(client), analyzer)


class OpenSearchEngine:
    """An index on a cluster, as it is: what others commit is seen at once, but for what is kept until the next reload."""

    capabilities = Capabilities(
        "opensearch", persistent=True, parallel=True, batch=500, commit_every=5000, follows=True
    )

    def __init__(self, client: Client, place: Place, analyzer: Analyzer) -> None:
        self._client = client
        self._target = place.target
        self._is_resting = place.is_resting
        self._analyzer = analyzer
        self._finder = Finder(client, place.target, analyzer, self, self._corrupt)
        self.reload()

    def writer(self) -> OpenSearchWriter:
        """Start a writing session."""
        return OpenSearchWriter(self._client, self._analyzer, self._is_resting, self._settled)

    def _settled(self) -> None:
        self._is_resting = False

    def search(self, plan: Plan, sort: Sort, page: Page, recency: Recency | None = None) -> Found:
        """Answer a plan."""
        if not page.limit:
            return Found(self.total(matching(plan)), ())
        total, hits = self._finder.find(plan, sort, page, recency)
        return Found(total, tuple((self._keep(source).id, score) for source, score in hits))

    def counts(self, plan: Plan, fields: Sequence[str], days: bool) -> Counts:
        """Count values over all articles that match."""
        return count_values(self._search, both(matching(plan)), fields, days)

    def _search(self, body: dict[str, Any], dfs: bool = False) -> dict[str, Any]:
        return self._client.search(self._target, body, dfs)

    def total(self, query: Query) -> int:
        """The number of articles that match."""
        answer = self._search({"size": 0, "query": query, "track_total_hits": True})
        return int(answer["hits"]["total"]["value"])

    def average(self) -> float:
        """The mean length of the texts, in terms."""
        body = {"size": 0, "track_total_hits": True, "aggs": {"length": {"sum": {"field": LENGTH}}}}
        answer = self._search(body)
        return float(answer["aggregations"]["length"]["value"]) / max(int(answer["hits"]["total"]["value"]), 1)

    def freq(self, term: str) -> int:
        """The number of articles with a term of the text."""
        return self.doc_freq("text", Form.EXACT, term)

    def _keep(self, source: Any) -> Article:
        """A stored article. It is kept until the next reload, since what is found is usually asked for at once."""
        article = restore(source, self._corrupt)
        if len(self._recent) > _RECENT:
            self._recent.clear()
        self._recent[article.id] = article
        return article

    def _corrupt(self, reason: object) -> IndexCorrupt:
        cluster = self._client.cluster
        return IndexCorrupt(
            f"a stored article in {cluster.index} at {cluster.url} cannot be read ({reason}); make the index anew with: "
            "searchkit index --rebuild"
        )

    def get(self, ids: Sequence[str]) -> list[Article | None]:
        """The stored articles with these ids."""
        missing = [id for id in dict.fromkeys(ids) if id not in self._recent]
        found = {id: self._recent[id] for id in ids if id in self._recent}
        for start in range(0, len(missing), _GET):
            some = missing[start : start + _GET]
            body = {"size": len(some), "query": both({"terms": {"_id": [document_id(id) for id in some]}})}
            for hit in self._search(body)["hits"]["hits"]:
                article = self._keep(hit["_source"])
                found[article.id] = article
        return [found.get(id) for id in ids]

    def scan(self) -> Iterator[Article]:
        """Every article."""
        moment = Moment(self._client, self._target)
        try:
            yield from read_all(moment.search, EVERY, self._corrupt)
        finally:
            moment.close()

    def count(self) -> int:
        """The number of articles, which mostly came along with a search that was just made."""
        counted = self._finder.counted()
        if counted is None:
            counted = self.total(EVERY)
            self._finder.learn(counted)
        return counted

    def terms(self, field: str, form: Form, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The terms of a field, sorted, with their document frequencies."""
        return self._vocabulary.terms(field, form, prefix)

    def doc_freq(self, field: str, form: Form, term: str) -> int:
        """The number of articles with a term."""
        return self._vocabulary.freq(Term(field, form, term))

    def doc_freqs(self, field: str, form: Form, terms: Sequence[str]) -> list[int]:
        """The same for many terms."""
        return self._vocabulary.freqs([Term(field, form, term) for term in terms])

    def check(self) -> list[str]:
        """Whether all of it is there, and can be read."""
        health = self._client.ask("GET", f"/_cluster/health/{self._client.cluster.index}")
        # Copies that are missing are the cluster's affair, and parts that are missing come back with their nodes: neither is
        # a reason to make the index anew.
        if health["status"] == "red":
            cluster = self._client.cluster
            raise ClusterError(
                f"parts of {cluster.index} at {cluster.url} are on no node that runs ({health['unassigned_shards']} shards); "
                "start the nodes that are missing. If they are gone for good: searchkit index --rebuild"
            )
        read = sum(1 for _ in self.scan())
        counted = self.total(EVERY)
        return [] if read == counted else [f"{counted} articles are counted, but {read} can be read"]

    def size(self) -> int:
        """Bytes on the cluster, with all copies."""
        stats = self._client.whole(self._client.ask("GET", f"/{self._client.cluster.index}/_stats/store"))
        return int(stats["_all"]["total"]["store"]["size_in_bytes"])

    def reload(self) -> None:
        """Forget what was kept."""
        self._recent: dict[str, Article] = {}
        self._vocabulary = Vocabulary(self._search, self.total, self.scan, self._analyzer)
        self._finder.forget(self._vocabulary)

    def close(self) -> None:
        """Let go of what is kept, here and on the cluster, and of the connections."""
        self._recent.clear()
        self._finder.forget(self._vocabulary)
        self._client.close()
