"""``searchkit index``: read articles into the index."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from searchkit.cli.options import HELP, cluster_options, index_option, stdout, wait_option
from searchkit.cli.reading import jobs_option, reading_options, report_option, report_to

_DEFAULT = "articles"
_STDIN = "-"


@click.command("index", context_settings=HELP)
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@index_option
@click.option("--rebuild", is_flag=True, help="Read everything anew, beside the old index, and swap it in at the end.")
@click.option("--prune", is_flag=True, help="Remove the articles of files that are gone from these paths.")
@click.option("--strict", is_flag=True, help="Exit with 1 when a file or an article was skipped.")
@reading_options
@click.option(
    "--name",
    metavar="NAME",
    default="stdin",
    show_default=True,
    help="What the ids of articles from standard input begin with.",
)
@report_option
@click.option(
    "--language",
    metavar="LANG",
    help="The articles' language, for word forms: english, french, …; auto: each article's own; none.  [default: english]",
)
@click.option(
    "--day-first/--month-first", default=None, help="How to read a date such as 03/04/2019.  [default: month first]"
)
@click.option("--timezone", metavar="ZONE", help='Where "today" is, as in Europe/Paris.  [default: the computer\'s]')
@click.option(
    "--engine",
    type=click.Choice(["auto", "whoosh", "tantivy", "opensearch"]),
    help="What the index is kept on. auto: whoosh while it is small, then tantivy. opensearch: a cluster.  "
    "[default: what it has, or auto]",
)
@cluster_options
@jobs_option
@wait_option
@click.option("--quiet", is_flag=True, help="Say nothing but what could not be read.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(
    paths: tuple[str, ...],
    index: str,
    rebuild: bool,
    prune: bool,
    strict: bool,
    input_format: str | None,
    fields: dict[str, str] | None,
    name: str,
    report: str | None,
    language: str | None,
    day_first: bool | None,
    timezone: str | None,
    engine: str | None,
    cluster: dict[str, Any],
    jobs: int | None,
    wait: float,
    quiet: bool,
    as_json: bool,
) -> int:
    """Read articles into the index. PATH is a file, or a folder with everything below it, or - for standard input, which is
    JSON lines unless --input-format says otherwise; without one, ./articles, or with --rebuild what the index was made
    from.

    Only files that are new or changed are read. A run that is interrupted keeps what it has committed, and the next one
    goes on from there. Language, dates, time zone and engine are kept in the index, and for each file what --input-format and
    --map said of it. Another engine than before has the index rewritten, at the end of the run.

    Exit status: 0, or 1 with --strict when something was skipped, 2 for an error, 130 when interrupted.
    """
    import searchkit
    from searchkit.cli.mistakes import tell
    from searchkit.render import summary as render
    from searchkit.render.progress import ProgressLine

    stream = sys.stdin.buffer if _STDIN in paths else None
    files = tuple(path for path in paths if path != _STDIN)
    if not paths and not rebuild:
        files = (_DEFAULT,)
    for path in files:
        if not os.path.exists(path):  # said before an index is made for it
            raise searchkit.NothingToIndex(f"there is no file or folder {path}")
    try:
        with (
            report_to(report, files) as remark,
            searchkit.create(
                index,
                language=language,
                day_first=day_first,
                timezone=timezone,
                engine=engine,
                rebuild=rebuild,
                **cluster,
            ) as archive,
            ProgressLine(sys.stderr, quiet) as progress,
        ):
            if not paths and not files and not archive.stats().sources:
                files = (_DEFAULT,)
            summary = archive.index(
                files,
                prune=prune,
                rebuild=rebuild,
                input_format=input_format,
                fields=fields,
                stream=stream,
                name=name,
                jobs=jobs,
                wait=wait,
                progress=progress,
                remark=remark,
            )
    except KeyboardInterrupt:
        tell("Interrupted. What was committed is kept; run the same command again to go on.")
        return 130
    render.write_remarks(summary, sys.stderr, only_skipped=quiet, pruned=prune)
    if as_json:
        render.write_json(summary, stdout(for_people=False))
    elif not quiet:
        render.write_text(summary, stdout(for_people=True))
    return 0 if summary.is_complete or not strict else 1
