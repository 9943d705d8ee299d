"""Cities that stand in datelines without a state or country: the Associated Press' list, and the time zones' names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from searchkit.news.places import LONGEST_NAME, Country, countries, country, fold, is_country_or_region

_CONTINENTS = ("Africa", "America", "Asia", "Australia", "Europe")

# The Associated Press Stylebook, entry "datelines", "Domestic datelines": cities that stand without their state. The
# list of the 2010s, which holds those of earlier editions.
_US_CITIES = {
    "Atlanta": "Georgia",
    "Baltimore": "Maryland",
    "Boston": "Massachusetts",
    "Chicago": "Illinois",
    "Cincinnati": "Ohio",
    "Cleveland": "Ohio",
    "Dallas": "Texas",
    "Denver": "Colorado",
    "Detroit": "Michigan",
    "Honolulu": "Hawaii",
    "Houston": "Texas",
    "Indianapolis": "Indiana",
    "Las Vegas": "Nevada",
    "Los Angeles": "California",
    "Miami": "Florida",
    "Milwaukee": "Wisconsin",
    "Minneapolis": "Minnesota",
    "New Orleans": "Louisiana",
    "New York": "New York",
    "Oklahoma City": "Oklahoma",
    "Philadelphia": "Pennsylvania",
    "Phoenix": "Arizona",
    "Pittsburgh": "Pennsylvania",
    "St. Louis": "Missouri",
    "Salt Lake City": "Utah",
    "San Antonio": "Texas",
    "San Diego": "California",
    "San Francisco": "California",
    "Seattle": "Washington",
    "Washington": "District of Columbia",
}

# The same entry, "International datelines": of the 2010s and, where that lacks one, of earlier editions (Ottawa).
# Peking is how Beijing was printed until 1987.
_FOREIGN_CITIES = {
    "Amsterdam": "NL",
    "Baghdad": "IQ",
    "Bangkok": "TH",
    "Beijing": "CN",
    "Beirut": "LB",
    "Berlin": "DE",
    "Brussels": "BE",
    "Cairo": "EG",
    "Djibouti": "DJ",
    "Dublin": "IE",
    "Geneva": "CH",
    "Gibraltar": "GI",
    "Guatemala City": "GT",
    "Havana": "CU",
    "Helsinki": "FI",
    "Hong Kong": "HK",
    "Islamabad": "PK",
    "Istanbul": "TR",
    "Jerusalem": "IL",
    "Johannesburg": "ZA",
    "Kuwait City": "KW",
    "London": "GB",
    "Luxembourg": "LU",
    "Macau": "MO",
    "Madrid": "ES",
    "Mexico City": "MX",
    "Milan": "IT",
    "Monaco": "MC",
    "Montreal": "CA",
    "Moscow": "RU",
    "Munich": "DE",
    "New Delhi": "IN",
    "Ottawa": "CA",
    "Panama City": "PA",
    "Paris": "FR",
    "Peking": "CN",
    "Prague": "CZ",
    "Quebec": "CA",
    "Quebec City": "CA",
    "Rio de Janeiro": "BR",
    "Rome": "IT",
    "San Marino": "SM",
    "Sao Paulo": "BR",
    "Shanghai": "CN",
    "Singapore": "SG",
    "Stockholm": "SE",
    "Sydney": "AU",
    "Tokyo": "JP",
    "Toronto": "CA",
    "Vatican City": "VA",
    "Vienna": "AT",
    "Zurich": "CH",
}


class City(NamedTuple):
    """Where a city that stands alone in datelines lies. ``agreed``: it is on AP's list, so that this city is meant wherever
    the rest of the story plays.
    """

    region: str | None
    country: Country
    agreed: bool


def city(name: str) -> City | None:
    """Where a city lies that datelines name without state or country: AP's list, then the time zone database's (Manila,
    Nairobi, Lima).
    """
    return _cities().get(fold(name)) if len(name) <= LONGEST_NAME else None


def city_names() -> Iterator[tuple[str, City]]:
    """The cities that :func:`city` knows, by their names as :func:`fold` makes them."""
    yield from _cities().items()


def is_place(name: str) -> bool:
    """Whether any list here has this name: a country, a city, or a part of a country even if several share the name."""
    if len(name) > LONGEST_NAME:
        return False
    key = fold(name)
    return is_country_or_region(key) or key in _cities()


@cache
def _cities() -> dict[str, City]:
    nations = countries()
    names = {key: City(None, nations[code], False) for key, code in _zone_cities().items()}
    for name, code in _FOREIGN_CITIES.items():
        names[fold(name)] = City(None, nations[code], True)
    for name, state in _US_CITIES.items():
        names[fold(name)] = City(state, nations["US"], True)
    return names


def _zone_cities() -> dict[str, str]:
    """Folded city → country code, from the time zone database, which calls a zone by the largest city in it.

    The source is its ``zone.tab``: lines of country code, coordinates and zone, between tabs, as ``PH``,
    ``+143512+1205804`` and ``Asia/Manila``; a country's most populous zone comes first.
    """
    from importlib.resources import files

    found: dict[str, str] = {}
    seen = set()
    for line in files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        code, _, zone = line.split("\t")[:3]
        area, *rest = zone.split("/")
        # In the oceans zones are called by islands. A zone in a zone is called by a lesser city ("Argentina/San_Juan"),
        # but for a country's first. American cities stand alone only where AP says so.
        main = len(rest) == 1 or code not in seen
        seen.add(code)
        if main and area in _CONTINENTS and code != "US":
            found[fold(rest[-1].replace("_", " "))] = code
    return {key: code for key, code in found.items() if country(key) is None}
