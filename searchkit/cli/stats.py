"""``searchkit stats``: what the index holds."""

from __future__ import annotations

import click

from searchkit.cli.options import HELP, format_option, index_option, open_archive, stdout


@click.command("stats", context_settings=HELP)
@format_option("text", "json")
@index_option
def command(format: str, index: str) -> int:
    """Say what the index holds: how many articles, from when to when, and what it was made with."""
    from searchkit.render import stats

    with open_archive(index) as archive:
        found = archive.stats()
    out = stdout(for_people=format == "text")
    if format == "json":
        stats.write_json(found, out)
    else:
        stats.write_text(found, out)
    return 0
