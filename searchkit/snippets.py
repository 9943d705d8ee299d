"""Snippets: a plan and an article's text → marked passages, the same for every engine.

The analyzer treats what stands between white spaces by itself. So a text is read in blocks by its fast view, and only
the words of blocks that hold a wanted term are looked at with offsets, each once for a query.

Offsets are in characters. All work is linear in the length of the text.
"""

from __future__ import annotations

import heapq
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from searchkit.analysis import Analyzer
from searchkit.fields import Form
from searchkit.query.plan import Plan, Term, marked
from searchkit.results import Snippet, Span

ELLIPSIS = "…"
"""Stands where a passage begins or ends within a sentence."""

_LONGEST_WORD = 80
"""What has no white space for longer (text without spaces, an address, junk) may be cut between terms, or anywhere."""

_MAX_REMEMBERED = 50_000
"""Written words that a highlighter remembers: more than any page of hits holds, less than an archive."""

_WRITTEN_WORD = re.compile(r"\S+")
_BLOCK = re.compile(r"\S.{,120}\S*", re.DOTALL)

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


class _Found(NamedTuple):
    """A token that something in the query asks for: its place among all tokens of the text, and where it is written."""

    place: int
    start: int
    end: int
    exact: str
    terms: tuple[int, ...]  # the numbers of the query's single terms that it matches


class _Mark(NamedTuple):
    """What is to be marked, and the numbers of the terms that it stands for."""

    start: int
    end: int
    terms: tuple[int, ...]


class _Run(NamedTuple):
    """Marks from ``first`` to ``last``, and what they are worth. Less is better."""

    weight: int
    occurrences: int
    first: int
    last: int


class _Passage(NamedTuple):
    start: int
    end: int
    starts_within: bool  # a sentence began before it
    ends_within: bool  # a sentence goes on after it


