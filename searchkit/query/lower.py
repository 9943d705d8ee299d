"""AST → plan: what was written becomes what an engine is asked, against one index's vocabulary, language and day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from searchkit.analysis import Analyzer, keyword_term
from searchkit.analysis.unspaced import begins_with, has_runs, is_character
from searchkit.errors import QueryError
from searchkit.fields import BY_NAME, Field, Form, Kind
from searchkit.query.ast import (
    ANY_ONE,
    ANY_RUN,
    NO_FIELDS,
    Boosted,
    Bracketed,
    Clauses,
    Either,
    Everything,
    Fuzzy,
    InField,
    Node,
    Occur,
    Quoted,
    Regex,
    Wildcard,
    Word,
)
from searchkit.query.expand import Counted, PatternError, Vocabulary, expand_fuzzy, expand_regex, expand_wildcard
from searchkit.query.forms import held_languages, stems_of
from searchkit.query.parser import Parsed
from searchkit.query.plan import All, And, Boost, Not, Or, Phrase, Plan, Range, Term
from searchkit.query.scanner import FIELDS_HINT

if TYPE_CHECKING:
    from searchkit.query.dates import Days

MAX_SCORED = 128
"""The most terms of one pattern that are ranked and marked. All of its terms match."""


@dataclass(slots=True)
class Context:
    """What a query is read against. ``today`` is the user's civil day; ``any_word``: plain clauses side by side need not
    all match. ``warnings`` collects what the user should know about how the query was read.
    """

    vocabulary: Vocabulary
    analyzer: Analyzer
    today: dt.date
    day_first: bool = False
    any_word: bool = False
    warnings: list[str] = field(default_factory=list)


def lower(parsed: Parsed, context: Context) -> Plan:
    """The plan of a query. Raises QueryError for an empty query, an impossible date and the like."""
    if parsed.root is None:
        hint = "Write the words to look for, or * for every article."
        raise QueryError("the query is empty", parsed.text, 0, len(parsed.text), hint=hint)
    plan = _Lowering(parsed.text, context).node(parsed.root, BY_NAME["text"])
    if plan is None:
        context.warnings.append("there is no word in this query, only punctuation: nothing can match")
        return Or(())
    return plan


def lower_filter(name: str, value: str, context: Context) -> Plan:
    """The plan of one filter that was given beside the query: a field's name (or one of NO_FIELDS) and its value, which is
    taken literally. Raises QueryError for an unknown field or a value that cannot be.
    """
    canonical = name if name in NO_FIELDS else BY_NAME[name].name if name in BY_NAME else None
    if canonical is None:
        raise QueryError(f"there is no field {name!r}", f"{name}:{value}", 0, len(name), hint=FIELDS_HINT)
    written = f"{name}:{value}"
    span = (len(name) + 1, len(written))
    plan = _Lowering(written, context).node(InField(canonical, Quoted(value, None, span), span), BY_NAME["text"])
    if plan is None:
        raise QueryError(f"there is no word in this value for {name}", written, *span)
    return plan


class _Lowering:
    def __init__(self, text: str, context: Context) -> None:
        self.text = text
        self.context = context
        self.filters: dict[tuple[str, ...], Plan] = {}

    @cached_property
    def languages(self) -> list[str]:
        """The languages that the index holds articles in; none, where it has one language."""
        return held_languages(self.context.vocabulary) if self.context.analyzer.is_for_all else []

    def node(self, node: Node, field: Field, bound: str = "") -> Plan | None:
        """The plan of a node in a field; None where it holds no word. ``bound`` is ``since`` or ``until`` inside those."""
        match node:
            case InField("since" | "until", inner, _):
                return self.node(inner, BY_NAME["date"], node.field)
            case InField("near" | "bbox" as name, inner, _):
                return self.area(name, inner)
            case InField(name, inner, _):
                return self.node(inner, BY_NAME[name])
            case Clauses(items, _):
                return self.clauses(items, field, bound)
            case Either(items, _):
                plans = [plan for item in items if (plan := self.node(item, field, bound)) is not None]
                return _either(plans) if plans else None
            case Boosted(inner, factor, _):
                plan = self.node(inner, field, bound)
                return None if plan is None else Boost(plan, factor)
            case Everything():
                return All()
        return self.date(node, bound) if field.kind is Kind.DATE else self.leaf(node, field)

    def clauses(self, items: Sequence[tuple[Occur, Node]], field: Field, bound: str) -> Plan | None:
        plain: list[Plan] = []
        required: list[Plan] = []
        prohibited: list[Plan] = []
        for occur, node in items:
            plan = self.node(node, field, bound)
            if plan is None:
                continue
            if occur is Occur.PROHIBITED:
                prohibited.append(Not(plan))
            elif occur is Occur.REQUIRED or not self.context.any_word:
                required.append(plan)
            else:
                plain.append(plan)
        if plain and required:
            # Beside something required, the others are welcome but not needed.
            plain.append(Boost(All(), 0.0))
        parts = [*required, *([_either(plain)] if plain else []), *prohibited]
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def leaf(self, node: Node, field: Field) -> Plan | None:
        analyzer = self.context.analyzer
        match node:
            case Word(text, _) if field.kind is Kind.KEYWORD:
                return Term(field.name, Form.EXACT, keyword_term(text))
            case Word(text, _) | Quoted(text, None, _) if field.name == "location":
                return self.place(node, field, text)
            case Word(text, _):
                if Form.STEM in field.forms and len(analyzer.tokens(text)) == 1:
                    return self.forms(field, text)
                return self.phrase(node, field, text, None)
            case Quoted(text, slop, _) if field.kind is Kind.KEYWORD:
                return _phrase(field, [keyword_term(text)], slop)
            case Quoted(text, slop, _):
                return self.phrase(node, field, text, slop)
            case Wildcard(text, _):
                return self.patterns(node, field, text, expand_wildcard)
            case Fuzzy(text, _, _) if field.kind is not Kind.KEYWORD and has_runs(" ".join(analyzer.chunks(text))):
                self.context.warnings.append(
                    f"{self.written(node)}: what is written without spaces is searched as it is"
                )
                return self.leaf(Word(text, node.span), field)
            case Fuzzy(text, distance, _):
                return self.patterns(node, field, text, lambda v, f, term: expand_fuzzy(v, f, term, distance))
            case Regex(pattern, span):
                try:
                    expanded = expand_regex(self.context.vocabulary, field.name, pattern)
                except PatternError as error:
                    hint = "The syntax is RE2's: no back-references, no look-around, no white space."
                    raise QueryError(f"this regular expression: {error}", self.text, *span, hint=hint) from None
                return self.expanded(node, field, expanded)
            case Bracketed(_, span):
                raise QueryError("a range in [ ] is for dates: date:[2019-02 TO 2019-03]", self.text, *span)
        raise AssertionError(node)

    def place(self, node: Node, field: Field, text: str) -> Plan | None:
        """A place by its name as printed or resolved, by another name that it had, or as one of the countries it means."""
        plan = self.phrase(node, field, text, None)
        if plan is None:
            return None
        from searchkit.news.regions import widened  # only searches by place need the tables

        analyzer = self.context.analyzer
        names, codes = widened(" ".join(analyzer.sought(text)))
        plans = [plan, *(other for name in names if (other := _phrase(field, analyzer.sought(name), None)) is not None)]
        plans += [Term("country", Form.EXACT, code.lower()) for code in codes]
        return _either(plans)

    def area(self, name: str, node: Node) -> Plan:
        """The places of the index that lie near another one, or in a box."""
        from searchkit.query import geo  # only searches by area need the gazetteer

        match node:
            case Word(text, span) | Quoted(text, None, span):
                pass
            case _:
                hint = geo.DISTANCE_HINT if name == "near" else geo.BOX_HINT
                what = "one place, and no group or pattern" if name == "near" else "four numbers"
                raise QueryError(f"{name}: takes {what}", self.text, *node.span, hint=hint)
        vocabulary, warnings = self.context.vocabulary, self.context.warnings
        try:
            area = geo.read_near(text, vocabulary, warnings) if name == "near" else geo.read_box(text)
        except geo.GeoError as error:
            raise QueryError(error.message, self.text, *span, hint=error.hint) from None
        return geo.places_in(area, vocabulary, warnings)

    def forms(self, field: Field, word: str) -> Plan:
        """A bare word in any form. In an index of several languages, an article is asked for the form of its own."""
        stems = stems_of(word, self.context.analyzer, self.languages)
        if len(stems) == 1:
            return Term(field.name, Form.STEM, next(iter(stems)))
        plans: list[Plan] = []
        for stem, codes in stems.items():
            if not self.context.vocabulary.doc_freq(field.name, Form.STEM, stem):
                continue
            if codes not in self.filters:  # one and the same, so that an engine can see that it is
                self.filters[codes] = Boost(_either([Term("language", Form.EXACT, code) for code in codes]), 0.0)
            plans.append(And((Term(field.name, Form.STEM, stem), self.filters[codes])))
        return _either(plans) if plans else Term(field.name, Form.STEM, next(iter(stems)))

    def phrase(self, node: Node, field: Field, text: str, slop: int | None) -> Plan | None:
        """Terms as written, one after the other, or with ``slop`` near each other."""
        terms = self.context.analyzer.sought(text, anywhere=slop is not None)
        if len(terms) != 1 or not is_character(terms[0]):
            if slop is not None and any(map(is_character, terms)):
                self.context.warnings.append(
                    f"{self.written(node)}: a single character is only found near others where no other one follows it "
                    "or goes before it"
                )
            return _phrase(field, terms, slop)
        # One character of a script without spaces is a stem, or begins a pair.
        if Form.STEM in field.forms:
            return Term(field.name, Form.STEM, terms[0])
        pairs = expand_wildcard(self.context.vocabulary, field.name, terms[0] + ANY_RUN)
        return self.expanded(node, field, [counted for counted in pairs if begins_with(counted[0], terms[0])])

    def patterns(
        self, node: Node, field: Field, text: str, expand: Callable[[Vocabulary, str, str], list[Counted]]
    ) -> Plan | None:
        if field.kind is Kind.KEYWORD:
            terms = [keyword_term(text)]
        else:
            terms = self.context.analyzer.patterns(text, ANY_RUN + ANY_ONE)
        if len(terms) > 1:
            self.context.warnings.append(f"{self.written(node)} was read as {' AND '.join(map(_show, terms))}")
        plans: list[Plan] = []
        for term in terms:
            if field.kind is not Kind.KEYWORD and has_runs(term):
                plan = self.leaf(Word(term, node.span), field)
                plans += [plan] if plan is not None else []
            else:
                plans.append(self.expanded(node, field, expand(self.context.vocabulary, field.name, term)))
        if not plans:
            return None
        return plans[0] if len(plans) == 1 else And(tuple(plans))

    def expanded(self, node: Node, field: Field, found: list[Counted]) -> Plan:
        """The terms of a pattern: the most frequent ones score, the rest only matches."""
        if not found:
            where = "no word in this archive" if field.name == "text" else f"nothing in the field {field.name}"
            self.context.warnings.append(f"{where} matches {self.written(node)}")
            return Or(())
        if len(found) == 1:
            return Term(field.name, Form.EXACT, found[0][0])
        ranked = sorted(found, key=lambda counted: (-counted[1], counted[0]))
        plans: list[Plan] = [Term(field.name, Form.EXACT, term) for term, _ in ranked[:MAX_SCORED]]
        rest = tuple(Term(field.name, Form.EXACT, term) for term, _ in ranked[MAX_SCORED:])
        if rest:
            plans.append(Boost(Or(rest), 0.0))
            if field.name == "text":
                self.context.warnings.append(
                    f"{self.written(node)} stands for {len(found):,} words: all of them match, "
                    f"the {MAX_SCORED} most frequent are ranked and marked"
                )
        return Or(tuple(plans))

    def date(self, node: Node, bound: str) -> Plan:
        match node:
            case Word(text, _) | Quoted(text, None, _) | Bracketed(text, _):
                pass
            case Wildcard(text, _) if text.strip(ANY_RUN) == "":
                return Range(None, None)
            case _:
                raise QueryError("a date cannot be a pattern", self.text, *node.span, hint=_DATE_HINT)
        if text.strip().lower() == "missing":
            if bound:
                raise QueryError(
                    f"{bound}: needs a date", self.text, *node.span, hint="date:missing finds the undated."
                )
            return Not(Range(None, None))
        from searchkit.query.dates import DateError, parse_days  # a search without dates does not wait for it

        try:
            days = parse_days(text, self.context.today, self.context.day_first)
        except DateError as error:
            raise QueryError(error.message, self.text, *node.span, hint=error.hint or _DATE_HINT) from None
        return _range(days, bound)

    def written(self, node: Node) -> str:
        start, end = node.span
        return self.text[start:end]


_DATE_HINT = 'Dates are written like 2019, 2019-02, 2019-02-19, 2019-02-01..2019-02-28 or "last week".'


def _range(days: Days, bound: str) -> Range:
    low = None if days.low is None or bound == "until" else days.low.toordinal()
    high = None if days.high is None or bound == "since" else days.high.toordinal()
    return Range(low, high)


def _phrase(field: Field, terms: Sequence[str], slop: int | None) -> Plan | None:
    if not terms:
        return None
    return Term(field.name, Form.EXACT, terms[0]) if len(terms) == 1 else Phrase(field.name, tuple(terms), slop)


def _either(plans: list[Plan]) -> Plan:
    return plans[0] if len(plans) == 1 else Or(tuple(plans))


def _show(pattern: str) -> str:
    return pattern.replace(ANY_RUN, "*").replace(ANY_ONE, "?")
