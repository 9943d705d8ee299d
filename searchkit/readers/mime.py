"""Messages of the Internet (RFC 5322) and their parts (RFC 2045 to 2047): bytes → fields, and bytes → texts.

Python's own parser takes a message line by line, asks for each line whether it ends any of the parts that are open, and
raises what it likes on fields that are no good. Here the parts are cut out whole, so that time is in proportion to the
message, and only single fields, of bounded length, are given to it.
"""

from __future__ import annotations

import binascii
import codecs
import re
from dataclasses import dataclass, field
from email.message import Message
from functools import lru_cache
from typing import NamedTuple

from searchkit.readers.decoding import decode
from searchkit.readers.markup import flatten

LONGEST_FIELD = 8192
"""Bytes of a field that are looked at. References and lists of recipients may be longer."""

MOST_PARTS = 1000
DEEPEST = 20

_LONGEST_STRUCTURED = 2048
_MOST_FIELDS = 500
_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:[ \t]*")
_KNOWN = re.compile(
    rb"(?:from|to|cc|date|subject|message-id|received|mime-version|content-[a-z-]+|reply-to|sender|return-path|references"
    rb"|in-reply-to|list-[a-z]+|organization|lines|newsgroups|path|status|x-[a-z0-9-]+)[ \t]*:",
    re.IGNORECASE,
)
_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]{0,4000})\?=")
_GUESSED_BOUNDARY = re.compile(rb"^--(\S[^\r\n]{0,200}?)[ \t]{0,20}\r?\nContent-", re.IGNORECASE | re.MULTILINE)

# Not encodings of texts, although Python has codecs of these names; some take quadratic time.
_NOT_FOR_TEXTS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"}
# What is said and what is meant: the supersets that mail programs write.
_SUPERSETS = {
    "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932",
}  # fmt: skip

_STUB = 300
"""Characters of a plain text that may only say that the message is to be seen as HTML."""


class Fields:
    """The fields of a message or part, by their names in any case."""

    def __init__(self) -> None:
        self._values: dict[str, list[bytes]] = {}

    def add(self, name: str, value: bytes) -> None:
        """Take in a field, unless there are more than any message has."""
        if len(self._values) < _MOST_FIELDS:
            values = self._values.setdefault(name.lower(), [])
            if len(values) < _MOST_FIELDS:
                values.append(value[:LONGEST_FIELD])

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def all(self, name: str) -> list[str]:
        """The values of every field of this name (lower case), in order, as they are written."""
        return [to_text(value, None).strip() for value in self._values.get(name, ())]

    def raw(self, name: str) -> str:
        """The first one's value as it is written, or ""."""
        return next(iter(self.all(name)), "")

    def text(self, name: str) -> str:
        """The first one's value for people to read."""
        return decode_words(self.raw(name))


class Type(NamedTuple):
    """What a part says about itself. ``name`` is its file's."""

    kind: str = "text/plain"
    boundary: str = ""
    charset: str = ""
    flowed: bool = False
    delete_space: bool = False
    attached: bool = False
    name: str = ""


class Text(NamedTuple):
    """A text, and whether its lines may be wrapped."""

    text: str
    wrapped: bool


@dataclass(slots=True)
class Content:
    """What is in a message: the texts in order, the names of the parts that are none, and why it is not all."""

    texts: list[Text] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    incomplete: str = ""
    parts: int = 0


def split_fields(data: bytes) -> tuple[Fields, bytes]:
    """The fields that a message begins with, and its body. A line that is no field is passed over where known ones follow,
    and else begins the body.
    """
    fields = Fields()
    name, value = "", b""
    position = 0
    while position < len(data):
        end = data.find(b"\n", position) + 1 or len(data)
        line = data[position:end].rstrip(b"\r\n")
        if not line:
            position = end
            break
        if line[0] in b" \t" and name:
            if len(value) < LONGEST_FIELD:
                value += line
        elif match := _FIELD.match(line):
            if name:
                fields.add(name, value)
            name, value = match[1].decode("ascii"), line[match.end() :]
        elif not _KNOWN.match(data, end) and not line.startswith((b"From ", b">From ")):
            break
        position = end
    if name:
        fields.add(name, value)
    return fields, data[position:]


