"""What a reader is: a module that turns one source file into articles.

A reader module has three names (``readers/template.py`` shows them at work):

``SUFFIXES``    the file name endings that it takes, lower case, without compression (``(".txt",)``)
``recognises``  ``(head: bytes, source: Source) -> bool``: whether the first bytes of the file look like its format
``read``        ``(source: Source, options: Options) -> Iterator[Article | Skip]``: the articles, one at a time
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from searchkit.article import Article
from searchkit.news.dating import DateRules


@dataclass(frozen=True, slots=True)
class Source:
    """What a reader reads: a file, or the member of an archive as if it were one.

    ``path`` is where the file is, of a member the archive; ``relative`` the path below the root that it is indexed from, with
    ``/`` on every system (``dump.zip/2019/a.txt``); ``id`` the same without a compression suffix: what its articles' ids are
    made of. ``opener`` opens a member.
    """

    path: Path
    relative: str
    id: str
    opener: Callable[[], BinaryIO] | None = None

    def open(self) -> BinaryIO:
        """The bytes as they are stored, from the beginning, in a file that can seek. Raises OSError."""
        return self.path.open("rb") if self.opener is None else self.opener()


@dataclass(frozen=True, slots=True)
class Options:
    """How to read. ``language`` is the archive's own; ``day_first`` reads 03/04/2019 as 3 April; a time without a zone is of
    ``zone``; a date later than ``latest`` is not believed. ``format`` names the reader, instead of its being found out;
    ``fields`` says what a record's own fields are (``{"headline_text": "title"}``).
    """

    language: str = "english"
    day_first: bool = False
    zone: dt.tzinfo | None = None
    latest: dt.date | None = None
    format: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def dates(self) -> DateRules:
        """The part that is about dates."""
        return DateRules(self.day_first, self.zone, self.latest)


@dataclass(frozen=True, slots=True)
class Skip:
    """An article, or a part of a file, that could not be read. The rest of the file goes on.

    ``where`` says the place in the file ("line 12", "story 17"), ``kind`` is a short word for counting ("empty").
    """

    where: str
    reason: str
    kind: str


class Reader(Protocol):
    """The interface of a reader module."""

    SUFFIXES: tuple[str, ...]

    def recognises(self, head: bytes, source: Source) -> bool:
        """Whether ``head``, the first bytes of the uncompressed file, look like this format."""

    def read(self, source: Source, options: Options) -> Iterator[Article | Skip]:
        """Yield the source's articles in order. Raises SourceError when the file as a whole cannot be read."""
