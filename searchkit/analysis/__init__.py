"""Text → terms. One analyzer for every engine: see :class:`searchkit.analysis.analyzer.Analyzer`."""

from searchkit.analysis.analyzer import ANALYZER_VERSION, Analyzer, Token, languages
from searchkit.analysis.indexed import POSITION_GAP, IndexedField, index_fields, keyword_term

__all__ = [
    "ANALYZER_VERSION",
    "POSITION_GAP",
    "Analyzer",
    "IndexedField",
    "Token",
    "index_fields",
    "keyword_term",
    "languages",
]
