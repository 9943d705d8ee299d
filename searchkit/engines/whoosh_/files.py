"""Files of a segment: named arrays, one after the other, with a directory at the end.

Written in one pass and read through a memory map: an array in a file is a view of it, and nothing is parsed when an index
is opened. Numbers are little-endian.
"""

from __future__ import annotations

import json
import mmap
import os
import sys
from array import array
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from searchkit.errors import IndexCorrupt

_MAGIC = b"SKARRAY1"


class ArrayFileWriter:
    """Writes a file of named arrays. The file is whole once the ``with`` block is left without an error."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("wb")
        self._directory: dict[str, tuple[str, int, int]] = {}
        self._at = 0

    def __enter__(self) -> ArrayFileWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            footer = json.dumps(self._directory, separators=(",", ":")).encode()
            self._file.write(footer + len(footer).to_bytes(8, "little") + _MAGIC)
            self._file.flush()
            os.fsync(self._file.fileno())
        self._file.close()

    def add(self, name: str, typecode: str, values: Iterable[int] | Iterable[float]) -> None:
        """Write numbers, by the type codes of :mod:`array`."""
        made = values if isinstance(values, array) else array(typecode, values)
        if sys.byteorder == "big":
            made = array(typecode, made)
            made.byteswap()
        self._add(name, typecode, made.tobytes(), len(made))

    def add_strings(self, name: str, values: Iterable[bytes]) -> None:
        """Write byte strings: one after the other, and where each ends."""
        ends = array("Q")
        start, end = self._at, 0
        for value in values:
            self._file.write(value)
            end += len(value)
            ends.append(end)
        self._directory[name] = ("B", start, end)
        self._at += end
        self.add(f"{name}.ends", "Q", ends)

    def write(self, data: bytes) -> int:
        """Write bytes that belong to no name (``section`` gives them one); returns where they begin in the file."""
        at = self._at
        self._file.write(data)
        self._at += len(data)
        return at

    def _add(self, name: str, typecode: str, data: bytes, count: int) -> None:
        self._directory[name] = (typecode, self._at, count)
        self.write(data)


class ArrayFile:
    """A file of named arrays, mapped into memory. Raises IndexCorrupt where it is not one, or not whole."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            raise IndexCorrupt(f"{path} is empty") from None
        size = len(self._map)
        if size < 16 or self._map[-8:] != _MAGIC:
            raise IndexCorrupt(f"{path} is not whole")
        self._view = memoryview(self._map)
        length = int.from_bytes(self._map[size - 16 : size - 8], "little")
        try:
            self._directory: dict[str, tuple[str, int, int]] = json.loads(self._map[size - 16 - length : size - 16])
        except ValueError:
            raise IndexCorrupt(f"{path} has no directory") from None
        self._arrays: dict[str, memoryview] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._directory

    def array(self, name: str) -> memoryview:
        """The array of this name, as a view."""
        found = self._arrays.get(name)
        if found is None:
            typecode, start, count = self._directory[name]
            found = self._arrays[name] = self.view(typecode, start, count)
        return found

    def view(self, typecode: str, start: int, count: int) -> memoryview:
        """``count`` numbers from the byte ``start`` on."""
        size = array(typecode).itemsize
        raw = self._view[start : start + count * size]
        if sys.byteorder == "little":
            return raw.cast(typecode)  # type: ignore[call-overload, no-any-return]
        swapped = array(typecode, raw.tobytes())
        swapped.byteswap()
        return memoryview(swapped)

    def string(self, name: str, index: int) -> bytes:
        """One of the byte strings of this name."""
        ends = self.array(f"{name}.ends")
        return bytes(self.array(name)[ends[index - 1] if index else 0 : ends[index]])

    def strings(self, name: str) -> list[bytes]:
        """All the byte strings of this name."""
        data, start, found = bytes(self.array(name)), 0, []
        for end in self.array(f"{name}.ends"):
            found.append(data[start:end])
            start = end
        return found

    def close(self) -> None:
        """Let go of the views. The map itself goes when nobody looks at it any more."""
        self._arrays.clear()
