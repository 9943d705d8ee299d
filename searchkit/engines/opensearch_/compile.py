"""Plan → OpenSearch's query objects, never its query languages.

Every plan has two forms: the filter, which says what matches and is all that counting needs, and the scored query. What
does not score is a filter inside the scored one too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from math import floor
from typing import Any

from searchkit.engines.opensearch_.schema import DAY, term_of
from searchkit.engines.recency import LEAST, Recency
from searchkit.fields import Form, physical
from searchkit.query.plan import All, And, Boost, Not, Or, Phrase, Plan, Range, Term, scores

Query = dict[str, Any]

Near = Callable[[Phrase, Query], Query]
"""The scored query of words near each other, in articles that match a filter besides."""

_MOST_TERMS = 65_536
"""Terms of one ``terms`` query, as indexes are set up by default."""

EVERY: Query = {"match_all": {}}
NOTHING: Query = {"match_none": {}}


def matching(plan: Plan) -> Query:
    """The filter of a plan: what matches, without scores."""
    match plan:
        case Term(field, form, text):
            return {"term": {physical(field, form): term_of(field, form, text)}}
        case Phrase(field, terms, None):
            return _phrase(field, terms)
        case Phrase(field, terms, slop):
            # The gaps of an interval are the other places in it.
            each = [{"match": {"query": term, "analyzer": "whitespace"}} for term in terms]
            return {"intervals": {field: {"all_of": {"ordered": False, "max_gaps": slop, "intervals": each}}}}
        case And(children):
            return _all(children)
        case Or(children):
            return _any(children)
        case Not(child):
            return {"bool": {"must_not": [matching(child)]}}
        case Range(None, None):
            return {"exists": {"field": DAY}}
        case Range(low, high):
            bounds = {"gte": low, "lte": high}
            return {"range": {DAY: {bound: day for bound, day in bounds.items() if day is not None}}}
        case All():
            return EVERY
        case Boost(child, _):
            return matching(child)


def scored(plan: Plan, near: Near) -> Query:
    """The query of a plan, with scores."""
    if not scores(plan):
        return _constant(matching(plan))
    match plan:
        case Term(field, form, text):
            return {"term": {physical(field, form): {"value": term_of(field, form, text)}}}
        case Phrase(field, terms, None):
            # A shard that holds none of its words says nothing of its articles, and N would lack them. It is asked for a word,
            # which there is not, too.
            return {"bool": {"must": [_phrase(field, terms)], "should": [{"term": {field: ""}}]}}
        case Phrase():
            return near(plan, EVERY)
        case And(children):
            return _all_scored(children, near)
        case Or(children):
            others = [child for child in children if not scores(child)]
            should = [scored(child, near) for child in children if scores(child)]
            if others:
                should.append(_constant(_any(others)))
            return {"bool": {"should": should, "minimum_should_match": 1}}
        case Boost(child, factor):
            return {"bool": {"must": [scored(child, near)], "boost": factor}}
    raise AssertionError(plan)


def aged(query: Query, recency: Recency) -> Query:
    """A query whose scores fall with age, as :meth:`searchkit.engines.recency.Recency.factor` says."""
    today = recency.today
    oldest = max(floor(today - 10 * recency.half_life) + 1, 1)  # ten half-lives are where the decay meets the floor
    decay = {DAY: {"origin": today, "scale": recency.half_life, "decay": 0.5}}
    functions = [
        {"filter": {"range": {DAY: {"gte": today}}}, "weight": 1},
        {"filter": {"range": {DAY: {"gte": oldest}}}, "exp": decay},
        {"weight": LEAST},
    ]
    return {"function_score": {"query": query, "functions": functions, "score_mode": "first", "boost_mode": "multiply"}}


def both(*filters: Query) -> Query:
    """What matches each of some filters."""
    wanted = [query for query in filters if query != EVERY]
    return {"bool": {"filter": wanted}} if wanted else EVERY


def _all(children: Sequence[Plan]) -> Query:
    wanted = [matching(child) for child in children if not isinstance(child, Not | All)]
    unwanted = [matching(child.child) for child in children if isinstance(child, Not)]
    if not wanted and not unwanted:
        return EVERY
    return {"bool": {"filter": wanted, "must_not": unwanted}}


def _all_scored(children: Sequence[Plan], near: Near) -> Query:
    scoring = [child for child in children if scores(child)]
    filters = _all([child for child in children if not scores(child)])
    must: list[Query] = []
    for child in scoring:
        if isinstance(child, Phrase) and child.slop is not None:
            must.append(near(child, both(filters, *(matching(other) for other in scoring if other is not child))))
        else:
            must.append(scored(child, near))
    return {"bool": {"must": must, "filter": [] if filters == EVERY else [filters]}}


def _any(children: Sequence[Plan]) -> Query:
    """What matches one of some plans. The terms of a field are one clause, since there may be thousands of them."""
    terms: dict[str, list[Any]] = defaultdict(list)
    should: list[Query] = []
    for child in children:
        match child:
            case Term(field, form, text):
                terms[physical(field, form)].append(term_of(field, form, text))
            case Range(low, high) if low is not None and low == high:
                terms[DAY].append(low)
            case _:
                should.append(matching(child))
    for name, held in terms.items():
        should += [{"terms": {name: list(some)}} for some in _batches(held)]
    if not should:
        return NOTHING
    return should[0] if len(should) == 1 else {"bool": {"should": should, "minimum_should_match": 1}}


def _batches(held: Sequence[Any]) -> list[Sequence[Any]]:
    return [held[start : start + _MOST_TERMS] for start in range(0, len(held), _MOST_TERMS)]


def _phrase(field: str, terms: Sequence[str]) -> Query:
    name = physical(field, Form.EXACT)
    return {"match_phrase": {name: {"query": " ".join(terms), "analyzer": "whitespace"}}}


def _constant(query: Query) -> Query:
    return {"constant_score": {"filter": query, "boost": 0}}
