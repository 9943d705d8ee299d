"""The encoding of a web page: as ``decoding.py`` finds it, with what only pages have: an HTTP header, and browsers' names.

Browsers read pages by the Encoding Standard of the WHATWG: names are generous ("gb2312" is GB 18030), and what the header
says goes before what the page says. Here valid UTF-8 goes before both, since nothing else looks like it by chance.
"""

from __future__ import annotations

import codecs
import re

from searchkit.readers.decoding import Decoded, clean, decode

# Section 4.2, "Names and labels": labels that Python does not know, and its codecs that read less than browsers do.
_LABELS = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "windows-874": "cp874",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "iso-8859-8-i": "iso8859-8",
    "dos-874": "cp874",
}
_READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_OF_PAGES = re.compile(r"cp\d{3,4}|iso8859-\d{1,2}|koi8-[ru]|mac-\w+|gb18030|big5hkscs|euc_jp|iso2022_jp|hz")
_OF_SEVEN_BITS = ("iso2022_jp", "hz")

_DECLARED = re.compile(rb"""<meta[^>]{0,300}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:-]{1,40})""", re.IGNORECASE)
_DECLARATION_ENDS = 8192
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_MOST_WRONG = 0.01
"""Of the characters: with more, the declared encoding is taken for wrong; with fewer, the page for damaged."""


def decode_page(data: bytes, charset: str | None = None) -> Decoded:
    """The text of a page. ``charset`` is the one of the HTTP header. Never fails; the text is clean."""
    declared = _DECLARED.search(data, 0, _DECLARATION_ENDS)
    names = [_codec(charset or ""), _codec(declared[1].decode("ascii", "replace") if declared else "")]
    utf8 = data.startswith(_MARKS) or _is_utf8(data)
    for name in filter(None, names):
        # What has seven bits a byte is ASCII to look at, and so UTF-8.
        if (not utf8 or name in _OF_SEVEN_BITS) and (text := _fitting(data, name)) is not None:
            return Decoded(clean(text), None)
    if declared:
        # That has been tried, and a page that could be read so far is not in UTF-16.
        data = data[: declared.start(1)] + b"utf-8" + data[declared.end(1) :]
    return decode(data)


def _codec(name: str) -> str | None:
    """Python's codec for an encoding of pages; None for UTF-8, which is tried anyway, and for what no page is in."""
    name = name.strip(" \t\"'").lower()
    try:
        found = codecs.lookup(_LABELS.get(name, name)).name
    except (LookupError, ValueError):
        return None
    found = _READ_AS.get(found, found)
    return found if _OF_PAGES.fullmatch(found) else None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _fitting(data: bytes, encoding: str) -> str | None:
    """The text in this encoding, unless it is obviously in another."""
    text = data.decode(encoding, "replace")
    return text if text.count("\ufffd") <= len(text) * _MOST_WRONG else None
