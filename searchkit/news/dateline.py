"""Datelines: who filed from where.

A dateline is the place, in capitals, that a wire story begins with: ``BEIRUT, Lebanon (AP) — Dozens of …``. There is no
standard; this reads the style of the Associated Press Stylebook (entry "datelines"), Reuters' (``SALVADOR, Feb 26 -``)
and that of press releases (``OSLO, Norway – Jan. 5, 2021 – …``).

What tells it from a sentence with a dash in it is evidence, strongest first: a date or a news agency before the dash; a
state or country after the city; a place that a list has; and, for one that no list has (GROZNY), that the story after
the dash begins like a sentence and does not use the word as an acronym.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from searchkit.article import Place
from searchkit.news import cities, places
from searchkit.news.capitals import INITIALS, PARTICLES, display, in_capitals, is_titled

LONGEST = 160
"""Characters from the first letter to the dash; the longest dateline in Reuters-21578 has about 60."""

_STORY = 1000
"""Characters of the story that are looked at to see whether it is one."""

_MOST_WORDS = 8
"""In a city, with room for "ABOARD THE AIRCRAFT CARRIER USS …"; three where nothing else speaks for a dateline."""

_LEAD = re.compile(r"[\s\ufeff*^]*")  # Wires mark a flash with asterisks.
_SPACE = re.compile(r"\s*")
_EDGE = " \t\xa0,;"

# The em dash and "--" stand anywhere. The en dash and the hyphen also join words ("Paris–Dakar", "WINSTON-SALEM"), so
# they need spaces, or before them what is never joined: "Feb 26-", "(AP)-". AP's teleprinters sent "_" for a dash.
_DASH = re.compile(
    r"[—―]|(?<!-)-{2,3}(?!-)|(?<=[\s\d.)])–|–(?=\s|$)|(?<=\s)[-_](?=\s|$)|(?<=[\d.)])-(?=\s|$)|(?<=\d\s)-|(?<=\))-"
)

_ANY_DASH = re.compile(r"[—―–_-]")

_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()  # noqa: SIM905
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_NUMBER = r"(\d{1,3})(?:[/-]\d{1,2})?(?:st|nd|rd|th)?"  # "March 5/6": from one day into the next
_WORD = r"([a-z]{3,9})\.?"
_YEAR = r"(?:,?\s+\d{4})?"
_DATE = re.compile(rf"{_WORD}(?:\s+{_NUMBER})?{_YEAR}|{_NUMBER}\s+{_WORD}{_YEAR}|\d{{4}}", re.IGNORECASE)
_FINAL_DATE = re.compile(rf"(?<=[\s.,]){_WORD}\s+\d{{1,3}}$", re.IGNORECASE)

# Agencies sign in parentheses, press releases between slashes ("/PRNewswire/").
_SIGNATURE = re.compile(r"(?:\(([^()]{1,60})\)|(?<=\s)/([^/]{1,60})/)$")

# Any name in parentheses is taken for an agency's. These are known without, and only these tell "Beirut (AP) —" from
# "Apple (AAPL) —".
_AGENCIES = frozenset(
    """AA AAP AFP ANI ANSA AP APA Anadolu BBC BNS Bloomberg CBC CNN CNS CP Canadian DPA DW EFE IANS IPS IRIN IRNA
    Interfax Itar-Tass JTA Jiji KUNA Kyodo MENA NPR PA PRNewswire PTI Press RFE/RL Reuter Reuters SANA TASS Tanjug UPI
    VOA Xinhua Yonhap""".casefold().split()
) | {"agence france-presse", "associated press", "deutsche welle", "dow jones", "ria novosti", "united press"}

# Words that a sentence or a headline has, and a place's name has not.
_NOT_IN_NAMES = frozenset(
    """
    after against all and are as at be because before but by can each every for from had has have he her his how
    if in into is it its just last my next no not now or our says she than that their then there these they this
    those to today tomorrow two under until was we were what when where which while who why will with yesterday
    you your
    """.split()  # noqa: SIM905
)

# What else stands in capitals before a dash.
_LABELS = frozenset(
    """
    advisory alert analysis answer blog breaking bulletin column commentary corrected correction corrects
    developing editorial exclusive explainer factbox feature flash headline headlines highlights interview news
    note opinion photos poll preview profile question report review special summary timeline update updated
    updates urgent video wrapup
    """.split()  # noqa: SIM905
)

_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[\s.'’ʼ‘&/\u0300-\u036f‐‑-])*")
_SHIP = re.compile(r"aboard\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline at the start of a story.

    ``printed`` is the place as printed, without agency, date and dash; ``day`` the (month, day) printed in it, if any;
    ``end`` the offset at which the story itself begins.
    """

    printed: str
    place: Place
    agency: str | None
    day: tuple[int, int] | None
    end: int


class _Head(NamedTuple):
    """What stands before the dash; ``dated`` without a ``day``: a weekday, a misspelt month, an impossible day."""

    printed: str
    agency: str | None
    dated: bool
    day: tuple[int, int] | None


