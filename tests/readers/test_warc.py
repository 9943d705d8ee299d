"""Web archives: which records are pages, what becomes of the others, and files that are damaged somewhere.

The files are written by warcio, and the WACZ file in ``data`` was made by py-wacz.
"""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import io
import random
import sys
import tracemalloc
import zlib
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers import warc, warc_records
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.compression import compression_of
from searchkit.readers.opening import read_head
from searchkit.readers.reading import Reading
from searchkit.readers.registry import find_reader
from tests.conftest import MORE, within

from .support import MakeSource, assert_fit_for_an_index

DATA = Path(__file__).parent / "data"
LEAD = "The harbour bridge closed on Tuesday, and it will stay closed until the autumn, the port authority said."
WHEN = "2019-02-21T10:00:00Z"


def page(title: str = "Bridge closes", lead: str = LEAD, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body><p>{lead}</p></body></html>"


# warcio comes without types, and leaves temporary files open.
_headers: Any = import_module("warcio.statusandheaders").StatusAndHeaders
_writer: Any = type(
    "Writer", (import_module("warcio.warcwriter").WARCWriter,), {"_create_temp_file": staticmethod(io.BytesIO)}
)


class Recording:
    """A WARC file in the making, and where each record begins."""

    def __init__(self, version: str = "1.0") -> None:
        self.file = io.BytesIO()
        self.starts: list[int] = []
        self._writer = _writer(self.file, gzip=False, warc_version=version)

    def add(
        self,
        url: str,
        content: str | bytes,
        kind: str = "response",
        http: Sequence[tuple[str, str]] | None = (("Content-Type", "text/html; charset=utf-8"),),
        status: str = "200 OK",
        content_type: str = "",
        **headers: str,
    ) -> Recording:
        named = {"WARC-Date": WHEN} | {name.replace("_", "-"): value for name, value in headers.items()}
        lines = _headers(status, list(http), protocol="HTTP/1.1") if http is not None else None
        payload = io.BytesIO(content.encode() if isinstance(content, str) else content)
        self.starts.append(self.file.tell())
        self._writer.write_record(
            self._writer.create_warc_record(
                url, kind, payload=payload, http_headers=lines, warc_headers_dict=named, warc_content_type=content_type
            )
        )
        return self

    @property
    def data(self) -> bytes:
        return self.file.getvalue()

    def records(self) -> list[bytes]:
        ends = [*self.starts[1:], len(self.data)] if self.starts else []
        return [self.data[start:end] for start, end in zip(self.starts, ends, strict=True)]


def pages(count: int) -> Recording:
    recording = Recording()
    for number in range(count):
        recording.add(f"https://news.example/{number}", page(f"Story {number}"))
    return recording


def read(source: Source) -> tuple[list[Article | Skip], SourceError | None]:
    """What a file gives, and the error that ends it."""
    results: list[Article | Skip] = []
    try:
        results.extend(warc.read(source, Options()))
    except SourceError as error:
        return results, error
    return results, None


def articles(source: Source) -> list[Article]:
    results, error = read(source)
    assert error is None
    found = [result for result in results if isinstance(result, Article)]
    assert_fit_for_an_index(list(found))
    return found


def skips(results: list[Article | Skip]) -> list[tuple[str, str]]:
    return [(skip.kind, skip.reason) for skip in results if isinstance(skip, Skip)]


def titles(results: list[Article | Skip]) -> list[str]:
    return [result.title for result in results if isinstance(result, Article)]


PACKINGS: dict[str, Callable[[Recording], bytes]] = {
    "c.warc": lambda recording: recording.data,
    "c.warc.gz": lambda recording: b"".join(map(gzip.compress, recording.records())),
    "whole.warc.gz": lambda recording: gzip.compress(recording.data),
    "c.warc.zst": lambda recording: b"".join(map(zstandard.compress, recording.records())),
    "c.warc.bz2": lambda recording: bz2.compress(recording.data),
}


# ---- captures ----------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("name", PACKINGS)
def test_every_page_of_a_crawl_is_an_article(make_source: MakeSource, name: str, version: str) -> None:
    head = '<meta name="date" content="2019-02-19"><link rel="canonical" href="https://news.example/bridge">'
    recording = Recording(version).add("https://news.example/bridge?from=rss", page(head=head))
    recording.add("https://news.example/b", page("Ferries"), WARC_Record_ID="<urn:uuid:1-2-3>")
    first, second = articles(make_source(PACKINGS[name](recording), name))
    assert (first.title, first.body) == ("Bridge closes", LEAD)
    assert (first.url, first.captured) == ("https://news.example/bridge?from=rss", WHEN)
    assert first.extra["canonical_url"] == "https://news.example/bridge"
    assert (first.date, first.path) == (dt.date(2019, 2, 19), name)
    assert second.id.endswith("#1-2-3")


def test_captures_of_one_address_are_articles_of_their_own(make_source: MakeSource) -> None:
    recording = Recording("1.1")
    recording.add("https://news.example/b", page(), WARC_Date="2019-02-19T08:00:00.123456789Z")
    recording.add("https://news.example/b", page(), WARC_Date="2019-02-20T08:00:00Z")
    first, second = articles(make_source(recording.data, "c.warc"))
    assert first.url == second.url
    assert (first.captured, second.captured) == ("2019-02-19T08:00:00Z", "2019-02-20T08:00:00Z")
    assert first.id != second.id


def test_the_crawls_path_and_date_are_no_dates_of_an_article(make_source: MakeSource) -> None:
    found = articles(make_source(pages(1).data, "2019-03-01/CC-20190301.warc"))
    assert (found[0].date, found[0].path) == (None, "2019-03-01/CC-20190301.warc")


def test_what_is_no_page_is_counted(make_source: MakeSource) -> None:
    recording = pages(1)
    for number in range(3):
        recording.add(f"https://news.example/{number}.jpg", b"\xff\xd8\xff", http=[("Content-Type", "image/jpeg")])
    recording.add("https://news.example/a.css", "p{}", http=[("Content-Type", "text/css")])
    recording.add("https://news.example/robots.txt", "User-agent: *", http=[("Content-Type", "text/plain")])
    recording.add("https://news.example/x", page(), status="404 Not Found")
    recording.add("https://news.example/y", "", status="301 Moved Permanently")
    recording.add("https://news.example/z", page(), status="404 Not Found")
    recording.add("https://news.example/0", "", kind="revisit")
    recording.add("https://news.example/0", "", kind="request")
    recording.add("https://news.example/0", "a: b", kind="metadata", http=None)
    recording.add("dns:news.example", "1.2.3.4", http=None, content_type="text/dns")
    results, error = read(make_source(recording.data, "c.warc"))
    assert error is None
    assert skips(results) == [
        ("revisit", "1 revisit of pages that had not changed since an earlier capture"),
        ("not ok", "3 responses with another status than 200 (404: 2, 301: 1)"),
        (
            "not HTML",
            "6 captures of what is no page (image/jpeg: 3, text/css: 1, text/plain: 1, text/dns: 1)",
        ),
    ]
    assert titles(results) == ["Story 0"]


def test_a_count_names_only_the_most_frequent(make_source: MakeSource) -> None:
    recording = Recording()
    for number in range(300):
        recording.add("https://news.example/", "x", http=[("Content-Type", f"image/{number}")])
    [(kind, reason)] = skips(read(make_source(recording.data, "c.warc"))[0])
    assert kind == "not HTML"
    assert reason.startswith("300 captures of what is no page (others: 100, ")
    assert reason.endswith(", …)")


def test_a_page_without_a_story_is_one_skip(make_source: MakeSource) -> None:
    recording = Recording().add("https://news.example/app", "<html><body><div id=root></div></body></html>")
    results, _ = read(make_source(recording.data, "c.warc"))
    assert [(skip.where, skip.kind) for skip in results if isinstance(skip, Skip)] == [
        ("record 1, https://news.example/app", "empty")
    ]


@pytest.mark.parametrize(
    ("content_type", "content", "is_page"),
    [
        ("application/xhtml+xml", page(), True),
        ("TEXT/HTML", page(), True),
        ("", page(), True),
        ("application/octet-stream", page(), True),
        ("", "\x89PNG", False),
        ("application/json", page(), False),
    ],
)
def test_pages_are_told_by_their_type_or_else_by_their_content(
    make_source: MakeSource, content_type: str, content: str, is_page: bool
) -> None:
    http = [("Content-Type", content_type)] if content_type else []
    results, _ = read(make_source(Recording().add("https://news.example/", content, http=http).data, "c.warc"))
    # A front page has no article of its own, but it is a page.
    assert [kind for kind, _ in skips(results)] == (["empty"] if is_page else ["not HTML"])


def test_resources_and_conversions_are_read_too(make_source: MakeSource) -> None:
    recording = Recording()
    recording.add("https://news.example/a", page(), "resource", None, content_type="text/html; charset=utf-8")
    text = f"Ferries run\n\n{LEAD}"
    recording.add("https://news.example/b", text, "conversion", None, content_type="text/plain")
    recording.add("metadata://gnu.org/wget.log", "a log", "resource", None, content_type="text/plain")
    recording.add("urn:text:https://news.example/a", "a text", "resource", None, content_type="text/plain")
    results, _ = read(make_source(recording.data, "c.warc"))
    first, second = (result for result in results if isinstance(result, Article))
    assert (first.title, first.body) == ("Bridge closes", LEAD)
    assert (second.title, second.body, second.url) == ("Ferries run", LEAD, "https://news.example/b")
    assert second.captured == WHEN
    assert skips(results) == [("not HTML", "2 captures of what is no page (text/plain: 2)")]


def raw(block: bytes, *headers: bytes, kind: bytes = b"response") -> bytes:
    """A record as other tools write them."""
    lines = [b"WARC/1.0", b"WARC-Type: " + kind, *headers, b"Content-Length: %d" % len(block), b"", block, b"", b""]
    return b"\r\n".join(lines)


HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page().encode()


def test_a_response_without_http_headers_is_told_by_its_content(make_source: MakeSource) -> None:
    for content_type in (b"application/http", b"text/html", b"", b"application/octet-stream"):
        data = raw(page().encode(), b"Content-Type: " + content_type)
        assert [found.title for found in articles(make_source(data, "c.warc"))] == ["Bridge closes"]
    results, _ = read(make_source(raw(b"nothing", b"Content-Type: application/http"), "c.warc"))
    assert [kind for kind, _ in skips(results)] == ["not HTML"]


def test_brackets_around_an_address_are_not_part_of_it(make_source: MakeSource) -> None:
    data = raw(HTTP, b"WARC-Target-URI: <https://news.example/a>", b"Content-Type: application/http")
    assert articles(make_source(data, "c.warc"))[0].url == "https://news.example/a"


def test_a_record_without_an_id_has_its_ordinal(make_source: MakeSource) -> None:
    data = raw(b"", kind=b"warcinfo") + raw(HTTP) + raw(HTTP)
    assert [found.id for found in articles(make_source(data, "c.warc"))] == ["c.warc#2", "c.warc#3"]


def test_http_headers_that_end_in_line_feeds_are_read(make_source: MakeSource) -> None:
    assert articles(make_source(raw(HTTP.replace(b"\r\n", b"\n")), "c.warc"))[0].body == LEAD


def test_a_file_that_was_written_by_hand_with_line_feeds_is_read(make_source: MakeSource) -> None:
    data = (raw(HTTP) + raw(HTTP)).replace(b"\r\n\r\nHTTP", b"\n\nHTTP")
    data = b"\n".join(data.split(b"\r\n")).replace(
        b"Content-Length: %d" % len(HTTP), b"Content-Length: %d" % (len(HTTP) - 3)
    )
    assert len(articles(make_source(data, "c.warc"))) == 2


# ---- what servers do to a page -----------------------------------------------


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def _chunks(data: bytes) -> bytes:
    parts = [data[start : start + 100] for start in range(0, len(data), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def _brotli(data: bytes) -> bytes:
    return bytes(import_module("brotli").compress(data))


def _same(data: bytes) -> bytes:
    return data


@pytest.mark.parametrize(
    ("headers", "pack"),
    [
        ({"Content-Encoding": "gzip"}, gzip.compress),
        ({"Content-Encoding": "x-gzip"}, gzip.compress),
        ({"Content-Encoding": "deflate"}, zlib.compress),
        ({"Content-Encoding": "deflate"}, _raw_deflate),
        ({"Content-Encoding": "br"}, _brotli),
        ({"Content-Encoding": "zstd"}, zstandard.compress),
        ({"Content-Encoding": "deflate, gzip"}, lambda data: gzip.compress(zlib.compress(data))),
        ({"Transfer-Encoding": "chunked"}, _chunks),
        ({"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}, lambda data: _chunks(gzip.compress(data))),
        ({"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}, _same),
        ({"Content-Encoding": "br"}, _same),
        ({"Content-Encoding": "deflate"}, _same),
        ({"Content-Encoding": "zstd"}, _same),
        ({"Content-Encoding": "unknown"}, _same),
        ({"Content-Encoding": "gzip, br"}, _same),
    ],
)
def test_pages_are_unpacked_unless_the_crawler_did_that(
    make_source: MakeSource, headers: dict[str, str], pack: Callable[[bytes], bytes]
) -> None:
    http = [("Content-Type", "text/html"), *headers.items()]
    recording = Recording().add("https://news.example/a", pack(page().encode()), http=http)
    assert [found.body for found in articles(make_source(recording.data, "c.warc"))] == [LEAD]


@pytest.mark.parametrize(
    ("name", "coding", "pack"),
    [
        ("Content-Encoding", "gzip", gzip.compress),
        ("Content-Encoding", "deflate", zlib.compress),
        ("Content-Encoding", "br", _brotli),
        ("Transfer-Encoding", "chunked", _chunks),
    ],
)
def test_a_packed_page_that_was_cut_off_gives_what_there_is(
    make_source: MakeSource, name: str, coding: str, pack: Callable[[bytes], bytes]
) -> None:
    words = random.Random(1).choices(LEAD.split(), k=100_000)
    http = [("Content-Type", "text/html"), (name, coding)]
    data = pack(page(lead=" ".join(words)).encode())
    recording = Recording().add("https://news.example/a", data[: len(data) // 2], http=http, WARC_Truncated="length")
    found = articles(make_source(recording.data, "c.warc"))[0]
    assert found.extra["truncated"] == "length"
    assert " ".join(words[:500]) in found.body


def test_the_first_part_of_a_split_record_says_so(make_source: MakeSource) -> None:
    recording = Recording().add("https://news.example/a", page(), WARC_Segment_Number="1")
    recording.add("https://news.example/a", "more", "continuation", None, WARC_Segment_Number="2")
    assert [found.extra["truncated"] for found in articles(make_source(recording.data, "c.warc"))] == ["segmented"]


def test_the_header_says_the_encoding(make_source: MakeSource) -> None:
    http = [("content-type", 'text/html; Charset="windows-1251"')]
    text = "Мост закрыт до осени, сообщили власти порта."
    recording = Recording().add("https://news.example/a", page(lead=text).encode("cp1251"), http=http)
    assert articles(make_source(recording.data, "c.warc"))[0].body == text


# ---- damage ------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in PACKINGS if name not in ("whole.warc.gz", "c.warc.bz2")])
def test_a_damaged_record_costs_no_other(make_source: MakeSource, name: str) -> None:
    first, second, third = (PACKINGS[name](_part([record])) for record in pages(3).records())
    for start in (0, len(second) // 2):
        damaged = second[:start] + bytes(20) + second[start + 20 :]
        results, error = read(make_source(first + damaged + third, name))
        assert error is None
        if start == 0 or name == "c.warc.gz":
            before, skip, after = results
            assert titles([before, after]) == ["Story 0", "Story 2"]
            assert isinstance(skip, Skip)
            assert skip.kind == "damaged"
            assert skip.where in (f"record 2, byte {len(first):,}", "after record 1, byte 0")


@pytest.mark.parametrize("name", ["c.warc", "c.warc.gz", "whole.warc.gz", "c.warc.zst"])
def test_a_file_that_is_cut_off_gives_what_comes_before_and_says_so(make_source: MakeSource, name: str) -> None:
    recording = pages(3)
    data = PACKINGS[name](recording)
    records = recording.records()
    ends = [len(PACKINGS[name](_part(records[:count]))) for count in range(4)] if name != "whole.warc.gz" else []
    harmless = {end - place for end in ends[1:] for place in range(5)} if name == "c.warc" else set(ends)
    for length in range(1, len(data), 7):
        results, error = read(make_source(data[:length], name))
        before = sum(end <= length for end in ends[1:])
        assert titles(results)[:before] == [f"Story {number}" for number in range(before)]
        if length not in harmless:
            assert error is not None, length
            assert error.kind == "damaged"


def _part(records: list[bytes]) -> Recording:
    part = Recording()
    for record in records:
        part.starts.append(part.file.tell())
        part.file.write(record)
    return part


@pytest.mark.parametrize("stated", [0, 100, 3000, 9000, 99_999_999_999])
def test_a_wrong_length_costs_no_other_record(make_source: MakeSource, stated: int) -> None:
    first, second, third, fourth = pages(4).records()
    length = second[second.index(b"Content-Length: ") :].split(b"\r\n")[0]
    wrong = second.replace(length, b"Content-Length: %d" % stated, 1)
    results, error = read(make_source(first + wrong + third + fourth, "c.warc"))
    assert error is None
    found = titles(results)
    assert found[0] == "Story 0"
    assert found[-2:] == ["Story 2", "Story 3"]
    assert ("Story 1" in found) is (stated > 1000)
    assert "damaged" in [kind for kind, _ in skips(results)]
    assert all("Story 2" not in result.body for result in results[:2] if isinstance(result, Article))


@pytest.mark.parametrize("length", [b"-1", b"x", b"", b"9" * 5000, "²".encode()])
def test_a_length_that_is_none_is_damage(make_source: MakeSource, length: bytes) -> None:
    first, second, third = pages(3).records()
    stated = second[second.index(b"Content-Length: ") :].split(b"\r\n")[0]
    wrong = second.replace(stated, b"Content-Length: " + length, 1)
    results, error = read(make_source(first + wrong + third, "c.warc"))
    assert error is None
    assert titles(results) == ["Story 0", "Story 2"]


def test_a_wrong_checksum_at_the_end_is_damage(make_source: MakeSource) -> None:
    data = bytearray(PACKINGS["c.warc.gz"](pages(2)))
    data[-8] ^= 1
    results, error = read(make_source(bytes(data), "c.warc.gz"))
    assert titles(results) == ["Story 0"]
    assert error is not None
    assert error.kind == "damaged"


@pytest.mark.parametrize(
    ("tail", "is_damage"),
    [
        (bytes(600), False),
        (gzip.compress(b"\r\n\r\n", mtime=0), False),
        (bytes(20) + b"junk", True),
        (b"\x1f\x8b\x08\x00junk, and more of it", True),
        (gzip.compress(b"no record", mtime=0), True),
        (b"\x1f", True),
    ],
)
def test_what_follows_the_last_record_is_damage_unless_it_fills_a_tape(
    make_source: MakeSource, tail: bytes, is_damage: bool
) -> None:
    results, error = read(make_source(PACKINGS["c.warc.gz"](pages(2)) + tail, "c.warc.gz"))
    assert titles(results) == ["Story 0", "Story 1"]
    assert (error is not None) is is_damage


@pytest.mark.parametrize("name", ["c.warc.gz", "c.warc.zst"])
def test_a_damaged_beginning_costs_only_the_first_record(make_source: MakeSource, name: str) -> None:
    data = PACKINGS[name](pages(3))
    results, error = read(make_source(b"\0\0\0" + data[3:], name))
    assert error is None
    assert titles(results) == ["Story 1", "Story 2"]
    assert isinstance(results[0], Skip)
    assert results[0].where == "record 1, byte 0"


@settings(max_examples=60 * MORE)
@given(
    st.sampled_from(["c.warc", "c.warc.gz", "c.warc.zst"]),
    st.integers(0, 2**30),
    st.lists(st.tuples(st.integers(0, 2**30), st.binary(max_size=8), st.integers(0, 50)), min_size=1, max_size=4),
)
def test_whatever_is_wrong_with_one_record_the_others_are_read(
    tmp_path_factory: pytest.TempPathFactory, name: str, which: int, changes: list[tuple[int, bytes, int]]
) -> None:
    records = pages(4).records()
    packed = [PACKINGS[name](_part([record])) for record in records]
    place = which % 3
    broken = bytearray(packed[place])
    for position, new, gone in changes:
        start = position % (len(broken) + 1)
        broken[start : start + gone] = new
    packed[place] = bytes(broken)
    # A file that begins like one that is packed in another way is taken for it.
    assume(compression_of(bytes(packed[0])) in (None, compression_of(PACKINGS[name](pages(1)))))
    path = tmp_path_factory.mktemp("broken") / name
    path.write_bytes(b"".join(packed))
    results, _ = read(Source(path, name, name))
    assert_fit_for_an_index(results)
    expected = [f"Story {number}" for number in range(4) if number != place]
    assert [title for title in titles(results) if title in expected] == expected


@settings(max_examples=60 * MORE)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"WARC/1.0\r\n", b"WARC/1.1\r\nWARC-Type: response\r\n", b"\x1f\x8b\x08"]),
)
def test_any_bytes_are_an_error_or_skips(tmp_path_factory: pytest.TempPathFactory, data: bytes, start: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "c.warc"
    path.write_bytes(start + data)
    results, error = read(Source(path, "c.warc", "c.warc"))
    assert_fit_for_an_index(results)
    assert error is not None or results


def test_an_archive_that_is_damaged_gives_the_pages_before(tmp_path: Path) -> None:
    class Damaged(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            if not data:
                raise SourceError("the zip file is damaged here", "damaged")
            return data

    recording = pages(2).add("https://news.example/a.jpg", b"", http=[("Content-Type", "image/jpeg")])
    source = Source(tmp_path / "a.zip", "a.zip/c.warc", "a.zip/c.warc", lambda: Damaged(recording.data))
    results, error = read(source)
    assert titles(results) == ["Story 0", "Story 1"]
    assert skips(results) == [("not HTML", "1 capture of what is no page (image/jpeg: 1)")]
    assert error is not None
    assert error.reason == "the zip file is damaged here"


def test_a_disk_that_fails_is_no_damage_of_the_file(tmp_path: Path) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError(5, "Input/output error")
            return super().read(100)

    source = Source(tmp_path / "a", "a.warc", "a.warc", lambda: Failing(pages(3).data))
    _, error = read(source)
    assert error is not None
    assert (error.kind, error.reason) == ("unreadable", "cannot be read: Input/output error")


# ---- sizes -------------------------------------------------------------------


def test_a_page_that_is_too_large_is_skipped(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (warc, warc_records):
        monkeypatch.setattr(module, "LARGEST_PAGE", 100_000)
    recording = pages(1).add("https://news.example/big", page(lead="word " * 50_000))
    http = [("Content-Type", "text/html"), ("Content-Encoding", "gzip")]
    recording.add("https://news.example/bomb", gzip.compress(bytes(10_000_000)), http=http)
    recording.add("https://news.example/a", page("After"))
    source = make_source(recording.data, "c.warc")
    tracemalloc.start()
    try:
        results, _ = read(source)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert titles(results) == ["Story 0", "After"]
    assert [skip.kind for skip in results if isinstance(skip, Skip)] == ["too large", "too large"]


def test_a_bomb_is_refused(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchkit.readers.compression.FREE", 1 << 20)
    recording = pages(1).add("https://news.example/a.bin", bytes(30 << 20), http=[("Content-Type", "a/b")])
    results, error = read(make_source(PACKINGS["c.warc.gz"](recording), "c.warc.gz"))
    assert titles(results) == ["Story 0"]
    assert error is not None
    assert error.kind == "bomb"


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "c.warc.gz"
    noise = random.Random(1).randbytes(1 << 19).hex().encode()
    with path.open("wb") as file:
        writer = _writer(file, gzip=True)
        for number in range(40):
            http = _headers("200 OK", [("Content-Type", "text/html" if number % 4 else "image/jpeg")], "HTTP/1.1")
            content = page(f"Story {number}").encode() + b"<!--" + noise + b"-->"
            record = writer.create_warc_record(
                "https://news.example/a", "response", io.BytesIO(content), http_headers=http
            )
            writer.write_record(record)
    tracemalloc.start()
    try:
        assert (
            sum(isinstance(result, Article) for result in warc.read(Source(path, path.name, "c.warc"), Options())) == 30
        )
        assert tracemalloc.get_traced_memory()[1] < 24 << 20
    finally:
        tracemalloc.stop()


def test_many_marks_of_members_in_a_damaged_one_take_linear_time(make_source: MakeSource) -> None:
    data = gzip.compress(pages(1).data) + b"\x1f\x8b\x08\x00" * 9_000 + gzip.compress(pages(1).data)
    with within(5):
        results, error = read(make_source(data, "c.warc.gz"))
        assert error is None
        assert titles(results) == ["Story 0", "Story 0"]
    frame = zstandard.compress(pages(1).data)
    for start, marks in ((data[:-30], b"\x1f\x8b\x08\x00" * 900_000), (frame[:-30], b"\x28\xb5\x2f\xfd" * 300_000)):
        with within(1):
            _, error = read(make_source(start + marks, "c.warc"))
        assert error is not None
        assert error.kind == "damaged"


# ---- files -------------------------------------------------------------------


def test_recognises_web_archives(make_source: MakeSource) -> None:
    source = make_source(gzip.compress(pages(1).data), "crawl.gz")
    found = find_reader(read_head(source), source, Options())
    assert found is not None
    assert found[0] == "warc"
    assert warc.recognises(b"", make_source("", "a.warc.gz"))
    assert warc.recognises(b"damaged", make_source("", "a.WARC"))
    assert not warc.recognises(b"WARCs are files", make_source("", "a.txt"))


@pytest.mark.parametrize("data", [b"", gzip.compress(b"", mtime=0)])
def test_a_file_without_records_is_empty(make_source: MakeSource, data: bytes) -> None:
    _, error = read(make_source(data, "c.warc"))
    assert error is not None
    assert (error.kind, error.reason) == ("empty", "there is no record in it")


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    _, error = read(Source(tmp_path / "c.warc", "c.warc", "c.warc"))
    assert error is not None
    assert "No such file" in error.reason


def test_without_fastwarc_the_error_says_what_to_install(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fastwarc", None)
    _, error = read(make_source(pages(1).data, "c.warc"))
    assert error is not None
    assert (error.kind, "pip install 'searchkit[warc]'" in error.reason) == ("missing extra", True)


def wacz() -> Iterator[Article | Skip]:
    path = DATA / "harbour.wacz"
    return iter(Reading(Source(path, path.name, path.name), Options()))


def test_a_wacz_file_is_an_archive_with_a_web_archive_in_it() -> None:
    found = [result for result in wacz() if isinstance(result, Article)]
    assert_fit_for_an_index(list(found))
    bridge, later, ferries = found
    assert bridge.id.startswith("harbour.wacz/archive/harbour.warc#")
    assert (bridge.title, bridge.dateline, bridge.publisher) == (
        "Harbour bridge closes for repairs",
        "DOHA, Qatar",
        "Harbour News",
    )
    assert bridge.url == later.url == "https://harbour.example/bridge"
    assert (bridge.captured, later.captured) == ("2019-02-19T10:00:00Z", "2019-02-21T10:00:00Z")
    assert "until the spring" in later.body
    assert ferries.date == dt.date(2019, 2, 20)
