"""Every engine against the oracle: the same articles and queries, made by hypothesis, find the same ids and scores."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchkit import engines
from searchkit.article import Article, Place
from searchkit.engines.base import Sort
from searchkit.errors import QueryError
from searchkit.query.lower import Context, lower
from searchkit.query.parser import parse
from tests.conformance.asking import ANALYZER, TODAY, ask
from tests.conformance.conftest import EMBEDDED, ENGINES, ON_CLUSTER, build, with_words

QUERIES_EACH = 10
EXAMPLES = 200  # of QUERIES_EACH queries: 2,000 for each engine

# Tantivy and Lucene count in single precision.
TOLERANCE = {"whoosh": 1e-9, "tantivy": 1e-3, "opensearch-1": 1e-3, "opensearch-3": 1e-3}

WORDS = [
    "oil",
    "price",
    "prices",
    "evacuate",
    "evacuation",
    "U.S.",
    "the",
    "al-Omar",
    "café",
    "O'Brien",
    "1,200",
    "AT&T",
]
word = st.sampled_from(WORDS)
text = st.lists(word, max_size=14).map(" ".join)
PLACES = [
    Place("Beirut", "Beyrouth", "Lebanon", "LB", 33.8933, 35.5016),
    Place("Suva", None, "Fiji", "FJ", -18.1416, 178.4415),
    Place(country="Lebanon", code="LB"),
]
DAYS = [None, "2018-12-31", "2019-01-01", "2019-02-19", "2019-02-28", "2019-03-15"]


@st.composite
def articles(draw: st.DrawFn) -> list[Article]:
    count = draw(st.integers(0, 7))
    made = []
    for number in range(count):
        day = draw(st.sampled_from(DAYS))
        made.append(
            Article(
                id=f"doc{number}",
                title=draw(text),
                title_derived=draw(st.booleans()),
                body=draw(text),
                date=dt.date.fromisoformat(day) if day else None,
                dateline=draw(st.none() | st.sampled_from(["BEIRUT", "NEW YORK", "AL-OMAR, Syria"])),
                place=draw(st.none() | st.sampled_from(PLACES)),
                topics=tuple(draw(st.lists(word, max_size=2))),
            )
        )
    return made


def quoted(words: list[str]) -> str:
    return '"' + " ".join(words) + '"'


leaf = st.one_of(
    word,
    st.lists(word, min_size=1, max_size=3).map(quoted),
    st.tuples(st.lists(word, min_size=1, max_size=3).map(quoted), st.integers(0, 6)).map(lambda p: f"{p[0]}~{p[1]}"),
    st.sampled_from(
        ["pric*", "*", "evac*", "?il", "o?l", "*e*", "oli~", "prices~2", "/pri.e?s?/", "/o.*/", "zzz*", "&"]
    ),
    st.sampled_from(
        ["title:oil", "title:price*", 'title:"oil price"', "location:beirut", "location:al-omar", "topic:oil"]
    ),
    st.sampled_from(
        ["country:LB", "id:doc1", "id:doc*", "date:2019", "date:missing", "since:2019-02", "until:2019-01-01"]
    ),
    st.sampled_from(
        ['near:"Damascus"~150km', "near:Suva~1", "bbox:30,30,40,40", "bbox:170,-20,-170,-10", "bbox:0,0,1,1"]
    ),
    st.sampled_from(["date:[2019-01-01 TO 2019-02-19]", "date:2019-02", "-date:2018"]),
)


def combine(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map(" ".join),
        st.tuples(inner, inner).map(" OR ".join),
        st.tuples(inner, inner).map(" AND ".join),
        inner.map(lambda q: f"-({q})"),
        inner.map(lambda q: f"NOT {q}"),
        inner.map(lambda q: f"({q})^2.5"),
        inner.map(lambda q: f"+({q})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} OR {t[1]}) -({t[2]})"),
    )


query = st.recursive(leaf, combine, max_leaves=6)


def test_every_engine_is_in_the_suite() -> None:
    assert {name.partition("-")[0] for name in ENGINES} == set(engines._MODULES)


given_anything = given(
    held=articles(),
    queries=st.lists(query, min_size=QUERIES_EACH, max_size=QUERIES_EACH),
    any_word=st.booleans(),
    batch=st.integers(1, 8),
)
given_nothing = example(held=[], queries=["-oil"], any_word=False, batch=1)


@pytest.mark.parametrize("name", EMBEDDED)
@settings(max_examples=EXAMPLES)
@given_anything
@given_nothing
def test_an_engine_finds_what_the_oracle_finds(
    name: str, held: list[Article], queries: list[str], any_word: bool, batch: int
) -> None:
    agree(name, held, queries, any_word, batch)


@pytest.mark.parametrize("name", ON_CLUSTER)
@settings(max_examples=EXAMPLES // 5)
@given_anything
@given_nothing
def test_a_cluster_finds_what_the_oracle_finds(
    name: str, held: list[Article], queries: list[str], any_word: bool, batch: int
) -> None:
    agree(name, with_words(held), queries, any_word, batch)


def agree(name: str, held: list[Article], queries: list[str], any_word: bool, batch: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        oracle = build("memory", Path(folder), held)
        engine = build(name, Path(folder) / "engine", held, batch)
        for asked in queries:
            for sort in Sort:
                try:
                    wanted = ask(oracle, asked, sort, any_word=any_word)
                except QueryError:
                    with pytest.raises(QueryError):
                        ask(engine, asked, sort, any_word=any_word)
                    continue
                found = ask(engine, asked, sort, any_word=any_word)
                assert found.total == wanted.total, asked
                assert {id for id, _ in found.hits} == {id for id, _ in wanted.hits}, asked
                assert dict(found.hits) == pytest.approx(dict(wanted.hits), rel=TOLERANCE[name]), asked
                if sort is Sort.NEWEST:
                    plan = lower(parse(asked), Context(engine, ANALYZER, TODAY, any_word=any_word))
                    fields = ("topic", "location")
                    assert engine.counts(plan, fields, True) == oracle.counts(plan, fields, True), asked
                if sort is not Sort.RELEVANCE:
                    assert [id for id, _ in found.hits] == [id for id, _ in wanted.hits], asked
        engine.close()
