"""Which day an article is of: the first of several candidates that is a day, and not in the future.

Archives say a date in many places. What the article itself says goes before what the page or record around it says, and
that before the name of the file; whoever reads a format gives the candidates in that order.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from searchkit.news.dates import ReadDate, date_from_path, read_date

Written = str | int | float | dt.date | ReadDate
"""A date as a format gives it: text, a Unix time in seconds or milliseconds, or what is a date already."""

_NO_YEAR_BEFORE = 1600
"""There were no newspapers before."""

_MILLISECONDS_FROM = 1e11
"""As seconds this would be the year 5138, as milliseconds it is 1973; microseconds and nanoseconds begin likewise."""

_NO_UNIX_TIME = 1e7
"""Smaller numbers are years, days as spreadsheets count them, or nothing at all: 0 is no article of 1970."""

_LONGEST = 100
"""Characters of a text that are looked at; no date has more."""

_SHOWN = 80

# Seconds, milliseconds, microseconds and nanoseconds since 1970, from 1973 on, and before that with a sign.
_UNIX = re.compile(r"(?:\d{9,10}(?:\d{3}){0,3}|-\d{8,10}(?:\d{3})?)(?:\.\d+)?")
_STAMP = re.compile(r"((?:1[6-9]|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?")
_WEEK = re.compile(r"\d{4}-W\d\d-[1-7]|\d{4}W\d\d[1-7]")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# RFC 5322, section 3.3, as mail and RSS have it: "Tue, 19 Feb 2019 12:00:00 +0000"; with hyphens, that of HTTP's beginnings.
_MAIL = re.compile(
    rf"(?:[a-z]{{3,9}}\.?,?\s+)?(\d{{1,2}})[ -]({'|'.join(_MONTHS)})[ -](\d{{2,4}})(?=\s+\d{{1,2}}:\d\d)", re.IGNORECASE
)


class Candidate(NamedTuple):
    """A place that may say the date. ``source`` is what ``Article.date_source`` becomes: ``"header"``, ``"metadata"`` or
    ``"path"``; ``name`` the field's own name ("pubDate"), for people.
    """

    source: str
    name: str
    written: Written


class DateRules(NamedTuple):
    """How dates are read. ``day_first`` reads 03/04/2019 as 3 April; a time without a zone is of ``zone`` (None: it stays
    without); a day after ``latest`` is not believed.
    """

    day_first: bool = False
    zone: dt.tzinfo | None = None
    latest: dt.date | None = None


class Dated(NamedTuple):
    """The day, its time with the zone, where they come from (a candidate's ``source`` and ``name``), and remarks."""

    date: dt.date | None = None
    time: dt.time | None = None
    source: str | None = None
    name: str | None = None
    notes: tuple[str, ...] = ()


def choose_date(candidates: Iterable[Candidate], rules: DateRules, path: str | None = None) -> Dated:
    """The first candidate that names a day which can be. ``path`` is the last one: the file's, as an article shows it.

    The remarks say why the ones before it were passed over, and how an ambiguous one was read. A candidate without any
    content is passed over without a word.
    """
    notes: list[str] = []
    for source, name, written in candidates:
        read = read_written(written, rules)
        if read is None:
            if not _says_nothing(written):
                notes.append(f'{_shown(name)} "{_shown(written)}" was not understood as a date')
            continue
        if read.note:
            notes.append(read.note)
        if read.date is None:
            continue
        if refusal := future(read.date, rules):
            notes.append(refusal)
            continue
        return Dated(read.date, read.time, source, name, tuple(notes))
    day = date_from_path(path) if path else None
    if day is not None and (refusal := future(day, rules)):
        notes.append(refusal)
        day = None
    return Dated(day, None, "path" if day else None, None, tuple(notes))


def future(date: dt.date, rules: DateRules) -> str | None:
    """Why a day cannot be an article's, in words, if it is later than the latest that can be."""
    if rules.latest is None or date <= rules.latest:
        return None
    return f"{date} lies in the future and was not taken for its date"


def read_written(written: Written, rules: DateRules) -> ReadDate | None:
    """A date in any of the shapes that formats give it in. None where it is none, or one before there were newspapers, as
    0001-01-01 is, which stands for no date. Whatever is given, nothing is raised.
    """
    if isinstance(written, str):
        read = _read_text(written, rules)
    elif isinstance(written, ReadDate):
        read = written
    elif isinstance(written, dt.datetime):
        return _of_moment(written, rules.zone)
    elif isinstance(written, dt.date):
        read = ReadDate(written, None, None, 0)
    else:
        return _of_number(written, rules.zone)
    if read is None or read.date is None:
        return read
    if read.date.year < _NO_YEAR_BEFORE:
        return None
    if rules.zone is not None and read.time is not None and read.time.tzinfo is None:
        return read._replace(time=_in_zone(read.date, read.time, rules.zone))
    return read


def _read_text(written: str, rules: DateRules) -> ReadDate | None:
    written = written[: 4 * _LONGEST].strip()[:_LONGEST]
    if written[-1:] == "z":  # RFC 3339 allows small letters, and Python does not
        written = written.upper()
    # Nearly all metadata are ISO 8601, which Python reads fast. It would also take any sign for the "T", and since 3.13
    # 24:00 for the next day.
    if written[10:11] in ("T", " ", "t") and written[4:5] == "-" and written[11:13] != "24":
        try:
            return _of_moment(dt.datetime.fromisoformat(written), rules.zone)
        except ValueError:
            pass
    if written[-1:].isdigit() and _UNIX.fullmatch(written) and not _STAMP.fullmatch(written):
        return _of_number(float(written), rules.zone)
    return _read_words(written, rules.day_first)


# Articles of one day, and their several fields, often have the same.
@lru_cache(maxsize=4096)
def _read_words(written: str, day_first: bool) -> ReadDate | None:
    """A date in a text that is not plain ISO 8601."""
    if stamp := _STAMP.fullmatch(written):
        year, month, day, hour, minute, second = stamp.groups("00")
        written = f"{year}-{month}-{day} {hour}:{minute}:{second}"
    elif mail := _MAIL.match(written):
        day, month, year = mail.groups()
        written = (
            f"{_mail_year(year)}-{_MONTHS.index(month.lower()) + 1:02}-{int(day):02} {written[mail.end() :].lstrip()}"
        )
    elif _WEEK.match(written) or written[8:9] in ("T", "t"):
        # The compact forms, and weeks. Without a time, midnight must not be invented.
        try:
            if _WEEK.fullmatch(written):
                return ReadDate(dt.date.fromisoformat(written), None, None, len(written))
            if written[9:11] != "24":
                return _of_moment(dt.datetime.fromisoformat(written.upper()), None)
        except ValueError:
            pass
    return read_date(written, day_first)


def _mail_year(written: str) -> int:
    """RFC 5322, section 4.3: what is meant by years of two and three digits."""
    year = int(written)
    return year if len(written) == 4 else year + 2000 if len(written) == 2 and year < 50 else year + 1900


def _of_number(number: float, zone: dt.tzinfo | None) -> ReadDate | None:
    """A Unix time: the day is the one of the archive's zone, or else of UTC. 20190219 is a day."""
    size = abs(number)
    if not _NO_UNIX_TIME <= size < 1e20:
        return None
    if isinstance(number, int) and 16_000_000 <= number <= 21_001_231:
        read = read_date(str(number))
        return read if read is not None and read.date is not None else None
    while abs(number) >= _MILLISECONDS_FROM:
        number /= 1000
    try:
        moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=number)
        return _of_moment(moment.astimezone(zone) if zone else moment, None)
    except (ValueError, OverflowError):
        return None


