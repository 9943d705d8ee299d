"""Arrivals: files that have come or changed under watched folders, and are read once they are at rest."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from searchkit.errors import NothingToIndex
from searchkit.indexing.walk import walk
from searchkit.readers.registry import is_candidate
from searchkit.reports import Skipped

MOST = 10_000
"""Files that are looked at one by one; where more arrive at once, the folder is looked at as a whole."""

_MOST_LOOKS = 6
"""A folder in which something moves is looked at so often, at longer and longer intervals, and then read as it is."""

_Look = tuple[int, ...]
"""What two looks at a path are compared by."""


@dataclass(slots=True)
class _Arrival:
    look: _Look
    is_folder: bool
    due: float
    looks: int = 1


class Arrivals:
    """What has arrived under some folders (real paths). ``settle`` is how many seconds something has to be the same.

    ``index`` is the index folder, which may lie inside.
    """

    def __init__(
        self, folders: Iterable[str], index: Path, settle: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folders = list(folders)
        self._index = index
        self._real_index = os.path.realpath(index)
        self._settle = settle
        self._clock = clock
        self._waiting: dict[str, _Arrival] = {}
        self._gone: set[str] = set()

    def notice(self, path: str) -> None:
        """Something was written, moved or deleted here."""
        real = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
        if not self._may_be_read(path) or real == self._real_index or real.startswith(self._real_index + os.sep):
            return
        look = self._look(real)
        if look is None:
            self._waiting.pop(real, None)
            self._gone.add(real)
            return
        self._gone.discard(real)
        if _was_moved(real):
            self._waiting[real] = _Arrival(look, os.path.isdir(real), self._clock())
        elif real not in self._waiting:
            self._waiting[real] = _Arrival(look, os.path.isdir(real), self._clock() + self._settle)
        if len(self._waiting) > MOST:
            self._look_at_folders()

    def take_at_rest(self) -> list[str]:
        """What can be read now; it is waited for no longer."""
        now = self._clock()
        found = []
        for path, arrival in list(self._waiting.items()):
            if arrival.due > now:
                continue
            look = self._look(path)
            is_at_rest = look == arrival.look or (arrival.is_folder and arrival.looks >= _MOST_LOOKS)
            if look is None or is_at_rest:
                del self._waiting[path]
                found += [path] if look is not None else []
                continue
            # Folders are many files to look at: the longer they take, the longer they are left alone.
            longer = 2**arrival.looks if arrival.is_folder else 1
            self._waiting[path] = _Arrival(look, arrival.is_folder, now + self._settle * longer, arrival.looks + 1)
        return sorted(found)

    def take_gone(self) -> list[str]:
        """What is there no more; it is forgotten."""
        gone = sorted(path for path in self._gone if not os.path.lexists(path))
        self._gone.clear()
        return gone

    def _may_be_read(self, path: str) -> bool:
        for folder in self._folders:
            if path.startswith(os.path.join(folder, "")):
                return is_candidate(path[len(folder) :].replace(os.sep, "/"))
        return False

    def _look(self, path: str) -> _Look | None:
        """None where nothing is."""
        try:
            if not os.path.isdir(path):
                status = os.stat(path)
                return status.st_ino, status.st_size, status.st_mtime_ns
            files = size = newest = 0
            for found in walk([Path(path)], self._index):
                if not isinstance(found, Skipped):
                    files, size, newest = files + 1, size + found.size, max(newest, found.mtime)
            return files, size, newest
        except (OSError, NothingToIndex):
            return None

    def _look_at_folders(self) -> None:
        """Wait for the watched folders instead of for all that is in them."""
        for folder in self._folders:
            inside = [path for path in self._waiting if path.startswith(os.path.join(folder, ""))]
            for path in inside:
                del self._waiting[path]
            if inside and (look := self._look(folder)) is not None:
                self._waiting[folder] = _Arrival(look, True, self._clock() + self._settle)


def _was_moved(path: str) -> bool:
    """Whether a file was complete when it came to its place: whoever writes changes both of its times, and who moves it, or
    sets its time at the end of a copy, changes only the one of the directory entry. Only POSIX keeps that one.
    """
    try:
        status = os.stat(path)
    except OSError:
        return False
    return os.name == "posix" and status.st_size > 0 and status.st_ctime_ns > status.st_mtime_ns
