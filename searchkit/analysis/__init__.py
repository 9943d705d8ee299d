"""Text → terms. One analyzer for every engine: see :class:`searchkit.analysis.analyzer.Analyzer`."""

from searchkit.analysis.analyzer import ANALYZER_VERSION, Analyzer, Token, languages
from searchkit.analysis.codes import code_of, require_detection
from searchkit.analysis.indexed import (
    POSITION_GAP,
    IndexedField,
    index_fields,
    keyword_term,
    language_terms,
    with_language,
)

__all__ = [
    "ANALYZER_VERSION",
    "POSITION_GAP",
    "Analyzer",
    "IndexedField",
    "Token",
    "code_of",
    "index_fields",
    "keyword_term",
    "language_terms",
    "languages",
    "require_detection",
    "with_language",
]
