"""Options about how files are read, which several commands have, and the report that they write."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from searchkit.render.report import Report

_F = TypeVar("_F", bound=Callable[..., Any])

_AUTO = "auto"


class _FormatName(click.types.StringParamType):
    """The name of a format. A click.Choice would have to know the names when the command is defined, and so the readers."""

    name = "format"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in (known := _format_names()):
            self.fail(f"there is no format {value!r}; choose from {', '.join(known)}", param, ctx)
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(name) for name in _format_names() if name.startswith(incomplete)]


def _format_names() -> tuple[str, ...]:
    import searchkit

    return (_AUTO, *searchkit.formats())


def reading_options(command: _F) -> _F:
    """``--input-format`` and ``--map``."""
    options = (
        click.option(
            "--input-format",
            metavar="NAME",
            type=_FormatName(),
            help="Read the files as this format; auto finds it out.  [default: as before, or auto]",
        ),
        click.option(
            "--map",
            "fields",
            metavar="COLUMN=ROLE",
            multiple=True,
            callback=_fields,
            help="What a column or field of a record is, as in hed=title; may be repeated.  [default: as before, or by "
            "its name]",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def jobs_option(command: _F) -> _F:
    """``--jobs``."""
    return click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        help="How many processes prepare what is read; 1: this one alone.  [default: the number of cores]",
    )(command)


def report_option(command: _F) -> _F:
    """``--report``."""
    return click.option(
        "--report",
        metavar="FILE",
        type=click.Path(dir_okay=False),
        help="Write everything that was skipped or noted to a file, one JSON object a line, as it happens.",
    )(command)


@contextlib.contextmanager
def report_to(path: str | None, folders: Iterable[str]) -> Iterator[Report | None]:
    """What writes the report, which is closed afterwards, however the run ends. It may not be where the run would read it,
    and say something of each line that it says.
    """
    from searchkit.render.report import Report

    if path is None:
        yield None
        return
    real = os.path.realpath(path)
    for folder in folders:
        if os.path.join(real, "").startswith(os.path.join(os.path.realpath(folder), "")) and not _is_hidden(real):
            raise click.UsageError(f"the report {path} would be read with the articles: put it elsewhere")
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        yield Report(file)


def _is_hidden(path: str) -> bool:
    return os.path.basename(path).startswith(".")


def _fields(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, str] | None:
    import searchkit

    fields = {}
    for text in given:
        column, equals, role = text.rpartition("=")
        if not equals or not column:
            raise click.BadParameter(f"{text!r} is not COLUMN=ROLE", ctx, param)
        if role not in searchkit.roles():
            roles = ", ".join(searchkit.roles())
            raise click.BadParameter(f"a column cannot be {role!r}; choose from {roles}", ctx, param)
        fields[column] = role
    return fields or None
