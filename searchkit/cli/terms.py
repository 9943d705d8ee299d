"""``searchkit terms``: the words that set what a query finds apart."""

from __future__ import annotations

import click

from searchkit.cli.asking import SETTINGS, Filters, QueryCommand, filter_options, query_text, tell, tell_all
from searchkit.cli.options import format_option, index_option, open_archive, stdout


@click.command("terms", cls=QueryCommand, context_settings=SETTINGS)
@click.argument("query", nargs=-1)
@click.option("--limit", type=click.IntRange(1), metavar="N", default=20, show_default=True, help="How many words.")
@filter_options
@format_option("table", "json", "csv")
@index_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    query: tuple[str, ...],
    limit: int,
    filters: Filters,
    format: str,
    index: str,
) -> int:
    """List the words that set what a query finds apart from the rest of the archive: for the curious, and for the next
    query. They are ranked by how little chance explains them (Dunning's log-likelihood ratio).

    \b
      searchkit terms evacuation
      searchkit terms --location syria --since 2019

    Exit status: 0 when there are such words, 1 when not, 2 for an error.
    """
    from searchkit.render import terms

    text = query_text(ctx, query, filters)
    with open_archive(index) as archive:
        found = archive.terms(text, limit=limit, **filters)
    tell_all(found.warnings)
    terms.write(found, stdout(for_people=format == "table"), format)
    if found.terms:
        return 0
    tell("Nothing sets these articles apart." if found.total else "Nothing found.")
    return 1
