"""What was read from where: a table for people, JSON, JSON lines or CSV. Each takes the sources one at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TextIO

from searchkit.render import characters
from searchkit.render.csv_ import cell
from searchkit.render.records import SOURCES, dumps, source_record

if TYPE_CHECKING:
    from searchkit.reports import SourceInfo

FORMATS = ("table", "json", "jsonl", "csv")

_HEADERS = ("state", "articles", "read at", "format", "path", "why it failed")
_PATH, _WHY = 4, 5
_LEAST_WHY = 20
_GAP = "  "

_PAGE = 200
"""Rows that are laid out together, so that a long list streams; later ones keep the first ones' widths."""


def write(sources: Iterable[SourceInfo], out: TextIO, format: str, width: int | None = None) -> bool:
    """Write the sources in one of ``FORMATS``; returns whether there were any. ``width`` is that of a terminal."""
    write_one = {"table": _table, "json": _json, "jsonl": _jsonl, "csv": _csv}[format]
    counted = _Counted(sources)
    write_one(counted, out, width)
    return counted.number > 0


class _Counted:
    """Counts what is taken."""

    def __init__(self, sources: Iterable[SourceInfo]) -> None:
        self._sources = sources
        self.number = 0

    def __iter__(self) -> Iterator[SourceInfo]:
        for source in self._sources:
            self.number += 1
            yield source


def _table(sources: Iterable[SourceInfo], out: TextIO, columns: int | None) -> None:
    rest = iter(sources)
    widths: list[int] = []
    while rows := [_row(source) for source in islice(rest, _PAGE)]:
        if not widths:
            widths = [max(map(characters.width, column)) for column in zip(_HEADERS, *rows, strict=True)]
            if columns is not None:
                # The path must be whole to be of use; the reason can be had with another format.
                widths[_WHY] = min(widths[_WHY], max(_LEAST_WHY, columns - sum(widths[:_WHY]) - len(_GAP) * _WHY))
            rows = [list(_HEADERS), ["-" * width for width in widths], *rows]
        for row in rows:
            if columns is not None:
                row[_WHY] = characters.fit(row[_WHY], widths[_WHY])
            cells = (cell + " " * (width - characters.width(cell)) for cell, width in zip(row, widths, strict=True))
            out.write(_GAP.join(cells).rstrip() + "\n")


def _row(source: SourceInfo) -> list[str]:
    read_at = "" if source.read_at is None else f"{source.read_at.astimezone():%Y-%m-%d %H:%M}"
    cells = (source.state, f"{source.articles:,}", read_at, source.format or "", shown_path(source), source.error or "")
    return [characters.one_line(cell) for cell in cells]


def shown_path(source: SourceInfo) -> str:
    """Where a source is, for people: standard input by its name."""
    return f"standard input ({source.id})" if source.path == "-" else source.path


def _json(sources: Iterable[SourceInfo], out: TextIO, _: int | None) -> None:
    out.write(f'{dumps({"schema": SOURCES})[:-1]}, "sources": [')
    between = "\n"
    for source in sources:
        out.write(between + dumps(source_record(source)))
        between = ",\n"
    out.write("\n]}\n" if between != "\n" else "]}\n")


def _jsonl(sources: Iterable[SourceInfo], out: TextIO, _: int | None) -> None:
    for source in sources:
        out.write(dumps(source_record(source)) + "\n")


def _csv(sources: Iterable[SourceInfo], out: TextIO, _: int | None) -> None:
    rows = csv.writer(out)
    rows.writerow(("path", "id", "state", "format", "articles", "bytes", "read_at", "error"))
    for source in sources:
        record = source_record(source)
        rows.writerow(
            [
                *map(cell, (source.path, source.id, source.state, source.format)),
                source.articles,
                source.bytes,
                record["read_at"],
                cell(source.error),
            ]
        )
