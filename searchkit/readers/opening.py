"""A source's bytes: compressed data are unpacked on the way, and nothing is taken into memory beyond a limit."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from searchkit.errors import SourceError
from searchkit.readers.base import Source
from searchkit.readers.compression import MAGIC_LENGTH, Budget, compression_of, unpack
from searchkit.readers.views import copied

HEAD = 4096
"""How many uncompressed bytes a reader is shown to recognise its format."""

CHUNK = 1 << 18
"""Bytes that are read at a time."""


@dataclass(frozen=True, slots=True)
class Member(Source):
    """A source inside an archive, or the archive itself. ``budget`` is what all of it together may unpack to."""

    budget: Budget | None = None


def read_chunks(source: Source, size: int = CHUNK) -> Iterator[bytes]:
    """The source's uncompressed bytes, at most ``size`` at a time.

    Raises SourceError when it cannot be opened or read; what damaged compressed data still give comes first.
    """
    try:
        with source.open() as file:
            kind = _compression(file)
            if kind is None:
                while chunk := file.read(size):
                    yield chunk
            else:
                yield from unpack(file, kind, size, source.budget if isinstance(source, Member) else None)
    except OSError as error:
        raise unreadable(error) from error


def _compression(file: BinaryIO) -> str | None:
    start = file.read(MAGIC_LENGTH)
    file.seek(0)
    return compression_of(start)


def unreadable(error: OSError) -> SourceError:
    """The error for a file that the system cannot open or read."""
    return SourceError(f"cannot be read: {error.strerror or error}")


def is_plain_file(source: Source) -> bool:
    """Whether the source's bytes lie on the disk as they are, so that going about in them costs nothing.

    Raises SourceError when it cannot be opened.
    """
    if source.opener is not None:
        return False
    try:
        with source.open() as file:
            return _compression(file) is None
    except OSError as error:
        raise unreadable(error) from error


@contextlib.contextmanager
def open_seekable(source: Source) -> Iterator[BinaryIO]:
    """The uncompressed bytes as a file that can seek: the file itself, or a temporary one that goes afterwards.

    Raises SourceError when the source cannot be read to its end, or there is no room for the temporary file.
    """
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(source.open())
            kind = _compression(file)
        except OSError as error:
            raise unreadable(error) from error
        if kind is not None:
            yield stack.enter_context(copied(read_chunks(source)))
        elif isinstance(file, io.RawIOBase):  # a member, whose small readings are slow
            yield cast(BinaryIO, stack.enter_context(io.BufferedReader(file)))
        else:
            yield file


def read_head(source: Source) -> bytes:
    """The first ``HEAD`` uncompressed bytes, or as many as there are.

    Raises SourceError when the source cannot be opened, or its compressed data are damaged before their first byte.
    """
    head = b""
    try:
        for chunk in read_chunks(source, HEAD):
            head += chunk
            if len(head) >= HEAD:
                break
    except SourceError:
        # The reader will meet the damage again, after it has used what comes before.
        if not head:
            raise
    return head[:HEAD]


def read_all(source: Source, limit: int) -> tuple[bytes, SourceError | None]:
    """All uncompressed bytes of a source that is expected to be small, and the damage that ended them, if any.

    Raises SourceError when it holds more than ``limit`` bytes, or when nothing could be read of it.
    """
    parts: list[bytes] = []
    total = 0
    try:
        for chunk in read_chunks(source):
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
