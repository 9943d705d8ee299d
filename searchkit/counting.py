"""Counts over everything that a query finds: facets, timelines, the words that set it apart."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import accumulate
from math import asin, atan2, cos, degrees, hypot, radians, sin
from typing import TypeVar

from searchkit import intervals
from searchkit.analysis import Analyzer, code_of
from searchkit.article import Article, Place
from searchkit.bursts import bursts
from searchkit.distinctive import distinctive
from searchkit.engines.base import Engine, Page, usual_sort
from searchkit.errors import SearchkitError
from searchkit.fields import BY_NAME, Form, unpack_place
from searchkit.query.plan import All, And, Plan, Range, Term, marked
from searchkit.results import (
    FacetCounts,
    Facets,
    Interval,
    Peak,
    PlaceCount,
    Places,
    Series,
    Terms,
    TermScore,
    Timeline,
)

FACETS: tuple[str, ...] = (
    "country",
    "region",
    "city",
    "section",
    "topic",
    "publisher",
    "year",
    "byline",
    "language",
)
"""What ``searchkit facets`` counts by."""

_SAMPLE = 1000
"""Matches that are looked at for the words that set them apart."""

_PEAKS = 5
_PEAK_SAMPLE = 200
_PEAK_WORDS = 5
_FROM_PLACE = ("country", "region", "city")

_Value = TypeVar("_Value", str, int)

Planned = tuple[str, Plan, tuple[str, ...]]
"""A query as it was written, its plan, and warnings about how it was read."""


def _facet_of(name: str) -> str:
    """The facet of a name or alias. Raises SearchkitError for one that there is not."""
    found = BY_NAME[name].name if name in BY_NAME else name
    if found not in FACETS:
        raise SearchkitError(f"there is no facet {name!r}: the facets are {', '.join(FACETS)}")
    return found


def facets(engine: Engine, planned: Planned, names: Sequence[str], limit: int) -> Facets:
    """Count what a query finds by some facets, each with its ``limit`` most frequent values."""
    query, plan, warnings = planned
    names = tuple(dict.fromkeys(map(_facet_of, names)))
    fields = dict.fromkeys("location" if name in _FROM_PLACE else name for name in names if name != "year")
    found = engine.counts(plan, tuple(fields), "year" in names)
    made = []
    for name in names:
        counted: Mapping[str, int]
        if name == "year":
            assert found.days is not None
            counted = _summed(found.days, lambda day: f"{dt.date.fromordinal(day).year:04}")
            without = found.total - sum(counted.values())
        elif name in _FROM_PLACE:
            counted = _summed(found.values["location"], partial(_part, name))
            without = found.without["location"] + counted.pop("", 0)
        elif name == "language":
            counted = _summed(found.values[name], lambda value: code_of(value) or value)
            without = found.without[name]
        else:
            counted, without = found.values[name], found.without[name]
        ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
        made.append(FacetCounts(name, tuple(ranked[:limit]), len(ranked), without))
    return Facets(query, found.total, tuple(made), warnings)


def _part(name: str, value: str) -> str:
    """A place's country, region or city, the smaller ones with what they lie in, since many share a name."""
    named = _named(value, name)
    return str(unpack_place(named)) if named else ""


def _summed(counted: Mapping[_Value, int], key: Callable[[_Value], str]) -> dict[str, int]:
    summed: Counter[str] = Counter()
    for value, count in counted.items():
        summed[key(value)] += count
    return dict(summed)


def places(engine: Engine, planned: Planned, by: str, limit: int | None) -> Places:
    """Count what a query finds by the country, region or city that it was filed from. Raises ValueError for another ``by``."""
    if by not in _FROM_PLACE:
        raise ValueError(f"places are counted by {', '.join(_FROM_PLACE)}, and not by {by!r}")
    query, plan, warnings = planned
    found = engine.counts(plan, ("location",), days=False)
    # By their packed names, of which most are counted and never shown: a country that is gone and its successor have one code
    # and two names, a town that was not resolved has no point, so what has the same names is one place.
    gathered: dict[str, list[str]] = {}
    counts: Counter[str] = Counter()
    for value, count in found.values["location"].items():
        if name := _named(value, by):
            gathered.setdefault(name, []).append(value)
            counts[name] += count
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = tuple(
        PlaceCount(_at_the_middle(name, gathered[name], found.values["location"]), count)
        for name, count in ranked[:limit]
    )
    return Places(query, by, found.total, shown, len(ranked), found.total - sum(counts.values()), warnings)


def _named(value: str, by: str) -> str:
    """The names of a packed place up to the part that is counted, packed, without coordinates; "" where it has no such part."""
    city, region, country, code, _ = value.split("|", 4)
    if by == "city":
        return f"{city}|{region}|{country}|{code}||" if city else ""
    if by == "region":
        return f"|{region}|{country}|{code}||" if region else ""
    return f"||{country}|{code}||" if country else ""


