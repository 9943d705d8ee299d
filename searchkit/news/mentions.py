"""What in a story speaks of a country: its names, its people, its large cities. And of a state: its name and its cities."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice

from searchkit.news import cities, places

ENOUGH = 3
"""Mentions are counted up to here; more say nothing more."""

# Code → what its people and things are called, as news in English writes it; where that begins with the country's name
# ("Iraqi", "Icelandic") it is found by that. Demonyms of Merriam-Webster's and the CIA's World Factbook.
_PEOPLES = {
    "AE": "Emirati|Abu Dhabi|Dubai", "AF": "Afghan", "AR": "Argentin", "AT": "Austria", "AZ": "Azerbaijan|Azeri",
    "BA": "Bosnia|Sarajevo", "BD": "Bangladesh", "BE": "Belgian|Flemish|Walloon", "BO": "Bolivia",
    "BR": "Brazil|Brasil", "CA": "Canad|Ontario|Quebec|Alberta|British Columbia|Manitoba|Nova Scotia",
    "CD": "Congo|Zair", "CH": "Swiss", "CI": "Ivorian", "CL": "Chilean", "CN": "Chinese", "CO": "Colombia",
    "CU": "Cuba", "CY": "Cypriot", "CZ": "Czech", "DE": "German|Bavaria|Saxon", "DK": "Danish|Danes?", "DO": "Dominican",
    "EG": "Egypt", "ES": "Spanish|Spaniard|Catal|Basque|Andalusi", "FI": "Finn", "FR": "French",
    "GB": "British|Briton|England|English|Scot|Wales|Welsh|Ulster", "GE": "Tbilisi|Abkhaz|South Ossetia|Caucasus",
    "GR": "Greek", "GT": "Guatemal", "HR": "Croat", "HU": "Hungar", "IE": "Irish", "IL": "Israel", "IQ": "Iraq",
    "IT": "Ital|Sicil|Sardinia|Tusca|Lombard", "JP": "Japan", "KH": "Khmer|Cambodia", "KP": "North Korea", "KR": "South Korea",
    "LB": "Lebanese|Hezbollah|Hizbollah", "LT": "Lithuania", "LY": "Liby|Gaddafi|Qaddafi|Gadhafi", "MK": "Macedonia",
    "MM": "Burm", "MX": "Mexic", "NG": "Nigeria", "NL": "Dutch|Holland", "NO": "Norw", "NZ": "New Zealand|Maori|Kiwi",
    "PE": "Peruvian", "PH": "Philippin|Filipin|Mindanao|Luzon", "PK": "Pakistan", "PL": "Polish|Poles?", "PS": "Palestin|Hamas",
    "PT": "Portug", "RU": "Russia|Soviet|Kremlin|Chech|Siberia", "SA": "Saudi", "SE": "Swed", "SN": "Senegal",
    "SV": "Salvador", "SY": "Syria|Assad", "TH": "Thai", "TR": "Turk", "TW": "Taiwan", "UA": "Ukrain",
    "US": r"U\.S\.|(?<!Latin )(?<!South )(?<!Central )(?<!North )America",
    "VE": "Venezuela", "VN": "Vietnam", "YE": "Yemen", "ZA": "South Africa|Afrikaner|Transvaal|Natal",
    "ZW": "Zimbabwe|Rhodesia",
}  # fmt: skip

_AMBIGUOUS = ("georgia", "jersey", "guinea")
"""Names that also mean something else in a country that has namesakes of its own."""


def of_country(code: str, text: str) -> int:
    """How often ``text`` speaks of a country, up to ``ENOUGH``; up to once of the United States, which everyone speaks of."""
    number = _count(_country(code), text)
    return min(number, 1) if code == "US" else number


def of_region(name: str, code: str, text: str) -> int:
    """How often ``text`` speaks of a country's state or province, up to ``ENOUGH``."""
    return _count(_region(name, code), text)


def _count(pattern: re.Pattern[str] | None, text: str) -> int:
    return 0 if pattern is None else sum(1 for _ in islice(pattern.finditer(text), ENOUGH))


@cache
def _country(code: str) -> re.Pattern[str] | None:
    country = places.country_of(code)
    names = [country.name] if country is not None else []
    names += [name.title() for name, city in cities.city_names() if city.country.code == code and city.region is None]
    wholes = [re.escape(name) for name in names if places.fold(name) not in _AMBIGUOUS]
    people = _PEOPLES.get(code, "")
    found = "|".join([*wholes, *filter(None, [people])])
    return re.compile(rf"\b(?:{found})") if found else None


@cache
def _region(name: str, code: str) -> re.Pattern[str] | None:
    names = [name] if places.fold(name) not in _AMBIGUOUS else []
    for key, city in cities.city_names():
        if city.region is not None and city.country.code == code and city.region == name and key != places.fold(name):
            names.append(key.title())
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b") if names else None
