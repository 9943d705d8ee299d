"""Plain text and Markdown: one article a file.

The text may begin, in this order and each at will, with

- a header: YAML front matter, or ``title:``, ``date:``, ``location:``, … lines (see :mod:`searchkit.readers.header`);
- a headline: a short first line before a blank line;
- a date: ``date 2019-02-19``, or a line that is nothing but a date;
- a dateline: ``AL-OMAR OIL FIELD BASE, Syria —``.

``Article.extra`` may hold, besides the keys of a header that no field is for: ``encoding`` (how the file was read, if
that was a guess), ``date_note`` (what is to be said about its date), ``header_note`` (how a broken header was read),
``agency`` (the dateline's), ``location`` (the header's, where the text has a dateline too) and ``incomplete`` (why the
text ends early).
"""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections.abc import Iterator
from typing import Any

from searchkit.article import Article
from searchkit.news.dateline import Dateline, parse_dateline
from searchkit.news.dates import ReadDate, read_date
from searchkit.news.dating import choose_date, future, read_written
from searchkit.news.resolve import resolve
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.compression import without_compression
from searchkit.readers.decoding import Decoded, decode, looks_like_text
from searchkit.readers.header import Header, take_header
from searchkit.readers.opening import read_all
from searchkit.readers.paragraphs import paragraphs
from searchkit.readers.titles import derive_title, take_headline

SUFFIXES: tuple[str, ...] = (".txt", ".text", ".md", ".markdown")

LIMIT = 64 << 20
"""Bytes of the largest file that is read: a larger one is no article, and would not fit a batch."""

_SUFFIX = re.compile(r"\.(?=[a-z0-9]*[a-z])[a-z0-9]{1,8}~?$")
_DATE_WORD = re.compile(r"date\b[ \t]*:?[ \t]*", re.IGNORECASE)
_AFTER_DATE = re.compile(r"[ \t]*[,:;.]?[ \t]*((?:—|–|--?)[ \t]+)?")
_DATELINE_ENDS = 2000
"""Characters of the text that the dateline parser is shown: the dateline and some of the story."""


def recognises(head: bytes, source: Source) -> bool:
    """By the file's name, or without an ending by its content; in both cases the content has to be text."""
    name = without_compression(source.relative.rpartition("/")[2]).lower()
    if name.endswith(SUFFIXES):
        return looks_like_text(head)
    return not _SUFFIX.search(name) and bool(head) and looks_like_text(head, strict=True)


def read(source: Source, options: Options) -> Iterator[Article | Skip]:
    """One article, or a Skip of kind "empty" where there is no text.

    Raises SourceError when the file cannot be read or is larger than ``LIMIT``. A file whose gzip data are damaged
    gives what could be unpacked, with the reason in ``extra["incomplete"]``, and then raises.
    """
    data, damage = read_all(source, LIMIT)
    story = _Story(source, options, decode(data))
    if damage:
        story.extra["incomplete"] = damage.reason
    article = story.article()
    # A file without text and with damage is one failure, not two.
    if isinstance(article, Article) or not damage:
        yield article
    if damage:
        raise damage


