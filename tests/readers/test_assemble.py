"""Texts of any kind make an article that is clean, dated, placed and has an id of its own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.news.dating import Candidate
from searchkit.readers.assemble import LONGEST_ID, LONGEST_TITLE, Ids, _paragraphs, article_id, assemble, cleaned
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.paragraphs import paragraphs

from .support import MakeSource, assert_fit_for_an_index

STORY = "Dozens of trucks arrived at the base on Tuesday.\n\nCivilians followed."


@pytest.fixture
def source(make_source: MakeSource) -> Source:
    return make_source("", "dump.x")


def made(source: Source, options: Options | None = None, **given: Any) -> Article:
    article = assemble(source, options or Options(), "record 1", id="dump.x#1", **{"body": "", **given})
    assert isinstance(article, Article)
    assert_fit_for_an_index([article])
    return article


def test_what_is_given_is_what_comes_out(source: Source) -> None:
    article = made(
        source,
        title="Trucks arrive",
        body=STORY,
        byline="Jane Doe",
        section="World",
        topics=["war", " war ", "", "Syria"],
        language="EN",
        publisher="The Daily Star",
        url="https://example.com/1",
        captured="2019-02-20T00:00:00Z",
        extra={"desk": 3, "empty": "", "nothing": None, "none": [], "no": False},
    )
    assert (article.title, article.title_derived, article.body) == ("Trucks arrive", False, STORY)
    assert (article.byline, article.section, article.topics) == ("Jane Doe", "World", ("war", "Syria"))
    assert (article.language, article.publisher) == ("en", "The Daily Star")
    assert (article.url, article.captured) == ("https://example.com/1", "2019-02-20T00:00:00Z")
    assert (article.path, article.extra) == ("dump.x", {"desk": 3, "no": False})


def test_a_title_alone_is_an_article_and_nothing_is_none(source: Source) -> None:
    assert made(source, title="Flash").body == ""
    skip = assemble(source, Options(), "line 7", id="x", body=" \n\ufeff\x00", title="\x00 ")
    assert skip == Skip("line 7", "it has neither a title nor a text", "empty")
    dateline = assemble(source, Options(), "line 7", id="x", body="BEIRUT, Lebanon (AP) — ")
    assert isinstance(dateline, Skip)
    assert dateline.kind == "empty"


def test_a_missing_title_is_the_first_sentence(source: Source) -> None:
    article = made(source, body=STORY)
    assert (article.title, article.title_derived) == ("Dozens of trucks arrived at the base on Tuesday.", True)
    assert made(source, body="—").title == "—"


def test_a_text_in_the_place_of_the_title_is_not_lost(source: Source) -> None:
    long = "word " * LONGEST_TITLE
    article = made(source, title=long)
    assert (len(article.title), article.title[-1], article.body) == (LONGEST_TITLE, "…", long.strip())
    assert made(source, title=long, body="Text.").body == "Text."


def test_texts_come_out_clean(source: Source) -> None:
    dirty = "a\x00\x07b\ud800\u2028c"
    article = made(
        source,
        title=dirty,
        body=f"—{dirty}\r\n\r\nd",
        dateline=dirty,
        byline=dirty,
        topics=[dirty],
        publisher=dirty,
        extra={dirty: [dirty, {"x": dirty}]},
        dates=[Candidate("metadata", dirty, dirty)],
    )
    assert article.title == "a b\ufffd c"
    assert article.body == "—a b\ufffd\nc\n\nd"
    assert article.extra["a b\ufffd\nc"] == ["a b\ufffd\nc", {"x": "a b\ufffd\nc"}]


def test_a_dateline_is_taken_from_the_beginning_of_the_text(source: Source) -> None:
    article = made(source, body=f"BEIRUT, Lebanon (AP) — {STORY}")
    assert (article.dateline, article.body) == ("BEIRUT, Lebanon", STORY)
    assert article.place is not None
    assert (article.place.city, article.place.country) == ("Beirut", "Lebanon")
    assert (article.publisher, article.extra) == ("AP", {"agency": "AP"})
    assert made(source, body=f"BEIRUT (AP) — {STORY}", publisher="The Daily Star").publisher == "The Daily Star"


def test_lines_are_joined_by_the_width_that_they_had_with_the_dateline(source: Source) -> None:
    wire = "BEIRUT, Lebanon, Feb 19 (AP) — The company said it\nwould buy back a tenth of its own shares this year,\nand more."
    assert "\n" not in made(source, body=wire).body


def test_a_dateline_that_the_format_keeps_apart_is_used(source: Source) -> None:
    article = made(source, body=STORY, dateline=" BEIRUT,\n Lebanon ")
    assert (article.dateline, article.body) == ("BEIRUT, Lebanon", STORY)
    assert article.place is not None
    assert article.place.country == "Lebanon"


def test_a_location_says_the_place_and_the_printed_dateline_stays(source: Source) -> None:
    article = made(source, body=f"BEIRUT (AP) — {STORY}", location="Damascus, Syria")
    assert (article.dateline, article.extra["location"]) == ("BEIRUT", "Damascus, Syria")
    assert article.place is not None
    assert article.place.country == "Syria"
    assert made(source, body=STORY, location="Damascus, Syria").dateline == "Damascus, Syria"


def test_lines_that_were_cut_on_a_wire_are_joined_and_others_are_not(source: Source) -> None:
    wire = (
        "The company said on Thursday that it had bought back a\n"
        "tenth of its own shares and would buy more of them in\n"
        "the coming months.\n"
    )
    assert "\n" not in made(source, body=wire).body
    assert made(source, body=wire, wrapped=False).body == wire.strip()
    assert made(source, body="One.\n \n\n\t\nTwo.", wrapped=False).body == "One.\n\nTwo."


@given(st.lists(st.text("ab. \xa0\t", max_size=12) | st.sampled_from(["x" * 60, "y" * 140])).map("\n\n".join))
def test_paragraphs_with_blank_lines_between_them_are_what_the_slow_way_makes_of_them(text: str) -> None:
    if text.strip():
        expected = paragraphs(text.strip())
        assert [part.strip() for part in _paragraphs(text.strip(), 0).split("\n\n")] == [
            part.strip() for part in expected.split("\n\n") if part.strip()
        ]


def test_the_date_comes_from_the_first_field_that_has_one_and_is_explained(source: Source) -> None:
    options = Options(latest=dt.date(2019, 6, 1), zone=ZoneInfo("Europe/Berlin"))
    dates = [Candidate("metadata", "pub\x00Date", "2091-01-01"), Candidate("metadata", "updated", "2019-02-19 10:30")]
    article = made(source, options, body=STORY, dates=dates)
    assert (article.date, article.date_source) == (dt.date(2019, 2, 19), "metadata")
    assert article.time == dt.time(10, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert article.extra["date_field"] == "updated"
    assert "future" in article.extra["date_note"]


def test_what_is_wrong_with_two_fields_alike_is_said_once(source: Source) -> None:
    dates = [Candidate("metadata", "date", "2091-01-01")] * 2
    article = made(source, Options(latest=dt.date(2019, 6, 1)), body=STORY, dates=dates)
    assert article.extra["date_note"] == "2091-01-01 lies in the future and was not taken for its date"


def test_the_date_may_come_from_the_path(make_source: MakeSource) -> None:
    article = made(make_source("", "2019-02-19/dump.x"), body=STORY)
    assert (article.date, article.date_source) == (dt.date(2019, 2, 19), "path")
    assert "date_field" not in article.extra


def test_an_id_is_that_of_the_source_and_its_own_or_its_ordinal(source: Source) -> None:
    assert article_id(source, "a\n1", 7) == "dump.x#a 1"
    assert article_id(source, " \x00", 7) == "dump.x#7"


def test_long_ids_that_begin_alike_stay_apart(source: Source) -> None:
    one, two = (article_id(source, "x" * 5000 + end, 1) for end in "ab")
    assert one != two
    assert len(one) == len(two) == len("dump.x#") + LONGEST_ID
    assert one == article_id(source, "x" * 5000 + "a", 2)


def test_no_two_articles_of_a_source_get_one_id(source: Source) -> None:
    ids = Ids(source)
    given = ["a", "a", "", "3", "b", "", "a.2", "a", " a "]
    made = [ids.of(own, ordinal) for ordinal, own in enumerate(given, 1)]
    assert len({id for id, _ in made}) == len(given)
    assert [id for id, taken in made if not taken] == ["dump.x#a", "dump.x#3", "dump.x#b", "dump.x#6"]
    assert Ids(source).of("a", 1) == ("dump.x#a", False)
    again = Ids(source)
    assert made == [again.of(own, ordinal) for ordinal, own in enumerate(given, 1)]


@example(["a", "a.3", "a"])
@given(st.lists(st.sampled_from(["", "1", "2", "3", "a", "a.2", "a.3", "a.4", "2.3"]), max_size=8))
def test_ids_are_distinct_whatever_is_given(given: list[str]) -> None:
    ids = Ids(Source(Path("x"), "x", "x"))
    made = [ids.of(own, ordinal)[0] for ordinal, own in enumerate(given, 1)]
    assert len(set(made)) == len(made)


def test_values_that_json_cannot_write_are_replaced() -> None:
    value = {"nan": float("nan"), "big": 2**70, "huge": 10**5000, "day": dt.date(2019, 2, 19), 3: (1, 2)}
    made = cleaned(value)
    assert made["nan"] is None
    assert made["big"] == str(2**70)
    assert made["huge"].startswith("0x")
    assert (made["day"], made["3"]) == ("2019-02-19", [1, 2])
    assert cleaned([True, False, None, 1.5, -(2**63), 2**64 - 1]) == [True, False, None, 1.5, -(2**63), 2**64 - 1]


def test_what_is_nested_too_deeply_is_cut() -> None:
    value: Any = "x"
    for _ in range(900):
        value = [value]
    deep, levels = cleaned(value), 0
    while isinstance(deep, list):
        deep, levels = deep[0], levels + 1
    assert (deep, levels) == ("…", 20)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
TEXTS = st.text() | st.sampled_from(
    ["BEIRUT (AP) — It rained.", "a\x00\ud800\u2028", "<p>x</p>", "2019-02-19", "\n\n \n"]
)


@given(
    title=TEXTS, body=TEXTS, dateline=TEXTS, location=TEXTS, byline=TEXTS, publisher=TEXTS, url=TEXTS, own=TEXTS,
    topics=st.lists(TEXTS), extra=st.dictionaries(st.text(), JSON), date=TEXTS | st.floats(), wrapped=st.booleans(),
)  # fmt: skip
def test_whatever_texts_there_are_they_make_an_article_or_a_skip(own: str, date: Any, **given: Any) -> None:
    source = Source(Path("x"), "x", "x")
    dates = [Candidate("metadata", own, date)]
    result = assemble(source, Options(), "record 1", id=article_id(source, own, 1), dates=dates, **given)
    assert isinstance(result, Article | Skip)
    assert_fit_for_an_index([result])
