"""``searchkit facets``: what a query finds, counted by where, when, what and who."""

from __future__ import annotations

import click

from searchkit.cli.asking import SETTINGS, Filters, QueryCommand, filter_options, names, query_text, tell, tell_all
from searchkit.cli.options import format_option, index_option, open_archive, stdout


@click.command("facets", cls=QueryCommand, context_settings=SETTINGS)
@click.argument("query", nargs=-1)
@click.option(
    "--by", callback=names, metavar="NAME,…", default="country,section,publisher,year", show_default=True,
    help="What to count by: country, region, city, section, topic, publisher, year, byline, language.",
)  # fmt: skip
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", default=10, show_default=True, help="How many values of each."
)
@filter_options
@format_option("table", "json", "csv")
@index_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    query: tuple[str, ...],
    by: tuple[str, ...],
    limit: int,
    filters: Filters,
    format: str,
    index: str,
) -> int:
    """Count what a query finds by country, section, publisher, year and the like: every article that matches.

    \b
      searchkit facets evacuation
      searchkit facets 'oil price*' --by country,year --limit 5

    Exit status: 0 when something was found, 1 when not, 2 for an error.
    """
    from searchkit.render import facets

    text = query_text(ctx, query, filters)
    with open_archive(index) as archive:
        found = archive.facets(
            text,
            by,
            limit=limit,
            **filters,
        )
    tell_all(found.warnings)
    facets.write(found, stdout(for_people=format == "table"), format)
    if found.total:
        return 0
    tell("Nothing found.")
    return 1
