"""Article → indexed fields: the terms of every field, in the forms that an engine indexes."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from searchkit.analysis.analyzer import Analyzer
from searchkit.article import Article
from searchkit.fields import FIELDS, Kind

POSITION_GAP = 10_000
"""Positions left free between the pieces of a field: more than any phrase or proximity that a query may hold."""


class IndexedField(NamedTuple):
    """The terms of one field of one article: for each piece the exact terms, and the stems, as strings with spaces between
    terms (keyword fields: each value is one term, spaces and all). ``stems`` is empty where the field has no such form.
    """

    exact: tuple[str, ...]
    stems: tuple[str, ...]


def keyword_term(value: str) -> str:
    """The term of a keyword field's value: compared without regard to case."""
    return value.lower() if value.isascii() else unicodedata.normalize("NFC", value.casefold())


_PLAN = tuple(
    (field.name, field.kind is Kind.KEYWORD, field.kind is Kind.TEXT, field.values)
    for field in FIELDS
    if field.kind is not Kind.DATE
)
"""What is done with each field, worked out once: this is gone through for every article."""


def index_fields(article: Article, analyzer: Analyzer) -> dict[str, IndexedField]:
    """Every field of an article that has a value, as terms."""
    fields: dict[str, IndexedField] = {}
    seen: dict[str, tuple[str, str]] = {}  # the headline stands in the text twice, and in a field of its own
    for name, keyword, stemmed, values in _PLAN:
        if keyword:
            terms = tuple(map(keyword_term, values(article)))
            if terms:
                fields[name] = IndexedField(terms, ())
            continue
        exact: list[str] = []
        stems: list[str] = []
        for value in values(article):
            pair = seen.get(value)
            if pair is None:
                pair = seen[value] = analyzer.joined(value)
            exact.append(pair[0])
            if stemmed:
                stems.append(pair[1])
        if exact:
            fields[name] = IndexedField(tuple(exact), tuple(stems))
    return fields
