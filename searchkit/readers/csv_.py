"""CSV: records in lines of cells, between commas, semicolons, tabs or bars, with the names of the columns in the first.

There is no standard that files keep to. RFC 4180 is read, with its doubled quotes and line ends in quoted cells; besides it
quotes with backslashes before them, as databases write them, and tab-separated values without any quoting (as registered
with IANA). Delimiter and quoting are those that fit the beginning of the file best. ``records.py`` says which column means
what. Files are read record by record: memory holds one, whatever the size of the file.

Ids are ``news.csv#`` and the record's own id, or else its ordinal. ``Article.extra`` may hold, besides what ``records.py``
notes, ``encoding``, ``cells_note`` (where a line has more or fewer cells than the header) and ``surplus`` (the cells that
have no name).
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.compression import without_compression
from searchkit.readers.decoding import clean, decode, looks_like_text
from searchkit.readers.records import Records, role_of
from searchkit.readers.streams import Chunks, TextStream

SUFFIXES: tuple[str, ...] = (".csv", ".tsv", ".tab")

LONGEST_RECORD = 32 << 20
"""Characters: no article is longer."""

_SAMPLE = 1 << 20
_COMPARED = 200
"""Records of the beginning that tell how the file is to be read."""

_SHORTEST_LIMIT = 1 << 12
_MOST_LINES = 100_000
"""Lines of a record, which take far more memory than their characters."""

_MOST_SHOWN = 20
_DELIMITERS = (",", ";", "\t", "|")
_MISSING = frozenset(("\\N", "NULL", "null", "NaN", "nan", "None", "none", "<NA>"))
"""What databases and pandas write where there is nothing."""

_END = "\0"
"""A last line, which no text can hold: it shows whether a quote is still open there."""

_LONE_CR = re.compile(r"\r(?!\n)")
_SEPARATOR = re.compile(r"sep=(.)\r?\n")  # for Excel
_NAME = re.compile(r"[\w .#/-]{1,60}")

csv.field_size_limit(max(csv.field_size_limit(), 2 * LONGEST_RECORD))


class _Dialect(csv.Dialect):
    quotechar = '"'
    doublequote = True
    lineterminator = "\n"

    def __init__(self, delimiter: str, escape: str | None = None, quoting: bool = True) -> None:
        self.delimiter = delimiter
        self.escapechar = escape
        self.quoting = csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE
        super().__init__()


def recognises(head: bytes, source: Source) -> bool:
    """By its name, if it is a text with a delimiter in the first line, or the name of a field of articles for the only
    column. By content alone only if that line cannot be anything but a header: three names of fields, and nothing else.
    """
    if not looks_like_text(head):
        return False
    lines = decode(head).text.lstrip("\n").splitlines()
    if not lines:
        return False
    first = lines[1] if _SEPARATOR.match(f"{lines[0]}\n") and len(lines) > 1 else lines[0]
    cells = [[cell.strip(' "\t') for cell in first.split(delimiter)] for delimiter in _DELIMITERS]
    if without_compression(source.relative).lower().endswith(SUFFIXES):
        return any(len(names) > 1 for names in cells) or role_of(first.strip(' "\t')) in ("title", "body")
    return len(lines) > 1 and any(_is_header(names) for names in cells)


def _is_header(names: list[str]) -> bool:
    roles = {role_of(name) for name in names}
    return len(roles - {None}) >= 3 and not roles.isdisjoint(("title", "body")) and all(map(_NAME.fullmatch, names))


def read(source: Source, options: Options) -> Iterator[Article | Skip]:
    """The records in order. One that is too long, or opens a quote and does not close it, is a Skip.

    Raises SourceError when the file cannot be read, has no column that is known as a title or a text, or no records.
    """
    chunks = Chunks(source)
    stream = TextStream(chunks)
    pieces = _unified(stream)
    sample = ""
    for piece in pieces:
        sample += piece
        if len(sample) >= _SAMPLE:
            break
    records = Records(source, options)
    separator = _SEPARATOR.match(sample)
    dialect = _dialect_of(sample[separator.end() if separator else 0 :], separator and separator[1], records)
    table = _Table(_Lines(chain((sample,), pieces)), dialect, bool(separator))
    if not table.names:
        chunks.raise_error()
        raise SourceError("there is nothing in it", "empty")
    if not records.recognises(dict.fromkeys(table.names)):
        shown = ", ".join(clean(name)[:60] for name in table.names[:_MOST_SHOWN])
        more = ", …" if len(table.names) > _MOST_SHOWN else ""
        raise SourceError(
            f"none of its columns is known as a title or a text; they are {shown}{more}: say which one is, "
            "with --map COLUMN=title or --map COLUMN=body",
            "columns",
        )
    ordinal = 0
    for ordinal, (line, row) in enumerate(table.rows(), 1):
        where = f"line {line}"
        if isinstance(row, Skip):
            yield row
            continue
        record, notes = table.record(row)
        if stream.guessed:
            notes["encoding"] = stream.guessed
        yield records.article(record, where, ordinal, notes)
    chunks.raise_error()
    if not ordinal:
        raise SourceError("there is a header in it, and no record", "empty")


def _unified(pieces: Iterable[str]) -> Iterator[str]:
    r"""Pieces without NUL, and with ``\n`` or ``\r\n`` at the ends of lines. Files of old Macs have ``\r`` there; elsewhere
    one alone is a line end inside a cell, as ``clean`` takes a vertical tab for one.
    """
    held = ""
    at_ends: bool | None = None
    for piece in pieces:
        piece = held + (piece.replace("\0", "") if "\0" in piece else piece)
        held = ""
        if "\r" in piece:
            if at_ends is None:
                at_ends = "\n" not in piece
            if piece[-1] == "\r":
                piece, held = piece[:-1], "\r"
            piece = piece.replace("\r", "\n") if at_ends else _LONE_CR.sub("\x0b", piece)
        yield piece
    if held:
        yield "\n"


def _split(pieces: Iterable[str]) -> Iterator[str | None]:
    """The lines with their ends, None for one that is longer than a record can be, and ``_END``."""
    parts: list[str] = []
    size = 0
    for piece in pieces:
        first, *others = piece.split("\n")
        size += len(first)
        if size <= LONGEST_RECORD:
            parts.append(first)
        else:
            parts.clear()
        if not others:
            continue
        yield f"{''.join(parts)}\n" if size <= LONGEST_RECORD else None
        parts = [others.pop()]
        size = len(parts[0])
        for line in others:
            yield f"{line}\n"
    if size:
        yield "".join(parts) if size <= LONGEST_RECORD else None
    yield _END


def _dialect_of(sample: str, separator: str | None, records: Records) -> csv.Dialect:
    """The dialect in which the sample has a header that is known, and records of as many cells."""
    if len(sample) >= _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    best, highest = _Dialect(separator or ","), (False, False, 0.0)
    for delimiter in (separator,) if separator else _DELIMITERS:
        for dialect in _variants(delimiter, sample):
            rows = _first_rows(sample, dialect)
            if not rows:
                continue
            fitting = sum(len(row) == len(rows[0]) for row in rows[1:]) / max(1, len(rows) - 1)
            score = (records.recognises(dict.fromkeys(_names(rows[0]))), len(rows[0]) > 1, round(fitting, 2))
            if score > highest:
                best, highest = dialect, score
    return best


def _variants(delimiter: str, sample: str) -> list[_Dialect]:
    """Ways of quoting with this delimiter, the likeliest first."""
    quoted = _Dialect(delimiter)
    if '"' not in sample:
        return [quoted]
    if delimiter == "\t":
        bare = _Dialect(delimiter, quoting=False)
        cells = [cell for row in _first_rows(sample, bare) for cell in row if cell[:1] == '"']
        return [quoted, bare] if cells and all(len(cell) > 1 and cell[-1] == '"' for cell in cells) else [bare, quoted]
    # A backslash before a quote that does not end its cell.
    escaped = re.search(rf'\\"(?![\s"{re.escape(delimiter)}])', sample)
    return [_Dialect(delimiter, "\\"), quoted] if escaped else [quoted]


def _first_rows(sample: str, dialect: csv.Dialect) -> list[list[str]]:
    try:
        rows = list(islice(csv.reader((line or "" for line in _split((sample,))), dialect), _COMPARED))
    except csv.Error:
        return []
    return [row for row in rows if any(row) and _END not in row[-1]]


def _names(header: list[str]) -> list[str]:
    """The names of the columns, each once."""
    names: dict[str, None] = {}
    for place, cell in enumerate(header, 1):
        name = clean(cell).strip() or f"column_{place}"
        while name in names:
            name = f"{name}_{place}"
        names[name] = None
    return list(names)


class _TooLong(Exception):
    """A line, or the lines that an open quote takes in, are longer than a record can be."""


class _Lines:
    """The lines of a file for ``csv.reader``, which can be given back. ``number`` of them were given, ``taken`` by the
    present record; a line that is too long is None.
    """

    def __init__(self, pieces: Iterable[str]) -> None:
        self._lines = _split(pieces)
        self._back: deque[str | None] = deque()
        self.number = 0
        self.taken: list[str | None] = []
        self._size = self._total = self._wasted = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.number += 1
        self.taken.append(line)
        if line is None:
            raise _TooLong
        self._size += len(line)
        self._total += len(line)
        # What is read in vain must stay in proportion to what there is.
        limit = LONGEST_RECORD + 4 * self._total - self._wasted
        too_long = self._size > min(LONGEST_RECORD, max(_SHORTEST_LIMIT, limit))
        if len(self.taken) > 1 and (too_long or len(self.taken) > _MOST_LINES):
            raise _TooLong
        return line

    def begin(self) -> int:
        """A record begins: the number of its first line."""
        self.taken = []
        self._size = 0
        return self.number + 1

    def give_back(self, keep: int) -> None:
        """All lines of the record but the first ``keep`` are read again."""
        back = self.taken[keep:]
        del self.taken[keep:]
        self._back.extendleft(reversed(back))
        self.number -= len(back)
        self._wasted += self._size
        self._size = 0

    def pass_over(self, count: int) -> None:
        """Leaves out lines that were given back."""
        for _ in range(count):
            self._back.popleft()
        self.number += count


class _Table:
    """The rows of a file. ``names`` are those of the columns, none if there is no header."""

    def __init__(self, lines: _Lines, dialect: csv.Dialect, has_separator: bool) -> None:
        self._lines = lines
        self._reader = csv.reader(lines, dialect)
        if has_separator:
            next(lines)
        self.skipped: list[tuple[int, Skip]] = []
        self._header: list[str] = []
        while found := self._next_row():
            if not isinstance(found[1], Skip):
                self._header = found[1]
                break
            self.skipped.append((found[0], found[1]))
        self.names = _names(self._header)

    def rows(self) -> Iterator[tuple[int, list[str] | Skip]]:
        """Each record with the number of its first line, or why it cannot be read."""
        yield from self.skipped
        width = len(self._header)
        while found := self._next_row():
            line, row = found
            if isinstance(row, Skip):
                yield found
            elif len(row) != width > 2 and len(self._lines.taken) > 1:
                yield from self._reconsidered(line, row)
            elif row != self._header:  # which stands in the middle where files were joined
                yield found

    def _next_row(self, again: bool = False) -> tuple[int, list[str] | Skip] | None:
        """The next row that is not blank, with the number of its first line; None at the end. ``again``: what is read is
        to be given back, blank lines too.
        """
        lines = self._lines
        line = lines.begin()
        while True:
            try:
                row = next(self._reader)
            except StopIteration:
                return None
            except _TooLong:
                if len(lines.taken) == 1:
                    return line, Skip(f"line {line}", f"is longer than {LONGEST_RECORD >> 20} MB", "too large")
                return line, self._never_closed(line)
            except csv.Error as error:
                lines.give_back(1)
                return line, Skip(f"line {line}", f"cannot be read as CSV: {error}", "broken")
            if row == [_END]:
                return None
            if row and row[-1].endswith(_END):
                return line, self._never_closed(line)
            if any(map(str.strip, row)):
                return line, row
            line = lines.number + 1 if again else lines.begin()

    def _never_closed(self, line: int) -> Skip:
        self._lines.give_back(1)
        return Skip(f"line {line}", "opens a quote that is never closed", "broken")

    def _reconsidered(self, line: int, row: list[str]) -> Iterator[tuple[int, list[str] | Skip]]:
        """A record of several lines and too many or too few cells: it may be one line with a quote that is not closed, which
        has taken in those after it. It is, if the next line is a record by itself.
        """
        lines = self._lines
        count = len(lines.taken)
        lines.give_back(1)
        again = self._next_row(again=True)
        if again and not isinstance(again[1], Skip) and len(again[1]) == len(self._header):
            yield line, Skip(f"line {line}", "opens a quote that is not closed in its cell", "broken")
            yield again
            return
        lines.give_back(0)
        lines.pass_over(count - 1)
        yield line, row

    def record(self, row: list[str]) -> tuple[Mapping[str, Any], dict[str, Any]]:
        """A row as a record, and notes on it."""
        notes: dict[str, Any] = {}
        names = self.names
        if len(row) != len(names):
            notes["cells_note"] = f"it has {len(row)} cells, and the header {len(names)}"
            if len(row) > len(names):
                notes["surplus"] = row[len(names) :]
        record = {name: "" if cell in _MISSING else cell for name, cell in zip(names, row, strict=False)}
        return record, notes
