"""Unpacking: what is inside comes out, what is damaged says so, and nothing fills memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import sys
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from searchkit.errors import SourceError
from searchkit.readers.compression import (
    FREE,
    MAGIC_LENGTH,
    MOST_RATIO,
    Budget,
    compression_of,
    unpack,
    without_compression,
)
from searchkit.readers.opening import read_chunks, read_head

from .support import MakeSource

Pack = Callable[[bytes], bytes]


def pack_zstandard(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


PACKERS: dict[str, Pack] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "Zstandard": pack_zstandard,
}
SUFFIX = {"gzip": ".gz", "bzip2": ".bz2", "xz": ".xz", "Zstandard": ".zst"}
# Lines that do not pack well, so that there is much to damage.
LINES = b"".join(b"%d %x\n" % (number, zlib.crc32(b"%d" % number)) for number in range(40_000))
PACKED = {kind: pack(LINES) for kind, pack in PACKERS.items()}
SKIPPABLE = b"\x5a\x2a\x4d\x18" + struct.pack("<L", 3) + b"abc"

every_kind = pytest.mark.parametrize("kind", list(PACKERS))


def unpacked(data: bytes, kind: str, size: int = 1 << 16) -> tuple[bytes, SourceError | None]:
    """What comes out, and what ends it early; no piece may be larger than was asked for."""
    parts: list[bytes] = []
    try:
        for part in unpack(io.BytesIO(data), kind, size):
            assert 0 < len(part) <= size
            parts.append(part)
    except SourceError as error:
        return b"".join(parts), error
    return b"".join(parts), None


@every_kind
@pytest.mark.parametrize("size", [1, 100, 1 << 20])
def test_what_was_packed_comes_out(kind: str, size: int) -> None:
    text = LINES[:5000]
    assert unpacked(PACKERS[kind](text), kind, size) == (text, None)


@every_kind
def test_large_data_come_out_in_pieces_of_some_size(kind: str) -> None:
    size = 1 << 16
    pieces = list(unpack(io.BytesIO(PACKED[kind]), kind, size))
    assert b"".join(pieces) == LINES
    assert len(pieces) <= 2 * len(LINES) // size + 2


@every_kind
def test_nothing_comes_out_of_nothing(kind: str) -> None:
    assert unpacked(PACKERS[kind](b""), kind) == (b"", None)


@every_kind
def test_streams_one_after_the_other_are_one(kind: str) -> None:
    pack = PACKERS[kind]
    assert unpacked(pack(b"one ") + pack(b"") + PACKED[kind] + pack(b" two"), kind) == (b"one " + LINES + b" two", None)


@every_kind
def test_a_piece_that_ends_with_the_input_loses_nothing(kind: str) -> None:
    # The decoder's output stops just where a piece is full.
    for length in (1 << 16, 1 << 17, (1 << 18) - 1, (1 << 18) + 1):
        data = bytes(length)
        assert unpacked(PACKERS[kind](data), kind) == (data, None)


def test_deflated_data_that_end_inside_of_a_full_piece_lose_nothing() -> None:
    # The last byte stands for several hundred, of which a piece takes some.
    for length in range((1 << 16) - 100, (1 << 16) + 1500, 50):
        assert unpacked(zlib.compress(bytes(length), wbits=-15), "deflate") == (bytes(length), None)


@every_kind
def test_what_a_file_is_packed_with_is_told_by_its_first_bytes(kind: str) -> None:
    assert compression_of(PACKERS[kind](b"news")[:MAGIC_LENGTH]) == kind
    assert compression_of(PACKERS[kind](b"")[:MAGIC_LENGTH]) == kind


@every_kind
def test_a_source_is_unpacked_whatever_its_name(kind: str, make_source: MakeSource) -> None:
    packed = PACKERS[kind](b"news")
    for name in ("a.txt", f"a.txt{SUFFIX[kind]}", "a.txt.gz"):
        assert b"".join(read_chunks(make_source(packed, name))) == b"news"
    assert read_head(make_source(packed, "a")) == b"news"


@pytest.mark.parametrize(
    "text", [b"BZh", b"BZh9", b"BZh9 was the name of the file.", b"\xfd7zX", b"", b"\x28\xb5", b"P*M"]
)
def test_a_text_that_begins_like_packed_data_is_left_alone(text: bytes, make_source: MakeSource) -> None:
    assert compression_of(text[:MAGIC_LENGTH]) is None
    assert b"".join(read_chunks(make_source(text))) == text


def test_endings_are_taken_off_names_once() -> None:
    assert [without_compression(f"a.txt{suffix}") for suffix in SUFFIX.values()] == ["a.txt"] * 4
    assert without_compression("a.tar.gz.zst") == "a.tar.gz"
    assert without_compression(".zst") == ".zst"


def test_frames_without_data_are_passed_over() -> None:
    packed = SKIPPABLE + pack_zstandard(b"one ") + SKIPPABLE + pack_zstandard(b"two") + SKIPPABLE
    assert compression_of(packed[:MAGIC_LENGTH]) == "Zstandard"
    assert unpacked(packed, "Zstandard") == (b"one two", None)


@pytest.mark.parametrize(
    "packer",
    [
        zstandard.ZstdCompressor(write_content_size=False),
        zstandard.ZstdCompressor(write_checksum=True),
        zstandard.ZstdCompressor(level=19),
    ],
)
def test_every_header_of_a_frame_is_understood(packer: zstandard.ZstdCompressor) -> None:
    for length in (0, 1, 200, 300, 70_000, 1 << 21):
        data = (LINES * 2)[:length]
        assert unpacked(packer.compress(data), "Zstandard") == (data, None)


def test_a_frame_that_was_written_as_a_stream_is_understood() -> None:
    target = io.BytesIO()
    with zstandard.ZstdCompressor().stream_writer(target, closefd=False) as writer:
        writer.write(LINES)
        writer.flush()
        writer.write(bytes(1 << 20))
    assert unpacked(target.getvalue(), "Zstandard") == (LINES + bytes(1 << 20), None)


@every_kind
@pytest.mark.parametrize("length", [1, 20, 2000])
def test_data_that_end_too_early_give_what_they_hold(kind: str, length: int) -> None:
    text = LINES[:20_000]
    packed = PACKERS[kind](text)
    given, error = unpacked(packed[:-length], kind)
    assert text.startswith(given)
    assert error is not None
    assert (error.kind, error.reason) == ("damaged", f"the {kind} data end too early: the file is incomplete")
    if kind in ("gzip", "xz"):  # the others have nothing before the end of a block
        assert len(given) > len(text) * 0.7


@every_kind
def test_data_that_end_anywhere_are_incomplete(kind: str) -> None:
    packed = PACKERS[kind](LINES[:300])
    for length in range(MAGIC_LENGTH, len(packed)):
        given, error = unpacked(packed[:length], kind)
        assert LINES.startswith(given)
        assert error is not None
        assert error.kind == "damaged"


@every_kind
def test_data_that_are_damaged_give_what_comes_before(kind: str) -> None:
    # The blocks of bzip2 are the smallest here: one that is damaged is lost.
    packed = bytearray(bz2.compress(LINES, 1) if kind == "bzip2" else PACKED[kind])
    middle = len(packed) // 2
    packed[middle : middle + 50] = b"\xff" * 50
    given, error = unpacked(bytes(packed), kind)
    assert error is not None
    assert error.kind == "damaged"
    assert error.reason.startswith(f"the {kind} data are damaged: ")
    sound = next((n for n, (a, b) in enumerate(zip(given, LINES, strict=False)) if a != b), len(given))
    assert sound > len(LINES) * (0.3 if kind == "bzip2" else 0.4)


def test_a_small_gzip_file_that_is_damaged_near_its_end_is_not_lost() -> None:
    text = LINES[:3000]
    packed = gzip.compress(text)
    deflated = bytearray(packed[:-8])
    deflated[-100:] = b"\xff" * 100
    given, error = unpacked(bytes(deflated) + packed[-8:], "gzip")
    assert error is not None
    assert given[:2500] == text[:2500]


@pytest.mark.parametrize(("kind", "place"), [("gzip", -5), ("Zstandard", -3)])
def test_a_wrong_checksum_is_found_after_all_data(kind: str, place: int) -> None:
    packed = bytearray(PACKERS[kind](b"some news " * 100))
    packed[place] ^= 0x10
    given, error = unpacked(bytes(packed), kind)
    assert given == b"some news " * 100
    assert error is not None
    assert error.kind == "damaged"


@every_kind
@pytest.mark.parametrize("rest", [b"rest", b"something that is no packed data at all" * 1000, b"\0\0\0\0rest"])
def test_something_else_behind_the_data_is_not_passed_over_in_silence(kind: str, rest: bytes) -> None:
    given, error = unpacked(PACKED[kind] + rest, kind)
    assert given == LINES
    assert error is not None
    assert (error.kind, error.reason) == ("damaged", f"something else follows the {kind} data, which was left out")


@every_kind
def test_a_damaged_mark_of_a_later_stream_is_not_passed_over_in_silence(kind: str) -> None:
    pack = PACKERS[kind]
    second = b"x" + pack(b"two")[1:]
    given, error = unpacked(pack(b"one") + second, kind)
    assert given == b"one"
    assert error is not None


@pytest.mark.parametrize("kind", ["gzip", "xz"])
@pytest.mark.parametrize("zeros", [4, 512, 100_000])
def test_zeros_behind_the_data_are_padding(kind: str, zeros: int) -> None:
    pack = PACKERS[kind]
    assert unpacked(pack(b"one ") + bytes(zeros) + pack(b"two") + bytes(zeros), kind) == (b"one two", None)


@pytest.fixture(scope="module")
def bombs() -> dict[str, bytes]:
    """300 MB of zeros in each format."""
    packed = {kind: pack(bytes(10 << 20)) * 30 for kind, pack in PACKERS.items()}
    return {**packed, "Zstandard": zstandard.compress(bytes(300 << 20))}


@every_kind
def test_a_bomb_is_refused_before_it_fills_memory_or_disk(kind: str, bombs: dict[str, bytes]) -> None:
    lengths: list[int] = []
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match="unpack it by hand if it is sound") as caught:
            lengths.extend(map(len, unpack(io.BytesIO(bombs[kind]), kind, 1 << 18)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    given = sum(lengths)
    assert caught.value.kind == "bomb"
    assert FREE - (1 << 20) < given <= FREE + MOST_RATIO * len(bombs[kind])
    assert given < 150 << 20
    assert peak < 12 << 20  # xz has a dictionary of 8 MB


@every_kind
def test_small_data_may_unpack_to_many_times_their_size(kind: str) -> None:
    zeros = bytes(20 << 20)
    assert len(PACKERS[kind](zeros)) * MOST_RATIO < len(zeros)
    assert unpacked(PACKERS[kind](zeros), kind, 1 << 20) == (zeros, None)


def test_large_data_of_a_usual_ratio_are_no_bomb() -> None:
    packed = PACKED["gzip"]
    times = FREE // len(LINES) + 2
    assert sum(map(len, unpack(io.BytesIO(packed * times), "gzip", 1 << 18))) == times * len(LINES) > FREE


def test_a_budget_holds_for_all_that_is_unpacked_with_it() -> None:
    packed = gzip.compress(bytes(60 << 20), 1)
    budget = Budget(1000)
    for _ in range(4):
        assert sum(map(len, unpack(io.BytesIO(packed), "gzip", 1 << 18, budget))) == 60 << 20
        assert not budget.is_spent
    with pytest.raises(SourceError) as caught:
        list(unpack(io.BytesIO(packed), "gzip", 1 << 18, budget))
    assert caught.value.kind == "bomb"
    assert budget.is_spent


def xz_with_dictionary(code: int) -> bytes:
    """An xz file whose block asks for a dictionary of the size that ``code`` stands for (40: 4 GB)."""
    packed = bytearray(lzma.compress(b"news"))
    length = (packed[12] + 1) * 4
    place = packed.index(b"\x21\x01", 12) + 2
    packed[place] = code
    packed[12 + length - 4 : 12 + length] = struct.pack("<L", zlib.crc32(packed[12 : 12 + length - 4]))
    return bytes(packed)


@pytest.mark.parametrize(
    ("packed", "kind"),
    [
        (xz_with_dictionary(40), "xz"),
        (b"\x28\xb5\x2f\xfd\x00" + bytes([(31 - 10) << 3]) + b"\x01\x00\x00", "Zstandard"),
        (b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<L", 1 << 30) + b"\x01\x00\x00", "Zstandard"),
    ],
)
def test_data_that_need_much_memory_are_refused(packed: bytes, kind: str) -> None:
    given, error = unpacked(packed, kind)
    assert given == b""
    assert error is not None
    assert error.kind == "too large"
    assert "more than 128 MB of memory" in error.reason


def test_the_strongest_settings_need_no_more_memory_than_there_is() -> None:
    assert unpacked(lzma.compress(b"news", preset=9 | lzma.PRESET_EXTREME), "xz") == (b"news", None)
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27, write_content_size=False)
    assert unpacked(zstandard.ZstdCompressor(compression_params=parameters).compress(LINES), "Zstandard") == (
        LINES,
        None,
    )


def test_data_that_need_a_dictionary_say_so() -> None:
    dictionary = zstandard.ZstdCompressionDict(LINES[:5000], dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    trained = zstandard.train_dictionary(2000, [LINES[start : start + 200] for start in range(0, 50_000, 200)])
    assert dictionary.dict_id() == 0
    _, error = unpacked(zstandard.ZstdCompressor(dict_data=trained).compress(LINES), "Zstandard")
    assert error is not None
    assert "dictionary" in error.reason


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, make_source: MakeSource) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(SourceError, match=r"pip install 'searchkit\[zstd\]'") as caught:
        list(read_chunks(make_source(pack_zstandard(b"news"), "a.txt.zst")))
    assert caught.value.kind == "missing extra"


@every_kind
def test_a_fault_of_the_disk_is_no_damage_of_the_data(kind: str) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        list(unpack(Failing(PACKED[kind]), kind, 1 << 16))


@given(st.sampled_from(list(PACKERS)), st.data())
def test_whatever_happens_to_packed_data_is_damage(kind: str, data: st.DataObject) -> None:
    pack = PACKERS[kind]
    packed = bytearray(pack(LINES[:2000]) + pack(LINES[2000:3000]))
    for _ in range(data.draw(st.integers(1, 4))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(packed))))
    _, error = unpacked(bytes(packed[:cut]), kind, 500)
    assert error is None or error.kind in ("damaged", "too large", "unreadable")
