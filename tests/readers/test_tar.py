"""Tar files of every dialect, damaged and whole."""

from __future__ import annotations

import gzip
import io
import tarfile
import tempfile
import tracemalloc

import pytest

from searchkit.errors import SourceError
from searchkit.readers.archives import archive_kind, members
from searchkit.readers.base import Source
from searchkit.readers.opening import read_head

from .packing import (
    LONG,
    NEWS,
    PACKED_TARS,
    contents,
    tar_of,
    zip_of,
)
from .support import MakeSource


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("suffix", [".tar", ".tar.gz"])
def test_every_dialect_of_tar_is_read(format: int, suffix: str, make_source: MakeSource) -> None:
    long_name = "/".join(["a folder with a name of its own"] * 6) + "/storm.txt"
    files = [*NEWS, ("Zürich/été.txt", b"news"), (long_name, b"storm"), ("empty.txt", b""), ("long.txt", LONG)]
    source = make_source(PACKED_TARS[suffix](tar_of(files, format)), f"a{suffix}")
    assert contents(source) == dict(files)


def test_a_tar_file_from_before_the_standard_is_known_by_its_checksum(make_source: MakeSource) -> None:
    data = bytearray(tar_of([("a.txt", b"news")], tarfile.USTAR_FORMAT))
    data[257:265] = bytes(8)
    data[148:156] = b"%06o\0 " % (sum(data[:148]) + sum(data[156:512]) + 8 * 32)
    assert contents(make_source(bytes(data), "a.tar")) == {"a.txt": b"news"}
    data[0] ^= 1
    assert archive_kind(bytes(data)) is None


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz"])
def test_bytes_in_names_of_tar_files_are_shown(suffix: str, make_source: MakeSource) -> None:
    name = b"caf\xe9.txt".decode("utf-8", "surrogateescape")
    for format in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        source = make_source(PACKED_TARS[suffix](tar_of([(name, b"news")], format)), f"a{suffix}")
        assert contents(source) == {"caf\\xe9.txt": b"news"}


def with_links() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:

        def add(name: str, kind: bytes, link: str = "", content: bytes = b"") -> None:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, link, len(content)
            archive.addfile(info, io.BytesIO(content))

        add("folder", tarfile.DIRTYPE)
        add("a.txt", tarfile.REGTYPE, content=b"news")
        add("symbolic.txt", tarfile.SYMTYPE, "/etc/passwd")
        add("device", tarfile.CHRTYPE)
        add("block", tarfile.BLKTYPE)
        add("pipe", tarfile.FIFOTYPE)
        add("hard.txt", tarfile.LNKTYPE, "./a.txt")
        add("lost.txt", tarfile.LNKTYPE, "README")
        add("contiguous.txt", tarfile.CONTTYPE, content=b"more")
        add("unknown.txt", b"M", content=b"the rest of a file")
        add("z.txt", tarfile.REGTYPE, content=b"last")
    return target.getvalue()


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz"])
def test_links_are_not_followed_and_devices_not_opened(suffix: str, make_source: MakeSource) -> None:
    assert contents(make_source(PACKED_TARS[suffix](with_links()), f"a{suffix}")) == {
        "a.txt": b"news",
        "lost.txt": "link: is a link to README, which was not read",
        "contiguous.txt": b"more",
        "unknown.txt": "unreadable: is of the unknown type M",
        "z.txt": b"last",
    }


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz"])
def test_a_sparse_file_is_no_way_to_a_terabyte_of_zeros(suffix: str, make_source: MakeSource) -> None:
    holes = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.map": "0,4", "GNU.sparse.size": str(1 << 40)}
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        info = tarfile.TarInfo("holes.txt")
        info.size, info.pax_headers = 4, holes
        archive.addfile(info, io.BytesIO(b"news"))
        archive.addfile(tarfile.TarInfo("empty.txt"))
    found = contents(make_source(PACKED_TARS[suffix](target.getvalue()), f"a{suffix}"))
    assert found == {
        "holes.txt": "unreadable: is stored without its gaps, as a sparse file: unpack it",
        "empty.txt": b"",
    }


