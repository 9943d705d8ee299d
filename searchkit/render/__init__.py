"""Results → text, table, JSON, CSV, HTML: one module a format, each imported when it is asked for.

A format is a module with ``write(results, out, look)``, which takes hits from the results one at a time, so that a
search without a limit needs no more memory than one with. To add one: a module, and a line in ``FORMATS``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, TextIO, cast

from searchkit.records import Record

if TYPE_CHECKING:
    from searchkit.results import Results

FORMATS: dict[str, str] = {
    "text": "text",
    "table": "table",
    "json": "json_",
    "jsonl": "jsonl",
    "csv": "csv_",
    "html": "html",
    "ids": "ids",
}
"""The formats of ``searchkit query``, and the module here that writes each."""

PEOPLE = frozenset({"text", "table"})
"""Formats written in the terminal's own encoding; every other one is UTF-8 with line feeds, wherever it is written."""


class Look(Record):
    """How to show something: in colour or not, in how many columns (None: lines are not broken), and how many hits come
    before the first one shown.
    """

    color: bool = False
    width: int | None = None
    offset: int = 0


class _Format(Protocol):
    def write(self, results: Results, out: TextIO, look: Look) -> None: ...


def write(results: Results, out: TextIO, format: str, look: Look) -> None:
    """Write the results to ``out`` in one of ``FORMATS``."""
    cast("_Format", import_module(f"{__name__}.{FORMATS[format]}")).write(results, out, look)
