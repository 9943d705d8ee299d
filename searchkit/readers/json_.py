"""JSON: one record a line (JSON Lines, NDJSON), arrays of records, records one after the other, and records in a wrapper
such as ``{"articles": [...]}``, a JSON Feed (versions 1 and 1.1), or a dump of Elasticsearch.

``records.py`` says which of a record's fields mean what. Files are read record by record: memory holds one, whatever the
size of the file. Of a key that a record has twice the last one counts. Ids are ``news.jsonl#`` and the record's own id, or
else its ordinal. ``Article.extra`` may hold ``encoding`` besides what ``records.py`` notes.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers import json_scan
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.compression import without_compression
from searchkit.readers.decoding import clean, decode, looks_like_text
from searchkit.readers.json_scan import LONGEST_RECORD, MOST_VALUES, Problem, Scanner, too_long, too_many_values
from searchkit.readers.records import Records, has_text, says_something, unpacked
from searchkit.readers.streams import Chunks, TextStream, wide_encoding

SUFFIXES: tuple[str, ...] = (".json", ".jsonl", ".ndjson", ".jsonlines")

_KEYED = rb'\{\s*"(?:[^"\\]|\\.){0,200}"\s*:'
_RECORDS = re.compile(rb"(?:\[\s*){0,8}" + _KEYED)
_LOOKED_AT = 20
_DEEPEST = 4
_MOST_MEMBERS = 1000
"""An object with more has no lists of records, and each of its lists would take time in proportion to all of it."""

_SHOWN_FIELDS = 8

_LISTS = frozenset(
    """
    articles data docs documents entries hits items news posts records response results rows stories @graph
    """.split()  # noqa: SIM905
)
"""What lists of records are called in objects that have a title of their own."""

_FEED = "https://jsonfeed.org/version/"

Test = Callable[[Mapping[str, Any]], bool]


class Record(NamedTuple):
    """A record, its place in the source ("line 12"), and the encoding of its text, if that was a guess."""

    where: str
    value: Mapping[str, Any]
    encoding: str | None = None


def recognises(head: bytes, source: Source) -> bool:
    """By content: an object that begins with a key, or an array of them; texts begin with "{" and "[" too. By its name alone,
    if it is a text.
    """
    start = head.removeprefix(codecs.BOM_UTF8)
    if wide := wide_encoding(head):
        mark, encoding = wide
        start = head[len(mark) :].decode(encoding, "replace").encode()
    if _RECORDS.match(start.lstrip(b" \t\r\n\x1e")):
        return True
    return without_compression(source.relative).lower().endswith(SUFFIXES) and looks_like_text(head)


def read(source: Source, options: Options) -> Iterator[Article | Skip]:
    """The records in order. A record that is no object, is broken, or has neither title nor text is a Skip.

    Raises SourceError when the file cannot be read, or holds no record.
    """
    records = Records(source, options)
    ordinal = 0
    for ordinal, record in enumerate(json_records(source, records.recognises, records.has_text), 1):
        if isinstance(record, Skip):
            yield record
        else:
            notes = {"encoding": record.encoding} if record.encoding else None
            yield records.article(record.value, record.where, ordinal, notes)
    if not ordinal:
        raise SourceError("there is no record in it", "empty")


def json_records(source: Source, is_record: Test = says_something, is_text: Test = has_text) -> Iterator[Record | Skip]:
    """The objects in a source that ``is_record`` takes for an article's, whatever they are wrapped in. An object in an
    object, where there are no lists, has to have a text by ``is_text`` too. What is none is a Skip.

    Raises SourceError when the source cannot be read.
    """
    wrappers = _Wrappers(is_record, is_text)
    chunks = Chunks(source)
    first = next(chunks, b"")
    start = first.removeprefix(codecs.BOM_UTF8)
    if not wide_encoding(first) and _has_lines(start):
        yield from _on_lines(_and(start, chunks), wrappers)
    else:
        yield from _one_after_the_other(TextStream(_and(first, chunks)), wrappers)
    chunks.raise_error()


def _and(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _has_lines(start: bytes) -> bool:
    """Whether records stand on lines: the first line is an object by itself, or else one after it is, and the first does
    not look as if it went on.
    """
    lines = [line for line in start.split(b"\n", _LOOKED_AT)[:_LOOKED_AT] if line.strip()]
    if not lines or lines[0].lstrip()[:1] == b"[":
        return False
    if isinstance(_parsed(lines[0])[0], dict):
        return True
    goes_on = lines[0].rstrip()[-1:] in (b",", b":", b"[", b"{")
    return not goes_on and any(line[:1] == b"{" and isinstance(_parsed(line)[0], dict) for line in lines[1:])


def _loads() -> Callable[[bytes], Any]:
    import orjson

    return orjson.loads


def _parsed(line: bytes) -> tuple[Any, str | None]:
    """The value on a line, or the reason why there is none, as a ValueError that is returned; and the guessed encoding."""
    try:
        return _loads()(line), None
    except ValueError:
        pass
    try:
        text: str = line.decode()
        guessed = None
    except UnicodeDecodeError:
        decoded = decode(line)
        text, guessed = decoded.text, decoded.guessed
    try:
        # Lone surrogates, control characters and NaN are no reason to lose an article.
        return json_scan.loads(text.strip(" \t\r\n\ufeff\x00\x1e")), guessed
    except ValueError as error:
        return error, guessed


def _on_lines(chunks: Iterator[bytes], wrappers: _Wrappers) -> Iterator[Record | Skip]:
    load, is_record = _loads(), wrappers.is_record
    for number, line in enumerate(_lines(chunks), 1):
        where = f"line {number}"
        if line is None or (len(line) > MOST_VALUES and line.count(b",") > MOST_VALUES):
            yield Skip(where, too_long() if line is None else too_many_values(), "too large")
            continue
        try:
            value, encoding = load(line), None
        except ValueError:
            if not line.strip():
                continue
            value, encoding = _parsed(line)
        if type(value) is dict and is_record(value) and not wrappers.may_wrap(value):
            yield Record(where, value, encoding)
        else:
            yield from wrappers.unwrapped(where, value, encoding)


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes | None]:
    """The lines, without what is longer than a record can be: None stands for such a line."""
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        if b"\n" in chunk:
            first, *others = chunk.split(b"\n")
            parts.append(first)
            yield b"".join(parts) if size + len(first) <= LONGEST_RECORD else None
            parts = [others.pop()]
            size = len(parts[0])
            yield from others
        else:
            size += len(chunk)
            if size > LONGEST_RECORD:
                parts.clear()
            else:
                parts.append(chunk)
    if size:
        yield b"".join(parts) if size <= LONGEST_RECORD else None


def _one_after_the_other(stream: TextStream, wrappers: _Wrappers) -> Iterator[Record | Skip]:
    scanner = Scanner(stream, wrappers.wraps)
    for number, found in enumerate(scanner, 1):
        where = f"record {number}, line {found.line}"
        if isinstance(found, Problem):
            yield Skip(where, found.reason, found.kind)
        else:
            value = _inherited(scanner.members, found.value) if scanner.members else found.value
            yield from wrappers.unwrapped(where, value, stream.guessed)


class _Wrappers(NamedTuple):
    """Tells records from what is around them."""

    is_record: Test
    is_text: Test

    def may_wrap(self, value: Mapping[str, Any]) -> bool:
        """Whether a record may be the frame of others all the same: it has a title and a list, but no text."""
        return not self.is_text(value) and not _LISTS.isdisjoint(value)

    def wraps(self, members: Mapping[str, Any], key: str, item: Any) -> bool:
        """Whether an object with these members is one around records, if ``item`` is the first in the list ``key``; None
        where it is not known.
        """
        if len(members) > _MOST_MEMBERS or self.is_text(members) or (self.is_record(members) and key not in _LISTS):
            return False
        return item is None or (isinstance(item, dict) and (self.is_record(item) or self._holds(item)))

    def _holds(self, value: Mapping[str, Any]) -> bool:
        return self._inside(value) is not None or bool(self._records(value, 1))

    def unwrapped(self, where: str, value: Any, encoding: str | None, depth: int = _DEEPEST) -> Iterator[Record | Skip]:
        """The records in a value: itself, or those in the list or object that it wraps."""
        if isinstance(value, ValueError):
            yield Skip(where, f"is not valid JSON: {value}", "broken")
        elif isinstance(value, list) and depth:
            others = [item for item in value if not isinstance(item, dict | list)]
            for place, item in enumerate(value, 1):
                if isinstance(item, dict | list):
                    yield from self.unwrapped(f"{where}, item {place}", item, encoding, depth - 1)
            if others:  # one remark for all, as there are lists of a million numbers
                reason = f"{len(others)} of the items in a list are no objects with fields, first {_shown(others[0])}"
                yield Skip(where, reason, "broken")
        elif not isinstance(value, dict):
            yield Skip(where, f"is no object with fields but {_shown(value)}", "broken")
        elif self.is_record(value) and not (self.may_wrap(value) and self._records(value, depth)):
            yield Record(where, value, encoding)
        elif (inner := self._inside(value)) is not None:
            yield Record(where, inner, encoding)
        elif records := self._records(value, depth):
            for place, record in enumerate(records, 1):
                yield from self.unwrapped(
                    f"{where}, item {place}" if len(records) > 1 else where, record, encoding, depth - 1
                )
        else:
            yield Skip(where, _no_article(value), "empty")

    def _inside(self, value: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The record in an object that says nothing but where it is stored."""
        source = value.get("_source")
        if isinstance(source, dict) and self.is_record(source):
            return {**source, "_id": value["_id"]} if "_id" in value else source
        inner = unpacked(value)
        return inner if inner is not None and self.is_record(inner) else None

    def _records(self, value: Mapping[str, Any], depth: int) -> list[Any]:
        """What is in the lists of records, or else in the records, that are members of an object."""
        found: list[Any] = []
        if not depth:
            return found
        own = {key: inner for key, inner in value.items() if not isinstance(inner, list)}
        for key, inner in value.items() if len(value) <= _MOST_MEMBERS else ():
            if isinstance(inner, list):
                first = next((item for item in inner if isinstance(item, dict)), None)
                if first is not None and self.wraps(own, key, first):
                    found += (_inherited(value, item) for item in inner)
        if found or self.is_record(value):
            return found
        inside = {key: inner for key, inner in value.items() if isinstance(inner, dict)}
        records = {key: inner for key, inner in inside.items() if self.is_record(inner) and self.is_text(inner)}
        if len(records) > 1:  # each under its id
            return [{"_id": key, **record} for key, record in records.items()]
        return [*records.values()] or [
            record for inner in inside.values() for record in self._records(inner, depth - 1)
        ]


