"""Cutting the calendar into intervals."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.errors import SearchkitError
from searchkit.intervals import MOST, SIZES, fitting, half_life, intervals


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("size", "labels"),
    [
        ("day", ["2019-12-30", "2019-12-31", "2020-01-01"]),
        ("week", ["2020-W01"]),
        ("month", ["2019-12", "2020-01"]),
        ("quarter", ["2019-Q4", "2020-Q1"]),
        ("year", ["2019", "2020"]),
        ("decade", ["2010s", "2020s"]),
    ],
)
def test_intervals_are_named_as_people_name_them(size: str, labels: list[str]) -> None:
    assert [each.label for each in intervals(day("2019-12-30"), day("2020-01-01"), size)] == labels


def test_a_week_begins_on_monday() -> None:
    (week,) = intervals(day("2019-02-20"), day("2019-02-20"), "week")
    assert (week.first, week.last) == (day("2019-02-18"), day("2019-02-24"))


@given(st.dates(), st.integers(0, 3000), st.sampled_from(SIZES))
def test_intervals_follow_each_other_without_a_gap(first: dt.date, days: int, size: str) -> None:
    last = dt.date.fromordinal(min(first.toordinal() + days, dt.date.max.toordinal()))
    found = intervals(first, last, size)
    assert found[0].first <= first <= found[0].last
    assert found[-1].first <= last <= found[-1].last
    for one, following in pairwise(found):
        assert following.first - one.last == dt.timedelta(1)
    assert len({each.label for each in found}) == len(found)


def test_the_whole_calendar_can_be_cut() -> None:
    assert len(intervals(dt.date.min, dt.date.max, "decade")) == 1000


def test_too_many_intervals_are_refused() -> None:
    with pytest.raises(SearchkitError, match="take longer ones"):
        intervals(dt.date.min, dt.date.max, "day")


@given(st.dates(), st.dates())
def test_what_fits_the_screen_is_never_refused(one: dt.date, other: dt.date) -> None:
    first, last = sorted((one, other))
    assert len(intervals(first, last, fitting(first, last))) <= MOST


@pytest.mark.parametrize(("last", "size"), [("2019-01-20", "day"), ("2019-06-01", "week"), ("2021-06-01", "month")])
def test_the_shortest_size_that_fits_is_taken(last: str, size: str) -> None:
    assert fitting(day("2019-01-01"), day(last)) == size


@pytest.mark.parametrize(
    ("written", "days"),
    [
        (30, 30),
        ("30", 30),
        ("30d", 30),
        (" 1 Day ", 1),
        ("2w", 14),
        ("2 weeks", 14),
        ("12m", 365.25),
        ("1 year", 365.25),
    ],
)
def test_a_half_life_is_written_in_days_weeks_months_or_years(written: str | int, days: float) -> None:
    assert half_life(written) == days


@pytest.mark.parametrize("written", [0, -1, "0w", "", "d", "30 fortnights", "1.5y", "²d", "1d 2w"])
def test_a_half_life_that_cannot_be_is_refused(written: str | int) -> None:
    with pytest.raises(ValueError, match="write 30d, 2w, 6m or 1y"):
        half_life(written)
