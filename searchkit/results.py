"""What a search gives back: Snippet, Hit, Results."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from searchkit.article import Article, Place
from searchkit.records import Record

Span = tuple[int, int]
"""Start and end of a highlight, in characters of the text that it belongs to."""


class Snippet(Record):
    """A passage of an article and what matched in it. ``highlights`` are sorted and do not overlap."""

    text: str
    highlights: tuple[Span, ...] = ()


class Version(Record):
    """A capture of an article's address: its id, and when it was fetched (ISO 8601, UTC)."""

    id: str
    captured: str


class Hit(Record):
    """One article that was found: its rank (from 1), its score (0.0 where nothing in the query scores) and its passages.

    ``title_highlights`` and ``dateline_highlights`` are spans in ``title`` and ``dateline``. ``versions`` are all captures of
    the article's address, the latest first, where there is more than one and one article was asked for.
    """

    rank: int
    score: float
    article: Article
    snippets: tuple[Snippet, ...] = ()
    title_highlights: tuple[Span, ...] = ()
    dateline_highlights: tuple[Span, ...] = ()
    versions: tuple[Version, ...] = ()

    @property
    def id(self) -> str:
        return self.article.id

    @property
    def title(self) -> str:
        return self.article.title

    @property
    def date(self) -> dt.date | None:
        return self.article.date

    @property
    def dateline(self) -> str | None:
        return self.article.dateline

    @property
    def place(self) -> Place | None:
        return self.article.place

    @property
    def path(self) -> str | None:
        return self.article.path


class Explanation(Record):
    """How a query was understood: the query as read, and for each term (as ``field:form:term``) the number of articles
    that it is in.
    """

    understood: str
    terms: tuple[tuple[str, int], ...]


class Suggestion(Record):
    """Another query that finds something where this one found nothing. ``any_word``: the same words, at least one of them."""

    query: str
    any_word: bool
    total: int


class FacetCounts(Record):
    """One facet of what a query finds: each value with the number of articles that have it, the most frequent first (ties by
    value), and how many have none. ``distinct`` is the number of values, shown or not.
    """

    name: str
    values: tuple[tuple[str, int], ...]
    distinct: int
    without: int


class Results(Record):
    """The answer to one query. Iterating gives the hits; past the first page they are fetched as they are asked for.

    ``total`` counts every article that matches, not only those on the page; ``seconds`` is the time that the search took,
    ``warnings`` says how an unusual query was read, ``sort`` the order that was used.
    """

    query: str
    total: int
    hits: tuple[Hit, ...]
    seconds: float
    sort: str
    warnings: tuple[str, ...] = ()
    explanation: Explanation | None = None
    suggestions: tuple[Suggestion, ...] = ()
    facets: tuple[FacetCounts, ...] = ()
    more: Callable[[int], tuple[Hit, ...]] | None = None
    """Gives a page by its number, the first being 0; None where a limit was set."""

    def __iter__(self) -> Iterator[Hit]:
        number = 0
        page = self.hits
        while page:
            yield from page
            number += 1
            page = self.more(number) if self.more is not None else ()

    def __len__(self) -> int:
        return len(self.hits)


class Facets(Record):
    """The facets of one query, counted over every article that matches."""

    query: str
    total: int
    facets: tuple[FacetCounts, ...]
    warnings: tuple[str, ...] = ()


class Interval(Record):
    """A stretch of time: its name (``2019-02``), its first and its last day."""

    label: str
    first: dt.date
    last: dt.date


class Peak(Record):
    """Intervals in a row in which a query finds far more than its usual share: the first and the last of them (indices into
    the timeline's intervals), how many articles, how much the burst weighs (natural logarithm of a likelihood ratio), and
    words that set its articles apart from the rest of the index.
    """

    first: int
    last: int
    count: int
    weight: float
    words: tuple[str, ...]


class Series(Record):
    """One query over time. ``counts`` has a number for each of the timeline's intervals; ``shares``, where it was asked for,
    what part of all articles of the interval that is (None where there are none).
    """

    query: str
    total: int
    undated: int
    counts: tuple[int, ...]
    shares: tuple[float | None, ...] | None = None
    peaks: tuple[Peak, ...] | None = None
    warnings: tuple[str, ...] = ()


class Timeline(Record):
    """Queries over time, on one scale: ``by`` is ``"day"``, ``"week"``, ``"month"``, ``"quarter"``, ``"year"`` or
    ``"decade"``. The intervals run from the first match to the last one, without gaps.
    """

    by: str
    intervals: tuple[Interval, ...]
    series: tuple[Series, ...]


class PlaceCount(Record):
    """A country, region or city and how many articles were filed from it. The place's coordinates are a city's own; those of
    a country or region are the middle of its articles' cities, weighted by their number (None where none is known).
    """

    place: Place
    count: int


class Places(Record):
    """Where what a query finds was filed from, by ``"country"``, ``"region"`` or ``"city"``, the most frequent first.
    ``distinct``: how many such places there are, shown or not; ``without``: how many articles have none.
    """

    query: str
    by: str
    total: int
    places: tuple[PlaceCount, ...]
    distinct: int
    without: int
    warnings: tuple[str, ...] = ()


class TermScore(Record):
    """A word that sets matches apart, without case and accents: how many of the articles that were looked at have it, how
    many of the whole index, and how strongly it marks them (Dunning's log-likelihood ratio G²).
    """

    word: str
    matches: int
    articles: int
    score: float


class Terms(Record):
    """What sets the matches of a query apart. ``sample`` is how many of the ``total`` matches were looked at."""

    query: str
    total: int
    sample: int
    terms: tuple[TermScore, ...]
    warnings: tuple[str, ...] = ()
