"""A scan: which files are there, which of them have to be read, and which are gone.

What was seen is held in temporary tables beside ``sources.db``, so that memory does not grow with the archive.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from searchkit.errors import NothingToIndex
from searchkit.indexing.order import Order
from searchkit.indexing.remarks import Remarks
from searchkit.indexing.sources import STREAMS, Root, SourcesDb, Task
from searchkit.indexing.walk import FoundFile, walk
from searchkit.reports import Skipped

_TABLES = """
DROP TABLE IF EXISTS temp.seen;
DROP TABLE IF EXISTS temp.gone;
DROP TABLE IF EXISTS temp.kept;
CREATE TEMP TABLE seen (
    root INTEGER NOT NULL, relative TEXT NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL,
    named INTEGER NOT NULL,      -- under the paths of the run, and not only under what a rebuild reads besides
    PRIMARY KEY (root, relative)
) WITHOUT ROWID;
CREATE TEMP TABLE gone (source INTEGER PRIMARY KEY, path TEXT NOT NULL, pruned INTEGER NOT NULL);
CREATE TEMP TABLE kept (source INTEGER PRIMARY KEY);
"""

_ROWS = 1000

Place = tuple[Root, str]
"""A root and a path below it, "" for all of it."""


class Scan:
    """What a run has to do with files. ``others`` are further paths that a rebuild reads, in the way they were read before.

    Raises NothingToIndex for a path that is not there.
    """

    def __init__(self, db: SourcesDb, index: Path, order: Order, remarks: Remarks, others: Sequence[Path] = ()) -> None:
        self._db = db
        self._order = order
        self._remarks = remarks
        self._roots = db.roots()
        self._hidden: set[str] = set()  # what could not be looked into
        self._one = db.connection.execute
        self._places = [place for path in order.paths for place in self._places_of(path)]
        for gone in order.gone:
            located = _locate(gone, self._roots)
            self._places += [*([located] if located else []), *self._inside(gone)]
        db.connection.executescript(_TABLES)
        self._same = "sources.state IS 'read' AND sources.size IS seen.size AND sources.mtime IS seen.mtime"
        if order.choice:
            db.connection.create_function("chosen", 1, order.choice.over, deterministic=True)
            self._same += " AND sources.options IS chosen(sources.options)"
        self._changed = f"FROM temp.seen LEFT JOIN sources USING (root, relative) WHERE NOT ({self._same})"
        self._look(index, others)

    def to_read(self) -> tuple[int, int]:
        """How many files have to be looked at, and their bytes."""
        files, size = self._one(f"SELECT count(*), coalesce(sum(seen.size), 0) {self._changed}").fetchone()
        return int(files), int(size)

    def unchanged(self) -> tuple[int, int]:
        """How many files need not be looked at, and how many articles they gave."""
        row = self._one(
            f"""SELECT count(*), coalesce(sum(articles), 0) FROM temp.seen JOIN sources USING (root, relative)
                WHERE {self._same}"""
        ).fetchone()
        return int(row[0]), int(row[1])

    def is_empty(self) -> bool:
        """Whether there is no file, none that is gone, nothing to be kept, and nothing that could not be looked into."""
        something = (
            "SELECT 1 FROM temp.seen UNION ALL SELECT 1 FROM temp.gone UNION ALL SELECT 1 FROM temp.kept LIMIT 1"
        )
        return not self._hidden and self._one(something).fetchone() is None

    def tasks(self) -> Iterator[Task]:
        """The files that have to be looked at, root by root, in the order of their paths."""
        roots = {root.number: root for root in self._db.roots()}
        # In pages, since reading goes on while this is iterated and changes the tables.
        after: tuple[int, str] = (0, "")
        while True:
            rows = self._one(
                f"""SELECT seen.root, seen.relative, seen.size, seen.mtime, source, id, digest, options, named
                    {self._changed} AND (seen.root, seen.relative) > (?, ?)
                    ORDER BY seen.root, seen.relative LIMIT {_ROWS}""",
                after,
            ).fetchall()
            if not rows:
                return
            for root, relative, size, mtime, source, id, digest, options, named in rows:
                yield Task(roots[root], relative, size, mtime, source, id, digest, options, bool(named))
            after = (rows[-1][0], rows[-1][1])

    def find_gone(self, rebuild: bool) -> None:
        """Find the sources whose files were not seen, and say so of those that would have been. A rebuild is about those of
        every root, and notes which ones have articles to be kept.
        """
        places = [(root, "") for root in self._db.roots()] if rebuild else self._places
        for source, path, relative, root in self._missing(places):
            # What lies where nobody could look may be there still.
            is_hidden = bool(self._hidden) and _lies_in(path, self._hidden)
            pruned = self._order.prune and not is_hidden and self._covers(root, relative)
            if not is_hidden:
                self._one("INSERT OR IGNORE INTO temp.gone VALUES (?, ?, ?)", (source, path, pruned))
            if rebuild and not pruned:
                self.keep(source)
        if rebuild:
            self._one(
                "INSERT OR IGNORE INTO temp.kept SELECT source FROM sources JOIN roots USING (root) WHERE path = ?",
                (STREAMS,),
            )
        for path, pruned in self._one("SELECT path, pruned FROM temp.gone ORDER BY source"):
            self._remarks.file_is_gone(path, bool(pruned))

    def pruned(self) -> Iterator[list[int]]:
        """The sources that are gone and are to be forgotten, some at a time."""
        return self._pages("FROM temp.gone WHERE pruned")

    def keep(self, source: int) -> None:
        """Note that a source has articles that a rebuild did not find."""
        self._one("INSERT OR IGNORE INTO temp.kept VALUES (?)", (source,))

    def kept(self) -> Iterator[list[int]]:
        """The sources that were noted so, some at a time."""
        return self._pages("FROM temp.kept WHERE true")

    def _pages(self, rows: str) -> Iterator[list[int]]:
        after = -1
        while page := self._one(
            f"SELECT source {rows} AND source > ? ORDER BY source LIMIT {_ROWS}", (after,)
        ).fetchall():
            yield [source for (source,) in page]
            after = page[-1][0]

    def _places_of(self, path: Path) -> list[Place]:
        real = os.path.realpath(path)
        if not os.path.exists(real):
            raise NothingToIndex(f"there is no file or folder {path}")
        root, below = _locate(real, self._roots) or (None, "")
        if root is None:
            root = self._db.moved_root(real) or self._db.add_root(
                real if os.path.isdir(real) else os.path.dirname(real)
            )
            self._roots = self._db.roots()
            below = _below(root, real) or ""
        return [(root, below), *self._inside(real)]

    def _inside(self, path: str) -> list[Place]:
        return [(root, "") for root in self._roots if root.path.startswith(path + os.sep)]

    def _look(self, index: Path, others: Sequence[Path]) -> None:
        """Note down every file under the paths and the others."""
        entered: set[tuple[int, int]] = set()
        for paths, named in ((list(self._order.paths), True), (list(others), False)):
            rows: list[tuple[int, str, int, int, bool]] = []
            folder, place = "", (0, "")  # where the last file lay: its root, and what its path below that begins with
            for found in walk(paths, index, entered):
                if isinstance(found, Skipped):
                    self._hidden.add(found.path)
                    self._remarks.add(found)
                    continue
                if not _is_text(found.path):
                    shown = os.fsencode(found.path).decode("utf-8", "backslashreplace")
                    self._hidden.add(shown)
                    self._remarks.skip(shown, "", "its name is not valid UTF-8: rename it", "name")
                    continue
                if not (found.path.startswith(folder) and found.path.find(os.sep, len(folder)) < 0 and folder):
                    folder, place = self._folder_of(found)
                rows.append((place[0], place[1] + found.path[len(folder) :], found.size, found.mtime, named))
                if len(rows) == _ROWS:
                    self._note(rows)
            self._note(rows)

    def _folder_of(self, found: FoundFile) -> tuple[str, tuple[int, str]]:
        """The folder of a file, with the separator at its end; its root's number, and the same folder below that."""
        root, below = _locate(found.path, self._roots) or (None, "")
        name = os.path.basename(found.path)
        if root is None:  # reached through a link that leads out of every root
            root, below = self._db.add_root(os.path.dirname(found.path)), name
            self._roots.append(root)
        return found.path[: len(found.path) - len(name)], (root.number, below[: len(below) - len(name)])

    def _note(self, rows: list[tuple[int, str, int, int, bool]]) -> None:
        self._one("BEGIN")
        self._db.connection.executemany("INSERT OR IGNORE INTO temp.seen VALUES (?, ?, ?, ?, ?)", rows)
        self._one("COMMIT")
        rows.clear()

    def _missing(self, places: Sequence[Place]) -> Iterator[tuple[int, str, str, int]]:
        for root, below in places:
            # "0" is the character after "/": these are the path itself and what lies below it.
            within = (
                [("", ())]
                if not below
                else [("AND relative = ?", (below,)), ("AND relative > ? AND relative < ?", (below + "/", below + "0"))]
            )
            for condition, values in within:
                rows = self._one(
                    f"""SELECT source, relative FROM sources LEFT JOIN temp.seen USING (root, relative)
                        WHERE root = ? AND seen.size IS NULL {condition}""",
                    (root.number, *values),
                )
                for source, relative in rows:
                    yield source, os.path.join(root.path, *relative.split("/")), relative, root.number

    def _covers(self, root: int, relative: str) -> bool:
        return any(
            place.number == root and (not below or relative == below or relative.startswith(below + "/"))
            for place, below in self._places
        )


def _below(root: Root, path: str) -> str | None:
    return "" if path == root.path else root.relative(path)


def _locate(path: str, roots: list[Root]) -> Place | None:
    """The innermost root that a path lies in, and its place there."""
    best = None
    for root in roots:
        below = _below(root, path)
        if below is not None and (best is None or len(root.path) > len(best[0].path)):
            best = root, below
    return best


def _lies_in(path: str, places: set[str]) -> bool:
    """Whether a path is one of these places, or below one."""
    while path not in places:
        path, below = os.path.dirname(path), path
        if path == below:
            return False
    return True


def _is_text(path: str) -> bool:
    if path.isascii():
        return True
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
