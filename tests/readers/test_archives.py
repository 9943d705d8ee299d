"""Archives: their members are sources like files, nothing lands anywhere, and a bomb does not go off."""

from __future__ import annotations

import bz2
import gzip
import io
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.errors import SourceError
from searchkit.news.dates import date_from_path
from searchkit.readers.archives import archive_kind, members
from searchkit.readers.base import Skip, Source
from searchkit.readers.compression import FREE
from searchkit.readers.entries import LONGEST_NAME, Names, plain_name
from searchkit.readers.opening import open_seekable, read_all, read_chunks, read_head
from searchkit.readers.views import Part, Stream, Unpacked

from .packing import (
    LONG,
    NEWS,
    PACKED_TARS,
    archive_of,
    contents,
    every_archive,
    listed,
    sizes,
    tar_of,
    zip_of,
)
from .support import UNWANTED, MakeSource


@every_archive
def test_members_are_sources_like_files(name: str, make_source: MakeSource) -> None:
    source = make_source(archive_of(name, NEWS), name)
    found = [member for member in listed(source) if isinstance(member, Source)]
    assert [member.relative for member in found] == [f"{name}/{inner}" for inner, _ in NEWS]
    assert [member.id for member in found] == [f"{source.id}/{inner}" for inner, _ in NEWS]
    assert {member.path for member in found} == {source.path}
    assert contents(source) == dict(NEWS)


@every_archive
def test_a_member_can_be_opened_again_and_gone_about_in(name: str, make_source: MakeSource) -> None:
    source = make_source(archive_of(name, [("first.txt", b"1"), ("long.txt", LONG), ("last.txt", b"2")]), name)
    kind = archive_kind(read_head(source))
    assert kind is not None
    for member in members(source, kind):
        assert isinstance(member, Source)
        if not member.relative.endswith("long.txt"):
            continue
        assert read_head(member) == LONG[:4096]
        assert b"".join(read_chunks(member, 1000)) == LONG
        with open_seekable(member) as file:
            for place in (0, 300_000, 5, 200_000, 0):
                file.seek(place)
                assert file.read(10) == LONG[place : place + 10]
            assert file.seek(-4, 2) == len(LONG) - 4
            assert file.read() == LONG[-4:]
        with member.open() as one, member.open() as other:
            assert one.read(5) == LONG[:5]
            assert other.read(5) == LONG[:5]
            assert one.read(5) == LONG[5:10]
    assert contents(source)["last.txt"] == b"2"


@every_archive
def test_members_that_are_packed_lose_the_ending_in_their_ids(name: str, make_source: MakeSource) -> None:
    source = make_source(archive_of(name, [("a.txt.gz", gzip.compress(b"news"))]), name)
    (member,) = listed(source)
    assert isinstance(member, Source)
    assert (member.relative, member.id) == (f"{name}/a.txt.gz", f"{source.id}/a.txt")
    assert contents(source) == {"a.txt.gz": b"news"}


@every_archive
def test_what_cannot_be_an_article_is_left_out(name: str, make_source: MakeSource) -> None:
    others = [".hidden", ".git/config", "a/.b/c.txt", "README.md", "LICENSE", "__MACOSX/a.txt", "__MACOSX/._a.txt"]
    files = [(other, b"no article") for other in others]
    assert contents(make_source(archive_of(name, [*files, *NEWS]), name)) == dict(NEWS)


@every_archive
def test_an_archive_may_be_empty(name: str, make_source: MakeSource) -> None:
    data = archive_of(name, [])
    if archive_kind(data) or "zip" in name:
        assert contents(make_source(data, name)) == {}


@every_archive
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_one_name_are_all_given(name: str, make_source: MakeSource) -> None:
    files = [
        ("a.txt", b"1"),
        ("./a.txt", b"2"),
        ("a.txt", b"3"),
        ("a~2.txt", b"4"),
        ("b", b"5"),
        ("b", b"6"),
        ("a.txt.gz", b"7"),
    ]
    found = contents(make_source(archive_of(name, files), name))
    assert found == {
        "a.txt": b"1",
        "a~2.txt": b"2",
        "a~3.txt": b"3",
        "a~2~2.txt": b"4",
        "b": b"5",
        "b~2": b"6",
        "a.txt.gz": b"7",
    }
    ids = [member.id for member in listed(make_source(archive_of(name, files), name)) if isinstance(member, Source)]
    assert len(set(ids)) == len(ids) == len(files)


def test_many_members_of_one_name_are_told_apart() -> None:
    names = Names()
    given_names = {names.distinct("a.txt.gz") for _ in range(50_000)}
    assert ("a~50000.txt.gz", "a~50000.txt") in given_names
    assert len(given_names) == 50_000


