"""Where places lie: what ``near:`` and ``bbox:`` say, and which places of an index are inside.

Nothing here is imported by a search without them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt

from searchkit.fields import Form, unpack_place
from searchkit.news import gazetteer, places
from searchkit.news.gazetteer import Entry
from searchkit.news.regions import codes_of_today
from searchkit.query.expand import Vocabulary
from searchkit.query.plan import Boost, Or, Plan, Term
from searchkit.records import Record

EARTH_RADIUS = 6371.0088
"""Kilometres: the mean radius R1 of the Geodetic Reference System 1980 (Moritz, Journal of Geodesy 74, 2000)."""

USUAL_DISTANCE = 50.0
"""Kilometres, where ``near:`` says none."""

DISTANCE_HINT = 'It is written like near:"Damascus"~150km, near:"Paris, Texas"~50mi or near:"33.51,36.29"~100km.'
BOX_HINT = "The order is west, south, east, north, in degrees: bbox:35.7,32.3,42.4,37.3."

_UNITS = {"": 1.0, "km": 1.0, "mi": 1.609344}
_DISTANCE = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*(km|mi|)", re.IGNORECASE)
_DEGREES = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")

_APART = 30.0
"""Kilometres. Places of one name that are nearer each other are a town and its region, or parts of one town."""

_OUTNUMBERS = 20
"""A place with so many times the people of another one is what its name means to everyone."""

_MOST_NAMED = 3
"""Places that an error names."""


class GeoError(ValueError):
    """A place, distance or box that cannot be read. ``message`` says what is wrong, ``hint`` what to write instead."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Circle(Record):
    """All that is at most so many kilometres away from a point."""

    latitude: float
    longitude: float
    kilometres: float
    written: str

    def __contains__(self, point: tuple[float, float]) -> bool:
        return distance((self.latitude, self.longitude), point) <= self.kilometres

    def __str__(self) -> str:
        return f"within {round(self.kilometres, 1):g} km of {self.written}"


class Box(Record):
    """All between two meridians and two parallels, edges included. One whose west is greater than its east crosses the date
    line (RFC 7946, section 5.2).
    """

    west: float
    south: float
    east: float
    north: float

    def __contains__(self, point: tuple[float, float]) -> bool:
        latitude, longitude = point
        # The date line itself has two numbers.
        meridians = (-180.0, 180.0) if abs(longitude) == 180 else (longitude,)
        return self.south <= latitude <= self.north and any(map(self._has_meridian, meridians))

    def _has_meridian(self, longitude: float) -> bool:
        if self.west <= self.east:
            return self.west <= longitude <= self.east
        return longitude >= self.west or longitude <= self.east

    def __str__(self) -> str:
        return f"between {self.west:g} and {self.east:g} degrees east, {self.south:g} and {self.north:g} degrees north"


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Kilometres between two points (latitude and longitude) on a great circle, by the haversine formula (Sinnott, Sky and
    Telescope 68, 1984) on a sphere.
    """
    (north, east), (north_b, east_b) = (map(radians, point) for point in (a, b))
    half = sin((north_b - north) / 2) ** 2 + cos(north) * cos(north_b) * sin((east_b - east) / 2) ** 2
    return 2 * EARTH_RADIUS * asin(sqrt(min(1.0, half)))


def places_in(area: Circle | Box, vocabulary: Vocabulary, warnings: list[str]) -> Plan:
    """Articles from the places of an index that lie in an area, those with most articles first."""
    found = []
    located = False
    for value, count in vocabulary.terms("location", Form.WHOLE):
        point = _point(value)
        if point is None:
            continue
        located = True
        if point in area:
            found.append((-count, value))
    if found:
        return Boost(Or(tuple(Term("location", Form.WHOLE, value) for _, value in sorted(found))), 0.0)
    warnings.append(
        f"no article in this archive is from a place {area}"
        if located
        else "no article in this archive is from a place whose coordinates are known"
    )
    return Or(())


def _point(value: str) -> tuple[float, float] | None:
    place = unpack_place(value)
    if place.latitude is None or place.longitude is None:
        return None
    # What a source gives for coordinates may be anything.
    return (place.latitude, place.longitude) if _on_earth(place.latitude, place.longitude) else None


def _on_earth(latitude: float, longitude: float) -> bool:
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def read_box(text: str) -> Box:
    """A box of west, south, east, north, in the order of RFC 7946. Raises GeoError."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 4 or not all(map(_DEGREES.fullmatch, parts)):
        raise GeoError(f"a box is four numbers with commas between them, and not '{text}'", BOX_HINT)
    west, south, east, north = map(float, parts)
    for longitude, latitude in ((west, south), (east, north)):
        if not -180 <= longitude <= 180:
            raise GeoError(f"{longitude:g} is no longitude: they run from -180 to 180", BOX_HINT)
        if not -90 <= latitude <= 90:
            raise GeoError(f"{latitude:g} is no latitude: they run from -90 to 90", BOX_HINT)
    if south > north:
        raise GeoError(f"the south of this box, {south:g}, is north of its north, {north:g}", BOX_HINT)
    return Box(west, south, east, north)


