"""Text in pieces: for formats whose files may be larger than memory, and in any encoding."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from searchkit.errors import SourceError
from searchkit.readers.base import Source
from searchkit.readers.decoding import BOMS, decode
from searchkit.readers.opening import read_chunks

_SAMPLE = 1 << 20
_LOOKED_AT = 4096
# What ``decode`` looks through for a declaration. Records declare nothing; what looks so is in one of them.
_NO_DECLARATION = b" " * 2048


class Chunks:
    """The uncompressed bytes of a source, in pieces. An error ends them and is kept: whoever takes several pieces before
    using the first must not lose them. It is to be raised in the end.
    """

    def __init__(self, source: Source) -> None:
        self._chunks = read_chunks(source)
        self._error: SourceError | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._chunks)
        except SourceError as error:
            self._error = error
            raise StopIteration from None

    def raise_error(self) -> None:
        """Raises the SourceError that ended the pieces, if one did."""
        if self._error is not None:
            raise self._error


def wide_encoding(start: bytes) -> tuple[bytes, str] | None:
    """The byte order mark (or nothing) and the encoding of a file with two or four bytes a character."""
    for mark, encoding in BOMS[1:]:
        if start.startswith(mark):
            return mark, encoding
    if b"\0" in start[:_LOOKED_AT]:
        guessed = (decode(start[:_LOOKED_AT]).guessed or "").partition(" ")[0]
        if guessed.startswith("utf-16"):
            return b"", guessed
    return None


class TextStream:
    """The text of some bytes, in pieces and as it was written: nothing is cleaned.

    It is decoded by its byte order mark, or else as UTF-8; from the first bytes on that cannot be UTF-8, by a guess, unless
    there was UTF-8 before them. Bytes that fit no character become U+FFFD. ``guessed`` is None, or what it was found to be
    so far, as in ``decoding.Decoded``.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.guessed: str | None = None
        self._chunks = chunks

    def __iter__(self) -> Iterator[str]:
        first = b""
        while len(first) < _LOOKED_AT and (chunk := next(self._chunks, None)) is not None:
            first += chunk
        if wide := wide_encoding(first):
            mark, encoding = wide
            self.guessed = None if mark else f"{encoding} (guessed)"
            yield from self._decoded(encoding, first[len(mark) :])
            return
        yield from self._utf8(first.removeprefix(codecs.BOM_UTF8))

    def _utf8(self, chunk: bytes) -> Iterator[str]:
        seen = False
        rest = b""
        more: bytes | None = chunk
        while more is not None:
            data, more = rest + more, next(self._chunks, None)
            end = len(data) if more is None else len(data) - _unfinished(data)
            rest = data[end:]
            data = data[:end]
            try:
                yield data.decode()
                seen = seen or not data.isascii()
            except UnicodeDecodeError:
                guessed = None if seen else decode(_NO_DECLARATION + data[:_SAMPLE]).guessed
                encoding = (guessed or "utf-8 (damaged)").partition(" ")[0]
                self.guessed = guessed or "utf-8 (damaged)"
                if encoding == "utf-8":
                    yield data.decode(errors="replace")
                    seen = True
                    continue
                yield from self._decoded(encoding, data + rest, more)
                return

    def _decoded(self, encoding: str, *chunks: bytes | None) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        for chunk in chunks:
            if chunk is not None:
                yield decoder.decode(chunk)
        for chunk in self._chunks:
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)


def _unfinished(data: bytes) -> int:
    """How many bytes at the end may be the beginning of a UTF-8 character."""
    for length in range(1, min(3, len(data)) + 1):
        byte = data[-length]
        if byte >= 0xC0:
            whole = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return length if length < whole else 0
        if byte < 0x80:
            break
    return 0
