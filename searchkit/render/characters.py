"""Characters that a terminal would act on, and how wide the others are."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

# C0, DEL and C1: with these, text from an article could move the cursor, change colours or set the window's title. A
# lone surrogate (an undecodable byte of a file's name) cannot be printed at all.
_REPLACEMENT = "\ufffd"
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), _REPLACEMENT)
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), _REPLACEMENT)
_SPACES = {ord(c): " " for c in "\t\n\v\f\r\x85\u2028\u2029"}
_LINE = {**_CONTROLS, **_SURROGATES, **_SPACES}
_LINES = {**_LINE, ord("\n"): "\n"}
# What stands in data keeps its tabs and line ends.
_DATA = {**_CONTROLS, **_SURROGATES, **{ord(c): c for c in "\t\n\r"}}


def one_line(text: str) -> str:
    """The text as one printable line. Every character becomes one character, so spans stay right."""
    return text if text.isprintable() else text.translate(_LINE)


def lines(text: str) -> str:
    """The text as printable lines; only line feeds stay what they are."""
    return text if text.isprintable() else text.translate(_LINES)


def data(text: str) -> str:
    """The text without controls and lone surrogates, its tabs and line ends kept."""
    return text if text.isprintable() else text.translate(_DATA)


def width(text: str) -> int:
    """The number of terminal columns that the text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def fit(text: str, columns: int) -> str:
    """The text, cut to so many columns with an ellipsis where it is longer."""
    if width(text) <= columns:
        return text
    return next(pieces(text, max(1, columns - 1))).rstrip() + "…"


def aligned(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Lines of a name and a figure, the names to the left and the figures to the right of their columns."""
    names = max((width(name) for name, _ in rows), default=0)
    figures = max((len(figure) for _, figure in rows), default=0)
    for name, figure in rows:
        yield f"{name}{' ' * (names - width(name))}  {figure:>{figures}}".rstrip()


def pieces(text: str, columns: int) -> Iterator[str]:
    """The text in pieces of at most so many columns (at least one character each)."""
    start = used = 0
    for place, character in enumerate(text):
        takes = _columns(character)
        if used + takes > columns and place > start:
            yield text[start:place]
            start, used = place, 0
        used += takes
    if start < len(text):
        yield text[start:]


def _columns(character: str) -> int:
    if character < "\u0300":
        return 1
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    # Combining marks stand on the letter before them; format characters (directions, joiners) take no room.
    return 0 if unicodedata.category(character) in ("Mn", "Me", "Cf") else 1
