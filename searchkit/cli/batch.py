"""``searchkit query --batch``: many queries in one process."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from searchkit.cli.options import stdout
from searchkit.errors import SearchkitError
from searchkit.render import Look
from searchkit.render.batch import write_answer, write_error

if TYPE_CHECKING:
    from searchkit.results import Results


class Search(Protocol):
    """Answers one query."""

    def __call__(self, query: str, /) -> Results: ...


def run_batch(lines: Iterable[bytes], search: Search, offset: int, hits: bool) -> int:
    """Answer each line that is not blank. Gives the exit status: 2 when one was bad, else 0 when one found something."""
    out = stdout(for_people=False)
    look = Look(offset=offset)
    found = bad = False
    for number, line in enumerate(lines):
        encoding = "utf-8" if number else "utf-8-sig"
        query = line.decode(encoding, "replace").strip()
        if not query:
            continue
        try:
            line.decode(encoding)
            results = search(query)
        except UnicodeDecodeError:
            bad = True
            write_error(query, SearchkitError("this line is not UTF-8"), out)
        except SearchkitError as error:
            bad = True
            write_error(query, error, out)
        else:
            found = found or results.total > 0
            write_answer(results, out, look, hits)
    return 2 if bad else 0 if found else 1
