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
