"""Words that set some articles apart from others.

The measure is Dunning's log-likelihood ratio G² (T. Dunning, "Accurate Methods for the Statistics of Surprise and
Coincidence", Computational Linguistics 19(1), 1993), over the number of articles that have a word: k1 of the n1 that were
looked at, against k2 of the n2 others. Only words that are more frequent in the former count. G² favours neither the rarest
words, as pointwise mutual information does, nor the commonest.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from searchkit.analysis import Analyzer
from searchkit.article import Article
from searchkit.fields import BY_NAME
from searchkit.results import TermScore

_LEAST = 3
"""Articles that a word must be in, where so many were looked at: what is in one or two sets only these apart."""

_SIGNIFICANT = 6.63
"""G² above which a word is no chance, at the level of 1 % (chi-squared, one degree of freedom)."""


def distinctive(
    articles: Iterable[Article],
    analyzer: Analyzer,
    others: Callable[[Sequence[str]], Sequence[int]],
    every: int,
    leave_out: Callable[[str], bool],
    limit: int,
) -> tuple[TermScore, ...]:
    """The words that set ``articles`` apart from the ``every`` articles of the index, which hold them too. ``others`` gives,
    for some exact terms, how many of all have each; the terms that ``leave_out`` is true of do not count.
    """
    having: Counter[str] = Counter()
    size = 0
    values = BY_NAME["text"].values
    for article in articles:
        size += 1
        having.update({term for value in values(article) for term in analyzer.exact(value)})
    least = min(_LEAST, size)
    scored = []
    words = [term for term, count in having.items() if count >= least and len(term) > 1 and not term.isdigit()]
    for term, freq in zip(words, others(words), strict=True):
        count, total = having[term], max(freq, having[term])
        score = log_likelihood(count, size, total - count, max(every - size, 0))
        if score >= _SIGNIFICANT:
            scored.append(TermScore(term, count, total, score))
    scored.sort(key=lambda found: (-found.score, found.word))
    return tuple(islice((found for found in scored if not leave_out(found.word)), limit))


def log_likelihood(k1: int, n1: int, k2: int, n2: int) -> float:
    """G² of a word in k1 of n1 articles against k2 of n2 others; 0.0 where it is not more frequent in the former."""
    if not n1 or not n2 or k1 * n2 <= k2 * n1:
        return 0.0
    both = (k1 + k2) / (n1 + n2)

    def fit(k: int, n: int, rate: float) -> float:
        hit = k * math.log(rate) if k else 0.0
        return hit + ((n - k) * math.log(1 - rate) if n > k else 0.0)

    return 2 * (fit(k1, n1, k1 / n1) + fit(k2, n2, k2 / n2) - fit(k1, n1, both) - fit(k2, n2, both))