def test_a_number_does_not_make_a_date_of_a_name() -> None:
    names = Names()
    for name in ("2019-02-19", "2019.02.19", "2019-02-19.txt"):
        names.distinct(name)
        again, _ = names.distinct(name)
        assert date_from_path(again) == date_from_path(name) != None  # noqa: E711


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("a/b.txt", "a/b.txt"),
        ("/etc/passwd", "etc/passwd"),
        ("../../a.txt", "a.txt"),
        ("a/../../b.txt", "a/b.txt"),
        ("..\\..\\a.txt", "a.txt"),
        ("C:\\news\\a.txt", "news/a.txt"),
        ("c:a.txt", "a.txt"),
        ("\\\\server\\share\\a.txt", "server/share/a.txt"),
        ("A: the story.txt", "A: the story.txt"),
        ("a//./b.txt", "a/b.txt"),
        ("a\nb\tc\x07\x00.txt", "a b c .txt"),
        ("", "(unnamed)"),
        ("../..", "(unnamed)"),
    ],
)
def test_a_name_leads_nowhere_else(name: str, plain: str) -> None:
    assert plain_name(name) == plain


@given(st.text(st.characters(codec=None), max_size=50))
def test_every_name_is_fit_for_a_path(name: str) -> None:
    plain = plain_name(name)
    assert plain
    assert not UNWANTED.search(plain)
    assert not plain.startswith("/")
    assert not {"", ".", ".."} & set(plain.split("/"))
    assert plain_name("x" * 5000 + ".txt")[-5:] == "x.txt"
    assert len(plain_name("x" * 5000 + ".txt")) == LONGEST_NAME


@every_archive
def test_nothing_is_written_where_a_name_points_to(name: str, make_source: MakeSource, tmp_path: Path) -> None:
    files = [("../outside.txt", b"news"), (str(tmp_path / "absolute.txt"), b"news")]
    source = make_source(archive_of(name, files), f"folder/{name}")
    assert b"news" in contents(source).values()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [source.path]


def test_files_that_are_no_archives_are_not_taken_for_any() -> None:
    for head in (b"", b"news", bytes(600), b"PK is a name", b"a" * 148 + b"0000000\0" + b"a" * 500, b"\xff" * 600):
        assert archive_kind(head) is None


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_an_archive_that_cannot_be_opened_or_read_says_why(kind: str, tmp_path: Path, make_source: MakeSource) -> None:
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        list(members(Source(tmp_path / "none", "none", "none"), kind))
    whole = zip_of(NEWS) if kind == "zip" else tar_of(NEWS)

    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() >= 100:
                raise OSError(5, "Input/output error")
            return super().read(size)

    source = replace(make_source(whole, "a"), opener=lambda: Failing(whole))
    with pytest.raises(SourceError, match="cannot be read: Input/output error"):
        list(members(source, kind))


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz"])
def test_many_small_bombs_are_a_bomb_as_a_whole(name: str, make_source: MakeSource) -> None:
    packed = bz2.compress(bytes(60 << 20))
    files = [(f"{number}.txt.bz2", packed) for number in range(100)]
    data = zip_of(files) if name == "a.zip" else PACKED_TARS[name[1:]](tar_of(files))
    total, error = sizes(make_source(data, name))
    assert error is not None
    assert error.kind == "bomb"
    assert total < 8 * FREE


def test_an_archive_inside_spends_what_the_outer_one_has(make_source: MakeSource) -> None:
    packed = bz2.compress(bytes(60 << 20))
    inner = tar_of([("a.txt.bz2", packed), ("b.txt.bz2", packed)])
    source = make_source(zip_of([(f"{number}.tar", inner) for number in range(100)]), "a.zip")
    total = 0
    kinds = []
    try:
        for member in members(source, "zip"):
            assert isinstance(member, Source)
            given, error = sizes(member)
            total += given
            kinds += [error.kind] if error else []
    except SourceError as error:
        kinds.append(error.kind)
    assert set(kinds) == {"bomb"}
    assert total < 8 * FREE


def test_what_ends_a_file_early_comes_after_all_that_is_before_it() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"one"
        yield b"two"
        raise SourceError("the end is missing", "damaged")

    for file in (Unpacked(chunks), Stream(chunks()), Part(io.BytesIO(b"onetwo"), 0, 7)):
        assert file.read(4) == b"onet"
        assert file.read(4) == b"wo"
        for _ in range(2):
            with pytest.raises(SourceError):
                file.read(4)
        file.close()
    with pytest.raises(SourceError):
        Stream(chunks()).read()


