"""One JSON object a line and hit, with no envelope: no hit, no line (docs/json.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from searchkit.render import Look
from searchkit.render.records import dumps, hit_record

if TYPE_CHECKING:
    from searchkit.results import Results


def write(results: Results, out: TextIO, look: Look) -> None:
    """Write each hit as one line."""
    for hit in results:
        out.write(dumps(hit_record(hit)) + "\n")
