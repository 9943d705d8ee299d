"""Web archives: the pages that a crawler fetched, in WARC files (ISO 28500:2017, versions 1.0 and 1.1), packed or not.

An article is every page that came with status 200, every page or text stored as a resource, and every text that was made of
a page (a "conversion": Common Crawl's WET files). ``Article.url`` is the address that was asked for and ``captured`` the
record's date, so that captures of one address are versions of one article; the path of a crawl says nothing of an article's
date and is not looked at. Ids are ``news.warc#`` and the UUID of WARC-Record-ID, or else the record's ordinal.

What is no page is not listed but counted, in one Skip of each kind at the end: "revisit" (the page had not changed), "not
ok" (another status), and "not HTML". Requests and records about the crawl are no captures, and are not counted.

A record that is damaged is a Skip of kind "damaged" with its place, and reading goes on at the next one that can be found.
``Article.extra`` may hold ``canonical_url``, ``truncated`` (why the crawler stopped: "length", "time", "disconnect"; or
"segmented" for the first part of a record that was split), and what ``html_.py`` says.
"""

from __future__ import annotations

import contextlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers.assemble import article_id, assemble
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.compression import without_compression
from searchkit.readers.decoding import clean
from searchkit.readers.html_ import LARGEST_PAGE, is_page, page_article
from searchkit.readers.page_decoding import decode_page
from searchkit.readers.records import captured_at
from searchkit.readers.titles import take_headline
from searchkit.readers.warc_records import UNKNOWN, Capture, Counts, WarcRecords, stored

SUFFIXES: tuple[str, ...] = (".warc",)

_CHARSET = re.compile(r"""charset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""", re.IGNORECASE)
_CHUNK = re.compile(rb"(?:\r\n)?([0-9a-fA-F]{1,8})[ \t]{0,9}(?:;[^\r\n]{0,200})?\r\n")

_STEP = 1 << 16
_LONGEST_WHERE = 200


def recognises(head: bytes, source: Source) -> bool:
    """By content, or by the name: a damaged beginning is the reader's to report."""
    return head.startswith(b"WARC/") or without_compression(source.relative).lower().endswith(SUFFIXES)


def read(source: Source, options: Options) -> Iterator[Article | Skip]:
    """The pages in order. Raises SourceError when the file cannot be read, has no record in it, or is damaged at its end."""
    try:
        fastwarc = import_module("fastwarc")
    except ImportError:
        raise SourceError("needs fastwarc: pip install 'searchkit[warc]'", "missing extra") from None
    counts = Counts()
    with stored(source) as (file, packing):
        records = WarcRecords(fastwarc, source, file, packing, counts)
        for item in records:
            result = item if isinstance(item, Skip) else _article(source, options, fastwarc, item, counts)
            if result is not None:
                yield result
    yield from counts.skips()
    if records.damage is not None:
        raise records.damage
    if not records.ordinal:
        raise SourceError("there is no record in it", "empty")


def _article(
    source: Source, options: Options, fastwarc: Any, capture: Capture, counts: Counts
) -> Article | Skip | None:
    where = f"record {capture.ordinal}"
    if capture.url:
        where = clean(f"{where}, {capture.url}")[:_LONGEST_WHERE]
    data = _decoded(fastwarc, capture.data, capture.headers)
    media_type = capture.media_type
    is_text = capture.kind != "response" and media_type == "text/plain"
    if media_type in UNKNOWN and not is_page(data):
        counts.types["unknown"] += 1
        return None
    if len(data) > LARGEST_PAGE:
        return Skip(where, f"holds more than {LARGEST_PAGE >> 20} MB, too much for one article", "too large")
    charset = _CHARSET.search(capture.headers.get("content-type", ""))
    # The crawl's path is not the article's: it would lend it its date.
    placeless = replace(source, relative="")
    common: dict[str, Any] = {
        "id": article_id(source, capture.record_id, capture.ordinal),
        "url": capture.url,
        "captured": captured_at(capture.date, options),
        "extra": {"truncated": capture.truncated},
    }
    result: Article | Skip
    if is_text:
        text = decode_page(data, charset[1] if charset else None).text
        title, body = take_headline(text.strip()) or ("", text)
        result = assemble(placeless, options, where, title=title, body=body, **common)
    else:
        result = page_article(placeless, options, where, data=data, charset=charset[1] if charset else None, **common)
    return replace(result, path=source.relative) if isinstance(result, Article) else result


def _decoded(fastwarc: Any, data: bytes, headers: dict[str, str]) -> bytes:
    """The content of a response: without chunks, unpacked. Crawlers often store it so, and keep the headers all the same;
    then, and where a coding is not known, it is left as it is.
    """
    if "chunked" in headers.get("transfer-encoding", "").lower():
        data = _unchunked(data)
    streams = fastwarc.stream_io
    gzip = streams.GzipReader
    readers = {"gzip": gzip, "x-gzip": gzip, "br": streams.BrotliReader, "zstd": streams.ZstdReader}
    for coding in reversed(headers.get("content-encoding", "").lower().split(",")):
        coding = coding.strip()
        if coding in readers:
            data = _through(readers[coding](io.BytesIO(data)), data)
        elif coding == "deflate":
            data = _inflated(data)
    return data


def _unchunked(data: bytes) -> bytes:
    """RFC 9112, section 7.1. What is no chunk is left as it is."""
    parts: list[bytes] = []
    place = 0
    while chunk := _CHUNK.match(data, place):
        length = int(chunk[1], 16)
        place = chunk.end() + length
        if not length:
            return b"".join(parts)
        parts.append(data[chunk.end() : place])
    return b"".join((*parts, data[place:]))


def _through(reader: Any, data: bytes) -> bytes:
    """What a decoder makes of ``data``, up to where they are damaged or too many; ``data`` if that is nothing."""
    parts: list[bytes] = []
    total = 0
    with contextlib.suppress(OSError):
        while total <= LARGEST_PAGE and (part := reader.read(_STEP)):
            parts.append(part)
            total += len(part)
    return b"".join(parts) or data


def _inflated(data: bytes) -> bytes:
    """Both things that servers call "deflate": RFC 1950, which HTTP means, and RFC 1951."""
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        with contextlib.suppress(zlib.error):
            return zlib.decompressobj(bits).decompress(data, LARGEST_PAGE + 1) or data
    return data
