"""Timelines, facets and terms of the Reuters stories: the same on both engines that users have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import searchkit

FILES = 3  # of a thousand stories each


@pytest.fixture(scope="module")
def archives(reuters: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[searchkit.Archive]]:
    folder = tmp_path_factory.mktemp("reuters")
    files = sorted(reuters.glob("*.sgm*"))[:FILES]
    opened = [searchkit.create(folder / engine, engine=engine) for engine in ("whoosh", "tantivy")]
    for archive in opened:
        archive.index(files)
    yield opened
    for archive in opened:
        archive.close()


QUERIES = ["*", "oil", "grain OR copper", '"interest rates"', "location:asia", "location:us -oil", "until:1987-03-01"]


@pytest.mark.parametrize("query", QUERIES)
def test_both_engines_count_the_same(query: str, archives: list[searchkit.Archive]) -> None:
    whoosh, tantivy = archives
    assert len(whoosh) == len(tantivy) > 2_000
    names = ("country", "region", "city", "section", "topic", "publisher", "year", "byline", "language")
    counted = whoosh.facets(query, names, limit=1000)
    assert counted == tantivy.facets(query, names, limit=1000)
    assert counted.total == whoosh.search(query, limit=1).total
    drawn = whoosh.timeline(query, by="day", share=True)
    assert drawn == tantivy.timeline(query, by="day", share=True)
    assert sum(drawn.series[0].counts) + drawn.series[0].undated == counted.total


def test_both_engines_give_the_same_words_for_what_few_articles_tell(archives: list[searchkit.Archive]) -> None:
    whoosh, tantivy = archives
    found = whoosh.terms("cocoa")
    assert found == tantivy.terms("cocoa")
    assert "beans" in [term.word for term in found.terms]


def test_what_is_a_topic_of_its_own_stands_out(archives: list[searchkit.Archive]) -> None:
    (facet,) = archives[1].facets("crude oil", ["topic"], limit=1).facets
    assert facet.values[0][0] == "crude"
