"""A source's bytes: ``.gz`` is unpacked on the way, and no file is taken into memory beyond a limit.

Whether a file is gzip data is told by its first bytes, not by its name: archives hold both kinds of wrong names.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from searchkit.errors import SourceError

COMPRESSION_SUFFIXES = (".gz",)
"""Endings that are left out of ids and of the choice of a reader, lower case."""

HEAD = 4096
"""How many uncompressed bytes a reader is shown to recognise its format."""

_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 18


def without_compression(name: str) -> str:
    """``"reut2-000.sgm.gz"`` → ``"reut2-000.sgm"``."""
    for suffix in COMPRESSION_SUFFIXES:
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


def read_chunks(path: Path, size: int = _CHUNK) -> Iterator[bytes]:
    """The file's uncompressed bytes, at most ``size`` at a time.

    Raises SourceError when the file cannot be opened or read; what a damaged gzip file still gives comes first.
    """
    try:
        with path.open("rb") as file:
            yield from _unpack(file, size) if file.peek(2)[:2] == _GZIP else _plain(file, size)
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror or error}") from error


def _plain(file: BinaryIO, size: int) -> Iterator[bytes]:
    while chunk := file.read(size):
        yield chunk


def _unpack(file: BinaryIO, size: int) -> Iterator[bytes]:
    # read1 gives what one step of decompression gave; read() would lose it when a later step fails.
    with gzip.GzipFile(fileobj=file) as unpacked:
        parts: list[bytes] = []
        waiting = 0
        damage = None
        while damage is None:
            try:
                part = unpacked.read1(size)
            except EOFError:
                damage = SourceError("the gzip data end too early: the file is incomplete", "damaged")
            except (gzip.BadGzipFile, zlib.error) as error:
                damage = SourceError(f"the gzip data are damaged: {error}", "damaged")
            else:
                if not part:
                    break
                parts.append(part)
                waiting += len(part)
            # Steps may be as small as a byte, which would make readers slow.
            if waiting >= size // 2 or (damage and parts):
                yield b"".join(parts)
                parts.clear()
                waiting = 0
        if damage:
            raise damage
        if parts:
            yield b"".join(parts)


def read_head(path: Path) -> bytes:
    """The first ``HEAD`` uncompressed bytes, or as many as there are.

    Raises SourceError when the file cannot be opened, or is gzip data damaged before its first byte.
    """
    head = b""
    try:
        for chunk in read_chunks(path, HEAD):
            head += chunk
            if len(head) >= HEAD:
                break
    except SourceError:
        # The reader will meet the damage again, after it has used what comes before.
        if not head:
            raise
    return head[:HEAD]


def read_all(path: Path, limit: int) -> tuple[bytes, SourceError | None]:
    """All uncompressed bytes of a file that is expected to be small, and the damage that ended them, if any.

    Raises SourceError when the file holds more than ``limit`` bytes, or when nothing could be read of it.
    """
    parts: list[bytes] = []
    total = 0
    try:
        for chunk in read_chunks(path):
            parts.append(chunk)
            total += len(chunk)
            if total > limit:
                raise SourceError(
                    f"holds more than {limit >> 20} MB, too much for one article: split it into one file an article, "
                    "or leave it out",
                    "too large",
                )
    except SourceError as error:
        if error.kind != "damaged" or not parts:
            raise
        return b"".join(parts), error
    return b"".join(parts), None
