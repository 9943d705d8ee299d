"""``searchkit watch``: index what arrives."""

from __future__ import annotations

import signal
import sys
import time
from types import FrameType
from typing import TYPE_CHECKING

import click

from searchkit.cli.options import HELP, index_option, stdout, wait_option
from searchkit.cli.reading import jobs_option, reading_options, report_option, report_to

if TYPE_CHECKING:
    from searchkit.reports import Progress, Summary

_SAY_EVERY = 10.0


@click.command("watch", context_settings=HELP)
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@index_option
@click.option(
    "--settle",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="How long a file has to stay the same before it is read.",
)
@click.option("--prune", is_flag=True, help="Remove the articles of files that go.")
@reading_options
@report_option
@jobs_option
@wait_option
@click.option("--quiet", is_flag=True, help="Say nothing but what could not be read.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary of each run as a line of JSON.")
def command(
    paths: tuple[str, ...],
    index: str,
    settle: float,
    prune: bool,
    input_format: str | None,
    fields: dict[str, str] | None,
    report: str | None,
    jobs: int | None,
    wait: float,
    quiet: bool,
    as_json: bool,
) -> int:
    """Do what "searchkit index" does, and then go on: index what arrives in the folders, until Ctrl-C. PATH is a folder;
    without one, ./articles.

    A file that is still being written is left until it is at rest; one that is moved into its place is read at once. Each
    run that brought something is a line on standard error. Others can write to the index in between.

    Exit status: 0 when it was stopped, 2 for an error.
    """
    import datetime as dt
    from dataclasses import replace

    import searchkit
    from searchkit.cli.mistakes import tell
    from searchkit.render import summary as render

    out = stdout(for_people=not as_json)
    paths = paths or ("articles",)
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        with report_to(report, paths) as remark, searchkit.create(index) as archive:
            runs = archive.watch(
                paths,
                settle=settle,
                prune=prune,
                input_format=input_format,
                fields=fields,
                jobs=jobs,
                wait=wait,
                progress=None if quiet else _Progress(),
                remark=remark,
            )
            for number, summary in enumerate(runs):
                if number:  # that files have gone is seen in what was removed
                    summary = replace(summary, gone=(), gone_total=0)
                render.write_remarks(summary, sys.stderr, only_skipped=quiet, pruned=prune)
                if as_json:
                    render.write_json(summary, out)
                    out.flush()
                elif not quiet and (_did_something(summary) or not summary.notices):
                    render.write_line(summary, sys.stderr, dt.datetime.now())
                if not number and not quiet:
                    tell("Watching. Stop with Ctrl-C.")
                sys.stderr.flush()
    except KeyboardInterrupt:
        if not quiet:
            tell("Stopped. What was committed is kept.")
    finally:
        signal.signal(signal.SIGTERM, before)
    return 0


def _did_something(summary: Summary) -> bool:
    return bool(summary.added or summary.updated or summary.removed or summary.skipped_total)


class _Progress:
    """Says how far a long run has come, now and then: a line that is written over would not go with lines that stay."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _SAY_EVERY

    def __call__(self, progress: Progress) -> None:
        from searchkit.cli.mistakes import tell
        from searchkit.render.progress import describe

        if progress.phase == "done" or time.monotonic() >= self._next:
            if progress.phase != "done":
                tell(describe(progress))
            self._next = time.monotonic() + _SAY_EVERY


def _stop(signal: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
