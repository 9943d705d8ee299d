"""The text of a feed, taken apart into its entries and mended, before any parser of XML sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5
from typing import NamedTuple

LONGEST_PART = 8 << 20
"""Characters of the longest entry, with its markup."""

_SPACE = re.compile(r"[\s\ufeff]*")
_IN_DOCTYPE = re.compile(r"""["'\[\]>]|<!--""")
_REST_OF_TAG = r"""(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>"""
_ROOT = re.compile(rf"<((?:[\w.-]{{1,40}}:)?(?:rss|feed|RDF))(?=[\s>]){_REST_OF_TAG}", re.IGNORECASE)
_CHANNEL = re.compile(rf"<((?:[\w.-]{{1,40}}:)?channel)(?=[\s>]){_REST_OF_TAG}", re.IGNORECASE)
_ENTRY = re.compile(r"<!\[CDATA\[|<!--|<(/?)((?:[\w.-]{1,40}:)?(?:item|entry))(?=[\s/>])", re.IGNORECASE)

# Where feedparser takes time with the square of a length: it looks for an address in a name, and for a term among terms.
_SHORT = re.compile(
    r"<((?:[\w.-]{1,40}:)?(author|creator|contributor|editor|managingeditor|webmaster|publisher|owner|name|email|credit"
    r"|category|subject|keywords|tags))(?=[\s/>])",
    re.IGNORECASE,
)
_LONG_WORD = re.compile(r"[A-Za-z0-9_.+-]{1000}")
_MOST_SHORT = 500
_LONGEST_SHORT = {"keywords": 2000, "tags": 2000}
_LONGEST_NAME = 100_000
_MOST_NAMESPACES = 2000

_AMPERSAND = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]{1,30};)|#\d{1,7};|#[xX][0-9A-Fa-f]{1,6};)?")
_MARKUP = {"lt;", "gt;", "amp;", "quot;", "apos;"}
_TAG = re.compile(rf"<(/?)([A-Za-z_][\w.:-]{{0,100}}){_REST_OF_TAG}")


class Piece(NamedTuple):
    """An entry: its ordinal, where it begins and ends in the text, and whether it has its closing tag."""

    ordinal: int
    start: int
    end: int
    closed: bool


class Frame(NamedTuple):
    """The tags around the entries, which make a document of some of them; and where the root element begins and goes on."""

    opening: str
    closing: str
    start: int
    inside: int


def after_prolog(text: str) -> int:
    """Where the root element begins. A document type is passed over and never read: nobody needs its entities."""
    position = 0
    while True:
        position = _SPACE.match(text, position).end()  # type: ignore[union-attr]
        if text.startswith("<?", position):
            after = text.find("?>", position) + 2
        elif text.startswith("<!--", position):
            after = text.find("-->", position) + 3
        elif text[position : position + 9].upper() == "<!DOCTYPE":
            after = _after_doctype(text, position)
        else:
            return position
        if after <= position:  # it does not end
            return position
        position = after


def _after_doctype(text: str, position: int) -> int:
    """Where a document type ends, or 0: at a ">" that stands outside of its subset, of quotes and of comments."""
    inside = False
    while match := _IN_DOCTYPE.search(text, position):
        position = match.end()
        if match[0] in "[]":
            inside = match[0] == "["
        elif match[0] != ">":
            position = text.find("-->" if match[0] == "<!--" else match[0], position) + 1
            if not position:
                return 0
        elif not inside:
            return position
    return 0


def find_frame(text: str) -> Frame | None:
    """The root element of a feed, and its channel where the entries stand inside of it."""
    # What a server wrote before the feed, such as warnings, is passed over.
    root = _ROOT.match(text, after_prolog(text)) or _ROOT.search(text)
    if root is None:
        return None
    opening, closing = root[0], f"</{root[1]}>"
    first = next(pieces(text, root.end()), None)
    until = first.start if first else len(text)
    channel = _CHANNEL.search(text, root.end(), until)
    # In RSS 1.0 the entries stand after the channel.
    if channel and text.find(f"</{channel[1]}", channel.end(), until) < 0:
        opening, closing = opening + channel[0], f"</{channel[1]}>{closing}"
    return Frame(opening, closing, root.start(), root.end())


