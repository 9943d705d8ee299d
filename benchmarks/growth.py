"""Where an archive should go from Whoosh to Tantivy: ``python -m benchmarks.growth``.

Both engines index the same first stories of Reuters-21578 and answer the same queries, at several sizes; the figures are
those that ``GROWTH_THRESHOLD`` in ``searchkit/indexing/growth.py`` was set by. Nothing is required of them.
"""

from __future__ import annotations

import gzip
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import searchkit
from benchmarks import common
from benchmarks.common import Report, Spread

SIZES = (500, 1_000, 2_000, 4_000, 8_000)
ENGINES = ("whoosh", "tantivy")
QUERIES = (
    "oil",
    "cocoa",
    "trade deficit",
    "grain OR copper OR sugar",
    '"interest rates"',
    "compan*",
    "market since:1987-03-10 until:1987-03-20",
)
ROUNDS = 3
ASKED = 15
_END = "</REUTERS>"


def _stories() -> Iterator[str]:
    for file in sorted(common.reuters().glob("*.sgm*")):
        data = file.read_bytes()
        text = (gzip.decompress(data) if file.suffix == ".gz" else data).decode("latin-1")
        yield from (f"{story}{_END}" for story in text.partition(">")[2].split(_END)[:-1])


def _write_wire(folder: Path, stories: int) -> Path:
    """The first so many stories, in one file."""
    folder.mkdir(parents=True)
    text = '<!DOCTYPE lewis SYSTEM "lewis.dtd">\n'
    for _, story in zip(range(stories), _stories(), strict=False):
        text += story
    (folder / "wire.sgm").write_text(text, encoding="latin-1")
    return folder


def _timed(archive: searchkit.Archive, query: str) -> float:
    began = time.perf_counter()
    archive.search(query)
    return time.perf_counter() - began


def _milliseconds(archive: searchkit.Archive) -> float:
    """The median over the queries, each with ten hits and their passages, warm."""
    medians = []
    for query in QUERIES:
        archive.search(query)
        times = [_timed(archive, query) for _ in range(ASKED)]
        medians.append(statistics.median(times))
    return statistics.median(medians) * 1000


def measure() -> Report:
    """Index and ask, at every size."""
    report = Report("growth")
    rows = []
    for size in SIZES:
        common.tell(f"growth: {size} articles")
        seconds: dict[str, list[float]] = {engine: [] for engine in ENGINES}
        waits: dict[str, list[float]] = {engine: [] for engine in ENGINES}
        rewriting = []
        with tempfile.TemporaryDirectory() as name:
            wire = _write_wire(Path(name) / "wire", size)
            for number in range(ROUNDS):
                for engine in ENGINES:
                    with searchkit.create(Path(name) / f"{engine}-{number}", engine=engine) as archive:
                        seconds[engine].append(archive.index([wire], jobs=1).seconds)
                        waits[engine].append(_milliseconds(archive))
                        if engine == "whoosh":
                            rewriting.append(archive.convert("tantivy").seconds)
        rows.append(
            [
                f"{size:,}",
                *(Spread.of(seconds[engine]).show() for engine in ENGINES),
                *(Spread.of(waits[engine]).show() for engine in ENGINES),
                f"{statistics.median(waits['whoosh']) / statistics.median(waits['tantivy']):.1f}",
                Spread.of(rewriting).show(),
            ]
        )
        report.measurements[str(size)] = {"index_seconds": seconds, "query_ms": waits, "rewrite_seconds": rewriting}
    headers = ["articles", *(f"index, {e} (s)" for e in ENGINES), *(f"query, {e} (ms)" for e in ENGINES)]
    report.table("Whoosh and Tantivy by size", [*headers, "query, ratio", "rewriting (s)"], rows)
    return report


if __name__ == "__main__":
    sys.exit(common.main(measure))
