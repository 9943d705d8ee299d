"""What every benchmark needs: alternating timings, ratios by pairs, a table, a JSON file, the name of the machine."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from tabulate import tabulate

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "articles"
REUTERS = ROOT.parent / "shared" / "data" / "reuters21578"
RESULTS = Path(__file__).resolve().parent / "results"

LIBRARIES = ("searchkit", "Whoosh-Reloaded", "click", "PyStemmer")

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""For the processes that are measured: with that variable set, Python would compile changed modules on every start, which
is a third of the time of a short query, and nothing that a user has."""


class Missing(Exception):
    """What is to be measured is not there."""


def reuters() -> Path:
    """The folder of the Reuters stories. Raises Missing for who has cloned the project alone."""
    if not any(REUTERS.glob("*.sgm*")):
        raise Missing(
            "the Reuters-21578 stories are not there: put reut2-000.sgm.gz to reut2-013.sgm.gz into "
            f"{os.path.relpath(REUTERS, ROOT)} (relative to the repository)"
        )
    return REUTERS


@dataclass(frozen=True, slots=True)
class Spread:
    """A median, with the quartiles and the extremes."""

    median: float
    quartiles: tuple[float, float]
    extremes: tuple[float, float]
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        first, _, third = statistics.quantiles(values, method="inclusive") if len(values) > 1 else [*values] * 3
        return cls(statistics.median(values), (first, third), (min(values), max(values)), len(values))

    def show(self, digits: int = 2) -> str:
        """The median, and in brackets the quartiles, or all there is of less than four values."""
        low, high = self.extremes if self.count < 4 else self.quartiles
        return f"{self.median:,.{digits}f} [{low:,.{digits}f}-{high:,.{digits}f}]"


def alternate(subjects: Mapping[str, Callable[[int], float]], rounds: int) -> dict[str, list[float]]:
    """What each subject gives, in rounds: A B A B, so that whatever slows the machine down slows both of a pair."""
    values: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(rounds):
        for name, run in subjects.items():
            values[name].append(run(number))
    return values


def ratios(these: Sequence[float], those: Sequence[float]) -> Spread:
    """``these`` divided by ``those``, pair by pair."""
    return Spread.of([a / b for a, b in zip(these, those, strict=True)])


def process_seconds(command: Sequence[str], expected: int = 0) -> float:
    """The time of a whole process, from its start until it has ended. Raises RuntimeError if it does not end as expected."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    status = process.wait()
    seconds = time.perf_counter() - began
    if status != expected:
        raise RuntimeError(f"{' '.join(command)} ended with {status} instead of {expected}")
    return seconds


def searchkit_command() -> str:
    """The installed command, beside the Python that runs this."""
    return str(Path(sys.executable).parent / "searchkit")


def machine() -> dict[str, Any]:
    """What the figures were measured on; nothing that names a person or a network."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    versions = {name: metadata.version(name) for name in LIBRARIES}
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        **versions,
        "SQLite": sqlite3.sqlite_version,
    }


@dataclass(slots=True)
class Check:
    """A requirement, and whether it was met."""

    what: str
    measured: str
    passed: bool

    def __str__(self) -> str:
        return f"{'pass' if self.passed else 'FAIL'}  {self.what}: {self.measured}"


@dataclass(slots=True)
class Report:
    """What a benchmark found: tables to read, requirements, and every single measurement for the JSON file."""

    name: str
    tables: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    measurements: dict[str, Any] = field(default_factory=dict)

    def table(self, title: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Add a table; it is Markdown, so that it can go into the README as it is."""
        aligned = ("left", *["right"] * (len(headers) - 1))
        self.tables.append(
            f"{title}\n\n{tabulate(rows, headers, tablefmt='github', colalign=aligned, disable_numparse=True)}"
        )

    def check(self, what: str, measured: str, passed: bool) -> None:
        """Add a requirement."""
        self.checks.append(Check(what, measured, passed))

    @property
    def status(self) -> int:
        """The exit status: 1 if a requirement was not met."""
        return 0 if all(check.passed for check in self.checks) else 1

    def publish(self) -> None:
        """Print the tables and the requirements, and write everything to ``results/NAME.json``."""
        made_on = machine()
        print(f"\n{self.name}: {', '.join(f'{key} {value}' for key, value in made_on.items())}\n")
        print("\n\n".join(self.tables), end="\n\n")
        print("\n".join(map(str, self.checks)))
        RESULTS.mkdir(exist_ok=True)
        data = {
            "machine": made_on,
            "checks": [{"what": c.what, "measured": c.measured, "passed": c.passed} for c in self.checks],
            "measurements": self.measurements,
        }
        (RESULTS / f"{self.name}.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def tell(message: str) -> None:
    """Say how far things have come."""
    print(message, file=sys.stderr, flush=True)


def main(measure: Callable[[], Report]) -> int:
    """Run one benchmark. Exit status: 0 all requirements met, 1 not all, 2 nothing to measure."""
    try:
        report = measure()
    except Missing as error:
        tell(f"not measured: {error}")
        return 2
    report.publish()
    return report.status
