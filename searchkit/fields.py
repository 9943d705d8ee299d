"""The one table of searchable fields. Engines' schemas, the query parser, ``searchkit fields`` and the docs read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from searchkit.article import Article, Place
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
    """The forms that a field is indexed in. Words: as written (with positions), and the stem (frequencies only). WHOLE: each
    value of the field as it is, to be counted and looked up, never scored.
    """

    EXACT = "exact"
    STEM = "stem"
    WHOLE = "whole"


class Field(Record):
    """A searchable field: ``values`` takes from an article the strings that are indexed, each a piece that no phrase
    crosses. Only the field named ``text`` scores and is highlighted; every other one filters. ``counted`` takes the values
    that a facet counts, where the field is one.
    """

    name: str
    kind: Kind
    help: str
    values: Callable[[Article], Iterable[str]]
    aliases: tuple[str, ...] = ()
    counted: Callable[[Article], Iterable[str]] | None = None

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms that the field is indexed in; a day has none."""
        whole = () if self.counted is None else (Form.WHOLE,)
        if self.kind is Kind.TEXT:
            return (Form.EXACT, Form.STEM, *whole)
        return () if self.kind is Kind.DATE else (Form.EXACT, *whole)


LONGEST_VALUE = 200
"""Characters of a value that are counted: more is no name of anything."""


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def whole_values(values: Iterable[str]) -> tuple[str, ...]:
    """Values as they are counted: each once, on one line, of bounded length."""
    lines = (" ".join(value.split())[:LONGEST_VALUE] for value in values)
    return tuple(dict.fromkeys(filter(None, lines)))


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


_LONGEST_NAME = 50
"""Characters of one of the names in a packed place, so that all of them and the coordinates fit ``LONGEST_VALUE``."""


def pack_place(place: Place) -> str:
    """A place as one value: city, region, country, code, latitude and longitude, between bars."""
    names = (place.city, place.region, place.country, place.code)
    where = (place.latitude, place.longitude)
    return "|".join((name or "").replace("|", "/")[:_LONGEST_NAME] for name in names) + "".join(
        "|" if degrees is None else f"|{degrees:.4f}" for degrees in where
    )


def unpack_place(value: str) -> Place:
    """The inverse of :func:`pack_place`."""
    city, region, country, code, latitude, longitude = value.split("|")
    where = (float(latitude) if latitude else None, float(longitude) if longitude else None)
    return Place(city or None, region or None, country or None, code or None, *where)


def _country(article: Article) -> Iterable[str]:
    if article.place is not None:
        yield from filter(None, (article.place.country, article.place.code))


def _counted(
    name: str, kind: Kind, help: str, values: Callable[[Article], Iterable[str]], aliases: tuple[str, ...] = ()
) -> Field:
    """A field whose values are counted as they are."""
    return Field(name, kind, help, values, aliases, values)


FIELDS: tuple[Field, ...] = (
    Field("text", Kind.TEXT, "headline, dateline and body; what a bare word searches", _text),
    Field("title", Kind.TEXT, "the headline", _title, ("headline",)),
    Field(
        "location",
        Kind.NAME,
        "the dateline as printed, and the place that it means",
        _location,
        ("place", "dateline"),
        lambda a: () if a.place is None else (pack_place(a.place),),
    ),
    _counted("byline", Kind.NAME, "who wrote it", lambda a: _one(a.byline), ("author", "by")),
    _counted("publisher", Kind.NAME, "the agency, paper or site", lambda a: _one(a.publisher), ("source",)),
    _counted("section", Kind.TEXT, "the section or desk", lambda a: _one(a.section)),
    _counted("topic", Kind.TEXT, "topics and tags", lambda a: a.topics, ("topics", "tag")),
    Field("country", Kind.NAME, "the dateline's country, its name or two-letter code", _country),
    _counted("language", Kind.KEYWORD, "the article's language code", lambda a: _one(a.language), ("lang",)),
    Field("url", Kind.KEYWORD, "the address that it was published at", lambda a: _one(a.url)),
    Field("path", Kind.KEYWORD, "the file that it was read from", lambda a: _one(a.path)),
    Field("id", Kind.KEYWORD, "the article's id", lambda a: _one(a.id)),
    Field("date", Kind.DATE, "the civil day: a day, month, year, range, or what people say", lambda _: ()),
)

BY_NAME: dict[str, Field] = {name: field for field in FIELDS for name in (field.name, *field.aliases)}
"""Fields by name and alias."""


def physical(field: str, form: Form) -> str:
    """The name that an engine keeps one form of a field under."""
    return field if form is Form.EXACT else f"{field}_{form.value}"
