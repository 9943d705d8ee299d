"""Date expressions, by table: what is written, on which day, and the civil days that it means."""

from __future__ import annotations

import datetime as dt
import locale
import pickle
import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.query.dates import _FORMS, EXAMPLES, MAX_LENGTH, DateError, Days, parse_days

WEDNESDAY = dt.date(2019, 2, 20)


def day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def days(low: str | None, high: str | None) -> Days:
    return Days(day(low), day(high))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2019", "2019-01-01", "2019-12-31"),
        ("0980", "0980-01-01", "0980-12-31"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("9999", "9999-01-01", "9999-12-31"),
        ("2019-02", "2019-02-01", "2019-02-28"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("9999-12", "9999-12-01", "9999-12-31"),
        ("2019-2", "2019-02-01", "2019-02-28"),
        ("2019/02", "2019-02-01", "2019-02-28"),
        ("2019-02-19", "2019-02-19", "2019-02-19"),
        ("2019-2-9", "2019-02-09", "2019-02-09"),
        ("2019/02/19", "2019-02-19", "2019-02-19"),
        ("20190219", "2019-02-19", "2019-02-19"),
        ("19.02.2019", "2019-02-19", "2019-02-19"),
        ("3.4.2019", "2019-04-03", "2019-04-03"),
        ("February 2019", "2019-02-01", "2019-02-28"),
        ("Feb 2019", "2019-02-01", "2019-02-28"),
        ("Feb. 2019", "2019-02-01", "2019-02-28"),
        ("february, 2019", "2019-02-01", "2019-02-28"),
        ("Sept 2019", "2019-09-01", "2019-09-30"),
        ("SEPT. 2019", "2019-09-01", "2019-09-30"),
        ("May 2019", "2019-05-01", "2019-05-31"),
        ("December 9999", "9999-12-01", "9999-12-31"),
        ("19 February 2019", "2019-02-19", "2019-02-19"),
        ("19-FEB-1987", "1987-02-19", "1987-02-19"),
        ("1st March 2019", "2019-03-01", "2019-03-01"),
        ("February 19, 2019", "2019-02-19", "2019-02-19"),
        ("Feb. 19 2019", "2019-02-19", "2019-02-19"),
        ("March 2nd, 2019", "2019-03-02", "2019-03-02"),
        ("29 February 2020", "2020-02-29", "2020-02-29"),
        ("2019-W08", "2019-02-18", "2019-02-24"),
        ("2019w08", "2019-02-18", "2019-02-24"),
        ("2019-W08-2", "2019-02-19", "2019-02-19"),
        ("2019-W01", "2018-12-31", "2019-01-06"),
        ("2020-W53", "2020-12-28", "2021-01-03"),
        ("0001-W01", "0001-01-01", "0001-01-07"),
        ("9999-W52", "9999-12-27", "9999-12-31"),
        ("2019-Q1", "2019-01-01", "2019-03-31"),
        ("Q4 2019", "2019-10-01", "2019-12-31"),
        ("2019 q2", "2019-04-01", "2019-06-30"),
        ("9999-Q4", "9999-10-01", "9999-12-31"),
        ("1990s", "1990-01-01", "1999-12-31"),
        ("1900s", "1900-01-01", "1909-12-31"),
        ("0000s", "0001-01-01", "0009-12-31"),
        ("9990s", "9990-01-01", "9999-12-31"),
        ("*", None, None),
    ],
)
def test_a_day_or_a_span_is_read(text: str, low: str | None, high: str | None) -> None:
    assert parse_days(text, WEDNESDAY) == days(low, high)
    assert parse_days(f" \t{text.upper()}\n", WEDNESDAY) == days(low, high)
    assert parse_days(text.lower(), WEDNESDAY) == days(low, high)


