"""Reading a source, an archive too: what is wrong with one member costs no other."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import os
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers import text
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.reading import Reading

from .packing import Files, tar_of, zip_of
from .support import MakeSource, assert_fit_for_an_index

STORY = b"Trucks leave Baghouz\n\nBAGHOUZ, Syria (AP) - Dozens of trucks left on Tuesday."
LINES = (
    b'{"id": "w1", "title": "Wheat rises", "text": "Wheat rose in Chicago.", "published": "2019-02-18"}\n'
    b"this line is broken\n"
    b'{"id": "w2", "title": "Wheat falls", "text": "Wheat fell again."}\n'
)
WIRE = (
    b'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n'
    b'<REUTERS NEWID="7"><DATE>26-FEB-1987 15:01:01.79</DATE><TEXT><TITLE>COCOA REVIEW</TITLE>'
    b"<BODY>Showers went on in the cocoa zone.\n Reuter\n&#3;</BODY></TEXT></REUTERS>\n"
)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
FILES = [("2019/02/19/trucks.txt", STORY), ("wheat.jsonl", LINES), ("reut2-000.sgm.gz", gzip.compress(WIRE, mtime=0))]
IDS = ["2019/02/19/trucks.txt", "wheat.jsonl#w1", "wheat.jsonl#w2", "reut2-000.sgm#7"]


def packed_tar_of(files: Files) -> bytes:
    return gzip.compress(tar_of(files), mtime=0)


ARCHIVES: dict[str, Callable[[Files], bytes]] = {"news.zip": zip_of, "news.tar": tar_of, "news.tar.gz": packed_tar_of}
every_archive = pytest.mark.parametrize("name", list(ARCHIVES))


def read(source: Source, **options: str) -> tuple[Reading, list[Article], list[Skip]]:
    reading = Reading(source, Options(**options))  # type: ignore[arg-type]
    items = list(reading)
    assert_fit_for_an_index(items)
    articles = [item for item in items if isinstance(item, Article)]
    return reading, articles, [item for item in items if isinstance(item, Skip)]


@every_archive
def test_members_are_read_by_the_readers_of_their_formats(name: str, make_source: MakeSource) -> None:
    source = make_source(ARCHIVES[name](FILES), name)
    reading, articles, skips = read(source)
    assert (reading.reader, reading.error, reading.failed_member) == (name.split(".")[1], None, None)
    assert [article.id for article in articles] == [f"{source.id}/{id}" for id in IDS]
    assert [article.title for article in articles] == [
        "Trucks leave Baghouz",
        "Wheat rises",
        "Wheat falls",
        "COCOA REVIEW",
    ]
    assert [article.date for article in articles] == [
        dt.date(2019, 2, 19),
        dt.date(2019, 2, 18),
        None,
        dt.date(1987, 2, 26),
    ]
    assert articles[-1].path == f"{name}/reut2-000.sgm.gz"
    assert [(skip.where, skip.kind) for skip in skips] == [("member wheat.jsonl, line 2", "broken")]


@every_archive
def test_what_is_wrong_with_a_member_names_it_and_the_others_go_on(name: str, make_source: MakeSource) -> None:
    damaged = gzip.compress(STORY)[:-20]
    files = [("map.png", PNG), ("none.jsonl", b" "), ("blank.txt", b"\n"), ("torn.txt.gz", damaged), *FILES]
    reading, articles, skips = read(make_source(ARCHIVES[name](files), name))
    assert [article.id.partition("/")[2] for article in articles] == ["torn.txt", *IDS]
    assert articles[0].extra["incomplete"] == "the gzip data end too early: the file is incomplete"
    assert [(skip.where, skip.kind) for skip in skips] == [
        ("member map.png", "unrecognised"),
        ("member none.jsonl", "empty"),
        ("member blank.txt, whole file", "empty"),
        ("member torn.txt.gz", "damaged"),
        ("member wheat.jsonl, line 2", "broken"),
    ]
    assert reading.error is None
    assert reading.failed_member == "member torn.txt.gz: the gzip data end too early: the file is incomplete"


@pytest.mark.parametrize(
    ("file", "content", "kind"),
    [
        ("map.png", PNG, "unrecognised"),
        ("none.jsonl", b"  ", "empty"),
        ("large.txt.zst", zstandard.compress(os.urandom(4 << 20).hex().encode() * 9, 1), "too large"),
        ("bomb.json.bz2", bz2.compress(b" " * (80 << 20)), "bomb"),
        ("deep.zip", zip_of([("deeper.zip", zip_of([("a.txt", STORY)]))]), "nested"),
        ("book.epub", zip_of([("mimetype", b"application/epub+zip")]), "unrecognised"),
    ],
)
@pytest.mark.parametrize("name", ["news.zip", "news.tar.gz"])
def test_an_archive_is_not_read_again_for_what_would_be_the_same(
    name: str, file: str, content: bytes, kind: str, make_source: MakeSource
) -> None:
    filler = os.urandom(1 << 20)  # so that the archive itself is no bomb
    files = [(file, content), (".filler", filler), ("a.txt", STORY)]
    reading, articles, skips = read(make_source(ARCHIVES[name](files), name))
    assert kind in [skip.kind for skip in skips]
    assert [article.title for article in articles] == ["Trucks leave Baghouz"]
    assert (reading.error, reading.failed_member) == (None, None)


def test_the_first_reason_to_read_an_archive_again_is_kept(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)
    files = [("map.png", PNG), ("a.txt.zst", zstandard.compress(STORY)), ("b.txt.gz", gzip.compress(STORY)[:-1])]
    reading, articles, skips = read(make_source(zip_of(files), "a.zip"))
    assert reading.failed_member == "member a.txt.zst: is packed with Zstandard: pip install 'searchkit[zstd]'"
    assert [skip.kind for skip in skips] == ["unrecognised", "missing extra", "damaged"]
    assert [article.id for article in articles] == ["a.zip/b.txt"]


@every_archive
def test_a_fault_in_a_reader_is_held_to_the_member(
    name: str, make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(source: Source, options: Options) -> Iterator[Article | Skip]:
        yield Article(source.id, "one", "before the fault")
        raise KeyError("headline")

    monkeypatch.setattr(text, "read", faulty)
    reading, articles, skips = read(make_source(ARCHIVES[name](FILES), name))
    assert [article.id.partition("/")[2] for article in articles] == IDS
    assert skips[0] == Skip(f"member {FILES[0][0]}", "the text reader failed: KeyError: 'headline'", "fault")
    assert reading.failed_member == f"member {FILES[0][0]}: the text reader failed: KeyError: 'headline'"
    assert reading.error is None


def test_a_fault_in_a_reader_is_an_error_of_the_source(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(source: Source, options: Options) -> Iterator[Article | Skip]:
        raise RecursionError("too deep")
        yield

    monkeypatch.setattr(text, "read", faulty)
    reading, articles, _ = read(make_source(STORY))
    assert articles == []
    assert reading.error is not None
    assert (reading.error.kind, reading.error.reason) == ("fault", "the text reader failed: RecursionError: too deep")


def test_an_error_of_whoever_reads_is_not_caught(make_source: MakeSource) -> None:
    reading = Reading(make_source(zip_of(FILES), "a.zip"), Options())
    with pytest.raises(ZeroDivisionError):
        [1 / 0 for _ in reading]
    assert (reading.error, reading.failed_member) == (None, None)


@pytest.mark.parametrize("outer", list(ARCHIVES))
@pytest.mark.parametrize("inner", list(ARCHIVES))
def test_an_archive_in_an_archive_is_read(outer: str, inner: str, make_source: MakeSource) -> None:
    files = [("before.txt", STORY), (f"old/{inner}", ARCHIVES[inner](FILES)), ("after.txt", STORY)]
    source = make_source(ARCHIVES[outer](files), outer)
    reading, articles, skips = read(source)
    plain = inner.removesuffix(".gz")
    assert [article.id for article in articles] == [
        f"{source.id}/before.txt",
        *(f"{source.id}/old/{plain}/{id}" for id in IDS),
        f"{source.id}/after.txt",
    ]
    assert articles[1].path == f"{outer}/old/{inner}/{FILES[0][0]}"
    assert [skip.where for skip in skips] == [f"member old/{inner}, member wheat.jsonl, line 2"]
    assert (reading.reader, reading.error, reading.failed_member) == (outer.split(".")[1], None, None)


@pytest.mark.parametrize("outer", list(ARCHIVES))
@pytest.mark.parametrize("inner", list(ARCHIVES))
def test_an_archive_that_is_deeper_is_named(outer: str, inner: str, make_source: MakeSource) -> None:
    deep = zip_of([("before.txt", STORY), (inner, ARCHIVES[inner]([("a.txt", STORY)])), ("after.txt", STORY)])
    reading, articles, skips = read(make_source(ARCHIVES[outer]([("deep.zip", deep), ("last.txt", STORY)]), outer))
    assert [article.id.rpartition("/")[2] for article in articles] == ["before.txt", "after.txt", "last.txt"]
    reason = "is an archive in an archive in an archive: unpack one of them"
    assert skips == [Skip(f"member deep.zip, member {inner}", reason, "nested")]
    assert reading.error is None


def test_compression_is_undone_once_at_each_level_and_no_nesting(make_source: MakeSource) -> None:
    inner = packed_tar_of(
        [("a.jsonl.gz", gzip.compress(LINES)), ("twice.txt.gz.gz", gzip.compress(gzip.compress(STORY)))]
    )
    reading, articles, skips = read(make_source(packed_tar_of([("in.tar.gz", inner)]), "out.tar.gz"))
    assert [article.id for article in articles] == ["out.tar/in.tar/a.jsonl#w1", "out.tar/in.tar/a.jsonl#w2"]
    assert [skip.kind for skip in skips] == ["broken", "unrecognised"]
    reading, articles, _ = read(make_source(gzip.compress(gzip.compress(STORY)), "a.txt.gz.gz"))
    assert articles == []
    assert reading.error is not None
    assert reading.error.kind == "unrecognised"


@pytest.mark.parametrize("cut", [600, 30_000])
def test_what_was_read_of_a_torn_archive_stays(cut: int, make_source: MakeSource) -> None:
    many = b"".join(
        b'{"id": %d, "title": "Wheat rises %d", "text": "%d"}\n' % (number, number, number**9) for number in range(3000)
    )
    data = packed_tar_of([("a.txt", STORY), ("many.jsonl", many), ("lost.txt", STORY)])
    reading, articles, skips = read(make_source(data[:-cut], "news.tar.gz"))
    ids = [article.id for article in articles]
    assert ids[:2] == ["news.tar/a.txt", "news.tar/many.jsonl#0"]
    assert 100 < len(ids) < 3002
    assert [skip.where for skip in skips if skip.kind == "damaged"] == ["member many.jsonl"]
    assert reading.error is not None
    assert (reading.error.kind, reading.error.reason) == (
        "damaged",
        "the gzip data end too early: the file is incomplete",
    )


def test_an_archive_that_is_damaged_as_a_whole_is_an_error(make_source: MakeSource) -> None:
    reading, articles, skips = read(make_source(zip_of(FILES)[:-30], "news.zip"))
    assert (articles, skips) == ([], [])
    assert reading.error is not None
    assert reading.error.kind == "damaged"
    assert reading.reader == "zip"


def test_a_document_of_an_office_program_is_no_format_of_news(make_source: MakeSource) -> None:
    files = [("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<document/>")]
    reading, articles, skips = read(make_source(zip_of(files), "report.docx"))
    assert (articles, skips) == ([], [])
    assert reading.error is not None
    assert reading.error.kind == "unrecognised"
    assert "Office document" in reading.error.reason


def test_a_named_format_is_that_of_the_members(make_source: MakeSource) -> None:
    _, articles, _ = read(make_source(zip_of([("a.dat", STORY)]), "a.zip"), format="text")
    assert [article.id for article in articles] == ["a.zip/a.dat"]
    _, articles, skips = read(make_source(zip_of([("a.txt", STORY)]), "a.zip"), format="reuters")
    assert articles == []
    assert [skip.kind for skip in skips] == ["empty"]


@pytest.mark.parametrize("inner", [None, *ARCHIVES])
@every_archive
def test_closing_half_way_closes_every_file(name: str, inner: str | None, make_source: MakeSource) -> None:
    files = [(inner, ARCHIVES[inner](FILES))] if inner else FILES
    source = make_source(ARCHIVES[name](files), name)
    process = psutil.Process()
    for taken in range(5):
        items = iter(Reading(source, Options()))
        for _ in range(taken):
            next(items)
        assert isinstance(items, Iterator)
        items.close()  # type: ignore[attr-defined]
        assert str(source.path) not in [file.path for file in process.open_files()]


def test_no_file_stays_open_behind_an_error(make_source: MakeSource) -> None:
    source = make_source(packed_tar_of(FILES)[:-100], "news.tar.gz")
    reading, _, _ = read(source)
    assert isinstance(reading.error, SourceError)
    assert str(source.path) not in [file.path for file in psutil.Process().open_files()]


@lru_cache
def to_be_damaged(name: str) -> bytes:
    return ARCHIVES[name]([*FILES, ("in.zip", zip_of(FILES)), ("in.tar.gz", packed_tar_of(FILES))])


@every_archive
@given(data=st.data())
def test_whatever_an_archive_holds_only_articles_and_reasons_come_out(
    name: str, data: st.DataObject, tmp_path: Path
) -> None:
    packed = bytearray(to_be_damaged(name))
    for _ in range(data.draw(st.integers(1, 8))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    source = Source(tmp_path / name, name, name)
    source.path.write_bytes(bytes(packed[: data.draw(st.one_of(st.none(), st.integers(0, len(packed))))]))
    reading, _, skips = read(source)
    kinds = {skip.kind for skip in skips} | ({reading.error.kind} if reading.error else set())
    assert "fault" not in kinds
