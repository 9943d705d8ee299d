"""``searchkit fields``: what can be searched."""

from __future__ import annotations

import click

from searchkit.cli.options import HELP, format_option, stdout


@click.command("fields", context_settings=HELP)
@format_option("text", "json")
def command(format: str) -> int:
    """List the fields that can be searched, as in "title:evacuation" or --field byline=smith."""
    from searchkit.fields import FIELDS
    from searchkit.render import fields

    out = stdout(for_people=format == "text")
    if format == "json":
        fields.write_json(FIELDS, out)
    else:
        fields.write_text(FIELDS, out)
    return 0
