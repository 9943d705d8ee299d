"""OpenSearch through searchkit against OpenSearch by hand: ``python -m benchmarks.opensearch [--articles N] [--nodes N]``.

A real cluster of three nodes on this machine. Loading: the same documents through searchkit's writer and through the bulk
helper of opensearch-py, in turn, each into a new index; and, for what it costs in all, ``Archive.index`` from the files.
Asking: each query through ``Archive.search``, with and without marked passages, and the request for the hits and their
articles that this sends, sent by hand: as it is, which gives no passages, and with the cluster's own highlighter, to an index
that has the texts as that wants them.
"""

from __future__ import annotations

import argparse
import logging
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from opensearchpy import OpenSearch, helpers

import searchkit
from benchmarks import common, corpus
from benchmarks.common import ROOT, Missing, Report, Spread
from searchkit.analysis import Analyzer
from searchkit.article import Article
from searchkit.engines import opensearch_
from searchkit.engines.base import Prepared
from searchkit.engines.cluster import Cluster as Place
from searchkit.engines.cluster import read_cluster, write_cluster
from searchkit.engines.opensearch_.schema import STORED, make_index
from searchkit.engines.opensearch_.writer import Preparer
from searchkit.readers import json_
from searchkit.readers.base import Options, Source

sys.path.append(str(ROOT / "scripts"))

from opensearch_cluster import Cluster, missing

MOST = 1.25
"""Times the bare client that searchkit may take."""

ROUNDS = 3
ASKED = 20
BATCH = 500
SHARDS = 3
MARKED, HIGHLIGHTED = "passages", "passages by hand"
PLAIN, BY_HAND = "no passages", "no passages by hand"
HIGHLIGHTS = "bench-highlights"
SETTLING = 45
"""Seconds."""


QUERIES = {
    "common word": ("said", "company", "bank", "oil"),
    "rare word": ("evacuation", "hurricane", "strait", "embargo"),
    "AND of 2": ("oil prices", "trade deficit", "company profit", "bank rates"),
    "OR of 3": ("wheat OR corn OR soybean", "gold OR silver OR copper", "bank OR company OR market"),
    "phrase": ('"crude oil"', '"interest rates"', '"joint venture"', '"prime minister"'),
    "prefix": ("evacu*", "refin*", "agree*", "comp*"),
    "word in a date range": (
        "oil since:1990 until:1995",
        "bank since:1990 until:1995",
        "company since:1990 until:1995",
    ),
}