@pytest.mark.parametrize(
    ("today", "text", "low", "high"),
    [
        # 2019-02-20 is a Wednesday
        ("2019-02-20", "today", "2019-02-20", "2019-02-20"),
        ("2019-02-20", "yesterday", "2019-02-19", "2019-02-19"),
        ("2019-02-20", "tomorrow", "2019-02-21", "2019-02-21"),
        ("2019-02-20", "this week", "2019-02-18", "2019-02-24"),
        ("2019-02-20", "last week", "2019-02-11", "2019-02-17"),
        ("2019-02-20", "this month", "2019-02-01", "2019-02-28"),
        ("2019-02-20", "last month", "2019-01-01", "2019-01-31"),
        ("2019-02-20", "this quarter", "2019-01-01", "2019-03-31"),
        ("2019-02-20", "last quarter", "2018-10-01", "2018-12-31"),
        ("2019-02-20", "this year", "2019-01-01", "2019-12-31"),
        ("2019-02-20", "last year", "2018-01-01", "2018-12-31"),
        ("2019-02-20", "monday", "2019-02-18", "2019-02-18"),
        ("2019-02-20", "wednesday", "2019-02-20", "2019-02-20"),
        ("2019-02-20", "thursday", "2019-02-14", "2019-02-14"),
        ("2019-02-20", "last monday", "2019-02-18", "2019-02-18"),
        ("2019-02-20", "last wednesday", "2019-02-13", "2019-02-13"),
        ("2019-02-20", "last sunday", "2019-02-17", "2019-02-17"),
        ("2019-02-20", "last sun", "2019-02-17", "2019-02-17"),
        ("2019-02-20", "past 30 days", "2019-01-22", "2019-02-20"),
        ("2019-02-20", "past 1 day", "2019-02-20", "2019-02-20"),
        ("2019-02-20", "past day", "2019-02-20", "2019-02-20"),
        ("2019-02-20", "last 7 days", "2019-02-14", "2019-02-20"),
        ("2019-02-20", "the last 7 days", "2019-02-14", "2019-02-20"),
        ("2019-02-20", "past week", "2019-02-14", "2019-02-20"),
        ("2019-02-20", "past 2 weeks", "2019-02-07", "2019-02-20"),
        ("2019-02-20", "past 3 months", "2018-11-21", "2019-02-20"),
        ("2019-02-20", "past quarter", "2018-11-21", "2019-02-20"),
        ("2019-02-20", "past year", "2018-02-21", "2019-02-20"),
        ("2019-02-20", "0 days ago", "2019-02-20", "2019-02-20"),
        ("2019-02-20", "3 days ago", "2019-02-17", "2019-02-17"),
        ("2019-02-20", "2 weeks ago", "2019-02-06", "2019-02-06"),
        ("2019-02-20", "a month ago", "2019-01-20", "2019-01-20"),
        ("2019-02-20", "one year ago", "2018-02-20", "2018-02-20"),
        # the first and the last day of a year
        ("2019-01-01", "yesterday", "2018-12-31", "2018-12-31"),
        ("2019-01-01", "this week", "2018-12-31", "2019-01-06"),
        ("2019-01-01", "last week", "2018-12-24", "2018-12-30"),
        ("2019-01-01", "last month", "2018-12-01", "2018-12-31"),
        ("2019-01-01", "last quarter", "2018-10-01", "2018-12-31"),
        ("2019-01-01", "a month ago", "2018-12-01", "2018-12-01"),
        ("2018-12-31", "tomorrow", "2019-01-01", "2019-01-01"),
        ("2018-12-31", "this week", "2018-12-31", "2019-01-06"),
        ("2018-12-31", "this quarter", "2018-10-01", "2018-12-31"),
        ("2018-12-31", "last year", "2017-01-01", "2017-12-31"),
        # a Sunday ends its week, a Monday begins one
        ("2019-02-24", "this week", "2019-02-18", "2019-02-24"),
        ("2019-02-24", "last week", "2019-02-11", "2019-02-17"),
        ("2019-02-24", "sunday", "2019-02-24", "2019-02-24"),
        ("2019-02-24", "last sunday", "2019-02-17", "2019-02-17"),
        ("2019-02-25", "this week", "2019-02-25", "2019-03-03"),
        ("2019-02-25", "last week", "2019-02-18", "2019-02-24"),
        ("2019-02-25", "monday", "2019-02-25", "2019-02-25"),
        ("2019-02-25", "last monday", "2019-02-18", "2019-02-18"),
        # a day that the month or year lacks becomes its last one
        ("2019-03-31", "a month ago", "2019-02-28", "2019-02-28"),
        ("2020-03-31", "a month ago", "2020-02-29", "2020-02-29"),
        ("2020-02-29", "a year ago", "2019-02-28", "2019-02-28"),
        ("2020-02-29", "4 years ago", "2016-02-29", "2016-02-29"),
        ("2020-02-29", "past year", "2019-03-01", "2020-02-29"),
        ("2019-03-31", "past month", "2019-03-01", "2019-03-31"),
        # the ends of the calendar
        ("0001-01-01", "this week", "0001-01-01", "0001-01-07"),
        ("0001-01-05", "past 30 days", "0001-01-01", "0001-01-05"),
        ("0001-01-05", "past 99999999999 months", "0001-01-01", "0001-01-05"),
        ("9999-12-31", "this week", "9999-12-27", "9999-12-31"),
        ("9999-12-31", "this year", "9999-01-01", "9999-12-31"),
    ],
)
def test_what_people_say_is_counted_from_today(today: str, text: str, low: str, high: str) -> None:
    assert parse_days(text, dt.date.fromisoformat(today)) == days(low, high)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2019-02-01..2019-02-28", "2019-02-01", "2019-02-28"),
        ("2019-01..2019-03", "2019-01-01", "2019-03-31"),
        ("2019..2019-03", "2019-01-01", "2019-03-31"),
        ("2019-03..2019", "2019-03-01", "2019-12-31"),
        ("2019..2019", "2019-01-01", "2019-12-31"),
        ("[2019-02-01 TO 2019-03-01]", "2019-02-01", "2019-03-01"),
        ("[ 2019-02-01  to 2019-03-01 ]", "2019-02-01", "2019-03-01"),
        ("2019-02-01 TO 2019-03-01", "2019-02-01", "2019-03-01"),
        ("[2019-02..2019-03]", "2019-02-01", "2019-03-31"),
        ("2019..", "2019-01-01", None),
        ("..2019", None, "2019-12-31"),
        ("* .. 2019", None, "2019-12-31"),
        ("[* TO 2019-03]", None, "2019-03-31"),
        ("[2019-03 TO *]", "2019-03-01", None),
        ("[TO 2019]", None, "2019-12-31"),
        ("2019 to", "2019-01-01", None),
        ("[* TO *]", None, None),
        ("yesterday TO tomorrow", "2019-02-19", "2019-02-21"),
        ("a week ago..today", "2019-02-13", "2019-02-20"),
        ("Feb. 2019 to Mar. 2019", "2019-02-01", "2019-03-31"),
        ("1980s..Q2 1995", "1980-01-01", "1995-06-30"),
        ("2019-W08..2019-W09", "2019-02-18", "2019-03-03"),
        ("19.02.2019..20.02.2019", "2019-02-19", "2019-02-20"),
    ],
)
def test_a_range_takes_both_ends_whole(text: str, low: str | None, high: str | None) -> None:
    assert parse_days(text, WEDNESDAY) == days(low, high)


