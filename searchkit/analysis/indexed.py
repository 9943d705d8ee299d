"""Article → indexed fields: the terms of every field, in the forms that an engine indexes."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import NamedTuple

from searchkit.analysis.analyzer import Analyzer
from searchkit.analysis.codes import code_of, detect
from searchkit.article import Article
from searchkit.fields import FIELDS, Kind, whole_values

POSITION_GAP = 10_000
"""Positions left free between the pieces of a field: more than any phrase or proximity that a query may hold."""


class IndexedField(NamedTuple):
    """The terms of one field of one article: for each piece the exact terms, and the stems, as strings with spaces between
    terms (keyword fields: each value is one term, spaces and all). ``stems`` and ``whole``, the values that are counted, are
    empty where the field has no such form.
    """

    exact: tuple[str, ...]
    stems: tuple[str, ...]
    whole: tuple[str, ...] = ()


def keyword_term(value: str) -> str:
    """The term of a keyword field's value: compared without regard to case."""
    return value.lower() if value.isascii() else unicodedata.normalize("NFC", value.casefold())


_LANGUAGE = "language"


def language_terms(written: str) -> tuple[str, ...]:
    """The terms of an article's language: as its source writes it, and the code that this means: ``en-us`` and ``en``."""
    code = code_of(written)
    return tuple(dict.fromkeys((keyword_term(written), code))) if code else (keyword_term(written),)


def with_language(article: Article, analyzer: Analyzer) -> Article:
    """The article as an index stores it. Where each article has its own language, it names one: what its source says, if
    there is such a language, or else what it is written in, if that can be told.

    Raises SearchkitError where the library for that is missing.
    """
    if not analyzer.is_for_all or code_of(article.language) is not None:
        return article
    return replace(article, language=detect(article.title, article.body))


_PLAN = tuple(
    (field.name, field.kind is Kind.KEYWORD, field.kind is Kind.TEXT, field.values, field.counted)
    for field in FIELDS
    if field.kind is not Kind.DATE
)
"""What is done with each field, worked out once: this is gone through for every article."""


def index_fields(article: Article, analyzer: Analyzer) -> dict[str, IndexedField]:
    """Every field of an article that has a value, as terms."""
    if analyzer.is_for_all:
        analyzer = analyzer.of(code_of(article.language))
    fields: dict[str, IndexedField] = {}
    seen: dict[str, tuple[str, str]] = {}  # the headline stands in the text twice, and in a field of its own
    for name, keyword, stemmed, values, counted in _PLAN:
        whole = () if counted is None else whole_values(counted(article))
        if keyword:
            terms = tuple(map(keyword_term, values(article)))
            if name == _LANGUAGE and article.language:
                terms = language_terms(article.language)
            if terms:
                fields[name] = IndexedField(terms, (), whole)
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
            fields[name] = IndexedField(tuple(exact), tuple(stems), whole)
    return fields
