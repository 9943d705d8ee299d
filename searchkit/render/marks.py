"""Text with marked spans: cut into pieces, and broken into lines without a mark running over the end of one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from searchkit.render import characters

if TYPE_CHECKING:
    from searchkit.results import Span


def pieces(text: str, spans: Sequence[Span]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is marked."""
    end = 0
    for start, stop in spans:
        if start > end:
            yield text[end:start], False
        yield text[start:stop], True
        end = stop
    if end < len(text):
        yield text[end:], False


def overlapping(spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    """The spans that have something between ``start`` and ``end``."""
    place = bisect_right(spans, start, key=lambda span: span[1])
    while place < len(spans) and spans[place][0] < end:
        yield spans[place]
        place += 1


def wrap(text: str, spans: Sequence[Span], width: int | None) -> Iterator[tuple[str, list[Span]]]:
    """The text in printable lines of at most ``width`` columns, each with the spans in it.

    White space counts as one space and is where lines are broken; a word that is longer than a line is broken too.
    """
    line = _Line()
    for word, start in _words(characters.one_line(text), width):
        columns = characters.width(word)
        if width is not None and line.words and line.columns + 1 + columns > width:
            yield line.finish(spans)
            line = _Line()
        line.words.append((word, start))
        line.columns += columns + (len(line.words) > 1)
    if line.words:
        yield line.finish(spans)


class _Line:
    def __init__(self) -> None:
        self.words: list[tuple[str, int]] = []
        self.columns = 0

    def finish(self, spans: Sequence[Span]) -> tuple[str, list[Span]]:
        marked: list[Span] = []
        place = 0
        for word, start in self.words:
            for left, right in overlapping(spans, start, start + len(word)):
                here = place + max(0, left - start), place + min(len(word), right - start)
                # A span that goes on from the word before takes the space between them along.
                if left < start and marked and marked[-1][1] == place - 1:
                    here = marked.pop()[0], here[1]
                marked.append(here)
            place += len(word) + 1
        return " ".join(word for word, _ in self.words), marked


def _words(text: str, width: int | None) -> Iterator[tuple[str, int]]:
    place = 0
    for word in text.split():
        start = text.index(word, place)
        place = start + len(word)
        if width is None:
            yield word, start
            continue
        for piece in characters.pieces(word, width):
            yield piece, start
            start += len(piece)
