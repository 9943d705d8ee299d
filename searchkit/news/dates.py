"""Dates as news prints them, read without guessing.

A day, a month or a year that is not written is never invented, and neither today's date nor the locale has any
influence: the same text is the same day on every machine. Numeric dates are read here; those with a month's name by
python-dateutil, which is imported when the first one is met.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

# Zones that a text may name: those of RFC 5322, section 4.3. Every other abbreviation means several zones.
_ZONES = {"Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7}
_ZONES |= {"PDT": -7, "PST": -8}
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_WEEKDAYS = "mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
_TIME = (
    r"(?P<hour>\d{1,4}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?:[ \t]?(?P<half>[ap])\.?m\b\.?)?"
    rf"(?:[ \t]?(?P<zone>[+-]\d\d:?\d\d(?!\d)|(?-i:{'|'.join(_ZONES)})\b))?"
)
_CLOCK = r"(?P<oclock>\d{1,2})[ \t]?(?P<oclock_half>[ap])\.?m\b\.?"

_ISO = re.compile(r"\s*(\d{4})(?:-(\d\d)-(\d\d)|(\d\d)(\d\d))(?:[Tt](?=\d)|(?!\w))")
_AFTER_ISO = re.compile(rf"(?:[ \t]*,?[ \t]+|(?<=[Tt])){_TIME}(?!\w)", re.IGNORECASE)
_COMPACT_TIME = re.compile(r"(?<=[Tt])\d{4,6}(?:Z|[+-]\d\d:?\d\d)?(?!\w)")
_TOKEN = re.compile(
    rf"(?P<time>{_TIME}|{_CLOCK})"
    rf"|(?P<month>{_MONTHS})\b\.?"
    rf"|(?P<weekday>{_WEEKDAYS})\b\.?"
    r"|(?P<number>\d{1,8})(?:st|nd|rd|th)?(?!\w)"
    r"|(?P<word>of|at|on|the)\b",
    re.IGNORECASE,
)
_GAP = re.compile(r"[ \t]*[,./\-–]?[ \t]*")
_NUMERIC = re.compile(r"(\d{1,4})([-/. ])(\d{1,2})\2(\d{1,4})")
_YEAR_MONTH = re.compile(r"\d{4}(?:[-/.]\d{1,2})?")
_LONGEST = 80

_SEPARATED_PATH = re.compile(
    r"(?<!\d)(?=((?:1[6-9]|20)\d\d)(?:[-_./](\d\d)[-_./](\d\d)(?!\d)|/(\d{1,2})/(\d{1,2})/|(\d\d)(\d\d)(?!\d)))"
)


class ReadDate(NamedTuple):
    """What the beginning of a text says about a date.

    ``date`` is the civil day, or None where the text has the look of a date but names no day: then ``note`` says why.
    ``time`` is the time of that day with its zone, as far as written. ``note`` is a remark for people: how an
    ambiguous date was read, or what is wrong with it. ``end`` is the offset at which the rest of the text begins.
    """

    date: dt.date | None
    time: dt.time | None
    note: str | None
    end: int


def read_date(text: str, day_first: bool = False) -> ReadDate | None:
    """The date that ``text`` begins with (white space before it is allowed), or None if it begins with none.

    ``day_first`` reads 03/04/2019 as 3 April; the note says how such a date was read. Month names are English.
    """
    head = text[: _LONGEST + 20]
    iso = _ISO.match(head)
    if iso:
        return _read_iso(head, iso)
    return _read_tokens(head, day_first)


def date_from_path(relative: str) -> dt.date | None:
    """The day in a file's or folder's name: ``2019-02-19-x.txt``, ``20190219_x.txt``, ``2019/02/19/x.txt``, or None.

    The last one counts, as the file's own name says more than its folders'. Only the years 1600 to 2099 are taken:
    there were no newspapers before, and other numbers of eight digits are everywhere.
    """
    found = None
    for match in _SEPARATED_PATH.finditer(relative):
        year, *pairs = match.groups()
        month, day = (part for part in pairs if part is not None)
        found = _civil(int(year), int(month), int(day)) or found
    return found


def _civil(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _read_iso(text: str, match: re.Match[str]) -> ReadDate:
    year, month, day = (int(part) for part in match.groups() if part is not None)
    date = _civil(year, month, day)
    end = match.end()
    time = note = None
    clock = _AFTER_ISO.match(text, end)
    if clock:
        end = clock.end()
        time, note = _read_time(clock)
    elif text[end - 1] in "Tt":
        compact = _COMPACT_TIME.match(text, end)
        end = compact.end() if compact else end - 1
        time, note = _read_compact_time(compact[0]) if compact else (None, None)
    if date is None:
        return ReadDate(None, None, f"{match[0].strip().rstrip('Tt')} is no day of the calendar", end)
    return ReadDate(date, time, note, end)


def _read_compact_time(written: str) -> tuple[dt.time | None, str | None]:
    try:
        return dt.time.fromisoformat(written), None
    except ValueError:
        return None, _impossible_time(written)


def _impossible_time(written: str) -> str:
    return f"the time {written} is impossible and was left out"


def _read_time(match: re.Match[str]) -> tuple[dt.time | None, str | None]:
    """The time that a match of ``_TIME`` or ``_CLOCK`` means, and a note if there is no such time."""
    groups = match.groupdict()
    half = groups["half"] or groups.get("oclock_half")
    hour = int(groups["hour"] or groups["oclock"])
    written = match[0].strip(" \t,")
    if half:
        if not 1 <= hour <= 12:
            return None, _impossible_time(written)
        hour = hour % 12 + (12 if half in "pP" else 0)
    fraction = (groups["fraction"] or "0")[:6].ljust(6, "0")
    try:
        zone = _read_zone(groups["zone"])
        return dt.time(hour, int(groups["minute"] or 0), int(groups["second"] or 0), int(fraction), tzinfo=zone), None
    except ValueError:
        return None, _impossible_time(written)


def _read_zone(written: str | None) -> dt.tzinfo | None:
    if written is None:
        return None
    if written in _ZONES:
        hours = _ZONES[written]
        return dt.timezone(dt.timedelta(hours=hours)) if hours else dt.UTC
    minutes = int(written[1:3]) * 60 + int(written[-2:])
    return dt.timezone(dt.timedelta(minutes=-minutes if written[0] == "-" else minutes))


def _tokens(text: str) -> list[re.Match[str]]:
    """The longest run of tokens that can be one date: at most day, month, year, one time and one weekday."""
    run: list[re.Match[str]] = []
    values: list[str] = []
    position = len(text) - len(text.lstrip())
    while position < _LONGEST:
        token = _TOKEN.match(text, position)
        if not token:
            break
        if token["month"] or token["number"]:
            value = "month" if token["month"] else "year" if len(token["number"]) == 4 else "number"
            # "February 2019 10 DOWNING STREET": nobody writes the day after month and year.
            if len(values) == 3 or values == ["month", "year"] or (value == "month" and "month" in values):
                break
            values.append(value)
        elif any(token.lastgroup == earlier.lastgroup for earlier in run if not token["word"]):
            break
        run.append(token)
        gap = _GAP.match(text, token.end())
        position = gap.end() if gap else token.end()
    return run


def _read_tokens(text: str, day_first: bool) -> ReadDate | None:
    run = _tokens(text)
    partial: ReadDate | None = None
    # From the longest reading to the shortest: what follows the date may look like a part of one ("MAY PEN, Jamaica").
    while run:
        # A word such as "at" is the beginning of something else when no time follows.
        if not run[-1]["word"]:
            found = _read_run(text, run, day_first)
            if found and found.date:
                return found
            partial = partial or found
        run.pop()
    return partial


def _read_run(text: str, run: list[re.Match[str]], day_first: bool) -> ReadDate | None:
    start, end = run[0].start(), run[-1].end()
    clock = next((token for token in run if token["time"]), None)
    day_text = text[start:end] if clock is None else f"{text[start : clock.start()]} {text[clock.end() : end]}"
    day_text = day_text.strip(" \t,./-–")
    time, time_note = _read_time(clock) if clock else (None, None)
    date: dt.date | None = None
    note: str | None = None
    if numeric := _NUMERIC.search(day_text):
        date, note = _read_numeric(numeric, day_first)
    elif any(token["month"] for token in run) and any(token["number"] for token in run):
        date, note = _read_named(run, day_text)
    elif _YEAR_MONTH.fullmatch(day_text):
        note = f'"{day_text}" names no day'
    if date is None and note is None:
        return None
    notes = "; ".join(part for part in (note, time_note if date else None) if part)
    return ReadDate(date, time if date else None, notes or None, end)


def _read_numeric(match: re.Match[str], day_first: bool) -> tuple[dt.date | None, str | None]:
    first, _, second, third = match.groups()
    if len(first) == 4:
        date = _civil(int(first), int(second), int(third)) if len(third) <= 2 else None
        return date, None if date else f"{match[0]} is no day of the calendar"
    if len(third) < 4:
        return None, f"{match[0]} has a year of two digits, which was not guessed"
    a, b, year = int(first), int(second), int(third)
    either = a != b and max(a, b) <= 12
    month, day = (b, a) if a > 12 or (either and day_first) else (a, b)
    date = _civil(year, month, day)
    if date is None:
        return None, f"{match[0]} is no day of the calendar"
    if not either:
        return date, None
    if day_first:
        return date, f"{match[0]} read as day/month; without --day-first it is read the other way"
    return date, f"{match[0]} read as month/day; --day-first reads it the other way"


def _read_named(run: list[re.Match[str]], written: str) -> tuple[dt.date | None, str | None]:
    """A date with a month's name. Two parses with different defaults show which parts are written."""
    # "Tues. Sept. 5th" → "Sep 5": dateutil does not know every abbreviation.
    parts = " ".join(token["number"] or token["month"][:3] for token in run if token["number"] or token["month"])
    from dateutil import parser

    class Info(parser.parserinfo):
        short_year = False

        def convertyear(self, year: int, century_specified: bool = False) -> int:
            # dateutil would choose the century by today's date.
            self.short_year = self.short_year or (year < 100 and not century_specified)
            return year

    info = Info()
    results = []
    for default in (dt.datetime(2000, 1, 1), dt.datetime(2004, 2, 15)):
        try:
            results.append(parser.parser(info).parse(parts, default=default, ignoretz=True).date())
        except (ValueError, OverflowError, TypeError):
            return None, f"{written} is no day of the calendar" if _names_all_parts(parts) else None
    if info.short_year:
        return None, f"{written} has a year of two digits, which was not guessed"
    one, two = results
    if one == two:
        return one, None
    missing = [part for part in ("year", "month", "day") if getattr(one, part) != getattr(two, part)]
    return None, f'"{written}" names {" and ".join(f"no {part}" for part in missing)}'


def _names_all_parts(written: str) -> bool:
    numbers = re.findall(r"\d+", written)
    return len(numbers) == 2 and any(len(number) == 4 for number in numbers)
