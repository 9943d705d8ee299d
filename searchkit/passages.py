"""Passages: where a text may be cut, so that a snippet begins and ends like something that a person would quote.

At the end of a sentence if that is near, else between words; between terms only where there is no white space for long,
and never within what is drawn as one character. Offsets are in characters.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Set
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
_START = re.compile(r"(?<!\S)\S")
_END = re.compile(r"\S(?!\S)")
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
        low, high = max(start - margin, bounds[0]), min(end + margin, bounds[1])
        sentences = set(self._sentences(low, high))
        gaps = _Gaps(self._body, low, high, high == bounds[1], self._cuts(sentences, low, high))
        sentences.update(self.bounds)
        whole = sorted(filter(gaps.is_start, sentences))
        nearest = gaps.start_by(start, start)
        soonest = gaps.end_from(end, end)
        # To begin with a sentence is best, if that leaves room for what follows; else some words lead up to the match.
        room = max(0, size - (soonest - nearest))
        at = bisect_right(whole, nearest)
        if at and whole[at - 1] >= nearest - room * 2 // 3:
            opening = whole[at - 1]
        else:
            opening = gaps.start_from(nearest - room // 3, nearest)
        # A sentence that is nearly over may end; one that has just begun does not make the passage short.
        closing = max(soonest, gaps.end_by(opening + size))
        ends_sentence = gaps.start_after(closing) in sentences
        for place in reversed(whole):
            before = gaps.end_before(place)
            if before < soonest or before - opening < size // 2:
                break
            if before <= opening + size + size // 8:
                closing, ends_sentence = before, True
                break
        # Where little follows the match, what goes before it fills the passage.
        at = bisect_left(whole, closing - size)
        if at < len(whole) and whole[at] <= opening:
            opening = whole[at]
        elif opening not in sentences:
            opening = gaps.start_from(closing - size, opening)
        return Passage(opening, closing, opening not in sentences, not ends_sentence)

    def _cuts(self, sentences: Set[int], low: int, high: int) -> list[int]:
        """Where words may be cut that stand between ``low`` and ``high``: where a sentence begins in them, or if they are
        very long.
        """
        body = self._body
        cuts = {place for place in sentences if low < place < high and not body[place - 1].isspace()}
        if max(map(len, body[low:high].split()), default=0) > LONGEST_WORD:
            for word in WRITTEN_WORD.finditer(body, low, high):
                if word.end() - word.start() > LONGEST_WORD:
                    cuts.update(self._places(*word.span()))
        return sorted(cuts)

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


class _Gaps:
    """Where the part of a text from ``low`` to ``high`` may be cut: between words, and at ``cuts`` within them. A passage may
    end where a gap begins, at its *end*, and begin where the gap is over, at its *start*.

    Each is looked for when it is asked for, from where it is asked: the most of the words are never looked at.
    """

    def __init__(self, body: str, low: int, high: int, is_last: bool, cuts: list[int]) -> None:
        self._body = body
        self._low = low
        self._high = high
        self._cuts = cuts
        self._inside = frozenset(cuts)
        self._ends_in_gap = is_last or body[high - 1].isspace()

    def is_start(self, place: int) -> bool:
        """Whether a passage may begin here."""
        if place == self._high:
            return self._ends_in_gap
        if place == self._low:
            return not self._body[place].isspace()
        return self._low < place < self._high and (place in self._inside or _START.match(self._body, place) is not None)

    def start_by(self, place: int, default: int) -> int:
        """The last start that is not after a place."""
        before = self._body[self._low : place + 1].rstrip()
        return self._or_cut_by(place, self._low + _last_word(before) if before else default)

    def start_from(self, place: int, default: int) -> int:
        """The first start that is not before a place, and not after the default."""
        if place <= self._low and not self._body[self._low].isspace():
            return self._low
        match = _START.search(self._body, max(place, self._low), default)
        word = match.start() if match else default
        return min([word, *self._cut_from(place)])

    def end_from(self, place: int, default: int) -> int:
        """The first end that is not before a place."""
        match = _END.search(self._body, place - 1, self._high)
        found = self._cut_from(place)
        if match and (match.end() < self._high or self._ends_in_gap):
            found.append(match.end())
        return min(found, default=default)

    def end_by(self, place: int) -> int:
        """The last end that is not after a place."""
        place = min(place, self._high)
        before = self._body[self._low : place]
        is_end = self._ends_in_gap if place == self._high else self._body[place].isspace()
        if before and not is_end and not before[-1].isspace():
            before = before[: _last_word(before)]
        return self._or_cut_by(place, self._low + len(before.rstrip()))

    def _or_cut_by(self, place: int, word: int) -> int:
        """The last cut that is not after a place, or where a word has its start or end, whichever is later."""
        cut = bisect_right(self._cuts, place)
        return max(word, self._cuts[cut - 1]) if cut else word

    def _cut_from(self, place: int) -> list[int]:
        """The first cut that is not before a place, if there is one."""
        cut = bisect_left(self._cuts, place)
        return self._cuts[cut : cut + 1]

    def end_before(self, start: int) -> int:
        """The end of the gap that has this start."""
        if start not in self._inside:
            while start > self._low and self._body[start - 1].isspace():
                start -= 1
        return start

    def start_after(self, end: int) -> int:
        """The start of the gap that has this end."""
        return end if end in self._inside else self._high - len(self._body[end : self._high].lstrip())


def _last_word(text: str) -> int:
    """Where the last word of a text begins that does not end in white space."""
    return len(text) - len(text.rsplit(None, 1)[-1])


def _is_abbreviation(body: str, dot: int) -> bool:
    """Whether the word before this dot is one that has a dot: initials (``J.``, ``U.S.``, ``a.m.``), or a known one."""
    match = _LAST_WORD.search(body[max(0, dot - 20) : dot].rpartition(" ")[2])
    word = match[0] if match else ""
    return word in _ABBREVIATIONS or (word[-1:].isalpha() and (len(word) == 1 or "." in word))
