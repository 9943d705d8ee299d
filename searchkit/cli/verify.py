"""``searchkit verify``: see whether the index is whole."""

from __future__ import annotations

import sys

import click

from searchkit.cli.options import HELP, format_option, index_option, stdout, wait_option


@click.command("verify", context_settings=HELP)
@click.option("--repair", is_flag=True, help="Do what can be done about what is wrong.")
@format_option("text", "json")
@wait_option
@index_option
def command(repair: bool, format: str, wait: float, index: str) -> int:
    """Say whether the index is whole: every article can be read, and what is noted about the files agrees with it. For each
    problem it says what to do.

    --repair does that: it reads files again, removes what belongs to none, and makes anew what is damaged, beside the old
    index. No source file is changed.

    Exit status: 0 when the index is whole, or is so now, 1 when not, 2 when it cannot be verified.
    """
    import searchkit
    from searchkit.render import verification
    from searchkit.render.progress import ProgressLine

    with searchkit.open(index, damaged=True) as archive, ProgressLine(sys.stderr) as progress:
        found = archive.verify(repair=repair, wait=wait, progress=progress)
    out = stdout(for_people=format == "text")
    if format == "json":
        verification.write_json(found, out)
    else:
        verification.write_text(found, out)
    return 0 if found.whole else 1