class Bench:
    """One run on one cluster."""

    def __init__(self, cluster: Cluster, articles: int, work: Path) -> None:
        self.cluster = cluster
        self.url = ",".join(cluster.urls)
        self.work = work
        self.files = corpus.big(articles)
        self.report = Report("opensearch")
        self.replicas = min(1, len(cluster.urls) - 1)
        self.made = 0
        self.bare = OpenSearch(cluster.urls, pool_maxsize=4, timeout=60)
        began = time.perf_counter()
        self.batches = list(self._prepared())
        self.articles = sum(len(batch.ids) for batch in self.batches)
        self.preparing = self.articles / (time.perf_counter() - began)
        self.documents = [
            (action["index"]["_id"], source)
            for batch in self.batches
            for action, source in (map(orjson.loads, made.splitlines()) for made in batch.payload)
        ]

    def _prepared(self) -> Iterator[Prepared]:
        preparer = Preparer(Analyzer("english"))
        waiting: list[Article] = []
        for file in sorted(self.files.glob("*.jsonl")):
            for article in json_.read(Source(file, file.name, file.name), Options()):
                if isinstance(article, Article):
                    waiting.append(article)
                if len(waiting) == BATCH:
                    yield preparer(waiting)
                    waiting = []
        if waiting:
            yield preparer(waiting)

    def _place(self) -> Path:
        self.made += 1
        folder = self.work / f"engine{self.made}"
        alias = f"searchkit-bench-{self.made}"
        write_cluster(folder, Place(self.url, alias, f"{alias}-000001", SHARDS, 0))
        return folder

    def _timed(self, load: Callable[[opensearch_.OpenSearchEngine, str], None]) -> float:
        """Seconds that it takes to load the articles into a new index, which is thrown away."""
        folder = self._place()
        engine = opensearch_.create(folder, Analyzer("english"))
        began = time.perf_counter()
        load(engine, read_cluster(folder).index)
        seconds = time.perf_counter() - began
        if (held := engine.count()) != self.articles:
            raise RuntimeError(f"{held} articles of {self.articles} came over")
        engine.close()
        opensearch_.discard(folder)
        return seconds

    def ours(self, _: int) -> float:
        """Load through searchkit's writer."""
        return self._timed(self._write)

    def by_hand(self, _: int) -> float:
        """Load with the library's own helper, as its documentation does it for many documents; the mapping is ours."""
        return self._timed(self._bulk)

    def _write(self, engine: opensearch_.OpenSearchEngine, _: str) -> None:
        with engine.writer() as writer:
            for number, batch in enumerate(self.batches, 1):
                writer.add(batch)
                if number * BATCH % engine.capabilities.commit_every == 0:
                    writer.commit()
            writer.commit()

    def _bulk(self, _: opensearch_.OpenSearchEngine, index: str) -> None:
        self._send_all(index, self.documents)
        self.bare.indices.refresh(index=index)

    def _send_all(self, index: str, documents: Iterable[tuple[str, dict[str, Any]]]) -> None:
        actions = ({"_index": index, "_id": id, "_source": source} for id, source in documents)
        for accepted, item in helpers.parallel_bulk(self.bare, actions, thread_count=4, chunk_size=BATCH):
            if not accepted:
                raise RuntimeError(item)

    def loading(self, archive: Path) -> None:
        """Both ways in turn, then from the files."""
        common.tell(f"loading {self.articles:,} articles {ROUNDS} times, through searchkit and by hand")
        seconds = common.alternate({"searchkit": self.ours, "by hand": self.by_hand}, ROUNDS)
        self.report.measurements["loading, seconds"] = seconds
        ratio = common.ratios(seconds["searchkit"], seconds["by hand"])
        began, own = time.perf_counter(), time.process_time()
        with searchkit.create(
            archive, engine="opensearch", url=self.url, shards=SHARDS, replicas=self.replicas
        ) as made:
            made.index([self.files])
            whole, own = time.perf_counter() - began, time.process_time() - own
            # What was written is kept for nodes that may come back, until it is flushed and all copies have said so (every
            # half minute); then a merge leaves it out.
            self.bare.indices.flush(index="searchkit-*")
            time.sleep(SETTLING)
            self.bare.indices.forcemerge(index="searchkit-*", params={"max_num_segments": 1})
        rates = {name: Spread.of([self.articles / each for each in values]) for name, values in seconds.items()}
        rows = [
            ["the same documents, searchkit's writer", rates["searchkit"].show(0), ratio.show()],
            ["the same documents, the library's bulk helper", rates["by hand"].show(0), "1"],
            [f"searchkit index, from the files, {self.replicas} replicas", f"{self.articles / whole:,.0f}",
             f"{whole / statistics.median(seconds['by hand']):.2f}"],
            ["reading and preparing alone, one core", f"{self.preparing:,.0f}", ""],
            ["what the first process of searchkit index could hand on", f"{self.articles / own:,.0f}", ""],
        ]  # fmt: skip
        title = f"Loading {self.articles:,} articles, {len(self.cluster.urls)} nodes, {SHARDS} shards"
        self.report.table(title, ("", "articles a second", "× the time of the bulk helper"), rows)
        self.report.measurements["articles"] = self.articles
        self.report.measurements["from the files"] = self.articles / whole
        self.report.check(
            f"loading, time against the bulk helper ≤ {MOST:g} ×", f"{ratio.show()} ×", ratio.median <= MOST
        )

    def asking(self, archive: Path) -> None:
        """Every query through searchkit, with and without passages, and by hand, in turn."""
        common.tell("loading the texts once more, for the cluster's own highlighter")
        self._make_highlights()
        rows = []
        compared = ((MARKED, HIGHLIGHTED), (PLAIN, BY_HAND), (MARKED, BY_HAND))
        every: dict[tuple[str, str], list[float]] = {pair: [] for pair in compared}
        with searchkit.open(archive) as opened:
            for title, queries in QUERIES.items():
                times: dict[str, list[float]] = {name: [] for name in (MARKED, HIGHLIGHTED, PLAIN, BY_HAND)}
                for query in queries:
                    sent = self._request(opened, query)
                    asked = {
                        MARKED: partial(_search, opened, query, 1),
                        HIGHLIGHTED: partial(self._send, _highlighting(sent, query)),
                        PLAIN: partial(_search, opened, query, 0),
                        BY_HAND: partial(self._send, sent),
                    }
                    for name, values in common.alternate(asked, ASKED).items():
                        times[name] += values
                for (ours, theirs), values in every.items():
                    values += [a / b for a, b in zip(times[ours], times[theirs], strict=True)]
                ratios = [common.ratios(times[ours], times[theirs]).show() for ours, theirs in compared]
                shown = [Spread.of([1e3 * value for value in values]).show(1) for values in times.values()]
                rows.append([title, *shown, *ratios])
                self.report.measurements[title] = times
        self.report.table(
            f"A query and the ten best articles, median [quartiles] of {ASKED} rounds of each query",
            ("", *(f"{name}, ms" for name in times), *(f"{ours} / {theirs}, ×" for ours, theirs in compared)),
            rows,
        )
        for (ours, theirs), values in every.items():
            ratio = Spread.of(values)
            what = f"a query, {ours}, against {theirs} ≤ {MOST:g} ×"
            self.report.check(what, f"{ratio.show()} ×", ratio.median <= MOST)

    def _make_highlights(self) -> None:
        """An index like ours, where each document has its text once more as the cluster's fastest highlighter wants it."""
        made = make_index(Place(self.url, HIGHLIGHTS, HIGHLIGHTS, SHARDS, self.replicas))
        made["mappings"]["properties"]["body"] = {
            "type": "text", "index_options": "offsets", "store": True
        }  # fmt: skip
        self.bare.indices.create(index=HIGHLIGHTS, body=made)
        self._send_all(
            HIGHLIGHTS, ((id, source | {"body": orjson.loads(source[STORED])["body"]}) for id, source in self.documents)
        )
        self.bare.indices.put_settings(
            index=HIGHLIGHTS, body={"index": {"refresh_interval": "1s", "number_of_replicas": self.replicas}}
        )
        self.bare.indices.forcemerge(index=HIGHLIGHTS, params={"max_num_segments": 1})
        self.bare.cluster.health(params={"wait_for_no_relocating_shards": "true", "wait_for_status": "green"})

    def beside_tantivy(self, archive: Path) -> None:
        """What a user has of either, on the same articles and queries."""
        embedded = self.work / "embedded"
        began = time.perf_counter()
        with searchkit.create(embedded, engine="tantivy") as made:
            made.index([self.files])
            seconds = time.perf_counter() - began
            held = made.stats().bytes
        # What a merge has replaced is let go by a later commit.
        self.bare.indices.flush(index="searchkit-*", params={"force": "true"})
        with searchkit.open(archive) as opened:
            held_there = opened.stats().bytes
        on_cluster = self.report.measurements
        rows = [
            [
                "articles a second, from the files",
                f"{self.articles / seconds:,.0f}",
                f"{on_cluster['from the files']:,.0f}",
            ],
            ["bytes an article, all copies", f"{held / self.articles:,.0f}", f"{held_there / self.articles:,.0f}"],
            ["a query with ten passages, median ms", *(f"{1e3 * _median(each):.1f}" for each in (embedded, archive))],
            *(
                [
                    f"queries a second, {_clients(clients)}",
                    *(f"{_a_second(each, clients):,.0f}" for each in (embedded, archive)),
                ]
                for clients in (1, 4)
            ),
        ]
        headers = ("", "Tantivy", f"OpenSearch, {_nodes(len(self.cluster.urls))}")
        self.report.table(f"{self.articles:,} articles, the same queries, all on one machine", headers, rows)

    def _request(self, archive: searchkit.Archive, query: str) -> tuple[str, dict[str, Any], bool]:
        """The search for its hits that a query sends, without what searchkit asks beside it."""
        client = archive._live.engine._client  # type: ignore[attr-defined]
        search, searches = client.search, client.searches
        sent: list[tuple[str, dict[str, Any], bool]] = []

        def noted(target: str, body: dict[str, Any], dfs: bool = False) -> Any:
            sent.append((target, body, dfs))
            return search(target, body, dfs)

        def all_noted(target: str, bodies: Sequence[dict[str, Any]], dfs: bool = False) -> Any:
            sent.append((target, bodies[0], dfs))
            return searches(target, bodies, dfs)

        client.search, client.searches = noted, all_noted
        archive.search(query)
        del client.search, client.searches
        (request,) = (each for each in sent if "from" in each[1])
        return request

    def _send(self, request: tuple[str, dict[str, Any], bool], _: int) -> float:
        target, body, dfs = request
        began = time.perf_counter()
        self.bare.search(index=target, body=body, params={"search_type": "dfs_query_then_fetch"} if dfs else {})
        return time.perf_counter() - began


