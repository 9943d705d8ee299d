"""Names of countries and states: what a place name means, and how it is written.

Countries and their parts come from pycountry (ISO 3166-1, -2 and -3), imported when the first name is looked up. The
tables here hold only what it lacks: the names that newspapers use, and the style of the Associated Press.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

LONGEST_NAME = 80
"""Characters. No name in pycountry's lists that anyone prints is longer; longer text is not looked up (nor cached)."""

# Code → the name that news uses, then other names for it. For what pycountry calls otherwise ("Russian Federation") or
# does not know ("Britain").
_EVERYDAY = {
    "AE": ("United Arab Emirates", "U.A.E."),
    "BA": ("Bosnia and Herzegovina", "Bosnia", "Bosnia-Herzegovina"),
    "BN": ("Brunei",),
    "CD": ("Democratic Republic of Congo", "Democratic Republic of the Congo", "DR Congo", "Congo-Kinshasa"),
    "CF": ("Central African Republic", "C.A.R."),
    "CG": ("Republic of Congo", "Congo-Brazzaville"),
    "CI": ("Ivory Coast",),
    "CN": ("China", "Communist China", "Red China"),
    "CV": ("Cape Verde",),
    "CZ": ("Czech Republic",),
    "FK": ("Falkland Islands", "Falklands"),
    "FM": ("Micronesia",),
    "GB": ("United Kingdom", "U.K.", "Britain", "Great Britain"),
    "IE": ("Ireland", "Irish Republic", "Republic of Ireland", "Eire"),
    "KH": ("Cambodia", "Kampuchea"),
    "KR": ("South Korea", "Republic of Korea"),
    "MF": ("Saint Martin",),
    "MK": ("North Macedonia", "Macedonia"),
    "MM": ("Myanmar",),
    "MO": ("Macau",),
    "NL": ("Netherlands", "Holland"),
    "PS": ("Palestine", "Palestinian Territories"),
    "RU": ("Russia",),
    "SX": ("Sint Maarten",),
    "SZ": ("Eswatini", "Swaziland"),
    "TL": ("East Timor",),
    "TR": ("Turkey",),
    "US": ("United States", "U.S.", "U.S.A.", "America"),
    "VA": ("Vatican City", "Vatican", "Holy See"),
    "VG": ("British Virgin Islands",),
    "VI": ("U.S. Virgin Islands", "US Virgin Islands"),
    "VN": ("Vietnam",),
}

# Countries that are gone: the name that news used, its code in ISO 3166-3 (None where they were gone before the
# standard, or never had one), other names. pycountry lists the others, such as Zaire and Yugoslavia, in usable form.
_HISTORIC: tuple[tuple[str, str | None, tuple[str, ...]], ...] = (
    ("Soviet Union", "SU", ("USSR", "U.S.S.R.")),
    ("East Germany", "DD", ("German Democratic Republic", "G.D.R.")),
    ("West Germany", None, ()),
    ("Rhodesia", "RH", ("Southern Rhodesia",)),
    ("North Vietnam", "VD", ()),
    ("South Vietnam", None, ()),
    ("South Yemen", "YD", ()),
    ("North Yemen", None, ("Yemen Arab Republic",)),
    ("Austria-Hungary", None, ()),
    ("Ottoman Empire", None, ()),
    ("Ceylon", None, ()),
    ("Persia", None, ()),
    ("Siam", None, ()),
    ("Tanganyika", None, ()),
)

_UNLISTED = {"XK": "Kosovo"}
"""Countries with a code that ISO 3166-1 left to its users, and that GeoNames and the European Union use."""

# Parts of the world that datelines name like a state, and that ISO 3166-2 lists under no such name.
_TERRITORIES = {"Gaza": "PS", "Gaza Strip": "PS", "West Bank": "PS", "Sicily": "IT", "Sardinia": "IT", "Corsica": "FR"}

_ENGLISH = ("US", "CA", "GB", "AU")
"""The countries whose parts ISO 3166-2 lists in English; of a shared name, the first of these that has it is meant."""

_POSTAL = ("US", "CA")
"""The countries whose ISO 3166-2 codes are the post's, which people write after a city ("Paris, TX")."""

# The Associated Press Stylebook, entry "state names": the abbreviations that are not the state's postal code with
# periods (those, as "N.Y." and "Pa.", are found by code). "Tex." and "Penn." are not AP's but common on the wires.
_US_ABBREVIATIONS = {
    "Ala.": "Alabama",
    "Ariz.": "Arizona",
    "Ark.": "Arkansas",
    "Calif.": "California",
    "Colo.": "Colorado",
    "Conn.": "Connecticut",
    "Del.": "Delaware",
    "Fla.": "Florida",
    "Ill.": "Illinois",
    "Ind.": "Indiana",
    "Kan.": "Kansas",
    "Mass.": "Massachusetts",
    "Mich.": "Michigan",
    "Minn.": "Minnesota",
    "Miss.": "Mississippi",
    "Mont.": "Montana",
    "Neb.": "Nebraska",
    "Nev.": "Nevada",
    "Okla.": "Oklahoma",
    "Ore.": "Oregon",
    "Penn.": "Pennsylvania",
    "Tenn.": "Tennessee",
    "Tex.": "Texas",
    "Wash.": "Washington",
    "W.Va.": "West Virginia",
    "Wis.": "Wisconsin",
    "Wisc.": "Wisconsin",
    "Wyo.": "Wyoming",
}