@pytest.mark.parametrize(
    ("text", "month_first", "day_first"),
    [
        ("03/04/2019", "2019-03-04", "2019-04-03"),
        ("3-4-2019", "2019-03-04", "2019-04-03"),
        ("13/04/2019", "2019-04-13", "2019-04-13"),
        ("04/13/2019", "2019-04-13", "2019-04-13"),
        ("03.04.2019", "2019-04-03", "2019-04-03"),
        ("2019/03/04", "2019-03-04", "2019-03-04"),
        ("03/04/2019..05/06/2019", "2019-03-04/2019-05-06", "2019-04-03/2019-06-05"),
    ],
)
def test_only_an_ambiguous_day_depends_on_the_order(text: str, month_first: str, day_first: str) -> None:
    for expected, setting in ((month_first, False), (day_first, True)):
        low, _, high = expected.partition("/")
        assert parse_days(text, WEDNESDAY, day_first=setting) == days(low, high or low)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("2019-02-31", "no 31 February 2019", "has 28 days"),
        ("31 April 2019", "no 31 April 2019", "has 30 days"),
        ("2019-02-00", "no 0 February 2019", "has 28 days"),
        ("20190229", "no 29 February 2019", "has 28 days"),
        ("2019-13", "no month 13", "01 to 12"),
        ("2019-00-10", "no month 00", "01 to 12"),
        ("13/14/2019", "no month 13", "01 to 12"),
        ("0000", "no year 0000", "0001 to 9999"),
        ("0000-W01", "no year 0000", "0001 to 9999"),
        ("00000000", "no year 0000", "0001 to 9999"),
        ("12019", "no year 12019", "0001 to 9999"),
        ("02019", "has 5", "written 2019"),
        ("980", "has 3", "written 0980"),
        ("3 April 19", "has 2", "written 0019"),
        ("2019-W54", "no week 54 in 2019", "W01 to W52"),
        ("2019-W53", "no week 53 in 2019", "W01 to W52"),
        ("2020-W54", "no week 54 in 2020", "W01 to W53"),
        ("2019-W00", "no week 0 in 2019", "W01 to W52"),
        ("2019-W08-8", "no day 8", "Sunday"),
        ("9999-W52-6", "outside the calendar", "9999-12-31"),
        ("2019-Q5", "no quarter 5", "Q1 to Q4"),
        ("3000 years ago", "outside the calendar", "0001-01-01"),
        ("99999999999999999999 days ago", "outside the calendar", "0001-01-01"),
        ("past 0 days", "no day", "today"),
        ("2019-03..2019-02", "2019-03-01 is after 2019-02-28", "swap: 2019-02..2019-03"),
        ("[today TO yesterday]", "2019-02-20 is after 2019-02-19", "swap: yesterday..today"),
        ("yesteday", "'yesteday' is not a date", "did you mean 'yesterday'?"),
        ("Febuary 2019", "'Febuary 2019' is not a date", "did you mean 'february 2019'?"),
        ("las wek", "'las wek' is not a date", "did you mean 'last week'?"),
        ("2019..yesteday", "'yesteday' is not a date", "did you mean 'yesterday'?"),
        ("February", "'February' is not a date", "add the year: 'february 2019'"),
        ("19 Feb", "'19 Feb' is not a date", "add the year: '19 feb 2019'"),
        ("2019-2020", "'2019-2020' is not a date", "2019..2020"),
        ("2019-02-19T10:00", "is not a date", "no time here: '2019-02-19'"),
        ("{2019 TO 2020}", "is not a date", "[2019-02-01 TO 2019-03-01]"),
        ("[2019 TO 2020", "is not a date", "[2019-02-01 TO 2019-03-01]"),
        ("syria", "'syria' is not a date", "write it like 2019,"),
        ("2019..2020..2021", "is not a date", "write it like 2019,"),
        ("٢٠١٩", "is not a date", "write it like 2019,"),
        ("", "a date is missing", "write it like 2019,"),
        ("1" * (MAX_LENGTH + 1), "more than 100 characters", "at most 100"),
    ],
)
def test_a_mistake_is_named_and_what_is_right_is_hinted(text: str, message: str, hint: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_days(text, WEDNESDAY)
    assert message in caught.value.message
    assert caught.value.hint is not None
    assert hint in caught.value.hint
    assert pickle.loads(pickle.dumps(caught.value)).hint == caught.value.hint


@pytest.mark.parametrize(("today", "text"), [("0001-01-01", "yesterday"), ("9999-12-31", "tomorrow")])
def test_a_day_past_the_calendar_is_an_error(today: str, text: str) -> None:
    with pytest.raises(DateError, match="outside the calendar"):
        parse_days(text, dt.date.fromisoformat(today))


def test_every_example_is_read_and_none_is_read_by_another_row() -> None:
    assert len(EXAMPLES) == len(set(EXAMPLES)) == len(_FORMS)
    for form in _FORMS:
        parse_days(form.example, WEDNESDAY)
        first = next(other for other in _FORMS if re.fullmatch(other.pattern, form.example.lower()))
        assert first is form


PIECES = """
2019 0001 9999 02 19 2019-02 2019-W08 q1 1990s feb february sept. monday sun today yesterday tomorrow this last past
the a 1 30 99999999999 day days week month quarter years ago to TO .. * [ ] { } - / . , s 31 00 0 ½ é
"""
WORDS = st.sampled_from(PIECES.split())
EXPRESSIONS = st.one_of(
    st.text(max_size=120),
    st.lists(WORDS, max_size=8).map(" ".join),
    st.lists(WORDS, max_size=6).map("".join),
    st.from_regex(r"[0-9]{1,5}[-/.][0-9wq]{1,3}([-/.][0-9]{1,5})?", fullmatch=True),
)


@given(EXPRESSIONS, st.dates(), st.booleans())
def test_any_text_gives_days_in_order_or_a_date_error(text: str, today: dt.date, day_first: bool) -> None:
    try:
        found = parse_days(text, today, day_first)
    except DateError:
        return
    assert found.low is None or found.high is None or found.low <= found.high


@given(st.dates(), st.dates(), st.booleans())
def test_every_iso_day_is_itself_whatever_today_is(day: dt.date, today: dt.date, day_first: bool) -> None:
    assert parse_days(day.isoformat(), today, day_first) == Days(day, day)


@given(st.dates(), st.dates())
def test_a_range_of_two_days_is_those_two(one: dt.date, other: dt.date) -> None:
    low, high = sorted((one, other))
    assert parse_days(f"{low}..{high}", WEDNESDAY) == Days(low, high)
    assert parse_days(f"[{low} TO {high}]", WEDNESDAY) == Days(low, high)


@given(st.dates())
def test_the_spans_that_hold_a_day_hold_it(today: dt.date) -> None:
    year, week, weekday = today.isocalendar()
    named = [f"{today.year:04d}", f"{today:%B} {today.year:04d}", f"{today.day} {today:%b} {today.year:04d}"]
    named += ["this week", "this month", "this quarter", "this year", "past week", "past 3 months", "today"]
    if 1 <= year <= 9999:
        named.append(f"{year:04d}-W{week:02d}-{weekday}")
    for text in named:
        found = parse_days(text, today)
        assert found.low is not None and found.high is not None  # noqa: PT018
        assert found.low <= today <= found.high


def test_clock_zone_and_locale_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> list[Any]:
        return [parse_days(text, WEDNESDAY) for text in EXAMPLES]

    expected, before = read(), locale.setlocale(locale.LC_ALL)
    try:
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            assert read() == expected
        for name in ("tr_TR.UTF-8", "de_DE.UTF-8", "C"):
            try:
                locale.setlocale(locale.LC_ALL, name)
            except locale.Error:
                continue
            assert read() == expected
    finally:
        locale.setlocale(locale.LC_ALL, before)
        monkeypatch.undo()
        time.tzset()


def test_a_datetime_serves_as_today() -> None:
    assert parse_days("yesterday", dt.datetime(2019, 2, 20, 23, 59)) == days("2019-02-19", "2019-02-19")
