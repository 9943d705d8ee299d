"""How well datelines are read, and their places resolved, measured on the Reuters-21578 collection.

    python benchmarks/datelines.py [PATH] [--show N]

PATH is a folder of ``.sgm`` or ``.sgm.gz`` files, default ``../shared/data/reuters21578`` beside the repository. Of
the stories with a dateline, it prints the share that is read, whose city is found, and whose place has coordinates; of
those whose ``<PLACES>`` names exactly one country, the share resolved to a country, and of these the share that agrees.
``--show`` lists the commonest misses. A story that is filed in one country and is about another is no mistake; that can only
be one where a town of the dateline's name lies in the country that the story is about.
"""

from __future__ import annotations

import argparse
import gzip
import html
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from searchkit.news import gazetteer, places
from searchkit.news.dateline import parse_dateline
from searchkit.news.resolve import resolve

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data" / "reuters21578"

# The collection's names that are not a country's name with hyphens. Several names where either is right: a parser that
# does not know the year calls Moscow Russian.
COUNTRIES = {
    "east-germany": ("East Germany", "Germany"),
    "trinidad-tobago": ("Trinidad and Tobago",),
    "uae": ("United Arab Emirates",),
    "uk": ("United Kingdom",),
    "us-virgin-islands": ("U.S. Virgin Islands",),
    "usa": ("United States",),
    "ussr": ("Soviet Union", "Russia"),
    "west-germany": ("West Germany", "Germany"),
    "yemen-arab-republic": ("North Yemen", "Yemen"),
    "yemen-demo-republic": ("South Yemen", "Yemen"),
    "yugoslavia": ("Yugoslavia", "Serbia"),
    "zaire": ("Zaire", "Democratic Republic of Congo"),
}

STORY = re.compile(r"<REUTERS\b.*?</REUTERS>", re.DOTALL)
DATELINE = re.compile(r"<DATELINE>(.*?)</DATELINE>", re.DOTALL)
TITLE = re.compile(r"<TITLE>(.*?)</TITLE>", re.DOTALL)
BODY = re.compile(r"<BODY>(.*?)</BODY>", re.DOTALL)
PLACES = re.compile(r"<PLACES>(.*?)</PLACES>", re.DOTALL)
ITEM = re.compile(r"<D>(.*?)</D>")


def stories(folder: Path) -> Iterator[tuple[str, str, str, list[str]]]:
    """The dateline, the title, the body and the places of every story that has a dateline."""
    for path in sorted([*folder.glob("*.sgm"), *folder.glob("*.sgm.gz")]):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for story in STORY.findall(data.decode("cp1252", "replace")):
            dateline, where = DATELINE.search(story), PLACES.search(story)
            if dateline:
                title, body = (
                    html.unescape(found[1]) if found else "" for found in (TITLE.search(story), BODY.search(story))
                )
                yield html.unescape(dateline[1]), title, body, ITEM.findall(where[1]) if where else []


def accepted(place: str) -> tuple[str, ...]:
    """The country names that agree with one of the collection's."""
    if place in COUNTRIES:
        return COUNTRIES[place]
    found = places.country(place.replace("-", " "))
    return (found.name,) if found else ()


def has_namesake(city: str | None, names: tuple[str, ...]) -> bool:
    """Whether a town of this name lies in one of these countries."""
    codes = {country.code for name in names if (country := places.country(name)) is not None}
    return any(entry.code in codes and not entry.alternate for entry in gazetteer.find(city or ""))


def percent(part: int, whole: int) -> str:
    return f"{part:6,} of {whole:6,}  {100 * part / max(1, whole):6.2f} %"


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the dateline parser on Reuters-21578.")
    parser.add_argument("path", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="list the N commonest misses of each kind")
    options = parser.parse_args()
    found = list(stories(options.path)) if options.path.is_dir() else []
    if not found:
        print(f"no stories with a dateline in {options.path}: give the folder of Reuters-21578", file=sys.stderr)
        return 2

    read = with_city = placed = single = named = agree = 0
    unread: Counter[str] = Counter()
    no_country: Counter[str] = Counter()
    abroad: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    unplaced: Counter[str] = Counter()
    unmapped: Counter[str] = Counter()
    seconds = resolving = 0.0
    for dateline, title, body, where in found:
        text = dateline + body
        began = time.perf_counter()
        result = parse_dateline(text)
        seconds += time.perf_counter() - began
        if result is None:
            unread[dateline.strip()] += 1
            continue
        read += 1
        with_city += result.place.city is not None
        began = time.perf_counter()
        place = resolve(result.printed, (title, body))
        resolving += time.perf_counter() - began
        placed += place.latitude is not None
        if place.latitude is None and place.city:
            unplaced[result.printed] += 1
        if len(where) != 1:
            continue
        single += 1
        if place.country is None:
            no_country[result.printed] += 1
            continue
        named += 1
        names = accepted(where[0])
        if not names:
            unmapped[where[0]] += 1
        if place.country in names:
            agree += 1
        else:
            possible = has_namesake(result.place.city, names)
            (wrong if possible else abroad)[f"{result.printed} ({place.country}), about {where[0]}"] += 1

    print(f"dateline read           {percent(read, len(found))}")
    print(f"city found              {percent(with_city, len(found))}")
    print(f"has coordinates         {percent(placed, len(found))}")
    print(f"resolved to a country   {percent(named, single)}  of those about one country")
    print(f"country agrees          {percent(agree, named)}")
    print(
        f"filed abroad            {percent(abroad.total(), named)}  no such town in the country that the story is about"
    )
    print(f"perhaps a namesake      {percent(wrong.total(), named)}  such a town there, too")
    print(
        f"time                    {1e6 * seconds / len(found):.0f} µs a story to read, {1e6 * resolving / read:.0f} to resolve"
    )
    kinds = {
        "not read": unread,
        "no country": no_country,
        "no coordinates": unplaced,
        "filed abroad": abroad,
        "perhaps a namesake": wrong,
        "place not mapped": unmapped,
    }
    for title, counts in kinds.items():
        if options.show and counts:
            print(f"\n{title}: {counts.total():,}")
            for what, count in counts.most_common(options.show):
                print(f"{count:6,}  {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
