"""BM25 as Lucene writes it, the ranking of every engine.

    score = idf · tf / (tf + k1 · (1 − b + b · length / average length))        idf = ln(1 + (N − n + 0.5) / (n + 0.5))

k1 is 1.2, b 0.75; N counts the articles, n those with the term; lengths are rounded by Lucene's table, which keeps one byte
an article. There is no constant factor k1 + 1 (Lucene 8 and later: LUCENE-8563). Tantivy computes the same.
"""

from __future__ import annotations

from functools import lru_cache
from math import log

K1 = 1.2
B = 0.75


@lru_cache(maxsize=65536)
def rounded(length: int) -> int:
    """A length as Lucene keeps it (``SmallFloat.intToByte4`` and back): exact below 40, then to four significant bits."""
    if length < 24:
        return length
    rest = length - 24
    shift = max(rest.bit_length() - 4, 0)
    return 24 + (rest >> shift << shift)


def idf(articles: int, doc_freq: int) -> float:
    """How much one term tells: ``articles`` is N, ``doc_freq`` n."""
    return log(1 + (articles - doc_freq + 0.5) / (doc_freq + 0.5))


def norm(length: int, average: float) -> float:
    """The part of the formula that depends on the article alone. ``average`` is the mean exact length, in terms."""
    return K1 * (1 - B + B * rounded(length) / average) if average else K1


def score(weight: float, freq: int, length_norm: float) -> float:
    """The score of a term or phrase that occurs ``freq`` times; ``weight`` is its idf, or the sum of its words'."""
    return weight * freq / (freq + length_norm)