def pieces(text: str, position: int) -> Iterator[Piece]:
    """The entries from ``position`` on. One that is not closed ends where the next one begins."""
    ordinal = 0
    start = -1
    while match := _ENTRY.search(text, position):
        position = match.end()
        if match[2] is None:
            # What stands in comments and in CDATA is no tag.
            position = text.find("-->" if match[0] == "<!--" else "]]>", position)
            if position < 0:
                break
            continue
        end = text.find(">", position) + 1 or len(text)
        if match[1]:
            if start >= 0:
                ordinal += 1
                yield Piece(ordinal, start, end, True)
            start = -1
            continue
        if start >= 0:
            ordinal += 1
            yield Piece(ordinal, start, match.start(), False)
        start = match.start()
        if text[end - 2 : end] == "/>":
            ordinal += 1
            yield Piece(ordinal, start, end, True)
            start = -1
    if start >= 0:
        yield Piece(ordinal + 1, start, len(text), False)


def outgrown(text: str) -> str | None:
    """Why feedparser would take too long with a part of a feed, or None."""
    if len(text) > LONGEST_PART:
        return f"is longer than {LONGEST_PART >> 20} MB"
    if text.count("xmlns:") > _MOST_NAMESPACES:
        return f"declares more than {_MOST_NAMESPACES} namespaces"
    for number, match in enumerate(_SHORT.finditer(text), 1):
        if number > _MOST_SHORT:
            return f"has more than {_MOST_SHORT} authors and categories"
        opened = text.find(">", match.end())
        if opened < 0 or text[opened - 1] == "/":
            continue
        most = _LONGEST_SHORT.get(match[2].lower(), _LONGEST_NAME)
        end = text.find(f"</{match[1]}", opened, opened + most)
        if _LONG_WORD.search(text, opened, end if end >= 0 else opened + most):
            return f"has a word of more than 1,000 letters as its {match[2]}"
        if end < 0 and opened + most < len(text):
            return f"has more than {most:,} characters as its {match[2]}"
    return None


def mended(text: str, closed: bool) -> str:
    """A part of a feed with what is wrong most often put right: ampersands that stand for themselves, entities of HTML
    (which RSS 0.91 has by its document type), and, unless it is ``closed``, the end that is missing.
    """
    parts: list[str] = []
    open_tags: list[str] = []
    position = 0
    while (start := text.find("<![CDATA[", position)) >= 0:
        parts.append(_mended_markup(text[position:start], open_tags))
        position = text.find("]]>", start) + 3
        if position < 3:
            parts += text[start:], "]]>"
            position = len(text)
            break
        parts.append(text[start:position])
    rest = text[position:]
    if not closed and rest.rfind("<") > rest.rfind(">"):
        rest = rest[: rest.rfind("<")]  # half a tag
    parts.append(_mended_markup(rest, open_tags))
    if not closed:
        parts += (f"</{name}>" for name in reversed(open_tags))
    return "".join(parts).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


def _mended_markup(text: str, open_tags: list[str]) -> str:
    for tag in _TAG.finditer(text):
        if not tag[1]:
            if not tag[0].endswith("/>"):
                open_tags.append(tag[2])
        elif open_tags and open_tags[-1] == tag[2]:
            open_tags.pop()
    return _AMPERSAND.sub(_ampersand, text)


def _ampersand(match: re.Match[str]) -> str:
    written, name = match[0], match[1]
    if written == "&":
        return "&amp;"
    if name is None:
        code = int(written[3:-1], 16) if written[2] in "xX" else int(written[2:-1])
        return written if _allowed(code) else "\ufffd"
    if name in _MARKUP:
        return written
    characters = html5.get(name)
    return f"&amp;{name}" if characters is None else "".join(f"&#{ord(character)};" for character in characters)


def _allowed(code: int) -> bool:
    """Whether a character may stand in XML 1.0 (section 2.2)."""
    return code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0xFFFF < code < 0x110000


def in_portions(some: Iterator[Piece], most: int, longest: int) -> Iterator[list[Piece]]:
    """Pieces that are parsed together: most of the time would go into setting up a parser for each."""
    portion: list[Piece] = []
    length = 0
    for piece in some:
        if portion and (len(portion) == most or length + piece.end - piece.start > longest):
            yield portion
            portion, length = [], 0
        portion.append(piece)
        length += piece.end - piece.start
    if portion:
        yield portion
