"""Which day an article is of, of several that its source names."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.news.dates import ReadDate
from searchkit.news.dating import Candidate, Dated, DateRules, Written, choose_date, future, read_written

DAY = dt.date(2019, 2, 19)
TOMORROW = dt.date(2019, 6, 2)
BERLIN = ZoneInfo("Europe/Berlin")
RULES = DateRules(latest=TOMORROW)


def field(written: Written, name: str = "published") -> Candidate:
    return Candidate("metadata", name, written)


def zone(hours: float) -> dt.timezone:
    return dt.timezone(dt.timedelta(hours=hours))


def read(written: Written, rules: DateRules = RULES) -> tuple[dt.date | None, dt.time | None]:
    found = read_written(written, rules)
    assert found is not None
    return found.date, found.time


def test_the_first_candidate_that_is_a_day_is_taken() -> None:
    dated = choose_date([field("2019-02-19"), field("2019-02-20", "updated")], RULES, "2019-02-21.txt")
    assert dated == Dated(DAY, None, "metadata", "published", ())
    assert choose_date([Candidate("header", "date", DAY)], RULES).source == "header"


def test_the_path_is_asked_last() -> None:
    assert choose_date([field("unknown")], RULES, "2019/02/19/a.txt")[:4] == (DAY, None, "path", None)
    assert choose_date([], RULES, "a.txt") == Dated()
    assert choose_date([], RULES) == Dated()


def test_a_day_in_the_future_is_refused_with_a_note_and_the_next_is_tried() -> None:
    dated = choose_date([field("2091-02-19T10:00:00Z"), field("2019-02-19", "updated")], RULES)
    assert dated[:4] == (DAY, None, "metadata", "updated")
    assert dated.notes == ("2091-02-19 lies in the future and was not taken for its date",)


def test_a_path_in_the_future_is_refused_too() -> None:
    dated = choose_date([], RULES, "2091-02-19.txt")
    assert (dated.date, dated.source) == (None, None)
    assert "future" in dated.notes[0]


def test_tomorrow_is_believed_as_it_may_be_today_elsewhere() -> None:
    assert choose_date([field(TOMORROW)], RULES).date == TOMORROW
    assert choose_date([field(TOMORROW + dt.timedelta(1))], RULES).date is None
    assert future(TOMORROW, RULES) is None
    assert future(dt.date(9999, 12, 31), DateRules()) is None


def test_what_is_no_date_is_noted_by_its_field_and_passed_over() -> None:
    dated = choose_date([field("soon\x00 or\nlater \ud800"), field("February 2019", "month"), field(DAY, "day")], RULES)
    assert (dated.date, dated.name) == (DAY, "day")
    assert dated.notes == ('published "soon or later" was not understood as a date', '"February 2019" names no day')


def test_notes_stay_short() -> None:
    (note,) = choose_date([field("x" * 10_000, "y" * 10_000)], RULES).notes
    assert len(note) < 250
    (note,) = choose_date([field(10**6000)], RULES).notes
    assert note == 'published "a huge number" was not understood as a date'


@pytest.mark.parametrize("nothing", ["", "  ", float("nan")])
def test_an_empty_field_is_passed_over_without_a_word(nothing: Written) -> None:
    assert choose_date([field(nothing)], RULES) == Dated()


def test_how_an_ambiguous_date_was_read_is_noted() -> None:
    assert choose_date([field("03/04/2019")], RULES)[0] == dt.date(2019, 3, 4)
    dated = choose_date([field("03/04/2019")], DateRules(day_first=True))
    assert dated.date == dt.date(2019, 4, 3)
    assert "day/month" in dated.notes[0]


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("2019-02-19T10:30:00Z", dt.time(10, 30, tzinfo=dt.UTC)),
        ("2019-02-19T10:30:00+01:00", dt.time(10, 30, tzinfo=zone(1))),
        ("2019-02-19T10:30:00.25-0530", dt.time(10, 30, 0, 250_000, tzinfo=zone(-5.5))),
        ("2019-02-19 10:30:00+00:00", dt.time(10, 30, tzinfo=dt.UTC)),
        ("2019-02-19T10:30:00,123456789Z", dt.time(10, 30, 0, 123_456, tzinfo=dt.UTC)),
        ("2019-02-19t10:30:00z", dt.time(10, 30, tzinfo=dt.UTC)),
        ("2019-02-19T10:30", dt.time(10, 30)),
        ("2019-02-19T10", dt.time(10)),
        ("  2019-02-19 10:30 \n", dt.time(10, 30)),
        ("2019-02-19 10:30:00 UTC", dt.time(10, 30, tzinfo=dt.UTC)),
        ("20190219T103000Z", dt.time(10, 30, tzinfo=dt.UTC)),
        ("20190219T1030", dt.time(10, 30)),
        ("2019-W08-2T10:30:00", dt.time(10, 30)),
        ("2019W082T1030", dt.time(10, 30)),
        ("20190219103000", dt.time(10, 30)),
        ("201902191030", dt.time(10, 30)),
        ("2019-02-19", None),
        ("20190219", None),
        ("2019-W08-2", None),
        ("2019W082", None),
        ("2019-02-19T24:00:00", None),
        ("2019-02-19T10:61:00Z", None),
        ("Tue, 19 Feb 2019 10:30:00 +0000", dt.time(10, 30, tzinfo=dt.UTC)),
        ("Tue, 19 Feb 19 10:30:00 -0500", dt.time(10, 30, tzinfo=zone(-5))),
        ("19 Feb 119 10:30:00 EST", dt.time(10, 30, tzinfo=zone(-5))),
        ("Tuesday, 19-Feb-19 10:30:00 GMT", dt.time(10, 30, tzinfo=dt.UTC)),
        ("Tue Feb 19 10:30:00 2019", dt.time(10, 30)),
        ("February 19, 2019", None),
        ("19.02.2019 10:30", dt.time(10, 30)),
    ],
)
def test_reads_a_day_in_any_shape_and_invents_no_time(written: str, clock: dt.time | None) -> None:
    assert read(written) == (DAY, clock)


@pytest.mark.parametrize("shape", ["%Y-%m-%dT%H:%M:%S", "%Y%m%dT%H%M%S", "%G-W%V-%uT%H:%M:%S", "%GW%V%uT%H%M%S"])
@pytest.mark.parametrize("end", ["", "Z", "+05:30", "-0800", ".5", ".123456+00:00"])
def test_reads_what_python_reads_as_iso_8601(shape: str, end: str) -> None:
    written = dt.datetime(2019, 12, 30, 23, 5, 59).strftime(shape) + end
    moment = dt.datetime.fromisoformat(written)
    assert read(written) == (moment.date(), moment.timetz())


def test_two_digits_of_a_year_are_read_where_the_standard_of_mail_says_how() -> None:
    assert read("Fri, 19 Feb 49 10:30:00 GMT")[0] == dt.date(2049, 2, 19)
    assert read("Sun, 19 Feb 50 10:30:00 GMT")[0] == dt.date(1950, 2, 19)
    assert read("19 Feb 19") == (None, None)
    assert read("2/19/19") == (None, None)


@pytest.mark.parametrize(
    "written", ["2019-W08", "February 2019", "2019-02-31", "Sat, 30 Feb 2019 10:30:00 GMT", "2019"]
)
def test_a_day_that_is_not_written_or_is_none_is_not_invented(written: str) -> None:
    found = read_written(written, RULES)
    assert found is not None
    assert found.date is None
    assert found.note


@pytest.mark.parametrize(
    "written",
    [
        *(1550572200, 1550572200.0, 1550572200000, 1550572200000000, 1550572200000000000),
        *("1550572200", "1550572200000", "1550572200.0"),
    ],
)
def test_reads_unix_times_in_seconds_and_smaller_units(written: Written) -> None:
    assert read(written) == (DAY, dt.time(10, 30, tzinfo=dt.UTC))


def test_reads_unix_times_of_the_last_century() -> None:
    assert read(915_148_800)[0] == read("915148800")[0] == read("915148800000")[0] == dt.date(1999, 1, 1)
    assert read(-1_000_000_000)[0] == read("-1000000000")[0] == dt.date(1938, 4, 24)


def test_the_day_of_a_unix_time_is_that_of_the_archive() -> None:
    assert read(1550620800, DateRules(zone=ZoneInfo("Asia/Tokyo"))) == (
        dt.date(2019, 2, 20),
        dt.time(9, tzinfo=zone(9)),
    )
    assert read(1550530800, DateRules(zone=BERLIN)) == (DAY, dt.time(0, tzinfo=zone(1)))


@pytest.mark.parametrize("number", [20190219, "20190219"])
def test_a_number_may_be_a_day(number: Written) -> None:
    assert read(number) == (DAY, None)


@pytest.mark.parametrize(
    "number",
    [0, -1, 1, 2019, 43515, True, 20190231, 1e300, -1e300, float("inf"), float("nan"), 10**1000, "99999999999"],
)
def test_a_number_that_means_no_day_is_none(number: Written) -> None:
    assert read_written(number, RULES) is None


def test_a_time_without_a_zone_is_of_the_archives_zone_in_winter_and_summer() -> None:
    rules = DateRules(zone=BERLIN)
    assert read("2019-02-19 10:30", rules)[1] == dt.time(10, 30, tzinfo=zone(1))
    assert read("2019-07-19T10:30:00", rules)[1] == dt.time(10, 30, tzinfo=zone(2))
    assert read("July 19, 2019 10:30 a.m.", rules)[1] == dt.time(10, 30, tzinfo=zone(2))
    assert read(dt.datetime(2019, 7, 19, 10, 30), rules)[1] == dt.time(10, 30, tzinfo=zone(2))
    assert read(ReadDate(DAY, dt.time(10, 30), None, 0), rules)[1] == dt.time(10, 30, tzinfo=zone(1))
    assert read("2019-02-19", rules)[1] is None


def test_a_zone_that_is_written_is_kept() -> None:
    rules = DateRules(zone=BERLIN)
    assert read("2019-02-19T23:30:00-08:00", rules) == (DAY, dt.time(23, 30, tzinfo=zone(-8)))
    assert read(dt.datetime(2019, 2, 19, 9, tzinfo=ZoneInfo("Asia/Tokyo")), rules)[1] == dt.time(9, tzinfo=zone(9))


def test_a_day_before_there_were_newspapers_stands_for_none() -> None:
    assert read_written("0001-01-01T00:00:00", RULES) is None
    assert read_written("0001-01-01", RULES) is None
    assert read_written(dt.date(1, 1, 1), RULES) is None
    assert read_written(dt.datetime(1, 1, 1), RULES) is None
    assert read("1605-09-01")[0] == dt.date(1605, 9, 1)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer whose clock is set far from UTC."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Pacific/Kiritimati")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
def test_the_zone_of_the_computer_has_no_influence() -> None:
    assert dt.datetime.fromtimestamp(1550572200).day == 20
    assert read(1550572200) == (DAY, dt.time(10, 30, tzinfo=dt.UTC))
    assert read("2019-02-19T10:30:00") == (DAY, dt.time(10, 30))
    assert read("Tue, 19 Feb 2019 10:30:00 +0000") == (DAY, dt.time(10, 30, tzinfo=dt.UTC))


WORDS = st.sampled_from(
    [
        "2019",
        "-",
        "02",
        "19",
        "T",
        " ",
        ":",
        "10",
        "W08",
        "Feb",
        "Tue,",
        "+",
        "Z",
        ".",
        "99999999999999",
        "0",
        "²",
        "٣",
        "GMT",
        "\0",
    ]
)
RULES_OF_ALL_KINDS = st.builds(
    DateRules,
    st.booleans(),
    st.sampled_from([None, dt.UTC, BERLIN, ZoneInfo("Africa/Monrovia")]),
    st.none() | st.dates(),
)


@given(
    st.one_of(
        st.text(), st.lists(WORDS).map("".join), st.integers(), st.floats(), st.dates(), st.datetimes(), st.booleans(),
        st.datetimes(timezones=st.sampled_from([BERLIN, dt.UTC, zone(-23)])),
    ),
    RULES_OF_ALL_KINDS,
)  # fmt: skip
def test_whatever_is_written_nothing_is_raised(written: Written, rules: DateRules) -> None:
    dated = choose_date([field(written)], rules, "2019-02-19.txt")
    assert dated.date is None or 1600 <= dated.date.year <= 9999
    assert dated.date is None or rules.latest is None or dated.date <= rules.latest
    assert dated.time is None or dated.date is not None
    if dated.time is not None:
        assert dt.time.fromisoformat(dated.time.isoformat()) == dated.time
    assert all(note.isprintable() for note in dated.notes)
    assert choose_date([field(written)], rules, "2019-02-19.txt") == dated
