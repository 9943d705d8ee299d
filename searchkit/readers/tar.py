"""Tar files, in one pass from the beginning to the end, however they are packed.

``tarfile`` reads the headers. It is kept from reading more of them than a member can need, from ending without a word
where a header is damaged, and from collecting what it has read. Formats: POSIX.1-2017, ``pax``; GNU tar's manual.
"""

from __future__ import annotations

import contextlib
import os
import tarfile
from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import Any, BinaryIO, cast

from searchkit.errors import SourceError
from searchkit.readers.entries import Entry, Refusal
from searchkit.readers.opening import CHUNK, Member, is_plain_file, open_seekable, read_chunks, unreadable
from searchkit.readers.views import Part, Unpacked, copied

_LONGEST_HEADER = 1 << 15
"""Bytes of all the headers of one member: its name, and what else is said about it."""

_INCOMPLETE = "the archive ends too early: it is incomplete"


def tar_entries(archive: Member) -> Generator[Entry]:
    """The members in order. Raises SourceError, at the end, where a part of the archive is damaged or missing."""
    length: int | None = None  # of an archive whose members can be read where they lie
    with contextlib.ExitStack() as stack:
        if is_plain_file(archive):
            file = stack.enter_context(open_seekable(archive))
            length = file.seek(0, os.SEEK_END)
            file.seek(0)
        else:
            file = cast(BinaryIO, stack.enter_context(Unpacked(lambda: read_chunks(archive))))
        headers = _Headers(file, length)
        for info in _infos(headers):
            if info.isdir() or info.issym() or info.isdev():
                continue
            if info.islnk():
                yield Entry(info.name, link=info.linkname)
            elif info.issparse():
                refusal = Refusal("is stored without its gaps, as a sparse file: unpack it", "unreadable")
                yield Entry(info.name, refusal=refusal)
            elif not info.isreg():
                refusal = Refusal(f"is of the unknown type {info.type.decode('latin-1')}", "unreadable")
                yield Entry(info.name, refusal=refusal)
            elif length is not None:
                left = max(0, length - info.offset_data)
                damage = SourceError(_INCOMPLETE, "damaged") if info.size > left else None
                part = partial(Part, file, info.offset_data, min(info.size, left), damage)
                yield Entry(info.name, cast(Callable[[], BinaryIO], part))
            else:
                file.seek(info.offset_data)
                with contextlib.closing(_Copy(file, info.size)) as copy:
                    yield Entry(info.name, copy.open)
        if headers.damage:
            raise SourceError(headers.damage, "damaged")


class _Copy:
    """A member of an archive that is read once: it is copied when it is first opened."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self._left = self._length = length
        self._copy: BinaryIO | None = None
        self._damage: SourceError | None = None
        self._failure: SourceError | None = None

    def open(self) -> BinaryIO:
        if self._failure is not None:
            raise self._failure
        if self._copy is None:
            try:
                self._copy = copied(self._chunks())
            except SourceError as error:
                self._failure = error
                raise
        return cast(BinaryIO, Part(self._copy, 0, self._length - self._left, self._damage))

    def _chunks(self) -> Iterator[bytes]:
        try:
            while self._left:
                chunk = self._file.read(min(self._left, CHUNK))
                if not chunk:
                    raise SourceError(_INCOMPLETE, "damaged")
                self._left -= len(chunk)
                yield chunk
        except SourceError as error:
            self._damage = error

    def close(self) -> None:
        if self._copy is not None:
            self._copy.close()


class _Headers:
    """The file that ``tarfile`` reads the headers from, and its length if that is known. ``damage`` is what was wrong with it
    first.
    """

    def __init__(self, file: BinaryIO, length: int | None) -> None:
        self._file = file
        self._end = length
        self._left = _LONGEST_HEADER
        self.damage: str | None = None

    def begin(self) -> None:
        """The headers of a member may begin here."""
        self._left = _LONGEST_HEADER

    def note(self, damage: str) -> None:
        self.damage = self.damage or damage

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int) -> int:
        # There is no way back in damaged archives either: it would be long, and might be gone for ever.
        place = max(offset, self._file.tell())
        return self._file.seek(place if self._end is None else min(place, self._end))

    def read(self, size: int) -> bytes:
        self._left -= size
        if size < 0 or self._left < 0:
            raise tarfile.ReadError(f"a header has more than {_LONGEST_HEADER >> 10} kB")
        data = self._file.read(size)
        # A single byte is read to see whether the member before is complete.
        if len(data) < size and (data or size == 1):
            self.note(_INCOMPLETE)
        return data


def _infos(headers: _Headers) -> Iterator[tarfile.TarInfo]:
    """The headers of the members. Behind a damaged one, the next is looked for."""

    class Info(tarfile.TarInfo):
        @classmethod
        def frombuf(cls, buf: Any, encoding: str, errors: str) -> Info:
            try:
                return super().frombuf(buf, encoding, errors)
            except tarfile.HeaderError as error:
                # Zeros are an end, behind which another archive may stand.
                headers.begin()
                if bytes(buf).strip(b"\0"):
                    headers.note(_damaged(error))
                raise

    archive: tarfile.TarFile | None = None
    position = -1
    while True:
        headers.begin()
        try:
            if archive is None:
                archive = tarfile.TarFile(
                    fileobj=cast(Any, headers),
                    tarinfo=Info,
                    ignore_zeros=True,
                    encoding="utf-8",
                    errors="surrogateescape",
                )
            info = archive.next()
            if info is not None and info.size < 0:
                raise tarfile.ReadError("a size is negative")
        except SourceError:
            raise
        except OSError as error:
            raise unreadable(error) from error
        except Exception as error:  # a header that makes no sense leads to any of them
            headers.note(_damaged(error))
            if headers.tell() <= position:
                return
            position = headers.tell()
            if archive is not None:
                archive.offset = position
            continue
        if info is None:
            return
        yield info
        # They would grow with the archive.
        cast(Any, archive).members.clear()
        archive.pax_headers = {}


def _damaged(error: Exception) -> str:
    return f"a part of the archive is damaged ({error}); what could be found behind it was read"
