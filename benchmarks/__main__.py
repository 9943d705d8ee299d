"""Every benchmark, and one summary at the end: ``python -m benchmarks`` (``make bench``).

Exit status: 0 all requirements met, or what is missing was skipped; 1 a requirement was not met.
"""

from __future__ import annotations

import sys

from benchmarks import coldstart, reuters
from benchmarks.common import Missing, Report


def run() -> int:
    """Run all and give the exit status."""
    lines: list[str] = []
    status = 0
    for module in (coldstart, reuters):
        try:
            report: Report = module.measure()
        except Missing as error:
            lines.append(f"skip  {module.__name__.rpartition('.')[2]}: {error}")
            continue
        report.publish()
        lines += [f"{check}" for check in report.checks]
        status = max(status, report.status)
    print("\nSummary\n")
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    sys.exit(run())