def test_tar_files_one_after_the_other_are_one(make_source: MakeSource) -> None:
    data = tar_of([("a.txt", b"1")]) + bytes(100 << 10) + tar_of([("b.txt", b"2")]) + bytes(100 << 10)
    assert contents(make_source(data, "a.tar")) == {"a.txt": b"1", "b.txt": b"2"}
    assert contents(make_source(gzip.compress(data), "a.tar.gz")) == {"a.txt": b"1", "b.txt": b"2"}


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz"])
@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("damaged", ["a.txt", "été.txt", "c.txt"])
def test_what_stands_behind_a_damaged_header_is_found(
    damaged: str, format: int, suffix: str, make_source: MakeSource
) -> None:
    data = tar_of([(name, name.encode() * 300) for name in ("a.txt", "été.txt", "c.txt", "d.txt")], format)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        info = archive.getmember(damaged)
    # Of a name that is not ASCII, pax has two headers: one for the name, and one for the rest.
    for place in {info.offset, info.offset_data - 512}:
        broken = bytearray(data)
        broken[place + 100] ^= 1
        found = contents(make_source(PACKED_TARS[suffix](bytes(broken)), f"a{suffix}"))
        assert "d.txt" in found
        assert len(found) == (5 if place != info.offset_data - 512 else 4)
        assert str(found[""]).endswith("what could be found behind it was read")


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tar.zst"])
@pytest.mark.parametrize("cut", [1, 512, 20_000])
def test_a_tar_file_that_ends_too_early_gives_what_it_holds(suffix: str, cut: int, make_source: MakeSource) -> None:
    files = [("a.txt", b"news"), ("long.txt", LONG), ("lost.txt", b"lost")]
    whole = tar_of(files, tarfile.USTAR_FORMAT)
    end = 512 + 512 + 512 + len(LONG)
    if suffix == ".tar":
        data = whole[: end - cut]
    else:
        data = PACKED_TARS[suffix](whole)[: -cut - 200]
    found = contents(make_source(data, f"a{suffix}"))
    assert found["a.txt"] == b"news"
    assert str(found["long.txt"]).startswith("damaged after ")
    assert int(str(found["long.txt"]).split()[-1]) > len(LONG) // 10
    assert "lost.txt" not in found
    assert "end too early" in str(found[""]) or "ends too early" in str(found[""])


def test_a_tar_file_that_ends_in_a_header_says_so(make_source: MakeSource) -> None:
    data = tar_of(NEWS, tarfile.USTAR_FORMAT)
    assert contents(make_source(data[: 1024 + 100], "a.tar")) == {
        NEWS[0][0]: NEWS[0][1],
        "": "damaged: the archive ends too early: it is incomplete",
    }


def test_a_tar_file_without_its_end_of_zeros_is_whole(make_source: MakeSource) -> None:
    data = tar_of([("a.txt", b"news")], tarfile.USTAR_FORMAT)
    assert contents(make_source(data[:1024], "a.tar")) == {"a.txt": b"news"}


def test_a_header_has_no_more_bytes_than_a_name_can_need(make_source: MakeSource) -> None:
    huge = tar_of([("x" * 100_000, b"lost"), ("a.txt", b"news")], tarfile.GNU_FORMAT)
    found = contents(make_source(huge, "a.tar"))
    assert found["a.txt"] == b"news"
    assert "a header has more than 32 kB" in str(found[""])


def test_headers_do_not_fill_memory(make_source: MakeSource) -> None:
    # A map of gaps that goes on and on, which tarfile would take for numbers without an end.
    start = tar_of(
        [("a.txt", b"x")], tarfile.PAX_FORMAT, pax_headers={"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}
    )
    header = start[: start.index(b"x", 1536) // 512 * 512]
    source = make_source(gzip.compress(header + b"9999999\n" + b"1\n" * (3 << 20)), "a.tar.gz")
    tracemalloc.start()
    try:
        found = contents(source)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert str(found[""]).startswith("damaged")
    assert peak < 3 << 20


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz"])
@pytest.mark.parametrize("size", ["-512", "-1", str(1 << 62), str(10**30), "x"])
def test_sizes_that_cannot_be_are_damage(suffix: str, size: str, make_source: MakeSource) -> None:
    data = tar_of([("a.txt", b"news")], pax_headers={"size": size}) + tar_of([("b.txt", b"more")])
    found = contents(make_source(PACKED_TARS[suffix](data), f"a{suffix}"))
    assert str(found[""]).startswith("damaged: ")
    if size.startswith("-"):
        assert (found.get("a.txt"), found["b.txt"]) == (None, b"more")
    elif size.isdigit():
        assert str(found["a.txt"]).startswith("damaged after ")


def test_an_archive_inside_with_a_size_that_cannot_be_is_damaged(make_source: MakeSource) -> None:
    data = tar_of([("a.zip", zip_of(NEWS))], pax_headers={"size": str(10**30)})
    archive = members(make_source(data, "a.tar"), "tar")
    member = next(archive)
    assert isinstance(member, Source)
    assert list(contents(member)) == [""]
    assert str(contents(member)[""]).startswith("damaged: ")
    archive.close()


def test_memory_does_not_grow_with_the_number_of_members(make_source: MakeSource) -> None:
    peaks = []
    for count in (500, 2500):
        source = make_source(gzip.compress(tar_of((f"{number}.txt", b"news") for number in range(count))), "a.tar.gz")
        tracemalloc.start()
        try:
            assert sum(1 for _ in members(source, "tar")) == count
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert peaks[1] - peaks[0] < 1 << 20


def test_a_member_that_could_not_be_copied_is_not_begun_in_the_middle(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def __init__(self, most: int) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", Full)
    found = members(make_source(gzip.compress(tar_of([("a.txt", LONG)])), "a.tar.gz"), "tar")
    member = next(found)
    assert isinstance(member, Source)
    with pytest.raises(SourceError, match="No space left"):
        read_head(member)
    monkeypatch.undo()
    with pytest.raises(SourceError, match="No space left"):
        read_head(member)
    assert list(found) == []
