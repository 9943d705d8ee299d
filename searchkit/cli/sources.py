"""``searchkit sources``: what was read from where."""

from __future__ import annotations

import click

from searchkit.cli.options import HELP, format_option, index_option, open_archive, stdout


@click.command("sources", context_settings=HELP)
@click.argument("under", metavar="[PATH]", required=False)
@click.option("--failed", is_flag=True, help="Only files that could not be read, wholly or in part, and why.")
@format_option("table", "json", "jsonl", "csv")
@index_option
def command(under: str | None, failed: bool, format: str, index: str) -> int:
    """List the source files: when each was read, by which reader, and how many articles it gave. PATH is a folder, a file,
    or how their paths begin; - is standard input.

    What failed is tried again by the next run of "searchkit index".

    Exit status: 0 when there is something to list, 1 when not, 2 for an error.
    """
    from searchkit.render import sources
    from searchkit.render.terminal import columns

    out = stdout(for_people=format == "table")
    with open_archive(index) as archive:
        found = sources.write(archive.sources(failed=failed, under=under), out, format, columns(out))
    return 0 if found else 1
