"""Scripts that are written without spaces between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese and their kin.

Where a word ends would take a dictionary of each language to say, and a name that is not in it would be lost. So a run of
such characters gives every two neighbours as a term, in order, which a query for any part of it then finds as a phrase.
What counts as one character is what is drawn as one: a letter with its marks, and what is stacked below it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Han with its numerals and iteration marks, kana, Bopomofo.
_EAST = (
    *((0x3005, 0x3007), (0x3021, 0x3029), (0x3031, 0x3035), (0x3038, 0x303C), (0x3041, 0x3096), (0x309D, 0x309F)),
    *((0x30A1, 0x30FA), (0x30FC, 0x30FF), (0x3105, 0x312F), (0x31A0, 0x31BF), (0x31F0, 0x31FF), (0x3400, 0x4DBF)),
    *((0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x1AFF0, 0x1B16F), (0x20000, 0x3FFFF)),
)
_EAST_MARKS = "\u302a\u302b\u302c\u302d\u302e\u302f\u3099\u309a"

# Thai, Lao, Burmese (in three blocks), Khmer, Tai Le, New Tai Lue, Tai Tham, Tai Viet. Their digits and signs are left out.
_SOUTHEAST = (
    *((0x0E01, 0x0E3A), (0x0E40, 0x0E4E), (0x0E81, 0x0ECE), (0x0EDC, 0x0EDF), (0x1000, 0x103F), (0x1050, 0x108F)),
    *((0x109A, 0x109D), (0xA9E0, 0xA9EF), (0xA9FA, 0xA9FE), (0xAA60, 0xAA76), (0xAA7A, 0xAA7F), (0x1780, 0x17D3)),
    *((0x17D7, 0x17D7), (0x17DC, 0x17DD), (0x1950, 0x1974), (0x1980, 0x19C9), (0x1A20, 0x1A7F), (0xAA80, 0xAAC2)),
)
_FIRST = "\u0e01"

# What each character is, as a letter, so that patterns need not name thousands of characters: e, one of the east, l, one of
# the south-east, m, a mark, a dot, one of ASCII. Of these: k, under which the next letter is stacked, and the parts of Thai
# and Lao AM, which NFKC takes apart: n, the mark, a, the letter after it, and t, a tone, which may stand between them.
_KINDS_BY_NAME = {
    "k": "\u1039\u17d2\u1a60",
    "n": "\u0e4d\u0ecd",
    "a": "\u0e32\u0eb2",
    "t": "\u0e48\u0e49\u0e4a\u0e4b\u0ec8\u0ec9\u0eca\u0ecb",
    "m": _EAST_MARKS,
    "z": "\u200b",
}


class _Kinds(dict[int, str]):
    def __missing__(self, code: int) -> str:
        kind = "." if code < 128 else "-"
        if any(first <= code <= last for first, last in _EAST):
            kind = "e"
        elif any(first <= code <= last for first, last in _SOUTHEAST):
            kind = "m" if unicodedata.category(chr(code))[0] == "M" else "l"
        self[code] = kind
        return kind


_KINDS = _Kinds({ord(char): kind for kind, chars in _KINDS_BY_NAME.items() for char in chars})

# A space of no width, which tells where a line may break, does not end a run.
_RUN = re.compile("[ela](?:z*[elamknt])*")
_CHARACTER = re.compile("[ela](?:[mknt]|(?<=k)[ela]|(?<=n)a|(?<=nt)a)*")

# The mark of AM is also written before the tone.
_AM = re.compile("([\u0e4d\u0ecd])([\u0e48-\u0e4b\u0ec8-\u0ecb])")

_LONGEST = 31
"""Code points of a character that count: the Stream-Safe Text Format of UAX #15 has no more."""


def has_runs(mapped: str) -> bool:
    """Whether a mapped text has characters of these scripts."""
    return not mapped.isascii() and max(mapped) >= _FIRST and _RUN.search(mapped.translate(_KINDS)) is not None


def is_plain(mapped: str) -> bool:
    """Whether a mapped text has nothing but characters that are drawn each by itself: ASCII, and those of the east."""
    return not mapped.translate(_KINDS).strip("e.")


def parts(mapped: str) -> Iterator[tuple[str, bool]]:
    """A mapped text cut where runs of such characters begin and end: its parts, and whether each is a run."""
    at = 0
    if max(mapped) >= _FIRST:
        for match in _RUN.finditer(mapped.translate(_KINDS)):
            if match.start() > at:
                yield mapped[at : match.start()], False
            yield mapped[match.start() : match.end()], True
            at = match.end()
    if at < len(mapped):
        yield mapped[at:], False


def characters(run: str) -> list[tuple[str, int, int]]:
    """The characters of a run, each with where it stands in it."""
    kinds = run.translate(_KINDS)
    if kinds.strip("e") == "":
        return [(char, at, at + 1) for at, char in enumerate(run)]
    found = []
    for match in _CHARACTER.finditer(kinds):
        start, end = match.span()
        written = unicodedata.normalize("NFC", run[start : min(end, start + _LONGEST)])
        found.append((_AM.sub(r"\2\1", written), start, end))
    return found


def begins_with(term: str, character: str) -> bool:
    """Whether this is the first character of a term."""
    return characters(term)[0][0] == character


def is_character(term: str) -> bool:
    """Whether a term is one character of these scripts, and not two of them or a word of another."""
    return has_runs(term) and len(characters(term)) == 1
