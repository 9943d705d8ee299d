"""Every benchmark, and one summary at the end: ``python -m benchmarks`` (``make bench``). ``python -m benchmarks big …``
runs one, with its options.

Exit status: 0 all requirements met, or what is missing was skipped; 1 a requirement was not met.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys

from benchmarks import big
from benchmarks.common import Missing, Report

NAMES = ("coldstart", "reuters", "growth", "formats", "counting", "big")


def run() -> int:
    """Run all and give the exit status."""
    lines: list[str] = []
    status = 0
    for name in NAMES:
        measure = getattr(importlib.import_module(f"benchmarks.{name}"), "measure", None)
        if measure is None:
            lines.append(f"skip  {name}: it is run by itself")
            continue
        try:
            report: Report = measure()
        except Missing as error:
            lines.append(f"skip  {name}: {error}")
            continue
        report.publish()
        lines += [f"{check}" for check in report.checks]
        status = max(status, report.status)
    print("\nSummary\n")
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    sys.exit(big.command(sys.argv[2:]) if sys.argv[1:2] == ["big"] else run())
