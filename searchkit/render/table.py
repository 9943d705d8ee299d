"""A table for people, one row a hit, drawn by tabulate."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TextIO

from tabulate import MIN_PADDING, tabulate

from searchkit.render import Look, characters
from searchkit.render.text import write_end

if TYPE_CHECKING:
    from searchkit.results import Hit, Results

_HEADERS = ("#", "title", "date", "location", "id")
_GAPS = 2 * (len(_HEADERS) - 1)

_PAGE = 200
"""Rows that are laid out together, so that a search without a limit streams; later ones keep the first ones' widths."""


def write(results: Results, out: TextIO, look: Look) -> None:
    """Write the rows, then a line that counts them."""
    hits = iter(results)
    widths: list[int] = []
    shown = 0
    while rows := [_row(hit) for hit in islice(hits, _PAGE)]:
        first = not shown
        if first:
            widths = _widths(rows, look.width)
        cells = [[_pad(cell, width, look.width) for cell, width in zip(row, widths, strict=True)] for row in rows]
        drawn = tabulate(
            cells,
            headers=_HEADERS if first else (),
            tablefmt="simple" if first else "plain",
            disable_numparse=True,
            preserve_whitespace=True,
        )
        out.write("".join(line.rstrip() + "\n" for line in drawn.splitlines()))
        shown += len(rows)
    if shown:
        out.write("\n")
    write_end(results, shown, out, look)


def _row(hit: Hit) -> list[str]:
    where = hit.dateline or str(hit.place or "")
    date = "" if hit.date is None else hit.date.isoformat()
    return [str(hit.rank), *map(characters.one_line, (hit.title, date, where, hit.id))]


def _widths(rows: list[list[str]], columns: int | None) -> list[int]:
    headers = [header + " " * MIN_PADDING for header in _HEADERS]
    widths = [max(map(characters.width, column)) for column in zip(headers, *rows, strict=True)]
    if columns is not None:
        # The id must be whole to be of use; the title gives way first, then the location.
        for cell, least in ((1, 20), (3, 12)):
            over = sum(widths) + _GAPS - columns
            if over > 0:
                widths[cell] = min(widths[cell], max(least, widths[cell] - over))
    return widths


def _pad(cell: str, width: int, columns: int | None) -> str:
    if columns is not None:
        cell = characters.fit(cell, width)
    return cell + " " * (width - characters.width(cell))
