"""Make searchkit/render/outlines.bin from Natural Earth's countries, as the package world-atlas on npm carries them.

python scripts/make_outlines.py                      download the package with npm, and write the file
python scripts/make_outlines.py --package FILE.tgz   take the package from a file

The package is TopoJSON: borders are arcs that neighbours share. They are simplified as arcs, so that neighbours stay
neighbours, and then joined to the rings that a drawing needs.
"""

from __future__ import annotations

import argparse
import json
import math
import struct
import subprocess
import sys
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pycountry

from searchkit.render.outlines import COUNT, RING, SCALE, STEP, Ring

TARGET = Path(__file__).resolve().parent.parent / "searchkit" / "render" / "outlines.bin"
PACKAGE = "world-atlas@2.0.2"
MEMBER = "package/countries-50m.json"
LARGEST_FILE = 120 * 1024
TOLERANCE = 0.03
"""Degrees that a simplified line may lie from what it was: some pixels in the closest map that is drawn."""

# Natural Earth's name → code, for those that ISO gave no number.
UNNUMBERED = {"Kosovo": "XK"}

Point = tuple[float, float]


def main() -> int:
    """Write the file; the exit code is 1 if it is too large."""
    parser = argparse.ArgumentParser(description="Make searchkit/render/outlines.bin from Natural Earth.")
    parser.add_argument("--package", type=Path, metavar="FILE.tgz", help="the package, where it is already")
    package = parser.parse_args().package
    if package is not None:
        topology = _read(package)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            command = ["npm", "pack", "--silent", "--pack-destination", temporary, PACKAGE]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            topology = _read(next(Path(temporary).glob("*.tgz")))
    rings = list(_rings(topology))
    data = packed(rings)
    points = sum(len(ring) for _, ring in rings)
    print(f"{TARGET.name}: {len(data):,} bytes, {len({code for code, _ in rings if code}):,} countries, "
          f"{len(rings):,} rings, {points:,} points")  # fmt: skip
    if len(data) > LARGEST_FILE:
        print(f"That is more than {LARGEST_FILE:,}: raise TOLERANCE.")
        return 1
    TARGET.write_bytes(data)
    return 0


def _read(package: Path) -> dict[str, Any]:
    with tarfile.open(package) as archive:
        member = archive.extractfile(MEMBER)
        if member is None:
            raise SystemExit(f"{package} has no {MEMBER}.")
        topology: dict[str, Any] = json.load(member)
    return topology


def _rings(topology: dict[str, Any]) -> Iterator[Ring]:
    """The rings of each country, with its code."""
    arcs = [_simplified(arc) for arc in _arcs(topology)]
    for country in topology["objects"]["countries"]["geometries"]:
        shape = country.get("arcs", [])
        for polygon in shape if country["type"] == "MultiPolygon" else [shape]:
            for ring in polygon:
                points: list[Point] = []
                for number in ring:
                    arc = arcs[number] if number >= 0 else arcs[~number][::-1]
                    points += arc[1:] if points else arc
                yield _code(country), _unwrapped(points)


def _code(country: dict[str, Any]) -> str:
    found = pycountry.countries.get(numeric=country["id"]) if "id" in country else None
    return found.alpha_2 if found is not None else UNNUMBERED.get(country["properties"]["name"], "")


def _arcs(topology: dict[str, Any]) -> Iterator[list[Point]]:
    """The arcs in degrees; the package has the steps from point to point on a grid."""
    (scale_x, scale_y), (origin_x, origin_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + origin_x, y * scale_y + origin_y))
        yield points


def _simplified(arc: list[Point]) -> list[Point]:
    """The arc without the points that hardly bend it (Ramer, Douglas and Peucker). What has become too little for a ring
    stays as it was: a small island should not vanish.
    """
    kept = {0, len(arc) - 1}
    waiting = [(0, len(arc) - 1)]
    while waiting:
        first, last = waiting.pop()
        between = range(first + 1, last)
        if not between:
            continue
        furthest = max(between, key=lambda number: _distance(arc[number], arc[first], arc[last]))
        if _distance(arc[furthest], arc[first], arc[last]) > TOLERANCE:
            kept.add(furthest)
            waiting += [(first, furthest), (furthest, last)]
    return [arc[number] for number in sorted(kept)] if len(kept) > 3 or arc[0] != arc[-1] else arc


def _distance(point: Point, first: Point, last: Point) -> float:
    """How far a point is from the line through two others, or from the one point that they are."""
    across, up = last[0] - first[0], last[1] - first[1]
    length = math.hypot(across, up)
    if length == 0:
        return math.dist(point, first)
    return abs(across * (point[1] - first[1]) - up * (point[0] - first[0])) / length


def _unwrapped(ring: list[Point]) -> list[Point]:
    """The ring with longitudes that run on past 180° where it crosses that meridian, instead of jumping to -180°. The one
    that goes round the whole world, Antarctica's, is closed along the South Pole.
    """
    points = ring[:1]
    for x, y in ring[1:]:
        step = (x - points[-1][0] + 180) % 360 - 180
        points.append((points[-1][0] + step, y))
    first, last = points[0][0], points[-1][0]
    if abs(last - first) > 180:
        points += [(last, -90.0), ((first + last) / 2, -90.0), (first, -90.0), points[0]]
    return points


def packed(rings: list[Ring]) -> bytes:
    """The file of these rings; the module searchkit.render.outlines says how it is laid out."""
    heads, east, north = [], [], []
    for code, points in rings:
        grid = [(round(x * SCALE), round(y * SCALE)) for x, y in points]
        # What falls on the same point of the grid twice in a row is one point.
        grid = [point for number, point in enumerate(grid) if number == 0 or point != grid[number - 1]]
        before = [(0, 0), *grid]
        heads.append(struct.pack(RING, code.encode(), len(grid)))
        east += [here[0] - there[0] for here, there in zip(grid, before, strict=False)]
        north += [here[1] - there[1] for here, there in zip(grid, before, strict=False)]
    steps = struct.pack(f"<{len(east) + len(north)}{STEP}", *east, *north)
    return zlib.compress(struct.pack(COUNT, len(heads)) + b"".join(heads) + steps, 9)


if __name__ == "__main__":
    sys.exit(main())