class _Date(NamedTuple):
    day: tuple[int, int] | None


def parse_dateline(text: str) -> Dateline | None:
    """The dateline that ``text`` begins with, or None.

    It stands in the first line that is not blank, its dash at most 160 characters away. Any text is taken, none raises;
    only blank space, at the beginning and after the dash, is read without bound.
    """
    start = _skip(_LEAD, text, 0)
    if not text[start : start + 1].isupper():
        return None
    # A little more than is searched, so that what follows a dash can be seen.
    line = text[start : start + LONGEST + 4].splitlines()[0]
    dash = _find_dash(line, 0)
    if dash is None or dash.start() > LONGEST:
        return None
    head = _peel(line[: dash.start()])
    end = dash.end()
    second = _find_dash(line, end)
    if second is not None:
        date = _date(line[end : second.start()])
        # A whole date only: "Prices 12 -" and "1987 –" begin sentences too.
        if date is not None and date.day is not None:
            head = head._replace(dated=True, day=head.day or date.day)
            end = second.end()
    end = _skip(_SPACE, text, start + end)
    if not _is_dateline(head, text, end):
        return None
    return Dateline(head.printed, parse_place(head.printed), head.agency, head.day, end)


def _find_dash(line: str, start: int) -> re.Match[str] | None:
    # Most lines have none, and a set of characters is looked for much faster than all that makes one a dash.
    first = _ANY_DASH.search(line, start)
    return _DASH.search(line, first.start()) if first else None


def parse_place(printed: str) -> Place:
    """What a printed place means: ``"AL-OMAR OIL FIELD BASE, Syria"`` is a city and a country.

    Names in capitals are given small letters; others are kept as written. A name alone is a city that stands alone in
    datelines ("LONDON", "Singapore"), else a country ("Georgia"), else a state ("Texas"), else a city in a country
    unknown. After a city, "Georgia" is the country, unless AP's list has the city in the state. Cities between slashes
    ("LONDON/PARIS") have a country or state only if it is the same for all: a search by country must not claim half of
    them. A ship and the United Nations have none. What follows the city and is on no list becomes the region as is.
    """
    return _parse_place(printed) if len(printed) <= LONGEST else _parse_place.__wrapped__(printed)


# Correspondents stay where they are: a few places make most of an archive's datelines.
@lru_cache(maxsize=4096)
def _parse_place(printed: str) -> Place:
    parts = [part for part in (" ".join(part.split()) for part in printed.split(",")) if part.strip(_EDGE)]
    if not parts:
        return Place()
    first, rest = parts[0], parts[1:]
    if places.fold(first) == "united nations":
        return Place(city="United Nations")
    if _SHIP.match(first):
        return Place(city=display(first), region=_joined(rest))
    if not rest:
        found = [_alone(name.strip()) for name in first.split("/") if name.strip()]
        return found[0] if len(found) == 1 else _common(first, found)

    country = places.country(rest[-1])
    home = cities.city(first)
    if country is not None and home is not None and home.region is not None:
        state = places.region(rest[-1])
        country = None if state is not None and state.name == home.region else country
    if country is not None:
        rest = rest[:-1]
    region = None
    # A country that had no code had no parts in the list either.
    if rest and (country is None or country.code is not None):
        region = places.region(rest[-1], country.code if country else None)
    if region is not None:
        country = country or region.country
        rest = [*rest[:-1], region.name or rest[-1]]
    name, code = country if country else (None, None)
    return Place(display(first), _joined(rest), name, code)


def _alone(name: str) -> Place:
    city = cities.city(name)
    if city is not None:
        return Place(display(name), city.region, city.country.name, city.country.code)
    country = places.country(name)
    if country is not None:
        return Place(country=country.name, code=country.code)
    region = places.region(name)
    # Only by its name, and no county: alone, "Miss." and "Somerset" are more likely anything else.
    if region is not None and region.first_level and region.name and places.fold(region.name) == places.fold(name):
        return Place(region=region.name, country=region.country.name, code=region.country.code)
    return Place(display(name))


def _common(printed: str, found: list[Place]) -> Place:
    regions = {place.region for place in found}
    countries = {(place.country, place.code) for place in found}
    region = regions.pop() if len(regions) == 1 else None
    country, code = countries.pop() if len(countries) == 1 else (None, None)
    return Place(display(printed), region, country, code)


def _joined(parts: list[str]) -> str | None:
    return ", ".join(map(display, parts)) or None


@lru_cache(maxsize=4096)
def _peel(head: str) -> _Head:
    """Takes dates and agencies off the end of ``head``, in whatever order and number they were printed."""
    agency: str | None = None
    dated, day = False, None
    left = head.rstrip(_EDGE)
    while True:
        date: _Date | None = None
        signature = _SIGNATURE.search(left)
        place, comma, tail = left.rpartition(",")
        final = _FINAL_DATE.search(left)
        if signature is not None:
            place, name = left[: signature.start()], signature[1] or signature[2]
            date = _date(name)
            agency = agency if date else name.strip()
        elif comma and (date := _date(tail)) is not None:
            pass
        elif comma and _is_agency(tail) and places.region(tail) is None:  # "Pa." is not the Press Association.
            agency = tail.strip()
        elif final is not None and _index(final[1], _MONTHS) is not None:
            place, date = left[: final.start()], _date(final[0])
        else:
            return _Head(left, agency, dated, day)
        if date is not None:
            dated, day = True, day or date.day
        left = place.rstrip(_EDGE)