def read_near(text: str, vocabulary: Vocabulary, warnings: list[str]) -> Circle:
    """A place, by name or coordinates, and after a ``~`` how far around it. Raises GeoError."""
    place, tilde, far = text.rpartition("~")
    if not tilde:
        place, kilometres = text, USUAL_DISTANCE
    elif match := _DISTANCE.fullmatch(far.strip()):
        kilometres = float(match[1]) * _UNITS[match[2].lower()]
    else:
        raise GeoError(f"'{far}' is not a distance in km or mi" if far else "how far away?", DISTANCE_HINT)
    place = " ".join(place.split())
    name, *areas = (part.strip() for part in place.split(","))
    if not name:
        raise GeoError("near: needs a place", DISTANCE_HINT)
    if len(areas) == 1 and all(map(_DEGREES.fullmatch, (name, *areas))):
        latitude, longitude = float(name), float(areas[0])
        if not _on_earth(latitude, longitude):
            hint = 'First the latitude, from -90 to 90, then the longitude, from -180 to 180: near:"33.51,36.29"~100km.'
            raise GeoError(f"{place} is nowhere on Earth", hint)
        return Circle(latitude, longitude, kilometres, place)
    found = _meanings(name, [area for area in areas if area], vocabulary)
    _tell(place, found, warnings)
    return Circle(found[0].latitude, found[0].longitude, kilometres, _full_name(found[0]))


def _meanings(name: str, areas: list[str], vocabulary: Vocabulary) -> list[Entry]:
    """The places that a name can mean in some areas, the likeliest first. Raises GeoError where there is none."""
    known = _known(name)
    nation = places.country(name)
    if not known and nation is None:
        raise _unknown(name, vocabulary)
    if areas:
        found = _known(name, areas)
        if not found:
            raise GeoError(f"no place called {name} is known in {', '.join(areas)}", _instead(known))
        return found
    if nation is None:
        return known
    # Singapore is a town too.
    found = [entry for entry in known if entry.kind == "city" and entry.code == nation.code]
    if not found or found[0].alternate:
        hint = f"{_write('location', name)} finds what was reported from there. {_instead(found or known)}"
        raise GeoError(f"{name} is a country, and near: needs a place in it", hint.strip())
    return found


def _known(name: str, areas: Sequence[str] = ()) -> list[Entry]:
    found = [entry for entry in gazetteer.find(name) if all(_lies_in(entry, area) for area in areas)]
    largest = max((entry.population for entry in found if entry.kind == "city"), default=0)

    def rank(entry: Entry) -> tuple[bool, bool, int]:
        # A town before its region; but Ontario is not the one in California.
        is_lesser = entry.kind == "region" and entry.population < _OUTNUMBERS * largest
        return entry.alternate, is_lesser, -entry.population

    return sorted(found, key=rank)


def _lies_in(entry: Entry, area: str) -> bool:
    """Whether a place is in a country or region, by its name, code or abbreviation."""
    nation = places.country(area)
    if nation is not None and entry.code in codes_of_today(nation.code, nation.name):
        return True
    if entry.code == area.upper():
        return True
    if entry.region is None:
        return False
    part = places.region(area, entry.code)
    return places.fold(entry.region) in (places.fold(area), places.fold(part.name) if part and part.name else None)


def _tell(written: str, found: list[Entry], warnings: list[str]) -> None:
    """Say what a name was read as, where it could well be something else."""
    best = found[0]
    read = f"{_write('near', written)} was read as {_full_name(best)}"
    if best.kind == "region":
        warnings.append(f"{read}: distances are from the largest town in it")
    for other in sorted(found, key=lambda entry: -entry.population):
        if (
            other.alternate == best.alternate
            and distance((best.latitude, best.longitude), (other.latitude, other.longitude)) > _APART
            and other.population * _OUTNUMBERS > best.population
            and (named := _address(other))
        ):
            warnings.append(f"{read}; write {_write('near', named)} for another one")
            return


def _full_name(entry: Entry) -> str:
    return entry.name if entry.name == _country(entry.code) else _address(entry) or entry.name


def _address(entry: Entry) -> str | None:
    """What means this place and no other one: its name with the country, in America with the state. None for a place that
    cannot be told from a larger one.
    """
    areas = [_country(entry.code), entry.region]
    for area in reversed(areas) if entry.code == "US" else areas:
        if area and (found := _known(entry.name, [area])) and found[0].id == entry.id:
            return f"{entry.name}, {area}"
    return None


def _country(code: str) -> str | None:
    nation = places.country_of(code)
    return nation.name if nation else None


def _unknown(name: str, vocabulary: Vocabulary) -> GeoError:
    import difflib  # for mistakes only

    cities = (value.partition("|")[0] for value, _ in vocabulary.terms("location", Form.WHOLE))
    held = {places.fold(city): city for city in cities if gazetteer.find(city)}
    near = difflib.get_close_matches(places.fold(name), held, n=1, cutoff=0.7)
    hint = f"Did you mean {_write('near', held[near[0]])}? " if near else ""
    hint += 'A name of several words stands in quotes. Coordinates do as well: near:"33.51,36.29"~100km.'
    return GeoError(f"no place called {name} is known", hint)


def _instead(found: list[Entry]) -> str:
    """Places that have the name."""
    named = [_write("near", named) for entry in found[:_MOST_NAMED] if (named := _address(entry))]
    return f"Of this name there is {', '.join(named)}." if named else ""


def _write(field: str, value: str) -> str:
    return f"{field}:{value}" if field == "location" and value.isalnum() else f'{field}:"{value}"'
