"""Plan → Tantivy's query objects, never its query language.

What it ranks otherwise than the design does is worked out here: patterns come expanded, negation is paired with all
articles, and words near each other are counted in the texts of the articles that hold them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tantivy
from tantivy import DocAddress, FieldType, Occur, Query

from searchkit.analysis import Analyzer
from searchkit.article import Article
from searchkit.engines import bm25
from searchkit.engines.proximity import windows_in
from searchkit.engines.tantivy_.schema import DAY, KEY, LENGTH, option
from searchkit.engines.wire import wire
from searchkit.errors import Unsupported
from searchkit.fields import BY_NAME, Form, physical
from searchkit.query.plan import All, And, Boost, Not, Or, Phrase, Plan, Range, Term

CONSTANT = bm25.K1 + 1
"""Tantivy multiplies by the constant that Lucene has given up: every score that comes from it is divided by this."""

MAX_CANDIDATES = 20_000
"""Articles whose texts are looked at for words near each other: about a second's work."""

_SHORT = 92
"""Days of a range that is looked up by its postings: up to a quarter of a year, three to ten times as fast for a common word."""

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
                return Query.phrase_query(self._schema, "text", [wire(term) for term in terms])
            case Phrase(field, terms, None):
                return _unscored(
                    Query.phrase_query(self._schema, physical(field, Form.EXACT), [wire(term) for term in terms])
                )
            case Phrase():
                return self._near(plan, EVERY)
            case And(children):
                return self._all(children)
            case Or(children):
                return self._either(children)
            case Not(child):
                return Query.boolean_query([(Occur.Must, EVERY), (Occur.MustNot, self.compile(child))])
            case Range(None, None):
                return _unscored(Query.exists_query(DAY))
            case Range(low, high):
                if low is not None and high is not None and low > high:
                    return Query.empty_query()
                # A few days are found sooner by their postings, many by looking at the day of each hit.
                short = low is not None and high is not None and high - low <= _SHORT
                return _unscored(
                    Query.range_query(
                        self._schema,
                        DAY,
                        FieldType.Unsigned,
                        lower_bound=low,
                        upper_bound=high,
                        use_inverted_index=short,
                    )
                )
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

    def _all(self, children: Sequence[Plan]) -> Query:
        near = [child for child in children if isinstance(child, Phrase) and child.slop is not None]
        others = _with_one_range([child for child in children if not any(child is phrase for phrase in near)])
        clauses = [(Occur.Must, self.compile(child)) for child in others if not isinstance(child, Not)]
        negated = [(Occur.MustNot, self.compile(child.child)) for child in others if isinstance(child, Not)]
        # A Boolean query of nothing but must-nots matches nothing.
        clauses = clauses or [(Occur.Must, EVERY)]
        if near:
            within = Query.boolean_query([*clauses, *negated])
            clauses += [(Occur.Must, self._near(phrase, within)) for phrase in near]
        return Query.boolean_query([*clauses, *negated])

    def _near(self, phrase: Phrase, within: Query) -> Query:
        """Words near each other, in articles that match ``within``.

        Tantivy's slop is another: it adds up how far words are from their places, and is not to be trusted where a word is
        named twice. With enough of it, and each word once, it gives candidates, and their texts are looked at. Raises
        Unsupported where there are too many.
        """
        assert phrase.slop is not None
        terms, name = phrase.terms, physical(phrase.field, Form.EXACT)
        distinct: list[str | tuple[int, str]] = [wire(term) for term in dict.fromkeys(terms)]
        if len(distinct) == 1:
            loose = Query.term_query(self._schema, name, distinct[0], "basic")
        else:
            enough = 2 * len(distinct) * (len(terms) + phrase.slop + len(distinct))
            loose = Query.phrase_query(self._schema, name, distinct, enough)
        result = self._searcher.search(
            Query.boolean_query([(Occur.Must, loose), (Occur.Must, within)]), MAX_CANDIDATES + 1
        )
        if len(result.hits) > MAX_CANDIDATES:
            hint = (
                f"more than {MAX_CANDIDATES:,} articles would have to be looked at; add a rarer word, a date or a place"
            )
            raise Unsupported("tantivy", f'"{" ".join(terms)}"~{phrase.slop}', hint)
        weight = 0.0
        if phrase.field == "text":
            articles = int(self._searcher.num_docs)
            weight = sum(bm25.idf(articles, min(self._searcher.doc_freq(name, wire(term)), articles)) for term in terms)
        average = self._average() if result.hits and weight else 0.0
        found = []
        for _, address in result.hits:
            article = self._fetch(address)
            pieces = [self._analyzer.exact(value) for value in BY_NAME[phrase.field].values(article)]
            freq = sum(windows_in(piece, phrase.terms, phrase.slop) for piece in pieces)
            if freq:
                score = bm25.score(weight, freq, bm25.norm(sum(map(len, pieces)), average)) if weight else 0.0
                this = Query.term_query(self._schema, KEY, wire(article.id), "basic")
                found.append((Occur.Should, Query.const_score_query(this, score * CONSTANT)))
        return Query.boolean_query(found) if found else Query.empty_query()


def _with_one_range(children: Sequence[Plan]) -> list[Plan]:
    """The children with all their ranges as one: since and until come as two, and each would look at every hit. A range
    scores nothing, so that a boost of one is the range.
    """
    children = [
        child.child if isinstance(child, Boost) and isinstance(child.child, Range) else child for child in children
    ]
    ranges = [child for child in children if isinstance(child, Range) and (child.low, child.high) != (None, None)]
    if len(ranges) < 2:
        return children
    lows = [child.low for child in ranges if child.low is not None]
    highs = [child.high for child in ranges if child.high is not None]
    both = Range(max(lows, default=None), min(highs, default=None))
    return [*(child for child in children if not any(child is one for one in ranges)), both]


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _set_of(plan: Plan) -> str | None:
    """The physical field of a term; None for any other plan."""
    return physical(plan.field, plan.form) if isinstance(plan, Term) else None
