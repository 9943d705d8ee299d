"""Characters: what each one becomes, alone. The first half of the analyzer, and the only one that sees raw text.

Every character is mapped by itself, so that ``str.translate`` can do it for the fast view and the slow view can keep count
of offsets. What depends on neighbours (``U.S.``, ``O'Brien``, ``1,200``) is decided afterwards, chunk by chunk.
"""

from __future__ import annotations

import unicodedata

SPECIAL = "'.,&+#"
"""Characters that may join or end a term, depending on what is around them. They stay in a chunk."""

# Typographic and modifier apostrophes, the backtick of old wires, and the prime that OCR makes of them.
_APOSTROPHES = frozenset("'’‘ʼ‛＇`´′ʹ")

# Invisible: hyphenation hints, joiners and variation selectors say how a word is drawn, not that it ends.
_INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u200c\u200d\u200e\u200f\u2060\u20e3\ufeff" + "".join(map(chr, range(0xFE00, 0xFE10)))
)

# Latin letters that Unicode does not decompose, as they are typed without a national keyboard.
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ŋ": "n"}
)


def _spaceless(char: str) -> bool:
    # Han, Hiragana, Katakana: written without spaces, so each character is a term and a word of two is a phrase.
    return (
        "\u3400" <= char <= "\u9fff"
        or "\u3041" <= char <= "\u30ff"
        or "\uf900" <= char <= "\ufaff"
        or "\U00020000" <= char <= "\U0003ffff"
    )


def _map(char: str) -> str:
    if char in _APOSTROPHES:
        return "'"
    if char in _INVISIBLE:
        return ""
    out = []
    # Twice, because case folding can undo normalisation (NFKC_Casefold in the Unicode Standard, section 3.13).
    for c in unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold()):
        if c in SPECIAL:
            out.append(c)
        elif unicodedata.category(c)[0] in "LNM":
            out.append(f" {c} " if _spaceless(c) else c)
        else:
            out.append(" ")
    return "".join(out)


class _Table(dict[int, str]):
    """What ``str.translate`` reads. Filled as characters are met: 1.1 million entries would be made for a few hundred."""

    def __missing__(self, code: int) -> str:
        mapped = self[code] = _map(chr(code))
        return mapped


TABLE = _Table()
for _code in range(128):  # ASCII is complete from the start, which keeps translate on its fast path
    TABLE[_code] = _map(chr(_code))


def fold_accents(term: str) -> str:
    """Remove accents from Latin and Greek letters; in other scripts a mark makes another letter (й, ü in Cyrillic, matras)."""
    if term.isascii():
        return term
    out: list[str] = []
    folding = False
    for char in unicodedata.normalize("NFD", term):
        if unicodedata.combining(char) or unicodedata.category(char) == "Mn":
            if not folding:
                out.append(char)
            continue
        # Latin ends at U+024F, with additions at U+1E00; Greek and its extended block.
        folding = (
            char < "\u0250"
            or "\u0370" <= char <= "\u03ff"
            or "\u1e00" <= char <= "\u1fff"
            or "\u2c60" <= char <= "\u2c7f"
        )
        out.append(char)
    return unicodedata.normalize("NFC", "".join(out)).translate(_UNDECOMPOSED)
