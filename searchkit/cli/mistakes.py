"""What is said when something goes wrong. Imported only then."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from searchkit.errors import ArticleMissing, SearchkitError
from searchkit.render import characters


def tell(message: str) -> None:
    """Say something to the user, on stderr. File names and queries in it cannot act on the terminal."""
    sys.stderr.write(characters.lines(message) + "\n")


def report(error: Exception) -> int:
    """Say what went wrong and give the exit status for it."""
    if isinstance(error, SearchkitError):
        tell(f"searchkit: {error}")
        return 1 if isinstance(error, ArticleMissing) else 2
    if os.environ.get("SEARCHKIT_DEBUG"):
        import traceback

        traceback.print_exception(error)
    elif isinstance(error, OSError) and error.strerror:
        about = "" if error.filename is None else f": {os.fsdecode(error.filename)}"
        tell(f"searchkit: {error.strerror}{about}")
    else:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        tell(f"searchkit: {what}. This is a bug in searchkit: please report it with what SEARCHKIT_DEBUG=1 prints.")
    return 2


def nearest(word: str, words: Iterable[str], cutoff: float) -> str | None:
    """The one of ``words`` that was probably meant."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(words), 1, cutoff)), None)


def unknown_command(name: str, commands: list[str]) -> str:
    """The message for a word where a command should be: a mistyped one, or a query without its command."""
    meant = nearest(name, commands, 0.6)
    if meant is not None:
        return f"No such command {name!r}. Did you mean {meant!r}?"
    return f"No such command {name!r}. To search for it: searchkit query {name!r}"
