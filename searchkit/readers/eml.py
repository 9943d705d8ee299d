"""Single messages (RFC 5322), one article a file: ``.eml`` files, Apple Mail's ``.emlx``, and files of a Maildir or of a
mail corpus, which have no ending. ``mail.py`` says what is read from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.compression import without_compression
from searchkit.readers.mail import LONGEST_MESSAGE, read_message
from searchkit.readers.opening import read_all

SUFFIXES: tuple[str, ...] = (".eml", ".emlx")

# Pages that a browser saved are messages too, of one page and its pictures.
_PAGES = (".mht", ".mhtml")

_BOM = b"\xef\xbb\xbf"
_LENGTH = re.compile(rb"\d{1,12}[ \t]*\r?\n")
_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:[^\n]*(?:\n|\Z)(?:[ \t]+[^\s][^\n]*(?:\n|\Z))*")
_OF_PEOPLE = {"from", "to", "date", "subject", "sender", "reply-to", "newsgroups", "content-type"}
_OF_MACHINES = {"message-id", "received", "mime-version", "return-path", "delivered-to", "x-mailer", "dkim-signature"}
_MANY = 4


def recognises(head: bytes, source: Source) -> bool:
    """By the fields of mail at the beginning: one of them in a file with the ending, and otherwise so many, of which one is
    a mail program's and no person's, that it can be nothing else.
    """
    name = without_compression(source.relative).lower()
    names = _names(head, name.endswith(".emlx"))
    if name.endswith(SUFFIXES):
        return bool(names & (_OF_PEOPLE | _OF_MACHINES))
    return (
        not name.endswith(_PAGES)
        and len(names & (_OF_PEOPLE | _OF_MACHINES)) >= _MANY
        and bool(names & _OF_MACHINES)
        and bool(names & {"from", "subject"})
    )


def _names(head: bytes, counted: bool) -> set[str]:
    """The names of the fields that a file begins with, in lower case."""
    head = head.removeprefix(_BOM).lstrip(b"\r\n")
    length = _LENGTH.match(head) if counted else None
    position = length.end() if length else 0
    if head.startswith((b"From ", b">From "), position):
        position = head.find(b"\n", position) + 1
    names: set[str] = set()
    while match := _FIELD.match(head, position):
        names.add(match[1].decode("ascii").lower())
        position = match.end()
    return names


def read(source: Source, options: Options) -> Iterator[Article | Skip]:
    """One article, or a Skip where there is no text or the message cannot be read.

    Raises SourceError when the file cannot be read or is larger than ``mail.LONGEST_MESSAGE``.
    """
    try:
        data, damage = read_all(source, LONGEST_MESSAGE)
    except SourceError as error:
        if error.kind == "too large":
            reason = f"is larger than {LONGEST_MESSAGE >> 20} MB with its attachments"
            raise SourceError(reason, error.kind) from None
        raise
    data = data.removeprefix(_BOM).lstrip(b"\r\n")
    # Apple Mail writes the length before the message, and its own notes after it.
    if (length := _LENGTH.match(data)) and without_compression(source.relative).lower().endswith(".emlx"):
        data = data[length.end() :][: int(length[0])]
    article = read_message(source, options, data, "whole file", lambda _: source.id)
    if isinstance(article, Article) or not damage:
        yield article
    if damage:
        raise damage
