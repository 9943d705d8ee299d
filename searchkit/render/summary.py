"""What an index run did, in words or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from searchkit.render import characters, words

if TYPE_CHECKING:
    from searchkit.reports import Skipped, Summary

_NAMED = 20
"""Files that are named one by one; the rest is counted. ``--json`` has them all."""


def write_text(summary: Summary, out: TextIO) -> None:
    """Write the counts on one line: every one of them, so that what did not happen is seen too."""
    counts = [
        f"{summary.added:,} added",
        f"{summary.updated:,} updated",
        f"{summary.unchanged:,} unchanged",
        f"{summary.removed:,} removed",
        f"{len(summary.skipped):,} skipped",
        f"{summary.undated:,} undated",
    ]
    total = words.count(summary.total, "article")
    out.write(f"{', '.join(counts)} in {words.duration(summary.seconds)}; the index holds {total}\n")


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
    _rest(len(summary.skipped), "skipped", out)
    if only_skipped:
        return
    for note, number in summary.notes:
        out.write(f"note: {characters.one_line(note)} ({words.count(number, 'article')})\n")
    for path in summary.gone[:_NAMED]:
        out.write(f"gone: {characters.one_line(path)}\n")
    _rest(len(summary.gone), "gone", out)
    if summary.gone and pruned:
        out.write("The articles of files that are gone were removed.\n")
    elif summary.gone:
        out.write("The articles of files that are gone stay in the index; --prune removes them.\n")
    for notice in summary.notices:
        out.write(f"{characters.one_line(notice)}\n")


def _place(item: Skipped) -> str:
    where = f", {item.where}" if item.where else ""
    return characters.one_line(item.path + where)


def _rest(number: int, what: str, out: TextIO) -> None:
    if number > _NAMED:
        out.write(f"… and {number - _NAMED:,} more {what}; --json names them all\n")
