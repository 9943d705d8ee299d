"""``searchkit timeline``: what a query finds over time."""

from __future__ import annotations

import click

from searchkit.cli.asking import SETTINGS, Filters, QueryCommand, filter_options, query_text, tell, tell_all
from searchkit.cli.options import format_option, index_option, open_archive, picture, plot_option, stdout
from searchkit.intervals import SIZES


@click.command("timeline", cls=QueryCommand, context_settings=SETTINGS)
@click.argument("query", nargs=-1)
@click.option("--by", type=click.Choice(SIZES), help="How long an interval is.  [default: what fits the screen]")
@click.option("--compare", metavar="QUERY", multiple=True, help="Another query beside the first; may be repeated.")
@click.option("--share", is_flag=True, help="Give the share of all articles of each interval.")
@click.option("--peaks", is_flag=True, help="Name the intervals that stand out, and words that mark them.")
@plot_option("the timeline")
@filter_options
@format_option("table", "json", "csv")
@index_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    query: tuple[str, ...],
    by: str | None,
    compare: tuple[str, ...],
    share: bool,
    peaks: bool,
    plot: str | None,
    filters: Filters,
    format: str,
    index: str,
) -> int:
    """Count what a query finds over time: every article that matches, from the first to the last.

    \b
      searchkit timeline evacuation
      searchkit timeline oil --by month --compare gas --share
      searchkit timeline earthquake --by week --peaks
      searchkit timeline oil --plot oil.png

    Exit status: 0 when something was found, 1 when not, 2 for an error.
    """
    from searchkit.render import timeline
    from searchkit.render.terminal import columns

    first = query_text(ctx, query, filters)
    path = picture(plot)
    with open_archive(index) as archive:
        found = archive.timeline(
            (first, *compare),
            by=by,
            share=share,
            peaks=peaks,
            **filters,
        )
    tell_all(warning for series in found.series for warning in series.warnings)
    if path is not None:
        from searchkit.render import timeline_plot

        timeline_plot.draw(found, path)
        tell(f"The timeline is in {path}.")
    else:
        out = stdout(for_people=format == "table")
        timeline.write(found, out, format, columns(out))
    if any(series.total for series in found.series):
        return 0
    tell("Nothing found.")
    return 1
