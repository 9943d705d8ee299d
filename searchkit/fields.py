"""The one table of searchable fields. Engines' schemas, the query parser, ``searchkit fields`` and the docs read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from searchkit.article import Article
from searchkit.records import Record


class Kind(Enum):
    """How a field's values become terms.

    TEXT: words, in the exact and the stem form. NAME: words, exact form only, since a name has no other forms.
    KEYWORD: the whole value is one term. DATE: a civil day.
    """

    TEXT = "text"
    NAME = "name"
    KEYWORD = "keyword"
    DATE = "date"


class Form(Enum):
    """The two forms that words are indexed in: as written (with positions), and the stem (frequencies only)."""

    EXACT = "exact"
    STEM = "stem"


class Field(Record):
    """A searchable field: ``values`` takes from an article the strings that are indexed, each a piece that no phrase
    crosses. Only the field named ``text`` scores and is highlighted; every other one filters.
    """

    name: str
    kind: Kind
    help: str
    values: Callable[[Article], Iterable[str]]
    aliases: tuple[str, ...] = ()

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms that the field is indexed in; a day has none."""
        if self.kind is Kind.TEXT:
            return (Form.EXACT, Form.STEM)
        return () if self.kind is Kind.DATE else (Form.EXACT,)


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _text(article: Article) -> Iterable[str]:
    # The headline stands twice: a word in it counts twice and more (BM25F with a weight of 2). One that was only derived
    # from the first sentence would count that sentence three times, so it is shown but not indexed.
    if article.title and not article.title_derived:
        yield article.title
        yield article.title
    if article.dateline:
        yield article.dateline
    yield article.body


def _title(article: Article) -> tuple[str, ...]:
    return () if article.title_derived else _one(article.title)


def _location(article: Article) -> Iterable[str]:
    if article.dateline:
        yield article.dateline
    if article.place is not None:
        yield from filter(None, (article.place.city, article.place.region, article.place.country))


def _country(article: Article) -> Iterable[str]:
    if article.place is not None:
        yield from filter(None, (article.place.country, article.place.code))


FIELDS: tuple[Field, ...] = (
    Field("text", Kind.TEXT, "headline, dateline and body; what a bare word searches", _text),
    Field("title", Kind.TEXT, "the headline", _title, ("headline",)),
    Field(
        "location", Kind.NAME, "the dateline as printed, and the place that it means", _location, ("place", "dateline")
    ),
    Field("byline", Kind.NAME, "who wrote it", lambda a: _one(a.byline), ("author", "by")),
    Field("publisher", Kind.NAME, "the agency, paper or site", lambda a: _one(a.publisher), ("source",)),
    Field("section", Kind.TEXT, "the section or desk", lambda a: _one(a.section)),
    Field("topic", Kind.TEXT, "topics and tags", lambda a: a.topics, ("topics", "tag")),
    Field("country", Kind.NAME, "the dateline's country, its name or two-letter code", _country),
    Field("language", Kind.KEYWORD, "the article's language code", lambda a: _one(a.language), ("lang",)),
    Field("url", Kind.KEYWORD, "the address that it was published at", lambda a: _one(a.url)),
    Field("path", Kind.KEYWORD, "the file that it was read from", lambda a: _one(a.path)),
    Field("id", Kind.KEYWORD, "the article's id", lambda a: _one(a.id)),
    Field("date", Kind.DATE, "the civil day: a day, month, year, range, or what people say", lambda _: ()),
)

BY_NAME: dict[str, Field] = {name: field for field in FIELDS for name in (field.name, *field.aliases)}
"""Fields by name and alias."""


def physical(field: str, form: Form) -> str:
    """The name that an engine keeps one form of a field under."""
    return field if form is Form.EXACT else f"{field}_stem"
