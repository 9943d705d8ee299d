"""The full report of an index run: one JSON object a line for everything that was skipped or noted (docs/json.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from searchkit.render.records import dumps, noted_record, skipped_report_record

if TYPE_CHECKING:
    from searchkit.reports import Noted, Skipped


class Report:
    """Called with each remark of a run, and writes it at once, so that a run that is cut off has said what it knew."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def __call__(self, remark: Skipped | Noted) -> None:
        from searchkit.reports import Skipped

        record = skipped_report_record(remark) if isinstance(remark, Skipped) else noted_record(remark)
        self._out.write(dumps(record) + "\n")
        self._out.flush()
