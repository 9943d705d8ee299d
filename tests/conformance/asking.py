"""Asking an engine in the query language, on a fixed day."""

from __future__ import annotations

import datetime as dt

from searchkit.analysis import Analyzer
from searchkit.article import Article
from searchkit.engines.base import Engine, Found, Page, Sort
from searchkit.query.lower import Context, lower
from searchkit.query.parser import parse

TODAY = dt.date(2019, 3, 15)
ANALYZER = Analyzer("english")


def ask(
    engine: Engine,
    query: str,
    sort: Sort = Sort.RELEVANCE,
    limit: int = 1000,
    offset: int = 0,
    any_word: bool = False,
    analyzer: Analyzer = ANALYZER,
) -> Found:
    """What an engine finds for a query."""
    context = Context(engine, analyzer, TODAY, any_word=any_word)
    return engine.search(lower(parse(query), context), sort, Page(limit, offset))


def ids(engine: Engine, query: str, any_word: bool = False, analyzer: Analyzer = ANALYZER) -> set[str]:
    """The ids of the articles that match a query."""
    found = ask(engine, query, any_word=any_word, analyzer=analyzer)
    assert found.total == len(found.hits)
    return {id for id, _ in found.hits}


def article(id: str, body: str = "", title: str = "", date: str | None = None, **values: object) -> Article:
    """An article with what a test cares about."""
    day = dt.date.fromisoformat(date) if date else None
    return Article(id=id, title=title, body=body, date=day, **values)  # type: ignore[arg-type]