def _date(text: str) -> _Date | None:
    """Reads "Feb 26", "Feb. 26, 1987", "26 February", "Tuesday", "Tuesday, Feb. 26", "April", "2019", "Macrh 5"."""
    words = text.replace(",", " ").split()
    if words and _index(words[0], _WEEKDAYS) is not None:
        del words[0]
        if not words:
            return _Date(None)
    match = _DATE.fullmatch(" ".join(words))
    if match is None:
        return None
    word, number = match[1] or match[4], match[2] or match[3]
    if word is None:
        return _Date(None)
    month = _index(word, _MONTHS)
    if month is None:
        # A misspelt month; without a number it is any word.
        return _Date(None) if number else None
    day = int(number or 0)
    return _Date((month + 1, day) if 1 <= day <= _DAYS_IN_MONTH[month] else None)


def _index(word: str, names: list[str]) -> int | None:
    """Which of the names ``word`` abbreviates to three letters or more."""
    short = word.rstrip(".").casefold()
    if len(short) < 3:
        return None
    return next((i for i, name in enumerate(names) if name.startswith(short)), None)


def _is_agency(name: str) -> bool:
    """Whether this is a known agency, with or without what it adds to its name ("Reuters Health", "AP via …")."""
    words = name.casefold().replace(".", "").removeprefix("the ").split()
    return bool(words) and (words[0] in _AGENCIES or " ".join(words[:2]) in _AGENCIES)


class _Evidence(Enum):
    """What stands before a dash is no dateline; it is one; it is one unless the story begins with a small letter; it is
    one if the story says nothing against it.
    """

    NONE = 0
    SURE = 1
    LIKELY = 2
    THIN = 3


def _is_dateline(head: _Head, text: str, end: int) -> bool:
    """Weighs the evidence that what stands before the dash is a place, not the beginning of a sentence. The story begins
    at ``end``.
    """
    evidence = _weigh(head)
    if evidence is _Evidence.NONE or evidence is _Evidence.SURE:
        return evidence is _Evidence.SURE
    story = text[end : end + _STORY]
    opening = story.split(maxsplit=1)
    if opening and opening[0].islower():
        return False
    return evidence is _Evidence.LIKELY or (_begins_story(story) and _is_name(head.printed, story))


@lru_cache(maxsize=4096)
def _weigh(head: _Head) -> _Evidence:
    parts = [part.strip() for part in head.printed.split(",")]
    city = parts[0]
    words = city.split()
    ship = _SHIP.match(city) is not None
    # Hulls have numbers, towns have not.
    if not all(_NAME.fullmatch(part) for part in parts[ship:]) or len(parts) > 4 or len(words) > _MOST_WORDS:
        return _Evidence.NONE
    plain = _plain_words(city)
    if not ship and (_date(city) or not _NOT_IN_NAMES.isdisjoint(plain) or any(word in _WEEKDAYS for word in plain)):
        return _Evidence.NONE
    if not all(is_titled(part.removeprefix("the ")) for part in parts[1:]):
        return _Evidence.NONE
    if head.dated or (head.agency is not None and _is_agency(head.agency)):
        fits = in_capitals(city) or is_titled(city) or cities.is_place(city)
        return _Evidence.SURE if fits else _Evidence.NONE
    if not in_capitals(city):
        return _Evidence.NONE
    place = parse_place(head.printed)
    if len(parts) > 1 and place.country:
        return _Evidence.SURE
    if ship or place.city == "United Nations":
        return _Evidence.LIKELY
    if sum(c.isalpha() for c in city) < 4 or INITIALS.fullmatch(city):
        # "US —", "U.N. —": the list knows them, but nobody files from an abbreviation.
        return _Evidence.NONE
    return _Evidence.LIKELY if place.country or cities.is_place(city) else _Evidence.THIN


def _plain_words(city: str) -> list[str]:
    return [word.strip(".'’").casefold() for word in city.split()]


def _begins_story(story: str) -> bool:
    """A line of capitals is the rest of a headline."""
    line = story.splitlines()[0] if story else ""
    return bool(line.strip()) and not line.isupper()


def _is_name(printed: str, story: str) -> bool:
    """Whether unknown capitals are a place's name: few words, no label, no acronym, which the story would use again."""
    city = printed.partition(",")[0].strip()
    plain = _plain_words(city)
    if len([word for word in plain if word not in PARTICLES]) > 3 or not _LABELS.isdisjoint(plain):
        return False
    return re.search(rf"\b{re.escape(city)}\b", story) is None


def _skip(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start
