"""Walking: the files under some paths, in a stable order, without holding them all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from searchkit.errors import NothingToIndex
from searchkit.readers.registry import is_candidate_name
from searchkit.reports import Skipped


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that may hold articles: its absolute path, its size in bytes, and when it was last written (nanoseconds)."""

    path: str
    size: int
    mtime: int


def walk(
    paths: list[Path], exclude: Path, entered: set[tuple[int, int]] | None = None
) -> Iterator[FoundFile | Skipped]:
    """The candidates under some files and folders, each once. What cannot be looked into is given as Skipped.

    ``exclude`` is the index folder, which may lie inside. Links to folders are followed, but no folder is entered twice, nor
    one that was ``entered`` before. Raises NothingToIndex for a path that is not there.
    """
    entered = set() if entered is None else entered
    with contextlib.suppress(FileNotFoundError):
        _enter(str(exclude), entered)
    for path in paths:
        real = os.path.realpath(path)
        if os.path.isdir(real):
            yield from _folder(real, entered)
        elif os.path.isfile(real):
            status = os.stat(real)
            yield FoundFile(real, status.st_size, status.st_mtime_ns)
        elif os.path.exists(real):  # a pipe, which could be waited for in vain
            yield Skipped(real, "", "is neither a file nor a folder", "unreadable")
        else:
            raise NothingToIndex(f"there is no file or folder {path}")


def _enter(folder: str, entered: set[tuple[int, int]]) -> bool:
    """Note that a folder is entered; returns whether it had not been before, by whatever path."""
    status = os.stat(folder)
    before = len(entered)
    entered.add((status.st_dev, status.st_ino))
    return len(entered) > before


def _folder(folder: str, entered: set[tuple[int, int]]) -> Iterator[FoundFile | Skipped]:
    # A stack of iterators instead of recursion: archives can be deeper than Python's stack.
    stack = [iter(_entries(folder, entered))]
    while stack:
        for entry in stack[-1]:
            if isinstance(entry, str):
                stack.append(iter(_entries(entry, entered)))
                break
            yield entry
        else:
            stack.pop()


def _entries(folder: str, entered: set[tuple[int, int]]) -> Iterator[FoundFile | Skipped | str]:
    """The candidates in a folder, and its sub-folders (as strings), sorted by name."""
    try:
        if not _enter(folder, entered):
            return
        with os.scandir(folder) as scanned:
            entries = sorted(scanned, key=lambda entry: entry.name)
    except OSError as error:
        yield Skipped(folder, "", error.strerror or str(error), "unreadable")
        return
    for entry in entries:
        if not is_candidate_name(entry.name):
            continue
        try:
            if entry.is_dir():
                yield entry.path
                continue
            status = entry.stat()
        except OSError as error:
            yield Skipped(entry.path, "", error.strerror or str(error), "unreadable")
            continue
        if entry.is_file():
            yield FoundFile(entry.path, status.st_size, status.st_mtime_ns)
