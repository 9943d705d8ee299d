"""Bytes from files, and text from bytes."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.errors import SourceError
from searchkit.readers.compression import without_compression
from searchkit.readers.decoding import clean, decode, looks_like_text
from searchkit.readers.opening import HEAD, read_all, read_chunks, read_head

from .support import UNWANTED, MakeSource

RUSSIAN = "Президент заявил во вторник, что войска вышли из города, сообщает агентство."
FRENCH = "Le président a déclaré à la presse qu’il démissionnait après l’été, a-t-on appris à l’Élysée."
CZECH = "Část obyvatel Prahy byla evakuována kvůli povodni, uvedl primátor. Žádní mrtví nebyli hlášeni."


def test_gives_the_bytes_of_a_plain_file(make_source: MakeSource) -> None:
    assert b"".join(read_chunks(make_source(b"abc"), 2)) == b"abc"


def test_unpacks_gzip_by_content_whatever_the_name(make_source: MakeSource) -> None:
    packed = gzip.compress(b"news")
    assert b"".join(read_chunks(make_source(packed, "a.txt.gz"))) == b"news"
    assert b"".join(read_chunks(make_source(packed, "a.txt"))) == b"news"
    assert b"".join(read_chunks(make_source(b"news", "b.txt.gz"))) == b"news"


def test_unpacks_several_gzip_members(make_source: MakeSource) -> None:
    source = make_source(gzip.compress(b"one ") + gzip.compress(b"two"), "a.gz")
    assert b"".join(read_chunks(source)) == b"one two"


def test_gives_what_a_truncated_gzip_file_holds_and_then_says_so(make_source: MakeSource) -> None:
    text = b"".join(b"%d " % number for number in range(50_000))
    source = make_source(gzip.compress(text)[:-2000], "a.gz")
    given_chunks: list[bytes] = []
    with pytest.raises(SourceError, match="end too early"):
        given_chunks.extend(read_chunks(source))
    # list.extend keeps what came before the exception.
    assert len(b"".join(given_chunks)) > len(text) // 2
    assert text.startswith(b"".join(given_chunks))


def test_says_that_gzip_data_are_damaged(make_source: MakeSource) -> None:
    packed = bytearray(gzip.compress(b"some news " * 1000))
    packed[-5] ^= 0xFF
    with pytest.raises(SourceError, match="damaged") as caught:
        list(read_chunks(make_source(bytes(packed), "a.gz")))
    assert caught.value.kind == "damaged"


def test_names_the_reason_when_a_file_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        list(read_chunks(tmp_path / "missing.txt"))
    with pytest.raises(SourceError, match="directory"):
        list(read_chunks(tmp_path))


def test_head_stops_early_and_forgives_damage_behind_it(make_source: MakeSource) -> None:
    assert read_head(make_source(b"x" * 10_000)) == b"x" * HEAD
    text = b"".join(b"%d " % number for number in range(50_000))
    assert read_head(make_source(gzip.compress(text)[:-2000], "a.gz")) == text[:HEAD]
    with pytest.raises(SourceError):
        read_head(make_source(b"\x1f\x8bnot gzip", "b.gz"))


def test_a_file_beyond_the_limit_is_refused_before_it_fills_memory(make_source: MakeSource) -> None:
    bomb = make_source(gzip.compress(bytes(100 << 20)), "bomb.gz")
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match=r"more than 1 MB.*split it") as caught:
            read_all(bomb, 1 << 20)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.kind == "too large"
    assert peak < 8 << 20


def test_drops_only_the_compression_suffix() -> None:
    assert without_compression("reut2-000.sgm.gz") == "reut2-000.sgm"
    assert without_compression("a.TXT.GZ") == "a.TXT"
    assert without_compression("a.txt") == "a.txt"
    assert without_compression(".gz") == ".gz"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-8"])
def test_reads_unicode_without_a_guess(encoding: str) -> None:
    assert decode(RUSSIAN.encode(encoding)) == decode(RUSSIAN.encode())
    assert decode(RUSSIAN.encode(encoding)).guessed is None


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (FRENCH, "cp1252", "windows-1252"),
        (CZECH, "cp1250", "windows-1250"),
        ("Café in Zürich", "cp1252", "windows-1252"),
        ("Café – déjà vu à l’été", "cp1252", "windows-1252"),
        ("東京の市民は避難した。政府は発表した。", "euc-jp", "euc-jp"),
        ("Oil rises in London", "utf-16-le", "utf-16-le"),
        ("Oil rises in London", "utf-16-be", "utf-16-be"),
    ],
)
def test_guesses_other_encodings_and_says_so(text: str, encoding: str, name: str) -> None:
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.guessed == f"{name} (guessed)"


@pytest.mark.parametrize(
    "declaration",
    [
        "encoding: koi8-r\n\n",
        "---\ntitle: x\ncharset: 'koi8-r'\n---\n",
        '<?xml version="1.0" encoding="koi8-r"?>',
        "<meta charset=koi8-r>",
    ],
)
def test_believes_a_declared_encoding(declaration: str) -> None:
    # Windows-1251 letters in KOI8-R's clothes: the declaration decides, not the statistics.
    data = declaration.encode() + RUSSIAN.encode("cp1251")
    decoded = decode(data)
    assert decoded.text == data.decode("koi8-r")
    assert decoded.guessed is None


@pytest.mark.parametrize("name", ["rot13", "zlib", "idna", "no-such", "unicode_escape", "utf-8"])
def test_ignores_a_declared_encoding_that_cannot_be(name: str) -> None:
    decoded = decode(f"encoding: {name}\n\n".encode() + RUSSIAN.encode("cp1251"))
    assert decoded.text.endswith(RUSSIAN)
    assert decoded.guessed == "windows-1251 (guessed)"


def test_latin_1_is_read_with_the_quotes_of_windows() -> None:
    assert decode(b"encoding: latin-1\n\n\x93caf\xe9\x94").text.endswith("“café”")


def test_damaged_utf_8_stays_utf_8() -> None:
    decoded = decode(RUSSIAN.encode() + b" \xff end")
    assert decoded.text == RUSSIAN + " \ufffd end"
    assert decoded.guessed == "utf-8 (damaged)"


def test_cleans_line_ends_and_control_characters() -> None:
    assert clean("a\r\nb\rc\x0cd\u2028e\x85f") == "a\nb\nc\nd\ne\nf"
    assert clean("a\x00b\x07c\td\ud800\ufeff\x7f") == "ab c\td\ufffd"


@given(st.binary(max_size=300))
def test_decoding_never_fails_and_leaves_clean_text(data: bytes) -> None:
    text = decode(data).text
    assert not UNWANTED.search(text)
    text.encode()


@given(st.text(st.characters(codec=None), max_size=50))
def test_cleaning_is_complete_and_done_once(text: str) -> None:
    once = clean(text)
    assert not UNWANTED.search(once)
    assert clean(once) == once


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7 text", b"\x89PNG\r\n", b"\xff\xd8\xff\xe0", b"PK\x03\x04", bytes(range(256)) * 10],
)
def test_junk_does_not_look_like_text(data: bytes) -> None:
    assert not looks_like_text(data)


def test_text_looks_like_text_in_every_encoding() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1251", "koi8-r"):
        assert looks_like_text(RUSSIAN.encode(encoding), strict=True)
    assert looks_like_text(b"one\x00two")
    assert not looks_like_text(b"one\x00two", strict=True)
