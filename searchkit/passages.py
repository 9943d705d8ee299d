"""Passages: where a text may be cut, so that a snippet begins and ends like something that a person would quote.

At the end of a sentence if that is near, else between words; between terms only where there is no white space for long,
and never within what is drawn as one character. Offsets are in characters.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from searchkit.analysis import Analyzer
from searchkit.analysis.graphemes import is_joined
from searchkit.results import Span

LONGEST_WORD = 80
"""What has no white space for longer (text without spaces, an address, junk) may be cut between terms, or anywhere."""

WRITTEN_WORD = re.compile(r"\S+")
"""What stands between white space."""

# The end of a sentence, up to where the next one begins: a stop with what closes after it, or an empty line. It begins with
# one class of characters, for which a text is searched much faster than for alternatives.
_BREAK = re.compile(
    r"""(?P<first>[.!?…؟।۔。！？\n])
      (?: (?<=[.!?…؟।۔]) (?P<more>[.!?…؟।۔]*) []"'”’»)]* \s+
        | (?<=[。！？]) [。！？]* [」』”）]* \s*
        | (?<=\n) [^\S\n]* \n \s* )""",
    re.VERBOSE,
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


class _Gaps(NamedTuple):
    """The places where a text may be cut, in order: before each, it ends at ``ends[i]``, after it, it begins at
    ``starts[i]``. ``sentences`` is where sentences begin.
    """

    ends: list[int]
    starts: list[int]
    sentences: set[int]


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
        ends, starts, sentences = self._gaps(max(start - margin, bounds[0]), min(end + margin, bounds[1]), bounds)
        before = starts[: bisect_right(starts, start)] or [start]
        after = bisect_left(ends, end)  # from here on, gaps do not cut what must be held
        nearest, soonest = before[-1], ends[after] if after < len(ends) else end
        # To begin with a sentence is best, if that leaves room for what follows; else some words lead up to the match.
        room = max(0, size - (soonest - nearest))
        opening = max(
            (place for place in before if place in sentences and place >= nearest - room * 2 // 3), default=None
        )
        if opening is None:
            opening = before[bisect_left(before, nearest - room // 3)]
        # A sentence that is nearly over may end; one that has just begun does not make the passage short.
        closing, ends_sentence = soonest, after < len(ends) and starts[after] in sentences
        upto = bisect_right(ends, opening + size, after)
        if upto > after:
            closing, ends_sentence = ends[upto - 1], starts[upto - 1] in sentences
        for gap in range(bisect_right(ends, opening + size + size // 8, after) - 1, after - 1, -1):
            if starts[gap] in sentences and ends[gap] - opening >= size // 2:
                closing, ends_sentence = ends[gap], True
                break
        # Where little follows the match, what goes before it fills the passage.
        fitting = before[bisect_left(before, closing - size) : bisect_right(before, opening)]
        whole = [place for place in fitting if place in sentences]
        if whole or (fitting and opening not in sentences):
            opening = (whole or fitting)[0]
        return Passage(opening, closing, opening not in sentences, not ends_sentence)

    def _gaps(self, low: int, high: int, bounds: Span) -> _Gaps:
        """Every place from ``low`` to ``high`` where a passage within ``bounds`` may begin or end."""
        body = self._body
        found = set(self._sentences(low, high))
        unspaced = sorted(place for place in found if place and not body[place - 1].isspace())
        words = [word.span() for word in WRITTEN_WORD.finditer(body, low, high)]
        ends, starts = [low, *(end for _, end in words)], [start for start, _ in words]
        if ends[-1] < high or high == bounds[1]:
            starts.append(high - len(body[ends[-1] : high].lstrip()))
        else:
            ends.pop()
        inside = set(unspaced)
        for start, end in words:
            if end - start > LONGEST_WORD:
                inside.update(self._places(start, end))
        for place in inside:
            word = bisect_right(words, (place, 0)) - 1
            if word >= 0 and words[word][0] < place < words[word][1]:
                insort(ends, place)
                insort(starts, place)
        return _Gaps(ends, starts, found.union(self.bounds))

    def _sentences(self, low: int, high: int) -> Iterator[int]:
        """Where sentences begin."""
        body = self._body
        for match in _BREAK.finditer(body, max(0, low - LONGEST_WORD), high):
            if match["more"] is not None and match[0].count("\n") < 2:
                following = _OPENING.match(body, match.end())
                if following and following[0][-1].islower():
                    continue
                if match["first"] == "." and not match["more"] and _is_abbreviation(body, match.start()):
                    continue
            yield match.end()

    def _places(self, start: int, end: int) -> Iterator[int]:
        """Where a very long run of characters may be cut: between terms, or if need be between any two characters."""
        terms = self._analyzer.tokens(self._body[start:end])
        edges = sorted({start, end, *(start + edge for term in terms for edge in (term.start, term.end))})
        for left, right in pairwise(edges):
            for place in (left, *range(left + LONGEST_WORD, right, LONGEST_WORD)):
                while place < right and is_joined(self._body, place):
                    place += 1
                if start < place < right:
                    yield place


def _is_abbreviation(body: str, dot: int) -> bool:
    """Whether the word before this dot is one that has a dot: initials (``J.``, ``U.S.``, ``a.m.``), or a known one."""
    match = _LAST_WORD.search(body, max(0, dot - 20), dot)
    word = match[0] if match else ""
    return word in _ABBREVIATIONS or (word[-1:].isalpha() and (len(word) == 1 or "." in word))
