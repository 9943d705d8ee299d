"""Whoosh and the larger engines on real stories: the same totals, scores to a part in a thousand, the same order but for ties."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

import pytest

from searchkit.article import Article
from searchkit.engines.base import Engine, Sort
from searchkit.readers import reuters as reader
from searchkit.readers.base import Options, Source
from tests.conformance.asking import ANALYZER, ask
from tests.conformance.conftest import build

STORIES = 5_000
QUERIES = 200
PART = 1e-3


def stories(folder: Path) -> list[Article]:
    """The first stories of the collection."""
    files = sorted(folder.glob("*.sgm*"))
    read = (
        item
        for file in files
        for item in reader.read(Source(file, file.name, file.name), Options())
        if isinstance(item, Article)
    )
    return list(islice(read, STORIES))


def drawn(held: list[Article]) -> list[str]:
    """Queries of every kind, from the words of the stories."""
    rng = random.Random(21578)
    made = []
    while len(made) < QUERIES:
        words = [word for word in ANALYZER.exact(rng.choice(held).body) if len(word) > 2 and word.isalpha()]
        if len(words) < 8:
            continue
        at = rng.randrange(len(words) - 3)
        a, b, c = rng.sample(words, 3)
        kinds = [
            a,
            f"{a} {b}",
            f"{a} OR {b} OR {c}",
            f'"{words[at]} {words[at + 1]}"',
            f'"{words[at]} {words[at + 2]}"~3',
            f"{a[:4]}*",
            f"{a} -{b}",
            f"{a} date:1987-03",
            f"{a}~",
            f"({a} {b})^2 OR {c}",
        ]
        made.append(kinds[len(made) % len(kinds)])
    return made


@pytest.fixture(scope="module")
def whoosh(reuters: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Article], Engine]:
    held = stories(reuters)
    return held, build("whoosh", tmp_path_factory.mktemp("agreement"), held)


@pytest.fixture(scope="module", params=["tantivy", "opensearch-3"])
def engines(
    request: pytest.FixtureRequest, whoosh: tuple[list[Article], Engine], tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Article], Engine, Engine]:
    held, first = whoosh
    return held, first, build(request.param, tmp_path_factory.mktemp("agreement"), held)


@pytest.mark.xdist_group("agreement")
def test_the_first_ten_of_200_queries_agree(engines: tuple[list[Article], Engine, Engine]) -> None:
    held, whoosh, larger = engines
    assert len(held) == STORIES
    found = 0
    for query in drawn(held):
        ours, theirs = ask(whoosh, query, limit=10), ask(larger, query, limit=10)
        assert ours.total == theirs.total, query
        found += bool(ours.total)
        assert [score for _, score in theirs.hits] == pytest.approx([score for _, score in ours.hits], rel=PART), query
        if not ours.hits:
            continue
        last = ours.hits[-1][1]
        sure = {id for id, score in ours.hits if score > last * (1 + PART)}
        assert sure <= {id for id, _ in theirs.hits}, query
        place = {id: rank for rank, (id, _) in enumerate(theirs.hits)}
        for (first, higher), (second, lower) in zip(ours.hits, ours.hits[1:], strict=False):
            if first in place and second in place and higher > lower * (1 + PART):
                assert place[first] < place[second], query
    assert found > QUERIES * 0.8


@pytest.mark.xdist_group("agreement")
@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
def test_pages_by_date_are_the_same_to_the_end(engines: tuple[list[Article], Engine, Engine], sort: Sort) -> None:
    _, whoosh, larger = engines
    for query in ("oil", "*", "-the"):
        ours = ask(whoosh, query, sort, limit=STORIES)
        assert [id for id, _ in ask(larger, query, sort, limit=STORIES).hits] == [id for id, _ in ours.hits]
        assert len(set(ours.hits)) == ours.total
