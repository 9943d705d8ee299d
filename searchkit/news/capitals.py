"""Names that a wire printed in capitals: telling them, and setting them as running text has them."""

from __future__ import annotations

import re

_ACRONYMS = frozenset("afb cia fbi hms hmcs jfk nato raf rms ss uk un us uss usns".split())  # noqa: SIM905

# Written small inside a name: "Rio de Janeiro", "Port-au-Prince", "Isle of Man", "Deir al-Zour".
PARTICLES = frozenset(
    """
    al am an and au aux da das de del della den der des di do dos du e ed el en es im la las le les los of on
    sous sur the upon van von y
    """.split()  # noqa: SIM905
)

_PIECES = re.compile(r"[^\s-]+|[\s-]+")
INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?")
_SMALL_START = re.compile(r"Mc|Mac|Ste?\.?|Mt\.?|Ft\.?|[A-Za-z]['’]")


def in_capitals(name: str) -> bool:
    """Whether a name is in capitals, but for particles and the like: "RIO de JANEIRO", "McALLEN", "St. LOUIS"."""
    capitals = False
    for piece in re.split(r"[\s/‐‑-]+", name):
        small = _SMALL_START.match(piece)
        rest = piece[small.end() :] if small else piece
        if piece == piece.upper():
            capitals |= sum(c.isalpha() for c in piece) > 1
        elif small and rest == rest.upper():
            capitals |= len(rest) > 1
        elif piece not in PARTICLES:
            return False
    return capitals


def is_titled(name: str) -> bool:
    """Whether every word begins with a capital, but for particles."""
    return name[0].isupper() and all(w[0].isupper() or w in PARTICLES or w[0] in "&'’ʼ‘" for w in name.split())


def display(name: str) -> str:
    """A name in capitals as running text has it; any other name as it is."""
    if not in_capitals(name):
        return name
    return "/".join(
        "".join(_cased(piece, inside=i > 0) for i, piece in enumerate(_PIECES.findall(each.strip())))
        for each in name.split("/")
    )


def _cased(word: str, *, inside: bool) -> str:
    small = _lower(word)
    mixed = _SMALL_START.match(word)
    if mixed and word != word.upper():
        return mixed[0] + _capitalised(small[mixed.end() :])
    if word != word.upper() or small in _ACRONYMS or INITIALS.fullmatch(word):
        return word
    if inside and small in PARTICLES:
        return small
    if small.startswith("mc") and len(small) > 4:
        return "Mc" + _capitalised(small[2:])
    prefix, mark, rest = re.match(r"([^'’ʼ‘]*)(['’ʼ‘]?)(.*)", small, re.DOTALL).groups()  # type: ignore[union-attr]
    if len(prefix) == 1:
        # "N'Djamena", "O'Fallon", but "Coeur d'Alene".
        prefix = prefix if inside and prefix in "dl" else prefix.upper()
        return prefix + mark + _capitalised(rest)
    return _capitalised(small)


def _lower(word: str) -> str:
    # The Turkish "İ" becomes an "i" and a combining dot.
    return word.lower().replace("i\u0307", "i")


def _capitalised(small: str) -> str:
    return small[:1].upper() + small[1:]
