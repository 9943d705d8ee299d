"""Bytes → clean text: which encoding, and no character that something later would stumble over."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# What a file says about itself: XML and SGML declarations, HTML's meta element, a header line or front matter.
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)"""
    rb"""|<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]+)"""
    rb"""|^[ \t]*(?:encoding|charset)[ \t]*:[ \t]*["']?([\w.:-]+)""",
    re.IGNORECASE | re.MULTILINE,
)
_DECLARATION_ENDS = 2048

# Not encodings of files, although Python has codecs of these names; some take quadratic time.
_NOT_FOR_FILES = {"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "utf_7", "mbcs", "oem"}

# Files that call themselves Latin-1 or ASCII are read as Windows-1252, as browsers do: most are, with its quotes.
_ALIASES = {"iso8859-1": "cp1252", "ascii": "cp1252"}

# What charset-normalizer may choose from. Left to itself it often takes short Western texts for DOS code pages.
_CANDIDATES = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "iso8859_2", "koi8_r"),
    *("cp932", "euc_jp", "cp949", "big5", "gb18030", "mac_roman"),
]
_GUESS_FROM = 1 << 20
# Letters and marks of the large Western languages in Windows-1252. The Slavic ones in Windows-1250 use other places of
# that table, and a text in Cyrillic or Greek has few ASCII letters.
_WESTERN = set("àâäåæçèéêëíîïñóôöøœùúûüßáãõÀÂÄÅÆÇÈÉÊÍÑÓÔÖØŒÚÜÁÃÕ‘’“”„«»‹›–—…•·°£€¿¡§©®™\xa0")

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BAD = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
# Whatever the two would change.
_UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
_PLAIN = b"\t\n" + bytes(range(32, 127))
_DROPPED = "\x00\x7f\ufeff"

_SIGNATURES = (
    *(
        b"%PDF-",
        b"PK\x03\x04",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"GIF8",
        b"\x7fELF",
        b"MZ\x90",
        b"{\\rtf",
        b"SQLite format 3",
    ),
    *(b"\xd0\xcf\x11\xe0", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"Rar!", b"II*\x00", b"MM\x00*"),
)
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13, 27}) + b"\x7f"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text, and how it was found out when that was a guess: ``"windows-1252 (guessed)"``, else None."""

    text: str
    guessed: str | None


def decode(data: bytes) -> Decoded:
    """The text of a file: by its byte order mark, else as UTF-8, else as it declares, else by a guess. Never fails.

    The text is clean (see :func:`clean`).
    """
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return Decoded(clean(data[len(mark) :].decode(encoding, "replace")), None)
    wide = _wide(data)
    if wide:
        return Decoded(clean(data.decode(wide, "replace")), f"{wide} (guessed)")
    try:
        return Decoded(clean(data.decode("utf-8")), None)
    except UnicodeDecodeError:
        pass
    declared = _declared(data[:_DECLARATION_ENDS])
    if declared:
        try:
            return Decoded(clean(data.decode(declared)), None)
        except (UnicodeError, ValueError):
            pass
    text, encoding = _guess(data)
    return Decoded(clean(text), encoding)


def clean(text: str) -> str:
    r"""``text`` with ``\n`` as its only line end and no control characters but ``\n`` and ``\t``.

    NUL, DEL and stray byte order marks are dropped, other control characters become spaces, lone surrogates U+FFFD.
    """
    # Most text is clean. Of plain ASCII this is the quickest way to see it.
    if text.isascii():
        is_clean = not text.encode("ascii").translate(None, _PLAIN)
    else:
        is_clean = _UNCLEAN.search(text) is None
    if is_clean:
        return text
    text = _LINE_ENDS.sub("\n", text)
    return _BAD.sub(_replacement, text)


def _replacement(match: re.Match[str]) -> str:
    char = match[0]
    if char in _DROPPED:
        return ""
    return "\ufffd" if char >= "\ud800" else " "


def looks_like_text(head: bytes, strict: bool = False) -> bool:
    """Whether the first bytes of a file are text in some encoding. ``strict``, for files whose name does not say so,
    allows no control characters at all.
    """
    if head.startswith(_SIGNATURES):
        return False
    if any(head.startswith(mark) for mark, _ in BOMS) or _wide(head):
        return True
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls == 0 if strict else controls <= 4 + len(head) // 50


def _wide(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: nearly every other byte of Western text is NUL."""
    sample = data[:_DECLARATION_ENDS]
    half = len(sample) // 2
    if half < 2 or sample.count(0) < half * 0.7:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd >= half * 0.7 and even <= half * 0.05:
        return "utf-16-le"
    if even >= half * 0.7 and odd <= half * 0.05:
        return "utf-16-be"
    return None


def _declared(head: bytes) -> str | None:
    match = _DECLARED.search(head)
    if not match:
        return None
    name = next(group for group in match.groups() if group).decode("ascii", "replace")
    try:
        info = codecs.lookup(name)
    except LookupError:
        return None
    # Codecs such as "rot13" and "zlib" turn text into text or bytes into bytes.
    if not info._is_text_encoding or info.name.replace("-", "_") in _NOT_FOR_FILES:
        return None
    return _ALIASES.get(info.name, info.name)


def _guess(data: bytes) -> tuple[str, str]:
    """What the bytes most likely are, and the name of that encoding for people."""
    damaged = data.decode("utf-8", "replace")
    # Other encodings hardly ever look like UTF-8 by chance: a text with more good than bad sequences is damaged UTF-8.
    bad = damaged.count("\ufffd")
    good = sum(char > "\x7f" for char in damaged) - bad
    if good >= bad:
        return damaged, "utf-8 (damaged)"

    encoding = "cp1252" if _western(data) else _normalizer(data[:_GUESS_FROM])
    return data.decode(encoding, "replace"), f"{_public_name(encoding)} (guessed)"


def _western(data: bytes) -> bool:
    """Whether the text reads well as Windows-1252, where statistics of a few accents would say anything."""
    text = data.decode("cp1252", "replace")
    foreign = [char for char in text if char > "\x7f"]
    letters = sum(map(str.isalpha, text))
    return set(foreign) <= _WESTERN and sum(map(str.isalpha, foreign)) * 2 < letters


def _normalizer(data: bytes) -> str:
    from charset_normalizer import from_bytes

    results = from_bytes(data, cp_isolation=_CANDIDATES, enable_fallback=False)
    best = results.best()
    if best is None:
        return "cp1252"
    # The code pages of Latin letters differ in few: the most common one wins unless another is clearly better.
    for match in results:
        as_good = match.chaos <= best.chaos and match.coherence >= best.coherence - 0.1
        if as_good and "cp1252" in match.could_be_from_charset:
            return "cp1252"
    return best.encoding


def _public_name(encoding: str) -> str:
    """``"cp1252"`` → ``"windows-1252"``, ``"koi8_r"`` → ``"koi8-r"``."""
    if re.fullmatch(r"cp125\d", encoding):
        return f"windows-{encoding[2:]}"
    return encoding.replace("iso8859", "iso-8859").replace("_", "-")
