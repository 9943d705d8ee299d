"""The records of a WARC file (ISO 28500:2017, versions 1.0 and 1.1): which of them are captures of pages, and where one is
damaged, so that reading can go on at the next.

fastwarc finds the records. HTTP headers are read here, as crawlers store more than it takes for one.
"""

from __future__ import annotations

import contextlib
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple, cast

from searchkit.errors import SourceError
from searchkit.readers.base import Skip, Source
from searchkit.readers.compression import MAGIC_LENGTH, Budget, compression_of
from searchkit.readers.decoding import clean
from searchkit.readers.html_ import LARGEST_PAGE
from searchkit.readers.opening import Member, open_seekable, read_head

_PAGES = ("text/html", "application/xhtml+xml")
UNKNOWN = ("", "application/octet-stream", "unknown/unknown", "*/*")
"""Media types that say nothing; then the content does."""

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})\b")
_HEADER_ENDS = re.compile(rb"\r?\n\r?\n")
_LONGEST_HEADER = 1 << 16
_STEP = 1 << 20
_WINDOW = 1 << 18  # more than a block of Zstandard, 128 kB
_GZIP_WINDOW = 4096
_LONGEST_MARK = 128
_MOST_FALSE_MARKS = 10_000
_SKIPPED_AT_ONCE = 16 << 20
_READ_AT_ONCE = 1 << 18

_LONGEST_TYPE = 60
_MOST_TYPES = 200
_NAMED = 5
_AFTER = "after "
_NO_HEADER = "no record begins where the one before ends"

# What a record begins with, as it is stored.
_BEGINNINGS = {
    None: re.compile(rb"WARC/[01]\.\d{1,2}\r?\n[\w-]{1,60}:"),
    "gzip": re.compile(rb"\x1f\x8b\x08"),
    "Zstandard": re.compile(rb"\x28\xb5\x2f\xfd"),
}
_SUFFIXES = {".gz": "gzip", ".zst": "Zstandard"}
_LENGTH = re.compile(r"[0-9]{1,18}")
_LF = re.compile(rb"WARC/\d\.\d{1,2}\n")
_NEXT = re.compile(rb"(?:\r?\n){0,2}WARC/[01]\.\d{1,2}\r?\n[\w-]{1,60}:")


@dataclass(slots=True)
class Counts:
    """What was left out, by kind."""

    revisits: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)

    def skips(self) -> Iterator[Skip]:
        if self.revisits:
            reason = f"{_many(self.revisits, 'revisit')} of pages that had not changed since an earlier capture"
            yield Skip("whole file", reason, "revisit")
        if self.statuses:
            reason = f"{_many(self.statuses.total(), 'response')} with another status than 200 ({_most(self.statuses)})"
            yield Skip("whole file", reason, "not ok")
        if self.types:
            reason = f"{_many(self.types.total(), 'capture')} of what is no page ({_most(self.types)})"
            yield Skip("whole file", reason, "not HTML")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _most(counts: Counter[str]) -> str:
    most = ", ".join(f"{name}: {count:,}" for name, count in counts.most_common(_NAMED))
    return f"{most}, …" if len(counts) > _NAMED else most


class Capture(NamedTuple):
    """A record that may be a page. ``data`` is its block from ``start`` on, as it was sent; ``headers`` are HTTP's."""

    ordinal: int
    record_id: str
    url: str
    date: str
    kind: str
    headers: dict[str, str]
    data: bytes
    truncated: str

    @property
    def media_type(self) -> str:
        return media_type(self.headers.get("content-type", ""))


@contextlib.contextmanager
def stored(source: Source) -> Iterator[tuple[BinaryIO, str | None]]:
    """The file as it is stored, and how it is packed: fastwarc unpacks the two ways that are usual by itself.

    Raises SourceError when it cannot be read.
    """
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(source.open())
            if isinstance(file, io.RawIOBase):  # a member, which may give less than it is asked for
                file = cast(BinaryIO, stack.enter_context(io.BufferedReader(file)))
            mark = file.read(MAGIC_LENGTH)
            file.seek(0)
        except OSError as error:
            raise SourceError(f"cannot be read: {error.strerror or error}") from error
        packing = compression_of(mark)
        if packing is None and not mark.startswith(b"WARC/"):
            # The beginning is damaged: then the name says how the rest is packed.
            packing = next(
                (kind for suffix, kind in _SUFFIXES.items() if source.relative.lower().endswith(suffix)), None
            )
        if packing not in _BEGINNINGS:
            file, packing = stack.enter_context(open_seekable(source)), None
        yield file, packing


