"""The terms of an index and in how many articles each is, kept until the next reload."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile

from searchkit.analysis import Analyzer, index_fields
from searchkit.article import Article
from searchkit.engines.opensearch_.compile import EVERY, Query, matching
from searchkit.engines.opensearch_.counts import Search, walk
from searchkit.engines.opensearch_.schema import column
from searchkit.engines.wire import from_wire, wire
from searchkit.fields import Form
from searchkit.query.plan import Term

_FEW = 500
"""Terms that are fetched first where a prefix is given: mostly there are no more."""

_MOST_BEGUN = 100
"""Prefixes whose terms are kept."""

_AT_ONCE = 500
"""Terms that are counted by one request."""

_MOST_KEPT = 100_000
"""Numbers of single terms that are kept."""


class Vocabulary:
    """What an index holds, as far as somebody has asked."""

    def __init__(
        self,
        search: Search,
        total: Callable[[Query], int],
        scan: Callable[[], Iterator[Article]],
        analyzer: Analyzer,
    ) -> None:
        self._search, self._total, self._scan, self._analyzer = search, total, scan, analyzer
        self._whole: dict[str, list[tuple[str, int]]] = {}
        self._begun: dict[tuple[str, str], list[tuple[str, int]]] = {}
        self._freqs: dict[Term, int] = {}

    def terms(self, field: str, form: Form, prefix: str) -> Iterator[tuple[str, int]]:
        """The terms that begin with a prefix, sorted."""
        name = column(field, form)
        if prefix and name not in self._whole and form is not Form.STEM:
            if (name, prefix) not in self._begun:
                found = self._beginning(name, wire(prefix))
                for term, count in found:
                    self.learn(Term(field, form, term), count)
                if len(self._begun) >= _MOST_BEGUN:
                    self._begun.clear()
                self._begun[name, prefix] = found
            return iter(self._begun[name, prefix])
        if name not in self._whole:
            self._whole[name] = self._stems(field) if form is Form.STEM else self._beginning(name, "")
        held = self._whole[name]
        start = bisect_left(held, (prefix, 0))
        return takewhile(lambda counted: counted[0].startswith(prefix), (held[at] for at in range(start, len(held))))

    def _beginning(self, name: str, prefix: str) -> list[tuple[str, int]]:
        found = []
        for term, count in walk(self._search, EVERY, name, _before(prefix), _FEW) if prefix else self._all(name):
            if term.startswith(prefix):
                found.append((from_wire(term), count))
            elif term > prefix:
                break
        return sorted(found)

    def _all(self, name: str) -> Iterator[tuple[str, int]]:
        return walk(self._search, EVERY, name)

    def _stems(self, field: str) -> list[tuple[str, int]]:
        """No search asks for all stems, so that they have no column: they are made from the articles."""
        counted: Counter[str] = Counter()
        for article in self._scan():
            indexed = index_fields(article, self._analyzer).get(field)
            if indexed is not None:
                counted.update({stem for text in indexed.stems for stem in text.split()})
        return sorted(counted.items())

    def freq(self, term: Term) -> int:
        """In how many articles a term is."""
        held = self._whole.get(column(term.field, term.form))
        if held is not None:
            at = bisect_left(held, (term.text, 0))
            return held[at][1] if at < len(held) and held[at][0] == term.text else 0
        if term not in self._freqs:
            self.learn(term, self._total(matching(term)))
        return self._freqs[term]

    def freqs(self, terms: Sequence[Term]) -> list[int]:
        """The same for many terms, in few requests."""
        unknown = [term for term in dict.fromkeys(terms) if not self.knows(term)]
        for start in range(0, len(unknown), _AT_ONCE):
            some = unknown[start : start + _AT_ONCE]
            filters = {"filters": {"filters": [matching(term) for term in some]}}
            answer = self._search({"size": 0, "track_total_hits": False, "aggs": {"having": filters}})
            for term, bucket in zip(some, answer["aggregations"]["having"]["buckets"], strict=True):
                self.learn(term, int(bucket["doc_count"]))
        return [self.freq(term) for term in terms]

    def knows(self, term: Term) -> bool:
        """Whether it can say that without asking."""
        return term in self._freqs or column(term.field, term.form) in self._whole

    def learn(self, term: Term, count: int) -> None:
        """Keep the number of a term that came by the way."""
        if len(self._freqs) >= _MOST_KEPT:
            self._freqs.clear()
        self._freqs[term] = count


def _before(prefix: str) -> str:
    """What stands right before all terms with a prefix: none of an index is between."""
    last = ord(prefix[-1]) - 1
    if 0xD800 <= last < 0xE000:
        last = 0xD7FF
    return prefix[:-1] + chr(last) + "\U0010ffff" * 3 if last >= 0 else prefix[:-1]