class Highlighter:
    """Marks what made articles match one query, and cuts passages. For one query and one thread.

    ``weight`` gives how rare a term is (its idf; zero or more), and is called once for each distinct term.
    """

    def __init__(self, plan: Plan, analyzer: Analyzer, weight: Callable[[Form, str], float]) -> None:
        self._analyzer = analyzer
        self._numbers: dict[tuple[Form, str], int] = {}
        self._single: dict[tuple[Form, str], int] = {}
        self._phrases: list[tuple[str, ...]] = []
        self._near: list[tuple[Counter[str], int]] = []  # how often each term must be there, in how many tokens at most
        for node in dict.fromkeys(marked(plan)):
            if isinstance(node, Term):
                key = node.form, node.text
                self._single[key] = self._numbers.setdefault(key, len(self._numbers))
                continue
            for text in node.terms:
                self._numbers.setdefault((Form.EXACT, text), len(self._numbers))
            if node.slop is None:
                self._phrases.append(node.terms)
            else:
                self._near.append((Counter(node.terms), len(node.terms) + node.slop))
        # Whole numbers, so that sums do not depend on the order of adding and equal passages are equal.
        self._weights = [round(weight(form, text) * 1_000_000) for form, text in self._numbers]
        self._exact = {text for form, text in self._numbers if form is Form.EXACT}
        self._stems = {text for form, text in self._numbers if form is Form.STEM}
        self._remembered: dict[str, tuple[int, tuple[_Found, ...]]] = {}

    def spans(self, text: str) -> tuple[Span, ...]:
        """Everything to be marked in one whole piece of text (a title, a dateline, a body): sorted and disjoint."""
        return tuple((mark.start, mark.end) for mark in self._marks(text))

    def snippets(self, body: str, count: int = 1, size: int = 240) -> tuple[Snippet, ...]:
        """The best passages of a body, at most ``count``, of about ``size`` characters each, in the order of the text.

        Best is what holds the rarest and most different terms of the query. Where nothing matches, it is the lead; an
        empty body has none. Raises ValueError for a negative ``count`` or a ``size`` below 1.
        """
        if count < 0 or size < 1:
            raise ValueError(f"no snippets of {size} characters, {count} of them")
        if count == 0 or not body or body.isspace():
            return ()
        marks = self._marks(body)
        cutter = _Cutter(body, self._analyzer, size)
        start = cutter.bounds[0]
        lead = [] if marks else [cutter.around(start, start + 1, cutter.bounds)]
        passages = lead or self._best(marks, cutter, count, size)
        return tuple(_snippet(body, passage, marks) for passage in sorted(passages))

    def _marks(self, text: str) -> list[_Mark]:
        if not self._numbers:
            return []
        found = self._find(text)
        marks = [_Mark(token.start, token.end, token.terms) for token in found if token.terms]
        for phrase in self._phrases:
            marks += self._phrase_marks(found, phrase)
        for needed, width in self._near:
            marks += self._near_marks(found, needed, width)
        return _merged(marks)

    def _find(self, text: str) -> list[_Found]:
        found: list[_Found] = []
        place = 0
        for block in _BLOCK.finditer(text):
            length, wanted = self._look_for(block[0])
            if wanted:
                self._find_in(block[0], block.start(), place, found)
            place += length
        return found

    def _find_in(self, block: str, offset: int, place: int, found: list[_Found]) -> None:
        remembered = self._remembered
        for match in _WRITTEN_WORD.finditer(block):
            word = match[0]
            known = remembered.get(word)
            if known is None:
                known = self._look_at(word)
                if len(word) <= _LONGEST_WORD and len(remembered) < _MAX_REMEMBERED:
                    remembered[word] = known
            length, wanted = known
            at = offset + match.start()
            for inside, start, end, exact, terms in wanted:
                found.append(_Found(place + inside, at + start, at + end, exact, terms))
            place += length

    def _look_at(self, word: str) -> tuple[int, tuple[_Found, ...]]:
        """How many tokens a written word has, and those that are wanted."""
        length, any_wanted = self._look_for(word)
        wanted = []
        for place, token in enumerate(self._analyzer.tokens(word) if any_wanted else ()):
            keys = ((Form.EXACT, token.exact), (Form.STEM, token.stem))
            terms = tuple(self._single[key] for key in keys if key in self._single)
            if terms or token.exact in self._exact:
                wanted.append(_Found(place, token.start, token.end, token.exact, terms))
        return length, tuple(wanted)

    def _look_for(self, text: str) -> tuple[int, bool]:
        """How many tokens a text has, and whether any is wanted."""
        if not self._stems:
            terms = self._analyzer.exact(text)
            return len(terms), not self._exact.isdisjoint(terms)
        exact, stems = self._analyzer.joined(text)
        terms = exact.split()
        return len(terms), not (self._exact.isdisjoint(terms) and self._stems.isdisjoint(stems.split()))

    def _phrase_marks(self, found: list[_Found], phrase: tuple[str, ...]) -> Iterator[_Mark]:
        # Shift-and (Baeza-Yates and Gonnet, 1992), linear even for "no no no": bit k says that k + 1 words stand here.
        places: dict[str, int] = {}
        for place, text in enumerate(phrase):
            places[text] = places.get(text, 0) | 1 << place
        complete = 1 << len(phrase) - 1
        terms = tuple(self._numbers[Form.EXACT, text] for text in places)
        state, expected = 0, 0
        for index, token in enumerate(found):
            if token.place != expected:
                state = 0
            state = (state << 1 | 1) & places.get(token.exact, 0)
            expected = token.place + 1
            if state & complete:
                yield _Mark(found[index - len(phrase) + 1].start, token.end, terms)

    def _near_marks(self, found: list[_Found], needed: Counter[str], width: int) -> Iterator[_Mark]:
        """The words of a window of ``width`` tokens that holds all that are needed, for every such window."""
        here = [token for token in found if token.exact in needed]
        missing = dict(needed)  # negative: more than needed
        lacking = len(missing)
        left = done = 0
        for index, token in enumerate(here):
            missing[token.exact] -= 1
            lacking -= missing[token.exact] == 0
            while token.place - here[left].place >= width:
                lacking += missing[here[left].exact] == 0
                missing[here[left].exact] += 1
                left += 1
            if lacking == 0:
                for inside in here[max(left, done) : index + 1]:
                    yield _Mark(inside.start, inside.end, (self._numbers[Form.EXACT, inside.exact],))
                done = index + 1

    def _best(self, marks: list[_Mark], cutter: _Cutter, count: int, size: int) -> list[_Passage]:
        """The best passage of the text, then the best of what is left on either side of it, and so on."""
        passages: list[_Passage] = []
        waiting: list[tuple[_Run, Span, int, int]] = []

        def consider(bounds: Span, low: int, high: int) -> None:
            if low < high:
                heapq.heappush(waiting, (self._densest(marks, low, high, size), bounds, low, high))

        consider(cutter.bounds, 0, len(marks))
        while waiting and len(passages) < count:
            run, bounds, low, high = heapq.heappop(waiting)
            passage = cutter.around(marks[run.first].start, marks[run.last].end, bounds)
            passages.append(passage)
            before = bisect_right(marks, passage.start, low, high, key=lambda mark: mark.end)
            after = bisect_left(marks, passage.end, low, high, key=lambda mark: mark.start)
            consider((bounds[0], passage.start), low, before)
            consider((passage.end, bounds[1]), after, high)
        return passages

    def _densest(self, marks: list[_Mark], low: int, high: int, size: int) -> _Run:
        """The best run of marks within ``size`` characters."""
        weights = self._weights
        inside = [0] * len(weights)
        worth, first = 0, low
        best = _Run(1, 0, low, low)  # worse than any
        for last in range(low, high):
            for term in marks[last].terms:
                if not inside[term]:
                    worth += weights[term]
                inside[term] += 1
            while first < last and marks[last].end - marks[first].start > size:
                for term in marks[first].terms:
                    inside[term] -= 1
                    if not inside[term]:
                        worth -= weights[term]
                first += 1
            best = min(best, _Run(-worth, first - last, first, last))
        return best


