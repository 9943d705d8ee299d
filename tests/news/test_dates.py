"""Dates are read as written, and nothing is guessed."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.news.dates import date_from_path, read_date

DAY = dt.date(2019, 2, 19)


@pytest.mark.parametrize(
    "written",
    [
        "2019-02-19",
        "20190219",
        "2019/02/19",
        "2019.02.19",
        "19 February 2019",
        "19th of February, 2019",
        "February 19, 2019",
        "Feb. 19, 2019",
        "FEB 19 2019",
        "19-Feb-2019",
        "2019-Feb-19",
        "Tuesday, 19 February 2019",
        "Tues. Feb. 19, 2019",
        "19/02/2019",
        "02/19/2019",
        "19.2.2019",
        "  2019-02-19",
    ],
)
@pytest.mark.parametrize("day_first", [False, True])
def test_reads_what_names_one_day(written: str, day_first: bool) -> None:
    found = read_date(written, day_first)
    assert found is not None
    assert (found.date, found.time, found.note, found.end) == (DAY, None, None, len(written))


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2019-02-19 10:30", dt.time(10, 30)),
        ("2019-02-19T10:30:05.5Z", dt.time(10, 30, 5, 500_000, tzinfo=dt.UTC)),
        ("2019-02-19T1030", dt.time(10, 30)),
        ("2019-02-19 10:30 +05:30", dt.time(10, 30, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30)))),
        ("Tue, 19 Feb 2019 10:30:00 -0330", dt.time(10, 30, tzinfo=dt.timezone(-dt.timedelta(hours=3, minutes=30)))),
        ("Tue Feb 19 10:30:00 2019", dt.time(10, 30)),
        ("10:30 p.m. Feb. 19, 2019", dt.time(22, 30)),
        ("Feb 19, 2019 at 12am", dt.time(0)),
        ("Feb 19, 2019, 12:05 PM EST", dt.time(12, 5, tzinfo=dt.timezone(-dt.timedelta(hours=5)))),
        ("19/02/2019 10:30 GMT", dt.time(10, 30, tzinfo=dt.UTC)),
    ],
)
def test_keeps_time_and_zone(written: str, time: dt.time) -> None:
    found = read_date(written)
    assert found is not None
    assert (found.date, found.time, found.note, found.end) == (DAY, time, None, len(written))
    assert found.time is not None
    assert found.time.utcoffset() == time.utcoffset()


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("2019-02-19 AL-OMAR, Syria — Text", " AL-OMAR, Syria — Text"),
        ("2019-02-19 10:30 ROME — Text", " ROME — Text"),
        ("19 Feb 2019 MAY PEN, Jamaica — Text", " MAY PEN, Jamaica — Text"),
        ("19 Feb 2019 10 DOWNING STREET — Text", " 10 DOWNING STREET — Text"),
        ("Feb. 19, 2019 AT SEA — Text", " AT SEA — Text"),
        ("2019-02-19 10:30 MSK", " MSK"),
        ("2019-02-19 – LONDON", " – LONDON"),
    ],
)
def test_leaves_what_follows_the_date(text: str, rest: str) -> None:
    found = read_date(text)
    assert found is not None
    assert found.date == DAY
    assert text[found.end :] == rest


def test_a_number_after_month_and_year_is_no_day() -> None:
    found = read_date("February 2019 10 DOWNING STREET")
    assert found is not None
    assert (found.date, found.note, found.end) == (None, '"February 2019" names no day', len("February 2019"))


def test_an_ambiguous_date_is_read_by_the_setting_and_says_so() -> None:
    american, european = read_date("03/04/2019"), read_date("03/04/2019", day_first=True)
    assert american is not None
    assert european is not None
    assert american.date == dt.date(2019, 3, 4)
    assert american.note == "03/04/2019 read as month/day; --day-first reads it the other way"
    assert european.date == dt.date(2019, 4, 3)
    assert european.note == "03/04/2019 read as day/month; without --day-first it is read the other way"


@pytest.mark.parametrize("written", ["03 04 2019", "3.4.2019", "03-04-2019", "03/04/2019 10:30"])
def test_separators_do_not_hide_an_ambiguity(written: str) -> None:
    found = read_date(written)
    assert found is not None
    assert "--day-first" in (found.note or "")


def test_a_date_is_not_ambiguous_when_both_readings_are_one_day() -> None:
    found = read_date("04/04/2019")
    assert found is not None
    assert found.note is None


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("February 2019", '"February 2019" names no day'),
        ("2019-02", '"2019-02" names no day'),
        ("2019", '"2019" names no day'),
        ("19 February", '"19 February" names no year'),
        ("Tuesday February 2019", '"Tuesday February 2019" names no day'),
        ("3/4/19", "3/4/19 has a year of two digits, which was not guessed"),
        ("19 Feb 19", "19 Feb 19 has a year of two digits, which was not guessed"),
        ("2019-02-31", "2019-02-31 is no day of the calendar"),
        ("0000-01-01", "0000-01-01 is no day of the calendar"),
        ("31 Feb 2019", "31 Feb 2019 is no day of the calendar"),
        ("29 February 1900", "29 February 1900 is no day of the calendar"),
        ("13/14/2019", "13/14/2019 is no day of the calendar"),
    ],
)
def test_what_is_not_written_is_not_invented(written: str, note: str) -> None:
    found = read_date(written)
    assert found is not None
    assert (found.date, found.time, found.note) == (None, None, note)


@pytest.mark.parametrize(
    "text", ["", "Date palms", "5 of them", "May flowers", "Monday", "10:30", "10", "Gen. Smith", "2,019 people"]
)
def test_ordinary_text_is_no_date(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    "written", ["2019-02-19 25:30", "19 Feb 2019 605:12:19.12", "Feb 19, 2019 13:00 pm", "2019-02-19T9999"]
)
def test_an_impossible_time_is_left_out_and_the_day_stays(written: str) -> None:
    found = read_date(written)
    assert found is not None
    assert (found.date, found.time) == (DAY, None)
    assert "impossible" in (found.note or "")


@pytest.mark.parametrize("year", [1, 850, 1605, 1900, 9999])
def test_reads_days_of_every_year(year: int) -> None:
    found = read_date(f"{year:04d}-06-12")
    assert found is not None
    assert found.date == dt.date(year, 6, 12)


@given(st.dates(min_value=dt.date(1000, 1, 1)), st.booleans())
def test_every_way_to_write_a_day_gives_that_day(day: dt.date, day_first: bool) -> None:
    numeric = "{0.day}/{0.month}/{0.year}" if day_first else "{0.month}/{0.day}/{0.year}"
    for written in (day.isoformat(), f"{day:%d %B} {day.year}", f"{day:%b} {day.day}, {day.year}", numeric.format(day)):
        found = read_date(written, day_first)
        assert found is not None
        assert found.date == day


@given(st.text("0123456789 /-.,:TZapm+thFebMayMon", max_size=40), st.booleans())
def test_anything_is_read_without_an_error(text: str, day_first: bool) -> None:
    found = read_date(text, day_first)
    assert found is None or (0 < found.end <= len(text) and (found.date or found.note))


@given(st.text(max_size=40))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read_date(text)
    date_from_path(text)


def test_neither_clock_nor_locale_nor_zone_has_an_influence() -> None:
    script = (
        "import time, locale; real = time.localtime\n"
        "time.localtime = lambda *a: time.struct_time((2077, 7, 7, 7, 7, 7, 2, 188, 0))\n"
        "from searchkit.news.dates import read_date\n"
        "for text in ('19 Feb 19', '19 February', 'Feb 2019', '19 Feb 2019', '19 Feb 2019 10:30 EST'): print(read_date(text))"
    )
    outputs = set()
    for variables in ({"TZ": "UTC"}, {"TZ": "America/New_York", "LC_ALL": "de_DE.UTF-8"}):
        run = subprocess.run([sys.executable, "-c", script], env=variables, capture_output=True, text=True, check=True)
        outputs.add(run.stdout)
    assert len(outputs) == 1
    assert "2077" not in outputs.pop()


def test_an_iso_date_does_not_import_dateutil() -> None:
    script = (
        "import sys; from searchkit.news.dates import read_date\n"
        "assert read_date('2019-02-19 10:30') and read_date('3/4/2019') and 'dateutil' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize(
    "relative",
    [
        "2019-02-19-syria.txt",
        "20190219_syria.txt",
        "2019_02_19.txt",
        "2019/02/19/syria.txt",
        "2019/2/19/syria.txt",
        "2019-02/19-syria.txt",
        "2019/02/19-12-dead.txt",
        "archive-2018-01-01/2019-02-19.txt",
        "20190219T1030.txt",
        "2019-02-19/part-99999999.txt",
    ],
)
def test_finds_the_day_in_a_path(relative: str) -> None:
    assert date_from_path(relative) == DAY


@pytest.mark.parametrize(
    "relative",
    [
        "syria.txt",
        "2019/syria.txt",
        "2019-02-31.txt",
        "x-10120305.txt",
        "12019-02-19",
        "2019-02-199",
        "2019/3-1-win.txt",
    ],
)
def test_a_path_without_a_day_gives_none(relative: str) -> None:
    assert date_from_path(relative) is None
