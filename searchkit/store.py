"""The index folder: its manifest, its generations, and the lock that a writer holds.

    index/
      searchkit.json          what the index is: format, engine, analyzer, settings, the live generation
      lock                    who is writing, while somebody is
      generations/000003/     one folder a generation: sources.db and engine/

A generation is made beside the live one and becomes live when ``searchkit.json`` is replaced, in one step.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from searchkit._version import __version__
from searchkit.analysis import ANALYZER_VERSION
from searchkit.errors import IndexCorrupt, IndexLocked, IndexMissing, IndexTooNew

FORMAT_VERSION = 1
"""Raised when the layout of the folder changes."""

_MANIFEST = "searchkit.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """What an index was made with, and is searched with ever after.

    ``language`` names the stemmer, ``day_first`` reads 03/04/2019 as 3 April, ``timezone`` (an IANA name; None: the
    computer's own) says where "today" is.
    """

    language: str = "english"
    day_first: bool = False
    timezone: str | None = None

    def checked(self) -> Settings:
        """The same. Raises ValueError for values of another type than these, which a manifest may hold."""
        if not (
            isinstance(self.language, str)
            and isinstance(self.day_first, bool)
            and isinstance(self.timezone, str | None)
        ):
            raise ValueError(f"settings cannot be {asdict(self)}")
        return self


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``searchkit.json`` says."""

    engine: str
    settings: Settings
    generation: int
    created: str
    format: int = FORMAT_VERSION
    analyzer: int = ANALYZER_VERSION


class Store:
    """An index folder. Nothing in it is read or made before it is asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Whether there is an index here."""
        return (self.path / _MANIFEST).exists()

    def read(self) -> Manifest:
        """The manifest. Raises IndexMissing, IndexCorrupt, or IndexTooNew."""
        file = self.path / _MANIFEST
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise IndexMissing(f"there is no index in {self.path}; make one with: searchkit index PATH") from None
        except (OSError, ValueError, RecursionError) as error:
            raise IndexCorrupt(f"{file} cannot be read: {error}") from error
        if not isinstance(data, dict):
            raise IndexCorrupt(f"{file} is no manifest of searchkit")
        version = data.get("format")
        if isinstance(version, int) and version > FORMAT_VERSION:
            by = data.get("written_by", "a newer version of searchkit")
            raise IndexTooNew(
                f"the index in {self.path} has format {version}; it was written by {by}, which can read it"
            )
        try:
            settings = Settings(**data["settings"]).checked()
            manifest = Manifest(
                str(data["engine"]),
                settings,
                int(data["generation"]),
                str(data["created"]),
                int(data["format"]),
                int(data["analyzer"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise IndexCorrupt(f"{file} is no manifest of searchkit: {error!r}") from error
        return manifest

    def write(self, manifest: Manifest) -> None:
        """Replace the manifest, in one step."""
        data: dict[str, Any] = {**asdict(manifest), "written_by": f"searchkit {__version__}"}
        self.path.mkdir(parents=True, exist_ok=True)
        temporary = self.path / f"{_MANIFEST}.new"
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(data, file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.path / _MANIFEST)

    def generation(self, number: int) -> Path:
        """The folder of a generation."""
        return self.path / "generations" / f"{number:06}"

    def engine_folder(self, number: int) -> Path:
        """Where the engine of a generation keeps its files."""
        return self.generation(number) / "engine"

    def new_generation(self) -> int:
        """Make the folder of the next generation. What a killed run left there is removed."""
        live = self.read().generation if self.exists() else 0
        number = live + 1
        shutil.rmtree(self.generation(number), ignore_errors=True)
        self.generation(number).mkdir(parents=True)
        return number

    def swap(self, manifest: Manifest, generation: int) -> Manifest:
        """Make a generation the live one. Older ones are removed; readers keep the files that they have open."""
        made = replace(manifest, generation=generation, analyzer=ANALYZER_VERSION)
        self.write(made)
        self.clean(generation)
        return made

    def clean(self, live: int) -> None:
        """Remove every generation but the live one. One whose files are in use, where that hinders, goes the next time."""
        for folder in sorted((self.path / "generations").glob("*")):
            if folder.name != f"{live:06}":
                shutil.rmtree(folder, ignore_errors=True)

    def remove(self) -> None:
        """Remove the index, and nothing else that may lie in the folder."""
        (self.path / _MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(self.path / "generations", ignore_errors=True)

    def size(self) -> int:
        """Bytes on disk."""
        total = 0
        for folder, _, names in os.walk(self.path):
            for name in names:
                with contextlib.suppress(OSError):  # gone since it was listed
                    total += os.stat(os.path.join(folder, name)).st_size
        return total

    @contextlib.contextmanager
    def lock(self, wait: float) -> Iterator[None]:
        """Be the only writer. Waits ``wait`` seconds for another one, then raises IndexLocked, which names it.

        The lock is the operating system's, on ``.lock``, so that it goes with the process that held it; ``lock`` says who.
        """
        from filelock import FileLock, Timeout

        self.path.mkdir(parents=True, exist_ok=True)
        holder = self.path / "lock"
        lock = FileLock(self.path / ".lock")
        try:
            lock.acquire(timeout=wait, poll_interval=0.05)
        except Timeout:
            raise IndexLocked(
                f"the index in {self.path} is being written by {_describe(holder)}; waited {wait:g} s. "
                "Try again when it is done, or wait longer with --wait SECONDS"
            ) from None
        try:
            now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            who = {"pid": os.getpid(), "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200], "since": now}
            holder.write_text(json.dumps(who) + "\n", encoding="utf-8", errors="backslashreplace")
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()


def _describe(holder: Path) -> str:
    try:
        who = json.loads(holder.read_text(encoding="utf-8"))
        return f"process {who['pid']} ({who['command']}) since {who['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
