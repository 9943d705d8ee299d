"""Words near each other, scored. A cluster finds the articles exactly, but scores them by another formula: how often the
words stand near each other is counted here, in the texts of the articles that were found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Protocol

from searchkit.analysis import Analyzer
from searchkit.article import Article
from searchkit.engines import bm25
from searchkit.engines.opensearch_.compile import Query, both, matching
from searchkit.engines.opensearch_.schema import KEY, value
from searchkit.engines.proximity import windows_in
from searchkit.errors import Unsupported
from searchkit.fields import BY_NAME
from searchkit.query.plan import Phrase

MAX_READ = 20_000
"""Articles whose texts are looked at for one search: some seconds' work."""


class Statistics(Protocol):
    """What scores are made of."""

    def count(self) -> int:
        """The number of articles."""

    def total(self, query: Query) -> int:
        """The number of articles that match."""

    def average(self) -> float:
        """The mean length of the texts, in terms."""

    def freq(self, term: str) -> int:
        """The number of articles with a term."""


def near(
    phrase: Phrase,
    within: Query,
    *,
    analyzer: Analyzer,
    factor: Callable[[Iterable[str]], float],
    statistics: Statistics,
    read: Callable[[Query], Iterable[Article]],
) -> Query:
    """The scored query of a phrase with slop in articles that match ``within``; ``factor`` says, by the
    keys of articles, what scores are multiplied by. Raises Unsupported where there are too many.
    """
    assert phrase.slop is not None
    found = both(matching(phrase), within)
    if statistics.total(found) > MAX_READ:
        hint = f"more than {MAX_READ:,} articles would have to be looked at; add a rarer word, a date or a place"
        raise Unsupported("opensearch", f'"{" ".join(phrase.terms)}"~{phrase.slop}', hint)
    keys: dict[float, list[str]] = defaultdict(list)
    articles = list(read(found))
    if articles:
        times = factor(value(article.id) for article in articles)
        count, average = statistics.count(), statistics.average()
        weight = sum(bm25.idf(count, min(statistics.freq(term), count)) for term in phrase.terms)
        for article in articles:
            pieces = [analyzer.exact(text) for text in BY_NAME[phrase.field].values(article)]
            freq = sum(windows_in(piece, phrase.terms, phrase.slop) for piece in pieces)
            score = bm25.score(weight, freq, bm25.norm(sum(map(len, pieces)), average))
            keys[score * times].append(value(article.id))
    functions = [{"filter": {"terms": {KEY: held}}, "weight": score} for score, held in keys.items()]
    # What came since these were read matches, but has no score yet.
    return {
        "function_score": {
            "query": {"constant_score": {"filter": found, "boost": 1}},
            "functions": [*functions, {"weight": 0}],
            "score_mode": "first",
            "boost_mode": "multiply",
        }
    }
