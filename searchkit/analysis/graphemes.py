"""What is drawn as one character, and must not be cut where something is marked or a passage ends."""

from __future__ import annotations

import unicodedata

# Beside marks, what UAX #29 calls Extend, ZWJ and SpacingMark; what it calls Prepend; and the one letter that is an emoji.
_EXTENDING = frozenset(
    "\u0e33\u0eb3\u200c\u200d\uff9e\uff9f" + "".join(map(chr, (*range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080))))
)
_PREPENDED = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
_LETTER_EMOJI = "\u2139"
_FLAG_LETTERS = frozenset(map(chr, range(0x1F1E6, 0x1F200)))
_JOINER = "\u200d"

_LONGEST = 64
"""Code points that are looked at to complete a character: text can be made so that all of it is one."""


def is_joined(text: str, place: int) -> bool:
    """Whether the character at a place is drawn as one with the one before it: a mark, a part of an emoji, and the like.

    It errs on the side of yes: what UAX #29 takes for one character is always one here, but for a mark after white space.
    """
    if not 0 < place < len(text):
        return False
    before, here = text[place - 1], text[place]
    if here < "\u0300" and before < "\u0600":
        return False
    if "\u3105" <= here < "\ua000" and "\u3000" <= before < "\ua000":  # nearly all of Chinese and Japanese
        return False
    if before.isspace():
        return False
    if _extends(here) or before in _PREPENDED:
        return True
    if before != _JOINER or not _is_pictograph(here):
        return False
    place -= 2
    while place > 0 and _extends(text[place]):
        place -= 1
    return place >= 0 and _is_pictograph(text[place])


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The part of a text from ``start`` to ``end``, with all that is drawn as one with its first and its last character."""
    least, most = start - _LONGEST, end + _LONGEST
    while start > least and is_joined(text, start):
        start -= 1
    while end < most and is_joined(text, end):
        end += 1
    return start, end


def _extends(char: str) -> bool:
    return char in _EXTENDING or unicodedata.category(char)[0] == "M"


def _is_pictograph(char: str) -> bool:
    if char in _FLAG_LETTERS:
        return False
    return char == _LETTER_EMOJI or unicodedata.category(char) == "So"
