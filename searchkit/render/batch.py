"""The answers to a batch of queries: one JSON object a line, an envelope with its hits or an error (docs/json.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from searchkit.render import Look
from searchkit.render.json_ import write_envelope
from searchkit.render.records import dumps, error_record, results_record

if TYPE_CHECKING:
    from searchkit.errors import SearchkitError
    from searchkit.results import Results


def write_answer(results: Results, out: TextIO, look: Look, hits: bool = True) -> None:
    """Write a query's total, and its hits where they are wanted."""
    if hits:
        write_envelope(results, out, look, between="")
    else:
        out.write(dumps(results_record(results, look.offset)))
    _end(out)


def write_error(query: str, error: SearchkitError, out: TextIO) -> None:
    """Write what is wrong with a query."""
    out.write(dumps(error_record(query, error)))
    _end(out)


def _end(out: TextIO) -> None:
    out.write("\n")
    # Whoever writes queries into the pipe one by one waits for each answer.
    out.flush()