def test_going_about_in_what_is_unpacked_unpacks_it_no_more_than_twice() -> None:
    starts = 0

    def chunks() -> Iterator[bytes]:
        nonlocal starts
        starts += 1
        yield from (LONG[place : place + 1000] for place in range(0, len(LONG), 1000))

    with Unpacked(chunks) as file:
        for place in (0, 10, 500, 0, 5000, 10_000, 10_500):
            assert file.seek(place) == file.tell() == place
            assert file.read(20) == LONG[place : place + 20]
        assert starts == 1
        for place in (300, 200_000, 40, 100_000):
            assert file.seek(place) == place
            assert file.read(20) == LONG[place : place + 20]
        assert file.seek(-5, 1) == file.tell() == 100_015
        assert file.seek(-5, 2) == len(LONG) - 5
        assert file.read() == LONG[-5:]
        assert starts == 2
    with Unpacked(chunks) as file:
        assert file.seek(len(LONG) * 2) == len(LONG)
        assert file.read() == b""
        assert file.seek(0) == 0
        assert file.read() == LONG
        assert starts == 4


def test_going_about_in_what_is_not_packed_makes_no_copy(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", None)
    for name, data in (("a.zip", zip_of([("a.txt", LONG)], zipfile.ZIP_STORED)), ("a.tar", tar_of([("a.txt", LONG)]))):
        found = members(make_source(data, name), name[2:])
        member = next(found)
        assert isinstance(member, Source)
        with open_seekable(member) as file:
            for place in (200_000, 300, 100_000, 0):
                file.seek(place)
                assert file.read(1000) == LONG[place : place + 1000]
            assert file.seek(-4, 2) == len(LONG) - 4
            assert file.read() == LONG[-4:]
        found.close()


@pytest.mark.parametrize("name", ["a.tar.gz", "a.zip.gz"])
def test_a_full_disk_is_the_reason_and_no_fault(
    name: str, make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def __init__(self, most: int) -> None:
            super().__init__()

        def write(self, data: Any, /) -> int:
            if len(data) > 1000:
                raise OSError(28, "No space left on device")
            return super().write(data)

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", Full)
    found = contents(
        make_source(
            archive_of(name.replace("a.", "news."), [("a.txt", b"1"), ("long.txt", LONG), ("b.txt", b"2")]), name
        )
    )
    reason = "unreadable: cannot be copied to the folder for temporary files: No space left on device"
    assert found == ({"a.txt": b"1", "long.txt": reason, "b.txt": b"2"} if name == "a.tar.gz" else {"": reason})


@pytest.mark.parametrize("inner", [".tar", ".tar.gz"])
def test_members_of_an_archive_in_an_archive_are_copied_once(
    inner: str, make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = 0

    class Counting(io.BytesIO):
        def __init__(self, most: int) -> None:
            super().__init__()

        def write(self, data: Any, /) -> int:
            nonlocal written
            written += len(data)
            return super().write(data)

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", Counting)
    data = PACKED_TARS[inner](tar_of([("a.txt", LONG), ("b.txt", LONG)]))
    for member in members(make_source(zip_of([(f"in{inner}", data)]), "a.zip"), "zip"):
        assert isinstance(member, Source)
        assert contents(member) == {"a.txt": LONG, "b.txt": LONG}
    assert written == 2 * len(LONG)


@every_archive
def test_closing_half_way_closes_the_files(name: str, make_source: MakeSource) -> None:
    source = make_source(archive_of(name, NEWS), name)
    opened: list[BinaryIO] = []

    def open_it() -> BinaryIO:
        opened.append(source.path.open("rb"))
        return opened[-1]

    kind = archive_kind(read_head(source))
    assert kind is not None
    for watched in (replace(source, opener=open_it), source):
        archive = members(watched, kind)
        member = next(archive)
        assert isinstance(member, Source)
        assert read_head(member) == NEWS[0][1]
        archive.close()
    assert opened
    assert all(file.closed for file in opened)


@lru_cache
def to_be_damaged(name: str) -> bytes:
    return archive_of(name, [*NEWS, ("été.txt", b"news" * 200), ("last.txt.gz", gzip.compress(b"last"))])


@every_archive
@given(data=st.data())
def test_whatever_happens_to_an_archive_is_damage(name: str, data: st.DataObject, tmp_path: Path) -> None:
    packed = bytearray(to_be_damaged(name))
    for _ in range(data.draw(st.integers(1, 8))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(packed))))
    source = Source(tmp_path / name, name, name)
    source.path.write_bytes(bytes(packed[:cut]))
    for kind in ("zip", "tar"):
        found: list[Source | Skip] = []
        try:
            for member in members(source, kind):
                found.append(member)
                if isinstance(member, Source):
                    try:
                        read_head(member)
                        read_all(member, 1 << 20)
                    except SourceError:
                        pass
        except SourceError:
            pass
        names = [member.relative for member in found if isinstance(member, Source)]
        assert len(set(names)) == len(names)
        assert not [text for text in names if UNWANTED.search(text)]