def _highlighting(request: tuple[str, dict[str, Any], bool], query: str) -> tuple[str, dict[str, Any], bool]:
    """A request with a passage of each article, marked by the cluster."""
    _, body, dfs = request
    words = {"query": re.sub(r" (since|until):\S+", "", query), "default_field": "body", "default_operator": "AND"}
    passages = {"type": "unified", "number_of_fragments": 1, "fragment_size": 240, "no_match_size": 240}
    highlight = {"highlight_query": {"query_string": words}, "fields": {"body": passages}}
    return HIGHLIGHTS, body | {"highlight": highlight}, dfs


def _search(archive: searchkit.Archive, query: str, snippets: int = 1, _: int = 0) -> float:
    began = time.perf_counter()
    archive.search(query, snippets=snippets)
    return time.perf_counter() - began


def _median(archive: Path) -> float:
    """Seconds of a query of the mix, warm."""
    with searchkit.open(archive) as opened:
        mix = [query for queries in QUERIES.values() for query in queries]
        for query in mix:
            opened.search(query)
        return statistics.median(_search(opened, query) for _ in range(5) for query in mix)


def _clients(number: int) -> str:
    return "one client" if number == 1 else f"{number} clients"


def _nodes(number: int) -> str:
    return "one node" if number == 1 else f"{number} nodes"


def _a_second(archive: Path, clients: int, seconds: float = 4.0) -> float:
    """Queries that some clients, each in a thread, get answered in a second."""
    mix = [query for queries in QUERIES.values() for query in queries]
    answered = [0] * clients
    until = time.perf_counter() + seconds

    def ask(number: int) -> None:
        with searchkit.open(archive) as own:
            while time.perf_counter() < until:
                own.search(mix[(answered[number] * 7 + number) % len(mix)])
                answered[number] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answered) / seconds


def measure(articles: int, nodes: int) -> Report:
    """Load, then ask."""
    if why := missing():
        raise Missing(why)
    logging.getLogger("opensearch").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as name, Cluster(Path(name) / "nodes", nodes=nodes, heap="1g") as cluster:
        bench = Bench(cluster, articles, Path(name))
        bench.loading(Path(name) / "archive")
        bench.asking(Path(name) / "archive")
        bench.beside_tantivy(Path(name) / "archive")
        return bench.report


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--nodes", type=int, default=3)
    options = parser.parse_args()
    sys.exit(common.main(partial(measure, options.articles, options.nodes)))
