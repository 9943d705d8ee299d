"""Patterns → the terms of the index that they stand for. Always exact terms, never stems."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from searchkit.analysis.characters import fold_accents
from searchkit.fields import Form
from searchkit.query.ast import ANY_ONE, ANY_RUN

Counted = tuple[str, int]
"""A term and the number of articles that it is in."""

_MAX_PATTERN_MEMORY = 1 << 20
"""Bytes that a compiled expression may take: RE2 refuses one that would be larger, such as ``/(a{500}){500}/``."""


class Vocabulary(Protocol):
    """What the query has to know of an index. Every engine is one."""

    def count(self) -> int:
        """The number of articles."""

    def terms(self, field: str, form: Form, prefix: str = "") -> Iterator[Counted]:
        """The terms that begin with ``prefix``, sorted, with their document frequencies."""

    def doc_freq(self, field: str, form: Form, term: str) -> int:
        """The number of articles with a term."""


class PatternError(ValueError):
    """A regular expression that cannot be used. Its text says why."""


def expand_wildcard(vocabulary: Vocabulary, field: str, pattern: str) -> list[Counted]:
    """The terms that match a pattern in which ANY_RUN stands for any characters and ANY_ONE for exactly one."""
    literal = re.split(f"[{ANY_RUN}{ANY_ONE}]", pattern, maxsplit=1)[0]
    candidates = vocabulary.terms(field, Form.EXACT, literal)
    if pattern == literal + ANY_RUN:
        return list(candidates)
    parts = [
        "(?s:.*)" if char == ANY_RUN else "(?s:.)" if char == ANY_ONE else re.escape(char)
        for char in re.sub(f"{ANY_RUN}+", ANY_RUN, pattern)
    ]
    return _matching(candidates, "".join(parts))


def expand_regex(vocabulary: Vocabulary, field: str, pattern: str) -> list[Counted]:
    """The terms that a regular expression matches whole, without regard to case and accents.

    The syntax is RE2's, whose time grows with the length of the term only: no back-references, no look-around. Raises
    PatternError for an expression that is not of it, or too large.
    """
    # Terms carry no accents, so the pattern must not. What follows a backslash is syntax; ASCII has nothing to fold.
    folded = re.sub(r"\\.|[^\x00-\x7f]+", lambda m: m[0] if m[0][0] == "\\" else fold_accents(m[0].casefold()), pattern)
    return _matching(vocabulary.terms(field, Form.EXACT), folded)


def _matching(candidates: Iterator[Counted], pattern: str) -> list[Counted]:
    import re2  # a native library, wanted by few queries

    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.max_mem = _MAX_PATTERN_MEMORY
    try:
        fullmatch = re2.compile(_scalar(pattern), options).fullmatch
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        raise PatternError(reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)) from None
    return [counted for counted in candidates if fullmatch(_scalar(counted[0]))]


def _scalar(text: str) -> str:
    """A text without lone surrogates, which RE2 does not take: the names of files can have them, and so can their ids."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def expand_fuzzy(vocabulary: Vocabulary, field: str, word: str, distance: int) -> list[Counted]:
    """The terms within ``distance`` edits of a word: insertions, deletions, substitutions and swaps of neighbours (the
    Damerau-Levenshtein distance).
    """
    from rapidfuzz.distance import DamerauLevenshtein
    from rapidfuzz.process import extract_iter

    near = {
        counted[0]: counted[1]
        for counted in vocabulary.terms(field, Form.EXACT)
        if abs(len(counted[0]) - len(word)) <= distance
    }
    found = extract_iter(word, near.keys(), scorer=DamerauLevenshtein.distance, score_cutoff=distance)
    return [(term, near[term]) for term, _, _ in found]
