"""One id a line, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from searchkit.render import Look, characters

if TYPE_CHECKING:
    from searchkit.results import Results


def write(results: Results, out: TextIO, look: Look) -> None:
    """Write the ids as they are; on a terminal, printable."""
    show = characters.one_line if out.isatty() else str
    for hit in results:
        out.write(show(hit.id) + "\n")
