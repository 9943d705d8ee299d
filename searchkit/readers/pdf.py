"""PDF files (ISO 32000) with a text layer: one article a file. pypdf gives the text; ``pdf_text.py`` makes paragraphs of it.

The title is the one that the file gives itself, unless that is a program's doing, else a headline. A date that stands
alone among the first lines goes before those of XMP and of the document information.

``Article.extra`` may hold ``pages`` (how many there are), ``pages_without_text``, ``subject``, and ``incomplete`` (why not
all pages were read).
"""

from __future__ import annotations

import logging
import re
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.news.dates import read_date
from searchkit.news.dating import Candidate
from searchkit.readers.assemble import assemble
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.compression import without_compression
from searchkit.readers.decoding import clean
from searchkit.readers.opening import open_seekable
from searchkit.readers.pdf_meta import Meta, is_programs
from searchkit.readers.pdf_text import Line, LineCollector, rebuild
from searchkit.readers.titles import take_headline

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

SUFFIXES: tuple[str, ...] = (".pdf",)

LIMIT = 256 << 20
"""Bytes of the largest file, with its pictures."""

LONGEST_TEXT = 32 << 20
"""Characters of the longest text: no article is longer."""

SECONDS = 60.0
SECONDS_PER_MB = 5.0
"""How long a file may take, in processor time. A file of many pages takes a second or two a megabyte; only one that is made
to take for ever takes longer.
"""

_MAGIC = b"%PDF-"
_MAGIC_WITHIN = 1024
_FORGET_AFTER = 20
"""Pages after which pypdf's store of what it has read is emptied."""

_FIRST_LINES = 12
_LONGEST_DATE_LINE = 80


def recognises(head: bytes, source: Source) -> bool:
    """By the mark at the beginning (section 7.5.2), which some programs write something before."""
    if head.startswith(_MAGIC):
        return True
    named = without_compression(source.relative).lower().endswith(SUFFIXES)
    return named and _MAGIC in head[:_MAGIC_WITHIN]


