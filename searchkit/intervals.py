"""Days, weeks, months, quarters, years and decades: the civil calendar cut into intervals, and how long one is."""

from __future__ import annotations

import datetime as dt
import re

from searchkit.errors import SearchkitError
from searchkit.results import Interval

SIZES: tuple[str, ...] = ("day", "week", "month", "quarter", "year", "decade")
"""From the shortest to the longest. Weeks begin on Monday (ISO 8601)."""

MOST = 100_000
"""Intervals of one timeline: more is no picture of anything."""

_MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
_DAYS = {"day": 1, "week": 7, "month": 30.4, "quarter": 91.3, "year": 365.2, "decade": 3652.0}
_READABLE = 40
"""Intervals that a screen holds."""

_MEAN_DAYS = {"d": 1.0, "w": 7.0, "m": 365.25 / 12, "y": 365.25}


def fitting(first: dt.date, last: dt.date) -> str:
    """The shortest size that cuts a stretch of days into no more intervals than a screen holds."""
    days = (last - first).days
    return next((size for size in SIZES if days / _DAYS[size] <= _READABLE), SIZES[-1])


def intervals(first: dt.date, last: dt.date, size: str) -> tuple[Interval, ...]:
    """The intervals of a size from the one that holds a day to the one that holds another. Raises SearchkitError where they
    are more than ``MOST``.
    """
    if (last - first).days / _DAYS[size] > MOST:
        raise SearchkitError(
            f"more than {MOST:,} {size}s lie between {first} and {last}; take longer ones, or narrow the query with since:"
        )
    found = []
    start: dt.date | None = _start(first, size)
    while start is not None and start <= last:
        after = _next(start, size)
        end = dt.date.max if after is None else after - dt.timedelta(1)
        found.append(Interval(_label(start, size), start, end))
        start = after
    return tuple(found)


def _start(day: dt.date, size: str) -> dt.date:
    if size == "day":
        return day
    if size == "week":
        return dt.date.fromordinal(max(day.toordinal() - day.weekday(), 1))
    months = _MONTHS[size]
    # Decades begin with a round year; the first one lacks the year 0.
    number = (day.year * 12 + day.month - 1) // months * months
    return dt.date(max(number // 12, 1), number % 12 + 1, 1)


def _next(start: dt.date, size: str) -> dt.date | None:
    """The first day of the interval after the one that begins on ``start``; None at the end of the calendar."""
    if size in ("day", "week"):
        number = start.toordinal() + (1 if size == "day" else 7 - start.weekday())
        return dt.date.fromordinal(number) if number <= dt.date.max.toordinal() else None
    months = _MONTHS[size]
    number = ((start.year * 12 + start.month - 1) // months + 1) * months
    return dt.date(number // 12, number % 12 + 1, 1) if number // 12 <= dt.MAXYEAR else None


def _label(start: dt.date, size: str) -> str:
    if size == "week":
        year, week, _ = start.isocalendar()
        return f"{year:04}-W{week:02}"
    if size == "month":
        return start.isoformat()[:7]
    if size == "quarter":
        return f"{start.year:04}-Q{(start.month + 2) // 3}"
    if size == "year":
        return f"{start.year:04}"
    return f"{start.year // 10 * 10:04}s" if size == "decade" else start.isoformat()


def half_life(written: str | int) -> float:
    """The days of a half-life: ``30d``, ``2w``, ``6 months``, ``1y``, or a number of days. Raises ValueError."""
    found = re.fullmatch("([0-9]{1,9}) ?(d|days?|w|weeks?|m|months?|y|years?|)", str(written).strip().lower())
    if found is None or not int(found[1]):
        raise ValueError(
            f"{written!r} is no half-life: write 30d, 2w, 6m or 1y (days, weeks, months, years), or a number of days"
        )
    return int(found[1]) * _MEAN_DAYS[found[2][:1] or "d"]
