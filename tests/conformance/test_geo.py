"""Searches by where a place lies, on every engine."""

from __future__ import annotations

import pytest

from searchkit.article import Place
from searchkit.engines.base import Page, Sort
from searchkit.query.lower import Context, lower, lower_filter
from searchkit.query.parser import parse
from searchkit.query.plan import And, Boost
from tests.conformance.asking import ANALYZER, TODAY, article, ask, ids
from tests.conformance.conftest import MakeEngine

DAMASCUS = Place("Damascus", None, "Syria", "SY", 33.5102, 36.2913)
ARTICLES = [
    article("damascus", "oil prices", "", "2019-02-19", place=DAMASCUS),
    article("damascus again", "oil oil", "", "2019-02-20", place=DAMASCUS),
    article("homs", "oil", "", "2019-02-21", place=Place("Homs", None, "Syria", "SY", 34.7324, 36.7137)),
    article("homs|", "rain", place=Place("Ḥimṣ | Homs", "Ḥomṣ", "Syria", "SY", 34.7324, 36.7137)),
    article("beirut", "rain", "", "2018-01-01", place=Place("Beirut", None, "Lebanon", "LB", 33.8933, 35.5016)),
    article("suva", "oil", place=Place("Suva", None, "Fiji", "FJ", -18.1416, 178.4415)),
    article("apia", "rain", place=Place("Apia", None, "Samoa", "WS", -13.8333, -171.7667)),
    article("date line", "rain", place=Place("Taveuni", None, "Fiji", "FJ", -16.8, 180.0)),
    article("surrogate", "rain", place=Place("a\udcff", latitude=64.1355, longitude=-21.8954)),
    article("syria", "oil", place=Place(None, None, "Syria", "SY")),
    article("nowhere", "oil in Damascus"),
]
ALL = {held.id for held in ARTICLES}
SYRIA = {"damascus", "damascus again", "homs", "homs|"}
FOUND: dict[str, set[str]] = {
    "near:Damascus": {"damascus", "damascus again"},
    'near:"Damascus"~150km': {*SYRIA, "beirut"},
    "near:Damascus~84": {"damascus", "damascus again"},
    "near:Damascus~56mi": {"damascus", "damascus again", "beirut"},
    'near:"34.73,36.71"~1km': {"homs", "homs|"},
    "near:Suva~2000km": {"suva", "apia", "date line"},
    "near:Reykjavik": {"surrogate"},
    "near:Paris~500km": set(),
    "bbox:36,33,37,35": SYRIA,
    "bbox:175,-20,-170,-10": {"suva", "apia", "date line"},
    "bbox:-180,-20,-170,-10": {"apia", "date line"},
    "bbox:175,-20,180,-10": {"suva", "date line"},
    "bbox:-170,-20,175,-10": set(),
    "bbox:-180,-90,180,90": ALL - {"syria", "nowhere"},
    "-near:Damascus~150km": ALL - SYRIA - {"beirut"},
    "NOT bbox:-180,-90,180,90": {"syria", "nowhere"},
    "oil near:Damascus~150km": {"damascus", "damascus again", "homs"},
    "oil -near:Damascus~150km": {"suva", "syria", "nowhere"},
    "near:Damascus~150km -near:Damascus": {"homs", "homs|", "beirut"},
    "near:Damascus OR bbox:175,-20,-170,-10": {"damascus", "damascus again", "suva", "apia", "date line"},
    "prices OR near:Suva": {"damascus", "suva"},
    "near:Damascus~150km since:2019-02-20": {"damascus again", "homs"},
    "near:Damascus~150km country:LB": {"beirut"},
    "oil (near:Paris OR near:Homs)": {"homs"},
    "-near:Paris": ALL,
}


@pytest.mark.parametrize("query", FOUND)
def test_a_query_finds_the_articles_from_there(make_engine: MakeEngine, query: str) -> None:
    assert ids(make_engine(ARTICLES), query) == FOUND[query]


def test_the_place_leaves_scores_and_their_order_alone(make_engine: MakeEngine) -> None:
    engine = make_engine(ARTICLES)
    scores = dict(ask(engine, "oil").hits)
    found = ask(engine, "oil near:Damascus~150km").hits
    assert found[0][0] == "damascus again"
    assert dict(found) == pytest.approx({id: scores[id] for id, _ in found})


def test_a_place_alone_gives_the_newest_first(make_engine: MakeEngine) -> None:
    found = ask(make_engine(ARTICLES), "near:Damascus~150km", Sort.NEWEST)
    assert [id for id, _ in found.hits] == ["homs", "damascus again", "damascus", "beirut", "homs|"]
    assert {score for _, score in found.hits} == {0.0}


def test_it_is_a_filter_too(make_engine: MakeEngine) -> None:
    engine = make_engine(ARTICLES)
    context = Context(engine, ANALYZER, TODAY)
    near = Boost(lower_filter("near", "Damascus~150km", context), 0.0)
    found = engine.search(And((lower(parse("oil"), context), near)), Sort.RELEVANCE, Page(10))
    assert {id for id, _ in found.hits} == {"damascus", "damascus again", "homs"}


def test_places_of_articles_that_were_replaced_are_gone(make_engine: MakeEngine) -> None:
    engine = make_engine(ARTICLES)
    with engine.writer() as writer:
        writer.delete(["beirut"])
        writer.add(writer.preparer([article("homs", "oil", place=DAMASCUS)]))
        writer.commit()
    engine.reload()
    assert ids(engine, "near:Damascus") == {"damascus", "damascus again", "homs"}
    assert ids(engine, "near:Beirut") == set()
    assert ids(engine, "near:Homs") == {"homs|"}


def test_an_empty_index_has_no_places(make_engine: MakeEngine) -> None:
    assert ids(make_engine([]), "near:Damascus OR bbox:-180,-90,180,90") == set()


def test_hundreds_of_places_may_be_near(make_engine: MakeEngine) -> None:
    held = [
        article(str(n), "oil", place=Place(f"Town {n}", latitude=33.5, longitude=36 + n / 1000)) for n in range(800)
    ]
    engine = make_engine(held)
    assert len(ids(engine, "oil near:Damascus~200km")) == 800
    assert len(ids(engine, "oil -bbox:36,33,36.5,34")) == 299
