"""Options that several commands have, and where results go."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

if TYPE_CHECKING:
    from searchkit.archive import Archive
    from searchkit.render import Look

_F = TypeVar("_F", bound=Callable[..., Any])

HELP = {"help_option_names": ["-h", "--help"]}
"""Context settings of a command: ``-h`` is ``--help``."""


def index_option(command: _F) -> _F:
    """``--index``: where the index is."""
    return click.option(
        "--index",
        metavar="DIR",
        envvar="SEARCHKIT_INDEX",
        default="index",
        help="The index folder.  [default: $SEARCHKIT_INDEX, else ./index]",
    )(command)


def wait_option(command: _F) -> _F:
    """``--wait``: how long to wait for another writer."""
    return click.option(
        "--wait",
        metavar="SECONDS",
        type=click.FloatRange(min=0),
        default=10.0,
        show_default=True,
        help="How long to wait for another process that is writing to the index.",
    )(command)


def format_option(*formats: str) -> Callable[[_F], _F]:
    """``--format``: how to write the result; the first one is what is taken by default."""
    return click.option(
        "--format", "format", type=click.Choice(formats), default=formats[0], show_default=True, help="How to write it."
    )


def color_option(command: _F) -> _F:
    """``--color``."""
    return click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Whether to use colours. auto: on a terminal; NO_COLOR and FORCE_COLOR are obeyed.",
    )(command)


def plot_option(what: str) -> Callable[[_F], _F]:
    """``--plot``: a picture instead of text."""
    return click.option(
        "--plot", metavar="FILE", help=f"Draw {what} into a file that ends in .png or .svg, and print nothing else."
    )


def picture(plot: str | None) -> Path | None:
    """Where to draw. Raises SearchkitError where nothing can be drawn, before anything is searched."""
    if plot is None:
        return None
    from searchkit.render.plot import check

    path = Path(plot)
    check(path)
    return path


def cluster_options(command: Callable[..., int]) -> Callable[..., int]:
    """``--url``, ``--shards``, ``--replicas`` and ``--ca-file``, which the command gets as ``cluster``: those arguments of
    ``searchkit.create`` and ``Archive.convert``.
    """

    @wraps(command)
    def gathering(**given: Any) -> int:
        names = ("url", "shards", "replicas", "ca_file")
        return command(**{name: value for name, value in given.items() if name not in names},
                       cluster={name: given[name] for name in names})  # fmt: skip

    for option in (
        click.option("--ca-file", metavar="FILE", help="Certificates to trust, beside the system's (PEM)."),
        click.option("--replicas", type=click.IntRange(0), metavar="N", help="Copies of each shard.  [default: 1]"),
        click.option("--shards", type=click.IntRange(1), metavar="N", help="Parts of an index on a cluster.  [default: 1]"),
        click.option(
            "--url", metavar="URL",
            help="Where the cluster is: https://host:9200, several with commas.  [default: $SEARCHKIT_OPENSEARCH_URL]",
        ),
    ):  # fmt: skip
        gathering = option(gathering)
    return gathering


def open_archive(index: str) -> Archive:
    """The archive in a folder, to be used with ``with``."""
    import searchkit

    return searchkit.open(index)


def stdout(for_people: bool) -> TextIO:
    """Where results go. What is for programs is UTF-8 with plain line ends, whatever the terminal's encoding; what
    cannot be encoded is replaced, since no article may end a search.
    """
    # Where stdout was replaced (in a notebook, say), it may be something that cannot be set up.
    if reconfigure := getattr(sys.stdout, "reconfigure", None):
        if for_people:
            reconfigure(errors="replace")
        else:
            codecs.register_error("searchkit", _as_given)
            reconfigure(encoding="utf-8", errors="searchkit", newline="\n")
    return sys.stdout


def _as_given(error: UnicodeError) -> tuple[str | bytes, int]:
    # A file's name that is not UTF-8 is written as the bytes that it has, so that other programs find the file.
    try:
        return codecs.lookup_error("surrogateescape")(error)
    except UnicodeEncodeError as other:
        return "?" * (other.end - other.start), other.end


def look(out: TextIO, color: str, offset: int = 0) -> Look:
    """How to show results on this stream."""
    from searchkit.render import Look
    from searchkit.render.terminal import columns, wants_color

    return Look(wants_color(out, color), columns(out), offset)
