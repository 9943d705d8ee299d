"""The index folder: its manifest, its generations, and the lock that a writer holds.

    index/
      searchkit.json          what the index is: format, engine, analyzer, settings, the live generation
    recovery.json           a second copy of what no source file could tell, for "searchkit verify --repair"
      lock                    who is writing, while somebody is
      generations/000003/     one folder a generation: sources.db and engine/

A generation is made beside the live one and becomes live when ``searchkit.json`` is replaced, in one step.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from searchkit import engines
from searchkit._version import __version__
from searchkit.analysis import ANALYZER_VERSION
from searchkit.errors import IndexCorrupt, IndexLocked, IndexMissing, IndexTooNew, SearchkitError
from searchkit.records import Record

FORMAT_VERSION = 1
"""Raised when the layout of the folder changes."""

_MANIFEST = "searchkit.json"
_RECOVERY = "recovery.json"


class Settings(Record):
    """What an index was made with, and is searched with ever after.

    ``language`` names the stemmer (``none``: words have no other forms; ``auto``: each article has its own language),
    ``day_first`` reads 03/04/2019 as 3 April, ``timezone`` (an IANA name; None: the computer's own) says where "today" is.
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
            raise ValueError(f"settings cannot be {self.as_dict()}")
        return self


def today(settings: Settings) -> dt.date:
    """The day that it is where the user is: in the archive's time zone, or else the computer's."""
    if settings.timezone is None:
        return dt.date.today()
    from zoneinfo import ZoneInfo

    try:
        zone = ZoneInfo(settings.timezone)
    except (KeyError, ValueError, OSError):
        raise IndexCorrupt(
            f"the index was made with the time zone {settings.timezone!r}, which there is not; "
            "make it anew with: searchkit index --rebuild --timezone ZONE"
        ) from None
    return dt.datetime.now(zone).date()


class Manifest(Record):
    """What ``searchkit.json`` says. ``engine`` is what the live generation is on, ``policy`` what was asked for; ``told``:
    that it has outgrown its engine, and what to do about that, has been said.
    """

    engine: str
    settings: Settings
    generation: int
    created: str
    format: int = FORMAT_VERSION
    analyzer: int = ANALYZER_VERSION
    policy: str = "auto"
    told: bool = False


class Recovery(Record):
    """What an index needs to be made anew and no source file could tell: its manifest, the folders that it was made from
    (absolute), and what was taken down.
    """

    manifest: Manifest
    roots: tuple[str, ...]
    taken_down: tuple[str, ...]


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
            raise IndexCorrupt(f"{file} cannot be read: {error}; repair it with: searchkit verify --repair") from error
        return self._manifest(data, file)

    def _manifest(self, data: object, file: Path) -> Manifest:
        if not isinstance(data, dict):
            raise IndexCorrupt(f"{file} is no manifest of searchkit; repair it with: searchkit verify --repair")
        version = data.get("format")
        if isinstance(version, int) and version > FORMAT_VERSION:
            by = data.get("written_by", "a newer version of searchkit")
            raise IndexTooNew(
                f"the index in {self.path} has format {version}; it was written by {by}, which can read it"
            )
        try:
            settings = Settings(**data["settings"]).checked()
            policy = str(data.get("policy", "auto"))
            if policy not in engines.POLICIES:
                raise ValueError(f"there is no engine policy {policy!r}")
            return Manifest(
                str(data["engine"]),
                settings,
                int(data["generation"]),
                str(data["created"]),
                int(data["format"]),
                int(data["analyzer"]),
                policy,
                bool(data.get("told", False)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise IndexCorrupt(
                f"{file} is no manifest of searchkit: {error!r}; repair it with: searchkit verify --repair"
            ) from error

    def write(self, manifest: Manifest) -> None:
        """Replace the manifest, in one step."""
        self.path.mkdir(parents=True, exist_ok=True)
        self._replace(_MANIFEST, {**manifest.as_dict(), "written_by": f"searchkit {__version__}"})

    def recovery(self) -> Recovery | None:
        """The second copy of what would be lost with the manifest and with ``sources.db``; None where it is not there, or
        damaged itself.
        """
        file = self.path / _RECOVERY
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
            roots = tuple(self._root_now(str(path), str(beside)) for path, beside in data["roots"])
            return Recovery(self._manifest(data["manifest"], file), roots, tuple(map(str, data["taken_down"])))
        except (OSError, ValueError, RecursionError, KeyError, TypeError, IndexCorrupt):
            return None

    def recovered_manifest(self) -> Manifest | None:
        """The manifest's second copy, where the generation that it names is still there."""
        recovery = self.recovery()
        if recovery is None or not self.generation(recovery.manifest.generation).is_dir():
            return None
        return recovery.manifest

    def write_recovery(self, recovery: Recovery) -> None:
        """Bring the second copy up to date."""
        if recovery != self.recovery():
            here = str(self.path.resolve())
            roots = [(root, _beside(root, here)) for root in recovery.roots]
            manifest = recovery.manifest.as_dict()
            self._replace(_RECOVERY, {"manifest": manifest, "roots": roots, "taken_down": recovery.taken_down})

    def _root_now(self, path: str, beside: str) -> str:
        """Where a root is: as with ``sources.db``, it may have moved together with the index."""
        moved = os.path.normpath(os.path.join(self.path.resolve(), beside))
        return moved if not os.path.isdir(path) and os.path.isdir(moved) else path

    def _replace(self, name: str, data: dict[str, Any]) -> None:
        temporary = self.path / f"{name}.new"
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(data, file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.path / name)

    def generation(self, number: int) -> Path:
        """The folder of a generation."""
        return self.path / "generations" / f"{number:06}"

    def engine_folder(self, number: int) -> Path:
        """Where the engine of a generation keeps its files."""
        return self.generation(number) / "engine"

    @contextlib.contextmanager
    def new_generation(self) -> Iterator[int]:
        """Make the folder of the next generation, to be filled and swapped in. What a killed run left there is removed; so
        is what an error leaves, since the disk may be full of it.
        """
        live = self.read().generation if self.exists() else 0
        number = live + 1
        while not _remove_generation(self.generation(number)):
            number += 1
        self.generation(number).mkdir(parents=True)
        try:
            yield number
        except BaseException:
            _remove_generation(self.generation(number))
            raise

    def swap(self, manifest: Manifest, generation: int) -> Manifest:
        """Make a generation the live one. Older ones are removed; readers keep the files that they have open."""
        made = manifest.changed(generation=generation, analyzer=ANALYZER_VERSION)
        engines.activate(self.engine_folder(generation))
        for file in self.generation(generation).rglob("*"):
            if file.is_file():
                _sync(file)
        self.write(made)
        self.clean(generation)
        return made

    def clean(self, live: int) -> None:
        """Remove every generation but the live one, and what killed runs left. What is in use, where that hinders, goes the
        next time.
        """
        for path in self.leftovers(live):
            if path.is_dir() and not path.is_symlink():
                _remove_generation(path)
            else:
                path.unlink(missing_ok=True)

    def leftovers(self, live: int) -> list[Path]:
        """What lies in the index folder and belongs to nothing: other generations, and files that a killed run left."""
        found = [folder for folder in (self.path / "generations").glob("*") if folder.name != f"{live:06}"]
        known = ("engine", "sources.db", "sources.db-wal", "sources.db-shm", "sources.db-journal")
        found += [file for file in self.generation(live).glob("*") if file.name not in known]
        found += [self.path / f"{name}.new" for name in (_MANIFEST, _RECOVERY)]
        return sorted(path for path in found if os.path.lexists(path))

    def remove(self) -> None:
        """Remove the index, and nothing else that may lie in the folder."""
        for name in (_MANIFEST, _RECOVERY):
            (self.path / name).unlink(missing_ok=True)
        for folder in (self.path / "generations").glob("*"):
            engines.discard(folder / "engine")
        _remove_folder(self.path / "generations")

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


def _beside(path: str, index: str) -> str:
    """A root relative to the index folder; as it is where they are on different drives."""
    return os.path.relpath(path, index) if os.path.splitdrive(path)[0] == os.path.splitdrive(index)[0] else path


def _sync(file: Path) -> None:
    """Have a file on the disk, so that what is swapped in outlives a loss of power."""
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


def _describe(holder: Path) -> str:
    try:
        who = json.loads(holder.read_text(encoding="utf-8"))
        return f"process {who['pid']} ({who['command']}) since {who['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def _remove_generation(folder: Path) -> bool:
    """Remove a generation, with what its engine keeps on a cluster. Where that is away, the folder stays, so that a later run
    removes both.
    """
    try:
        engines.discard(folder / "engine")
    except SearchkitError:
        return False
    _remove_folder(folder)
    return True


def _remove_folder(folder: Path) -> None:
    import shutil  # with its archive formats, nothing that a search should wait for

    shutil.rmtree(folder, ignore_errors=True)
