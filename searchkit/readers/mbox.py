"""Mailboxes in one file: messages one after the other, each behind a line that begins with "From " (RFC 4155, and its
kin mboxo and mboxrd). Each message is an article; ``mail.py`` says what is read from it.

Files are read message by message: memory holds one, whatever the size of the mailbox. Ids are ``news.mbox#`` and the
Message-ID, or else the message's ordinal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers.assemble import DistinctIds, article_id
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.mail import LONGEST_MESSAGE, read_message
from searchkit.readers.opening import read_chunks

SUFFIXES: tuple[str, ...] = (".mbox", ".mbx")

# "From jane@news.example Tue Feb 19 10:30:00 2019". In a text, a line that begins with "From" has no such date, or no
# field on the next line.
_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b"
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b"
_POSTMARK = re.compile(
    rb"\nFrom ([^\n]{0,300}?"
    + _DAY
    + rb"[^\n]{0,10}?"
    + _MONTH
    + rb"[^\n]{5,60}|[^\s@]{1,200}@[^\s@]{1,200}[ \t]*\r?)\n"
    rb"(?=>?From |[!-9;-~]{1,100}[ \t]{0,20}:)"
)
_DATE = re.compile(_DAY + rb"[^\n]*")
_QUOTED = re.compile(rb"^>(?=>*From )", re.MULTILINE)
_HELD_BACK = 1024
"""Bytes that are looked at again with the next chunk: a line "From " and the name of a field may lie across."""


class _Message(NamedTuple):
    """A message without its line "From ", of which ``postmark`` has the date. Without data it is too large, without postmark
    it is what stands before the first one.
    """

    data: bytes | None
    postmark: str | None


def recognises(head: bytes, source: Source) -> bool:
    """By content: a line "From " with a date, and a field on the next one."""
    return _POSTMARK.match(b"\n" + head.lstrip(b"\r\n")) is not None


def read(source: Source, options: Options) -> Iterator[Article | Skip]:
    """The messages in order. One that is empty, is larger than ``mail.LONGEST_MESSAGE`` or cannot be read is a Skip.

    Raises SourceError when the file cannot be read, or holds no message.
    """
    mailbox = _Mailbox(source, options)
    yield from mailbox.articles()
    if not mailbox.ordinal:
        raise SourceError('there is no line that begins with "From " and has a date in it: it is no mailbox', "broken")


class _Mailbox:
    """A mailbox that is being read."""

    def __init__(self, source: Source, options: Options) -> None:
        self._source = source
        self._options = options
        self._ids = DistinctIds()
        self.ordinal = 0

    def articles(self) -> Iterator[Article | Skip]:
        for message in _messages(self._source):
            if message.postmark is None:
                yield Skip("before the first message", "it belongs to no message", "broken")
                continue
            self.ordinal += 1
            where = f"message {self.ordinal}"
            if message.data is None:
                yield Skip(where, f"is larger than {LONGEST_MESSAGE >> 20} MB with its attachments", "too large")
                continue
            data = _QUOTED.sub(b"", message.data)
            article = read_message(self._source, self._options, data, where, self._identify, message.postmark)
            yield self._ids.distinct(article, self.ordinal)  # a message that came twice is there twice

    def _identify(self, message_id: str) -> str:
        return article_id(self._source, message_id, self.ordinal)


def _messages(source: Source) -> Iterator[_Message]:
    parts: list[bytes] = []
    size = 0
    postmark: str | None = None
    rest = b"\n"
    for chunk in _and_end(read_chunks(source)):
        data = rest + (chunk or b"")
        held = len(data) if chunk is None else max(len(data) - _HELD_BACK, 0)
        start = 0
        for match in _POSTMARK.finditer(data):
            if match.start() >= held:
                break
            size += match.start() - start
            parts.append(data[start : match.start()])
            if postmark is not None or any(map(bytes.strip, parts)):
                yield _Message(None if size > LONGEST_MESSAGE else b"".join(parts), postmark)
            date = _DATE.search(match[1])
            postmark = date[0].decode("ascii", "replace").strip() if date else ""
            parts, size, start = [], 0, match.end()
        end = max(held, start)
        size += end - start
        if size > LONGEST_MESSAGE:
            parts.clear()
        else:
            parts.append(data[start:end])
        rest = data[end:]
    if postmark is not None:
        yield _Message(None if size > LONGEST_MESSAGE else b"".join(parts), postmark)


def _and_end(chunks: Iterator[bytes]) -> Iterator[bytes | None]:
    yield from chunks
    yield None
