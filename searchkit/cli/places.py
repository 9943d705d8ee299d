"""``searchkit places``: where what a query finds was filed from."""

from __future__ import annotations

import click

from searchkit.cli.asking import SETTINGS, Filters, QueryCommand, filter_options, query_text, tell, tell_all
from searchkit.cli.options import format_option, index_option, open_archive, picture, plot_option, stdout


@click.command("places", cls=QueryCommand, context_settings=SETTINGS)
@click.argument("query", nargs=-1)
@click.option(
    "--by", type=click.Choice(("country", "region", "city")), default="country", show_default=True,
    help="What to count.",
)  # fmt: skip
@click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    help="How many places.  [default: 20; all, in GeoJSON; 300 on a map]",
)
@plot_option("a map")
@filter_options
@format_option("table", "json", "csv", "geojson")
@index_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    query: tuple[str, ...],
    by: str,
    limit: int | None,
    plot: str | None,
    filters: Filters,
    format: str,
    index: str,
) -> int:
    """Count where what a query finds was filed from: every article that matches.

    \b
      searchkit places evacuation
      searchkit places oil --by city --plot map.svg
      searchkit places flood --by city --format geojson >floods.geojson

    Exit status: 0 when something was found, 1 when not, 2 for an error.
    """
    from searchkit.render import places

    text = query_text(ctx, query, filters)
    path = picture(plot)
    usual = 300 if path else None if format == "geojson" else 20
    with open_archive(index) as archive:
        found = archive.places(text, by, limit=limit or usual, **filters)
    tell_all(found.warnings)
    if path is not None:
        from searchkit.render import map_plot

        map_plot.draw(found, path)
        tell(f"The map is in {path}.")
    else:
        places.write(found, stdout(for_people=format == "table"), format)
    if found.total:
        return 0
    tell("Nothing found.")
    return 1
