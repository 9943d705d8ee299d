"""Places: a table for people, JSON, CSV, GeoJSON."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, TextIO

from searchkit.render import characters, words
from searchkit.render.csv_ import cell

if TYPE_CHECKING:
    from searchkit.results import Places

_LONGEST = 60
"""Columns of a name in the table."""


def write(places: Places, out: TextIO, format: str) -> None:
    """Write the places as a ``table``, as ``json``, ``csv`` or ``geojson`` (RFC 7946)."""
    if format == "json":
        from searchkit.render.records import dumps, places_record

        out.write(dumps(places_record(places)) + "\n")
    elif format == "geojson":
        from searchkit.render.records import dumps, places_geojson

        out.write(dumps(places_geojson(places)) + "\n")
    elif format == "csv":
        rows = csv.writer(out)
        rows.writerow(("city", "region", "country", "code", "latitude", "longitude", "count"))
        for each in places.places:
            place = each.place
            names = (place.city, place.region, place.country, place.code)
            rows.writerow((*map(cell, names), place.latitude, place.longitude, each.count))
    else:
        _write_table(places, out)


def _write_table(places: Places, out: TextIO) -> None:
    rows = [
        (characters.fit(characters.one_line(str(each.place)), _LONGEST), f"{each.count:,}") for each in places.places
    ]
    out.writelines(f"{line}\n" for line in characters.aligned(rows))
    if more := places.distinct - len(places.places):
        out.write(f"({more:,} more)\n")
    nowhere = f", {places.without:,} without a {places.by}" if places.without else ""
    out.write(f"{words.count(places.total, 'article')}{nowhere}\n")
