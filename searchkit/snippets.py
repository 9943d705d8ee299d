"""Snippets: a plan and an article's text → marked passages, the same for every engine.

The analyzer treats what stands between white spaces by itself. So a text is read in blocks by its fast view, and only
the words of blocks that hold a wanted term are looked at with offsets, each once for a query.

Offsets are in characters. All work is linear in the length of the text.
"""

from __future__ import annotations

import heapq
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from searchkit.analysis import Analyzer
from searchkit.fields import Form
from searchkit.passages import LONGEST_WORD, WRITTEN_WORD, Cutter, Passage
from searchkit.query.plan import Plan, Term, marked
from searchkit.results import Snippet, Span

ELLIPSIS = "…"
"""Stands where a passage begins or ends within a sentence."""

_MAX_REMEMBERED = 50_000
"""Written words that a highlighter remembers: more than any page of hits holds, less than an archive."""

_CERTAIN = re.compile("[A-Za-z0-9]")
"""A character that is always of some term."""

_BLOCK = re.compile(r"\S.{,120}\S*", re.DOTALL)

_BETWEEN = re.compile(r"[^\s。、！？；：「」『』（）《》]+")
"""What stands between white space or what ends or encloses a sentence that has none, and is never a part of a term."""


class _Found(NamedTuple):
    """A token that something in the query asks for: its place among all tokens of the text, and where it is written."""

    place: int
    start: int
    end: int
    exact: str
    terms: tuple[int, ...]  # the numbers of the query's single terms that it matches
    marked: int  # where what is marked for these begins


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
        self._exact = frozenset(text for form, text in self._numbers if form is Form.EXACT)
        self._stems = frozenset(text for form, text in self._numbers if form is Form.STEM)
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
        cutter = Cutter(body, self._analyzer, size)
        start = cutter.bounds[0]
        lead = [] if marks else [cutter.around(start, start + 1, cutter.bounds)]
        passages = lead or self._best(marks, cutter, count, size)
        return tuple(_snippet(body, passage, marks) for passage in sorted(passages))

    def _marks(self, text: str) -> list[_Mark]:
        if not self._numbers:
            return []
        found = self._find(text)
        marks = [_Mark(token.marked, token.end, token.terms) for token in found if token.terms]
        for phrase in self._phrases:
            marks += self._phrase_marks(found, phrase)
        for needed, width in self._near:
            marks += self._near_marks(found, needed, width)
        return _merged(marks)

    def _find(self, text: str) -> list[_Found]:
        if not self._near:  # which needs to know how many words stand between two
            quickly = self._find_words(text)
            if quickly is not None:
                return quickly
        return self._find_in_blocks(text)

    def _find_words(self, text: str) -> list[_Found] | None:
        """What is wanted, found as it is written but for case. None where that does not find all: where characters are
        written otherwise than the analyzer sees them. Places follow one another where no other term stands between.
        """
        every = self._analyzer.chunks(text)
        chunks = self._analyzer.giving(every, self._exact, self._stems)
        if not chunks:
            return []
        lower = text.lower()
        if len(lower) != len(text):
            return None
        words: dict[int, int] = {}
        for chunk in chunks:
            at = lower.find(chunk)
            while at >= 0:
                # A written word is what stands between white space; it may hold several chunks.
                start = max(lower.rfind(" ", 0, at), lower.rfind("\n", max(at - LONGEST_WORD, 0), at)) + 1
                match = WRITTEN_WORD.match(text, start)
                if match is None or match.end() <= at or at - start > LONGEST_WORD:
                    return None
                words[start] = match.end()
                at = lower.find(chunk, match.end())
        found: list[_Found] = []
        place = before = 0
        for start, end in sorted(words.items()):
            length, wanted = self._look_up(text[start:end])
            if self._phrases and not self._holds_no_term(text, before, start):
                place += 1
            found += _moved(wanted, place, start)
            place, before = place + length, end
        if text.isascii() and self._analyzer.lowers_ascii:  # then all that the analyzer sees was found
            return found
        expected = sum(every.count(chunk) * len(self._look_up(chunk)[1]) for chunk in chunks)
        return found if len(found) == expected else None

    def _holds_no_term(self, text: str, start: int, end: int) -> bool:
        """Whether nothing between two words is a term, as in white space, or where a dash stands."""
        if end - start <= 1:
            return True
        return not _CERTAIN.search(text, start, end) and not self._analyzer.exact(text[start:end])

    def _find_in_blocks(self, text: str) -> list[_Found]:
        found: list[_Found] = []
        place = 0
        for block in _BLOCK.finditer(text):
            length, wanted = self._look_for(block[0])
            if wanted:
                self._find_in(block[0], block.start(), place, found)
            place += length
        return found

    def _find_in(self, block: str, offset: int, place: int, found: list[_Found]) -> None:
        for match in _BETWEEN.finditer(block):
            length, wanted = self._look_up(match[0])
            found += _moved(wanted, place, offset + match.start())
            place += length

    def _look_up(self, word: str) -> tuple[int, tuple[_Found, ...]]:
        """What :meth:`_look_at` says of a written word, remembered."""
        known = self._remembered.get(word)
        if known is None:
            known = self._look_at(word)
            if len(word) <= LONGEST_WORD and len(self._remembered) < _MAX_REMEMBERED:
                self._remembered[word] = known
        return known

    def _look_at(self, word: str) -> tuple[int, tuple[_Found, ...]]:
        """How many tokens a written word has, and those that are wanted."""
        if word.isascii() and word.isalpha():  # most words are one chunk and one term
            exact, stem = self._analyzer.joined(word)
            terms = tuple(self._single[key] for key in ((Form.EXACT, exact), (Form.STEM, stem)) if key in self._single)
            found = (_Found(0, 0, len(word), exact, terms, 0),) if terms or exact in self._exact else ()
            return 1, found
        length, any_wanted = self._look_for(word)
        wanted = []
        for place, token in enumerate(self._analyzer.tokens(word) if any_wanted else ()):
            keys = ((Form.EXACT, token.exact), (Form.STEM, token.stem))
            terms = tuple(self._single[key] for key in keys if key in self._single)
            if terms or token.exact in self._exact:
                begin = token.start if keys[0] in self._single else token.stem_start
                wanted.append(_Found(place, token.start, token.end, token.exact, terms, begin))
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

    def _best(self, marks: list[_Mark], cutter: Cutter, count: int, size: int) -> list[Passage]:
        """The best passage of the text, then the best of what is left on either side of it, and so on."""
        passages: list[Passage] = []
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


