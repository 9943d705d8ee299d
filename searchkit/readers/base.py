"""What a reader is: a module that turns one source file into articles.

A reader module has three names (``readers/template.py`` shows them at work):

``SUFFIXES``    the file name endings that it takes, lower case, without compression (``(".txt",)``)
``recognises``  ``(head: bytes, source: Source) -> bool``: whether the first bytes of the file look like its format
``read``        ``(source: Source, options: Options) -> Iterator[Article | Skip]``: the articles, one at a time
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from searchkit.article import Article


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read. ``path`` is where it is; ``relative`` its path below the root that it is indexed from, with ``/``
    on every system; ``id`` the same without a compression suffix: what its articles' ids are made of.
    """

    path: Path
    relative: str
    id: str


@dataclass(frozen=True, slots=True)
class Options:
    """What the index was made with. ``day_first`` reads 03/04/2019 as 3 April; ``language`` is the archive's own."""

    language: str = "english"
    day_first: bool = False


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
