"""``searchkit query``: find articles."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, BinaryIO

import click

from searchkit.cli.asking import SETTINGS, Filters, QueryCommand, filter_options, names, query_text, tell, tell_all
from searchkit.cli.options import color_option, format_option, index_option, look, open_archive, stdout

if TYPE_CHECKING:
    from searchkit.results import Results

_FORMATS = ("text", "table", "json", "jsonl", "csv", "html", "ids")


def _limit(_: click.Context, param: click.Parameter, value: str) -> int | None:
    if value == "all":
        return None
    try:
        number = int(value)
    except ValueError:
        number = 0
    if number < 1:
        raise click.BadParameter(f"{value!r} is neither a number from 1 on nor 'all'.", param=param)
    return number


def _recent(_: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        from searchkit.intervals import half_life

        try:
            half_life(value)
        except ValueError as error:
            raise click.BadParameter(f"{error}.", param=param) from None
    return value


@click.command("query", cls=QueryCommand, context_settings=SETTINGS)
@click.argument("query", nargs=-1)
@filter_options
@click.option("--on-this-day", is_flag=True, help="Only articles of today's day and month, of any year.")
@click.option(
    "--facets", callback=names, metavar="NAME,…", default="",
    help="Count all that is found as well: country, section, publisher, year and more; with text, table and json.",
)  # fmt: skip
@click.option(
    "--sort", type=click.Choice(["relevance", "newest", "oldest"]),
    help="The order.  [default: relevance, or newest where the query only filters]",
)  # fmt: skip
@click.option(
    "--recent", callback=_recent, metavar="HALF_LIFE",
    help="Let what is recent count more: scores halve with each 30d, 2w, 6m or 1y of age.",
)  # fmt: skip
@click.option(
    "--limit", callback=_limit, metavar="N|all", default="10", show_default=True, help="How many articles to show."
)
@click.option("--offset", type=click.IntRange(0), metavar="N", default=0, help="Leave out the first N articles.")
@click.option(
    "--snippets", type=click.IntRange(0), metavar="N", default=1, show_default=True, help="Passages of each article."
)
@click.option(
    "--snippet-chars", type=click.IntRange(1), metavar="N", default=240, show_default=True,
    help="About how long a passage is.",
)  # fmt: skip
@format_option(*_FORMATS)
@click.option("--count", is_flag=True, help="Print the number of articles, nothing else.")
@click.option("--explain", is_flag=True, help="Say how the query was understood.")
@click.option(
    "--batch", type=click.File("rb"), metavar="FILE",
    help="Run each line of FILE (- is standard input) as a query; print one JSON object a line.",
)  # fmt: skip
@color_option
@index_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    query: tuple[str, ...],
    filters: Filters,
    on_this_day: bool,
    facets: tuple[str, ...],
    sort: str | None,
    recent: str | None,
    limit: int | None,
    offset: int,
    snippets: int,
    snippet_chars: int,
    format: str,
    count: bool,
    explain: bool,
    batch: BinaryIO | None,
    color: str,
    index: str,
) -> int:
    """Find articles, best first.

    QUERY is words, "phrases", wild*cards, -words to leave out, and fields such as location:syria or since:2019-02;
    every word must be in an article, in any form. A word that begins with a dash is a part of the query unless it is an
    option below. Without a query, --since, --until, --location, --field and --on-this-day find every article that they
    fit.

    \b
      searchkit query evacuation
      searchkit query '"red cross" -syria'
      searchkit query 'oil price*' --since 1987-03 --until 1987-06
      searchkit query evacuation --format jsonl --limit all

    Exit status: 0 when there is something to show, 1 when not, 2 for an error.
    """
    text = query_text(ctx, query, filters, on_this_day) if batch is None else " ".join(query)
    if batch is not None and (text or format not in ("text", "json", "jsonl")):
        raise click.UsageError("--batch takes its queries from the file, and always writes JSON lines.", ctx)
    if facets and (count or format not in ("text", "table", "json")):
        raise click.UsageError("--facets stands beside articles, as text, table or json. See: searchkit facets.", ctx)
    if recent is not None and sort in ("newest", "oldest"):
        raise click.UsageError("--recent orders by relevance, and not by date as well: leave out --sort.", ctx)
    with open_archive(index) as archive:
        search = partial(
            archive.search,
            **filters,
            sort=sort,
            recent=recent,
            limit=0 if count else limit,
            offset=offset,
            snippets=snippets,
            snippet_chars=snippet_chars,
            explain=explain,
            on_this_day=on_this_day,
            facets=facets,
        )
        if batch is not None:
            from searchkit.cli.batch import run_batch

            return run_batch(batch, search, offset, hits=not count)
        return _answer(search(text, suggest=not count), format, count, color, offset)


def _answer(results: Results, format: str, count: bool, color: str, offset: int) -> int:
    from searchkit import render

    tell_all(results.warnings)
    if results.explanation is not None and (count or format not in ("text", "json")):
        from searchkit.render.explanation import in_words

        tell(in_words(results.explanation).rstrip())
    out = stdout(for_people=format in render.PEOPLE)
    if count:
        out.write(f"{results.total}\n")
        return 0 if results.total else 1
    render.write(results, out, format, look(out, color, offset))
    if results.hits:
        return 0
    _say_nothing_found(results, offset)
    return 1


def _say_nothing_found(results: Results, offset: int) -> None:
    from searchkit.render.words import count

    if results.total:
        tell(f"Nothing from {offset + 1:,} on: the query finds {count(results.total, 'article')}.")
        return
    tell("Nothing found.")
    for other in results.suggestions:
        found = count(other.total, "article")
        tell(f"--any finds {found}." if other.any_word else f"Did you mean: {other.query} ({found})")