def _of_moment(moment: dt.datetime, zone: dt.tzinfo | None) -> ReadDate | None:
    date = moment.date()
    if date.year < _NO_YEAR_BEFORE:
        return None
    time = moment.timetz()
    if time.tzinfo is None:
        time = _in_zone(date, time, zone)
    elif not isinstance(time.tzinfo, dt.timezone):
        offset = moment.utcoffset()
        time = time.replace(tzinfo=None if offset is None else dt.timezone(offset), fold=0)
    return ReadDate(date, time, None, 0)


def _in_zone(date: dt.date, time: dt.time, zone: dt.tzinfo | None) -> dt.time:
    """A time without a zone with the offset that the zone has on that day, if it has one."""
    if zone is None:
        return time
    offset = dt.datetime.combine(date, time, zone).utcoffset()
    return time if offset is None else time.replace(tzinfo=dt.timezone(offset))


def _says_nothing(written: Written) -> bool:
    return not written.strip() if isinstance(written, str) else isinstance(written, float) and math.isnan(written)


def _shown(written: Written) -> str:
    """What was written, fit to be shown."""
    # Python refuses to print numbers of thousands of digits.
    text = written if isinstance(written, str) else "a huge number" if _is_huge(written) else str(written)
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: _SHOWN + 1]).split())
    return line if len(text) <= _SHOWN else f"{line[:_SHOWN]}…"


def _is_huge(written: Written) -> bool:
    return isinstance(written, int) and written.bit_length() > 200
