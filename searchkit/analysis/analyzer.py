"""The analyzer: text → terms, in the exact and the stem form, in a fast view and a slow one.

The fast view gives strings of terms for an index; the slow one gives terms with the offsets that they were found at, for
highlighting. Both map characters by one table and split chunks by one function, and a property test holds them equal.

Text is mapped character by character (``characters.py``) and cut at white space into *chunks*: runs of letters, digits,
marks and the few signs that can belong to a term. A chunk gives usually one term, sometimes several or none, and always
the same ones, so each is worked out once and kept in a dict. After that, analysing is ``translate``, ``split`` and a look-up.

What is written without spaces (``unspaced.py``) is a chunk as long as its sentence, and hardly ever comes twice: it is
worked out each time. A run c₁c₂c₃ of such characters has the exact terms c₁, c₁c₂, c₂c₃, c₃. The pairs find any part of it
that is longer than a character. The single ones at its ends are for a query that goes on there with something else, as
X光 does in X光检查; one that begins or ends inside a run leaves them out (:meth:`Analyzer.sought`). Its stems are the
characters, so that a single one can be searched for as well; the last one twice, since an article's two forms have the same
length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from itertools import pairwise
from operator import add
from typing import NamedTuple

import Stemmer

from searchkit.analysis.characters import TABLE, TURKISH, fold_accents
from searchkit.analysis.codes import AUTO, NONE, stemmer_of
from searchkit.analysis.graphemes import whole
from searchkit.analysis.unspaced import characters, has_runs, is_plain, parts

ANALYZER_VERSION = 4
"""Raised when the same text would give other terms: an index made with another version is made anew."""

MAX_TERM = 128
"""A term is cut here (characters). Longer ones are encoded data, and some engines refuse them."""

_MAX_CACHED = 400_000
_MAX_CACHED_EACH = 100_000
"""Chunks that are kept: by an analyzer, and by each of those that an analyzer for all languages has."""

_MAX_RECENT = 4_000
"""Chunks without spaces that are kept, for the time that their text is looked at."""

# W: any character of a word (a chunk has nothing else but the special signs). L: the same, but no digit. Repetitions are
# bounded, and what must not be given back is atomic, so that the time is linear whatever a chunk holds.
_CHUNK = re.compile(
    r"""
      (?P<initials> (?<!W) L (?: \. L ){1,30}+ \.? (?!W) ) (?: 's (?!W) )?
    | (?P<ampersand> (?<!W) [a-zı]{1,3} & [a-zı]{1,3} (?! [^'.,+#\u200b] ) ) (?: 's (?!W) )?
    | (?P<plus> W+ \+\+ ) (?! [^'.,&\u200b] )
    | (?P<sharp> (?<!W) [a-zı] \# ) (?! [^'.,&\u200b] )
    | (?P<number> (?> \d+ (?: (?: , \d{2,3} ){0,10} , \d{3} (?!\d) )? (?: \. \d+ ){0,10} W* ) ) (?: 's (?!W) )? (?! 'W )
    | (?P<word> W+ (?: ' W+ )* )
    """.replace("W", r"[^'.,&+#\u200b]").replace("L", r"[^\d'.,&+#\u200b]"),
    re.VERBOSE,
)

# The Stream-Safe Text Format of UAX #15 has no more marks in a row; composing many more takes quadratic time.
_MOST_MARKS = 30


class Token(NamedTuple):
    """A term in the text: its two forms, and where it was found, in characters of the original text.

    The stem stands from ``stem_start`` to ``end``: of a pair of characters without a space it is the second.
    """

    exact: str
    stem: str
    start: int
    end: int
    stem_start: int


class _Piece(NamedTuple):
    exact: str
    stem: str
    start: int
    end: int
    stem_start: int
    is_edge: bool = False  # the first or last character of a longer run without spaces, by itself


def languages() -> list[str]:
    """The languages that there is a stemmer for, ``none``, and ``auto``: each article its own."""
    return [*sorted(Stemmer.algorithms()), NONE, AUTO]


class Analyzer:
    """Turns text into terms, for articles and queries of one language (a Snowball algorithm's name, or ``none``).

    With ``auto``, :meth:`of` gives the analyzer for a language; it does not stem by itself. The exact form is the same in
    all languages.

    Raises ValueError for a language that there is no stemmer for.
    """

    def __init__(self, language: str = "english", most_cached: int = _MAX_CACHED) -> None:
        self.language = language
        self._table = TURKISH if language == "turkish" else TABLE
        if language in (NONE, AUTO):
            self._stem_word = str
        else:
            try:
                stemmer = Stemmer.Stemmer(language)
            except KeyError:
                raise ValueError(f"no stemmer for {language!r}; there are: {', '.join(languages())}") from None
            stemmer.maxCacheSize = 0  # the chunk cache sees to that
            self._stem_word = stemmer.stemWord
        self._most_cached = most_cached
        self._exact = _Cache(self._learn, 0)
        self._stem = _Cache(self._learn, 1)
        self._recent: dict[str, tuple[str, str]] = {}
        self._others: dict[str, Analyzer] = {}

    def __reduce__(self) -> tuple[type[Analyzer], tuple[str]]:
        return type(self), (self.language,)

    @property
    def is_for_all(self) -> bool:
        """Whether each article is analysed in its own language."""
        return self.language == AUTO

    @property
    def lowers_ascii(self) -> bool:
        """Whether this changes nothing in ASCII letters but their case: in Turkish, I becomes ı."""
        return self._table is not TURKISH

    def of(self, code: str | None) -> Analyzer:
        """The analyzer for articles of a language (an ISO 639 code, or None): this one, if it is not for all languages."""
        if self.language != AUTO:
            return self
        name = stemmer_of(code)
        other = self._others.get(name)
        if other is None:
            other = self._others[name] = Analyzer(name, _MAX_CACHED_EACH)
        return other

    def joined(self, text: str) -> tuple[str, str]:
        """The fast view: the exact terms and the stems of a text, each as one string with spaces between terms.

        Some spaces may be doubled, where a chunk holds no term.
        """
        chunks = text.translate(self._table).split()
        return " ".join(map(self._exact.__getitem__, chunks)), " ".join(map(self._stem.__getitem__, chunks))

    def exact(self, text: str) -> list[str]:
        """The exact terms of a text, in order."""
        return " ".join(map(self._exact.__getitem__, text.translate(self._table).split())).split()

    def chunks(self, text: str) -> list[str]:
        """What a text looks like to the analyzer between white space and signs: nearly always its words in lower case."""
        return text.translate(self._table).split()

    def giving(self, chunks: Collection[str], exact: frozenset[str], stems: frozenset[str]) -> set[str]:
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

    def sought(self, text: str, anywhere: bool = False) -> list[str]:
        """The exact terms that stand, one after the other, wherever a text that is looked for does: those of the text, but
        at its ends a run without spaces may go on. With ``anywhere``, they are looked for one by one, and so may every run.
        """
        pieces = [piece for chunk in self.chunks(text) for piece in self._split(chunk)]
        last = len(pieces) - 1
        return [
            piece.exact
            for place, piece in enumerate(pieces)
            if not (piece.is_edge and (anywhere or place in (0, last)))
        ]

    def patterns(self, text: str, wildcards: str) -> list[str]:
        """The terms of a text in which the characters ``wildcards`` stand for others: they count as letters and stay.

        Runs of characters without spaces are not cut up, and have no wildcards: each is found in longer ones anyway.
        """
        mapped = "".join(char if char in wildcards else self._table[ord(char)] for char in text)
        found: list[str] = []
        for chunk in mapped.split():
            for part, is_run in parts(chunk):
                found += [part] if is_run else [piece.exact for piece in self._words(part)]
        return [term for term in found if term.strip(wildcards)] if any(map(has_runs, found)) else found

    def tokens(self, text: str) -> list[Token]:
        """The slow view: every term with its offsets."""
        return list(self._tokens(text))

    def _tokens(self, text: str) -> Iterator[Token]:
        chunk: list[str] = []
        origin: list[int] = []  # for each character of the chunk, the offset of the one that it was made from
        table = self._table
        for offset, char in enumerate(text):
            for c in table[ord(char)]:
                # What translate and split call white space; the table gives no other.
                if c != " ":
                    chunk.append(c)
                    origin.append(offset)
                elif chunk:
                    yield from self._located("".join(chunk), origin, text)
                    chunk.clear()
                    origin.clear()
        if chunk:
            yield from self._located("".join(chunk), origin, text)

    def _located(self, chunk: str, origin: list[int], text: str) -> Iterator[Token]:
        first, last = origin[0], origin[-1] + 1
        # Most often characters are as they were, and may be cut anywhere.
        as_written = origin == list(range(first, last))
        safe = as_written and is_plain(chunk) and whole(text, first, last) == (first, last)
        for exact, stem, start, end, stem_start, _ in self._split(chunk):
            begin, stop, second = origin[start], origin[end - 1] + 1, origin[stem_start]
            if not safe:
                second, _ = whole(text, second, stop)
                begin, stop = whole(text, begin, stop)
            yield Token(exact, stem, begin, stop, second)

    def _split(self, chunk: str) -> list[_Piece]:
        """The terms of a chunk, with their offsets in it."""
        if chunk.isascii():
            return self._words(chunk)
        pieces: list[_Piece] = []
        at = 0
        for part, is_run in parts(chunk):
            pieces += _pairs(part, at) if is_run else self._words(part, at)
            at += len(part)
        return pieces

    def _words(self, chunk: str, at: int = 0) -> list[_Piece]:
        """The terms of a chunk, or a part of one, in which words have spaces between them. It stands at ``at``."""
        if chunk.isascii() and chunk.isalpha():
            term = chunk[:MAX_TERM]
            return [_Piece(term, self._stem_word(term), at, at + len(chunk), at)]
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
            pieces.append(_Piece(exact, stem, at + start, at + end, at + start))
        return pieces

    def _learn(self, chunk: str) -> tuple[str, str]:
        """Work a chunk out, for both forms at once."""
        made = self._recent.get(chunk)
        if made is None:
            if has_runs(chunk):
                if len(self._recent) > _MAX_RECENT:
                    self._recent.clear()
                made = self._recent[chunk] = self._joined_runs(chunk)
            else:
                pieces = self._split(chunk)
                made = " ".join([piece.exact for piece in pieces]), " ".join([piece.stem for piece in pieces])
                if len(self._exact) > self._most_cached:
                    self._exact.clear()
                    self._stem.clear()
                self._exact[chunk], self._stem[chunk] = made
        return made

    def _joined_runs(self, chunk: str) -> tuple[str, str]:
        """The terms of a chunk with runs without spaces: the same as of :meth:`_split`, which has offsets to see to."""
        exact: list[str] = []
        stems: list[str] = []
        for part, is_run in parts(chunk):
            if is_run:
                chars = [char for char, _, _ in characters(part)]
                exact.append(chars[0])
                stems += chars
                if len(chars) > 1:
                    exact += map(add, chars, chars[1:])
                    exact.append(chars[-1])
                    stems.append(chars[-1])
            else:
                pieces = self._words(part)
                exact += [piece.exact for piece in pieces]
                stems += [piece.stem for piece in pieces]
        return " ".join(exact), " ".join(stems)


class _Cache(dict[str, str]):
    """What was worked out of chunks. It is emptied when it grows too large, since archives hold endless junk words."""

    def __init__(self, learn: Callable[[str], tuple[str, str]], form: int) -> None:
        super().__init__()
        self._learn = learn
        self._form = form

    def __missing__(self, chunk: str) -> str:
        return self._learn(chunk)[self._form]


def _pairs(run: str, at: int) -> list[_Piece]:
    """The terms of a run of characters without spaces."""
    found = [(char, at + start, at + end) for char, start, end in characters(run)]
    first, start, end = found[0]
    pieces = [_Piece(first, first, start, end, start, len(found) > 1)]
    for (left, start, _), (right, middle, end) in pairwise(found):
        pieces.append(_Piece(left + right, right, start, end, middle))
    if len(found) > 1:
        pieces.append(_Piece(right, right, middle, end, middle, True))
    return pieces


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
