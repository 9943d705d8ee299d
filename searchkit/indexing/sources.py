"""``sources.db``: every source file with its size, time and digest, and which articles it gave. What came from standard
input is a source as well, under a root of its own that is no folder.

It may lag the index after a crash, never lead it. Ids are noted down before the engine commits them (so that none can be in
the index without a source to its name), and a source is marked as read only after that; the next run reads again whatever
is not marked.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from searchkit.errors import IndexCorrupt
from searchkit.indexing import captures
from searchkit.indexing.lookup import select_in

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS roots (
    root INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,   -- absolute
    beside TEXT NOT NULL         -- relative to the index folder, for an archive that is moved as a whole
);
CREATE TABLE IF NOT EXISTS sources (
    source INTEGER PRIMARY KEY,
    root INTEGER NOT NULL REFERENCES roots,
    relative TEXT NOT NULL,      -- path below the root, with / on every system
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,         -- reading, read, or failed
    size INTEGER, mtime INTEGER, digest BLOB,
    reader TEXT, error TEXT, articles INTEGER NOT NULL DEFAULT 0, read_at TEXT,
    options TEXT,                -- how somebody chose to have it read, as JSON, or NULL
    UNIQUE (root, relative)
);
CREATE TABLE IF NOT EXISTS articles (
    id TEXT PRIMARY KEY, source INTEGER NOT NULL REFERENCES sources, run INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS articles_of_source ON articles (source);
CREATE TABLE IF NOT EXISTS taken_down (id TEXT PRIMARY KEY, since TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS under_way (
    source INTEGER PRIMARY KEY, state BLOB NOT NULL,  -- what must be the same for a run to go on where one stopped
    reached INTEGER NOT NULL                          -- how many of its articles were committed
);
"""

