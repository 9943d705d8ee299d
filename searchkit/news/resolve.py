"""Which place is meant: a dateline's place gets its name of today, region, country, coordinates, and a confidence.

A place as printed names a town, and perhaps what it lies in. The gazetteer's towns of that name are weighed like odds:
each by its inhabitants, and many times that where the news agencies' lists mean it, where it lies in what is printed after
it, and where the story speaks of its country or region. The confidence is the best one's share of all weights, among which
is that of a place that the gazetteer does not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple

from searchkit.article import Place
from searchkit.news import cities, gazetteer, mentions, places
from searchkit.news.dateline import LONGEST, parse_place
from searchkit.news.places import fold
from searchkit.news.regions import codes_of_today

LOOKED_AT = 2000
"""Characters of a story that are read for the countries that it speaks of."""

_LIKELY = 0.5
"""The confidence from which on a town is taken for the one meant."""

_UNKNOWN = 5000.0
"""The weight, in inhabitants, of a place that the gazetteer does not know."""

_ALTERNATE = 0.05
_ALTERNATE_BESIDE = 0.005
"""A town whose name is another one today: among many alternates some are anything. The second, where another town of the
country has the name ("New Delhi", which Delhi is called too).
"""

_LEAST = 500
"""Inhabitants that a town counts with where GeoNames has fewer, or none."""

_AGREED, _LISTED, _PRINTED = 1000.0, 10.0, 100.0
"""What a place on AP's list, one on the time zones', and a country or region printed after the town make of the weight."""

_MENTIONED = (1.0, 10.0, 30.0, 100.0)
"""What mentions of a town's country or region in the story make of its weight, by their number."""

_SURE = 0.995
"""The confidence from which on the story is not asked."""

# What stands before a town's name where a part or the surroundings of it are meant.
_BEFORE = ("east", "west", "north", "south", "central", "near", "outside", "downtown", "greater")


class _Candidate(NamedTuple):
    """A town that may be meant. ``weight`` is in inhabitants. ``renamed``: the name printed is kept, as of a part of it."""

    entry: gazetteer.Entry
    weight: float
    renamed: bool


class _Choice(NamedTuple):
    """What is known of a printed place without the story: what it was read as, the towns that it may be, by falling weight,
    and the weight of all that are not known.
    """

    place: Place
    candidates: tuple[_Candidate, ...]
    unknown: float


def resolve(printed: str, texts: Iterable[str]) -> Place:
    """The place that is meant by a printed one, in a story of these ``texts``, which are read where several places have the
    name. What cannot be resolved is what :func:`dateline.parse_place` says.
    """
    choice = _choice(printed) if len(printed) <= LONGEST else _choice.__wrapped__(printed)
    if isinstance(choice, Place):
        return choice
    if not choice.candidates:
        return _country_or_state(choice.place, texts)
    return _decided(choice._replace(candidates=_with_mentions(choice.candidates, _beginning(texts))))


# Correspondents stay where they are: a few places make most of an archive's datelines.
@lru_cache(maxsize=8192)
def _choice(printed: str) -> Place | _Choice:
    """The place that is meant, where that can be said without the story."""
    place = parse_place(printed)
    stated = "," in printed
    candidates = tuple(sorted(_candidates(place, stated), key=_weight, reverse=True))
    choice = _Choice(place, candidates, _UNKNOWN / _PRINTED if stated and place.country else _UNKNOWN)
    if not candidates:
        return choice if place.city is None and place.country is not None else place
    best = candidates[0].weight
    share = best / (sum(map(_weight, candidates)) + choice.unknown)
    rivals = len(candidates) > 1 and candidates[1].weight * _MENTIONED[-1] > best
    return choice if share < _SURE and (rivals or share < _LIKELY) else _decided(choice)


def _decided(choice: _Choice) -> Place:
    """The place of the most weight, where that is enough; or else the country that has most of it; or else what was printed."""
    place, candidates, unknown = choice
    best = max(candidates, key=_weight)
    total = sum(map(_weight, candidates)) + unknown
    confidence = round(best.weight / total, 2)
    if confidence >= _LIKELY:
        return _resolved(place, best, confidence)
    inside = sum(candidate.weight for candidate in candidates if candidate.entry.code == best.entry.code)
    country = places.country_of(best.entry.code)
    if place.country is None and inside >= _LIKELY * total and country is not None:
        return replace(place, country=country.name, code=country.code, confidence=round(inside / total, 2))
    return place


