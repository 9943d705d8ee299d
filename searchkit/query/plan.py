"""The plan: what a query means to an engine. Engines and snippets read it; nothing else of a query reaches them.

Scores: a Term or Phrase in the field ``text`` scores by BM25; in any other field it scores 0. And and Or score the sum of
those children that match; Not, Range and All score 0; Boost multiplies. ``Boost(child, 0)`` matches without scoring, and
is not marked in snippets.
"""

from __future__ import annotations

from collections.abc import Iterator

from searchkit.fields import Form
from searchkit.records import Record


class Term(Record):
    """Articles with this term in this form of this field."""

    field: str
    form: Form
    text: str


class Phrase(Record):
    """Articles with these exact terms (two or more), one after the other in one piece of the field.

    With ``slop``: in any order, with at most so many other terms among them; a term that is named twice must be there twice.
    """

    field: str
    terms: tuple[str, ...]
    slop: int | None = None


class And(Record):
    """Articles that match every child. No child: every article."""

    children: tuple[Plan, ...]


class Or(Record):
    """Articles that match at least one child. No child: none."""

    children: tuple[Plan, ...]


class Not(Record):
    """Every article that does not match the child, undated ones included."""

    child: Plan


class Range(Record):
    """Articles dated from day ``low`` to day ``high`` (day numbers, both included, None: open). Both open: all dated."""

    low: int | None
    high: int | None


class All(Record):
    """Every article."""


class Boost(Record):
    """The child's matches, its score multiplied by ``factor``."""

    child: Plan
    factor: float


Plan = Term | Phrase | And | Or | Not | Range | All | Boost


def marked(plan: Plan) -> Iterator[Term | Phrase]:
    """The terms and phrases of the text field that made an article match: not the negated ones, not what does not score."""
    match plan:
        case Term(field="text") | Phrase(field="text"):
            yield plan
        case And(children) | Or(children):
            for child in children:
                yield from marked(child)
        case Boost(child, factor) if factor:
            yield from marked(child)
        case _:
            pass


def scores(plan: Plan) -> bool:
    """Whether anything in the plan scores. If not, hits are sorted by date."""
    return next(marked(plan), None) is not None
