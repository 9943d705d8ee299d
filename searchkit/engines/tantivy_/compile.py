"""Plan → Tantivy's query objects, never its query language.

What it ranks otherwise than the design does is worked out here: patterns come expanded, negation is paired with all
articles, and words near each other are counted in the texts of the articles that hold them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tantivy
from tantivy import DocAddress, FieldType, Occur, Query

from searchkit.analysis import Analyzer, index_fields
from searchkit.article import Article
from searchkit.engines import bm25
from searchkit.engines.proximity import count_windows
from searchkit.engines.tantivy_.schema import DAY, KEY, LENGTH, option, physical, wire
from searchkit.fields import Form
from searchkit.query.plan import All, And, Boost, Not, Or, Phrase, Plan, Range, Term

CONSTANT = bm25.K1 + 1
"""Tantivy multiplies by the constant that Lucene has given up: every score that comes from it is divided by this."""

EVERY = Query.const_score_query(Query.all_query(), 0.0)


class Compiler:
    """Compiles plans for one state of an index. ``fetch`` gives the stored article at an address."""

    def __init__(
        self,
        schema: tantivy.Schema,
        searcher: tantivy.Searcher,
        analyzer: Analyzer,
        fetch: Callable[[DocAddress], Article],
    ) -> None:
        self._schema = schema
        self._searcher = searcher
        self._analyzer = analyzer
        self._fetch = fetch

    def compile(self, plan: Plan) -> Query:
        """The query of a plan."""
        match plan:
            case Term(field, form, text):
                query = Query.term_query(self._schema, physical(field, form), wire(text), option(field, form))
                return query if field == "text" else _unscored(query)
            case Phrase("text", terms, None):
                return Query.phrase_query(self._schema, "text", list(terms))
            case Phrase(field, terms, None):
                return _unscored(Query.phrase_query(self._schema, physical(field, Form.EXACT), list(terms)))
            case Phrase():
                return self._near(plan)
            case And(children):
                clauses = [(Occur.Must, self.compile(child)) for child in children if not isinstance(child, Not)]
                negated = [(Occur.MustNot, self.compile(child.child)) for child in children if isinstance(child, Not)]
                # A Boolean query of nothing but must-nots matches nothing.
                return Query.boolean_query([*(clauses or [(Occur.Must, EVERY)]), *negated])
            case Or(children):
                return self._either(children)
            case Not(child):
                return Query.boolean_query([(Occur.Must, EVERY), (Occur.MustNot, self.compile(child))])
            case Range(None, None):
                return _unscored(Query.exists_query(DAY))
            case Range(low, high):
                days = Query.range_query(self._schema, DAY, FieldType.Unsigned, lower_bound=low, upper_bound=high)
                return _unscored(days)
            case All():
                return EVERY
            case Boost(Or(children), 0) if children and len({_set_of(child) for child in children}) == 1:
                if (name := _set_of(children[0])) is not None:
                    texts = [wire(child.text) for child in children if isinstance(child, Term)]
                    return _unscored(Query.term_set_query(self._schema, name, texts))
                return _unscored(self._either(children))
            case Boost(child, 0):
                return _unscored(self.compile(child))
            case Boost(child, factor):
                return Query.boost_query(self.compile(child), factor)

    def _either(self, children: Sequence[Plan]) -> Query:
        if not children:
            return Query.empty_query()
        return Query.boolean_query([(Occur.Should, self.compile(child)) for child in children])

    def _average(self) -> float:
        """The mean length of the texts, in terms."""
        total = self._searcher.aggregate(Query.all_query(), {"length": {"sum": {"field": LENGTH}}})
        return float(total["length"]["value"]) / max(int(self._searcher.num_docs), 1)

    def _near(self, phrase: Phrase) -> Query:
        """Words near each other. Tantivy counts the distance otherwise, so it gives candidates, and the texts are looked at."""
        name = physical(phrase.field, Form.EXACT)
        words = [(Occur.Must, Query.term_query(self._schema, name, term, "basic")) for term in set(phrase.terms)]
        candidates = Query.boolean_query(words)
        weight = sum(
            bm25.idf(max(int(self._searcher.num_docs), 1), self._searcher.doc_freq(name, wire(t))) for t in phrase.terms
        )
        found = []
        hits = self._searcher.search(candidates, max(int(self._searcher.num_docs), 1), count=False).hits
        for _, address in hits:
            article = self._fetch(address)
            pieces = [piece.split() for piece in index_fields(article, self._analyzer)[phrase.field].exact]
            freq = sum(_windows(piece, phrase) for piece in pieces)
            if freq:
                length = sum(map(len, pieces))
                score = bm25.score(weight, freq, bm25.norm(length, self._average())) if phrase.field == "text" else 0.0
                this = Query.term_query(self._schema, KEY, wire(article.id), "basic")
                found.append((Occur.Should, Query.const_score_query(this, score * CONSTANT)))
        return Query.boolean_query(found) if found else Query.empty_query()


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _set_of(plan: Plan) -> str | None:
    """The physical field of a term; None for any other plan."""
    return physical(plan.field, plan.form) if isinstance(plan, Term) else None


def _windows(piece: Sequence[str], phrase: Phrase) -> int:
    assert phrase.slop is not None
    places: dict[str, list[int]] = {term: [] for term in phrase.terms}
    for place, term in enumerate(piece):
        if term in places:
            places[term].append(place)
    return count_windows(phrase.terms, [places[term] for term in phrase.terms], phrase.slop)
