"""The dates that texts and Reuters' stories say themselves keep to the rules of all dates."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from searchkit.article import Article
from searchkit.readers import reuters, text
from searchkit.readers.base import Options, Reader

from .support import MakeSource, assert_fit_for_an_index

DAY = dt.date(2019, 2, 19)
OPTIONS = Options(latest=dt.date(2019, 6, 2), zone=ZoneInfo("Europe/Berlin"))
STORY = "BEIRUT (AP) — Dozens of trucks arrived at the base on Tuesday."


def read(make_source: MakeSource, content: str, name: str, reader: Reader = text) -> Article:
    (article,) = reader.read(make_source(content, name), OPTIONS)
    assert_fit_for_an_index([article])
    assert isinstance(article, Article)
    return article


@pytest.mark.parametrize(
    "header", ["title: A\ndate: 2091-02-19\n\n", "date 2091-02-19 ", "---\ndate: 2091-02-19\n---\n"]
)
def test_a_day_in_the_future_is_refused_and_the_path_is_asked(make_source: MakeSource, header: str) -> None:
    article = read(make_source, header + STORY, "2019-02-19-x.txt")
    assert (article.date, article.time, article.date_source) == (DAY, None, "path")
    assert article.extra["date_note"] == "2091-02-19 lies in the future and was not taken for its date"
    assert article.dateline == "BEIRUT"


def test_the_text_is_asked_after_its_header(make_source: MakeSource) -> None:
    article = read(make_source, f"title: A\ndate: 2091-02-19\n\ndate 2019-02-19 {STORY}", "x.txt")
    assert (article.date, article.date_source) == (DAY, "header")
    assert "2091-02-19" in article.extra["date_note"]


def test_a_path_in_the_future_is_refused_too(make_source: MakeSource) -> None:
    article = read(make_source, STORY, "2091-02-19-x.txt")
    assert (article.date, article.date_source) == (None, None)
    assert "future" in article.extra["date_note"]


def test_tomorrow_is_believed(make_source: MakeSource) -> None:
    assert read(make_source, f"date 2019-06-02 {STORY}", "x.txt").date == dt.date(2019, 6, 2)


@pytest.mark.parametrize(
    ("written", "hours"),
    [("2019-02-19 10:30", 1), ("2019-07-19 10:30", 2), ("2019-02-19 10:30 GMT", 0), ("Feb. 19, 2019 10:30", 1)],
)
def test_a_time_without_a_zone_is_of_the_archives(make_source: MakeSource, written: str, hours: int) -> None:
    options = Options(zone=OPTIONS.zone)
    zone = dt.timezone(dt.timedelta(hours=hours))
    for content in (f"title: A\ndate: {written}\n\n{STORY}", f"date {written} {STORY}"):
        (article,) = text.read(make_source(content), options)
        assert isinstance(article, Article)
        assert article.time == dt.time(10, 30, tzinfo=zone)


def reuters_story(date: str) -> str:
    return f'<REUTERS NEWID="1"><DATE>{date}</DATE><TEXT><TITLE>A</TITLE><BODY>It rained.</BODY></TEXT></REUTERS>'


def test_stories_of_reuters_keep_to_the_rules(make_source: MakeSource) -> None:
    article = read(make_source, reuters_story("26-FEB-1987 15:01:01.79"), "a.sgm", reuters)
    assert (article.date, article.date_source) == (dt.date(1987, 2, 26), "metadata")
    assert article.time == dt.time(15, 1, 1, 790_000, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    article = read(make_source, reuters_story("26-FEB-2087 15:01:01.79"), "2019-02-19.sgm", reuters)
    assert (article.date, article.time, article.date_source) == (DAY, None, "path")
    assert "future" in article.extra["date_note"]