def _beginning(texts: Iterable[str]) -> str:
    # Names are told from words by their capitals, of which a headline may have nothing else.
    return " ".join(text[:LOOKED_AT].title() if text.isupper() else text[:LOOKED_AT] for text in texts)


def _weight(candidate: _Candidate) -> float:
    return candidate.weight


def _country_or_state(place: Place, texts: Iterable[str]) -> Place:
    """A place without a town. A country's name that is also a state's is the country's unless the story speaks of the state's
    towns and not of the country.
    """
    if (
        place.region is None
        and place.country is not None
        and (state := places.region(place.country)) is not None
        and state.country.code
    ):
        text, code = _beginning(texts), state.country.code
        if mentions.of_region(place.country, code, text) > mentions.of_country(place.code or "", text):
            return Place(region=place.country, country=state.country.name, code=code, confidence=_LIKELY)
    return replace(place, confidence=1.0)


def _resolved(place: Place, best: _Candidate, confidence: float) -> Place:
    entry = best.entry
    country = places.country_of(entry.code)
    name, code = place.country, place.code
    # The country that was printed stays, though it be gone; not where the word was a state's ("Savannah, Georgia").
    if name is None or (code != entry.code and entry.code not in codes_of_today(code, name)):
        name, code = (country.name, country.code) if country is not None else (None, entry.code)
    return Place(
        city=place.city if best.renamed else entry.name,
        region=entry.region or place.region,
        country=name,
        code=code,
        latitude=entry.latitude,
        longitude=entry.longitude,
        confidence=confidence,
    )


def _candidates(place: Place, stated: bool) -> tuple[_Candidate, ...]:
    """The towns that a place may be, weighed by all but the story. ``stated``: what it lies in was printed."""
    if place.city is None:
        return ()
    entries, renamed = [entry for entry in gazetteer.find(place.city) if entry.kind == "city"], False
    if not entries:
        first, _, rest = place.city.partition(" ")
        if rest and first.casefold() in _BEFORE:
            entries, renamed = [entry for entry in gazetteer.find(rest) if entry.kind == "city"], True
    codes = codes_of_today(place.code, place.country)
    if not stated:
        listed = cities.city(place.city)
        factor = 1.0 if listed is None else _AGREED if listed.agreed else _LISTED
        return _weighed(entries, renamed, [factor if _lies(entry, place, codes) else 1.0 for entry in entries])
    inside = [entry for entry in entries if _lies(entry, place, codes)]
    if inside:
        return _weighed(inside, renamed)
    # The word after the town may be a state's as well as a country's, or a part of the world that no list has.
    within = fold(place.region or place.country or "")
    named = [entry for entry in entries if entry.region and fold(entry.region) == within]
    if not named and place.country is None and within:
        codes = tuple({entry.code for entry in gazetteer.find(within) if not entry.alternate})
        named = [entry for entry in entries if entry.code in codes]
    if not named and place.region is not None and codes:
        named = [entry for entry in entries if entry.code in codes]
    return _weighed(named, renamed)


def _weighed(
    entries: list[gazetteer.Entry], renamed: bool, factors: Iterable[float] = repeat(1.0)
) -> tuple[_Candidate, ...]:
    named = {entry.code for entry in entries if not entry.alternate}
    candidates = []
    for entry, factor in zip(entries, factors, strict=False):
        weight = factor * max(entry.population, _LEAST)
        if entry.alternate:
            weight *= _ALTERNATE_BESIDE if entry.code in named else _ALTERNATE
        candidates.append(_Candidate(entry, weight, renamed))
    return tuple(candidates)


def _lies(entry: gazetteer.Entry, place: Place, codes: tuple[str, ...]) -> bool:
    """Whether a town lies in the country and the region that a place has."""
    if codes and entry.code not in codes:
        return False
    if place.region is None:
        return bool(codes)
    return entry.region is not None and fold(entry.region) == fold(place.region)


def _with_mentions(candidates: tuple[_Candidate, ...], text: str) -> tuple[_Candidate, ...]:
    """The towns, weighed by the story too. Those that no story could make the likeliest are not looked for in it."""
    least = candidates[0].weight / _MENTIONED[-1]
    countries: dict[str, int] = {}
    weighed = []
    for candidate in candidates:
        entry = candidate.entry
        if candidate.weight < least:
            weighed.append(candidate)
            continue
        if entry.code not in countries:
            countries[entry.code] = mentions.of_country(entry.code, text)
        number = countries[entry.code]
        if entry.region:
            number = max(number, mentions.of_region(entry.region, entry.code, text))
        weighed.append(candidate._replace(weight=candidate.weight * _MENTIONED[number]))
    return tuple(weighed)
