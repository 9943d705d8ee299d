"""What is particular to the Tantivy engine: its files, its readers, and what it would rank or count otherwise."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from searchkit import engines
from searchkit.analysis import Analyzer
from searchkit.engines.base import Engine, Page, Prepared, Sort
from searchkit.errors import IndexCorrupt, IndexingFailed, Unsupported
from searchkit.fields import Form
from searchkit.query.plan import All, Not, Or, Phrase, Term
from tests.conformance.asking import article, ask, ids
from tests.conformance.conftest import build

ARTICLES = [article(f"{n}", f"oil price{n} rose", date=f"2019-02-{n + 1:02}") for n in range(20)]


def referenced(folder: Path) -> set[str]:
    """The segments that the index names."""
    return {
        segment["segment_id"].replace("-", "") for segment in json.loads((folder / "meta.json").read_text())["segments"]
    }


def on_disk(folder: Path) -> set[str]:
    """The segments that have files."""
    return {path.name.split(".")[0] for path in folder.iterdir() if len(path.name.split(".")[0]) == 32}


def put(engine: Engine, *articles: object) -> None:
    with engine.writer() as writer:
        writer.add(writer.preparer(articles))  # type: ignore[arg-type]
        writer.commit()


def test_after_200_small_sessions_the_files_on_disk_are_those_of_the_index(tmp_path: Path) -> None:
    engine = build("tantivy", tmp_path, ARTICLES)
    reader = engines.load("tantivy").open(tmp_path, Analyzer())
    for number in range(200):
        put(engine, article(f"{number % 30}", f"version{number} oil"))
        assert on_disk(tmp_path) >= referenced(tmp_path)
        if number % 50 == 0:
            assert ids(reader, "oil") == {f"{n}" for n in range(20)}  # as of when it was opened
    reader.reload()
    assert ids(reader, "version199") == {"19"}
    assert reader.count() == 30
    put(engine, article("last", "oil"))  # what a reader had held open goes with the next session
    assert on_disk(tmp_path) == referenced(tmp_path)
    assert len(referenced(tmp_path)) < 20


def test_a_batch_that_does_not_arrive_whole_is_refused(tmp_path: Path) -> None:
    engine = build("tantivy", tmp_path, ARTICLES)

    def lose_one() -> None:
        with engine.writer() as writer:
            prepared = writer.preparer([article("x", "words"), article("y", "words")])
            twice = Prepared(("x", "y"), [prepared.payload[0], prepared.payload[0]])
            writer.add(twice)
            writer.delete(["y"])  # the second is stored as x: it is not there to be deleted
            writer.commit()

    with pytest.raises(IndexingFailed, match="should hold"):
        lose_one()


def test_queries_of_negations_alone_and_empty_ones_are_what_they_say(tmp_path: Path) -> None:
    engine = build("tantivy", tmp_path, ARTICLES)
    oil = Term("text", Form.STEM, "oil")
    for plan, total in [(Not(oil), 0), (Not(Not(oil)), 20), (Or(()), 0), (Not(Or(())), 20), (Or((Not(oil), oil)), 20)]:
        assert engine.search(plan, Sort.RELEVANCE, Page(100)).total == total


def test_a_word_that_a_phrase_names_twice_must_be_there_twice(tmp_path: Path) -> None:
    engine = build("tantivy", tmp_path, [article("once", "new york city"), article("twice", "new york, new york")])
    assert ids(engine, '"new new"~3') == {"twice"}
    assert engine.search(Phrase("text", ("york", "new", "york")), Sort.RELEVANCE, Page(9)).total == 1


def test_a_tie_that_is_longer_than_a_page_is_in_the_order_of_ids(tmp_path: Path) -> None:
    engine = build("tantivy", tmp_path, [article(f"{n:04}", "the same words") for n in reversed(range(700))], batch=90)
    assert [id for id, _ in ask(engine, "words", limit=5, offset=600).hits] == [f"{n:04}" for n in range(600, 605)]


@pytest.mark.parametrize("damage", ["missing", "empty", "garbage", "not an index"])
def test_a_damaged_index_is_an_error_that_says_what_to_do(tmp_path: Path, damage: str) -> None:
    build("tantivy", tmp_path / "i", ARTICLES).close()
    meta = tmp_path / "i" / "meta.json"
    if damage == "missing":
        meta.unlink()
    elif damage == "not an index":
        meta.write_text("{}")
    else:
        meta.write_bytes(b"" if damage == "empty" else b"\xff\x00garbage")
    with pytest.raises(IndexCorrupt, match="--rebuild"):
        engines.load("tantivy").open(tmp_path / "i", Analyzer())


def test_a_missing_segment_file_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    build("tantivy", tmp_path / "i", ARTICLES).close()
    for file in (tmp_path / "i").glob("*.term"):
        file.unlink()
    with pytest.raises(IndexCorrupt, match="--rebuild"):
        engines.load("tantivy").open(tmp_path / "i", Analyzer())


def test_words_near_each_other_in_too_many_articles_are_an_error_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = build("tantivy", tmp_path, [article(f"{n}", f"oil of price{n}") for n in range(30)])
    monkeypatch.setattr("searchkit.engines.tantivy_.compile.MAX_CANDIDATES", 10)
    with pytest.raises(Unsupported, match="add a rarer word"):
        ask(engine, '"of oil"~3')
    assert ids(engine, '"of oil"~3 price7') == {"7"}  # what stands beside it narrows it down


@pytest.mark.parametrize("seed", range(5))
def test_candidates_hold_every_article_whose_words_are_near(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    held = [article(f"{n}", " ".join(rng.choices("abcde", k=rng.randint(1, 14)))) for n in range(300)]
    oracle, engine = build("memory", tmp_path, held), build("tantivy", tmp_path / "tantivy", held)
    for _ in range(20):
        words = " ".join(rng.choices("abcde", k=rng.randint(2, 6)))
        query = f'"{words}"~{rng.randint(0, 6)}'
        assert ids(engine, query) == ids(oracle, query), query


def test_more_values_than_are_counted_at_once_are_counted_page_by_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = [
        article(
            f"a{n}", "rain", date=f"2019-02-{n % 9 + 1:02}" if n % 4 else None, section=f"S{n % 7}" if n % 3 else None
        )
        for n in range(40)
    ]
    oracle, engine = build("memory", tmp_path, articles), build("tantivy", tmp_path / "engine", articles)
    monkeypatch.setattr("searchkit.engines.tantivy_.counts._MOST_BUCKETS", 3)
    monkeypatch.setattr("searchkit.engines.tantivy_.counts._PAGE", 2)
    for plan in (All(), Not(All()), Not(Term("text", Form.EXACT, "snow"))):
        assert engine.counts(plan, ("section", "byline"), True) == oracle.counts(plan, ("section", "byline"), True)
