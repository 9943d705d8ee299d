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
    return unicodedata.normalize("NFC", value.casefold())


def index_fields(article: Article, analyzer: Analyzer) -> dict[str, IndexedField]:
    """Every field of an article that has a value, as terms."""
    fields: dict[str, IndexedField] = {}
    seen: dict[str, tuple[str, str]] = {}  # the headline stands in the text twice, and in a field of its own
    for field in FIELDS:
        if field.kind is Kind.KEYWORD:
            exact = tuple(keyword_term(value) for value in field.values(article))
            stems: tuple[str, ...] = ()
        else:
            pairs = []
            for value in field.values(article):
                pair = seen.get(value)
                if pair is None:
                    pair = seen[value] = analyzer.joined(value)
                pairs.append(pair)
            exact = tuple(pair[0] for pair in pairs)
            stems = tuple(pair[1] for pair in pairs) if field.kind is Kind.TEXT else ()
        if exact:
            fields[field.name] = IndexedField(exact, stems)
    return fields
