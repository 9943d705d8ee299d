"""How a query was understood, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchkit.render import characters, words

if TYPE_CHECKING:
    from searchkit.results import Explanation


def in_words(explanation: Explanation) -> str:
    """The query as it was read, then a line for each term with the number of articles that it is in."""
    lines = [f"Understood as: {characters.one_line(explanation.understood)}"]
    terms = [(characters.one_line(term), number) for term, number in explanation.terms]
    longest = max((characters.width(term) for term, _ in terms), default=0)
    for term, number in terms:
        gap = " " * (longest - characters.width(term))
        lines.append(f"  {term}{gap}  in {words.count(number, 'article')}")
    return "\n".join(lines) + "\n"
