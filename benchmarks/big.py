"""100,000 articles on Tantivy: searchkit against a raw tantivy-py loop, SQLite FTS5, Xapian, plain Whoosh and bm25s.

    python -m benchmarks big [--articles N] [--files N] [--rounds N] [--only PART,…]

The parts are indexing, queries, cold, batch and again. With more than 100,000 articles (``--articles 1000000``) only
searchkit is measured, against itself with 100,000: memory while indexing, and the time of a query.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import corpus
from benchmarks.answer import batch
from benchmarks.big_peers import BIG_PEERS, PART, part_of, require_xapian
from benchmarks.common import (
    ENVIRONMENT,
    ROOT,
    Missing,
    Report,
    Spread,
    alternate,
    main,
    process_seconds,
    ratios,
    searchkit_command,
    tell,
)
from benchmarks.peers import Ask, Peer

OURS, RAW, FTS5, XAPIAN, WHOOSH, BM25S = BIG_PEERS
SLOW = (XAPIAN, WHOOSH, BM25S)
"""Given the first 10,000 articles only."""

FULL = 100_000
PARTS = ("indexing", "queries", "cold", "batch", "again")
RANGE = "word in a date range"
RARE = "rare word"
DAYS = (30, 90, 365)
SAMPLED_EVERY = 0.02
BATCH_FULL = 10_000

CLASSES: dict[str, list[Ask]] = {
    "common word": [Ask(words) for words in ("said", "company", "bank", "oil")],
    RARE: [Ask(words) for words in ("evacuation", "hurricane", "strait", "embargo")],
    "AND of 2": [Ask(words) for words in ("oil prices", "trade deficit", "company profit", "bank rates")],
    "OR of 3": [Ask(words, "or") for words in ("wheat corn soybean", "gold silver copper", "bank company market")],
    "phrase": [Ask(words, "phrase") for words in ("crude oil", "interest rates", "joint venture", "prime minister")],
    "prefix": [Ask(words, "prefix") for words in ("evacu", "refin", "agree", "comp")],
    RANGE: [Ask(words) for words in ("oil", "bank", "embargo", "company")],
}


@dataclass(frozen=True, slots=True)
class Target:
    """A row of the table of aims. ``most``: the figure is not to exceed floor and aim, otherwise not to stay below."""

    what: str
    floor: float
    aim: float
    most: bool = False
    unit: str = "×"
    digits: int = 2

    def reached(self, value: float, limit: float) -> bool:
        return value <= limit if self.most else value >= limit

    def show(self, limit: float) -> str:
        return f"{'≤' if self.most else '≥'} {limit:g} {self.unit}"


AGAINST_RAW = Target("indexing end to end, speed against the raw tantivy loop", 0.5, 0.9)
AGAINST_FTS5 = Target("indexing end to end, speed against SQLite FTS5", 1.0, 2.0)
AGAINST_XAPIAN = Target("indexing end to end, speed against Xapian", 8, 15, digits=1)
AGAINST_WHOOSH = Target("indexing end to end, speed against plain Whoosh", 8, 15, digits=1)
SIZE = Target("index size against raw tantivy's", 1.3, 1.0, most=True)
MEMORY = Target("peak anonymous memory while indexing", 800, 400, most=True, unit="MB", digits=0)
WARM = Target("warm query with 10 snippets, time against raw tantivy, median of the mix", 2.5, 1.2, most=True)
WARM_FTS5 = Target("the same against FTS5 with snippet(), all but rare words", 1 / 5, 1 / 20, most=True, digits=3)
COLD = Target("cold searchkit query, time against imports and opening", 1.5, 1.2, most=True)
BATCH = Target("--batch, speed against the raw loop", 0.4, 0.8)
AGAIN = Target("second run over unchanged files, time against os.walk with stat", 3.0, 1.5, most=True)
LATENCY = Target("query with 10 snippets, time against 100,000 articles, median of the mix", 12, 6, most=True)
STEADY = Target("peak anonymous memory while indexing, against 100,000 articles", 1.15, 1.0, most=True)


class Big:
    """One run: what was built, and what was found."""

    def __init__(self, articles: int, files: int, rounds: int, folder: Path) -> None:
        self.report = Report("big" if articles <= FULL else f"big-{articles}")
        self._articles, self._files, self._rounds, self._folder = articles, files, rounds, folder
        self._rows: list[list[str]] = []
        self._indexes: dict[str, Path] = {}
        self._note_load("at the start")

    def aim(self, target: Target, found: Spread, note: str = "") -> None:
        """Hold a figure against its floor and its aim."""
        value = found.median
        floor, aim = target.reached(value, target.floor), target.reached(value, target.aim)
        shown = f"{found.show(target.digits)} {target.unit}"
        what = target.what + (f" ({note})" if note else "")
        self._rows.append([what, shown, target.show(target.floor), "pass" if floor else "FAIL",
                           target.show(target.aim), "pass" if aim else "missed"])  # fmt: skip
        self.report.check(f"{what}, {target.show(target.floor)}", shown, floor)
        tell(f"  {what}: {shown}")

    def finish(self) -> Report:
        """The report with its table of aims."""
        self._note_load("at the end")
        self.report.table(
            f"Floors and aims, {self._articles:,} articles, median [quartiles, or range of less than four]",
            ["measured", "figure", "floor", "", "aim", ""],
            self._rows,
        )
        return self.report

    def _note_load(self, when: str) -> None:
        self.report.measurements[f"load average {when}"] = os.getloadavg()

    # Indexing, size, memory

    def indexing(self) -> None:
        """Every engine in turn, each in a process of its own."""
        whole = corpus.big(self._articles)
        part = part_of(whole, PART)
        kinds = [OURS, RAW, FTS5, *SLOW]
        try:
            require_xapian()
        except Missing as error:
            kinds.remove(XAPIAN)
            self._rows.append([AGAINST_XAPIAN.what, f"not measured: {error}", "", "", "", ""])
            tell(str(error))
        built: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds}

        def build(kind: str, number: int) -> float:
            if kind in SLOW and number:
                return seconds_of(built[kind][0])
            result = self._build(kind, part if kind in SLOW else whole, number)
            built[kind].append(result)
            return seconds_of(result)

        times = alternate({kind: partial(build, kind) for kind in kinds}, self._rounds)
        self.report.measurements["indexing"] = built
        self.report.table(
            f"Indexing {self._articles:,} articles ({', '.join(SLOW)}: {PART:,}), median of {self._rounds} rounds",
            ["", "articles/s", "CPU, µs an article", "index, bytes an article", "peak anonymous memory"],
            [
                [kind, Spread.of([1 / seconds_of(result) for result in results]).show(0),
                 f"{1e6 * statistics.median(r['cpu_seconds'] / r['articles'] for r in results):.0f}",
                 f"{results[-1]['index_bytes'] / results[-1]['articles']:.0f}",
                 f"{max(result['peak_anonymous'] for result in results) / 1e6:.0f} MB"]
                for kind, results in built.items()
            ],
        )  # fmt: skip
        for target, peer in (
            (AGAINST_RAW, RAW),
            (AGAINST_FTS5, FTS5),
            (AGAINST_XAPIAN, XAPIAN),
            (AGAINST_WHOOSH, WHOOSH),
        ):
            if peer in times:
                self.aim(target, ratios(times[peer], times[OURS]))
        sizes = [[result["index_bytes"] for result in built[kind]] for kind in (OURS, RAW)]
        self.aim(SIZE, ratios(*sizes))
        self.aim(MEMORY, Spread.of([result["peak_anonymous"] / 1e6 for result in built[OURS]]))

    def _build(self, kind: str, articles: Path, number: int) -> dict[str, Any]:
        target = self._folder / f"{kind}-{articles.name}-{number}"
        command = [sys.executable, "-m", "benchmarks.build", kind, str(articles), str(target)]
        process = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE)
        peak = Peak(process.pid)
        output, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
        result: dict[str, Any] = {**json.loads(output), "peak_anonymous": peak.stop()}
        self._indexes[kind] = target
        tell(f"indexed by {kind}: {result['articles'] / result['seconds']:,.0f} articles a second")
        return result

    def index(self, kind: str) -> Path:
        """The index of an engine, made where no part has made it."""
        if kind not in self._indexes:
            whole = corpus.big(self._articles)
            self._build(kind, part_of(whole, PART) if kind in SLOW else whole, 0)
        return self._indexes[kind]

    # Queries

    def queries(self, rounds: int = 7) -> None:
        """The mix, warm, with and without snippets."""
        kinds = (OURS, RAW, FTS5)
        peers = {kind: opened(kind, self.index(kind)) for kind in kinds}
        found: dict[bool, dict[str, dict[str, list[float]]]] = {}
        for snippets in (False, True):
            found[snippets] = {title: ask_in_turn(peers, title, snippets, rounds) for title in CLASSES}
        self.report.measurements["queries"] = {
            "with snippets" if key else "bare": times for key, times in found.items()
        }
        self.report.table(
            "Warm queries, the best ten: median ms, bare and with ten snippets",
            ["", *(f"{kind}{suffix}" for suffix in ("", ", snippets") for kind in kinds), "× raw", "× FTS5"],
            [
                [title, *(f"{1e3 * statistics.median(found[snippets][title][kind]):.2f}"
                          for snippets in (False, True) for kind in kinds),
                 *(ratios(found[True][title][OURS], found[True][title][kind]).show(2 + (kind == FTS5)) for kind in (RAW, FTS5))]
                for title in CLASSES
            ],
        )  # fmt: skip
        marked = found[True]
        self.aim(WARM, mixed(marked, CLASSES, RAW))
        against = [title for title in CLASSES if title != RARE]
        self.aim(WARM_FTS5, mixed(marked, against, FTS5), "the mix")
        worst = max(against, key=lambda title: ratios(marked[title][OURS], marked[title][FTS5]).median)
        self.aim(WARM_FTS5, mixed(marked, [worst], FTS5), f"the worst class: {worst}")

    def cold(self, pairs: int = 20) -> None:
        """Whole processes."""
        index = self.index(OURS)
        engine = next(index.glob("generations/*/engine"))
        opening = f"import click, tantivy; tantivy.Index.open({str(engine)!r})"
        subjects: dict[str, Callable[[int], float]] = {
            "searchkit": lambda _: process_seconds([searchkit_command(), "query", "evacuation", "--index", str(index)]),
            "opening": lambda _: process_seconds([sys.executable, "-c", opening]),
        }
        alternate(subjects, 3)
        times = alternate(subjects, pairs)
        self.report.measurements["cold"] = times
        self.report.table(
            f"Whole processes, median [quartiles] of {pairs} pairs",
            ["", "ms"],
            [[name, Spread.of([1e3 * value for value in values]).show(0)] for name, values in times.items()],
        )
        self.aim(COLD, ratios(times["searchkit"], times["opening"]))

    def batch(self) -> None:
        """Many queries in one process."""
        number = BATCH_FULL if self._articles >= FULL else BATCH_FULL // 10
        asks = batch(number)
        file = self._folder / "queries.txt"
        file.write_text("".join(f"{ask.written}\n" for ask in asks), encoding="utf-8")
        index = [str(self.index(OURS)), str(self.index(RAW))]
        subjects: dict[str, Callable[[int], float]] = {
            "searchkit": lambda _: process_seconds(
                [searchkit_command(), "query", "--batch", str(file), "--index", index[0]]
            ),
            "raw": lambda _: process_seconds([sys.executable, "-m", "benchmarks.answer", index[1], str(number)]),
        }
        times = alternate(subjects, self._rounds)
        self.report.measurements["batch"] = times
        self.report.table(
            f"{number:,} queries in one process, one snippet a hit, JSON lines",
            ["", "queries/s"],
            [[name, Spread.of([number / value for value in values]).show(0)] for name, values in times.items()],
        )
        self.aim(BATCH, ratios(times["raw"], times["searchkit"]), f"{number:,} queries")

    def again(self) -> None:
        """A second run over small files."""
        files = corpus.small(self._files)
        index = self._folder / "small"
        command = [searchkit_command(), "index", str(files), "--index", str(index), "--engine", "tantivy", "--quiet"]
        first = process_seconds(command)
        tell(f"indexed {self._files:,} small files: {self._files / first:,.0f} a second")
        look = f"import os\nfor d, _, names in os.walk({str(files)!r}):\n for n in names: os.stat(os.path.join(d, n))"
        read = f"import os\nfor d, _, names in os.walk({str(files)!r}):\n for n in names: open(os.path.join(d, n), 'rb').read()"
        reading = process_seconds([sys.executable, "-c", read])
        subjects: dict[str, Callable[[int], float]] = {
            "searchkit index": lambda _: process_seconds(command),
            "os.walk and os.stat": lambda _: process_seconds([sys.executable, "-c", look]),
        }
        alternate(subjects, 1)
        times = alternate(subjects, 5)
        self.report.measurements["again"] = {"first": first, "reading": reading, **times}
        looking = statistics.median(times["os.walk and os.stat"])
        again = statistics.median(times["searchkit index"])
        self.report.table(
            f"{self._files:,} small files, whole processes",
            ["", "s", "× os.walk and os.stat", "× reading every file"],
            [
                [name, f"{value:.2f}", f"{value / looking:.1f}", f"{value / reading:.1f}"]
                for name, value in (
                    ("first run", first), ("second run", again),
                    ("reading every file", reading), ("os.walk and os.stat", looking),
                )
            ],
        )  # fmt: skip
        self.aim(AGAIN, ratios(*times.values()), f"{self._files:,} files")

    def scale(self, rounds: int = 5) -> None:
        """Searchkit with many articles against itself with 100,000."""
        results = {}
        indexes = {}
        for articles in (FULL, self._articles):
            results[articles] = self._build(OURS, corpus.big(articles), 0)
            indexes[f"{articles:,}"] = self._indexes[OURS]
        self.report.measurements["indexing"] = results
        small, large = (result["peak_anonymous"] / 1e6 for result in results.values())
        self.aim(MEMORY, Spread.of([small]), f"{FULL:,}")
        self.aim(MEMORY, Spread.of([large]), f"{self._articles:,}")
        self.aim(STEADY, Spread.of([large / small]))
        peers = {name: opened(OURS, index) for name, index in indexes.items()}
        times = {title: ask_in_turn(peers, title, True, rounds) for title in CLASSES}
        self.report.measurements["queries"] = times
        few, many = peers
        self.report.table(
            "Warm queries with ten snippets, median ms",
            ["", few, many, "ratio"],
            [
                [title, *(f"{1e3 * statistics.median(values):.2f}" for values in found.values()),
                 ratios(found[many], found[few]).show()]
                for title, found in times.items()
            ],
        )  # fmt: skip
        pairs = [ratios(found[many], found[few]).median for found in times.values()]
        self.aim(LATENCY, Spread.of(pairs))


class Peak:
    """The most anonymous memory that a process and all its descendants had at one time, by Linux' RssAnon."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._most = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """Bytes."""
        self._done.set()
        self._thread.join()
        return self._most

    def _watch(self) -> None:
        while not self._done.wait(SAMPLED_EVERY):
            self._most = max(self._most, sum(map(anonymous, family(self._pid))))


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    found = [pid]
    for parent in found:  # grows while it is walked
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:  # it has ended
                continue
    return found


