"""DIVERGENCES.md: every number has a test here that is named for it, and every test has a number there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

import searchkit
from searchkit.engines.base import Engine
from searchkit.engines.whoosh_.engine import MAX_SEGMENTS
from searchkit.fields import Form
from tests.conformance.asking import article, ask, ids
from tests.conformance.conftest import build
from tests.docs.pages import headings, read

ARTICLES = [article(f"{n}", "oil " * (n + 1) + "price " * (n % 3) + "market", date="2019-02-19") for n in range(10)]


def remove(engine: Engine, names: Iterable[str]) -> None:
    with engine.writer() as writer:
        writer.delete(names)
        writer.commit()
    engine.reload()


def scores(engine: Engine, query: str) -> dict[str, float]:
    return dict(ask(engine, query).hits)


@pytest.fixture
def engines(tmp_path: Path) -> tuple[Engine, Engine]:
    """The oracle and Whoosh, with the same articles."""
    return build("memory", tmp_path / "memory", ARTICLES), build("whoosh", tmp_path / "whoosh", ARTICLES)


def test_divergence_1_removed_articles_count_in_scores_on_whoosh_until_a_merge(
    engines: tuple[Engine, Engine],
) -> None:
    memory, whoosh = engines
    assert scores(whoosh, "price") == pytest.approx(scores(memory, "price"))

    # Two of ten: too few for their segment to be merged.
    for engine in engines:
        remove(engine, ["1", "2"])
    assert ids(whoosh, "price") == ids(memory, "price") == {"4", "5", "7", "8"}
    assert whoosh.count() == memory.count() == 8
    assert scores(whoosh, "price") != pytest.approx(scores(memory, "price"))
    assert (whoosh.doc_freq("text", Form.EXACT, "price"), memory.doc_freq("text", Form.EXACT, "price")) == (6, 4)

    # Four of ten are more than a third.
    for engine in engines:
        remove(engine, ["3", "6"])
    assert scores(whoosh, "price") == pytest.approx(scores(memory, "price"))
    assert whoosh.doc_freq("text", Form.EXACT, "price") == memory.doc_freq("text", Form.EXACT, "price") == 4


def test_divergence_1_removed_articles_count_in_scores_on_tantivy_too(tmp_path: Path) -> None:
    memory, tantivy = build("memory", tmp_path / "memory", ARTICLES), build("tantivy", tmp_path / "tantivy", ARTICLES)
    for engine in (memory, tantivy):
        remove(engine, ["1", "2"])
    assert ids(tantivy, "price") == ids(memory, "price")
    assert scores(tantivy, "price") != pytest.approx(scores(memory, "price"), rel=1e-3)
    assert (tantivy.doc_freq("text", Form.EXACT, "price"), memory.doc_freq("text", Form.EXACT, "price")) == (6, 4)


def test_divergence_2_tantivy_counts_in_single_precision(tmp_path: Path) -> None:
    memory, tantivy = build("memory", tmp_path / "memory", ARTICLES), build("tantivy", tmp_path / "tantivy", ARTICLES)
    for query in ("price", "oil price", '"oil market" OR price'):
        assert scores(tantivy, query) == pytest.approx(scores(memory, query), rel=1e-5)
        assert scores(tantivy, query) != pytest.approx(scores(memory, query), rel=1e-12)


def test_divergence_1_removed_articles_count_in_scores_on_opensearch_too(tmp_path: Path) -> None:
    memory, cluster = build("memory", tmp_path / "memory", ARTICLES), build("opensearch-1", tmp_path / "c", ARTICLES)
    assert scores(cluster, "price") == pytest.approx(scores(memory, "price"), rel=1e-3)
    for engine in (memory, cluster):
        remove(engine, ["1", "2"])
    assert ids(cluster, "price") == ids(memory, "price")
    assert scores(cluster, "price") != pytest.approx(scores(memory, "price"), rel=1e-3)
    assert cluster.doc_freq("text", Form.EXACT, "price") == memory.doc_freq("text", Form.EXACT, "price") == 4


def test_divergence_2_opensearch_counts_in_single_precision(tmp_path: Path) -> None:
    memory, cluster = build("memory", tmp_path / "memory", ARTICLES), build("opensearch-3", tmp_path / "c", ARTICLES)
    for query in ("price", "oil price", '"oil market" OR price'):
        assert scores(cluster, query) == pytest.approx(scores(memory, query), rel=1e-5)
        assert scores(cluster, query) != pytest.approx(scores(memory, query), rel=1e-12)


def test_divergence_3_an_article_without_a_word_counts_as_one_of_one_word_on_opensearch(tmp_path: Path) -> None:
    held = [article("a", "oil price"), article("b", "oil"), article("c")]
    memory, cluster = build("memory", tmp_path / "memory", held), build("opensearch-1", tmp_path / "c", held)
    like_it = build("memory", tmp_path / "like", [*held[:2], article("c", "x")])
    assert ids(cluster, "-oil") == ids(memory, "-oil") == {"c"}
    assert ids(cluster, "/.*/") == ids(memory, "/.*/") == {"a", "b"}
    assert scores(cluster, "oil price") != pytest.approx(scores(memory, "oil price"), rel=1e-2)
    assert scores(cluster, "oil price") == pytest.approx(scores(like_it, "oil price"), rel=1e-5)


def test_divergence_4_readers_see_at_once_what_is_committed_on_opensearch(tmp_path: Path) -> None:
    seen = {}
    for name in ("whoosh", "tantivy", "opensearch-1"):
        engine = build(name, tmp_path / name, ARTICLES)
        with engine.writer() as writer:
            writer.delete(["4"])
            writer.commit()
        seen[name] = "4" in ids(engine, "price")
    assert seen == {"whoosh": True, "tantivy": True, "opensearch-1": False}


def test_divergence_1_ends_with_a_rebuild(tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    for story in ARTICLES:
        (news / f"{story.id}.txt").write_text(f"{story.body}\n")

    def first(archive: searchkit.Archive) -> float:
        return archive.search("price").hits[0].score

    with searchkit.create(tmp_path / "index") as archive, searchkit.create(tmp_path / "fresh") as fresh:
        archive.index([news])
        archive.remove(["1.txt", "2.txt"])
        (news / "1.txt").unlink()
        (news / "2.txt").unlink()
        fresh.index([news])
        assert first(archive) != pytest.approx(first(fresh))
        archive.index([news], rebuild=True, prune=True)
        assert len(archive) == len(fresh) == 8
        assert first(archive) == pytest.approx(first(fresh))


def test_every_number_has_a_test_and_every_test_a_number() -> None:
    documented = [match[1] for heading in headings(read("DIVERGENCES.md")) if (match := re.match(r"(\d+)\. ", heading))]
    tested = {match[1] for name in globals() if (match := re.match(r"test_divergence_(\d+)_", name))}
    assert documented == [str(number) for number in range(1, len(documented) + 1)]
    assert set(documented) == tested


def test_the_page_says_when_segments_are_merged() -> None:
    assert f"more than {MAX_SEGMENTS} segments" in " ".join(read("DIVERGENCES.md").split())
