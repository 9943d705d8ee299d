"""What the tests of archives share: making archives, and looking at all that is in one."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import zstandard

from searchkit.errors import SourceError
from searchkit.readers.archives import archive_kind, members
from searchkit.readers.base import Skip, Source
from searchkit.readers.opening import read_all, read_chunks, read_head

Files = Iterable[tuple[str, bytes]]


Raw = tuple[bytes, bytes, dict[str, int]]


NEWS = [
    ("2019/02/19/trucks.txt", b"Trucks leave Baghouz"),
    ("wheat.md", b"# Wheat rises\n"),
    ("old/harvest", b"The harvest of 1907"),
]


LONG = b"".join(b"%d %x\n" % (number, zlib.crc32(b"%d" % number)) for number in range(20_000))


def tar_of(files: Files, format: int = tarfile.PAX_FORMAT, **changes: Any) -> bytes:
    """A tar file of regular files; ``changes`` are made to each header."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=format, encoding="utf-8", errors="surrogateescape") as archive:
        for name, content in files:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            for key, value in changes.items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def zip_of(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, method)  # of one date, so that it is the same each time
    return target.getvalue()


def raw_zip(*entries: Raw, extra: bytes = b"") -> bytes:
    """A zip file whose members are packed already: each has a name, the bytes, and what the headers say."""
    body, listed = b"", b""
    for name, packed, fields in entries:
        says = {
            "version": 20,
            "flags": 0,
            "method": 0,
            "crc": zlib.crc32(packed),
            "size": len(packed),
            "mode": 0,
        } | fields
        common = struct.pack("<5H", says["version"], says["flags"], says["method"], 0, 0)
        length = says.get("packed", len(packed))
        common += struct.pack("<3L2H", says["crc"], length, says["size"], len(name), len(extra))
        place = says.get("place", len(body))
        listed += b"PK\x01\x02" + struct.pack("<BB", 20, 3) + common
        listed += struct.pack("<3H2L", 0, 0, 0, says["mode"] << 16, place) + name + extra
        body += b"PK\x03\x04" + common + name + extra + packed
    end = struct.pack("<4H2LH", 0, 0, len(entries), len(entries), len(listed), len(body), 0)
    return body + listed + b"PK\x05\x06" + end


PACKED_TARS: dict[str, Callable[[bytes], bytes]] = {
    ".tar": bytes,
    ".tar.gz": gzip.compress,
    ".tar.bz2": bz2.compress,
    ".tar.xz": lzma.compress,
    ".tar.zst": zstandard.compress,
}


every_archive = pytest.mark.parametrize(
    "name", ["news.zip", *(f"news{suffix}" for suffix in PACKED_TARS), "news.zip.gz"]
)


def archive_of(name: str, files: Files) -> bytes:
    if ".zip" in name:
        return gzip.compress(zip_of(files)) if name.endswith(".gz") else zip_of(files)
    return PACKED_TARS[name.removeprefix("news")](tar_of(files))


def listed(source: Source) -> list[Source | Skip]:
    kind = archive_kind(read_head(source))
    assert kind is not None
    return list(members(source, kind))


def contents(source: Source) -> dict[str, bytes | str]:
    """What each member holds, or why it cannot be read; under "" what ended the archive."""
    found: dict[str, bytes | str] = {}
    kind = archive_kind(read_head(source))
    assert kind is not None
    try:
        for member in members(source, kind):
            if isinstance(member, Skip):
                found[member.where.removeprefix("member ")] = f"{member.kind}: {member.reason}"
                continue
            name = member.relative.removeprefix(f"{source.relative}/")
            try:
                head = read_head(member)
                data, damage = read_all(member, 1 << 30)
                assert data.startswith(head)
                found[name] = f"{damage.kind} after {len(data)}" if damage else data
            except SourceError as error:
                found[name] = f"{error.kind}: {error.reason}"
    except SourceError as error:
        found[""] = f"{error.kind}: {error.reason}"
    return found


METHODS: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "stored": (0, bytes),
    "deflate": (8, lambda data: zlib.compress(data, wbits=-15)),
    "bzip2": (12, bz2.compress),
    "xz": (95, lzma.compress),
    "Zstandard": (93, zstandard.compress),
    "old Zstandard": (20, zstandard.compress),
}


def zeros(length: int) -> bytes:
    """So many zeros, deflated."""
    deflate = zlib.compressobj(9, wbits=-15)
    piece = bytes(1 << 20)
    return b"".join(deflate.compress(piece) for _ in range(length >> 20)) + deflate.flush()


def sizes(source: Source) -> tuple[int, SourceError | None]:
    """How many bytes all members give together, and what ends them."""
    total = 0
    kind = archive_kind(read_head(source))
    assert kind is not None
    try:
        for member in members(source, kind):
            if isinstance(member, Source):
                try:
                    for chunk in read_chunks(member):
                        total += len(chunk)
                except SourceError:
                    pass
    except SourceError as error:
        return total, error
    return total, None
