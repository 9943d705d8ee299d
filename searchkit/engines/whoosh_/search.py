"""Plan → hits, on segments: first the articles that match, by sets of their numbers; then the scores of those alone.

Whoosh's own searcher walks matchers an article at a time, in Python; here each step is one operation on whole posting
lists, and an And has the score computed only for what is left. The total is the size of a set, so it is always exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from heapq import nlargest, nsmallest
from operator import itemgetter

from searchkit.engines import bm25
from searchkit.engines.base import Counts, Found, Page, Sort
from searchkit.engines.proximity import count_windows
from searchkit.engines.recency import Recency
from searchkit.engines.whoosh_.segment import Postings, SegmentFiles
from searchkit.fields import Form, physical
from searchkit.query.plan import All, And, Boost, Not, Or, Phrase, Plan, Range, Term

_Docs = frozenset[int] | set[int]


@dataclass(slots=True)
class Segment:
    """A segment and the articles deleted from it."""

    files: SegmentFiles
    deleted: frozenset[int]
    live: frozenset[int] = field(init=False)
    _norms: tuple[float, list[float]] | None = None

    def __post_init__(self) -> None:
        every = frozenset(range(self.files.size))
        self.live = every - self.deleted if self.deleted else every

    def norms(self, average: float) -> list[float]:
        """The length norm of each article, kept until the mean length changes."""
        if self._norms is None or self._norms[0] != average:
            by_length = {length: bm25.norm(length, average) for length in set(self.files.lengths)}
            self._norms = (average, [by_length[length] for length in self.files.lengths])
        return self._norms[1]


class Searcher:
    """Answers plans over some segments. ``articles`` and ``average`` count deleted articles too, as the postings do."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = segments
        self.articles = sum(segment.files.size for segment in segments)
        length = sum(sum(segment.files.lengths) for segment in segments)
        self.average = length / self.articles if self.articles else 0.0

    def doc_freq(self, name: str, term: str) -> int:
        """The number of articles with a term of a physical field, deleted ones included."""
        return sum(segment.files.doc_freq(name, term) for segment in self.segments)

    def search(self, plan: Plan, sort: Sort, page: Page, recency: Recency | None = None) -> Found:
        """The page of hits, and how many there are in all."""
        wanted = page.offset + page.limit
        total = 0
        weights = _Weights(self)
        best: list[tuple[tuple[float, ...], str, float]] = []
        for segment in self.segments:
            run = _Run(weights, self.average, segment)
            docs = run.match(plan) & segment.live
            total += len(docs)
            if not wanted or not docs:
                continue
            scores = run.score(plan, docs)
            if recency is not None:
                scores = _aged(scores, segment.files.days, recency)
            key = _key(segment, sort, scores)
            best += [
                (key(doc), segment.files.key(doc), scores.get(doc, 0.0))
                for doc in _best(docs, sort, scores, key, wanted)
            ]
        best.sort(key=itemgetter(1), reverse=sort is Sort.OLDEST)
        best.sort(key=itemgetter(0))
        return Found(total, tuple((id, score) for _, id, score in best[page.offset : wanted]))

    def counts(self, plan: Plan, fields: Sequence[str], days: bool) -> Counts:
        """How often each value is among the articles that match: each value's posting list is read once."""
        total = 0
        by_day: Counter[int] = Counter()
        values: dict[str, Counter[str]] = {column: Counter() for column in fields}
        without = dict.fromkeys(fields, 0)
        weights = _Weights(self)
        for segment in self.segments:
            docs = _Run(weights, self.average, segment).match(plan) & segment.live
            total += len(docs)
            if days:
                by_day.update(map(segment.files.days.__getitem__, docs))
            for column in fields:
                name, counted, having = physical(column, Form.WHOLE), values[column], set[int]()
                for index, (value, _) in enumerate(segment.files.vocabulary(name)):
                    both = docs.intersection(segment.files.postings_at(name, index).docs)
                    if both:
                        counted[value.decode("utf-8", "surrogatepass")] += len(both)
                        having |= both
                without[column] += len(docs) - len(having)
        del by_day[0]  # the undated
        return Counts(total, by_day if days else None, values, without)


def _aged(scores: dict[int, float], days: Sequence[int], recency: Recency) -> dict[int, float]:
    """The scores as they are when what is recent counts more."""
    factors = {day: recency.factor(day or None) for day in {days[doc] for doc in scores}}
    return {doc: score * factors[days[doc]] for doc, score in scores.items()}


def _best(
    docs: _Docs, sort: Sort, scores: dict[int, float], key: Callable[[int], tuple[float, ...]], wanted: int
) -> Iterable[int]:
    """The best of a segment's articles, with those that tie with the last of them: ids break ties and are costly to read,
    so they are read only where they can matter.
    """
    if len(docs) <= wanted:
        return docs
    if sort is Sort.RELEVANCE and len(scores) >= wanted and (least := nlargest(wanted, scores.values())[-1]) > 0:
        return [doc for doc, score in scores.items() if score >= least]
    last = nsmallest(wanted, map(key, docs))[-1]
    return [doc for doc in docs if key(doc) <= last]


def _key(segment: Segment, sort: Sort, scores: dict[int, float]) -> Callable[[int], tuple[float, ...]]:
    if sort is Sort.RELEVANCE:
        return lambda doc: (-scores.get(doc, 0.0),)
    days, instants = segment.files.days, segment.files.instants
    sign = -1 if sort is Sort.NEWEST else 1
    return lambda doc: (days[doc] == 0, sign * days[doc], sign * instants[doc])


