"""Reuters-21578: SGML files of about a thousand wire stories each.

Written from the README of the collection, Distribution 1.0 (David D. Lewis, 1997). A story is a ``REUTERS`` element,
with its number in the attribute ``NEWID``. No element holds another of its name, so an element is what stands between
its first tag and the next closing one. Files are read story by story: memory holds one, whatever the size of the file.

``Article.extra`` may hold the lists ``places``, ``people``, ``orgs``, ``exchanges`` and ``companies``, and
``date_note``.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.news.dateline import Dateline, parse_dateline
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.decoding import clean
from searchkit.readers.opening import read_chunks
from searchkit.readers.paragraphs import paragraphs
from searchkit.readers.titles import derive_title, shorten

SUFFIXES: tuple[str, ...] = (".sgm", ".sgml")

LONGEST_STORY = 1 << 20
"""Bytes; the longest story of the collection has 14 kB."""

UNTITLED = "(untitled)"
"""The title of a story that has a number and a date, but neither title nor text; the collection has such a one."""

_OPEN, _CLOSE = b"<REUTERS", b"</REUTERS>"

_NUMBER = re.compile(r'\bNEWID="(\d{1,12})"')
_TEXT = re.compile(r"<TEXT\b([^<>]*)>")
_ITEM = re.compile(r"<D>([^<]*)</D>")
_TAG = re.compile(r"</?[A-Z]+\b[^<>]{0,200}>")
_ENTITY = re.compile(r"&(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")

_DATE = re.compile(r"(\d{1,2})-([A-Z]{3})-(\d{4})(?:\s+(\d+:\d+:\d+(?:\.\d+)?))?", re.IGNORECASE)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

# The sign-off, mistyped now and then; a sentence that ends in "told Reuters." is none. "More" says that another take of
# the story follows. "^M" is a carriage return that was made visible.
_SIGN_OFF = re.compile(
    r"(?:(?:\n\s*(?:REUI?TE?R?S?|MORE)|(?-i:[ \t](?:REUTER|MORE)))(?:\d\d:\d\d/\w+)?(?:\.\.+)?\s*(?:\^M)?)+\s*\Z",
    re.IGNORECASE,
)
_VISIBLE_CR = re.compile(r"\^M(?=\n|\Z)")
_SIGN_OFF_LENGTH = 80
_NO_BODY = "Blah blah blah."
"""What the makers of the collection put where a story had no body."""

_BY = re.compile(r"(?:by\s+)?(.*?)(?:,?\s+Reuters?)?[\s.,]*", re.IGNORECASE | re.DOTALL)

_DATELINE_ENDS = 1000
_ONES = str.maketrans("0123456789", "1" * 10)
_LIST_NAMES = ("places", "people", "orgs", "exchanges", "companies")


def recognises(head: bytes, source: Source) -> bool:
    """By content: the document type of the collection, or the tag of a story in a file with the ending ``.sgm``."""
    del source
    start = head.lstrip()[:200]
    return start[:15].lower() == b"<!doctype lewis" or start.startswith(_OPEN + b" ")


def read(source: Source, options: Options) -> Iterator[Article | Skip]:
    """The stories in order, with ids such as ``reut2-000.sgm#1``: the story's NEWID, or without one its ordinal.

    A story that never ends, or that has neither date nor title nor text, is a Skip; the rest goes on. Raises
    SourceError when the file cannot be read, or holds no story at all.
    """
    del options
    seen: set[str] = set()
    ordinal = 0
    for ordinal, story in enumerate(_stories(source), 1):
        if isinstance(story, str):
            yield Skip(f"story {ordinal}", story, "broken")
            continue
        text = _decode(story)
        number = _NUMBER.search(text, 0, max(text.find(">"), 0))
        key = str(int(number[1])) if number else str(ordinal)
        # Two stories must not have one id: the second would take the place of the first.
        if key in seen:
            key = f"{key}.{ordinal}"
        seen.add(key)
        yield _article(text, f"{source.id}#{key}", source) or Skip(
            f"story {ordinal}", "it has no date, no title and no text", "empty"
        )
    if not ordinal:
        raise SourceError("there is no <REUTERS> element in it", "empty")


def _stories(source: Source) -> Iterator[bytes | str]:
    """Each story from its opening tag to its closing one, or the reason why there is none."""
    buffer = b""
    inside = False
    for chunk in read_chunks(source.path):
        buffer += chunk
        position = 0
        while True:
            if not inside:
                start = buffer.find(_OPEN, position)
                if start < 0:
                    # The tag may stand across two chunks.
                    buffer = buffer[max(position, len(buffer) - len(_OPEN) + 1) :]
                    break
                position, inside = start, True
            following = buffer.find(_OPEN, position + len(_OPEN))
            end = buffer.find(_CLOSE, position, following if following >= 0 else len(buffer))
            if end >= 0:
                yield buffer[position:end]
                position, inside = end + len(_CLOSE), False
            elif following >= 0:
                yield "it does not end before the next one begins"
                position = following
            elif len(buffer) - position > LONGEST_STORY:
                yield f"it does not end within {LONGEST_STORY >> 10} kB"
                position, inside = len(buffer), False
            else:
                buffer = buffer[position:]
                break
    if inside:
        yield "the file ends before the story does"


def _decode(story: bytes) -> str:
    try:
        # Copies that were converted to UTF-8 exist; the collection itself is ASCII but for a few letters.
        return clean(story.decode("utf-8"))
    except UnicodeDecodeError:
        return clean(story.decode("cp1252", "replace"))


def _article(text: str, article_id: str, source: Source) -> Article | None:
    tag = _TEXT.search(text)
    head, content = (text[: tag.start()], text[tag.end() :]) if tag else (text, "")
    unstructured = tag is not None and "UNPROC" in tag[1]
    title = printed = ""
    byline = None
    if unstructured:
        body = _plain(content)
    else:
        title = " ".join(_plain(_between(content, "TITLE")).split())
        printed = _plain(_between(content, "DATELINE"))
        byline = _byline(_between(content, "AUTHOR"))
        body = _plain(_between(content, "BODY"))
        if "<BODY>" not in content:
            # A news flash is a headline behind asterisks.
            rest = _plain(_without(content, "TITLE", "AUTHOR", "DATELINE")).strip(" \t\n*")
            body = "" if rest == _NO_BODY else rest
    dateline, before, body = _take_dateline(printed, body)
    body = paragraphs(_without_sign_off(body), before)
    date, time, note = _date(_between(head, "DATE"))
    if not (title or body or date):
        return None
    derived = ""
    if not title:
        # The first line of an unstructured story is its headline as often as not.
        derived = shorten(" ".join(body.partition("\n")[0].split())) if unstructured else derive_title(body)
    extra: dict[str, Any] = {
        name: list(items) for name in _LIST_NAMES if (items := _items(_between(head, name.upper())))
    }
    if note:
        extra["date_note"] = note
    return Article(
        id=article_id,
        title=title or derived or UNTITLED,
        body=body,
        title_derived=not title,
        date=date,
        time=time,
        date_source="metadata" if date else None,
        dateline=dateline.printed if dateline else None,
        place=dateline.place if dateline else None,
        byline=byline,
        topics=_items(_between(head, "TOPICS")),
        language="en",
        publisher="Reuters",
        path=source.relative,
        extra=extra,
    )


def _between(text: str, name: str) -> str:
    """What the first element of this name holds; to the end of ``text`` where its closing tag is missing."""
    opening = f"<{name}>"
    start = text.find(opening)
    if start < 0:
        return ""
    start += len(opening)
    end = text.find(f"</{name}>", start)
    return text[start:end] if end >= 0 else text[start:]


def _without(text: str, *names: str) -> str:
    """``text`` without the first element of each of these names."""
    for name in names:
        before, opening, rest = text.partition(f"<{name}>")
        text = f"{before}\n{rest.partition(f'</{name}>')[2]}" if opening else text
    return text


def _without_sign_off(body: str) -> str:
    body = "\n" + body.rstrip()
    end = max(0, len(body) - _SIGN_OFF_LENGTH)
    return (body[:end] + _SIGN_OFF.sub("", body[end:]))[1:]


def _plain(text: str) -> str:
    """The text of an element: tags out, entities decoded (those of control characters too, which then go)."""
    if "<" in text:
        text = _TAG.sub("", text)
    # The frame of every story, which stands for nothing.
    text = text.replace("&#2;", "").replace("&#3;", "")
    if "&" in text:
        text = clean(_ENTITY.sub(lambda match: html.unescape(match[0]), text))
    return _VISIBLE_CR.sub("", text) if "^M" in text else text


def _take_dateline(printed: str, body: str) -> tuple[Dateline | None, int, str]:
    """The dateline, how many characters of the body's first line it took, and the body.

    What stands in the element but is no dateline ("us 7.8015 -", the first row of a table) is text.
    """
    text = printed + body
    if not printed.strip():
        return None, 0, text
    dateline = _known_dateline(printed.translate(_ONES)) or parse_dateline(text[:_DATELINE_ENDS])
    if dateline is None:
        return None, 0, text
    # Half of the datelines have the line to themselves.
    line = text.rfind("\n", 0, dateline.end) + 1
    return dateline, dateline.end - line, text[dateline.end :]


@lru_cache(maxsize=8192)
def _known_dateline(printed: str) -> Dateline | None:
    """A dateline in which every digit is written as 1, which leaves few: the day says nothing that <DATE> does not, and
    no place has a digit.
    """
    return parse_dateline(printed)


@lru_cache(maxsize=4096)
def _items(content: str) -> tuple[str, ...]:
    if not content:
        return ()
    return tuple(item for item in (" ".join(_plain(item).split()) for item in _ITEM.findall(content)) if item)


def _byline(author: str) -> str | None:
    match = _BY.fullmatch(" ".join(_plain(author[:300]).split())) if author else None
    return (match[1] or None) if match else None


def _date(written: str) -> tuple[dt.date | None, dt.time | None, str | None]:
    """Day, time and a note. The element may hold more than the date, and one time is ``605:12:19.12``."""
    match = _DATE.search(written[:200])
    if not match:
        return None, None, f'"{" ".join(_plain(written[:200]).split())}" is no date' if written.strip() else None
    day, month, year, clock = match.groups()
    try:
        date = dt.date(int(year), _MONTHS.index(month.upper()) + 1, int(day))
    except ValueError:
        return None, None, f"{day}-{month}-{year} is no day of the calendar"
    if clock is None:
        return date, None, None
    hour, minute, second = clock.split(":")
    try:
        return date, dt.time(int(hour), int(minute), int(second[:2]), _microseconds(second)), None
    except ValueError:
        return date, None, f"the time {clock} is impossible and was left out"


def _microseconds(second: str) -> int:
    return int(second.partition(".")[2][:6].ljust(6, "0"))
