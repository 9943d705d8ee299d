"""Plan → words: the query as it was understood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from searchkit.fields import Form, unpack_place
from searchkit.query.expand import Vocabulary
from searchkit.query.plan import All, And, Boost, Not, Or, Phrase, Plan, Range, Term
from searchkit.results import Explanation

_MOST_SHOWN = 12
"""Alternatives of a pattern that are written out; the rest is counted."""


def explain(plan: Plan, vocabulary: Vocabulary) -> Explanation:
    """The query as read, and each term with the number of articles that it is in."""
    terms = dict.fromkeys(_terms(plan))
    return Explanation(
        describe(plan), tuple((_name(term), vocabulary.doc_freq(term.field, term.form, term.text)) for term in terms)
    )


def describe(plan: Plan) -> str:
    """A plan in the query language's own signs, with ``word:`` forms made visible: ``stem(evacu)`` is every form."""
    match plan:
        case Term("location", Form.WHOLE, text):
            return str(unpack_place(text))
        case Term(field, form, text):
            shown = f"stem({text})" if form is Form.STEM else f'"{text}"'
            return shown if field == "text" else f"{field}:{shown}"
        case Phrase(field, terms, slop):
            shown = f'"{" ".join(terms)}"' + ("" if slop is None else f"~{slop}")
            return shown if field == "text" else f"{field}:{shown}"
        case And(children):
            return f"({' AND '.join(map(describe, children))})" if children else "*"
        case Boost(Or((Term("location", Form.WHOLE, _), *_) as children), 0):
            shown = "; ".join(map(describe, children[:_MOST_SHOWN]))
            more = len(children) - _MOST_SHOWN
            return f"location:({shown}{f'; and {more} more' if more > 0 else ''})"
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


def _name(term: Term) -> str:
    shown = str(unpack_place(term.text)) if term.form is Form.WHOLE else term.text
    return f"{term.field}:{term.form.value}:{shown}"


def _terms(plan: Plan) -> Iterator[Term]:
    match plan:
        case Term():
            yield plan
        case Phrase(field, terms, _):
            for text in terms:
                yield Term(field, Form.EXACT, text)
        case Boost(Or((Term("location", Form.WHOLE, _), *_) as children), _):
            for child in children[:_MOST_SHOWN]:  # half of an archive's places may be near
                yield from _terms(child)
        case And(children) | Or(children):
            for child in children:
                yield from _terms(child)
        case Not(child) | Boost(child, _):
            yield from _terms(child)
        case _:
            pass