class _Weights(dict[tuple[str, str], float]):
    """The idf of each term of a query (a physical field and the term), over all segments."""

    def __init__(self, searcher: Searcher) -> None:
        super().__init__()
        self._searcher = searcher

    def __missing__(self, term: tuple[str, str]) -> float:
        weight = self[term] = bm25.idf(self._searcher.articles, self._searcher.doc_freq(*term))
        return weight


class _Run:
    """One plan on one segment. What a node matches is kept, since its score is asked for afterwards."""

    def __init__(self, weights: _Weights, average: float, segment: Segment) -> None:
        self._weights = weights
        self._average = average
        self._segment = segment
        self._matched: dict[int, _Docs] = {}
        self._postings: dict[tuple[str, str], Postings | None] = {}
        self._freqs: dict[int, dict[int, int]] = {}  # of phrases, which are counted when they are matched

    def match(self, plan: Plan) -> _Docs:
        """The articles that match, by number. Deleted ones may be among them."""
        found = self._matched.get(id(plan))
        if found is None:
            found = self._matched[id(plan)] = self._match(plan)
        return found

    def _match(self, plan: Plan) -> _Docs:
        match plan:
            case Term(name, form, text):
                posting = self._posting(physical(name, form), text)
                return set() if posting is None else frozenset(posting.docs)
            case Phrase():
                return self._phrase(plan).keys() & self._segment.live
            case And(children):
                return self._all(children)
            case Or(children):
                return set().union(*map(self.match, children))
            case Not(child):
                return self._segment.live - self.match(child)
            case Range(low, high):
                first, last = _bounds(low, high)
                return {doc for doc, day in enumerate(self._segment.files.days) if first <= day <= last}
            case All():
                return self._segment.live
            case Boost(child, _):
                return self.match(child)

    def _all(self, children: Sequence[Plan]) -> _Docs:
        ranges = [bounds for child in children if (bounds := _as_range(child)) is not None]
        matched = sorted((self.match(child) for child in children if _as_range(child) is None), key=len)
        if not matched:
            matched = [self._segment.live]
        docs = reduce(lambda a, b: a & b, matched)
        # Days are looked up for what is left, instead of for every article of the segment.
        for first, last in ranges:
            days = self._segment.files.days
            docs = {doc for doc in docs if first <= days[doc] <= last}
        return docs

    def _posting(self, name: str, term: str) -> Postings | None:
        key = (name, term)
        if key not in self._postings:
            self._postings[key] = self._segment.files.postings(name, term)
        return self._postings[key]

    def _phrase(self, phrase: Phrase) -> dict[int, int]:
        """How often a phrase stands in each article that has it."""
        found = self._freqs.get(id(phrase))
        if found is None:
            postings = [self._posting(physical(phrase.field, Form.EXACT), term) for term in phrase.terms]
            found = self._freqs[id(phrase)] = _count(phrase, postings)
        return found

    def score(self, plan: Plan, docs: _Docs) -> dict[int, float]:
        """The scores of these articles, all of which match. One that is missing scores 0."""
        match plan:
            case Term("text", form, text):
                name = physical("text", form)
                posting = self._posting(name, text)
                assert posting is not None
                weight = self._weights[name, text]
                freqs = posting.freqs if posting.freqs is not None else [1] * len(posting.docs)
                return self._bm25(weight, zip(posting.docs, freqs, strict=True), docs)
            case Phrase("text", terms, _):
                weight = sum(self._weights["text", term] for term in terms)
                return self._bm25(weight, self._phrase(plan).items(), docs)
            case And(children):
                return _add(self.score(child, docs) for child in children)
            case Or(children):
                parts = ((child, docs & self.match(child)) for child in children)
                return _add(self.score(child, part) for child, part in parts if part)
            case Boost(child, factor) if factor:
                return {doc: score * factor for doc, score in self.score(child, docs).items()}
            case _:
                return {}

    def _bm25(self, weight: float, freqs: Iterable[tuple[int, int]], docs: _Docs) -> dict[int, float]:
        norms = self._segment.norms(self._average)
        # bm25.score, written out: a call for each posting would take most of the time of a query for a common word.
        return {doc: weight * freq / (freq + norms[doc]) for doc, freq in freqs if doc in docs}


def _as_range(plan: Plan) -> tuple[int, int] | None:
    """The first and the last day of a range, boosted or not; None for any other plan."""
    match plan:
        case Range(low, high):
            return _bounds(low, high)
        case Boost(child, _):
            return _as_range(child)
        case _:
            return None


def _bounds(low: int | None, high: int | None) -> tuple[int, int]:
    # An undated article has the day 0.
    return 1 if low is None else max(low, 1), 1 << 31 if high is None else high


def _add(parts: Iterable[dict[int, float]]) -> dict[int, float]:
    total: dict[int, float] = {}
    for part in parts:
        if not total:
            total = dict(part)
            continue
        for doc, score in part.items():
            total[doc] = total.get(doc, 0.0) + score
    return total


def _count(phrase: Phrase, postings: Sequence[Postings | None]) -> dict[int, int]:
    lists = [posting for posting in postings if posting is not None]
    if len(lists) < len(postings):
        return {}
    shared = reduce(lambda a, b: a & b, (frozenset(posting.docs) for posting in lists))
    if not shared:
        return {}
    places = {term: posting.by_doc() for term, posting in zip(phrase.terms, lists, strict=True)}
    found = {}
    for doc in shared:
        if phrase.slop is None:
            starts = set(places[phrase.terms[0]][doc])
            for distance, term in enumerate(phrase.terms[1:], 1):
                starts &= {place - distance for place in places[term][doc]}
            freq = len(starts)
        else:
            freq = count_windows(phrase.terms, [places[term][doc] for term in phrase.terms], phrase.slop)
        if freq:
            found[doc] = freq
    return found
