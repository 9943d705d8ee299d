"""Reading a source: find its format, take archives apart, and hold whatever a reader does wrong to that source."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from dataclasses import replace

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers.archives import archive_kind, members
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.opening import read_head
from searchkit.readers.registry import find_reader

UNRECOGNISED = "unrecognised"
_LASTING = (UNRECOGNISED, "nested", "empty", "too large", "bomb")
"""Reasons of a member that are met again as long as the archive is the same."""

_ARCHIVES_IN_ARCHIVES = 1


class Reading:
    """What a source gives. An error of the reader ends it and is kept as ``error``; one of whoever iterates is not caught
    here. Of an archive, each member is read like a file; what ends one is a Skip, the others go on, and ``failed_member``
    says the first reason that another run may not meet again. ``reader`` is the format, once that is known.

    Closing the iterator closes every file.
    """

    def __init__(self, source: Source, options: Options) -> None:
        self._source = source
        self._options = options
        self.reader: str | None = None
        self.error: SourceError | None = None
        self.failed_member: str | None = None

    def __iter__(self) -> Iterator[Article | Skip]:
        try:
            yield from self._read(self._source, _ARCHIVES_IN_ARCHIVES)
        except SourceError as error:
            self.error = error

    def _read(self, source: Source, archives: int) -> Generator[Article | Skip]:
        """``archives`` is how many archives there may be inside of the source, if it is one itself."""
        name = None
        try:
            head = read_head(source)
            kind = archive_kind(head)
            if kind is not None:
                if archives < 0:
                    raise SourceError("is an archive in an archive in an archive: unpack one of them", "nested")
                name = kind
                self.reader = self.reader or name
                yield from self._members(source, kind, archives)
                return
            found = find_reader(head, source, self._options)
            if found is None:
                raise SourceError("is in no format that searchkit reads", UNRECOGNISED)
            name, reader = found
            self.reader = self.reader or name
            yield from reader.read(source, self._options)
        except (SourceError, GeneratorExit):
            raise
        except Exception as error:
            # A fault in a reader, or in a library that it uses, must not cost the rest of the run.
            raise SourceError(
                f"the {name or 'format'} reader failed: {type(error).__name__}: {error}", "fault"
            ) from error

    def _members(self, source: Source, kind: str, archives: int) -> Iterator[Article | Skip]:
        with contextlib.closing(members(source, kind)) as found:
            for member in found:
                if isinstance(member, Skip):
                    yield member
                    continue
                where = f"member {member.relative.removeprefix(f'{source.relative}/')}"
                try:
                    with contextlib.closing(self._read(member, archives - 1)) as items:
                        for item in items:
                            yield replace(item, where=f"{where}, {item.where}") if isinstance(item, Skip) else item
                except SourceError as error:
                    if error.kind not in _LASTING:
                        self.failed_member = self.failed_member or f"{where}: {error.reason}"
                    yield Skip(where, error.reason, error.kind)
