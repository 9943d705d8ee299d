"""A bare word in any form: its stem, or where each article has its own language, its stem in each of them."""

from __future__ import annotations

from searchkit.analysis import Analyzer, code_of
from searchkit.analysis.codes import UNDETERMINED
from searchkit.fields import Form
from searchkit.query.expand import Vocabulary

Stems = dict[str, tuple[str, ...]]
"""Stems of one word, each with the codes of the languages that give it; with none where the index has one language."""


def held_languages(vocabulary: Vocabulary) -> list[str]:
    """The codes of the languages that an index holds articles in, the most frequent first."""
    counted = [
        (code, count)
        for code, count in vocabulary.terms("language", Form.EXACT)
        if count and (code == UNDETERMINED or code_of(code) == code)
    ]
    return [code for code, _ in sorted(counted, key=lambda pair: (-pair[1], pair[0]))]


def stems_of(word: str, analyzer: Analyzer, languages: list[str]) -> Stems:
    """The stems of a text that is one term, in each of some languages."""
    if not analyzer.is_for_all or not languages:
        return {analyzer.tokens(word)[0].stem: ()}
    by_analyzer: dict[Analyzer, list[str]] = {}
    for code in languages:
        by_analyzer.setdefault(analyzer.of(code), []).append(code)
    stems: Stems = {}
    for one, codes in by_analyzer.items():
        stem = one.tokens(word)[0].stem
        stems[stem] = (*stems.get(stem, ()), *codes)
    return stems
