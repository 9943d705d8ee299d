"""``searchkit remove``: take articles down."""

from __future__ import annotations

import click

from searchkit.cli.options import HELP, index_option, open_archive, stdout, wait_option


@click.command("remove", context_settings=HELP)
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@click.option("--undo", is_flag=True, help='Lift a take-down: the next "searchkit index" brings the article back.')
@wait_option
@index_option
def command(ids: tuple[str, ...], undo: bool, wait: float, index: str) -> int:
    """Take articles out of the index, for good: later runs of "searchkit index" leave them out although their files are
    still there. No file is deleted. Prints the ids.

    Exit status: 0, or 1 when there is no such article (then nothing is changed), 2 for an error.
    """
    from searchkit.cli.mistakes import tell

    with open_archive(index) as archive:
        done = archive.remove(ids, undo=undo, wait=wait)
    out = stdout(for_people=False)
    for id in done:
        out.write(f"{id}\n")
    if undo:
        tell('No longer taken down. The next run of "searchkit index" brings them back.')
    else:
        tell('Taken down. Later runs of "searchkit index" leave them out; "searchkit remove --undo" lifts that.')
    return 0
