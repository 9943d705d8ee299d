"""``searchkit query``: find articles."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, BinaryIO

import click

from searchkit.cli.options import color_option, format_option, index_option, look, open_archive, stdout

if TYPE_CHECKING:
    from searchkit.results import Results

_FORMATS = ("text", "table", "json", "jsonl", "csv", "html", "ids")

# -h cannot be an option here: -hurricane would be read as -h and more.
_SETTINGS = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


class _QueryCommand(click.Command):
    """Takes what begins with a dash and is no option as a part of the query, since ``-word`` means "without word"."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args == ["-h"]:
            args = ["--help"]
        if not ctx.resilient_parsing:
            self._refuse_mistyped(ctx, args)
        return super().parse_args(ctx, args)

    def _refuse_mistyped(self, ctx: click.Context, args: list[str]) -> None:
        options = {name: param for param in self.get_params(ctx) for name in param.opts if name.startswith("--")}
        value = False
        for arg in args:
            if value:
                value = False
                continue
            if arg == "--":
                return
            name, equals, _ = arg.partition("=")
            if (param := options.get(name)) is not None:
                value = not equals and not getattr(param, "is_flag", False)
            elif len(name) > 3 and name.startswith("--"):
                self._refuse_if_near(ctx, name, options)

    def _refuse_if_near(self, ctx: click.Context, name: str, options: dict[str, click.Parameter]) -> None:
        from searchkit.cli.mistakes import nearest

        longer = next((option for option in options if option.startswith(name)), None)
        if meant := longer or nearest(name, options, 0.75):
            raise click.UsageError(
                f"No such option {name}. Did you mean {meant}? (To search for it, put -- before the query.)", ctx
            )


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


def _pairs(_: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    pairs = []
    for value in values:
        name, equals, wanted = value.partition("=")
        if not equals or not name or not wanted:
            raise click.BadParameter(f"{value!r} is not NAME=VALUE, as in byline=smith.", param=param)
        pairs.append((name, wanted))
    return tuple(pairs)


@click.command("query", cls=_QueryCommand, context_settings=_SETTINGS)
@click.argument("query", nargs=-1)
@click.option("--any", "any_word", is_flag=True, help="Find articles with at least one of the words, not all of them.")
@click.option("--since", metavar="DATE", help="From this day on: 2019-02-10, 2019-02, 2019, 'last week'.")
@click.option("--until", metavar="DATE", help="Up to this day, month or year, which is included.")
@click.option("--location", metavar="PLACE", help="Where the story was filed from: a city, state or country.")
@click.option(
    "--field", "fields", metavar="NAME=VALUE", multiple=True, callback=_pairs,
    help="Only where a field has these words, as written; may be repeated. See: searchkit fields.",
)  # fmt: skip
@click.option(
    "--sort", type=click.Choice(["relevance", "newest", "oldest"]),
    help="The order.  [default: relevance, or newest where the query only filters]",
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
    any_word: bool,
    since: str | None,
    until: str | None,
    location: str | None,
    fields: tuple[tuple[str, str], ...],
    sort: str | None,
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
    option below. Without a query, --since, --until, --location and --field find every article that they fit.

    \b
      searchkit query evacuation
      searchkit query '"red cross" -syria'
      searchkit query 'oil price*' --since 1987-03 --until 1987-06
      searchkit query evacuation --format jsonl --limit all

    Exit status: 0 when there is something to show, 1 when not, 2 for an error.
    """
    text = " ".join(query)
    if batch is None and not text:
        if not (since or until or location or fields):
            raise click.UsageError("Missing argument 'QUERY...'. To find every article: searchkit query '*'", ctx)
        text = "*"
    if batch is not None and (text or format not in ("text", "json", "jsonl")):
        raise click.UsageError("--batch takes its queries from the file, and always writes JSON lines.", ctx)
    with open_archive(index) as archive:
        search = partial(
            archive.search,
            any_word=any_word,
            since=since,
            until=until,
            location=location,
            fields=fields,
            sort=sort,
            limit=0 if count else limit,
            offset=offset,
            snippets=snippets,
            snippet_chars=snippet_chars,
            explain=explain,
        )
        if batch is not None:
            from searchkit.cli.batch import run_batch

            return run_batch(batch, search, offset, hits=not count)
        return _answer(search(text, suggest=not count), format, count, color, offset)


def _answer(results: Results, format: str, count: bool, color: str, offset: int) -> int:
    from searchkit import render

    for warning in results.warnings:
        _tell(f"note: {warning}")
    if results.explanation is not None and (count or format not in ("text", "json")):
        from searchkit.render.explanation import in_words

        _tell(in_words(results.explanation).rstrip())
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
        _tell(f"Nothing from {offset + 1:,} on: the query finds {count(results.total, 'article')}.")
        return
    _tell("Nothing found.")
    for other in results.suggestions:
        found = count(other.total, "article")
        _tell(f"--any finds {found}." if other.any_word else f"Did you mean: {other.query} ({found})")


def _tell(message: str) -> None:
    from searchkit.cli.mistakes import tell

    tell(message)
