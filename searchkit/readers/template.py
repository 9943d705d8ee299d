"""A template: how a format is added. Copy this file, change it, and add one line to ``FORMATS`` in ``registry.py``.

It reads a real, if tiny, format, so that a test can hold it to work: record jars (Eric S. Raymond, *The Art of Unix
Programming*, chapter 5), which are files of ``Key: value`` records with a line ``%%`` between them. Say here what the
format is, where it is described, and what ``Article.extra`` may hold: here, the keys that are not known.

Three names make a module a reader; ``base.py`` says what they promise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from searchkit.article import Article
from searchkit.news.dates import read_date

# Readers import from searchkit.article, errors, fields, news and readers, and from nothing else of searchkit. A library
# that takes long to import is imported in the function that needs it: most runs never meet the format.
from searchkit.news.resolve import resolve
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.compression import without_compression
from searchkit.readers.decoding import decode, looks_like_text
from searchkit.readers.opening import read_all
from searchkit.readers.titles import derive_title

# 1. The endings of the format's files: lower case, without ".gz", which is unpacked before a reader sees anything.
SUFFIXES: tuple[str, ...] = (".jar-text",)

_LIMIT = 64 << 20
_SEPARATOR = re.compile(r"^%%[ \t]*$", re.MULTILINE)


# 2. Is this file ours? ``head`` has the first bytes, uncompressed. Look at the content where it has a mark of its own;
# a reader that is too generous takes files from those after it.
def recognises(head: bytes, source: Source) -> bool:
    """By the file's name, if the content is text."""
    return without_compression(source.relative).lower().endswith(SUFFIXES) and looks_like_text(head)


# 3. The articles, in order, one at a time. What is wrong with one article is a Skip, and the rest goes on; what is
# wrong with the file is a SourceError, as ``read_all`` raises it. A format of large files is better read in
# ``read_chunks``, so that memory does not grow with the file: ``reuters.py`` shows how.
def read(source: Source, options: Options) -> Iterator[Article | Skip]:
    """One article a record, with ids such as ``news.jar-text#3``: the record's ordinal."""
    data, damage = read_all(source, _LIMIT)
    # Never decode by hand: this finds the encoding, and removes what an index cannot store.
    decoded = decode(data)
    for ordinal, record in enumerate(_SEPARATOR.split(decoded.text), 1):
        keys, body = _parse(record)
        if not body and "title" not in keys:
            yield Skip(f"record {ordinal}", "there is no text in it", "empty")
            continue
        extra = {key: value for key, value in keys.items() if key not in ("title", "date", "place")}
        # A date that is not understood is no reason to lose an article: it is undated, and a note says why.
        date = read_date(keys.get("date", ""), options.day_first)
        if date and date.note:
            extra["date_note"] = date.note
        if decoded.guessed:
            extra["encoding"] = decoded.guessed
        yield Article(
            # Ids must be unique and the same in every run.
            id=f"{source.id}#{ordinal}",
            title=keys.get("title") or derive_title(body),
            title_derived="title" not in keys,
            body=body,
            date=date.date if date else None,
            time=date.time if date else None,
            date_source="metadata" if date and date.date else None,
            dateline=keys.get("place"),
            place=resolve(keys["place"], (keys.get("title", ""), body)) if "place" in keys else None,
            path=source.relative,
            extra=extra,
        )
    # What a damaged gzip file still gave has been read; now the damage is reported.
    if damage:
        raise damage


def _parse(record: str) -> tuple[dict[str, str], str]:
    """The ``Key: value`` lines (keys in lower case), and the text after the first blank line."""
    head, _, body = record.strip().partition("\n\n")
    keys: dict[str, str] = {}
    for line in head.splitlines():
        key, colon, value = line.partition(":")
        if colon and value.strip():
            keys[key.strip().lower()] = value.strip()
    return keys, body.strip()
