"""What to try instead of a query that found nothing: the nearest spelling, or fewer of its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from searchkit.analysis import Analyzer
from searchkit.fields import Form
from searchkit.query.ast import Boosted, Clauses, Either, InField, Node, Occur, Word
from searchkit.query.expand import Vocabulary, expand_fuzzy
from searchkit.query.forms import held_languages, stems_of
from searchkit.query.parser import Parsed
from searchkit.results import Suggestion

_SHORTEST = 4
"""Letters of a word that is corrected: nearly every shorter one has a neighbour that means something else."""


def suggest(
    parsed: Parsed, vocabulary: Vocabulary, analyzer: Analyzer, count: Callable[[str, bool], int]
) -> tuple[Suggestion, ...]:
    """Queries that do find something. ``count`` gives the number of hits of a query, with all of its words or any."""
    found = []
    corrected = parsed.text
    # From the end, so that the offsets of what is left stay right.
    for word in sorted(_words(parsed.root), key=lambda word: -word.span[0]):
        nearest = _nearest(word.text, vocabulary, analyzer)
        if nearest:
            corrected = corrected[: word.span[0]] + nearest + corrected[word.span[1] :]
    if corrected != parsed.text and (total := count(corrected, False)):
        found.append(Suggestion(corrected, False, total))
    if isinstance(parsed.root, Clauses) and (total := count(parsed.text, True)):
        found.append(Suggestion(parsed.text, True, total))
    return tuple(found)


def _words(node: Node | None) -> Iterator[Word]:
    """The bare words that an article must have. Those of other fields are names, and those after a minus are not wanted."""
    match node:
        case Word():
            yield node
        case Clauses(items, _):
            for occur, item in items:
                if occur is not Occur.PROHIBITED:
                    yield from _words(item)
        case Either(items, _):
            for item in items:
                yield from _words(item)
        case Boosted(inner, _, _) | InField("text", inner, _):
            yield from _words(inner)
        case _:
            pass


def _nearest(text: str, vocabulary: Vocabulary, analyzer: Analyzer) -> str | None:
    """The most frequent of the nearest words, for a word that is in no article."""
    tokens = analyzer.tokens(text)
    if len(tokens) != 1 or len(tokens[0].exact) < _SHORTEST:
        return None
    languages = held_languages(vocabulary) if analyzer.is_for_all else []
    if any(vocabulary.doc_freq("text", Form.STEM, stem) for stem in stems_of(text, analyzer, languages)):
        return None
    for distance in (1, 2):
        near = expand_fuzzy(vocabulary, "text", tokens[0].exact, distance)
        if near:
            return max(near, key=lambda counted: (counted[1], counted[0]))[0]
    return None