def content_of(fields: Fields, body: bytes) -> Content:
    """What is in a message with these fields and this body."""
    content = Content()
    _walk(fields, body, content, DEEPEST, "text/plain")
    return content


def _walk(fields: Fields, body: bytes, content: Content, depth: int, default: str) -> None:
    content.parts += 1
    if content.parts > MOST_PARTS:
        content.incomplete = f"it has more than {MOST_PARTS:,} parts"
        return
    type_ = _type(fields, default)
    if type_.kind.startswith("multipart/") and depth:
        parts = _parts(body, type_.boundary)
        if parts:
            _walk_parts(type_.kind, parts, content, depth - 1)
            return
        type_ = Type(charset=type_.charset)
    body = _unpacked(fields.raw("content-transfer-encoding").lower(), body)
    if type_.kind in ("message/rfc822", "message/global", "message/news") and depth:
        _walk_message(body, content, depth - 1)
    elif type_.attached or (type_.name and (content.texts or not type_.kind.startswith("text/"))):
        content.attachments.append(type_.name or type_.kind)
    elif type_.kind in ("text/html", "application/xhtml+xml"):
        _add(content, flatten(to_text(body, type_.charset)), False)
    elif type_.kind == "text/plain":
        text = to_text(body, type_.charset).replace("\r\n", "\n")
        flowed = type_.flowed and " \n" in text
        _add(content, _unflowed(text, type_.delete_space) if flowed else text, not flowed)
    else:
        content.attachments.append(type_.name or type_.kind)


def _walk_parts(kind: str, parts: list[bytes], content: Content, depth: int) -> None:
    default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
    if kind != "multipart/alternative":
        for part in parts:
            _walk(*split_fields(part), content, depth, default)
        return
    found: list[tuple[str, Content]] = []
    for part in parts:
        fields, body = split_fields(part)
        alternative = Content(parts=content.parts)
        _walk(fields, body, alternative, depth, default)
        content.parts = alternative.parts
        content.attachments += [name for name in alternative.attachments if not name.startswith("text/")]
        content.incomplete = content.incomplete or alternative.incomplete
        if alternative.texts:
            found.append((_type(fields, default).kind, alternative))
    if found:
        content.texts += _best(found)


