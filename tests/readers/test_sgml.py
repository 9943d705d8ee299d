"""Elements are found by their tags, whatever the chunks, and each is bounded."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest

from searchkit.errors import SourceError
from searchkit.readers.sgml import Piece, decode_entities, decode_sgml, pieces
from tests.conftest import within

TEXT = b"x <DOCNO>0</DOCNO> <DOC>one</DOC>\n<ap:DOC id='2'>two</ap:DOC >\n<DOCS><DOC\n>three</DOC></DOCS> <DOC>four"


@pytest.mark.parametrize("size", [1, 2, 5, 7, 127, 128, 129, 1000])
def test_elements_are_found_across_chunks(size: int) -> None:
    chunks = [TEXT[start : start + size] for start in range(0, len(TEXT), size)]
    assert list(pieces(chunks, "DOC|doc", 1000)) == [
        Piece(b"<DOC>one"),
        Piece(b"<ap:DOC id='2'>two"),
        Piece(b"<DOC\n>three"),
        Piece(b"<DOC>four", "the file ends before the story does"),
    ]


def test_an_element_without_an_end_ends_where_the_next_one_begins() -> None:
    assert list(pieces([b"<DOC>one<DOC>two</DOC></DOC>"], "DOC", 1000)) == [
        Piece(b"<DOC>one", "it does not end before the next one begins"),
        Piece(b"<DOC>two"),
    ]


def test_an_element_that_is_too_long_is_left_out_and_the_next_one_found() -> None:
    chunks = [b"<DOC>", *[b"x" * 1000] * 30, b"</DOC><DOC>two</DOC>"]
    assert list(pieces(chunks, "DOC", 10 << 10)) == [Piece(b"", "it does not end within 10 kB"), Piece(b"<DOC>two")]


def test_what_was_read_before_the_damage_comes_before_the_error() -> None:
    def damaged() -> Iterator[bytes]:
        yield b"<DOC>one</DOC><DOC>two"
        raise SourceError("the gzip data end too early", "damaged")

    found = pieces(damaged(), "DOC", 1000)
    assert next(found) == Piece(b"<DOC>one")
    assert next(found) == Piece(b"<DOC>two", "the file ends before the story does")
    with pytest.raises(SourceError, match="too early"):
        next(found)


@pytest.mark.parametrize("unit", [b"<DOC>", b"<DOC ", b"</DOC>", b"<", b"<a:", b"a:", b" ", b"</DOC "])
@pytest.mark.parametrize("start", [b"", b"<DOC>"])
def test_repetition_takes_no_time(unit: bytes, start: bytes) -> None:
    chunks = [start, *[unit * (65536 // len(unit))] * 32]
    with within(5):
        for _ in pieces(chunks, "DOC", 1 << 20):
            pass


def test_memory_holds_one_element() -> None:
    chunks = (b"x" * 65536 if number % 64 else b"<DOC></DOC><DOC>" for number in range(1000))
    tracemalloc.start()
    try:
        count = sum(1 for _ in pieces(chunks, "DOC", 8 << 20))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count > 30
    assert peak < 24 << 20


def test_old_collections_are_utf_8_or_windows_1252() -> None:
    assert decode_sgml("Café\r\n".encode()) == "Café\n"
    assert decode_sgml(b"Caf\xe9 \x93so\x94") == "Café “so”"


def test_entities_are_decoded_once_and_unknown_ones_stay() -> None:
    assert decode_entities("AT&T &amp;lt; &eacute;&#233;&#xE9; &copyright; &nothing; &frac12; &#1;&#xD800;") == (
        "AT&T &lt; ééé &copyright; &nothing; ½ \ufffd"
    )
