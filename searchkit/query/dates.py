"""Date expressions: what people write for a day or a span of days → civil days.

``_FORMS`` is the whole language, a row for each way of writing; ranges are made of two such expressions. Today is a
parameter, so nothing here reads a clock, a time zone or a locale.

A search from a cold start imports this, so it is cheap to import: patterns are compiled when a date is first read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import NamedTuple

from searchkit.records import Record

MAX_LENGTH = 100
"""The longest expression that is read, in characters."""


class Days(Record):
    """Civil days from ``low`` to ``high``, both included; None is open."""

    low: dt.date | None
    high: dt.date | None


class DateError(ValueError):
    """An expression that cannot be read. ``message`` says what is wrong, ``hint`` (or None) what to write instead."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class _Found(NamedTuple):
    """What a row of the table has to go by: the named parts of the text, all lower case, and the caller's settings."""

    part: dict[str, str]
    today: dt.date
    day_first: bool


# --- calendar arithmetic, in day numbers (``date.toordinal``) and month numbers (12 × year + month − 1) ---

_FIRST_MONTH, _LAST_MONTH = 12, 9999 * 12 + 11


def _span(low: int, high: int) -> Days:
    """The days from one day number to another, without those that the calendar does not have."""
    low, high = max(low, 1), min(high, dt.date.max.toordinal())
    if low > high:
        raise DateError("that is outside the calendar", "dates run from 0001-01-01 to 9999-12-31")
    return Days(dt.date.fromordinal(low), dt.date.fromordinal(high))


