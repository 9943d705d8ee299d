"""Characters: what each one becomes, alone. The first half of the analyzer, and the only one that sees raw text.

Every character is mapped by itself, so that ``str.translate`` can do it for the fast view and the slow view can keep count
of offsets. What depends on neighbours (``U.S.``, ``O'Brien``, ``1,200``) is decided afterwards, chunk by chunk.
"""

from __future__ import annotations

import unicodedata

SPECIAL = "'.,&+#\u200b"
"""Characters that may join or end a term, depending on what is around them. They stay in a chunk."""

# Typographic and modifier apostrophes, the backtick of old wires, the prime that OCR makes of them, the Hebrew geresh.
_APOSTROPHES = frozenset("'’‘ʼ‛＇`´′ʹ׳")

# Invisible: hyphenation hints, joiners and variation selectors say how a word is drawn, not that it ends. So does the
# tatweel, which makes an Arabic word wider.
_INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u0640\u180b\u180c\u180d\u180f\u200c\u200d\u200e\u200f\u2060\u20e3\ufeff"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)

# The voicing marks of kana that stand by themselves are those that are joined, and Arabic has a comma and a point of its
# own in numbers.
_WRITTEN_OTHERWISE = {"\u309b": "\u3099", "\u309c": "\u309a", "\u066c": ",", "\u066b": "."}

# Letters that Unicode does not decompose, as they are typed without a national keyboard; letters that are written one for
# the other: in Russian е for ё, in Arabic and Persian ي, ى and ی, ك and ک.
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ŋ": "n"}
    | {"ё": "е", "\u0649": "\u064a", "\u06cc": "\u064a", "\u06a9": "\u0643"}
)


def _map(char: str) -> str:
    char = _WRITTEN_OTHERWISE.get(char, char)
    if char in _APOSTROPHES:  # before normalisation, which takes some of them for an accent on a space
        return "'"
    out = []
    # Twice, because case folding can undo normalisation (NFKC_Casefold in the Unicode Standard, section 3.13).
    for c in unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold()):
        category = unicodedata.category(c)
        if c in _APOSTROPHES:
            out.append("'")
        elif c in _INVISIBLE:
            continue
        elif category == "Nd":
            out.append(str(unicodedata.decimal(c)))
        else:
            out.append(c if c in SPECIAL or category[0] in "LNM" else " ")
    return "".join(out)


class Table(dict[int, str]):
    """What ``str.translate`` reads. Filled as characters are met: 1.1 million entries would be made for a few hundred."""

    def __missing__(self, code: int) -> str:
        mapped = self[code] = _map(chr(code))
        return mapped


TABLE = Table()
for _code in range(128):  # ASCII is complete from the start, which keeps translate on its fast path
    TABLE[_code] = _map(chr(_code))

TURKISH = Table(TABLE | {ord("I"): "ı", ord("İ"): "i"})
"""The same for Turkish, where I and i are two letters. Terms are folded afterwards: it is stems that it makes right."""


def fold_accents(term: str) -> str:
    """Remove accents from Latin and Greek letters, and the points of Hebrew and Arabic ones; in other scripts a mark makes
    another letter (й, ü in Cyrillic, matras).
    """
    if term.isascii():
        return term
    out: list[str] = []
    folding = False
    for char in unicodedata.normalize("NFD", term):
        if unicodedata.combining(char) or unicodedata.category(char) == "Mn":
            if not folding:
                out.append(char)
            continue
        # Latin ends at U+024F, with additions at U+1E00; Greek and its extended block; Hebrew, Arabic and its supplements.
        folding = (
            char < "\u0250"
            or "\u0370" <= char <= "\u03ff"
            or "\u05d0" <= char <= "\u06ff"
            or "\u0750" <= char <= "\u077f"
            or "\u08a0" <= char <= "\u08ff"
            or "\u1e00" <= char <= "\u1fff"
            or "\u2c60" <= char <= "\u2c7f"
        )
        out.append(char)
    return unicodedata.normalize("NFC", "".join(out)).translate(_UNDECOMPOSED)
