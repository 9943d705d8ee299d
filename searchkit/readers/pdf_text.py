"""The lines of a PDF file's pages → paragraphs.

A PDF file says where letters stand, and nothing of lines and paragraphs. A paragraph ends where the next line is further
away than usual, is set in another size or is indented, or where a sentence ends well before the end of the line.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median_low
from typing import Any, NamedTuple

_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
)
_HYPHENS = "-\u2010\xad"
_COMPOUND = re.compile(r"(?<![\w-])\w{1,40}-\w{1,40}(?![\w-])")
_LAST_WORD = re.compile(r"\w{1,40}\Z")
_FIRST_WORD = re.compile(r"\w{1,40}")
_DIGITS = re.compile(r"\d+")
_ENDED = re.compile(r"[.!?:…。！？][\"'”’»)\]]*\Z")

_SAME_LINE = 0.5
"""Of the size of letters: what is raised or lowered by less, such as a footnote's mark, stands on the line."""

_FURTHER = 1.25
_OTHER_SIZE = 1.1
_INDENTED = 0.7
_FULL = 0.8
_REPEATED_ON = 3


class Line(NamedTuple):
    """A line, and where it begins, in points from the lower left corner of the page; ``size`` is the letters' height, or 0
    where nothing of that is known.
    """

    text: str
    left: float = 0.0
    base: float = 0.0
    size: float = 0.0


class LineCollector:
    """Puts a page's lines together from the pieces of text that pypdf sees."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._parts: list[str] = []
        self._left = self._base = self._size = 0.0
        self._ended = False

    def see(self, text: str, cm: Sequence[float], tm: Sequence[float], font: Any, size: float) -> None:
        """A piece of text with its matrices (ISO 32000-1, sections 8.3.4 and 9.4.4), as ``visitor_text`` is called."""
        if not text.strip():
            self._ended = self._ended or "\n" in text
            if self._parts and not self._ended:
                self._parts.append(text)
            return
        left = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        base = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        height = abs(size) * math.hypot(tm[2], tm[3]) * math.hypot(cm[2], cm[3])
        if not math.isfinite(left + base + height):
            left = base = height = 0.0
        if self._ended or (self._parts and abs(base - self._base) > _SAME_LINE * max(height, self._size)):
            self._finish()
        for number, part in enumerate(text.split("\n")):
            if number:
                self._finish()
            if part:
                if not self._parts:
                    self._left, self._base, self._size = left, base, height
                self._parts.append(part)
        self._ended = text.endswith("\n")

    def finished(self, whole: str) -> list[Line]:
        """The lines; those of ``whole``, pypdf's own text of the page, where something of that was not seen."""
        self._finish()
        if "".join("".join(line.text for line in self.lines).split()) == "".join(whole.split()):
            return self.lines
        return [Line(text) for line in whole.split("\n") if (text := " ".join(line.split()))]

    def _finish(self) -> None:
        text = " ".join("".join(self._parts).split())
        if text:
            self.lines.append(Line(text, self._left, self._base, self._size))
        self._parts.clear()
        self._ended = False


def rebuild(pages: Sequence[Sequence[Line]]) -> str:
    """The text of some pages: paragraphs on one line each with a blank line between them, without the headers, footers and
    page numbers that come on one page after the other, and with words whole that were hyphenated.
    """
    blocks: list[list[str]] = []
    goes_on: list[bool] = []
    for lines in _without_running_lines(pages):
        for number, found in enumerate(_blocks(lines)):
            blocks.append([line.text.translate(_LIGATURES) for line in found])
            goes_on.append(number == 0)
    compounds = {word for block in blocks for text in block for word in _COMPOUND.findall(text)}
    parts: list[str] = []
    before, width = "", 0
    for block, may_go_on in zip(blocks, goes_on, strict=True):
        # A paragraph that a page ends in goes on in the first block of the next one.
        joined = may_go_on and before != "" and len(before) >= _FULL * width and not _ENDED.search(before)
        width = max(map(len, block))
        for number, text in enumerate(block):
            gap = "\n\n" if number == 0 and not joined else _gap(before, text, width)
            if gap == " " and _is_cut(before) and text[:1].islower():
                parts[-1], gap = _unhyphenated(before, text, compounds), ""
            parts += (gap, text) if parts else (text,)
            before = text
    return "".join(parts)


def _without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without those first and last lines that stand apart, and that most pages have but for their numbers."""
    found = [_ends_that_stand_apart(lines) for lines in pages]
    counts = Counter(key for ends in found for key in set(ends.values()))
    running = {key for key, count in counts.items() if count >= max(_REPEATED_ON, len(pages) / 2)}
    return [
        [line for place, line in enumerate(lines) if ends.get(place) not in running]
        for lines, ends in zip(pages, found, strict=True)
    ]


def _ends_that_stand_apart(lines: Sequence[Line]) -> dict[int, str]:
    """The places of a page's first and last line, where these stand apart, and what they say but for numbers."""
    last = len(lines) - 1
    if last < 1:
        return {}
    leading = _leading(lines)
    neighbours = {0: (lines[0], lines[1]), last: (lines[-2], lines[-1])}
    return {
        place: _DIGITS.sub("0", lines[place].text)
        for place, (above, below) in neighbours.items()
        if _begins([above], below, leading) or above.base < below.base
    }


def _leading(lines: Sequence[Line]) -> float:
    """The usual distance of lines, or 0 where nothing of that is known."""
    gaps = [
        above.base - below.base
        for above, below in pairwise(lines)
        if below.size and 0 < above.base - below.base < 3 * below.size
    ]
    return median_low(gaps) if gaps else 0.0


def _blocks(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that may be one paragraph, by where they stand."""
    leading = _leading(lines)
    blocks: list[list[Line]] = []
    for line in lines:
        if not blocks or _begins(blocks[-1], line, leading):
            blocks.append([])
        blocks[-1].append(line)
    return blocks


def _begins(block: list[Line], line: Line, leading: float) -> bool:
    before = block[-1]
    if not line.size or not before.size:
        return False
    if max(line.size, before.size) > _OTHER_SIZE * min(line.size, before.size):
        return True
    gap = before.base - line.base
    if gap <= 0:  # the top of the next column
        return _ENDED.search(before.text) is not None
    if leading and gap > _FURTHER * leading:
        return True
    return line.left > before.left + _INDENTED * line.size and gap > _SAME_LINE * line.size


def _gap(before: str, line: str, width: int) -> str:
    """What stands between two lines of a block in which the longest has ``width`` characters."""
    if len(before) >= _FULL * width:
        return " "
    if _ENDED.search(before):
        return "\n\n"
    return " " if line[:1].islower() or _is_cut(before) else "\n"


def _is_cut(line: str) -> bool:
    """Whether a line ends with a hyphen, and not with a dash after a space."""
    return line[-1:] in _HYPHENS and line[-2:-1].isalnum()


def _unhyphenated(before: str, line: str, compounds: set[str]) -> str:
    """A line without the hyphen at its end, unless the word has it elsewhere in the text too ("so-called")."""
    stem = before[:-1]
    if before[-1] == "-":
        first, last = _LAST_WORD.search(stem), _FIRST_WORD.match(line)
        if first is None or last is None or f"{first[0]}-{last[0]}" in compounds:
            return before
    return stem
