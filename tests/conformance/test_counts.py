"""Counting values over all matches on every engine: facets and days."""

from __future__ import annotations

import datetime as dt

from searchkit.article import Place
from searchkit.engines.base import Counts, Engine
from searchkit.fields import pack_place, unpack_place
from searchkit.query.lower import Context, lower
from searchkit.query.parser import parse
from tests.conformance.asking import ANALYZER, TODAY, article
from tests.conformance.conftest import MakeEngine

DAMASCUS = Place("Damascus", None, "Syria", "SY", 33.5102, 36.2913)
FIELDS = ("location", "section", "topic", "byline", "publisher", "language")
ARTICLES = [
    article(
        "a", "oil and war", "", "2019-02-19", place=DAMASCUS, section="World", topics=("war", "aid"), language="en"
    ),
    article("b", "oil", "", "2019-02-19", place=DAMASCUS, section="World", topics=("war",), byline="Ann Lee"),
    article("c", "oil", "", "2019-03-01", place=Place(country="Iraq", code="IQ"), section="Business"),
    article("d", "rain", "", "0980-01-02", publisher="Example Press", section="Weather", topics=("rain", "rain")),
    article("e", "oil", "Undated"),
]


def counts(engine: Engine, query: str, fields: tuple[str, ...] = FIELDS, days: bool = True) -> Counts:
    return engine.counts(lower(parse(query), Context(engine, ANALYZER, TODAY)), fields, days)


def day(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal()


def test_values_are_counted_over_the_articles_that_match(make_engine: MakeEngine) -> None:
    found = counts(make_engine(ARTICLES), "oil")
    assert found.total == 4
    assert found.values["section"] == {"World": 2, "Business": 1}
    assert found.values["byline"] == {"Ann Lee": 1}
    assert found.values["publisher"] == {}
    assert found.values["language"] == {"en": 1}
    assert found.values["location"] == {pack_place(DAMASCUS): 2, "||Iraq|IQ||": 1}


def test_an_article_counts_once_for_each_of_its_topics(make_engine: MakeEngine) -> None:
    assert counts(make_engine(ARTICLES), "*").values["topic"] == {"war": 2, "aid": 1, "rain": 1}


def test_articles_without_a_value_are_counted_apart(make_engine: MakeEngine) -> None:
    found = counts(make_engine(ARTICLES), "*")
    assert found.without == {"location": 2, "section": 1, "topic": 2, "byline": 4, "publisher": 4, "language": 4}


def test_days_are_counted_and_the_undated_are_none_of_them(make_engine: MakeEngine) -> None:
    found = counts(make_engine(ARTICLES), "*")
    assert found.days == {day("2019-02-19"): 2, day("2019-03-01"): 1, day("0980-01-02"): 1}


def test_only_what_is_asked_for_is_counted(make_engine: MakeEngine) -> None:
    found = counts(make_engine(ARTICLES), "oil", ("section",), days=False)
    assert found.days is None
    assert set(found.values) == {"section"}


def test_nothing_that_matches_has_no_values(make_engine: MakeEngine) -> None:
    found = counts(make_engine(ARTICLES), "snow")
    assert (found.total, found.days) == (0, {})
    assert all(not values for values in found.values.values())
    assert set(found.without.values()) == {0}


def test_an_empty_index_has_no_values(make_engine: MakeEngine) -> None:
    found = counts(make_engine([]), "*")
    assert (found.total, found.days) == (0, {})


def test_articles_that_were_deleted_or_replaced_do_not_count(make_engine: MakeEngine) -> None:
    engine = make_engine(ARTICLES)
    with engine.writer() as writer:
        writer.delete(["a"])
        writer.add(writer.preparer([article("b", "oil", section="Sport")]))
        writer.commit()
    engine.reload()
    found = counts(engine, "*")
    assert found.total == 4
    assert found.values["section"] == {"Sport": 1, "Business": 1, "Weather": 1}
    assert found.days == {day("2019-03-01"): 1, day("0980-01-02"): 1}


def test_a_value_is_counted_as_it_is_written_on_one_line(make_engine: MakeEngine) -> None:
    found = counts(make_engine([article("a", section=" Arts \n and  Books "), article("b", section="ARTS")]), "*")
    assert found.values["section"] == {"Arts and Books": 1, "ARTS": 1}


def test_names_that_are_no_text_are_counted_too(make_engine: MakeEngine) -> None:
    assert counts(make_engine([article("a", section="a\udcff")]), "*").values["section"] == {"a\udcff": 1}


def test_a_place_comes_back_from_the_value_that_it_is_counted_by() -> None:
    assert unpack_place(pack_place(DAMASCUS)) == DAMASCUS
    assert unpack_place(pack_place(Place("A|B"))) == Place("A/B")