# The Canadian Press' abbreviations, again without those that are a postal code ("B.C.", "N.S.").
_CANADIAN_ABBREVIATIONS = {
    "Alta.": "Alberta",
    "Man.": "Manitoba",
    "Nfld.": "Newfoundland and Labrador",
    "Newfoundland": "Newfoundland and Labrador",
    "Ont.": "Ontario",
    "P.E.I.": "Prince Edward Island",
    "Que.": "Quebec",
    "Sask.": "Saskatchewan",
}

_FOLDED = str.maketrans({".": "", "'": "", "’": "", "ʼ": "", "‘": "", "-": " ", "‐": " ", "‑": " ", "&": " and "})


class Country(NamedTuple):
    """A country's display name and its ISO 3166 alpha-2 code, None for one that was gone before it could have one."""

    name: str
    code: str | None


class Region(NamedTuple):
    """A state, province or territory; ``name`` is None where the list's is not one that English news would print."""

    name: str | None
    country: Country
    first_level: bool


def fold(name: str) -> str:
    """``name`` as a key for look-ups: without case, accents, punctuation, a leading "the"; "St." is "Saint"."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()
    plain = plain.translate(_FOLDED)
    words = ["saint" if word == "st" else word for word in plain.split()]
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


def country(name: str) -> Country | None:
    """The country of this name, present or past: common, official or everyday ("Syria", "U.K.", "USSR")."""
    return _country(name) if len(name) <= LONGEST_NAME else None


def region(name: str, within: str | None = None) -> Region | None:
    """The state or province of this name, abbreviation or postal code, in the country of code ``within`` if given.

    Without ``within``, a name that several countries share is that of the United States, Canada, the United Kingdom or
    Australia, in this order, if one of them has it, and otherwise unknown.
    """
    return _region(name, within) if len(name) <= LONGEST_NAME else None


def country_of(code: str) -> Country | None:
    """The country of a code in ISO 3166-1."""
    return countries().get(code)


# The caches are bounded because an archive's text, not this module, chooses the keys.
@lru_cache(maxsize=4096)
def _country(name: str) -> Country | None:
    return _countries().get(fold(name))


@lru_cache(maxsize=4096)
def _region(name: str, within: str | None) -> Region | None:
    key = fold(name)
    found = _regions().get(key) or _regions().get(key.replace(" ", ""), {})
    if within:
        return found.get(within)
    for code in _ENGLISH:
        if code in found:
            return found[code]
    return next(iter(found.values())) if len(found) == 1 else None


def is_country_or_region(key: str) -> bool:
    """Whether a list has this name, as :func:`fold` makes it, even if several regions share it."""
    return key in _countries() or key in _regions()


@cache
def _countries() -> dict[str, Country]:
    import pycountry

    current = {c.alpha_2: c for c in pycountry.countries}
    names: dict[str, Country] = {}
    # From the least to the most trusted: a later name replaces an earlier one.
    for gone in pycountry.historic_countries:
        # "Burma, Socialist Republic of the Union of": what follows the comma is the form of government.
        name = gone.name.split(",")[0]
        # Sikkim had Slovakia's code; a search for Slovakia must not find it.
        names[fold(name)] = Country(name, None if gone.alpha_2 in current else gone.alpha_2)
    for name, code, others in _HISTORIC:
        for each in (name, *others):
            names[fold(each)] = Country(name, code)
    for alpha_2, name in _UNLISTED.items():
        names[fold(name)] = Country(name, alpha_2)
    for alpha_2, entry in current.items():
        common = getattr(entry, "common_name", entry.name)
        everyday = _EVERYDAY.get(alpha_2, (common,))
        found = Country(everyday[0], alpha_2)
        for each in (entry.name, common, getattr(entry, "official_name", common), *everyday):
            names[fold(each)] = found
    return names


@cache
def countries() -> dict[str, Country]:
    """The countries of today by their codes."""
    import pycountry

    names = _countries()
    unlisted = {code: names[fold(name)] for code, name in _UNLISTED.items()}
    return {c.alpha_2: names[fold(c.name)] for c in pycountry.countries} | unlisted


@cache
def _regions() -> dict[str, dict[str, Region]]:
    """Folded name → country code → region."""
    import pycountry

    nations = countries()
    names: dict[str, dict[str, Region]] = {}
    for part in pycountry.subdivisions:
        code = part.country_code
        # Elsewhere ISO lists the names in the country's own language ("Bayern"): as printed is better than that.
        entry = Region(part.name if code in _ENGLISH else None, nations[code], part.parent_code is None)
        names.setdefault(fold(part.name), {}).setdefault(code, entry)
        if code in _POSTAL:
            names.setdefault(fold(part.code[3:]), {})[code] = entry
    for code, table in (("US", _US_ABBREVIATIONS), ("CA", _CANADIAN_ABBREVIATIONS)):
        for short, name in table.items():
            names.setdefault(fold(short), {})[code] = names[fold(name)][code]
    for name, code in _TERRITORIES.items():
        names.setdefault(fold(name), {})[code] = Region(name, nations[code], True)
    return names
