"""What the stream at the other end can show: colours, and how many columns."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from searchkit.render import marks

if TYPE_CHECKING:
    from searchkit.results import Span

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_DIM = "\x1b[2m"
_MARK = "\x1b[1;31m"


def is_terminal(stream: TextIO) -> bool:
    """Whether people look at the stream, on a terminal that can move its cursor."""
    return os.environ.get("TERM") != "dumb" and stream.isatty()


def wants_color(stream: TextIO, color: str = "auto") -> bool:
    """Whether to write colours to the stream: what was asked for, else ``NO_COLOR``, else ``FORCE_COLOR``, else whether
    it is a terminal.
    """
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return os.environ.get("FORCE_COLOR", "0") not in ("", "0") or is_terminal(stream)


def columns(stream: TextIO) -> int | None:
    """The width of the terminal; None where there is none, since a pipe's lines need no breaking."""
    if not stream.isatty():
        return None
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return max(20, int(given))
    try:
        found = os.get_terminal_size(stream.fileno()).columns
    except OSError:
        found = 0
    # A terminal that does not know its size says 0.
    return max(20, found or 80)


class Style:
    """Bold, dim and marked text; plain where there are no colours."""

    def __init__(self, color: bool) -> None:
        self._color = color

    def bold(self, text: str) -> str:
        return f"{_BOLD}{text}{_RESET}" if self._color else text

    def dim(self, text: str) -> str:
        return f"{_DIM}{text}{_RESET}" if self._color else text

    def marked(self, text: str, spans: Sequence[Span], bold: bool = False) -> str:
        """The text with its spans marked, and bold between them where asked."""
        if not self._color:
            return text
        between = self.bold if bold else str
        return "".join(
            f"{_MARK}{piece}{_RESET}" if marked else between(piece) for piece, marked in marks.pieces(text, spans)
        )
