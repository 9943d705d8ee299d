"""Reuters-21578: SGML files of about a thousand wire stories each.

Written from the README of the collection, Distribution 1.0 (David D. Lewis, 1997). A story is a ``REUTERS`` element,
with its number in the attribute ``NEWID``. No element holds another of its name, so an element is what stands between
its first tag and the next closing one. Files are read story by story: memory holds one, whatever the size of the file.

``Article.extra`` may hold the lists ``places``, ``people``, ``orgs``, ``exchanges`` and ``companies``, and
``date_note``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.news.dateline import Dateline, parse_dateline
from searchkit.news.dates import ReadDate
from searchkit.news.dating import Candidate, DateRules, choose_date
from searchkit.news.resolve import resolve
from searchkit.readers.assemble import DATELINE_ENDS, DistinctIds
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.opening import read_chunks
from searchkit.readers.paragraphs import paragraphs
from searchkit.readers.sgml import decode_entities, decode_sgml, pieces
from searchkit.readers.titles import derive_title, shorten

SUFFIXES: tuple[str, ...] = (".sgm", ".sgml")

LONGEST_STORY = 1 << 20
"""Bytes; the longest story of the collection has 14 kB."""

UNTITLED = "(untitled)"
"""The title of a story that has a number and a date, but neither title nor text; the collection has such a one."""

_NUMBER = re.compile(r'\bNEWID="(\d{1,12})"')
_TEXT = re.compile(r"<TEXT\b([^<>]*)>")
_ITEM = re.compile(r"<D>([^<]*)</D>")
_TAG = re.compile(r"</?[A-Z]+\b[^<>]{0,200}>")

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

_ONES = str.maketrans("0123456789", "1" * 10)
_LIST_NAMES = ("places", "people", "orgs", "exchanges", "companies")


def recognises(head: bytes, source: Source) -> bool:
    """By content: the document type of the collection, or the tag of a story in a file with the ending ``.sgm``."""
    del source
    start = head.lstrip()[:200]
    return start[:15].lower() == b"<!doctype lewis" or start.startswith(b"<REUTERS ")


def read(source: Source, options: Options) -> Iterator[Article | Skip]:
    """The stories in order, with ids such as ``reut2-000.sgm#1``: the story's NEWID, or without one its ordinal.

    A story that never ends, or that has neither date nor title nor text, is a Skip; the rest goes on. Raises
    SourceError when the file cannot be read, or holds no story at all.
    """
    rules = options.dates
    ids = DistinctIds()
    ordinal = 0
    for ordinal, (story, problem) in enumerate(pieces(read_chunks(source), "REUTERS", LONGEST_STORY), 1):
        if problem:
            yield Skip(f"story {ordinal}", problem, "broken")
            continue
        text = decode_sgml(story)
        number = _NUMBER.search(text, 0, max(text.find(">"), 0))
        key = str(int(number[1])) if number else str(ordinal)
        article = _article(text, f"{source.id}#{key}", source, rules)
        if article is None:
            yield Skip(f"story {ordinal}", "it has no date, no title and no text", "empty")
        else:
            yield ids.distinct(article, ordinal)
    if not ordinal:
        raise SourceError("there is no <REUTERS> element in it", "empty")


def _article(text: str, article_id: str, source: Source, rules: DateRules) -> Article | None:
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
    written = _date(_between(head, "DATE"))
    if not (title or body or written.date):
        return None
    dated = choose_date((Candidate("metadata", "DATE", written),), rules, source.relative)
    derived = ""
    if not title:
        # The first line of an unstructured story is its headline as often as not.
        derived = shorten(" ".join(body.partition("\n")[0].split())) if unstructured else derive_title(body)
    extra: dict[str, Any] = {
        name: list(items) for name in _LIST_NAMES if (items := _items(_between(head, name.upper())))
    }
    if dated.notes:
        extra["date_note"] = "; ".join(dated.notes)
    return Article(
        id=article_id,
        title=title or derived or UNTITLED,
        body=body,
        title_derived=not title,
        date=dated.date,
        time=dated.time,
        date_source=dated.source,
        dateline=dateline.printed if dateline else None,
        place=resolve(dateline.printed, (title, body)) if dateline else None,
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
    text = decode_entities(text)
    return _VISIBLE_CR.sub("", text) if "^M" in text else text


def _take_dateline(printed: str, body: str) -> tuple[Dateline | None, int, str]:
    """The dateline, how many characters of the body's first line it took, and the body.

    What stands in the element but is no dateline ("us 7.8015 -", the first row of a table) is text.
    """
    text = printed + body
    if not printed.strip():
        return None, 0, text
    dateline = _known_dateline(printed.translate(_ONES)) or parse_dateline(text[:DATELINE_ENDS])
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


def _date(written: str) -> ReadDate:
    """Day, time and a note. The element may hold more than the date, and one time is ``605:12:19.12``."""
    match = _DATE.search(written[:200])
    if not match:
        note = f'"{" ".join(_plain(written[:200]).split())}" is no date' if written.strip() else None
        return ReadDate(None, None, note, 0)
    day, month, year, clock = match.groups()
    try:
        date = dt.date(int(year), _MONTHS.index(month.upper()) + 1, int(day))
    except ValueError:
        return ReadDate(None, None, f"{day}-{month}-{year} is no day of the calendar", 0)
    if clock is None:
        return ReadDate(date, None, None, 0)
    hour, minute, second = clock.split(":")
    try:
        return ReadDate(date, dt.time(int(hour), int(minute), int(second[:2]), _microseconds(second)), None, 0)
    except (ValueError, OverflowError):  # an hour of twenty digits
        return ReadDate(date, None, f"the time {clock} is impossible and was left out", 0)


def _microseconds(second: str) -> int:
    return int(second.partition(".")[2][:6].ljust(6, "0"))
