"""``searchkit show``: one whole article."""

from __future__ import annotations

import click

from searchkit.cli.options import HELP, color_option, format_option, index_option, look, open_archive, stdout


@click.command("show", context_settings=HELP)
@click.argument("id")
@click.option("--query", metavar="QUERY", help="Mark the words that this query finds.")
@format_option("text", "json")
@color_option
@index_option
def command(id: str, query: str | None, format: str, color: str, index: str) -> int:
    """Show one whole article. ID is what "searchkit query" prints for it.

    Exit status: 0, or 1 when no article has this id, 2 for an error.
    """
    from searchkit.render import article

    with open_archive(index) as archive:
        hit = archive.show(id, query)
    out = stdout(for_people=format == "text")
    if format == "json":
        article.write_json(hit, out)
    else:
        article.write_text(hit, out, look(out, color))
    return 0