STREAMS = ""
"""The path of the root of what came from standard input. A folder's is absolute."""


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that sources are indexed from."""

    number: int
    path: str

    def relative(self, path: str) -> str | None:
        """A path below this root, with ``/``; None for one that is not."""
        prefix = self.path if self.path.endswith(os.sep) else self.path + os.sep
        return path[len(prefix) :].replace(os.sep, "/") if path.startswith(prefix) else None


@dataclass(frozen=True, slots=True)
class Task:
    """A file that has to be looked at: it is new, it has changed, it failed the last time, or is to be read in another way.

    ``source``, ``id``, ``digest`` and ``options`` are of the record that there is, None for a new file. ``named``: it lies
    under the paths of the run, whose choice it is read by.
    """

    root: Root
    relative: str
    size: int
    mtime: int
    source: int | None
    id: str | None
    digest: bytes | None
    options: str | None = None
    named: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """How reading a source ended. ``error`` is why it has to be tried again; ``partial``: it could not be read to its end,
    so that an article that was not found in it this time may still be there.
    """

    error: str | None = None
    partial: bool = False


class SourcesDb:
    """The database of one generation. One writer at a time, which the lock of the index sees to.

    Raises IndexCorrupt where it is none.
    """

    def __init__(self, path: Path, index: Path) -> None:
        if not path.parent.is_dir():
            raise _damaged(path, "is missing")
        self._path = path
        self._index = str(index.resolve())
        self._db = sqlite3.connect(path, isolation_level=None)
        self._one = self._db.execute  # a statement by itself is its own transaction
        try:
            self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + _SCHEMA + captures.SCHEMA)
            self._add_columns()
        except sqlite3.DatabaseError as error:
            self._db.close()
            if isinstance(error, sqlite3.OperationalError):  # locked, or a full disk: the file is not to blame
                raise
            raise _damaged(path, f"cannot be read ({error})") from error

    def __enter__(self) -> SourcesDb:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, for what a run keeps in temporary tables, and for what only reads."""
        return self._db

    def _add_columns(self) -> None:
        """Bring a database of an earlier version up to date."""
        if self._has_options():
            return
        self._one("BEGIN IMMEDIATE")  # somebody else may be at it
        if not self._has_options():
            self._one("ALTER TABLE sources ADD COLUMN options TEXT")
        self._one("COMMIT")

    def _has_options(self) -> bool:
        return any(row[1] == "options" for row in self._one("PRAGMA table_info(sources)"))

    # Roots

    def roots(self) -> list[Root]:
        """Every root that is a folder. One that is gone, while the same place beside the index is there, has moved with it."""
        found = []
        for number, path, beside in self._one(
            "SELECT root, path, beside FROM roots WHERE path <> ? ORDER BY root", (STREAMS,)
        ).fetchall():
            if not os.path.isdir(path):
                moved = os.path.normpath(os.path.join(self._index, beside))
                if os.path.isdir(moved):
                    self._one("UPDATE OR IGNORE roots SET path = ? WHERE root = ?", (moved, number))
                    path = moved
            found.append(Root(number, path))
        return found

    def moved_root(self, path: str) -> Root | None:
        """The root that a path lies in when places are taken relative to the index folder, as in a copy of an archive that
        was made beside a copy of its articles. From now on the root is there.
        """
        for number, old, beside in self._one(
            "SELECT root, path, beside FROM roots WHERE path <> ?", (STREAMS,)
        ).fetchall():
            root = Root(number, os.path.normpath(os.path.join(self._index, beside)))
            if root.path != old and (path == root.path or root.relative(path) is not None):
                self._one("UPDATE OR IGNORE roots SET path = ? WHERE root = ?", (root.path, number))
                return root
        return None

    def add_root(self, path: str) -> Root:
        """Note a new root down."""
        beside = path
        if os.path.splitdrive(path)[0] == os.path.splitdrive(self._index)[0]:
            beside = os.path.relpath(path, self._index)
        cursor = self._one("INSERT INTO roots (path, beside) VALUES (?, ?)", (path, beside))
        return Root(int(cursor.lastrowid or 0), path)

    def stream_root(self) -> Root:
        """The root of what came from standard input. It is made where there is none."""
        self._one("INSERT OR IGNORE INTO roots (path, beside) VALUES (?, ?)", (STREAMS, STREAMS))
        return Root(int(self._one("SELECT root FROM roots WHERE path = ?", (STREAMS,)).fetchone()[0]), STREAMS)

    def stream_task(self, name: str, size: int) -> Task:
        """Standard input under a name, as a task."""
        root = self.stream_root()
        row = self._one(
            "SELECT source, id, options FROM sources WHERE root = ? AND relative = ?", (root.number, name)
        ).fetchone()
        source, id, options = row or (None, None, None)
        return Task(root, name, size, 0, source, id, None, options)

    # Sources and their articles

    def next_run(self) -> int:
        """The number of a new run."""
        self._one(
            """INSERT INTO meta VALUES ('run', '1')
               ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1"""
        )
        return int(self._one("SELECT value FROM meta WHERE name = 'run'").fetchone()[0])

    def source_id_is_free(self, id: str) -> bool:
        """Whether no source has this id."""
        return self._one("SELECT 1 FROM sources WHERE id = ?", (id,)).fetchone() is None

    def path_of(self, source: int) -> str:
        """Where the file of a source is; ``-`` for standard input."""
        path, relative = self._one(
            "SELECT path, relative FROM sources JOIN roots USING (root) WHERE source = ?", (source,)
        ).fetchone()
        return "-" if path == STREAMS else os.path.join(path, *relative.split("/"))

    def begin_source(self, task: Task, id: str, options: str | None = None) -> int:
        """Mark a source as being read, in the way that ``options`` say; returns its number."""
        self._one(
            """INSERT INTO sources (root, relative, id, state, options) VALUES (?, ?, ?, 'reading', ?)
               ON CONFLICT (root, relative) DO UPDATE SET state = 'reading', digest = NULL, options = excluded.options""",
            (task.root.number, task.relative, id, options),
        )
        row = self._one(
            "SELECT source FROM sources WHERE root = ? AND relative = ?", (task.root.number, task.relative)
        ).fetchone()
        return int(row[0])

    def touch(self, task: Task) -> None:
        """A file that only looked changed: its contents are the same."""
        self._one("UPDATE sources SET size = ?, mtime = ? WHERE source = ?", (task.size, task.mtime, task.source))

    def known(self, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Of these ids those that are noted down, with the source and the run that gave them last."""
        rows = select_in(self._db, "SELECT id, source, run FROM articles WHERE id", ids)
        return {id: (source, run) for id, source, run in rows}

    def note(self, rows: Iterable[tuple[str, int, int]]) -> None:
        """Note articles down (id, source, run), before the engine commits them."""
        self._one("BEGIN")
        self._db.executemany(
            """INSERT INTO articles VALUES (?, ?, ?)
               ON CONFLICT (id) DO UPDATE SET source = excluded.source, run = excluded.run""",
            rows,
        )
        self._one("COMMIT")

    def begin_articles(self, source: int, state: bytes) -> int:
        """How many of a source's articles a run that was stopped has committed, if ``state`` is the same as then."""
        row = self._one("SELECT state, reached FROM under_way WHERE source = ?", (source,)).fetchone()
        if row is not None and row[0] == state:
            return int(row[1])
        self._one("INSERT OR REPLACE INTO under_way VALUES (?, ?, 0)", (source, state))
        return 0

    def mark_reached(self, source: int, articles: int) -> None:
        """Note that so many of the articles of a source that is being read are committed."""
        self._one("UPDATE under_way SET reached = ? WHERE source = ?", (articles, source))

    def stale(self, source: int, run: int) -> list[str]:
        """The articles of a source that this run did not find in it any more."""
        return [id for (id,) in self._one("SELECT id FROM articles WHERE source = ? AND run <> ?", (source, run))]

    def finish_source(
        self,
        source: int,
        run: int,
        task: Task,
        digest: bytes | None,
        reader: str | None,
        outcome: Outcome,
        read_at: str,
    ) -> None:
        """Mark a source as read, or failed, once the engine has committed all of it."""
        self._one("BEGIN")
        if not outcome.partial:
            self._one("DELETE FROM articles WHERE source = ? AND run <> ?", (source, run))
        self._one(
            """UPDATE sources SET state = ?, size = ?, mtime = ?, digest = ?, reader = ?, error = ?, read_at = ?,
                   articles = (SELECT count(*) FROM articles WHERE articles.source = sources.source
                               AND articles.id NOT IN (SELECT id FROM taken_down))
               WHERE source = ?""",
            (
                "failed" if outcome.error else "read",
                task.size,
                task.mtime,
                None if outcome.error else digest,  # one that failed is read again even though it is the same
                reader,
                outcome.error,
                read_at,
                source,
            ),
        )
        self._one("DELETE FROM under_way WHERE source = ?", (source,))
        self._one("COMMIT")

    def strike_out(self, ids: Iterable[str], sources: Iterable[int]) -> None:
        """Take back that articles are there, and have sources read again."""
        self._one("BEGIN")
        self._db.executemany("DELETE FROM articles WHERE id = ?", ((id,) for id in ids))
        self._db.executemany(
            "UPDATE sources SET state = 'reading', digest = NULL WHERE source = ?", ((source,) for source in sources)
        )
        self._one("COMMIT")

    def articles_of(self, source: int) -> list[str]:
        """The ids of a source's articles."""
        return [id for (id,) in self._one("SELECT id FROM articles WHERE source = ? ORDER BY id", (source,))]

    def forget(self, sources: Sequence[int]) -> None:
        """Strike sources out, with their articles."""
        self._one("BEGIN")
        self._db.executemany("DELETE FROM articles WHERE source = ?", ((source,) for source in sources))
        self._db.executemany("DELETE FROM under_way WHERE source = ?", ((source,) for source in sources))
        self._db.executemany("DELETE FROM sources WHERE source = ?", ((source,) for source in sources))
        self._one("COMMIT")

    def counts(self) -> tuple[int, int]:
        """How many sources were read, and how many of them failed."""
        total, failed = self._one("SELECT count(*), coalesce(sum(state = 'failed'), 0) FROM sources").fetchone()
        return int(total), int(failed)

    # Take-downs

    def take_down(self, ids: Sequence[str], since: str) -> None:
        """Have later runs leave these articles out."""
        self._one("BEGIN")
        for id in ids:
            if self._one("INSERT OR IGNORE INTO taken_down VALUES (?, ?)", (id, since)).rowcount:
                self._one(
                    "UPDATE sources SET articles = articles - 1 WHERE source = (SELECT source FROM articles WHERE id = ?)",
                    (id,),
                )
        captures.empty(self._db, ids)
        self._one("COMMIT")

    def lift(self, ids: Sequence[str]) -> None:
        """Let later runs bring these articles back: the sources that gave them are read again."""
        self._one("BEGIN")
        self._db.executemany("DELETE FROM taken_down WHERE id = ?", ((id,) for id in ids))
        self._db.executemany(
            """UPDATE sources SET state = 'reading', digest = NULL
               WHERE source = (SELECT source FROM articles WHERE articles.id = ?)""",
            ((id,) for id in ids),
        )
        # They are in the index no more; the run that brings them back adds them.
        self._db.executemany("DELETE FROM articles WHERE id = ?", ((id,) for id in ids))
        self._db.executemany("DELETE FROM captures WHERE id = ?", ((id,) for id in ids))
        self._one("DELETE FROM under_way")
        self._one("COMMIT")

    def taken_down(self) -> frozenset[str]:
        """The ids that must not be indexed. People take down articles one by one, so they are few."""
        return frozenset(id for (id,) in self._one("SELECT id FROM taken_down"))

    def copy_to(self, path: Path) -> None:
        """Write the whole database to a new file. Raises IndexCorrupt where it cannot be read to its end."""
        try:
            self._one("VACUUM INTO ?", (str(path),))
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise _damaged(self._path, f"cannot be read ({error})") from error

    def with_other_versions(self, ids: Sequence[str]) -> list[str]:
        """Some ids, and those of all other captures of the same addresses."""
        return captures.with_other_versions(self._db, ids)

    def all_to_read(self) -> None:
        """Have every source read again that is a file."""
        self._one(
            "UPDATE sources SET state = 'reading', digest = NULL WHERE root IN (SELECT root FROM roots WHERE path <> ?)",
            (STREAMS,),
        )
        self._one("DELETE FROM under_way")


def _damaged(path: Path, what: str) -> IndexCorrupt:
    return IndexCorrupt(
        f"{path} {what}; make the index anew with: searchkit index --rebuild PATH, "
        "and take down again what had been taken down"
    )
