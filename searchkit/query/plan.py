"""The plan: what a query means to an engine. Engines and snippets read it; nothing else of a query reaches them.

Scores: a Term or Phrase in the field ``text`` scores by BM25; in any other field it scores 0. And and Or score the sum of
those children that match; Not, Range and All score 0; Boost multiplies. ``Boost(child, 0)`` matches without scoring, and
is not marked in snippets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

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


def within(plan: Plan, field: str, terms: Collection[str]) -> Plan:
    """What is left of a plan among articles that have these terms, and no other ones, in a keyword field: what cannot match
    there is gone, but for what is negated.
    """
    match plan:
        case Term(name, _, text) if name == field:
            return All() if text in terms else Or(())
        case And(children):
            all_left = tuple(within(child, field, terms) for child in children)
            return Or(()) if Or(()) in all_left else And(all_left)
        case Or(children):
            return Or(tuple(left for child in children if (left := within(child, field, terms)) != Or(())))
        case Boost(child, factor):
            left = within(child, field, terms)
            return left if left == Or(()) else Boost(left, factor)
        case _:
            return plan


def scores(plan: Plan) -> bool:
    """Whether anything in the plan scores. If not, hits are sorted by date."""
    return next(marked(plan), None) is not None
