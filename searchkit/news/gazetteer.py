"""The world's towns and regions by name: where a place lies, and which places share a name.

The data is in gazetteer.bin beside this module, made from GeoNames by scripts/make_gazetteer.py; GAZETTEER.md says under
which licence. The file is mapped into memory, and a look-up unpacks only the blocks it needs.

The file is ``HEADER``, then the offsets where each block begins (``OFFSET``, and one more for the end of the last), then
the blocks. They are, in this order:

- the areas, compressed: one line each, the country's code and the region's name with a tab between them;
- per block of keys, its first key, as plain text: these are what the search bisects;
- the blocks of keys, compressed: ``COUNT``, how many places each key names (``REFERENCES``), references to them
  (``REFERENCE``: twice the place's number, plus one if the key is an alternate name of it), and the keys in order;
- the blocks of places, compressed: ``COUNT``, the columns of ``COLUMNS``, and the names. Each block but the last has as
  many places as the header says.
"""

from __future__ import annotations

import mmap
import struct
import zlib
from bisect import bisect_left, bisect_right
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from searchkit.news.places import fold

MAGIC = b"skgazet1"
HEADER = struct.Struct("<8sIII")
"""The magic, how many blocks of keys and of places there are, and how many places are in a block."""

OFFSET = COUNT = REFERENCE = "I"
REFERENCES = "H"
COLUMNS = "IiiIH"
"""A place's number, latitude and longitude (times ``SCALE``), population, and area."""

SCALE = 10_000
FIRST_REGION = 1 << 31
"""The numbers of regions begin here; GeoNames' own, which towns keep, are far smaller."""

LONGEST_NAME = 80
"""Characters. Longer names are not in the file, and longer text is not looked up (nor cached)."""

_FILE = Path(__file__).with_name("gazetteer.bin")


class Entry(NamedTuple):
    """A place that has the name looked up.

    ``id`` is GeoNames' number for a town, and one made up, but lasting, for a region. ``region`` is the state, province
    or the like that a town lies in, None where that is unknown, and for regions. ``code`` is the country's. A region's
    population is the sum of its towns', and its coordinates are those of the largest. ``kind`` is "city" (of whatever
    size, and parts of cities too) or "region". ``alternate`` says that the place has another name in the news of today:
    "Bombay" finds Mumbai so.
    """

    id: int
    name: str
    region: str | None
    code: str
    latitude: float
    longitude: float
    population: int
    kind: str
    alternate: bool


def find(name: str) -> tuple[Entry, ...]:
    """Every place of this name; those that it is the primary name of come first, and of these the most populous.

    Case, accents and punctuation are ignored, as ``places.fold`` does.
    """
    return _find(fold(name)) if len(name) <= LONGEST_NAME else ()


# The caches are bounded because an archive's text, not this module, chooses the keys.
@lru_cache(maxsize=4096)
def _find(key: str) -> tuple[Entry, ...]:
    file = _file()
    block = bisect_right(range(file.key_blocks), key, key=file.first_key) - 1
    if block < 0:
        return ()
    keys, ends, references = _keys(block)
    at = bisect_left(keys, key)
    if at == len(keys) or keys[at] != key:
        return ()
    return tuple(_entry(reference) for reference in references[ends[at] : ends[at + 1]])


def _entry(reference: int) -> Entry:
    block, at = divmod(reference >> 1, _file().places_per_block)
    columns, names = _places(block)
    number, latitude, longitude, population, area = (column[at] for column in columns)
    code, _, region = _areas()[area].partition("\t")
    is_region = number >= FIRST_REGION
    return Entry(
        id=number,
        name=names[at],
        region=None if is_region else region or None,
        code=code,
        latitude=latitude / SCALE,
        longitude=longitude / SCALE,
        population=population,
        kind="region" if is_region else "city",
        alternate=bool(reference & 1),
    )


class _File:
    """gazetteer.bin, mapped into memory."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        magic, self.key_blocks, self.place_blocks, self.places_per_block = HEADER.unpack_from(self._data)
        if magic != MAGIC:
            raise ValueError(f"{path} is not a gazetteer of this version; make it again with scripts/make_gazetteer.py")

    def _block(self, number: int) -> bytes:
        at = HEADER.size + number * struct.calcsize(OFFSET)
        start, end = struct.unpack_from(f"<2{OFFSET}", self._data, at)
        return self._data[start:end]

    def areas(self) -> bytes:
        return zlib.decompress(self._block(0))

    def first_key(self, block: int) -> str:
        return self._block(1 + block).decode("utf-8")

    def keys(self, block: int) -> bytes:
        return zlib.decompress(self._block(1 + self.key_blocks + block))

    def places(self, block: int) -> bytes:
        return zlib.decompress(self._block(1 + 2 * self.key_blocks + block))


@cache
def _file() -> _File:
    return _File(_FILE)


@cache
def _areas() -> list[str]:
    return _file().areas().decode("utf-8").split("\n")


@lru_cache(maxsize=64)
def _keys(block: int) -> tuple[list[str], list[int], tuple[int, ...]]:
    """The keys of a block, where the references of each begin (and the last end), and the references."""
    data = _file().keys(block)
    (count,), at = _column(data, COUNT, 1, 0)
    sizes, at = _column(data, REFERENCES, count, at)
    ends = [0]
    for size in sizes:
        ends.append(ends[-1] + size)
    references, at = _column(data, REFERENCE, ends[-1], at)
    return data[at:].decode("utf-8").split("\n"), ends, references


@lru_cache(maxsize=256)
def _places(block: int) -> tuple[list[tuple[int, ...]], list[str]]:
    """The columns of a block of places, and the places' names."""
    data = _file().places(block)
    (count,), at = _column(data, COUNT, 1, 0)
    columns = []
    for kind in COLUMNS:
        column, at = _column(data, kind, count, at)
        columns.append(column)
    return columns, data[at:].decode("utf-8").split("\n")


def _column(data: bytes, kind: str, count: int, at: int) -> tuple[tuple[int, ...], int]:
    """``count`` numbers of a ``kind`` at ``at``, and where they end."""
    layout = f"<{count}{kind}"
    return struct.unpack_from(layout, data, at), at + struct.calcsize(layout)
