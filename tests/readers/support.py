"""What the tests of the readers share: reading, and what every article has to keep to."""

from __future__ import annotations

import re
from collections.abc import Callable

from searchkit.article import Article
from searchkit.readers.base import Options, Reader, Skip, Source
from searchkit.readers.opening import read_head
from searchkit.readers.registry import find_reader

MakeSource = Callable[..., Source]

UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
"""What no text of an article may hold."""


def read_list(reader: Reader, source: Source, **options: bool) -> list[Article | Skip]:
    return list(reader.read(source, Options(**options)))  # type: ignore[arg-type]


def texts_of(article: Article) -> list[str]:
    """Every text in an article, those deep in ``extra`` too."""

    def walk(value: object) -> list[str]:
        if isinstance(value, str):
            return [value]
        if isinstance(value, dict):
            return [text for key, item in value.items() for text in (*walk(key), *walk(item))]
        if isinstance(value, list | tuple):
            return [text for item in value for text in walk(item)]
        return []

    fields = [getattr(article, name) for name in Article.__slots__]
    return walk([*fields, *([str(article.place)] if article.place else [])])


def assert_fit_for_an_index(results: list[Article | Skip]) -> None:
    """Articles that can be stored and found again, with ids of their own."""
    articles = [result for result in results if isinstance(result, Article)]
    for article in articles:
        assert article.title.strip()
        assert not [text for text in texts_of(article) if UNWANTED.search(text)]
        assert Article.from_json(article.to_json()).title == article.title
    assert len({article.id for article in articles}) == len(articles)


def name_of(source: Source) -> str | None:
    """The format that a source is recognised as."""
    found = find_reader(read_head(source), source, Options())
    return found[0] if found else None


def only_article(reader: Reader, source: Source) -> Article:
    """The one article that a source gives."""
    results = read_list(reader, source)
    assert_fit_for_an_index(results)
    (article,) = results
    assert isinstance(article, Article)
    return article
