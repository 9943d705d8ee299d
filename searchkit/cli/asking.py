"""What the commands that take a query have in common: how it is written, and what narrows it down."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypedDict

import click


class Filters(TypedDict):
    """What narrows a query down."""

    any_word: bool
    since: str | None
    until: str | None
    location: str | None
    fields: tuple[tuple[str, str], ...]


# -h cannot be an option here: -hurricane would be read as -h and more.
SETTINGS = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


class QueryCommand(click.Command):
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


def _pairs(_: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    pairs = []
    for value in values:
        name, equals, wanted = value.partition("=")
        if not equals or not name or not wanted:
            raise click.BadParameter(f"{value!r} is not NAME=VALUE, as in byline=smith.", param=param)
        pairs.append((name, wanted))
    return tuple(pairs)


_FILTERS = (
    click.option("--any", "any_word", is_flag=True, help="Find articles with at least one of the words, not all of them."),
    click.option("--since", metavar="DATE", help="From this day on: 2019-02-10, 2019-02, 2019, 'last week'."),
    click.option("--until", metavar="DATE", help="Up to this day, month or year, which is included."),
    click.option("--location", metavar="PLACE", help="Where the story was filed from: a city, state or country."),
    click.option(
        "--field", "fields", metavar="NAME=VALUE", multiple=True, callback=_pairs,
        help="Only where a field has these words, as written; may be repeated. See: searchkit fields.",
    ),
)  # fmt: skip


def filter_options(command: Callable[..., int]) -> Callable[..., int]:
    """``--any``, ``--since``, ``--until``, ``--location`` and ``--field``, which the command gets as ``filters``: those
    arguments of ``Archive.search`` and its like.
    """

    @wraps(command)
    def gathering(**given: Any) -> int:
        filters: Filters = {
            "any_word": given.pop("any_word"),
            "since": given.pop("since"),
            "until": given.pop("until"),
            "location": given.pop("location"),
            "fields": given.pop("fields"),
        }
        return command(**given, filters=filters)

    for option in reversed(_FILTERS):
        gathering = option(gathering)
    return gathering


def names(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    """Names between commas."""
    return tuple(filter(None, (name.strip().lower() for name in value.split(","))))


def query_text(ctx: click.Context, words: Iterable[str], filters: Filters, on_this_day: bool = False) -> str:
    """The query of a command line; every article, where only filters were given. Raises UsageError where there is none."""
    text = " ".join(words)
    filtered = on_this_day or filters["since"] or filters["until"] or filters["location"] or filters["fields"]
    if not text and not filtered:
        raise click.UsageError(
            f"Missing argument 'QUERY...'. To find every article: searchkit {ctx.info_name} '*'", ctx
        )
    return text or "*"


def tell_all(warnings: Iterable[str]) -> None:
    """Say on stderr how a query was read."""
    for warning in dict.fromkeys(warnings):
        tell(f"note: {warning}")


def tell(message: str) -> None:
    """Say something on stderr."""
    from searchkit.cli.mistakes import tell as on_stderr

    on_stderr(message)
