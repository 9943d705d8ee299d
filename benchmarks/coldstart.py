"""A search from a cold start: whole processes, with their files in the page cache, against what they cannot do without.

    python -m benchmarks.coldstart [--pairs N]

``searchkit query evacuation`` on the sample articles is held against a process that imports click and Whoosh and opens
an index of the same articles, made by plain Whoosh (a searchkit index would have it import searchkit);
``searchkit --help`` against a process that imports click.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.common import SAMPLES, Report, Spread, alternate, main, process_seconds, ratios, searchkit_command
from benchmarks.peers import Whoosh

QUERY_CEILING = 1.4
HELP_CEILING = 1.3
WARM_UP = 3


def measure(pairs: int = 30) -> Report:
    """Run both comparisons."""
    report = Report("coldstart")
    with tempfile.TemporaryDirectory(prefix="searchkit-bench-") as folder:
        ours, plain = Path(folder, "searchkit"), Path(folder, "whoosh")
        subprocess.run([searchkit_command(), "index", str(SAMPLES), "--index", str(ours), "--quiet"], check=True)
        Whoosh(plain).build(SAMPLES)
        opening = f"import click, whoosh.index; whoosh.index.open_dir({str(plain)!r})"
        rows = []
        for title, command, base, ceiling in (
            (
                "searchkit query evacuation",
                [searchkit_command(), "query", "evacuation", "--index", str(ours)],
                ["import click and whoosh, open_dir", opening],
                QUERY_CEILING,
            ),
            ("searchkit --help", [searchkit_command(), "--help"], ["import click", "import click"], HELP_CEILING),
        ):
            what, code = base
            held_against = partial(_seconds, [sys.executable, "-c", code])
            # The base against itself shows how far the machine moves a ratio.
            subjects = {title: partial(_seconds, command), what: held_against, "again": held_against}
            alternate(subjects, WARM_UP)
            seconds = alternate(subjects, pairs)
            report.measurements[title] = seconds
            times = ratios(seconds[title], seconds[what])
            milliseconds = [Spread.of([1e3 * s for s in seconds[name]]).show(0) for name in (title, what)]
            rows.append([title, milliseconds[0], what, milliseconds[1], times.show(),
                         ratios(seconds["again"], seconds[what]).show()])  # fmt: skip
            report.check(f"{title} at most {ceiling} × a process that does {what}", f"{times.show()} ×",
                         times.median <= ceiling)  # fmt: skip
    report.table(
        f"Whole processes, median [quartiles] of {pairs} pairs",
        ["", "ms", "held against", "ms", "ratio", "noise (the base by itself)"],
        rows,
    )
    return report


def _seconds(command: list[str], number: int) -> float:
    return process_seconds(command)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure searchkit from a cold start.")
    parser.add_argument("--pairs", type=int, default=30, help="pairs of processes (default 30, at least 20)")
    options = parser.parse_args()
    sys.exit(main(lambda: measure(max(20, options.pairs))))