class _Story:
    """A text that is being taken apart from its beginning: ``rest`` is what is left of it."""

    def __init__(self, source: Source, options: Options, decoded: Decoded) -> None:
        self.source = source
        self.rules = options.dates
        # Texts that are indented as a whole lose the margin.
        self.text = textwrap.dedent(decoded.text).strip() if decoded.text[:1] in " \t\n" else decoded.text.strip()
        self.rest = self.text
        self.extra: dict[str, Any] = {}
        self.header = Header()
        self.title: str | None = None
        self.date: dt.date | None = None
        self.time: dt.time | None = None
        self.date_source: str | None = None
        self.notes: list[str] = []
        self.encoding = decoded.guessed

    def article(self) -> Article | Skip:
        self._take_header()
        self._take_headline_and_date()
        dateline = parse_dateline(self.rest[:_DATELINE_ENDS])
        if dateline:
            self.rest = self.rest[dateline.end :].lstrip()
        body = paragraphs(self.rest, self._column())
        if not body and not self.title:
            return Skip("whole file", "there is no text in it", "empty")
        known = self.header.known
        printed, location = self._place(dateline)
        publisher = known.get("publisher")
        if dateline and dateline.agency:
            self.extra["agency"] = dateline.agency
            publisher = publisher or dateline.agency
        self._date_otherwise(dateline)
        if self.notes:
            self.extra["date_note"] = "; ".join(dict.fromkeys(self.notes))
        if self.encoding:
            self.extra["encoding"] = self.encoding
        return Article(
            id=self.source.id,
            title=self.title or derive_title(body),
            body=body,
            title_derived=self.title is None,
            date=self.date,
            time=self.time,
            date_source=self.date_source,
            dateline=printed,
            place=resolve(location, (self.title or "", body)) if location else None,
            byline=known.get("byline"),
            section=known.get("section"),
            topics=tuple(dict.fromkeys(self.header.topics)),
            language=known.get("language"),
            publisher=publisher,
            url=known.get("url"),
            path=self.source.relative,
            extra=self.extra,
        )

    def _take_header(self) -> None:
        taken = take_header(self.rest)
        if not taken:
            return
        header, rest = taken
        written = header.known.get("date")
        date = read_date(written, self.rules.day_first) if written else None
        # "date: 2019-02-19 BEIRUT (AP) — …" is no header line but the beginning of the story.
        if date and written and not header.other and list(header.known) == ["date"] and _is_story(written[date.end :]):
            return
        self.header, self.rest = header, rest.strip("\n")
        self.title = header.known.get("title")
        self.extra.update(header.other)
        if header.note:
            self.extra["header_note"] = header.note
        if date and written:
            self._use(date)
            if remainder := written[date.end :].strip(" \t,;.()"):
                self.notes.append(f'"{remainder}" after the date was not understood')
        elif written:
            self.notes.append(f'"{written}" was not understood as a date')

    def _take_headline_and_date(self) -> None:
        dated = False
        while True:
            self.rest = self.rest.lstrip()
            date = None if dated else self._leading_date()
            if date:
                dated = True
                self._use(date)
                self.rest = self.rest[date.end :]
                continue
            if self.title or parse_dateline(self.rest[:_DATELINE_ENDS]):
                return
            taken = take_headline(self.rest)
            if not taken:
                return
            self.title, self.rest = taken

    def _leading_date(self) -> ReadDate | None:
        """The date that the rest begins with, if it stands there as a date and not as a part of a sentence."""
        word = _DATE_WORD.match(self.rest)
        start = word.end() if word else 0
        date = read_date(self.rest[start : start + 200], self.rules.day_first)
        if not date:
            return None
        end = start + date.end
        after = self.rest[end : end + _DATELINE_ENDS]
        # A line "1984" is a headline, not a year.
        alone = not after.partition("\n")[0].strip() and (word or not self.rest[:end].isdigit())
        dash = _AFTER_DATE.match(after)
        if alone or parse_dateline(after) or (date.date and (word or (dash and dash[1]))):
            return ReadDate(date.date, date.time, date.note, end + (dash.end() if dash else 0))
        if word and date.note:
            self.notes.append(date.note)
        return None

    def _use(self, date: ReadDate) -> None:
        date = read_written(date, self.rules) or date
        if date.note:
            self.notes.append(date.note)
        if date.date is not None and (refusal := future(date.date, self.rules)):
            self.notes.append(refusal)
        elif self.date is None:
            self.date, self.time = date.date, date.time
            self.date_source = "header" if date.date else None
        elif date.date not in (None, self.date):
            self.notes.append(f"the text is dated {date.date}")

    def _place(self, dateline: Dateline | None) -> tuple[str | None, str | None]:
        """The dateline as printed, and what says the place: the header's location is the surer word for it."""
        location = self.header.known.get("location")
        if dateline is None:
            return location, location
        if location is None:
            return dateline.printed, dateline.printed
        self.extra["location"] = location
        return dateline.printed, location

    def _column(self) -> int:
        """How many characters stand before the rest on its line."""
        start = len(self.text) - len(self.rest)
        return start - (self.text.rfind("\n", 0, start) + 1)

    def _date_otherwise(self, dateline: Dateline | None) -> None:
        if self.date is None:
            dated = choose_date((), self.rules, self.source.relative)
            self.date, self.date_source = dated.date, dated.source
            self.notes += dated.notes
        if self.date is None and dateline and dateline.day:
            month, day = dateline.day
            self.notes.append(f"the dateline says {month:02d}-{day:02d} and no year")


def _is_story(text: str) -> bool:
    """Whether what follows a date on its line is the beginning of a story, and not a remark on the date."""
    return len(text) > 30 or parse_dateline(text) is not None