def _at_the_middle(name: str, values: Sequence[str], counts: Mapping[str, int]) -> Place:
    """A place with the mean of its parts' coordinates, weighted by their counts. It is taken of vectors on the unit sphere,
    so that 179 degrees west and east are neighbours.
    """
    if len(values) == 1:
        part = unpack_place(values[0])
        return replace(unpack_place(name), latitude=part.latitude, longitude=part.longitude)
    x = y = z = 0.0
    for value in values:
        place, count = unpack_place(value), counts[value]
        if place.latitude is None or place.longitude is None:
            continue
        north, east = radians(place.latitude), radians(place.longitude)
        x, y, z = x + count * cos(north) * cos(east), y + count * cos(north) * sin(east), z + count * sin(north)
    if (length := hypot(x, y, z)) < 1e-9:  # no coordinates, or as much on one side of the Earth as on the other
        return unpack_place(name)
    latitude, longitude = degrees(asin(z / length)), degrees(atan2(y, x))
    return replace(unpack_place(name), latitude=round(latitude, 4), longitude=round(longitude, 4))


def timeline(
    engine: Engine, analyzer: Analyzer, queries: Sequence[Planned], by: str | None, share: bool, peaks: bool
) -> Timeline:
    """Count what some queries find over time. Raises ValueError for intervals that there are not, SearchkitError for too many."""
    if by is not None and by not in intervals.SIZES:
        raise ValueError(f"there are no intervals {by!r}: they are {', '.join(intervals.SIZES)}")
    found = [engine.counts(plan, (), days=True) for _, plan, _ in queries]
    days = [day for counts in found for day in counts.days or ()]
    if not days:
        cut: tuple[Interval, ...] = ()
        size = by or intervals.SIZES[0]
    else:
        first, last = dt.date.fromordinal(min(days)), dt.date.fromordinal(max(days))
        size = by or intervals.fitting(first, last)
        cut = intervals.intervals(first, last, size)
    every = _by_interval(engine.counts(All(), (), days=True).days or {}, cut) if share or peaks else []
    series = []
    for (query, plan, warnings), counts in zip(queries, found, strict=True):
        dated = counts.days or {}
        numbers = _by_interval(dated, cut)
        shares = tuple(n / of if of else None for n, of in zip(numbers, every, strict=True)) if share else None
        marks = _peaks(engine, analyzer, plan, cut, numbers, every) if peaks else None
        undated = counts.total - sum(dated.values())
        series.append(Series(query, counts.total, undated, tuple(numbers), shares, marks, warnings))
    return Timeline(size, cut, tuple(series))


def _by_interval(days: Mapping[int, int], cut: Sequence[Interval]) -> list[int]:
    """The counts of each interval's days; days outside of them all are left out."""
    starts = [interval.first.toordinal() for interval in cut]
    numbers = [0] * len(cut)
    for day, count in days.items():
        if cut and starts[0] <= day <= cut[-1].last.toordinal():
            numbers[bisect_right(starts, day) - 1] += count
    return numbers


def _peaks(
    engine: Engine, analyzer: Analyzer, plan: Plan, cut: Sequence[Interval], numbers: list[int], every: list[int]
) -> tuple[Peak, ...]:
    before = [0, *accumulate(numbers)]
    made = []
    for burst in bursts(numbers, every)[:_PEAKS]:
        inside = Range(cut[burst.first].first.toordinal(), cut[burst.last].last.toordinal())
        sample, _ = _sample(engine, And((plan, inside)), _PEAK_SAMPLE)
        found = _distinctive(engine, analyzer, plan, sample, _PEAK_WORDS)
        count = before[burst.last + 1] - before[burst.first]
        made.append(Peak(burst.first, burst.last, count, burst.weight, tuple(term.word for term in found)))
    return tuple(made)


def terms(engine: Engine, analyzer: Analyzer, planned: Planned, limit: int) -> Terms:
    """The words that set what a query finds apart from the rest of the index, by its best 1,000 matches (the newest,
    where nothing in the query scores).
    """
    query, plan, warnings = planned
    sample, total = _sample(engine, plan, _SAMPLE)
    return Terms(query, total, len(sample), _distinctive(engine, analyzer, plan, sample, limit), warnings)


def _sample(engine: Engine, plan: Plan, size: int) -> tuple[list[Article], int]:
    found = engine.search(plan, usual_sort(plan), Page(size))
    return [article for article in engine.get([id for id, _ in found.hits]) if article is not None], found.total


def _distinctive(
    engine: Engine, analyzer: Analyzer, plan: Plan, sample: Iterable[Article], limit: int
) -> tuple[TermScore, ...]:
    own: dict[Form, set[str]] = {form: set() for form in Form}
    for node in marked(plan):
        own[node.form if isinstance(node, Term) else Form.EXACT].update(
            (node.text,) if isinstance(node, Term) else node.terms
        )

    def is_asked(word: str) -> bool:
        return word in own[Form.EXACT] or any(token.stem in own[Form.STEM] for token in analyzer.tokens(word))

    def having(words: Sequence[str]) -> list[int]:
        return engine.doc_freqs("text", Form.EXACT, words)

    return distinctive(sample, analyzer, having, engine.count(), is_asked, limit)
