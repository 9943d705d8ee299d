"""Timelines, facets, places and terms of all Reuters stories: the same on all engines that users have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import searchkit
from tests.conformance.conftest import node


@pytest.fixture(scope="module")
def archives(reuters: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[searchkit.Archive]]:
    folder = tmp_path_factory.mktemp("reuters")
    opened = [searchkit.create(folder / engine, engine=engine) for engine in ("whoosh", "tantivy")]
    url = node().urls[0]
    opened.append(searchkit.create(folder / "opensearch", engine="opensearch", url=url, shards=3, replicas=0))
    for archive in opened:
        archive.index([reuters])
    yield opened
    for archive in opened:
        archive.close()


QUERIES = [
    'near:"Tokyo"~100km',
    "bbox:-10,35,30,60 -near:London~30km",
    "*",
    "oil",
    "grain OR copper",
    '"interest rates"',
    "location:asia",
    "location:us -oil",
    "until:1987-03-01",
]


@pytest.mark.parametrize("query", QUERIES)
def test_the_engines_count_the_same(query: str, archives: list[searchkit.Archive]) -> None:
    whoosh, *others = archives
    assert len(whoosh) == 14_000
    names = ("country", "region", "city", "section", "topic", "publisher", "year", "byline", "language")
    counted = whoosh.facets(query, names, limit=1000)
    assert counted.total == whoosh.search(query, limit=1).total
    drawn = whoosh.timeline(query, by="day", share=True)
    assert sum(drawn.series[0].counts) + drawn.series[0].undated == counted.total
    for other in others:
        assert len(other) == len(whoosh)
        assert counted == other.facets(query, names, limit=1000)
        assert drawn == other.timeline(query, by="day", share=True)
        for by in ("country", "region", "city"):
            assert whoosh.places(query, by, limit=None) == other.places(query, by, limit=None)


def test_the_engines_give_the_same_words_for_what_few_articles_tell(archives: list[searchkit.Archive]) -> None:
    whoosh, *others = archives
    found = whoosh.terms("cocoa")
    assert all(found == other.terms("cocoa") for other in others)
    assert {"icco", "buffer", "ghana"} <= {term.word for term in found.terms}


def test_what_is_a_topic_of_its_own_stands_out(archives: list[searchkit.Archive]) -> None:
    (facet,) = archives[1].facets("crude oil", ["topic"], limit=1).facets
    assert facet.values[0][0] == "crude"


def test_nearly_every_story_with_a_dateline_has_a_place_on_the_map(archives: list[searchkit.Archive]) -> None:
    found = archives[1].places("*", "city", limit=None)
    placed = sum(each.count for each in found.places if each.place.latitude is not None)
    assert placed > 0.97 * sum(each.count for each in found.places)


def test_a_circle_and_a_box_around_it_agree(archives: list[searchkit.Archive]) -> None:
    near = {hit.id for hit in archives[0].search('oil near:"London"~150km', limit=None)}
    boxed = {hit.id for hit in archives[0].search("oil bbox:-2.4,50.1,2.2,52.9", limit=None)}
    assert len(near) > 50
    assert near <= boxed
    assert near == {hit.id for hit in archives[1].search('oil near:"London"~150km', limit=None)}