def _best(alternatives: list[tuple[str, Content]]) -> list[Text]:
    """The plain text, unless there is none to speak of."""

    def length(content: Content) -> int:
        return sum(len(text.text) for text in content.texts)

    plain = next((content for kind, content in alternatives if kind == "text/plain"), alternatives[0][1])
    longest = max((content for _, content in alternatives), key=length)
    return (longest if length(plain) < min(_STUB, length(longest) // 5) else plain).texts


def _walk_message(data: bytes, content: Content, depth: int) -> None:
    """A message in a message: what it says about itself, and its content."""
    fields, body = split_fields(data)
    lines = [f"{name.title()}: {text}" for name in ("from", "date", "subject") if (text := fields.text(name))]
    _add(content, "\n".join(lines), False)
    _walk(fields, body, content, depth, "text/plain")


def _add(content: Content, text: str, wrapped: bool) -> None:
    if text.strip():
        content.texts.append(Text(text.strip("\n"), wrapped))


def _parts(body: bytes, boundary: str) -> list[bytes]:
    """The parts of a multipart body (RFC 2046, section 5.1.1); the last one may lack its end."""
    parts = _cut(body, boundary.encode("utf-8", "replace")) if boundary else []
    if not parts and (guess := _GUESSED_BOUNDARY.search(body)):
        parts = _cut(body, guess[1])
    return parts


def _cut(body: bytes, boundary: bytes) -> list[bytes]:
    parts: list[bytes] = []
    start = -1
    for match in re.finditer(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)", body):
        if start >= 0:
            parts.append(body[start : match.start()])
        # One more than is read shows that there are more.
        if match[1] or len(parts) > MOST_PARTS:
            return parts
        start = body.find(b"\n", match.end()) + 1 or len(body)
    if start >= 0:
        parts.append(body[start:])
    return parts


def _type(fields: Fields, default: str) -> Type:
    return _read_type(
        fields.raw("content-type")[:_LONGEST_STRUCTURED],
        fields.raw("content-disposition")[:_LONGEST_STRUCTURED],
        default,
    )


# Most parts of a mailbox say the same few things.
@lru_cache(maxsize=512)
def _read_type(kind: str, disposition: str, default: str) -> Type:
    message = Message()
    message.set_default_type(default)
    if kind:
        message["content-type"] = kind
    if disposition:
        message["content-disposition"] = disposition
    try:
        return Type(
            message.get_content_type(),
            message.get_boundary("") or "",
            message.get_content_charset("") or "",
            str(message.get_param("format", "")).lower() == "flowed",
            str(message.get_param("delsp", "")).lower() == "yes",
            message.get_content_disposition() == "attachment",
            decode_words(message.get_filename("") or ""),
        )
    except Exception:  # whatever a parameter leads it to: the part is read as one that says nothing
        return Type(default)


def _unpacked(encoding: str, body: bytes) -> bytes:
    """A body without its transfer encoding. Never fails: what is broken in it is passed over."""
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body)
    return _base64(body) if encoding == "base64" else body


def _base64(data: bytes) -> bytes:
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        return binascii.a2b_base64(kept[: len(kept) - (len(kept) % 4 == 1)] + b"=" * (-len(kept) % 4))


def to_text(data: bytes, charset: str | None) -> str:
    """Bytes in the encoding that is named, or by what they look like where that is none, or is not theirs."""
    if data.isascii() and not charset:
        return data.decode("ascii")
    try:
        name = codecs.lookup(charset or "").name
        if name not in _NOT_FOR_TEXTS:
            return data.decode(_SUPERSETS.get(name, name))
    except (LookupError, ValueError):
        pass
    return decode(data).text


def decode_words(text: str) -> str:
    """A field's value with its encoded words (RFC 2047) decoded: ``"=?utf-8?q?Caf=C3=A9?="`` → ``"Café"``."""
    if "=?" not in text:
        return text
    result: list[str] = []
    # Words with nothing but space between them are one text, whose characters may be cut anywhere.
    charset, pending = "", b""
    position = 0
    for match in _WORD.finditer(text):
        between = text[position : match.start()]
        if pending and (between.strip() or match[1].lower() != charset):
            result.append(to_text(pending, charset))
            pending = b""
        if between.strip() or not position:
            result.append(between)
        data = match[3].encode("utf-8", "replace")
        charset = match[1].lower()
        pending += _base64(data) if match[2] in "bB" else binascii.a2b_qp(data, header=True)
        position = match.end()
    if pending:
        result.append(to_text(pending, charset))
    return "".join([*result, text[position:]])


def _unflowed(text: str, delete_space: bool) -> str:
    """Lines that end with a space joined with those after them (RFC 3676, section 4)."""
    result: list[str] = []
    flows, before = False, 0
    for line in text.split("\n"):
        words = line.lstrip(">")
        depth = len(line) - len(words)
        words = words.removeprefix(" ")
        if flows and depth == before and words != "-- ":
            result.append(words)
        else:
            result += ("\n", ">" * depth + " " * bool(depth), words)
        flows = words.endswith(" ") and words != "-- "
        if flows and delete_space:
            result[-1] = words[:-1]
        before = depth
    return "".join(result)
