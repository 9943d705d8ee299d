"""Many languages in one index, and scripts without spaces, on every engine."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.analysis import Analyzer
from searchkit.article import Article
from searchkit.engines.base import Engine, Sort
from searchkit.errors import QueryError
from tests.conformance.asking import article, ask, ids
from tests.conformance.conftest import EMBEDDED, ON_CLUSTER, build, with_words
from tests.conformance.test_oracle import TOLERANCE
from tests.conftest import MORE

AUTO = Analyzer("auto")

HELD = [
    article("en-new", "A new bridge for the old town", language="en"),
    article("en-news", "The news of the day", "News", language="en"),
    article("fr", "Les nouvelles voitures sont arrivées", language="fr-CA"),
    article("de", "Die neuen Brücken der Stadt; news", language="de"),
    article("ja", "東京都の新しい橋。京の町", language="ja"),
    article("zh", "医生用X光检查了3月的病人", language="zh"),
    article("th", "น้ำท่วมกรุงเทพ", language="th"),
    article("sw", "news 42", language="sw"),
    article("und", "42"),
]


@pytest.fixture
def auto(engine_name: str, tmp_path: Path) -> Engine:
    return build(engine_name, tmp_path / "auto", HELD, language="auto")


def found(engine: Engine, query: str) -> set[str]:
    return ids(engine, query, analyzer=AUTO)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("bridges", {"en-new"}),
        ("brücke", {"de"}),
        ("nouvelle", {"fr"}),
        ("arrivé", {"fr"}),
        # The stem of "news" is "new" in French, but it is asked for in French articles only.
        ("news", {"en-news", "de", "sw"}),
        ("new", {"en-new"}),
        ('"news"', {"en-news", "de", "sw"}),
        ("town OR stadt", {"en-new", "de"}),
        ("-news", {"en-new", "fr", "ja", "zh", "th", "und"}),
        ("language:fr", {"fr"}),
        ("language:fr-ca", {"fr"}),
        ("language:und", {"und"}),
        ("news language:de", {"de"}),
        ("news -language:de", {"en-news", "sw"}),
        ("title:news", {"en-news"}),
        ("nowhere", set()),
    ],
)
def test_a_bare_word_is_looked_for_in_each_articles_own_language(auto: Engine, query: str, wanted: set[str]) -> None:
    assert found(auto, query) == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("東京", {"ja"}),
        ("東京都", {"ja"}),
        ("京都", {"ja"}),
        ("都京", set()),
        ("京", {"ja"}),
        ("町", {"ja"}),
        ('"町"', {"ja"}),
        ("光", {"zh"}),
        ("X光", {"zh"}),
        ("X光检查", {"zh"}),
        ("光检", {"zh"}),
        ("用X", {"zh"}),
        ("3月", {"zh"}),
        ("月3", set()),
        ('"東京都の新しい橋"', {"ja"}),
        ('"東京 新しい"~3', {"ja"}),
        ('"東京 新しい"~2', set()),
        ("東京*", {"ja"}),
        ("東*橋", {"ja"}),
        ("東?都", {"ja"}),
        ("東京~", {"ja"}),
        ("/東./", {"ja"}),
        ("น้ำ", {"th"}),
        ("น้ำท่วม", {"th"}),
        ("กรุงเทพ", {"th"}),
        ("น", set()),
        ("京 -東京", set()),
        ("(京 OR 光) -X光", {"ja"}),
    ],
)
def test_any_part_of_a_text_without_spaces_is_found(auto: Engine, query: str, wanted: set[str]) -> None:
    assert found(auto, query) == wanted


def test_a_single_character_is_found_in_names_too(engine_name: str, tmp_path: Path) -> None:
    engine = build(
        engine_name,
        tmp_path / "names",
        [
            article("first", "a", byline="王小明"),
            article("last", "a", byline="記者 山田王"),
            article("only", "a", byline="王"),
            article("thai", "a", byline="น้ำ"),
        ],
    )
    assert ids(engine, "byline:王") == {"first", "last", "only"}
    assert ids(engine, "byline:明") == {"first"}
    assert ids(engine, "byline:王小") == {"first"}
    assert ids(engine, "byline:น้ำ") == {"thai"}
    assert ids(engine, "byline:น") == set()


def test_a_word_with_one_stem_in_all_languages_scores_as_in_an_index_of_one(engine_name: str, tmp_path: Path) -> None:
    held = [article("a", "Madrid news", language="en"), article("b", "Madrid", language="fr"), article("c", "x y z")]
    several = build(engine_name, tmp_path / "several", held, language="auto")
    one = build(engine_name, tmp_path / "one", held, language="none")
    assert dict(ask(several, "Madrid", analyzer=AUTO).hits) == dict(ask(one, "Madrid").hits)


def test_an_article_that_says_no_language_is_stored_with_the_one_that_it_is_in(
    engine_name: str, tmp_path: Path
) -> None:
    body = "Le gouvernement a annoncé mardi que les prix du pétrole avaient encore augmenté."
    engine = build(
        engine_name, tmp_path / "told", [article("a", body), article("b", body, language="xx")], language="auto"
    )
    assert [a.language for a in engine.get(["a", "b"]) if a] == ["fr", "fr"]
    assert found(engine, "annoncer language:fr") == {"a", "b"}


WORDS = {
    "en": ["news", "new", "bridges", "bridge", "Paris", "states", "al-Omar"],
    "fr": ["nouvelles", "nouvelle", "ponts", "Paris", "news", "state"],
    "de": ["Brücken", "Brücke", "neue", "Paris", "stat", "Straße"],
    "ja": ["東京", "都の", "京", "橋が", "X光", "3月", "パリ"],
    "th": ["น้ำ", "ท่วม", "กรุง", "Paris", "นํ้า"],
}
LANGUAGES = st.sampled_from([*WORDS, "fr-CA", "und", "no"])
WORD = st.sampled_from([word for words in WORDS.values() for word in words])
TEXT = st.lists(st.tuples(WORD, st.sampled_from([" ", "", "。", " "])).map("".join), max_size=10).map("".join)


@st.composite
def articles(draw: st.DrawFn) -> list[Article]:
    return [
        article(
            f"doc{number}",
            draw(TEXT),
            draw(TEXT),
            language=draw(LANGUAGES),
            topics=tuple(draw(st.lists(WORD, max_size=1))),
        )
        for number in range(draw(st.integers(0, 7)))
    ]


LEAF = st.one_of(
    WORD,
    st.tuples(WORD, WORD).map("".join),
    st.lists(WORD, min_size=1, max_size=3).map(lambda words: f'"{" ".join(words)}"'),
    st.tuples(st.lists(WORD, min_size=1, max_size=2), st.integers(0, 4)).map(lambda p: f'"{" ".join(p[0])}"~{p[1]}'),
    st.sampled_from(
        ["都", "の", "光", "月", "東京*", "bri*", "*京", "東?の", "橋~", "language:fr", "language:th", "topic:news"]
    ),
)
COMBINE: Callable[[st.SearchStrategy[str]], st.SearchStrategy[str]] = lambda inner: st.one_of(  # noqa: E731
    st.tuples(inner, inner).map(" ".join),
    st.tuples(inner, inner).map(" OR ".join),
    inner.map(lambda query: f"-({query})"),
    inner.map(lambda query: f"({query})^2.5"),
)


given_anything = given(
    held=articles(),
    queries=st.lists(st.recursive(LEAF, COMBINE, max_leaves=4), min_size=8, max_size=8),
    language=st.sampled_from(["auto", "auto", "english", "none"]),
    batch=st.integers(1, 8),
)


@pytest.mark.parametrize("name", EMBEDDED)
@settings(max_examples=100 * MORE)
@given_anything
def test_an_engine_finds_in_many_languages_what_the_oracle_finds(
    name: str, held: list[Article], queries: list[str], language: str, batch: int
) -> None:
    agree(name, held, queries, language, batch)


@pytest.mark.parametrize("name", ON_CLUSTER)
@settings(max_examples=20 * MORE)
@given_anything
def test_a_cluster_finds_in_many_languages_what_the_oracle_finds(
    name: str, held: list[Article], queries: list[str], language: str, batch: int
) -> None:
    agree(name, with_words(held, language), queries, language, batch)


def agree(name: str, held: list[Article], queries: list[str], language: str, batch: int) -> None:
    analyzer = Analyzer(language)
    with tempfile.TemporaryDirectory() as folder:
        oracle = build("memory", Path(folder), held, language=language)
        engine = build(name, Path(folder) / "engine", held, batch, language)
        for asked in queries:
            try:
                wanted = ask(oracle, asked, analyzer=analyzer)
            except QueryError:
                with pytest.raises(QueryError):
                    ask(engine, asked, analyzer=analyzer)
                continue
            given = ask(engine, asked, analyzer=analyzer)
            assert given.total == wanted.total, asked
            assert dict(given.hits) == pytest.approx(dict(wanted.hits), rel=TOLERANCE[name]), asked
            by_date = ask(engine, asked, Sort.NEWEST, analyzer=analyzer)
            assert {id for id, _ in by_date.hits} == {id for id, _ in wanted.hits}, asked
        engine.close()