def _months(first: int, count: int) -> Days:
    """So many whole months from a month number on, without those that the calendar does not have."""
    start, last = max(first, _FIRST_MONTH), min(first + count - 1, _LAST_MONTH)
    if start > last:
        raise DateError("that is outside the calendar", "dates run from 0001-01-01 to 9999-12-31")
    low = dt.date(start // 12, start % 12 + 1, 1)
    high = dt.date(last // 12, last % 12 + 1, _length(last))
    return Days(low, high)


def _length(month: int) -> int:
    """How many days a month (by number) has."""
    year, index = divmod(month, 12)
    return 31 if index == 11 else (dt.date(year, index + 2, 1) - dt.date(year, index + 1, 1)).days


def _month_of(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


_DAYS = {"day": 1, "week": 7}
_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


def _back(day: dt.date, count: int, unit: str) -> int:
    """The day number so many units earlier (0: before the calendar). A day that the month lacks becomes its last."""
    if unit in _DAYS:
        return max(0, day.toordinal() - count * _DAYS[unit])
    month = _month_of(day) - count * _MONTHS_IN[unit]
    if month < _FIRST_MONTH:
        return 0
    return dt.date(month // 12, month % 12 + 1, min(day.day, _length(month))).toordinal()


# --- the parts of an expression ---

_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = {name[:length]: number for number, name in enumerate(_MONTH_NAMES, 1) for length in (3, None)} | {"sept": 9}
_WEEKDAYS = {name[:length]: number for number, name in enumerate(_WEEKDAY_NAMES) for length in (3, None)}
_RELATIVE = {"yesterday": -1, "today": 0, "tomorrow": 1}

_YEAR = "(?P<year>[0-9]+)"  # any number of digits, so that a wrong year is called one
_MM = "(?P<month>[0-9]{1,2})"
_DD = "(?P<day>[0-9]{1,2})"
_DAY = f"{_DD}(?:st|nd|rd|th)?"
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})\.?"
_WEEKDAY = rf"(?P<weekday>{'|'.join(_WEEKDAYS)})"
_COUNT = "(?P<count>[0-9]+|an?|one)"
_PERIOD = "(?P<unit>week|month|quarter|year)"
_UNIT = "(?P<unit>day|week|month|quarter|year)"


def _year(found: _Found) -> int:
    text = found.part["year"]
    year = int(text)
    if not 1 <= year <= 9999:
        raise DateError(f"there is no year {text}", "years run from 0001 to 9999")
    if len(text) != 4:
        raise DateError(f"a year has four digits: '{text}' has {len(text)}", f"the year {year} is written {year:04d}")
    return year


def _month(found: _Found) -> int:
    text = found.part["month"]
    month = _MONTHS.get(text) or int(text)
    if not 1 <= month <= 12:
        raise DateError(f"there is no month {text}", "months run from 01 to 12")
    return month


def _count(found: _Found) -> int:
    text = found.part.get("count", "one")
    return int(text) if text.isdigit() else 1


# --- what each form means ---


def _read_year(found: _Found) -> Days:
    return _months(_year(found) * 12, 12)


def _read_decade(found: _Found) -> Days:
    return _months(int(found.part["decade"]) * 12, 120)


def _read_quarter(found: _Found) -> Days:
    quarter = int(found.part["quarter"])
    if not 1 <= quarter <= 4:
        raise DateError(f"there is no quarter {quarter}", "quarters run from Q1 to Q4")
    return _months(_year(found) * 12 + 3 * (quarter - 1), 3)


def _read_month(found: _Found) -> Days:
    return _months(_year(found) * 12 + _month(found) - 1, 1)


def _read_day(found: _Found) -> Days:
    year, month, day = _year(found), _month(found), int(found.part["day"])
    length = _length(year * 12 + month - 1)
    if not 1 <= day <= length:
        name = _MONTH_NAMES[month - 1].title()
        raise DateError(f"there is no {day} {name} {year:04d}", f"{name} {year:04d} has {length} days")
    date = dt.date(year, month, day)
    return Days(date, date)


def _read_ambiguous(found: _Found) -> Days:
    first, second = found.part["first"], found.part["second"]
    day, month = (first, second) if found.day_first else (second, first)
    if int(month) > 12 >= int(day):
        day, month = month, day
    return _read_day(found._replace(part={**found.part, "day": day, "month": month}))


def _read_week(found: _Found) -> Days:
    # ISO 8601: weeks begin on Monday, and a year's last week is the one that holds 28 December.
    year, week = _year(found), int(found.part["week"])
    weeks = dt.date(year, 12, 28).isocalendar().week
    if not 1 <= week <= weeks:
        raise DateError(f"there is no week {week} in {year:04d}", f"its weeks run from W01 to W{weeks}")
    monday = dt.date.fromisocalendar(year, week, 1).toordinal()
    if "day" not in found.part:
        return _span(monday, monday + 6)
    day = int(found.part["day"])
    if not 1 <= day <= 7:
        raise DateError(f"there is no day {day} in a week", "days run from 1 (Monday) to 7 (Sunday)")
    return _span(monday + day - 1, monday + day - 1)


def _read_relative(found: _Found) -> Days:
    day = found.today.toordinal() + _RELATIVE[found.part["relative"]]
    return _span(day, day)


def _read_period(found: _Found) -> Days:
    """The calendar's week, month, quarter or year that today is in, or the one before it."""
    unit, before = found.part["unit"], found.part["which"] == "last"
    if unit == "week":
        monday = found.today.toordinal() - found.today.weekday() - 7 * before
        return _span(monday, monday + 6)
    size, month = _MONTHS_IN[unit], _month_of(found.today)
    return _months(month - month % size - size * before, size)


def _read_weekday(found: _Found) -> Days:
    """The most recent such day: today counts, unless it is the last one that is asked for."""
    since = (found.today.weekday() - _WEEKDAYS[found.part["weekday"]]) % 7
    if "last" in found.part and since == 0:
        since = 7
    day = found.today.toordinal() - since
    return _span(day, day)


def _read_past(found: _Found) -> Days:
    """So many days, weeks, months or years that end today."""
    count = _count(found)
    if count == 0:
        raise DateError(f"the past 0 {found.part['unit']}s hold no day", "write 'today' for one day")
    return _span(_back(found.today, count, found.part["unit"]) + 1, found.today.toordinal())


def _read_ago(found: _Found) -> Days:
    day = _back(found.today, _count(found), found.part["unit"])
    return _span(day, day)


def _read_any(_: _Found) -> Days:
    return Days(None, None)


class _Form(NamedTuple):
    example: str
    pattern: str
    read: Callable[[_Found], Days]


# The first row that matches is taken. Texts are lower case, with single spaces.
_FORMS = (
    _Form("2019-02-19", f"{_YEAR}-{_MM}-{_DD}", _read_day),
    _Form("2019/02/19", f"{_YEAR}/{_MM}/{_DD}", _read_day),
    _Form("20190219", "(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})", _read_day),
    _Form("2019-02", f"{_YEAR}[-/]{_MM}", _read_month),
    _Form("02/2019", f"{_MM}[-/.]{_YEAR}", _read_month),
    _Form("2019", _YEAR, _read_year),
    _Form("1990s", "(?P<decade>[0-9]{3}0)'?s", _read_decade),
    _Form("2019-Q1", f"{_YEAR}[- ]?q(?P<quarter>[0-9])", _read_quarter),
    _Form("Q1 2019", f"q(?P<quarter>[0-9])[- ]?{_YEAR}", _read_quarter),
    _Form("2019-W08", f"{_YEAR}-?w(?P<week>[0-9]{{1,2}})(?:-(?P<day>[0-9]))?", _read_week),
    _Form("February 2019", f"{_MONTH}[- ,]*{_YEAR}", _read_month),
    _Form("19 February 2019", f"{_DAY}[- ]?{_MONTH}[- ,]*{_YEAR}", _read_day),
    _Form("February 19, 2019", f"{_MONTH} ?{_DAY}(?:, ?| ){_YEAR}", _read_day),
    _Form("02/19/2019", f"(?P<first>[0-9]{{1,2}})([-/])(?P<second>[0-9]{{1,2}})\\2{_YEAR}", _read_ambiguous),
    _Form("19.02.2019", rf"{_DD}\. ?{_MM}\. ?{_YEAR}", _read_day),
    _Form("yesterday", f"(?P<relative>{'|'.join(_RELATIVE)})", _read_relative),
    _Form("last week", f"(?P<which>this|last) {_PERIOD}", _read_period),
    _Form("monday", _WEEKDAY, _read_weekday),
    _Form("last monday", f"(?P<last>last) {_WEEKDAY}", _read_weekday),
    _Form("past year", f"(?:the )?past {_UNIT}", _read_past),
    _Form("past 30 days", f"(?:the )?(?:past|last) {_COUNT} {_UNIT}s?", _read_past),
    _Form("3 days ago", f"{_COUNT} {_UNIT}s? ago", _read_ago),
    _Form("*", r"\*", _read_any),
)

EXAMPLES = tuple(form.example for form in _FORMS)
"""One expression of every form, for help texts. Ranges take two of them: ``2019-02..2019-03``, ``[2019 TO today]``."""

# Near misses: they are understood well enough to say what is right.
_SLIPS = (
    (f"{_YEAR} ?[-–—/] ?(?P<last>[0-9]{{4}})", "a range is written {year}..{last}"),
    (f"(?:{_DAY} )?{_MONTH}", "add the year: '{text} 2019'"),
    (r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[t ].*", "days have no time here: '{date}'"),
    (r"[\[{].*|.*[\]}]", "a range is written [2019-02-01 TO 2019-03-01], both ends included"),
)

_WORDS = sorted(
    {*_MONTHS, *_WEEKDAYS, *_RELATIVE, "this", "last", "past", "ago", "the", "an"}
    | {unit + plural for unit in (*_DAYS, *_MONTHS_IN) for plural in ("", "s")}
)

_RANGE = re.compile(r"(?P<low>.*?)(?:\.\.|(?:^|(?<= ))to(?= |$))(?P<high>.*)", re.IGNORECASE)


def parse_days(text: str, today: dt.date, day_first: bool = False) -> Days:
    """The civil days that an expression means, as of ``today``.

    Understands everything in ``EXAMPLES``, in any case, and ranges of two such expressions: ``2019-02..2019-03``,
    ``[2019-02 TO 2019-03]``, with ``*`` or nothing for an open end; the end takes the whole of its unit. ``03/04/2019``
    is the 4th of March, or with ``day_first`` the 3rd of April; where only one reading is possible, that is taken. What
    reaches over either end of the calendar (the years 1 and 9999) is cut there.

    Raises DateError, and nothing else, for what cannot be read and for days that do not exist.
    """
    if len(text) > MAX_LENGTH:
        raise DateError(f"a date of more than {MAX_LENGTH} characters", f"write it in at most {MAX_LENGTH}")
    text = " ".join(text.split())
    bracketed = text.startswith("[") and text.endswith("]")
    inner = text[1:-1].strip() if bracketed else text
    found = _RANGE.fullmatch(inner)
    if found is None:
        return _expression(text, today, day_first)
    low, high = found["low"].strip(), found["high"].strip()
    days = Days(_expression(low or "*", today, day_first).low, _expression(high or "*", today, day_first).high)
    if days.low is not None and days.high is not None and days.low > days.high:
        raise DateError(f"the range ends before it begins: {days.low} is after {days.high}", f"swap: {high}..{low}")
    return days


def _expression(text: str, today: dt.date, day_first: bool) -> Days:
    lower = text.lower()
    for form in _FORMS:
        if match := re.fullmatch(form.pattern, lower):
            part = {name: value for name, value in match.groupdict().items() if value is not None}
            return form.read(_Found(part, today, day_first))
    raise DateError(f"{text!r} is not a date" if text else "a date is missing", _hint(lower))


def _hint(text: str) -> str:
    """What to write instead of a text that no form matches."""
    for pattern, hint in _SLIPS:
        if match := re.fullmatch(pattern, text):
            return hint.format(text=text, **match.groupdict())
    guess = re.sub("[a-z]{3,}", lambda word: _nearest(word[0]), text)
    for form in _FORMS:
        if guess != text and re.fullmatch(form.pattern, guess):
            return f"did you mean '{guess}'?"
    return "write it like 2019, 2019-02, 2019-02-19, 19 February 2019, 2019-W08, 'last week', 2019-02..2019-03"


def _nearest(word: str) -> str:
    import difflib  # only needed for a mistake

    return next(iter(difflib.get_close_matches(word, _WORDS, 1)), word)
