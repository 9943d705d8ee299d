"""Passages: where a text may be cut, so that a snippet begins and ends like something that a person would quote.

At the end of a sentence if that is near, else between words; between terms only where there is no white space for long,
and never within what is drawn as one character. Offsets are in characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from searchkit.analysis import Analyzer
from searchkit.results import Span

LONGEST_WORD = 80
"""What has no white space for longer (text without spaces, an address, junk) may be cut between terms, or anywhere."""

WRITTEN_WORD = re.compile(r"\S+")
"""What stands between white space."""

# The end of a sentence, up to where the next one begins: a stop with what closes after it, or an empty line.
_BREAK = re.compile(
    r"""(?<![.!?…؟।۔])(?P<stop>[.!?…؟।۔]+)[]"'”’»)]*\s+ | [。！？]+[」』”）]*\s* | \n[^\S\n]*\n\s*""", re.VERBOSE
)
_OPENING = re.compile(r"""["'“‘«([¿¡—–-]*\w""")
_LAST_WORD = re.compile(r"[\w.'’]*\Z")

# What stands before a name or a number more often than at the end of a sentence.
_DOTTED = """
Adm Brig Capt Cmdr Col Cpl Dr Fr Gen Gov Hon Lt Maj Messrs Mme Mr Mrs Ms Pfc Pres Prof Pvt Rep Reps Rev Sen Sens Sgt
Spc St Ste Supt Ft Mt Jr Sr Bros Co Corp Dept Inc Ltd Univ Fig No Nos Vol approx pp vs Jan Feb Mar Apr Aug Sep Sept
Oct Nov Dec Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev Okla Ore
Pa Penn Tenn Tex Va Vt Wash Wis Wyo Ont Que
"""
_ABBREVIATIONS = frozenset(_DOTTED.split())


class Passage(NamedTuple):
    """A part of a text."""

    start: int
    end: int
    starts_within: bool  # a sentence began before it
    ends_within: bool  # a sentence goes on after it


class _Gap(NamedTuple):
    """A place where the text may be cut: what is before it ends at ``end``, what is after it begins at ``start``."""

    end: int
    start: int
    sentence: bool  # whether a sentence begins here


class Cutter:
    """Cuts passages out of one body, looking no further than it has to."""

    def __init__(self, body: str, analyzer: Analyzer, size: int) -> None:
        self._body = body
        self._analyzer = analyzer
        self._size = size
        self.bounds: Span = (len(body) - len(body.lstrip()), len(body.rstrip()))

    def around(self, start: int, end: int, bounds: Span) -> Passage:
        """The passage within ``bounds`` that holds ``start`` to ``end``, or its beginning if it is much too long."""
        size, margin = self._size, max(self._size, LONGEST_WORD) + LONGEST_WORD
        end = min(end, start + max(size, LONGEST_WORD))
        gaps = self._gaps(max(start - margin, bounds[0]), min(end + margin, bounds[1]), bounds)
        before = [gap for gap in gaps if gap.start <= start] or [_Gap(start, start, False)]
        after = [gap for gap in gaps if gap.end >= end] or [_Gap(end, end, False)]
        # To begin with a sentence is best, if that leaves room for what follows; else some words lead up to the match.
        nearest = before[-1].start
        room = max(0, size - (after[0].end - nearest))
        sentences = [gap for gap in before if gap.sentence and gap.start >= nearest - room * 2 // 3]
        opening = sentences[-1] if sentences else next(gap for gap in before if gap.start >= nearest - room // 3)
        # A sentence that is nearly over may end; one that has just begun does not make the passage short.
        ends = [gap for gap in after if gap.sentence and size // 2 <= gap.end - opening.start <= size + size // 8]
        closing = ends[-1] if ends else [after[0], *(gap for gap in after if gap.end <= opening.start + size)][-1]
        # Where little follows the match, what goes before it fills the passage.
        fitting = [gap for gap in before if closing.end - size <= gap.start <= opening.start]
        fitting = [gap for gap in fitting if gap.sentence] or ([] if opening.sentence else fitting)
        opening = fitting[0] if fitting else opening
        return Passage(opening.start, closing.end, not opening.sentence, not closing.sentence)

    def _gaps(self, low: int, high: int, bounds: Span) -> list[_Gap]:
        """Every place from ``low`` to ``high`` where a passage within ``bounds`` may begin or end."""
        found = set(self._sentences(low, high))
        unspaced = sorted(place for place in found if place and not self._body[place - 1].isspace())
        sentences = found.union(self.bounds)
        gaps, end = [], low
        for word in WRITTEN_WORD.finditer(self._body, low, high):
            start = word.start()
            gaps.append(_Gap(end, start, start in sentences))
            end = word.end()
            if unspaced or end - start > LONGEST_WORD:
                places = {place for place in unspaced if start < place < end}
                if end - start > LONGEST_WORD:
                    places.update(self._places(start, end))
                gaps += [_Gap(place, place, place in sentences) for place in sorted(places)]
        if end < high or high == bounds[1]:
            start = high - len(self._body[end:high].lstrip())
            gaps.append(_Gap(end, start, start in sentences))
        return gaps

    def _sentences(self, low: int, high: int) -> Iterator[int]:
        """Where sentences begin."""
        body = self._body
        for match in _BREAK.finditer(body, max(0, low - LONGEST_WORD), high):
            if match["stop"] and match[0].count("\n") < 2:
                following = _OPENING.match(body, match.end())
                if following and following[0][-1].islower():
                    continue
                if match["stop"] == "." and _is_abbreviation(body, match.start()):
                    continue
            yield match.end()

    def _places(self, start: int, end: int) -> Iterator[int]:
        """Where a very long run of characters may be cut: between terms, or if need be between any two characters."""
        terms = self._analyzer.tokens(self._body[start:end])
        edges = sorted({start, end, *(start + edge for term in terms for edge in (term.start, term.end))})
        for left, right in pairwise(edges):
            for place in (left, *range(left + LONGEST_WORD, right, LONGEST_WORD)):
                while place < right and self._is_joined(place):
                    place += 1
                if start < place < right:
                    yield place

    def _is_joined(self, place: int) -> bool:
        """Whether the character here is drawn as one with what is before it: a mark, or an emoji made of several."""
        here = self._body[place]
        return unicodedata.category(here)[0] == "M" or "\u200d" in (here, self._body[place - 1])


def _is_abbreviation(body: str, dot: int) -> bool:
    """Whether the word before this dot is one that has a dot: initials (``J.``, ``U.S.``, ``a.m.``), or a known one."""
    match = _LAST_WORD.search(body, max(0, dot - 20), dot)
    word = match[0] if match else ""
    return word in _ABBREVIATIONS or (word[-1:].isalpha() and (len(word) == 1 or "." in word))