def _merged(marks: list[_Mark]) -> list[_Mark]:
    """Sorted, with those that overlap or touch made one. Words touch only where they are written without spaces."""
    marks.sort()
    merged: list[_Mark] = []
    for mark in marks:
        if merged and mark.start <= merged[-1].end:
            start, end, terms = merged[-1]
            if terms != mark.terms:
                terms = tuple(dict.fromkeys(terms + mark.terms))
            merged[-1] = _Mark(start, max(end, mark.end), terms)
        else:
            merged.append(mark)
    return merged


def _snippet(body: str, passage: _Passage, marks: list[_Mark]) -> Snippet:
    """A passage as text, white space made single spaces, with the marks (or the parts of them) that lie in it."""
    text = ELLIPSIS if passage.starts_within else ""
    shift: list[tuple[int, int]] = []  # where each written word begins: in the body, in the text
    words = []
    length = len(text)
    for match in _WRITTEN_WORD.finditer(body, passage.start, passage.end):
        shift.append((match.start(), length))
        words.append(match[0])
        length += len(match[0]) + 1

    def moved(offset: int) -> int:
        before, after = shift[bisect_right(shift, (offset, length)) - 1]
        return after + offset - before

    highlights = []
    first = bisect_right(marks, passage.start, key=lambda mark: mark.end)
    for mark in marks[first : bisect_left(marks, passage.end, key=lambda mark: mark.start)]:
        # Ends are moved by their last character, since what follows may be white space that has gone.
        start, last = max(mark.start, passage.start), min(mark.end, passage.end) - 1
        highlights.append((moved(start), moved(last) + 1))
    return Snippet(text + " ".join(words) + (ELLIPSIS if passage.ends_within else ""), tuple(highlights))


class _Gap(NamedTuple):
    """A place where the text may be cut: what is before it ends at ``end``, what is after it begins at ``start``."""

    end: int
    start: int
    sentence: bool  # whether a sentence begins here


class _Cutter:
    """Cuts passages out of one body, looking no further than it has to."""

    def __init__(self, body: str, analyzer: Analyzer, size: int) -> None:
        self._body = body
        self._analyzer = analyzer
        self._size = size
        self.bounds: Span = (len(body) - len(body.lstrip()), len(body.rstrip()))

    def around(self, start: int, end: int, bounds: Span) -> _Passage:
        """The passage within ``bounds`` that holds ``start`` to ``end``, or its beginning if it is much too long."""
        size, margin = self._size, max(self._size, _LONGEST_WORD) + _LONGEST_WORD
        end = min(end, start + max(size, _LONGEST_WORD))
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
        return _Passage(opening.start, closing.end, not opening.sentence, not closing.sentence)

    def _gaps(self, low: int, high: int, bounds: Span) -> list[_Gap]:
        """Every place from ``low`` to ``high`` where a passage within ``bounds`` may begin or end."""
        sentences = {*self.bounds, *self._sentences(low, high)}
        unspaced = sorted(place for place in sentences if place and not self._body[place - 1].isspace())
        gaps, end = [], low
        for word in _WRITTEN_WORD.finditer(self._body, low, high):
            start = word.start()
            gaps.append(_Gap(end, start, start in sentences))
            end = word.end()
            places = {place for place in unspaced if start < place < end}
            if end - start > _LONGEST_WORD:
                places.update(self._places(start, end))
            gaps += [_Gap(place, place, place in sentences) for place in sorted(places)]
        if end < high or high == bounds[1]:
            start = high - len(self._body[end:high].lstrip())
            gaps.append(_Gap(end, start, start in sentences))
        return gaps

    def _sentences(self, low: int, high: int) -> Iterator[int]:
        """Where sentences begin."""
        body = self._body
        for match in _BREAK.finditer(body, max(0, low - _LONGEST_WORD), high):
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
            for place in (left, *range(left + _LONGEST_WORD, right, _LONGEST_WORD)):
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
