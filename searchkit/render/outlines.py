"""The outlines of countries, for maps.

The data is in outlines.bin beside this module, made from Natural Earth by scripts/make_outlines.py; OUTLINES.md says under
which licence. Once unpacked, the file is ``COUNT``, how many rings there are; for each of them its country's code and
how many points it has (``RING``); and the points of all: the steps east, then the steps north (``STEP``), each from the
point before it, and the first of a ring from 0° N, 0° E.
"""

from __future__ import annotations

import struct
import zlib
from itertools import accumulate
from pathlib import Path

Ring = tuple[str, list[tuple[float, float]]]
"""A country's ISO 3166-1 alpha-2 code ("" where it has none), and the longitudes and latitudes of a closed line: the shore
of an island, or a hole, which runs the other way. A ring that crosses the meridian of 180° goes on beyond it.
"""

COUNT = "<I"
RING = "<2sI"
STEP = "h"
SCALE = 100
"""Steps of a degree."""

_FILE = Path(__file__).with_name("outlines.bin")


def rings() -> list[Ring]:
    """The rings of all countries."""
    data = zlib.decompress(_FILE.read_bytes())
    (count,) = struct.unpack_from(COUNT, data)
    heads = [
        struct.unpack_from(RING, data, struct.calcsize(COUNT) + number * struct.calcsize(RING))
        for number in range(count)
    ]
    start = struct.calcsize(COUNT) + count * struct.calcsize(RING)
    total = sum(length for _, length in heads)
    steps = struct.unpack_from(f"<{2 * total}{STEP}", data, start)
    found: list[Ring] = []
    place = 0
    for code, length in heads:
        east, north = (accumulate(steps[first : first + length]) for first in (place, total + place))
        points = [(x / SCALE, y / SCALE) for x, y in zip(east, north, strict=True)]
        found.append((code.decode().strip("\0"), points))
        place += length
    return found
