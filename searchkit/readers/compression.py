"""Unpacking: gzip, bzip2, xz and Zstandard data, told by their first bytes, in bounded steps.

Not by the name: archives hold both kinds of wrong names. What damaged data still give comes before the error, and nothing
that follows the data is passed over in silence. Formats: RFC 1952 (gzip), RFC 1951 (deflate), RFC 8878 (Zstandard).
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from searchkit.errors import SourceError

SUFFIXES = (".gz", ".bz2", ".xz", ".zst")
"""Endings that are left out of ids and of the choice of a reader, lower case."""

_GZIP, _XZ, _ZSTANDARD = b"\x1f\x8b", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"
_BZIP2 = (b"1AY&SY", b"\x17rE8P\x90")
"""What follows ``BZh`` and a digit: the mark of the first block, or of the end."""
_SKIPPABLE = b"\x2a\x4d\x18"
"""What follows 0x50 to 0x5f in a frame of Zstandard without data; files of pzstd begin with one."""
MAGIC_LENGTH = 10

FREE = 64 << 20
MOST_RATIO = 250
"""After ``FREE`` bytes, data that give more than so many times their own size are taken for a bomb; news gives about four."""

_FEED = 1 << 14
_STEP = 1 << 16
_MOST_MEMORY = 1 << 27
"""Bytes that unpacking may need by itself: the largest window of ``zstd --ultra`` and ``--long``, twice that of ``xz -9``."""
_LARGEST_BLOCK = 1 << 17


class Budget:
    """What a file may unpack to in all its layers together, such as an archive with the packed files in it. ``size`` is how
    many bytes the file has as it is stored.
    """

    def __init__(self, size: int) -> None:
        # One small bomb in a small archive must not cost the rest of it.
        self._left = max(4 * FREE, MOST_RATIO * size)

    @property
    def is_spent(self) -> bool:
        """Whether nothing more may be unpacked."""
        return self._left < 0

    def spend(self, length: int) -> None:
        """Note that so many bytes were unpacked. Raises SourceError of kind "bomb" when these are too many."""
        self._left -= length
        if self._left < 0:
            raise bomb()


def bomb() -> SourceError:
    """The error for data that seem to have no end."""
    return SourceError(
        f"unpacks to more than {MOST_RATIO} times its size, like a file that is made to fill a disk: "
        "unpack it by hand if it is sound",
        "bomb",
    )


def compression_of(start: bytes) -> str | None:
    """What a file that begins so, with ``MAGIC_LENGTH`` bytes if it has them, is packed with, in words."""
    if start.startswith(_GZIP):
        return "gzip"
    if start.startswith(_ZSTANDARD) or (start[1:4] == _SKIPPABLE and start[0] >> 4 == 5):
        return "Zstandard"
    # A text may begin with "BZh" and a digit too.
    if start.startswith(b"BZh") and start[3:4].isdigit() and start.startswith(_BZIP2, 4):
        return "bzip2"
    return "xz" if start.startswith(_XZ) else None


def without_compression(name: str) -> str:
    """``"reut2-000.sgm.gz"`` → ``"reut2-000.sgm"``."""
    for suffix in SUFFIXES:
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


def unpack(file: BinaryIO, kind: str, size: int, budget: Budget | None = None) -> Iterator[bytes]:
    """The data that a file of this kind holds, in pieces of at most ``size`` bytes.

    A kind is what ``compression_of`` says; zip files have besides ``"deflate"`` and ``"lzma"``, without a mark. Raises
    SourceError, of kind "damaged" where the data are damaged, end too early, or something else follows them, "bomb" where
    they would not end or the ``budget`` is spent, "too large" where unpacking takes too much memory, and "missing extra"
    where the library is not installed. Raises OSError when the file cannot be read.
    """
    steps = _zstandard(file) if kind == "Zstandard" else _streams(file, kind)
    parts: list[bytes] = []
    waiting = given = 0
    error: SourceError | None = None
    going_on = True
    while going_on:
        try:
            part = next(steps, b"")
            waiting += len(part)
            given += len(part)
            if budget is not None:
                budget.spend(len(part))
            if given > FREE and given > MOST_RATIO * file.tell():
                raise bomb()
            parts.append(part)
            going_on = bool(part)
        except SourceError as caught:
            error, going_on = caught, False
        # Steps may be as small as a byte, which would make readers slow.
        if parts and (waiting >= size // 2 or not going_on):
            whole = b"".join(parts)
            yield from (whole[start : start + size] for start in range(0, len(whole), size))
            parts.clear()
            waiting = 0
    if error:
        raise error


class _Decoder(Protocol):
    """What bz2 and lzma have in common: one stream is unpacked, some bytes at a time."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Inflater:
    """The same for zlib. ``window`` is zlib's ``wbits``."""

    def __init__(self, window: int) -> None:
        self._inflate = self._before = zlib.decompressobj(window)
        self._rest = b""
        self._is_full = False

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        # A full piece may have left something inside, even where all of the input has been taken.
        return not self._rest and not self._is_full

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        self._before = self._inflate.copy()
        self._rest += data
        piece = self._inflate.decompress(self._rest, max_length)
        self._rest = self._inflate.unconsumed_tail
        self._is_full = len(piece) == max_length
        return piece

    def before_damage(self) -> bytes:
        """What the call that failed would have given, had it been called with less."""
        parts: list[bytes] = []
        try:
            for place in range(len(self._rest)):
                parts.append(self._before.decompress(self._rest[place : place + 1]))
        except zlib.error:
            pass
        return b"".join(parts)