def _inherited(around: Mapping[str, Any], item: Any) -> Any:
    """An item of a JSON Feed with what its feed says of all items; anything else as it is."""
    version = around.get("version")
    if not isinstance(item, dict) or not isinstance(version, str) or not version.startswith(_FEED):
        return item
    own = {"authors", "author"}.intersection(item)
    names = ("language", "authors", "author") if not own else ("language",)
    given = {name: around[name] for name in names if name in around}
    if isinstance(around.get("title"), str):
        given["publisher"] = around["title"]
    return {**given, **item}


def _no_article(value: Mapping[str, Any]) -> str:
    if not value:
        return "is an object without fields"
    names = ", ".join(_shown(name)[1:-1] for name in list(value)[:_SHOWN_FIELDS])
    more = ", …" if len(value) > _SHOWN_FIELDS else ""
    hint = "say which is one with --map FIELD=title or FIELD=body"
    return f"has no field that is known as a title or a text ({names}{more}): {hint}"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "lists in lists"
    text = value if isinstance(value, str) else "a huge number" if _is_huge(value) else json.dumps(value)
    text = " ".join(clean(text[:41]).split())
    shown = f"{text[:40]}…" if len(text) > 40 else text
    return f'"{shown}"' if isinstance(value, str) else shown


def _is_huge(value: Any) -> bool:
    return isinstance(value, int) and value.bit_length() > 200
