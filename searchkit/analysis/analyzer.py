"""The analyzer: text → terms, in the exact and the stem form, in a fast view and a slow one.

The fast view gives strings of terms for an index; the slow one gives terms with the offsets that they were found at, for
highlighting. Both map characters by one table and split chunks by one function, and a property test holds them equal.

Text is mapped character by character (``characters.py``) and cut at white space into *chunks*: runs of letters, digits,
marks and the few signs that can belong to a term. A chunk gives usually one term, sometimes several or none, and always
the same ones, so each is worked out once and kept in a dict. After that, analysing is ``translate``, ``split`` and a look-up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import Stemmer

from searchkit.analysis.characters import TABLE, fold_accents

ANALYZER_VERSION = 1
"""Raised when the same text would give other terms: an index made with another version is made anew."""

MAX_TERM = 128
"""A term is cut here (characters). Longer ones are encoded data, and some engines refuse them."""

_MAX_CACHED = 400_000

# W: any character of a word (a chunk has nothing else but the special signs). L: the same, but no digit. Repetitions are
# bounded, and what must not be given back is atomic, so that the time is linear whatever a chunk holds.
_CHUNK = re.compile(
    r"""
      (?P<initials> (?<!W) L (?: \. L ){1,30}+ \.? (?!W) ) (?: 's (?!W) )?
    | (?P<ampersand> (?<!W) [a-z]{1,3} & [a-z]{1,3} (?! [^'.,+#] ) ) (?: 's (?!W) )?
    | (?P<plus> W+ \+\+ ) (?! [^'.,&] )
    | (?P<sharp> (?<!W) [a-z] \# ) (?! [^'.,&] )
    | (?P<number> (?> \d+ (?: (?: , \d{2,3} ){0,10} , \d{3} (?!\d) )? (?: \. \d+ ){0,10} W* ) ) (?: 's (?!W) )? (?! 'W )
    | (?P<word> W+ (?: ' W+ )* )
    """.replace("W", r"[^'.,&+#]").replace("L", r"[^\d'.,&+#]"),
    re.VERBOSE,
)

# The Stream-Safe Text Format of UAX #15 has no more marks in a row; composing many more takes quadratic time.
_MOST_MARKS = 30


class Token(NamedTuple):
    """A term in the text: its two forms, and where it was found, in characters of the original text."""

    exact: str
    stem: str
    start: int
    end: int


class _Piece(NamedTuple):
    exact: str
    stem: str
    start: int
    end: int


def languages() -> list[str]:
    """The languages that there is a stemmer for, and ``none``."""
    return [*sorted(Stemmer.algorithms()), "none"]


class Analyzer:
    """Turns text into terms, for articles and queries of one language (a Snowball algorithm's name, or ``none``).

    Raises ValueError for a language that there is no stemmer for.
    """

    def __init__(self, language: str = "english") -> None:
        self.language = language
        if language == "none":
            self._stem_word = str
        else:
            try:
                stemmer = Stemmer.Stemmer(language)
            except KeyError:
                raise ValueError(f"no stemmer for {language!r}; there are: {', '.join(languages())}") from None
            stemmer.maxCacheSize = 0  # the chunk cache sees to that
            self._stem_word = stemmer.stemWord
        self._exact = _Cache(self._learn)
        self._stem = _Cache(self._learn)

    def __reduce__(self) -> tuple[type[Analyzer], tuple[str]]:
        return type(self), (self.language,)

    def joined(self, text: str) -> tuple[str, str]:
        """The fast view: the exact terms and the stems of a text, each as one string with spaces between terms.

        Some spaces may be doubled, where a chunk holds no term.
        """
        chunks = text.translate(TABLE).split()
        return " ".join(map(self._exact.__getitem__, chunks)), " ".join(map(self._stem.__getitem__, chunks))

    def exact(self, text: str) -> list[str]:
        """The exact terms of a text, in order."""
        return " ".join(map(self._exact.__getitem__, text.translate(TABLE).split())).split()

    def chunks(self, text: str) -> list[str]:
        """What a text looks like to the analyzer between white space and signs: nearly always its words in lower case."""
        return text.translate(TABLE).split()

    def giving(self, chunks: Sequence[str], exact: frozenset[str], stems: frozenset[str]) -> set[str]:
        """Those of some chunks that hold one of these exact terms or stems."""
        found = set()
        for terms, known in ((exact, self._exact), (stems, self._stem)):
            if terms:
                found |= {
                    chunk
                    for chunk, given in zip(chunks, map(known.__getitem__, chunks), strict=True)
                    if given in terms or (" " in given and not terms.isdisjoint(given.split()))
                }
        return found

    def patterns(self, text: str, wildcards: str) -> list[str]:
        """The terms of a text in which the characters ``wildcards`` stand for others: they count as letters and stay."""
        mapped = "".join(char if char in wildcards else TABLE[ord(char)] for char in text)
        return [piece.exact for chunk in mapped.split() for piece in self._split(chunk)]

    def tokens(self, text: str) -> list[Token]:
        """The slow view: every term with its offsets."""
        return list(self._tokens(text))

    def _tokens(self, text: str) -> Iterator[Token]:
        chunk: list[str] = []
        origin: list[int] = []  # for each character of the chunk, the offset of the one that it was made from
        table = TABLE
        for offset, char in enumerate(text):
            for c in table[ord(char)]:
                # What translate and split call white space; the table gives no other.
                if c != " ":
                    chunk.append(c)
                    origin.append(offset)
                elif chunk:
                    yield from self._located("".join(chunk), origin)
                    chunk.clear()
                    origin.clear()
        if chunk:
            yield from self._located("".join(chunk), origin)

    def _located(self, chunk: str, origin: list[int]) -> Iterator[Token]:
        for piece in self._split(chunk):
            yield Token(piece.exact, piece.stem, origin[piece.start], origin[piece.end - 1] + 1)

    def _split(self, chunk: str) -> list[_Piece]:
        """The terms of a chunk, with their offsets in it."""
        if chunk.isascii() and chunk.isalpha():
            term = chunk[:MAX_TERM]
            return [_Piece(term, self._stem_word(term), 0, len(chunk))]
        composed, clusters = _compose(chunk)
        pieces = []
        for match in _CHUNK.finditer(composed):
            kind = match.lastgroup
            written = match[kind or 0]
            if kind == "word" and len(written) > 2 and written.endswith("'s"):
                written = written[:-2]
            start, end = match.start(), match.start() + len(written)
            while written and unicodedata.category(written[0])[0] == "M":  # of a sign that was no letter, as in ≠
                written, start = written[1:], start + 1
            if not written:
                continue
            if clusters is not None:
                start, end = clusters[start][0], clusters[end - 1][1]
            if kind == "initials":
                term = written.replace(".", "")
            elif kind == "number":
                term = written.replace(",", "")
            else:
                term = written.replace("'", "")
            term = term[:MAX_TERM]
            exact = fold_accents(term)
            stem = exact if kind in ("number", "ampersand", "plus", "sharp") else fold_accents(self._stem_word(term))
            pieces.append(_Piece(exact, stem, start, end))
        return pieces

    def _learn(self, chunk: str) -> None:
        """Work a chunk out, for both forms at once."""
        if len(self._exact) > _MAX_CACHED:
            self._exact.clear()
            self._stem.clear()
        pieces = self._split(chunk)
        self._exact[chunk] = " ".join(piece.exact for piece in pieces)
        self._stem[chunk] = " ".join(piece.stem for piece in pieces)


class _Cache(dict[str, str]):
    """What was worked out of chunks. It is emptied when it grows too large, since archives hold endless junk words."""

    def __init__(self, learn: Callable[[str], None]) -> None:
        super().__init__()
        self._learn = learn

    def __missing__(self, chunk: str) -> str:
        self._learn(chunk)
        return self[chunk]


def _compose(chunk: str) -> tuple[str, list[tuple[int, int]] | None]:
    """A chunk with its letters and marks composed (NFC), and for each character of that the part of the chunk that it was
    made from; None where nothing has changed.
    """
    if chunk.isascii() or (len(chunk) <= _MOST_MARKS and unicodedata.is_normalized("NFC", chunk)):
        return chunk, None
    composed: list[str] = []
    clusters: list[tuple[int, int]] = []
    start = 0
    for end in range(1, len(chunk) + 1):
        if end < len(chunk) and _joins(chunk[end]):
            continue
        made = unicodedata.normalize("NFC", chunk[start : min(end, start + 1 + _MOST_MARKS)])
        composed.append(made)
        clusters += [(start, end)] * len(made)
        start = end
    return "".join(composed), clusters


def _joins(char: str) -> bool:
    """Whether a character may compose with what stands before it: a mark, or a vowel or final consonant of Hangul."""
    return unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff"
