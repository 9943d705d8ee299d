"""Zip files: every method, every kind of name, and what only looks like an archive."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import struct
import sys
import tracemalloc
import zipfile
import zlib

import pytest
import zstandard

from searchkit.readers.archives import members
from searchkit.readers.base import Source
from searchkit.readers.compression import FREE
from searchkit.readers.opening import read_chunks

from .packing import (
    LONG,
    METHODS,
    NEWS,
    PACKED_TARS,
    Files,
    Raw,
    contents,
    raw_zip,
    sizes,
    tar_of,
    zeros,
    zip_of,
)
from .support import MakeSource


@pytest.mark.parametrize("method", list(METHODS))
def test_every_method_of_zip_files_is_unpacked(method: str, make_source: MakeSource) -> None:
    number, pack = METHODS[method]
    entries = [
        (b"a.txt", pack(data), {"method": number, "crc": zlib.crc32(data), "size": len(data)}) for data in (LONG,)
    ]
    assert contents(make_source(raw_zip(*entries), "a.zip")) == {"a.txt": LONG}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_python_packs_is_unpacked(method: int, make_source: MakeSource) -> None:
    files = [*NEWS, ("long.txt", LONG), ("empty.txt", b"")]
    assert contents(make_source(zip_of(files, method), "a.zip")) == dict(files)


def test_lzma_may_say_itself_where_it_ends_or_not(make_source: MakeSource) -> None:
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}]
    marked = lzma.compress(LONG, lzma.FORMAT_RAW, filters=filters)
    header = b"\x09\x04\x05\x00" + bytes([2 * 45 + 3]) + struct.pack("<L", 1 << 16)
    says = {"method": 14, "crc": zlib.crc32(LONG), "size": len(LONG)}
    for packed in (header + marked, header + marked[:-6]):
        assert contents(make_source(raw_zip((b"a.txt", packed, says)), "a.zip")) == {"a.txt": LONG}
    for wrong in (
        b"",
        header[:-1],
        b"\xff" * 9,
        header[:4] + b"\xff" + header[5:],
        header[:4] + bytes([8 + 4 * 9]) + header[5:],
    ):
        found = contents(make_source(raw_zip((b"a.txt", wrong, says), (b"b.txt", b"news", {})), "a.zip"))
        assert str(found["a.txt"]).startswith("damaged")
        assert found["b.txt"] == b"news"
    huge = header[:5] + struct.pack("<L", 1 << 31) + marked
    assert "128 MB of memory" in str(contents(make_source(raw_zip((b"a.txt", huge, says)), "a.zip"))["a.txt"])


@pytest.mark.parametrize(
    ("method", "named"),
    [(9, "Deflate64 (method 9)"), (98, "PPMd (method 98)"), (6, "Implode (method 6)"), (77, "method 77")],
)
def test_other_methods_are_named(method: int, named: str, make_source: MakeSource) -> None:
    data = raw_zip(
        (b"a.txt", b"packed", {"method": method}), (b"b.txt", b"news", {}), (b"README", b"", {"method": method})
    )
    assert contents(make_source(data, "a.zip")) == {
        "a.txt": f"unreadable: is packed with {named}, which searchkit cannot unpack: unpack the archive first",
        "b.txt": b"news",
    }


def test_a_method_whose_library_is_missing_is_named(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    packed = zstandard.compress(b"news")
    data = raw_zip((b"a.txt", packed, {"method": 93}), (b"b.txt", b"news", {}))
    found = contents(make_source(data, "a.zip"))
    assert found == {
        "a.txt": "missing extra: is packed with Zstandard: pip install 'searchkit[zstd]'",
        "b.txt": b"news",
    }


def test_encrypted_members_are_named_and_the_others_read(make_source: MakeSource) -> None:
    data = raw_zip(
        (b"secret.txt", b"packed", {"flags": 1}),
        (b"aes.txt", b"packed", {"flags": 1, "method": 99}),
        (b"b.txt", b"news", {}),
    )
    reason = "encrypted: is encrypted: unpack the archive with its password first"
    assert contents(make_source(data, "a.zip")) == {"secret.txt": reason, "aes.txt": reason, "b.txt": b"news"}


def test_links_and_folders_in_zip_files_are_left_out(make_source: MakeSource) -> None:
    data = raw_zip(
        (b"folder/", b"", {"mode": stat.S_IFDIR | 0o755}),
        (b"link.txt", b"/etc/passwd", {"mode": stat.S_IFLNK | 0o777}),
        (b"pipe", b"", {"mode": stat.S_IFIFO | 0o644}),
        (b"a.txt", b"news", {"mode": stat.S_IFREG | 0o644}),
        (b"-", b"out of a pipe", {"mode": stat.S_IFIFO | 0o600}),
    )
    assert contents(make_source(data, "a.zip")) == {"a.txt": b"news", "-": b"out of a pipe"}


def test_names_of_zip_files_are_utf_8_or_else_of_code_page_437(make_source: MakeSource) -> None:
    marked: Raw = ("été.txt".encode(), b"1", {"flags": 0x800})
    unmarked: Raw = ("Zürich.txt".encode(), b"2", {})
    old: Raw = ("Köln.txt".encode("cp437"), b"3", {})
    wrong: Raw = (b"caf\xe9\xff.txt", b"4", {"flags": 0x800})
    assert contents(make_source(raw_zip(marked, unmarked, old, wrong), "a.zip")) == {
        "été.txt": b"1",
        "Zürich.txt": b"2",
        "Köln.txt": b"3",
        "cafΘ\xa0.txt": b"4",
    }


def test_a_name_in_unicode_may_stand_beside_the_other(make_source: MakeSource) -> None:
    def beside(name: bytes) -> bytes:
        content = b"\x01" + struct.pack("<L", zlib.crc32(name)) + "Łódź.txt".encode()
        return struct.pack("<2H", 0x5455, 1) + b"x" + struct.pack("<2H", 0x7075, len(content)) + content

    assert contents(make_source(raw_zip((b"L#d.txt", b"1", {}), extra=beside(b"L#d.txt")), "a.zip")) == {
        "Łódź.txt": b"1"
    }
    # One that was made for another name is out of date.
    assert contents(make_source(raw_zip((b"new.txt", b"1", {}), extra=beside(b"L#d.txt")), "a.zip")) == {
        "new.txt": b"1"
    }


def test_a_member_for_a_later_version_of_the_format_does_not_cost_the_others(make_source: MakeSource) -> None:
    data = raw_zip((b"a.txt", b"new", {"version": 99}), (b"b.txt", b"news", {}))
    assert contents(make_source(data, "a.zip")) == {"a.txt": b"new", "b.txt": b"news"}


def test_a_wrong_checksum_is_damage_of_that_member(make_source: MakeSource) -> None:
    wrong = raw_zip((b"a.txt", b"old", {}), (b"b.txt", b"news", {"crc": 1}), (b"c.txt", b"new", {}))
    assert contents(make_source(wrong, "a.zip")) == {"a.txt": b"old", "b.txt": "damaged after 4", "c.txt": b"new"}
    packed = bytearray(zip_of([("a.txt", b"old"), ("long.txt", LONG), ("c.txt", b"new")]))
    packed[len(packed) // 2] ^= 0xFF
    found = contents(make_source(bytes(packed), "a.zip"))
    assert (found["a.txt"], found["c.txt"]) == (b"old", b"new")
    assert str(found["long.txt"]).startswith("damaged after ")


def test_a_member_that_is_shorter_or_longer_than_is_said_is_damaged(make_source: MakeSource) -> None:
    packed = zlib.compress(b"news" * 100, wbits=-15)
    for size in (399, 401, 1):
        says = {"method": 8, "crc": zlib.crc32(b"news" * 100), "size": size}
        found = contents(make_source(raw_zip((b"a.txt", packed, says)), "a.zip"))
        assert found == {"a.txt": f"damaged after {min(size, 400)}"}


def test_a_member_that_is_not_where_it_should_be_is_damaged(make_source: MakeSource) -> None:
    reason = "damaged: it is not where the archive says: the archive is damaged"
    for place in (3, 10_000, 0xFFFFFFF0):
        data = raw_zip((b"a.txt", b"old", {"place": place}), (b"b.txt", b"news", {}))
        assert contents(make_source(data, "a.zip")) == {"a.txt": reason, "b.txt": b"news"}
    for shift in (20, 60):
        wrong = bytearray(raw_zip((b"a.txt", b"old", {}), (b"b.txt", b"news", {})))
        struct.pack_into("<L", wrong, len(wrong) - 6, struct.unpack_from("<L", wrong, len(wrong) - 6)[0] + shift)
        found = contents(make_source(bytes(wrong), "a.zip"))
        assert found == {"a.txt": reason, "b.txt": reason}


@pytest.mark.parametrize("cut", [1, 10, 22, 60, 150])
def test_a_zip_file_without_its_list_says_what_to_do(cut: int, make_source: MakeSource) -> None:
    found = contents(make_source(zip_of(NEWS)[:-cut], "a.zip"))
    assert list(found) == [""]
    assert str(found[""]).startswith("damaged: the list of its members, at the end, is missing or damaged")
    assert "zip -FF" in str(found[""])


def test_a_zip_file_may_stand_behind_a_program_or_before_a_comment(make_source: MakeSource) -> None:
    data = zip_of(NEWS)
    assert contents(make_source(data + b"", "a.zip")) == dict(NEWS)
    with_comment = data[:-2] + struct.pack("<H", 4) + b"news"
    assert contents(make_source(with_comment, "a.zip")) == dict(NEWS)
    source = make_source(b"MZ" + bytes(1000) + data, "a.exe")
    assert {m.relative for m in members(source, "zip") if isinstance(m, Source)} == {
        f"a.exe/{name}" for name, _ in NEWS
    }


def test_sizes_and_places_of_zip_files_may_have_64_bits(make_source: MakeSource) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in NEWS:
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
                member.write(content)
    assert contents(make_source(target.getvalue(), "a.zip")) == dict(NEWS)


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ([("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<document/>")], "an Office document"),
        ([("word/document.xml", b"<document/>"), ("[Content_Types].xml", b"<Types/>")], "an Office document"),
        ([("mimetype", b"application/epub+zip"), ("a.xhtml", b"<html/>")], "an OpenDocument file or a book"),
        ([("META-INF/", b""), ("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0"), ("a.txt", b"x")], "a program"),
    ],
)
def test_documents_of_programs_are_no_archives_of_news(files: Files, what: str, make_source: MakeSource) -> None:
    found = contents(make_source(zip_of(files), "a.zip"))
    assert list(found) == [""]
    assert str(found[""]).startswith(f"unrecognised: is no archive of news but {what} (")


def test_a_folder_of_types_of_files_is_an_archive(make_source: MakeSource) -> None:
    files = [("a.txt", b"news"), ("mimetype", b"about types"), ("b/[Content_Types].xml", b"types")]
    assert contents(make_source(zip_of(files), "a.zip")) == dict(files)


def test_a_wacz_file_gives_its_recordings_and_not_what_was_made_of_them(make_source: MakeSource) -> None:
    recording = gzip.compress(b"WARC/1.1\r\n") + gzip.compress(b"WARC/1.1\r\n")
    files = [
        ("archive/data.warc.gz", recording),
        ("archive/more.warc", b"WARC/1.1\r\n"),
        ("indexes/index.cdx.gz", gzip.compress(b"com,example)/ 2019")),
        ("pages/pages.jsonl", b'{"title": "a page", "text": "its text"}'),
        ("datapackage.json", b'{"profile": "data-package"}'),
    ]
    found = contents(make_source(zip_of(files, zipfile.ZIP_STORED), "a.wacz"))
    assert found == {"archive/data.warc.gz": b"WARC/1.1\r\n" * 2, "archive/more.warc": b"WARC/1.1\r\n"}
    without = contents(make_source(zip_of(files[2:]), "a.zip"))
    assert set(without) == {"indexes/index.cdx.gz", "pages/pages.jsonl", "datapackage.json"}


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """300 MB of zeros, deflated."""
    return zeros(300 << 20)


def test_a_member_that_is_a_bomb_is_refused_and_the_others_read(bomb: bytes, make_source: MakeSource) -> None:
    says = {"method": 8, "crc": 0, "size": 300 << 20}
    found = contents(make_source(raw_zip((b"a.txt", bomb, says), (b"b.txt", b"news", {})), "a.zip"))
    assert str(found["a.txt"]).startswith("bomb: unpacks to more than 250 times its size")
    assert found["b.txt"] == b"news"


def test_a_bomb_that_says_that_it_is_small_is_cut_there(bomb: bytes, make_source: MakeSource) -> None:
    says = {"method": 8, "crc": 0, "size": 1000}
    assert contents(make_source(raw_zip((b"a.txt", bomb, says)), "a.zip")) == {"a.txt": "damaged after 1000"}


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz"])
def test_a_packed_member_that_is_a_bomb_is_refused_and_the_others_read(name: str, make_source: MakeSource) -> None:
    files = [("a.txt.bz2", bz2.compress(bytes(100 << 20))), ("b.txt", b"news")]
    data = zip_of(files) if name == "a.zip" else PACKED_TARS[name[1:]](tar_of(files))
    found = contents(make_source(data, name))
    assert str(found["a.txt.bz2"]).startswith("bomb: ")
    assert found["b.txt"] == b"news"


def test_a_zip_file_whose_members_share_their_bytes_is_a_bomb_as_a_whole(make_source: MakeSource) -> None:
    size = 60 << 20
    packed = zeros(size)
    says = {"method": 8, "crc": zlib.crc32(bytes(size)), "size": size}
    # Every entry of the list points to the first member's bytes.
    first = (b"0.txt", packed, says)
    shared = says | {"place": 0, "packed": len(packed)}
    others = [(b"%d.txt" % number, b"", shared) for number in range(1, 200)]
    data = raw_zip(first, *others)
    total, error = sizes(make_source(data, "a.zip"))
    assert error is not None
    assert error.kind == "bomb"
    assert total < 8 * FREE


def test_members_that_share_their_bytes_are_a_bomb_without_being_packed_too(make_source: MakeSource) -> None:
    data = LONG * 4
    shared = {"place": 0, "packed": len(data), "size": len(data), "crc": zlib.crc32(data)}
    others = [(b"%d.txt" % number, b"", shared) for number in range(1, 400)]
    total, error = sizes(make_source(raw_zip((b"0.txt", data, {}), *others), "a.zip"))
    assert error is not None
    assert error.kind == "bomb"
    assert total < 5 * FREE


def test_bombs_that_say_so_are_not_even_tried(bomb: bytes, make_source: MakeSource) -> None:
    says = {"method": 8, "crc": 0, "size": 300 << 20, "place": 0, "packed": len(bomb)}
    bombs = [(b"%d.txt" % number, bomb if not number else b"", says) for number in range(8)]
    total, error = sizes(make_source(raw_zip(*bombs, (b"a.txt", b"news", {})), "a.zip"))
    assert (total, error) == (4, None)


@pytest.mark.parametrize("method", [8, 12, 14, 93, 95])
def test_a_bomb_in_a_zip_file_does_not_fill_memory(method: int, make_source: MakeSource) -> None:
    data = bytes(50 << 20)
    says = {"method": method, "crc": zlib.crc32(data), "size": len(data)}
    if method == 14:
        source = make_source(zip_of([("a.txt", data)], zipfile.ZIP_LZMA), "a.zip")
    else:
        pack = next(pack for number, pack in METHODS.values() if number == method)
        source = make_source(raw_zip((b"a.txt", pack(data), says)), "a.zip")
    archive = members(source, "zip")
    member = next(iter(archive))
    assert isinstance(member, Source)
    tracemalloc.start()
    try:
        assert sum(map(len, read_chunks(member))) == len(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12 << 20
