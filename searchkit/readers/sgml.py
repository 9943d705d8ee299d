"""Elements of SGML and XML found by their tags, one at a time: what the formats of large files of stories share."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from html.entities import html5
from typing import NamedTuple

from searchkit.errors import SourceError
from searchkit.readers.decoding import clean

NO_END = "the file ends before the story does"

_LONGEST_TAG = 128
"""Bytes of a tag that are looked at, with room for a prefix and white space."""

_ENTITY = re.compile(r"&(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


class Piece(NamedTuple):
    """An element from its opening tag to its closing one, which is left out. ``problem`` says why it has no end; what there
    is of it comes with that, but nothing of one that is too long.
    """

    content: bytes
    problem: str | None = None


def pieces(chunks: Iterable[bytes], names: str, longest: int) -> Iterator[Piece]:
    """The elements called ``names`` (an expression: ``"DOC|doc"``), with or without a prefix, that are not in one another.

    Memory holds one, of at most about ``longest`` bytes. A SourceError of ``chunks`` comes after what it cut off.
    """
    name = rf"(?:[\w.-]{{1,30}}:)?(?:{names})"
    opening = re.compile(rf"<{name}(?=[\s/>])".encode())
    event = re.compile(rf"<(?:(/){name}\s{{0,30}}>|{name}(?=[\s/>]))".encode())
    buffer = bytearray()
    inside = False
    scanned = 0
    damage: SourceError | None = None
    for chunk in _until_damaged(chunks):
        if isinstance(chunk, SourceError):
            damage = chunk
            break
        buffer += chunk
        start = 0
        while True:
            found = (event if inside else opening).search(buffer, scanned)
            if found is None:
                if inside and len(buffer) - start > longest:
                    yield Piece(b"", f"it does not end within {_size(longest)}")
                    inside, scanned = False, max(scanned, len(buffer) - _LONGEST_TAG)
                    continue
                # A tag may stand across two chunks.
                scanned = max(scanned, len(buffer) - _LONGEST_TAG)
                gone = start if inside else scanned
                del buffer[:gone]
                scanned -= gone
                break
            if not inside:
                inside, start = True, found.start()
            elif found[1]:
                yield Piece(bytes(buffer[start : found.start()]))
                inside = False
            else:
                yield Piece(bytes(buffer[start : found.start()]), "it does not end before the next one begins")
                start = found.start()
            scanned = found.end()
    if inside:
        yield Piece(bytes(buffer), NO_END)
    if damage:
        raise damage


def _until_damaged(chunks: Iterable[bytes]) -> Iterator[bytes | SourceError]:
    try:
        yield from chunks
    except SourceError as error:
        yield error


def _size(size: int) -> str:
    return f"{size >> 20} MB" if size > 1 << 20 else f"{size >> 10} kB"


def decode_sgml(data: bytes) -> str:
    """The text of an element of an old collection, clean. Such collections are ASCII but for a few letters; some copies
    were converted to UTF-8.
    """
    try:
        return clean(data.decode("utf-8"))
    except UnicodeDecodeError:
        return clean(data.decode("cp1252", "replace"))


def decode_entities(text: str) -> str:
    """``text`` with entities decoded, clean of those that stand for control characters. Unknown ones stay."""
    return clean(_ENTITY.sub(_decoded, text)) if "&" in text else text


def _decoded(match: re.Match[str]) -> str:
    # By the table: html.unescape() makes "©right" of "&copyright;".
    return html.unescape(match[0]) if match[0][1] == "#" else html5.get(match[0][1:], match[0])