def anonymous(pid: int) -> int:
    """The anonymous memory of a process, in bytes."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("RssAnon")), 0)


def seconds_of(result: dict[str, Any]) -> float:
    """Seconds an article."""
    return float(result["seconds"] / result["articles"])


def opened(kind: str, index: Path) -> Peer:
    """A peer that is ready to answer."""
    peer: Peer = BIG_PEERS[kind](index)
    peer.open()
    return peer


def ask_in_turn(peers: dict[str, Peer], title: str, snippets: bool, rounds: int) -> dict[str, list[float]]:
    """The times of every query of a class, in pairs."""
    values: dict[str, list[float]] = {name: [] for name in peers}
    for place, ask in enumerate(CLASSES[title]):
        subjects = {name: partial(_answer, peer, title, ask, snippets, place) for name, peer in peers.items()}
        for warm_up in subjects.values():
            warm_up(-1)
        for name, seconds in alternate(subjects, rounds).items():
            values[name] += seconds
    tell(f"queried: {title}")
    return values


def _answer(peer: Peer, title: str, ask: Ask, snippets: bool, place: int, number: int) -> float:
    days = None
    if title == RANGE:
        # Another range in every round, since a user's next query has another.
        first = corpus.FIRST_DAY + dt.timedelta(days=701 * (number + 2))
        days = first, first + dt.timedelta(days=DAYS[place % len(DAYS)] - 1)
    ask = Ask(ask.words, ask.joined, days, snippets)
    began = time.perf_counter()
    peer.ask(ask)
    return time.perf_counter() - began


def mixed(times: dict[str, dict[str, list[float]]], titles: Sequence[str] | dict[str, Any], against: str) -> Spread:
    """Searchkit's times divided by a peer's, over all queries of some classes."""
    pairs = [
        ours / theirs
        for title in titles
        for ours, theirs in zip(times[title][OURS], times[title][against], strict=True)
    ]
    return Spread.of(pairs)


def measure(articles: int = FULL, files: int = FULL, rounds: int = 3, only: Sequence[str] = PARTS) -> Report:
    """Run some parts, or with more than 100,000 articles the comparison with 100,000."""
    with tempfile.TemporaryDirectory(prefix="searchkit-bench-", dir=os.environ.get("SEARCHKIT_BENCH_CACHE")) as folder:
        run = Big(articles, files, rounds, Path(folder))
        if articles > FULL:
            run.scale()
        else:
            for part in PARTS:
                if part in only:
                    tell(f"big: {part}")
                    getattr(run, part)()
        return run.finish()


def command(arguments: Sequence[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks big", description="Measure 100,000 articles on Tantivy."
    )
    parser.add_argument("--articles", type=int, default=FULL, help="articles (default 100,000; 1000000 compares)")
    parser.add_argument("--files", type=int, default=FULL, help="small files for the second run (default 100,000)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of indexing and batches (default 3)")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, by commas: {', '.join(PARTS)}")
    options = parser.parse_args(arguments)
    only = options.only.split(",")
    if unknown := set(only).difference(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    return main(lambda: measure(options.articles, options.files, options.rounds, only))


if __name__ == "__main__":
    sys.exit(command(sys.argv[1:]))
