"""Every format: articles a second against the bare library that does nothing but parse; and memory over large files.

    python -m benchmarks.formats [--rounds N] [--quick]

Reading is measured by itself, in one process; for JSON lines the analyzer is in both, as the issue is whether reading slows
an index run down. Memory is anonymous memory while a file of 300 MB of JSON lines and a .warc.gz of 200 MB are read: its
slope over the file says whether it grows.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import IO

from benchmarks.big import anonymous
from benchmarks.common import Report, Spread, alternate, main, ratios, tell
from benchmarks.format_files import WRITERS, json_lines, warc
from searchkit.analysis import Analyzer
from searchkit.article import Article
from searchkit.readers.base import Options, Source
from searchkit.readers.compression import without_compression
from searchkit.readers.reading import Reading

FLOORS = {"JSON lines": 0.5, "WARC": 0.5}
"""What the issue of readers asks for: speed against the bare library."""

LARGE = {"JSON lines": (json_lines, 120_000, 300), "WARC": (partial(warc, image=6000), 26_000, 200)}
"""A writer, how many articles make a file of more than so many MB."""

SLOPE = 0.02
"""Memory may grow by so much of what is read before it is called growing: the noise of an allocator over a large file."""


def files(place: Path) -> list[Path]:
    return sorted(path for path in place.parent.rglob("*") if path.is_file())


def read(place: Path) -> Iterator[Article]:
    """What searchkit reads."""
    for path in files(place):
        for item in Reading(Source(path, path.name, without_compression(path.name)), Options()):
            if isinstance(item, Article):
                yield item


def _count(place: Path, analyzer: Analyzer | None = None) -> int:
    count = 0
    for article in read(place):
        if analyzer is not None:
            analyzer.joined(article.title)
            analyzer.joined(article.body)
        count += 1
    return count


def _orjson(place: Path, analyzer: Analyzer | None = None) -> int:
    import orjson

    count = 0
    for path in files(place):
        with _open(path) as lines:
            for line in lines:
                record = orjson.loads(line)
                if analyzer is not None:
                    analyzer.joined(record["headline"])
                    analyzer.joined(record["text"])
                count += 1
    return count


def _open(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _csv(place: Path) -> int:
    import csv

    with files(place)[0].open(encoding="utf-8", newline="") as lines:
        return sum(1 for _ in csv.DictReader(lines))


def _trafilatura(place: Path) -> int:
    import trafilatura

    return sum(trafilatura.extract(path.read_text(encoding="utf-8")) is not None for path in files(place))


def _fastwarc(place: Path) -> int:
    import trafilatura
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    count = 0
    with files(place)[0].open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            count += trafilatura.extract(record.reader.read().decode("utf-8")) is not None
    return count


def _feedparser(place: Path) -> int:
    import feedparser

    return sum(len(feedparser.parse(path.read_bytes()).entries) for path in files(place))


def _lxml(place: Path) -> int:
    from lxml import etree

    count = 0
    for path in files(place):
        tree = etree.parse(path)
        count += sum(1 for node in tree.iter("{*}newsItem", "nitf") if "".join(node.itertext()))
    return count


def _regex(place: Path) -> int:
    import re

    text = files(place)[0].read_text(encoding="utf-8")
    return sum(1 for _ in re.finditer(r"<DOC>.*?<TEXT>(.*?)</TEXT>.*?</DOC>", text, re.DOTALL))


def _mailbox(place: Path) -> int:
    import email
    import email.policy
    import mailbox

    count = 0
    box = mailbox.mbox(files(place)[0])
    for key in box.keys():  # noqa: SIM118  # a mailbox is no dict
        message = email.message_from_bytes(box.get_bytes(key), policy=email.policy.default)
        body = message.get_body(("plain",))
        count += bool(body is not None and body.get_content())
    box.close()
    return count


BARE: dict[str, tuple[str, Callable[[Path], int]]] = {
    "JSON lines": ("orjson", _orjson),
    "JSON lines, gzip": ("gzip, orjson", _orjson),
    "CSV": ("csv", _csv),
    "TREC": ("a regular expression", _regex),
    "mbox": ("mailbox, email", _mailbox),
    "RSS": ("feedparser", _feedparser),
    "NITF": ("lxml", _lxml),
    "NewsML-G2": ("lxml", _lxml),
    "HTML": ("trafilatura", _trafilatura),
    "WARC": ("fastwarc, trafilatura", _fastwarc),
}


def _timed(work: Callable[[], int], expected: int) -> float:
    gc.collect()
    began = time.process_time()
    found = work()
    taken = time.process_time() - began
    if found != expected:
        raise RuntimeError(f"{found} articles instead of {expected}")
    return taken / found


def measure(rounds: int = 3, quick: bool = False) -> Report:
    """Everything, with the floors held."""
    report = Report("formats")
    folder = Path(tempfile.mkdtemp(prefix="searchkit-formats-"))
    try:
        rows = []
        for name, (write, articles) in WRITERS.items():
            articles = articles // 10 if quick else articles
            place = folder / name.replace(" ", "-").replace(",", "") / "news"
            place.parent.mkdir()
            write(place, articles)
            rows.append(_format(report, name, place, articles, rounds))
            tell(f"{name}: {rows[-1][2]} articles a second")
            shutil.rmtree(place.parent)
        report.table(
            "Reading, CPU time of one process", ["format", "against", "articles/s", "bare, articles/s", "ratio"], rows
        )
        if not quick:
            _memory(report, folder)
    finally:
        shutil.rmtree(folder)
    return report


def _format(report: Report, name: str, place: Path, articles: int, rounds: int) -> list[str]:
    label, bare = BARE[name]
    ours = partial(_count, place)
    theirs = partial(bare, place)
    if name == "JSON lines":
        analyzer = Analyzer()
        _count(place, analyzer)  # every word is met once before
        ours, theirs = partial(_count, place, analyzer), partial(_orjson, place, analyzer)
        label = "orjson, analyzer"
    ours(), theirs()
    times = alternate({"ours": lambda _: _timed(ours, articles), "bare": lambda _: _timed(theirs, articles)}, rounds)
    report.measurements[name] = times
    ratio = ratios(times["bare"], times["ours"])
    if name in FLOORS:
        report.check(
            f"{name}: speed against {label}, ≥ {FLOORS[name]:g} ×", f"{ratio.show()} ×", ratio.median >= FLOORS[name]
        )
    speeds = [Spread.of([1 / value for value in times[who]]).show(0) for who in ("ours", "bare")]
    return [name, label, *speeds, ratio.show()]


def _memory(report: Report, folder: Path) -> None:
    rows = []
    for name, (write, articles, least) in LARGE.items():
        place = folder / "large" / "news"
        place.parent.mkdir()
        write(place, articles)
        size = sum(path.stat().st_size for path in files(place))
        if size < least * 1_000_000:
            raise RuntimeError(f"{size} bytes of {name} instead of {least} MB")
        points = [(number * size / articles, anonymous_here()) for number, _ in _every(read(place), articles // 200)]
        settled = points[len(points) // 5 :]  # caches fill at first
        slope = _slope(settled)
        report.measurements[f"memory, {name}"] = points
        most = max(memory for _, memory in points)
        rows.append([name, f"{size / 1e6:.0f} MB", f"{most / 1e6:.0f} MB", f"{slope:+.4f}"])
        report.check(
            f"{name}, {size / 1e6:.0f} MB: bytes of memory a byte read, ≤ {SLOPE}", f"{slope:+.4f}", slope <= SLOPE
        )
        tell(f"{name}: memory {most / 1e6:.0f} MB, slope {slope:+.4f}")
        shutil.rmtree(place.parent)
    report.table("Anonymous memory while a large file is read", ["format", "file", "most", "slope, bytes a byte"], rows)


def anonymous_here() -> int:
    return anonymous(os.getpid())


def _every(articles: Iterator[Article], step: int) -> Iterator[tuple[int, Article]]:
    for number, article in enumerate(articles, 1):
        if number % step == 0:
            yield number, article


def _slope(points: list[tuple[float, int]]) -> float:
    """The median of the slopes between all pairs of points (Theil and Sen), which single peaks do not move."""
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for place, a in enumerate(points) for b in points[place + 1 :]]
    return median(slopes)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure the readers.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    sys.exit(main(lambda: measure(options.rounds, options.quick)))
