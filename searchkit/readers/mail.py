"""Mail → Articles: what the readers of ``.eml`` files and of mailboxes share. ``mime.py`` takes a message apart.

``Article.extra`` may hold ``from`` (the address), ``message_id``, ``in_reply_to``, ``newsgroups``, ``labels`` (Gmail's),
``attachments`` (names; what is in them is not read) and ``incomplete`` (why not all of the message was read).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from email.utils import getaddresses

from searchkit.article import Article
from searchkit.news.dating import Candidate
from searchkit.readers.assemble import assemble
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.decoding import clean
from searchkit.readers.mime import Fields, Text, content_of, decode_words, split_fields
from searchkit.readers.paragraphs import paragraphs

LONGEST_MESSAGE = 32 << 20
"""Bytes of the largest message that is read, with its attachments."""

_ADDRESS = re.compile(r"[^\s<>@,;:\"()]{1,200}@[^\s<>@,;:\"()]{1,200}")
_IN_ANGLES = re.compile(r"<([^<>]*)>")
# As archives of mailing lists hide addresses: "jane at news.example (Jane Doe)".
_HIDDEN = re.compile(r"\S+ at \S+ \((.*)\)")
_LONGEST_FROM = 2000
_QUOTED = re.compile(r"(?:>[ \t]?)+")
_FOLDER_DATA = "DON'T DELETE THIS MESSAGE"


def read_message(
    source: Source, options: Options, data: bytes, where: str, identify: Callable[[str], str], postmark: str = ""
) -> Article | Skip:
    """The article that a message makes. ``identify`` makes its whole id of its Message-ID, which is without angle brackets,
    and may be ""; ``postmark`` is the date of its line in a mailbox.

    A message without subject and text is a Skip of kind "empty"; one that cannot be read, whatever the reason, of "broken".
    """
    try:
        fields, body = split_fields(data)
        return _article(source, options, fields, body, where, identify(_message_id(fields)), postmark)
    except Exception as error:  # fields that nobody thought of must not cost the rest of a mailbox
        return Skip(where, f"cannot be read: {type(error).__name__}: {error}", "broken")


def _article(
    source: Source, options: Options, fields: Fields, body: bytes, where: str, id: str, postmark: str
) -> Article | Skip:
    subject = fields.text("subject")
    if "x-imap" in fields and subject.startswith(_FOLDER_DATA):
        return Skip(where, "it is the mail program's own note about the folder", "empty")
    content = content_of(fields, body)
    text, wrapped = _body(content.texts)
    names, addresses = _people(fields.raw("from"))
    received = [value.rpartition(";")[2] for value in fields.all("received")[-1:] if ";" in value]
    dates = [("Date", fields.raw("date")), ("Received", " ".join(received)), ("From line", postmark)]
    archived = _IN_ANGLES.search(fields.raw("archived-at"))
    return assemble(
        source,
        options,
        where,
        id=id,
        title=subject,
        body=text,
        dates=[Candidate("metadata", name, written) for name, written in dates if written.strip()],
        byline=", ".join(names),
        topics=fields.text("keywords").split(","),
        language=fields.raw("content-language").partition(",")[0],
        publisher=_publisher(fields, names),
        url=archived[1] if archived else "",
        extra={
            "from": ", ".join(addresses),
            "message_id": _message_id(fields),
            "in_reply_to": _inside(fields.raw("in-reply-to")),
            "newsgroups": fields.raw("newsgroups"),
            "labels": fields.text("x-gmail-labels"),
            "attachments": content.attachments,
            "incomplete": content.incomplete,
        },
        wrapped=wrapped,
    )


def _message_id(fields: Fields) -> str:
    return _inside(fields.raw("message-id"))


def _inside(value: str) -> str:
    """What stands in the first pair of angle brackets, or the value."""
    match = _IN_ANGLES.search(value)
    return (match[1] if match else value).strip()


def _publisher(fields: Fields, names: list[str]) -> str:
    """The list that a message came over (RFC 2919), or the organisation; of a newsletter its sender."""
    phrase, _, rest = fields.text("list-id").partition("<")
    listed = phrase.strip(' "') or rest.partition(">")[0]
    return listed or fields.text("organization") or (names[0] if names and "list-unsubscribe" in fields else "")


def _people(value: str) -> tuple[list[str], list[str]]:
    """The names and the addresses in a From field."""
    value = value[:_LONGEST_FROM]
    if hidden := _HIDDEN.fullmatch(value):
        return _named([hidden[1]], []), []
    try:
        pairs = getaddresses([value])
    except Exception:  # nested comments, and whatever else nobody writes
        pairs = []
    names = [name for name, _ in pairs if name]
    addresses = [address for _, address in pairs if "@" in address]
    if len(addresses) < len(pairs) or not pairs:
        # "Doe, Jane <jane@news.example>" without quotes, and names without an address.
        addresses = _ADDRESS.findall(value)
        names = [_IN_ANGLES.sub("", value)]
    return _named(names, addresses), addresses


def _named(names: list[str], addresses: list[str]) -> list[str]:
    clean_names = [decode_words(name).strip(" \"'") for name in names]
    return [name for name in dict.fromkeys(clean_names) if name and name not in addresses]


def _body(texts: list[Text]) -> tuple[str, bool]:
    """The texts as one, and whether its lines may be wrapped."""
    if all(text.wrapped and "\n>" not in text.text and text.text[:1] != ">" for text in texts):
        return "\n\n".join(text.text for text in texts), True
    return "\n\n".join(_unwrapped(clean(text.text)) if text.wrapped else text.text for text in texts), False


def _unwrapped(text: str) -> str:
    """Paragraphs, those that are quoted with their marks before them and not in the middle."""
    result: list[str] = []
    lines: list[str] = []
    before = ""
    for line in [*text.split("\n"), None]:
        match = _QUOTED.match(line) if line is not None else None
        mark = match[0].replace(" ", "").replace("\t", "") if match else ""
        if lines and (line is None or mark != before):
            whole = paragraphs("\n".join(lines)).strip()
            if whole:
                result.append("\n".join(f"{before} {part}" if part and before else part for part in whole.split("\n")))
            lines = []
        if line is not None:
            lines.append(line[match.end() :] if match else line)
        before = mark
    return "\n\n".join(result)