def read(source: Source, options: Options) -> Iterator[Article | Skip]:
    """One article, or a Skip of kind "empty" where the pages have no text. A page that cannot be read is a Skip too.

    Raises SourceError when the file cannot be read: of kind "too large" beyond ``LIMIT``, "encrypted" where it needs a
    password, "broken" where pypdf cannot find its way, and "missing extra" where a library is not installed.
    """
    try:
        import pypdf
    except ImportError:
        raise SourceError("needs pypdf: pip install 'searchkit[pdf]'", "missing extra") from None
    del pypdf
    with open_seekable(source) as file:
        size = file.seek(0, 2)
        if size > LIMIT:
            raise SourceError(f"is larger than {LIMIT >> 20} MB: split it into its articles", "too large")
        file.seek(0)
        with _quiet():
            items = list(_Document(source, options, file, size).items())
    yield from items


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what pypdf says about the files: what matters of it is in the articles and reasons."""
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


class _OutOfTimeError(Exception):
    """Reading takes longer than it should."""


class _Document:
    """A file that is being read."""

    def __init__(self, source: Source, options: Options, file: BinaryIO, size: int) -> None:
        self._source = source
        self._options = options
        self._until = time.thread_time() + SECONDS + SECONDS_PER_MB * size / (1 << 20)
        self._operators = 0
        self._late = False
        self._reader = _opened(file)
        self._without_text = 0
        self._skips: list[Skip] = []
        self._incomplete = ""

    def items(self) -> Iterator[Article | Skip]:
        """The article, and the pages that are missing in it."""
        pages, total = self._pages()
        text = clean(rebuild(pages))
        if text.strip():
            yield self._article(text, total)
        elif self._skips and len(self._skips) == total:
            first = self._skips[0]
            raise SourceError(f"none of its pages can be read: {first.reason}", first.kind)
        elif not self._incomplete:
            reason = "it has no text, only pictures of it: recognise the text first, with ocrmypdf for instance"
            yield Skip("whole file", reason, "empty")
        yield from self._skips

    def _pages(self) -> tuple[list[list[Line]], int]:
        """The lines of every page that can be read, and how many pages there are, or were looked at."""
        pages: list[list[Line]] = []
        length = number = 0
        while True:
            if number % _FORGET_AFTER == _FORGET_AFTER - 1:
                self._reader.resolved_objects.clear()
            try:
                # The count that an encrypted file gives is not to be trusted.
                page = self._reader.pages[number]
            except IndexError:
                return pages, number
            except Exception as error:
                raise _broken(error) from error
            number += 1
            where = f"page {number}"
            lines = self._lines(page, where)
            if lines is not None:
                length += sum(len(line.text) for line in lines)
                self._without_text += not lines
                pages.append(lines)
            if length > LONGEST_TEXT:
                self._stop(where, f"makes the text longer than {LONGEST_TEXT >> 20} million characters")
            if self._incomplete:
                return pages, number

    def _stop(self, where: str, reason: str) -> None:
        self._incomplete = f"{where} {reason}"
        self._skips.append(Skip(where, f"{reason}: what comes after it was left out", "too large"))

    def _lines(self, page: PageObject, where: str) -> list[Line] | None:
        """The lines of a page, or None where they cannot be read."""
        collector = LineCollector()
        try:
            text = page.extract_text(visitor_operand_before=self._see_operator, visitor_text=collector.see)
            self._check_time()
            return collector.finished(text)
        except _OutOfTimeError:
            self._stop(where, "takes too long to read")
        except Exception as error:  # pypdf raises what it likes on pages that are no good
            self._skips.append(Skip(where, _reason(error), "broken"))
        return None

    def _see_operator(self, *_: Any) -> None:
        # pypdf passes over what is raised inside of a form, so it is raised again at the next operator.
        self._operators += 1
        if self._late or self._operators % 256 == 0:
            self._check_time()

    def _check_time(self) -> None:
        self._late = self._late or time.thread_time() > self._until
        if self._late:
            raise _OutOfTimeError

    def _article(self, text: str, total: int) -> Article | Skip:
        meta = Meta(self._reader)
        title = "" if is_programs(meta.title, self._source) else meta.title
        title, text = _without_headline(title, text)
        dated, text = _take_date(text, self._options.day_first)
        return assemble(
            self._source,
            self._options,
            "whole file",
            id=self._source.id,
            title=title,
            body=text,
            dates=[*dated, *meta.dates],
            byline="" if is_programs(meta.author, self._source) else meta.author,
            topics=re.split("[,;]", meta.keywords),
            language=meta.language,
            extra={
                "pages": total,
                "pages_without_text": self._without_text or None,
                "subject": "" if is_programs(meta.subject, self._source) else meta.subject,
                "incomplete": self._incomplete,
            },
            wrapped=False,
        )


def _opened(file: BinaryIO) -> PdfReader:
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import DependencyError

    try:
        reader = PdfReader(file)
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise SourceError("is encrypted: take its password off, with qpdf --decrypt for instance", "encrypted")
    except DependencyError:
        raise SourceError("is encrypted with AES: pip install 'pypdf[crypto]'", "missing extra") from None
    except SourceError:
        raise
    except Exception as error:
        raise _broken(error) from error
    return reader


def _broken(error: Exception) -> SourceError:
    return SourceError(f"is damaged beyond what pypdf can read ({_reason(error)})", "broken")


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def _without_headline(title: str, text: str) -> tuple[str, str]:
    """The title, and the text without the headline that says the same, or is the title where there is no other."""
    taken = take_headline(text)
    if taken is None:
        return title, text
    headline, rest = taken
    same = "".join(filter(str.isalnum, headline)).casefold() == "".join(filter(str.isalnum, title)).casefold()
    return (title or headline, rest) if same or not title else (title, text)


def _take_date(text: str, day_first: bool) -> tuple[list[Candidate], str]:
    """The date that is alone on one of the first lines; where that is the very first, it is taken from the text."""
    for number, line in enumerate(text.split("\n", _FIRST_LINES)[:_FIRST_LINES]):
        date = read_date(line, day_first) if len(line) <= _LONGEST_DATE_LINE else None
        if date and date.date and not line[date.end :].strip(" .,;|"):
            rest = "" if number else text[len(line) :].lstrip()
            return [Candidate("header", "first lines", date)], rest or text
    return [], text
