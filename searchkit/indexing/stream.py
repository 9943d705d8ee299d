"""Standard input as a source: JSON lines, or any other format that was chosen.

What comes is copied to a temporary file without a name first, since readers open what they read more than once, and since
nobody should be kept from writing to the index while a pipe is slow. Of what came before under the same name nothing is
known, so that nothing is missed either: articles are added, or replaced by their ids, and none is removed.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

from searchkit.article import Article
from searchkit.errors import SearchkitError, SourceError
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.json_ import Record, json_records
from searchkit.readers.reading import Reading
from searchkit.readers.records import Records
from searchkit.readers.views import Part

FORMAT = "json"
"""What standard input holds, unless something else was chosen."""

PATH = "-"
"""Where articles from standard input are from: their ``path``."""

_LONGEST_NAME = 100
_CHUNK = 1 << 20
_NO_ORDINAL = -1
_CONTENT = ("title", "body", "date", "time", "dateline", "byline", "publisher", "url")
"""What an article's id is made of that has none. To change it would bring everything in again that is sent again."""


@dataclass(frozen=True, slots=True)
class Stream:
    """What came on standard input, under the name that its articles' ids begin with."""

    name: str
    file: BinaryIO
    size: int

    def source(self) -> Source:
        """It as a source, which can be opened as often as need be."""
        return Source(Path(PATH), PATH, self.name, self._open)

    def _open(self) -> BinaryIO:
        return cast(BinaryIO, io.BufferedReader(Part(self.file, 0, self.size), _CHUNK))


@contextlib.contextmanager
def spooled(stream: BinaryIO, name: str) -> Iterator[Stream]:
    """Read a stream to its end, and keep it as long as the block runs. Raises SearchkitError for a name that cannot be."""
    if (
        not name.isprintable()
        or not 0 < len(name) <= _LONGEST_NAME
        or "/" in name
        or "#" in name
        or name != name.strip()
    ):
        raise SearchkitError(
            f"a name cannot be {name!r}: it has 1 to {_LONGEST_NAME} printable characters, none of them / or #"
        )
    with tempfile.TemporaryFile() as file:
        shutil.copyfileobj(stream, file, _CHUNK)
        yield Stream(name, cast(BinaryIO, file), file.tell())


class StreamReading(Reading):
    """What a stream gives. An article without an id of its own gets one from its content, since the place at which it came
    says nothing: the next stream begins at 1 again.
    """

    def __init__(self, source: Source, options: Options) -> None:
        super().__init__(source, options)
        self._stream, self._choice = source, options

    def __iter__(self) -> Iterator[Article | Skip]:
        if self._choice.format == FORMAT:
            yield from self._records()
            return
        for item in super().__iter__():
            # Whether a number is an article's own or its place cannot be told here, unless somebody has said which field is
            # the id; taken for its place, it does no harm.
            yield _with_digest(item) if isinstance(item, Article) and self._has_no_id(item.id) else item

    def _records(self) -> Iterator[Article | Skip]:
        self.reader = FORMAT
        given = False
        try:
            records = Records(self._stream, self._choice)
            for record in json_records(self._stream, records.recognises, records.has_text):
                given = True
                yield record if isinstance(record, Skip) else self._article(record)
            if not given:
                raise SourceError("there is no record in it", "empty")
        except SourceError as error:
            self.error = error
        except Exception as error:
            # A fault in the reader must not cost the rest of the run.
            self.error = SourceError(f"the {FORMAT} reader failed: {type(error).__name__}: {error}", "fault")

    def _article(self, record: Record) -> Article | Skip:
        # Read by itself: that an id came before is for the index to say, which remembers all of them.
        notes = {"encoding": record.encoding} if record.encoding else None
        item = Records(self._stream, self._choice).article(record.value, record.where, _NO_ORDINAL, notes)
        if isinstance(item, Article) and item.id == f"{self._stream.id}#{_NO_ORDINAL}":
            return _with_digest(item)
        return item

    def _has_no_id(self, id: str) -> bool:
        before, _, own = id.rpartition("#")
        return id == self._stream.id or (before != "" and own.isdigit() and "id" not in self._choice.fields.values())


def _with_digest(article: Article) -> Article:
    """The article with an id made of its content."""
    written = json.dumps([getattr(article, name) for name in _CONTENT], default=str).encode()
    digest = hashlib.blake2b(written, digest_size=10).hexdigest()
    source = article.id.rpartition("#")[0] or article.id
    return replace(article, id=f"{source}#{digest}")
