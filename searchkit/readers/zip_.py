"""Zip files: APPNOTE.TXT of PKWARE, version 6.3.10.

``zipfile`` reads the list of members, which stands at the end of the file. The members are unpacked here, since it takes
what a few bytes of bzip2 or LZMA stand for into memory at once, and does not know xz and Zstandard.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator
from typing import BinaryIO, cast

from searchkit.errors import SourceError
from searchkit.readers.compression import FREE, MOST_RATIO, Budget, bomb, unpack
from searchkit.readers.entries import Entry, Refusal
from searchkit.readers.opening import CHUNK, Member, open_seekable, unreadable
from searchkit.readers.views import Part, Unpacked

_STORED = 0
_METHODS = {8: "deflate", 12: "bzip2", 14: "lzma", 20: "Zstandard", 93: "Zstandard", 95: "xz"}
_OTHERS = {1: "Shrink", 6: "Implode", 9: "Deflate64", 18: "TERSE", 19: "LZ77", 97: "WavPack", 98: "PPMd", 99: "AES"}

_ENCRYPTED, _UTF_8 = 0x1, 0x800
_UNICODE_PATH = 0x7075
_UNIX = 3

# The first bytes and the lengths of an entry in the list (4.3.12) and of the header before the data (4.3.7).
_LISTED, _LISTED_LENGTHS = b"PK\x01\x02", struct.Struct("<3H")
_HEADER, _HEADER_LENGTH, _HEADER_LENGTHS = b"PK\x03\x04", 30, struct.Struct("<2H")


def zip_entries(archive: Member) -> Generator[Entry]:
    """The members in the order of the list. Raises SourceError where the list cannot be read, or the file is a document."""
    with open_seekable(archive) as file:
        length = file.seek(0, os.SEEK_END)
        listed = [(info, _name(info)) for info in _list(file, length)]
        names = {name for _, name in listed}
        if listed and (document := _document(listed[0][1], names)):
            reason = f"is no archive of news but {document}: save its text in another format"
            raise SourceError(reason, "unrecognised")
        is_wacz = "datapackage.json" in names and any(map(_is_warc, names))
        for info, name in listed:
            if name.endswith("/") or _is_no_file(info) or (is_wacz and not _is_warc(name)):
                continue
            refusal = _refusal(info)
            place = _Place(file, length, info, archive.budget)
            yield Entry(name, refusal=refusal) if refusal else Entry(name, place.open)


def _is_no_file(info: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == _UNIX else 0
    # What was packed out of a pipe is marked as one, and has bytes like a file.
    return kind == stat.S_IFLNK or (kind not in (0, stat.S_IFREG) and not info.file_size)


def _is_warc(name: str) -> bool:
    """Whether this is a recording in a WACZ file (specs.webrecorder.net/wacz), whose other members are made from these."""
    return name.startswith("archive/") and name.endswith((".warc", ".warc.gz"))


def _document(first: str, names: set[str]) -> str | None:
    """What a zip file is that is used as the document of a program, if it is one."""
    if "[Content_Types].xml" in names:  # ECMA-376, part 2
        return "an Office document (like .docx, .xlsx and .pptx)"
    if first == "mimetype":  # OpenDocument 1.3, part 2; EPUB OCF 3.3
        return "an OpenDocument file or a book (like .odt and .epub)"
    if "META-INF/MANIFEST.MF" in names:  # JAR File Specification
        return "a program (like .jar and .apk)"
    return None


def _refusal(info: zipfile.ZipInfo) -> Refusal | None:
    if info.flag_bits & _ENCRYPTED:
        return Refusal("is encrypted: unpack the archive with its password first", "encrypted")
    method = info.compress_type
    if method != _STORED and method not in _METHODS:
        named = f"{_OTHERS[method]} (method {method})" if method in _OTHERS else f"method {method}"
        return Refusal(f"is packed with {named}, which searchkit cannot unpack: unpack the archive first", "unreadable")
    # A size that is lower than the truth is no way around this: no more than that is unpacked.
    if info.file_size > FREE and info.file_size > MOST_RATIO * info.compress_size:
        return Refusal(bomb().reason, bomb().kind)
    return None


class _Place:
    """Where a member stands in the archive."""

    def __init__(self, file: BinaryIO, length: int, info: zipfile.ZipInfo, budget: Budget | None) -> None:
        self._file = file
        self._length = length
        self._info = info
        self._budget = budget

    def open(self) -> BinaryIO:
        # What is not packed can be gone about in where it lies.
        is_stored = self._info.compress_type == _STORED
        return cast(BinaryIO, Unpacked(self._chunks, self._part if is_stored else None))

    def _chunks(self) -> Iterator[bytes]:
        info = self._info
        left, checksum = info.file_size, 0
        for chunk in self._unpacked():
            # LZMA need not say itself where it ends.
            chunk = chunk[:left]
            left -= len(chunk)
            checksum = zlib.crc32(chunk, checksum)
            yield chunk
            if not left:
                break
        if left or checksum != info.CRC:
            raise SourceError(
                "its data are damaged: they do not have the length and checksum that the archive says", "damaged"
            )

    def _part(self) -> BinaryIO:
        info = self._info
        header = b""
        # The place may be before the beginning of the file, where its end is wrong about the list.
        if 0 <= info.header_offset < self._length:
            self._file.seek(info.header_offset)
            header = self._file.read(_HEADER_LENGTH)
        if len(header) < _HEADER_LENGTH or not header.startswith(_HEADER):
            raise SourceError("it is not where the archive says: the archive is damaged", "damaged")
        start = info.header_offset + _HEADER_LENGTH + sum(_HEADER_LENGTHS.unpack_from(header, 26))
        left = max(0, self._length - start)
        damage = SourceError("the archive ends before it does", "damaged") if info.compress_size > left else None
        return cast(BinaryIO, Part(self._file, start, min(info.compress_size, left), damage))

    def _unpacked(self) -> Iterator[bytes]:
        part = self._part()
        method = self._info.compress_type
        if method != _STORED:
            yield from unpack(part, _METHODS[method], CHUNK, self._budget)
            return
        while chunk := part.read(CHUNK):
            if self._budget is not None:
                self._budget.spend(len(chunk))
            yield chunk


class _List:
    """An archive in which one name cannot cost all of them: ``zipfile`` gives up a list with a name that is not in UTF-8
    although it should be, or a member for which it is too old. All are read as code page 437 instead, which has a
    character for every byte.
    """

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self._length = length

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._file.read(min(size, self._length))  # no more memory than there can be bytes
        except OSError as error:  # which zipfile would take for damage
            raise unreadable(error) from error
        if not data.startswith(_LISTED):
            return data
        changed = bytearray(data)
        place = 0
        while changed.startswith(_LISTED, place) and len(changed) >= place + 46:
            changed[place + 6] = 20  # the version of the format that it needs
            changed[place + 9] &= ~(_UTF_8 >> 8)
            place += 46 + sum(_LISTED_LENGTHS.unpack_from(changed, place + 28))
        return bytes(changed)


def _list(file: BinaryIO, length: int) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(cast(BinaryIO, _List(file, length))) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, OSError, struct.error) as error:
        reason = f"the list of its members, at the end, is missing or damaged ({error}): get it anew, or repair it with zip -FF"
        raise SourceError(reason, "damaged") from error


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name: UTF-8, in the header or beside it (4.6.9), or else code page 437."""
    stored = info.orig_filename.encode("cp437")
    place, extra = 0, info.extra
    while place + 4 <= len(extra):
        field, length = struct.unpack_from("<2H", extra, place)
        content = extra[place + 4 : place + 4 + length]
        if field == _UNICODE_PATH and content[:5] == b"\x01" + struct.pack("<L", zlib.crc32(stored)):
            stored = content[5:]
        place += 4 + length
    try:
        return stored.decode("utf-8")
    except UnicodeDecodeError:
        return info.orig_filename
