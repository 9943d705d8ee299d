"""Which formats there are, and which one a file has."""

from __future__ import annotations

import re
from importlib import import_module
from typing import cast

from searchkit.readers.base import Options, Reader, Source

# One line a format: its name and its module, which is imported when the first file is looked at. The first that
# recognises a file reads it, so those that know their own marks come before plain text, which takes what is left.
FORMATS = {
    "reuters": "searchkit.readers.reuters",
    "trec": "searchkit.readers.trec",
    "warc": "searchkit.readers.warc",
    "newsml_g2": "searchkit.readers.newsml_g2",
    "nitf": "searchkit.readers.nitf",
    "feeds": "searchkit.readers.feeds",
    "html": "searchkit.readers.html_",
    "ninjs": "searchkit.readers.ninjs",
    "json": "searchkit.readers.json_",
    "mbox": "searchkit.readers.mbox",
    "eml": "searchkit.readers.eml",
    "csv": "searchkit.readers.csv_",
    "pdf": "searchkit.readers.pdf",
    "text": "searchkit.readers.text",
}

_NO_ARTICLE = re.compile(r"(?:README|LICEN[SC]E)|(?i:readme|licen[sc]e)(?:\.|\Z)")


def is_candidate(relative: str) -> bool:
    """Whether a file may be an article by its path below the root (with ``/``): neither it nor a folder on the way is
    hidden, and it is no ``README*`` or ``LICENSE*``. Lower case is left out only as the whole word ("readme.md"), as
    "license-fees-rise.txt" is news.
    """
    parts = [part for part in relative.split("/") if part not in ("", ".", "..")]
    return bool(parts) and not any(part.startswith(".") for part in parts) and is_candidate_name(parts[-1])


def is_candidate_name(name: str) -> bool:
    """The same for the name of a file or folder alone."""
    # The expression is tried on the few names that it can match: this is asked for every file of an archive.
    return name[0] != "." and (name[0] not in "RrLl" or not _NO_ARTICLE.match(name))


def find_reader(head: bytes, source: Source, options: Options) -> tuple[str, Reader] | None:
    """The format of a source by its first bytes and its name, unless ``options`` name it: the format's name and its reader
    module. None for a source that no reader recognises, such as an image.
    """
    if options.format is not None:
        return options.format, load_reader(options.format)
    for name in FORMATS:
        reader = load_reader(name)
        if reader.recognises(head, source):
            return name, reader
    return None


def load_reader(name: str) -> Reader:
    """The reader module of a format in ``FORMATS``."""
    return cast(Reader, import_module(FORMATS[name]))
