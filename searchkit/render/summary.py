"""What an index run did, in words or as JSON."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, TextIO

from searchkit.render import characters, words

if TYPE_CHECKING:
    from searchkit.reports import Skipped, Summary

_NAMED = 20
"""Files that are named one by one; the rest is counted. A report has them all."""

_STDIN = "-"


def write_text(summary: Summary, out: TextIO) -> None:
    """Write the counts on one line: every one of them, so that what did not happen is seen too."""
    counts = [
        f"{summary.added:,} added",
        f"{summary.updated:,} updated",
        f"{summary.unchanged:,} unchanged",
        f"{summary.removed:,} removed",
        f"{summary.skipped_total:,} skipped",
        f"{summary.undated:,} undated",
    ]
    total = words.count(summary.total, "article")
    out.write(f"{', '.join(counts)} in {words.duration(summary.seconds)}; the index holds {total}\n")


def write_line(summary: Summary, out: TextIO, now: dt.datetime) -> None:
    """Write what a run of a watched folder brought, on one line: the time, and what was not nothing."""
    counts = {
        "added": summary.added,
        "updated": summary.updated,
        "removed": summary.removed,
        "skipped": summary.skipped_total,
    }
    said: list[str] = []
    for what, number in counts.items():
        if number:
            noun = "" if what == "skipped" or said else " article" if number == 1 else " articles"
            said.append(f"{what} {number:,}{noun}")
    files = words.count(summary.files_read, "file")
    out.write(f"{now:%H:%M:%S} {', '.join(said) or 'nothing new'} ({files})\n")


def write_json(summary: Summary, out: TextIO) -> None:
    """Write the summary as one JSON object, schema ``searchkit.summary/1``."""
    from searchkit.render.records import dumps, summary_record

    out.write(dumps(summary_record(summary)) + "\n")


def write_remarks(summary: Summary, out: TextIO, only_skipped: bool = False, pruned: bool = False) -> None:
    """Write what somebody should look at: files that were skipped, what was unclear, files that are gone, and
    what happened to the index itself.
    """
    for item in summary.skipped[:_NAMED]:
        out.write(f"skipped {_place(item)}: {characters.one_line(item.reason)}\n")
    _rest(summary.skipped_total, out)
    if summary.skipped_total > 1:
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in summary.skipped_kinds.items())
        out.write(f"skipped {summary.skipped_total:,}: {characters.one_line(kinds)}\n")
    if only_skipped:
        return
    for note, number in summary.notes:
        out.write(f"note: {characters.one_line(note)} ({words.count(number, 'article')})\n")
    for path in summary.gone[:_NAMED]:
        out.write(f"gone: {characters.one_line(path)}\n")
    _rest(summary.gone_total, out)
    if summary.gone_total and pruned:
        out.write("The articles of files that are gone were removed.\n")
    elif summary.gone_total:
        out.write("The articles of files that are gone stay in the index; --prune removes them.\n")
    for notice in summary.notices:
        out.write(f"{characters.one_line(notice)}\n")


def _place(item: Skipped) -> str:
    path = "standard input" if item.path == _STDIN else item.path
    member = f"member {item.member}" if item.member else ""
    return characters.one_line(", ".join(filter(None, (path, member, item.where))))


def _rest(number: int, out: TextIO) -> None:
    if number > _NAMED:
        out.write(f"… and {number - _NAMED:,} more: --report FILE lists them\n")
