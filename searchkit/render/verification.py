"""Whether an index is whole, in words or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from searchkit.render import characters, words

if TYPE_CHECKING:
    from searchkit.reports import Verification


def write_text(verification: Verification, out: TextIO) -> None:
    """Write what was repaired, each problem with what to do about it, and a line that says how things stand."""
    for problem in verification.repaired:
        out.write(f"repaired: {characters.one_line(problem.what)}\n")
    for problem in verification.problems:
        out.write(f"{problem.kind}: {characters.one_line(problem.what)}\n")
        out.write(f"  to do: {characters.one_line(problem.remedy)}\n")
    articles = words.count(verification.articles, "article")
    files = words.count(verification.sources, "file")
    state = "whole" if verification.whole else words.count(len(verification.problems), "problem")
    path = characters.one_line(verification.path)
    out.write(f"{path}: {articles} of {files} on {verification.engine}: {state}\n")


def write_json(verification: Verification, out: TextIO) -> None:
    """Write it as one JSON object, schema ``searchkit.verification/1``."""
    from searchkit.render.records import dumps, verification_record

    out.write(dumps(verification_record(verification)) + "\n")
