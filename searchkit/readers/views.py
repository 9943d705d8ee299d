"""Files that are a part of another file, or that come into being while they are read.

Whatever ends them too early is raised after all that comes before it has been read, and again by every later reading.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import BinaryIO, cast

from searchkit.errors import SourceError

_IN_MEMORY = 16 << 20
_SKIP = 1 << 18


def copied(chunks: Iterable[bytes]) -> BinaryIO:
    """A temporary file of these bytes, at its beginning, which goes when it is closed; a small one stays in memory.

    Raises SourceError when there is no room for it, and what the chunks raise.
    """
    try:
        with contextlib.ExitStack() as stack:
            copy = stack.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY))
            for chunk in chunks:
                copy.write(chunk)
            copy.seek(0)
            stack.pop_all()
            return cast(BinaryIO, copy)
    except OSError as error:
        raise SourceError(f"cannot be copied to the folder for temporary files: {error.strerror or error}") from error


class Part(io.RawIOBase):
    """``length`` bytes of ``file`` from ``start``. ``damage`` says why there are no more, where they are not all.

    Reading raises SourceError of kind "damaged" when ``file`` ends before the part does.
    """

    def __init__(self, file: BinaryIO, start: int, length: int, damage: SourceError | None = None) -> None:
        self._file = file
        self._start = start
        self._length = length
        self._damage = damage
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._position = max(0, offset + (0, self._position, self._length)[whence])
        return self._position

    def readinto(self, buffer: object) -> int:
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        wanted = min(len(target), self._length - self._position)
        if wanted <= 0:
            if self._damage and len(target):
                raise self._damage
            return 0
        # Others read from the file too.
        self._file.seek(self._start + self._position)
        data = self._file.read(wanted)
        if not data:
            raise SourceError("the archive ends too early: it is incomplete", "damaged")
        target[: len(data)] = data
        self._position += len(data)
        return len(data)


class Stream(io.RawIOBase):
    """Chunks as a file that can be read once, from its beginning to its end."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._chunk = b""
        self._before = 0  # bytes before the chunk
        self._place = 0  # in the chunk
        self._error: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        filled = 0
        while filled < len(target):
            if self._place == len(self._chunk):
                self._advance()
                if self._error and not filled:
                    raise self._error
                if not self._chunk:
                    break
            piece = self._chunk[self._place : self._place + len(target) - filled]
            target[filled : filled + len(piece)] = piece
            self._place += len(piece)
            filled += len(piece)
        return filled

    def _advance(self) -> None:
        self._before += len(self._chunk)
        self._chunk, self._place = b"", 0
        if self._error is None:
            try:
                self._chunk = next(self._chunks, b"")
            except (SourceError, OSError) as error:
                self._error = error

    def close(self) -> None:
        super().close()
        # A file that the chunks come from is closed now, and not whenever they are forgotten.
        if isinstance(self._chunks, Generator):
            self._chunks.close()


class Unpacked(Stream):
    """Chunks as a file that can seek. Going forward or back to the beginning takes no room: ``start`` gives the chunks anew.
    Going elsewhere needs a file of the same bytes, so that a library that jumps about does not unpack everything each time:
    ``elsewhere`` gives it, or a temporary copy is made, once.
    """

    def __init__(self, start: Callable[[], Iterator[bytes]], elsewhere: Callable[[], BinaryIO] | None = None) -> None:
        super().__init__(start())
        self._start = start
        self._elsewhere = elsewhere or (lambda: copied(start()))
        self._copy: BinaryIO | None = None

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._before + self._place if self._copy is None else self._copy.tell()

    def readinto(self, buffer: object) -> int:
        return super().readinto(buffer) if self._copy is None else self._copy.readinto(buffer)  # type: ignore[attr-defined]

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if self._copy is None:
            target = offset + self.tell() if whence == io.SEEK_CUR else offset
            if whence != io.SEEK_END and target == 0 < self._before:
                self._restart()
            elif whence != io.SEEK_END and target >= self._before:
                self._skip_to(target)
            else:
                self._copy = self._elsewhere()
        return self.tell() if self._copy is None else self._copy.seek(offset, whence)

    def _restart(self) -> None:
        if isinstance(self._chunks, Generator):
            self._chunks.close()
        self._chunks, self._chunk, self._error = self._start(), b"", None
        self._before = self._place = 0

    def _skip_to(self, target: int) -> None:
        self._place = min(target - self._before, len(self._chunk))
        while (left := target - self.tell()) > 0 and self.read(min(left, _SKIP)):
            pass

    def close(self) -> None:
        super().close()
        if self._copy is not None:
            self._copy.close()