def _start(source: Source) -> bytes:
    try:
        return read_head(source)
    except SourceError:
        return b""


class _Broken(Exception):
    """A record that cannot be used, and why."""


class WarcRecords:
    """The captures in a file that ``stored`` gave, and a Skip for each place where it is damaged.

    ``ordinal`` counts the records; ``damage`` is what ended them too early, once all were read. Raises SourceError when the
    file cannot be read.
    """

    def __init__(self, fastwarc: Any, source: Source, file: BinaryIO, packing: str | None, counts: Counts) -> None:
        self._fastwarc = fastwarc
        self._file = file
        self._packing = packing
        self._counts = counts
        self._size = file.seek(0, io.SEEK_END)
        shared = source.budget if isinstance(source, Member) else None
        self._budget = (shared or Budget(self._size)) if packing else None
        # Written by hand, a file may lack the CRLF of the standard.
        self._quirks = _LF.match(_start(source)) is not None
        self.ordinal = 0
        self.damage: SourceError | None = None

    def __iter__(self) -> Iterator[Capture | Skip]:
        start: int | None = 0
        damaged: Skip | None = None
        while start is not None:
            place, before = start, self.ordinal
            reason = ""
            inside = whole = False
            # A capture is given when the next record begins where it ends, and its length therefore was right.
            waiting: Capture | None = None
            try:
                for record in self._from(start):
                    yield from filter(None, (waiting, damaged))
                    waiting = damaged = None
                    self.ordinal += 1
                    place, inside = record.stream_pos, True
                    waiting, whole = self._capture(record)
                    if not whole:
                        reason = "it ends too early"
                        break
                    inside = False
            except SourceError as error:
                self.damage = error
            except OSError as error:
                if error.errno is not None:
                    raise SourceError(f"cannot be read: {error.strerror or error}") from error
                # fastwarc's words
                reason = _NO_HEADER if "Invalid WARC header" in str(error) else str(error)
            except _Broken as error:
                reason = str(error)
            if waiting is not None and reason and (cut := _NEXT.search(waiting.data)):
                waiting, whole = waiting._replace(data=waiting.data[: cut.start()]), True
            if waiting is not None and whole:
                yield waiting
            if not reason:
                if self.damage is None and self._is_cut_off(place):
                    self.damage = SourceError(
                        f"ends too early, after record {self.ordinal}: the file is incomplete", "damaged"
                    )
                return
            if self.ordinal == before:  # not even its header can be read
                self.ordinal, inside = before + 1, True
            if damaged is None or damaged.where.startswith(_AFTER):
                where = f"{'' if inside else _AFTER}record {self.ordinal}, byte {place:,}"
                damaged = Skip(where, f"the data are damaged: {reason}", "damaged")
            start = self._following(place)
            if (
                start is None
                and not inside
                and reason != _NO_HEADER
                and self._packing == "gzip"
                and not self._is_cut_off(place)
            ):
                return  # tapes are filled up with zeros
        if damaged is not None:
            self.damage = SourceError(f"{damaged.where}: {damaged.reason}; no record was found after it", "damaged")

    def _from(self, start: int) -> Any:
        self._file.seek(start)
        return self._fastwarc.ArchiveIterator(self._file, parse_http=False, quirks_mode=self._quirks)

    def _following(self, place: int) -> int | None:
        """Where the next record after ``place`` begins in the file as it is stored."""
        beginning = _BEGINNINGS[self._packing]
        false_marks = 0
        for start in range(place, self._size, _STEP):
            self._file.seek(start)
            chunk = self._file.read(_STEP + _WINDOW)
            for mark in beginning.finditer(chunk, 1, _STEP + _LONGEST_MARK):
                if self._is_beginning(chunk, mark.start()):
                    return start + mark.start()
                false_marks += 1
                if false_marks > _MOST_FALSE_MARKS:
                    return None
        return None

    def _is_beginning(self, chunk: bytes, place: int) -> bool:
        """Whether a mark is one of a member, and not a few bytes in the middle of another."""
        with contextlib.suppress(zlib.error, OSError):
            if self._packing == "gzip":
                member = zlib.decompressobj(zlib.MAX_WBITS | 16)
                return member.decompress(chunk[place : place + _GZIP_WINDOW], 5) == b"WARC/"
            if self._packing == "Zstandard":
                frame = self._fastwarc.stream_io.ZstdReader(io.BytesIO(chunk[place : place + _WINDOW]))
                return bool(frame.read(5) == b"WARC/")
            return True
        return False

    def _is_cut_off(self, place: int) -> bool:
        """Whether the gzip data end before their end, where fastwarc takes that for one: between two records, or in the few
        bytes of a member that give nothing yet. ``place`` is where the last record begins.
        """
        if self._packing != "gzip":
            return False
        self._file.seek(place)
        self._file.seek(place if self._file.read(2) == b"\x1f\x8b" else 0)  # one member may hold all records
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        begun = False
        try:
            while data := self._file.read(_READ_AT_ONCE):
                while data:
                    begun = True
                    member.decompress(data, _STEP)
                    data = member.unconsumed_tail
                    if member.eof:
                        data = member.unused_data.lstrip(b"\0")
                        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
                        begun = False
            member.flush()
        except zlib.error:
            return True
        return begun and not member.eof

    def _capture(self, record: Any) -> tuple[Capture | None, bool]:
        """The record's page, if it may have one, and whether all of the record was there. Nothing of it is left unread."""
        get = record.headers.get
        length = get("Content-Length") or ""
        if not _LENGTH.fullmatch(length):
            raise _Broken("a record's header has no length")
        kind = (get("WARC-Type") or "").lower()
        url = (get("WARC-Target-URI") or "").strip().strip("<>")  # WARC 1.0 had brackets around it
        head = rest = b""
        sent = None
        if kind == "revisit":
            self._counts.revisits += 1
        elif kind in ("response", "resource", "conversion"):
            head = self._read(record.reader, _LONGEST_HEADER)
            sent = self._sent(kind, url, get("Content-Type") or "", head)
            if sent is not None:
                rest = self._read(record.reader, LARGEST_PAGE + 1)
        read = len(head) + len(rest)
        while step := record.consume(_SKIPPED_AT_ONCE):
            read += step
            self._give(step)
        if sent is None:
            return None, read >= int(length)
        start, headers = sent
        record_id = (get("WARC-Record-ID") or "").strip().strip("<>").removeprefix("urn:uuid:")
        truncated = get("WARC-Truncated") or ("segmented" if get("WARC-Segment-Number") else "")
        date = get("WARC-Date") or ""
        capture = Capture(self.ordinal, record_id, url, date, kind, headers, head[start:] + rest, truncated)
        return capture, read >= int(length)

    def _read(self, reader: Any, most: int) -> bytes:
        parts: list[bytes] = []
        total = 0
        while total < most and (part := reader.read(min(most - total, _READ_AT_ONCE))):
            parts.append(part)
            total += len(part)
            self._give(len(part))
        return b"".join(parts)

    def _give(self, count: int) -> None:
        if self._budget is not None:
            self._budget.spend(count)

    def _sent(self, kind: str, url: str, block_type: str, head: bytes) -> tuple[int, dict[str, str]] | None:
        """Where the content begins in the block, and the headers that it was sent with; None where it is no page."""
        start, headers = 0, {"content-type": block_type}
        if kind == "response" and (media_type(block_type) == "application/http" or head.startswith(b"HTTP/")):
            headers = {}
            if status := _STATUS.match(head):
                if status[1] != b"200":
                    self._counts.statuses[status[1].decode()] += 1
                    return None
                end = _HEADER_ENDS.search(head)
                start = end.end() if end else len(head)
                headers = _http_headers(head[:start])
        content = media_type(headers.get("content-type", ""))
        # Tools keep their own logs and extracts as texts too, under addresses of their own.
        is_text = kind != "response" and content == "text/plain" and url.lower().startswith(("http://", "https://"))
        if content in _PAGES or content in UNKNOWN or is_text:
            return start, headers
        self._counts.types[clean(content)[:_LONGEST_TYPE] if len(self._counts.types) < _MOST_TYPES else "others"] += 1
        return None


def _http_headers(block: bytes) -> dict[str, str]:
    """Names in lower case and values; of what is there more than once the first, but for codings, which add up."""
    headers: dict[str, str] = {}
    for line in block.decode("latin-1").splitlines()[1:]:
        name, _, value = line.partition(":")
        name = name.strip().lower()
        headers[name] = (
            f"{headers[name]},{value}" if name == "content-encoding" and name in headers else headers.get(name, value)
        )
    return headers


def media_type(written: str) -> str:
    return written.partition(";")[0].strip().lower()
