"""How large a cluster has to be, and from what size on one pays: the tables of ``docs/sizing.md``.

python -m benchmarks.sizing            prints them
python -m benchmarks.sizing --write    writes them into the page

Everything that goes in is in ``MEASURED`` and ``ASSUMED``, and nowhere else. A test holds the page to this.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from tabulate import tabulate

PAGE = Path(__file__).resolve().parents[1] / "docs" / "sizing.md"
GB = 1_000_000_000


@dataclass(frozen=True)
class Measured:
    """What was measured on articles of ``words`` words. The figures of a cluster are per core of one node with one copy."""

    words: int
    index_bytes: float
    prepared_per_core: float
    indexed_per_core: float
    run_per_second: float
    query_ms_per_million: float
    query_ms_fixed: float
    tantivy_words: int
    tantivy_bytes: float
    tantivy_per_second: float
    tantivy_ms_per_million: float
    tantivy_ms_fixed: float


MEASURED = Measured(
    words=414,
    # The files of an index of 10,000 articles after a flush, the retention leases' end and a merge; 9,900 bytes before it.
    index_bytes=4600,
    # Of "python -m benchmarks.opensearch --articles 10000", benchmarks/README.md.
    prepared_per_core=2250,
    run_per_second=8000,
    # 100,000 articles from the files on one node took two cores 71 s, of which preparing took 44 s of one core.
    indexed_per_core=1000,
    # Common words, the slowest: 5.1 ms among 10,000 articles in one shard, and 8.0 ms among 100,000; 2.5 ms are for passages.
    query_ms_per_million=33,
    query_ms_fixed=7,
    # Of "python -m benchmarks big", benchmarks/README.md: 3,444 bytes; 4,070 a second on two cores; the slowest of the mix.
    tantivy_words=414,
    tantivy_bytes=3444,
    tantivy_per_second=4070,
    tantivy_ms_per_million=6.8,
    tantivy_ms_fixed=3,
)

MEANINGS = {
    "words": "words of the articles that the next six figures are of (the big corpus)",
    "index_bytes": "bytes of an article on the disk of OpenSearch, one copy",
    "prepared_per_core": "articles a second that a core of the machine that runs searchkit reads, analyses and sends",
    "indexed_per_core": "articles a second that a core of a node takes in, one copy",
    "run_per_second": "articles a second that one run of searchkit manages, however many cores there are",
    "query_ms_per_million": "milliseconds of a core for a query, for each million articles in a shard",
    "query_ms_fixed": "milliseconds of a query besides: network, snippets",
    "tantivy_words": "words of the articles that the next four figures are of",
    "tantivy_bytes": "bytes of an article on Tantivy",
    "tantivy_per_second": "articles a second on Tantivy, two cores",
    "tantivy_ms_per_million": "milliseconds of a query on Tantivy, for each million articles",
    "tantivy_ms_fixed": "milliseconds of a query on Tantivy besides",
}


@dataclass(frozen=True)
class Assumed:
    """What is taken for granted: about the machines, and about what is asked of them."""

    replicas: int = 1
    shard_gb: int = 30
    node_cores: int = 16
    node_memory_gb: int = 64
    disk_per_memory: int = 30
    disk_fill: float = 0.85
    least_nodes: int = 3
    queries_per_second: int = 5
    busy: float = 0.5
    loading: float = 0.5
    client_cores: int = 8
    heap_most_gb: int = 31


ASSUMED = Assumed()

REASONS = {
    "replicas": "copies of each shard besides the first, so that a node can be lost",
    "shard_gb": "size of a shard, GB: the upper end of what is recommended for search",
    "node_cores": "cores of a node",
    "node_memory_gb": "memory of a node, GB",
    "disk_per_memory": "most GB of index on a node for each GB of its memory",
    "disk_fill": "share of a disk that may be full: from 85 % on no new shards come to it",
    "least_nodes": "fewest nodes: of three, one can be lost",
    "queries_per_second": "queries a second that the cluster is to answer",
    "busy": "share of the cores that these may take",
    "loading": "share of the nodes' cores that is at work while loading; merging takes the rest",
    "client_cores": "cores of the machine that runs searchkit",
    "heap_most_gb": "most heap that a node gets, GB: half of its memory, and never more than this",
}

CASES = ((10**8, 130), (10**8, 400), (10**9, 130), (10**9, 400))
"""Articles, and words in each."""

ONE_MACHINE = (10**5, 10**6, 10**7, 10**8, 10**9)
"""Articles of 400 words, on Tantivy."""


@dataclass(frozen=True)
class Cluster:
    """What an archive needs."""

    copy_gb: float
    index_gb: float
    shards: int
    nodes: int
    reason: str
    node_disk_gb: float
    memory_gb: int
    heap_gb: int
    loading_days: float
    loading_reason: str
    query_ms: float
    query_core_seconds: float
    most_queries: float


def cluster(articles: int, words: int, measured: Measured = MEASURED, assumed: Assumed = ASSUMED) -> Cluster:
    """How large a cluster has to be for so many articles of so many words.

    Size and effort go with the words; a shard of a given size is searched in the same time, whatever its articles are.
    """
    longer = words / measured.words
    copies = 1 + assumed.replicas
    copy_gb = articles * measured.index_bytes * longer / GB
    core_seconds = articles / 1e6 * measured.query_ms_per_million * longer / 1000

    wanted = {
        "the fewest": assumed.least_nodes,
        "disk": math.ceil(copy_gb * copies / (assumed.node_memory_gb * assumed.disk_per_memory)),
        "queries": math.ceil(core_seconds * assumed.queries_per_second / assumed.busy / assumed.node_cores),
    }
    nodes = max(wanted.values())
    reason = next(name for name, number in wanted.items() if number == nodes)

    shards = math.ceil(copy_gb / assumed.shard_gb / nodes) * nodes
    waves = math.ceil(shards / (nodes * assumed.node_cores))
    milliseconds = measured.query_ms_fixed + waves * core_seconds * 1000 / shards

    rates = {
        "one run": measured.run_per_second / longer,
        "its cores": assumed.client_cores * measured.prepared_per_core / longer,
        "the nodes": nodes * assumed.node_cores * assumed.loading * measured.indexed_per_core / longer / copies,
    }
    slowest = min(rates, key=lambda name: rates[name])
    return Cluster(
        copy_gb=copy_gb,
        index_gb=copy_gb * copies,
        shards=shards,
        nodes=nodes,
        reason=reason,
        # A rebuild, and a conversion, write a second index beside the first.
        node_disk_gb=2 * copy_gb * copies / nodes / assumed.disk_fill,
        memory_gb=nodes * assumed.node_memory_gb,
        heap_gb=min(assumed.node_memory_gb // 2, assumed.heap_most_gb),
        loading_days=articles / rates[slowest] / 86400,
        loading_reason=slowest,
        query_ms=milliseconds,
        query_core_seconds=core_seconds,
        most_queries=nodes * assumed.node_cores / core_seconds,
    )


def one_machine(articles: int, words: int = 400, measured: Measured = MEASURED) -> tuple[float, float, float]:
    """GB on disk, hours to load and milliseconds of a query on Tantivy. Memory is what the machine can spare for the cache."""
    longer = words / measured.tantivy_words
    gigabytes = articles * measured.tantivy_bytes * longer / GB
    hours = articles / (measured.tantivy_per_second / longer) / 3600
    return gigabytes, hours, measured.tantivy_ms_fixed + articles / 1e6 * measured.tantivy_ms_per_million * longer


def _power(number: int) -> str:
    return f"10^{round(math.log10(number))}"


def _round(value: float, digits: int = 2) -> str:
    """So many digits that count, with commas between thousands."""
    if value == 0:
        return "0"
    kept = round(value, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{kept:,.0f}" if abs(kept) >= 10 ** (digits - 1) else f"{kept:,.{digits}g}"


def _size(gigabytes: float) -> str:
    return f"{_round(gigabytes / 1000)} TB" if gigabytes >= 1000 else f"{_round(gigabytes)} GB"


def _time(hours: float) -> str:
    if hours < 1 / 60:
        return f"{_round(hours * 3600)} s"
    if hours < 1:
        return f"{_round(hours * 60)} min"
    return f"{_round(hours / 24)} days" if hours >= 48 else f"{_round(hours)} h"


def _milliseconds(value: float) -> str:
    return f"{_round(value / 1000)} s" if value >= 1000 else f"{_round(value)} ms"


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    aligned = ["left"] * left + ["right"] * (len(headers) - left)
    return tabulate(rows, headers, tablefmt="github", colalign=aligned, disable_numparse=True)


def measured_table() -> str:
    """The figures that go in."""
    rows = []
    for field in fields(Measured):
        rows.append([f"`{field.name}`", f"{getattr(MEASURED, field.name):,}", MEANINGS[field.name]])
    return _table(["name", "figure", "what it is"], rows, left=3)


def assumed_table() -> str:
    """The assumptions."""
    rows = [[f"`{field.name}`", f"{getattr(ASSUMED, field.name):,}", REASONS[field.name]] for field in fields(Assumed)]
    return _table(["name", "figure", "what it is"], rows, left=3)


def cluster_table() -> str:
    """What the cases need."""
    rows = []
    for articles, words in CASES:
        made = cluster(articles, words)
        rows.append(
            [
                f"{_power(articles)} of {words} words",
                _size(made.copy_gb),
                _size(made.index_gb),
                str(made.shards),
                f"{made.nodes} ({made.reason})",
                _size(made.node_disk_gb),
                f"{made.memory_gb:,} GB ({made.heap_gb} GB a node)",
            ]
        )
    headers = ["articles", "one copy", "with replicas", "shards", "nodes (set by)", "disk a node", "memory (heap)"]
    return _table(headers, rows)


def speed_table() -> str:
    """How long the cases take."""
    rows = []
    for articles, words in CASES:
        made = cluster(articles, words)
        rows.append(
            [
                f"{_power(articles)} of {words} words",
                f"{_time(made.loading_days * 24)} ({made.loading_reason})",
                _milliseconds(made.query_ms),
                f"{_round(made.query_core_seconds)} s",
                _round(made.most_queries),
            ]
        )
    return _table(
        ["articles", "loading (set by)", "a query", "of all cores together", "queries a second at most"], rows
    )


def one_machine_table() -> str:
    """What one machine with Tantivy does."""
    rows = []
    for articles in ONE_MACHINE:
        gigabytes, hours, milliseconds = one_machine(articles)
        rows.append([_power(articles), _size(gigabytes), _time(hours), _milliseconds(milliseconds)])
    return _table(["articles of 400 words", "disk", "loading, two cores", "a query, one core"], rows)


TABLES: dict[str, Callable[[], str]] = {
    "measured": measured_table,
    "assumed": assumed_table,
    "cluster": cluster_table,
    "speed": speed_table,
    "one machine": one_machine_table,
}


_AFTER_A_TABLE = re.compile(r"\A(?:\n|\|.*\n)*")


def filled(page: str) -> str:
    """The page with its tables made anew: what stands between a marker and the end of its table."""
    for name, table in TABLES.items():
        marker = f"<!-- made by benchmarks/sizing.py: {name} -->\n"
        assert page.count(marker) == 1, name
        before, _, after = page.partition(marker)
        page = f"{before}{marker}\n{table()}\n\n{_AFTER_A_TABLE.sub('', after)}"
    return page


def main() -> int:
    """Print the tables, or write them into the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="into docs/sizing.md")
    if parser.parse_args().write:
        PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print("\n\n".join(f"{name}\n\n{table()}" for name, table in TABLES.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