def _moved(found: Iterable[_Found], place: int, offset: int) -> list[_Found]:
    """What was found in a word, as found in a text in which it is the word at this place and offset."""
    return [
        _Found(place + inside, offset + start, offset + end, exact, terms, offset + begin)
        for inside, start, end, exact, terms, begin in found
    ]


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


def _snippet(body: str, passage: Passage, marks: list[_Mark]) -> Snippet:
    """A passage as text, white space made single spaces, with the marks (or the parts of them) that lie in it."""
    text = ELLIPSIS if passage.starts_within else ""
    whole = body[passage.start : passage.end]
    tail = ELLIPSIS if passage.ends_within else ""
    first = bisect_right(marks, passage.start, key=lambda mark: mark.end)
    inside = marks[first : bisect_left(marks, passage.end, key=lambda mark: mark.start)]
    if " ".join(whole.split()) == whole:  # then nothing moves but by what was cut off
        less = passage.start - len(text)
        spans = ((max(mark.start, passage.start) - less, min(mark.end, passage.end) - less) for mark in inside)
        return Snippet(text + whole + tail, tuple(spans))
    shift: list[tuple[int, int]] = []  # where each written word begins: in the body, in the text
    words = []
    length = len(text)
    for match in WRITTEN_WORD.finditer(body, passage.start, passage.end):
        shift.append((match.start(), length))
        words.append(match[0])
        length += len(match[0]) + 1

    def moved(offset: int) -> int:
        before, after = shift[bisect_right(shift, (offset, length)) - 1]
        return after + offset - before

    highlights = []
    for mark in inside:
        # Ends are moved by their last character, since what follows may be white space that has gone.
        start, last = max(mark.start, passage.start), min(mark.end, passage.end) - 1
        highlights.append((moved(start), moved(last) + 1))
    return Snippet(text + " ".join(words) + tail, tuple(highlights))
