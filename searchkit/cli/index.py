"""``searchkit index``: read articles into the index."""

from __future__ import annotations

import os
import sys

import click

from searchkit.cli.options import HELP, index_option, stdout, wait_option

_DEFAULT = "articles"


@click.command("index", context_settings=HELP)
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@index_option
@click.option("--rebuild", is_flag=True, help="Read everything anew, beside the old index, and swap it in at the end.")
@click.option("--prune", is_flag=True, help="Remove the articles of files that are gone from these paths.")
@click.option("--strict", is_flag=True, help="Exit with 1 when a file or an article was skipped.")
@click.option("--language", metavar="LANG", help="The articles' language, for word forms.  [default: english]")
@click.option(
    "--day-first/--month-first", default=None, help="How to read a date such as 03/04/2019.  [default: month first]"
)
@click.option("--timezone", metavar="ZONE", help='Where "today" is, as in Europe/Paris.  [default: the computer\'s]')
@click.option(
    "--engine",
    type=click.Choice(["auto", "whoosh", "tantivy"]),
    help="What the index is kept on. auto: whoosh while it is small, then tantivy.  [default: what it has, or auto]",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many processes prepare what is read; 1: this one alone.  [default: the number of cores]",
)
@wait_option
@click.option("--quiet", is_flag=True, help="Say nothing but what could not be read.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(
    paths: tuple[str, ...],
    index: str,
    rebuild: bool,
    prune: bool,
    strict: bool,
    language: str | None,
    day_first: bool | None,
    timezone: str | None,
    engine: str | None,
    jobs: int | None,
    wait: float,
    quiet: bool,
    as_json: bool,
) -> int:
    """Read articles into the index. PATH is a file, or a folder with everything below it; without one, ./articles, or
    with --rebuild what the index was made from.

    Only files that are new or changed are read. A run that is interrupted keeps what it has committed, and the next one
    goes on from there. Language, dates, time zone and engine are kept in the index. Another engine than before has the
    index rewritten, at the end of the run.

    Exit status: 0, or 1 with --strict when something was skipped, 2 for an error, 130 when interrupted.
    """
    import searchkit
    from searchkit.cli.mistakes import tell
    from searchkit.render import summary as render
    from searchkit.render.progress import ProgressLine

    for path in paths or () if rebuild else paths or (_DEFAULT,):
        if not os.path.exists(path):  # said before an index is made for it
            raise searchkit.NothingToIndex(f"there is no file or folder {path}")
    try:
        with (
            searchkit.create(
                index, language=language, day_first=day_first, timezone=timezone, engine=engine, rebuild=rebuild
            ) as archive,
            ProgressLine(sys.stderr, quiet) as progress,
        ):
            if not paths and not (rebuild and archive.stats().sources):
                paths = (_DEFAULT,)
            summary = archive.index(paths, prune=prune, rebuild=rebuild, jobs=jobs, wait=wait, progress=progress)
    except KeyboardInterrupt:
        tell("Interrupted. What was committed is kept; run the same command again to go on.")
        return 130
    render.write_remarks(summary, sys.stderr, only_skipped=quiet, pruned=prune)
    if as_json:
        render.write_json(summary, stdout(for_people=False))
    elif not quiet:
        render.write_text(summary, stdout(for_people=True))
    return 1 if strict and summary.skipped else 0
