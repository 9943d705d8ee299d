"""One JSON object, an envelope with the hits in it: schema ``searchkit.results/1`` (docs/json.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from searchkit.render import Look
from searchkit.render.records import dumps, hit_record, results_record

if TYPE_CHECKING:
    from searchkit.results import Results


def write(results: Results, out: TextIO, look: Look) -> None:
    """Write the envelope, with each hit on a line of its own."""
    write_envelope(results, out, look, between="\n")
    out.write("\n")


def write_envelope(results: Results, out: TextIO, look: Look, between: str) -> None:
    """Write the envelope with ``between`` before each hit, hit by hit."""
    head = dumps(results_record(results, look.offset))
    out.write(f'{head[:-1]}, "hits": [')
    empty = True
    for hit in results:
        out.write(("" if empty else ",") + between + dumps(hit_record(hit)))
        empty = False
    out.write(("" if empty else between) + "]}")
