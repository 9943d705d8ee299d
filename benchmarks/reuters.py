"""Indexing and querying 14,000 Reuters stories: searchkit, plain Whoosh and SQLite FTS5, side by side in one run.

python -m benchmarks.reuters [--rounds N] [--query-rounds N]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.common import (
    ENVIRONMENT,
    ROOT,
    Report,
    Spread,
    alternate,
    main,
    process_seconds,
    ratios,
    reuters,
    searchkit_command,
    tell,
)
from benchmarks.peers import PEERS, Ask, Peer

STORIES = 14_000
FIRST_DAY = dt.date(1987, 2, 26)

INDEXING_FLOOR = 1.0
RANGE_FLOOR = 10.0
AGAIN_CEILING = 2.0

DATE_RANGE = "word in a date range"
DAYS = (7, 14, 30)
FOR_RANGES = ("Whoosh, filter=", "Whoosh, days only")

# Several of each kind, since one query may suit one engine.
CLASSES: dict[str, list[Ask]] = {
    "common word": [Ask(words) for words in ("said", "company", "bank", "oil")],
    "rare word": [Ask(words) for words in ("evacuation", "hurricane", "strait", "embargo")],
    "AND of 2": [Ask(words) for words in ("oil prices", "trade deficit", "company profit", "bank rates")],
    "OR of 3": [Ask(words, "or") for words in ("wheat corn soybean", "gold silver copper", "bank company market")],
    "phrase": [Ask(words, "phrase") for words in ("crude oil", "interest rates", "joint venture", "prime minister")],
    "prefix": [Ask(words, "prefix") for words in ("evacu", "refin", "agree", "comp")],
    DATE_RANGE: [Ask(words) for words in ("oil", "bank", "embargo", "said", "company", "trade")],
    "AND of 2, 10 snippets": [Ask(words, snippets=True) for words in ("oil prices", "trade deficit", "bank rates")],
}


def measure(rounds: int = 3, query_rounds: int = 7) -> Report:
    """Run everything. Raises Missing without the stories."""
    stories = reuters()
    report = Report("reuters")
    with tempfile.TemporaryDirectory(prefix="searchkit-bench-") as folder:
        indexes = _indexing(report, stories, Path(folder), rounds)
        _second_run(report, stories, indexes["searchkit"], max(rounds, 5))
        _querying(report, indexes, query_rounds)
    return report


def _indexing(report: Report, stories: Path, folder: Path, rounds: int) -> dict[str, Path]:
    kinds: dict[str, tuple[str, ...]] = {
        "searchkit": ("searchkit",),
        "Whoosh": ("Whoosh",),
        "SQLite FTS5": ("SQLite FTS5",),
    }
    if hasattr(os, "sched_setaffinity"):
        kinds |= {"searchkit, one core": ("searchkit", "--one-core"), "Whoosh, one core": ("Whoosh", "--one-core")}
    built: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds}

    def build(kind: str, number: int) -> float:
        engine, *options = kinds[kind]
        target = folder / f"{kind}-{number}"
        result = _build(engine, stories, target, *options)
        tell(f"indexing, round {number + 1}: {kind} {result['seconds']:.1f} s")
        built[kind].append(result)
        return float(result["seconds"])

    seconds = alternate({kind: partial(build, kind) for kind in kinds}, rounds)
    report.measurements["indexing"] = built

    def compared(kind: str) -> Spread:
        peer = "Whoosh, one core" if kind.endswith("one core") else "Whoosh"
        return ratios(seconds[peer], seconds[kind])

    rows = []
    for kind, results in built.items():
        rate = Spread.of([result["articles"] / result["seconds"] for result in results])
        peak = max(result["peak_bytes"] for result in results)
        size = results[-1]["index_bytes"]
        rows.append([kind, rate.show(0), compared(kind).show(), f"{size / 1e6:.1f} MB", f"{peak / 1e6:.0f} MB"])
    report.table(
        f"Indexing {STORIES:,} stories, median [range] of {rounds} rounds",
        ["", "articles/s", "× Whoosh", "index", "peak memory"],
        rows,
    )
    counts = {kind: {result["articles"] for result in results} for kind, results in built.items()}
    report.check(
        f"every engine has {STORIES:,} articles",
        ", ".join(f"{kind} {found}" for kind, found in counts.items() if found != {STORIES}) or "all",
        all(found == {STORIES} for found in counts.values()),
    )
    against = compared("searchkit")
    report.check(
        f"indexing at least {INDEXING_FLOOR:.1f} × as fast as plain Whoosh",
        f"{against.show()} ×",
        against.median >= INDEXING_FLOOR,
    )
    last = rounds - 1
    places = {engine: folder / f"{engine}-{last}" for engine in ("searchkit", "Whoosh", "SQLite FTS5")}
    places["Whoosh, filter="] = places["Whoosh"]
    # No round of its own: the index is needed for its date ranges alone.
    places["Whoosh, days only"] = folder / "days"
    _build("Whoosh, days only", stories, places["Whoosh, days only"])
    return places


def _build(engine: str, stories: Path, folder: Path, *options: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.build", engine, str(stories), str(folder), *options]
    result: dict[str, Any] = json.loads(
        subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, check=True).stdout
    )
    return result


def _second_run(report: Report, stories: Path, index: Path, rounds: int) -> None:
    command = [searchkit_command(), "index", str(stories), "--index", str(index)]
    # The least that a process must do to see that nothing has changed.
    look = f"import os\nfor d, _, names in os.walk({str(stories)!r}):\n for n in names: os.stat(os.path.join(d, n))"
    subjects: dict[str, Callable[[int], float]] = {
        "searchkit": lambda _: process_seconds([*command, "--quiet"]),
        "walk": lambda _: process_seconds([sys.executable, "-c", look]),
        "searchkit inside": lambda _: _summary(command)["seconds"],
        "walk inside": lambda _: _walk(stories),
    }
    alternate(subjects, 1)  # a warm-up: the first one may write bytecode
    seconds = alternate(subjects, rounds)
    report.measurements["second run"] = seconds
    report.table(
        f"A second run over the same files, median [quartiles] of {rounds} rounds",
        ["", "searchkit, ms", "os.walk and os.stat, ms", "ratio"],
        [
            [title, *(Spread.of([1e3 * s for s in seconds[one + suffix]]).show() for one in ("searchkit", "walk")),
             ratios(seconds["searchkit" + suffix], seconds["walk" + suffix]).show(1)]
            for title, suffix in (("whole process", ""), ("the run alone", " inside"))
        ],
    )  # fmt: skip
    summary = _summary(command)
    whole = Spread.of(seconds["searchkit"])
    report.check(
        f"a second run reads nothing, within {AGAIN_CEILING:.0f} s",
        f"{summary['files_read']} files read, {whole.show()} s",
        summary["files_read"] == 0 and summary["unchanged"] == STORIES and whole.extremes[1] < AGAIN_CEILING,
    )
    query = [searchkit_command(), "query", "*", "--count", "--index", str(index)]
    counted = subprocess.run(query, stdout=subprocess.PIPE, check=True, text=True).stdout.strip()
    report.check(f"searchkit query '*' --count prints {STORIES}", counted, counted == str(STORIES))


def _summary(command: list[str]) -> dict[str, Any]:
    done = subprocess.run([*command, "--quiet", "--json"], env=ENVIRONMENT, stdout=subprocess.PIPE, check=True)
    summary: dict[str, Any] = json.loads(done.stdout)
    return summary


def _walk(folder: Path) -> float:
    began = time.perf_counter()
    for where, _, names in os.walk(folder):
        for name in names:
            os.stat(os.path.join(where, name))
    return time.perf_counter() - began


def _querying(report: Report, indexes: dict[str, Path], rounds: int) -> None:
    peers = {name: peer(indexes[name]) for name, peer in PEERS.items()}
    for peer in peers.values():
        peer.open()
    times: dict[str, dict[str, list[float]]] = {}
    for title, asks in CLASSES.items():
        wanted = {name: peer for name, peer in peers.items() if title == DATE_RANGE or name not in FOR_RANGES}
        values: dict[str, list[float]] = {name: [] for name in wanted}
        for place, ask in enumerate(asks):
            subjects = {name: partial(_answer, peer, title, ask, place) for name, peer in wanted.items()}
            for warm_up in subjects.values():
                warm_up(-1)
            for name, seconds in alternate(subjects, rounds).items():
                values[name] += seconds
        times[title] = values
        tell(f"querying: {title}")
    report.measurements["querying"] = times

    def cell(name: str, values: dict[str, list[float]]) -> str:
        return f"{1e3 * Spread.of(values[name]).median:.2f}" if name in values else ""

    def ratio(name: str, values: dict[str, list[float]]) -> str:
        return ratios(values[name], values["searchkit"]).show(1) if name in values else ""

    others = [name for name in PEERS if name != "searchkit"]
    report.table(
        "Queries, warm, the best ten: median ms",
        ["", *PEERS],
        [[title, *(cell(name, values) for name in PEERS)] for title, values in times.items()],
    )
    report.table(
        f"How many times as long as searchkit, median [quartiles] of {rounds} pairs for each of the queries",
        ["", *others],
        [[title, *(ratio(name, values) for name in others)] for title, values in times.items()],
    )
    values = times[DATE_RANGE]
    for name, way in (("Whoosh", "a clause"), ("Whoosh, filter=", "filter=")):
        faster = ratios(values[name], values["searchkit"])
        report.check(
            f"date ranges at least {RANGE_FLOOR:.0f} × faster than plain Whoosh's, as {way}",
            f"{faster.show(1)} ×",
            faster.median >= RANGE_FLOOR,
        )


def _answer(peer: Peer, title: str, ask: Ask, place: int, number: int) -> float:
    if title == DATE_RANGE:
        # A range of its own for every round: Whoosh keeps the answers to filters, and a user's next query has another.
        first = FIRST_DAY + dt.timedelta(days=3 * (number + 1))
        ask = Ask(ask.words, ask.joined, (first, first + dt.timedelta(days=DAYS[place % len(DAYS)] - 1)))
    began = time.perf_counter()
    peer.ask(ask)
    return time.perf_counter() - began


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure indexing and querying on 14,000 Reuters stories.")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of indexing (default 3)")
    parser.add_argument("--query-rounds", type=int, default=7, help="rounds of each query (default 7)")
    options = parser.parse_args()
    sys.exit(main(lambda: measure(options.rounds, options.query_rounds)))
