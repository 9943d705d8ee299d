"""The ranking of the design as a Whoosh weighting model."""

from __future__ import annotations

from typing import Any

from whoosh.scoring import BaseScorer, WeightingModel

from searchkit.engines import bm25


class LuceneBM25(WeightingModel):  # type: ignore[misc]
    """BM25 as ``engines/bm25.py`` has it, for Whoosh's own searcher: ``index.searcher(weighting=LuceneBM25())``."""

    def scorer(self, searcher: Any, fieldname: str, text: bytes, qf: int = 1) -> LuceneScorer:
        """The scorer of one term."""
        parent = searcher.get_parent()
        articles = parent.doc_count_all()
        weight = bm25.idf(articles, parent.doc_frequency(fieldname, text))
        return LuceneScorer(searcher, fieldname, weight, parent.avg_field_length(fieldname))


class LuceneScorer(BaseScorer):  # type: ignore[misc]
    """Scores the postings of one term, given its weight and the mean length."""

    def __init__(self, searcher: Any, fieldname: str, weight: float, average: float) -> None:
        self._searcher = searcher
        self._fieldname = fieldname
        self._weight = weight
        self._average = average

    def score(self, matcher: Any) -> float:
        """The score of the article that the matcher is at."""
        length = self._searcher.doc_field_length(matcher.id(), self._fieldname)
        return bm25.score(self._weight, matcher.weight(), bm25.norm(length, self._average))