def _decoder(file: BinaryIO, kind: str) -> _Decoder:
    if kind == "bzip2":
        return bz2.BZ2Decompressor()
    if kind == "xz":
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)
    if kind == "lzma":
        return _bare_lzma(file)
    return _Inflater(31 if kind == "gzip" else -15)


def _bare_lzma(file: BinaryIO) -> _Decoder:
    """LZMA as zip files hold it (APPNOTE.TXT 5.8.8): a version, the length of the properties, and the properties."""
    header = _exactly(file, 9, "lzma")
    properties, dictionary = header[4], int.from_bytes(header[5:9], "little")
    if header[2:4] != b"\x05\x00" or properties >= 9 * 5 * 5:
        raise _damaged("lzma", "their header is wrong")
    if dictionary > _MOST_MEMORY:
        raise _too_much_memory()
    bits = {"lc": properties % 9, "lp": properties // 9 % 5, "pb": properties // 45}
    try:
        return lzma.LZMADecompressor(
            lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": max(dictionary, 4096), **bits}]
        )
    except lzma.LZMAError:
        raise _damaged("lzma", "their header is wrong") from None


def _streams(file: BinaryIO, kind: str) -> Iterator[bytes]:
    """The data of the streams (gzip's "members") in a file, of which one may follow the other."""
    data = b""
    while True:
        decoder = _decoder(file, kind)
        while not decoder.eof:
            if decoder.needs_input and not data and not (data := file.read(_FEED)):
                raise _ends_too_early(kind)
            try:
                part = decoder.decompress(data, _STEP)
            except (zlib.error, lzma.LZMAError, OSError, ValueError) as error:
                if isinstance(decoder, _Inflater) and (part := decoder.before_damage()):
                    yield part
                if "emory usage limit" in str(error):
                    raise _too_much_memory() from error
                raise _damaged(kind, str(error)) from error
            data = b""
            if part:
                yield part
        if kind in ("deflate", "lzma"):
            return
        data = decoder.unused_data
        # Tapes, and xz by its specification, are filled up with zeros.
        while len(data := data.lstrip(b"\0")) < MAGIC_LENGTH and (more := file.read(_FEED)):
            data += more
        if not data:
            return
        if compression_of(data) != kind:
            raise SourceError(f"something else follows the {kind} data, which was left out", "damaged")


def _zstandard(file: BinaryIO) -> Iterator[bytes]:
    """The data of the frames in a file, block by block: the library gives whatever a piece of input stands for, and four
    bytes may stand for 128 kB.
    """
    try:
        import zstandard
    except ImportError:
        raise SourceError("is packed with Zstandard: pip install 'searchkit[zstd]'", "missing extra") from None
    while magic := file.read(4):
        if magic[1:] == _SKIPPABLE and magic[0] >> 4 == 5:
            file.seek(int.from_bytes(_exactly(file, 4, "Zstandard"), "little"), 1)
            continue
        if magic != _ZSTANDARD:
            raise SourceError("something else follows the Zstandard data, which was left out", "damaged")
        header, has_checksum = _frame_header(file)
        frame = zstandard.ZstdDecompressor(max_window_size=_MOST_MEMORY).decompressobj()
        try:
            frame.decompress(magic + header)
            is_last = False
            while not is_last:
                start = _exactly(file, 3, "Zstandard")
                block = int.from_bytes(start, "little")
                is_last, repeats, length = bool(block & 1), block >> 1 & 3 == 1, block >> 3
                if length > _LARGEST_BLOCK:
                    raise _damaged("Zstandard", "a block is too long")
                content = _exactly(file, 1 if repeats else length, "Zstandard")
                if part := frame.decompress(start + content):
                    yield part
            if has_checksum:
                frame.decompress(_exactly(file, 4, "Zstandard"))
        except zstandard.ZstdError as error:
            raise _damaged("Zstandard", str(error)) from error


def _frame_header(file: BinaryIO) -> tuple[bytes, bool]:
    """A frame's header after its mark (RFC 8878, 3.1.1.1), and whether a checksum ends the frame."""
    descriptor = _exactly(file, 1, "Zstandard")
    flags = descriptor[0]
    is_single = bool(flags & 0x20)
    window_length = 0 if is_single else 1
    dictionary_length = (0, 1, 2, 4)[flags & 3]
    size_length = (1 if is_single else 0, 2, 4, 8)[flags >> 6]
    fields = _exactly(file, window_length + dictionary_length + size_length, "Zstandard")
    if is_single:
        window = int.from_bytes(fields[dictionary_length:], "little")
    else:
        base = 1 << (10 + (fields[0] >> 3))
        window = base + (base >> 3) * (fields[0] & 7)
    if window > _MOST_MEMORY:
        raise _too_much_memory()
    if any(fields[window_length : window_length + dictionary_length]):
        raise SourceError("needs the dictionary that it was packed with: unpack it by hand", "unreadable")
    return descriptor + fields, bool(flags & 4)


def _exactly(file: BinaryIO, length: int, kind: str) -> bytes:
    data = file.read(length)
    while len(data) < length and (more := file.read(length - len(data))):
        data += more
    if len(data) < length:
        raise _ends_too_early(kind)
    return data


def _damaged(kind: str, reason: str) -> SourceError:
    # "Error -3 while decompressing data: incorrect data check"
    return SourceError(f"the {kind} data are damaged: {reason.rpartition(': ')[2]}", "damaged")


def _ends_too_early(kind: str) -> SourceError:
    return SourceError(f"the {kind} data end too early: the file is incomplete", "damaged")


def _too_much_memory() -> SourceError:
    return SourceError(
        f"needs more than {_MOST_MEMORY >> 20} MB of memory to be unpacked: unpack it by hand", "too large"
    )
