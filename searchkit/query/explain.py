"""Plan → words: the query as it was understood."""

from __future__ import annotations

import datetime as dt

from searchkit.fields import Form
from searchkit.query.expand import Vocabulary
from searchkit.query.plan import All, And, Boost, Not, Or, Phrase, Plan, Range, Term
from searchkit.results import Explanation

_MOST_SHOWN = 12
"""Alternatives of a pattern that are written out; the rest is counted."""


def explain(plan: Plan, vocabulary: Vocabulary) -> Explanation:
    """The query as read, and each term with the number of articles that it is in."""
    counts: dict[str, int] = {}
    _count(plan, vocabulary, counts)
    return Explanation(describe(plan), tuple(counts.items()))


def describe(plan: Plan) -> str:
    """A plan in the query language's own signs, with ``word:`` forms made visible: ``stem(evacu)`` is every form."""
    match plan:
        case Term(field, form, text):
            shown = f"stem({text})" if form is Form.STEM else f'"{text}"'
            return shown if field == "text" else f"{field}:{shown}"
        case Phrase(field, terms, slop):
            shown = f'"{" ".join(terms)}"' + ("" if slop is None else f"~{slop}")
            return shown if field == "text" else f"{field}:{shown}"
        case And(children):
            return f"({' AND '.join(map(describe, children))})" if children else "*"
        case Or(children):
            shown = " OR ".join(map(describe, children[:_MOST_SHOWN]))
            more = len(children) - _MOST_SHOWN
            return f"({shown}{f' OR {more} more' if more > 0 else ''})" if children else "nothing"
        case Not(child):
            return f"NOT {describe(child)}"
        case Range(None, None):
            return "dated"
        case Range(low, high):
            return f"date:[{_day(low)} TO {_day(high)}]"
        case All():
            return "*"
        case Boost(child, factor):
            return f"{describe(child)}^{factor:g}"


def _day(number: int | None) -> str:
    return "*" if number is None else dt.date.fromordinal(number).isoformat()


def _count(plan: Plan, vocabulary: Vocabulary, counts: dict[str, int]) -> None:
    match plan:
        case Term(field, form, text):
            counts[f"{field}:{form.value}:{text}"] = vocabulary.doc_freq(field, form, text)
        case Phrase(field, terms, _):
            for text in terms:
                counts[f"{field}:exact:{text}"] = vocabulary.doc_freq(field, Form.EXACT, text)
        case And(children) | Or(children):
            for child in children:
                _count(child, vocabulary, counts)
        case Not(child) | Boost(child, _):
            _count(child, vocabulary, counts)
        case _:
            pass
