"""Verifying an index: is everything there, can it be read, and does it agree; and repairing what does not.

The caller holds the lock. Ids are compared in SQLite, in a temporary table on disk, so that memory does not grow with the
archive. What is damaged can fail in any way, so that every error of a reader counts as damage here.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast
from urllib.parse import quote

from searchkit import engines
from searchkit.analysis import ANALYZER_VERSION, Analyzer
from searchkit.article import Article
from searchkit.engines.base import Engine
from searchkit.errors import IndexCorrupt, IndexMissing, SearchkitError
from searchkit.indexing import generations
from searchkit.indexing.captures import EARLIER
from searchkit.indexing.growth import first_engine
from searchkit.indexing.order import Order, Report
from searchkit.indexing.sources import STREAMS
from searchkit.reports import Problem, Verification
from searchkit.store import Manifest, Store

_NAMED = 3
"""Ids that a problem names; the rest is counted."""

_PAGE = 1000
_REPAIR = "searchkit verify --repair"

_MISSING = f"""
    FROM articles JOIN sources USING (source) LEFT JOIN temp.there ON there.id = CAST(articles.id AS BLOB)
    WHERE there.id IS NULL AND articles.id NOT IN (SELECT id FROM taken_down)
          AND articles.id NOT IN ({EARLIER})
"""
_ORPHANS = """
    FROM temp.there LEFT JOIN articles ON articles.id = CAST(there.id AS TEXT)
    WHERE (articles.id IS NULL OR articles.source NOT IN (SELECT source FROM sources)
           OR articles.id IN (SELECT id FROM taken_down))
"""

_NOT_TO_BLAME = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
)
"""What SQLite says when the computer is at fault, and not the file."""


def verify(store: Store, repair: bool, progress: Report | None = None) -> Verification:
    """Look at everything, and repair what is wrong where that is asked for.

    Raises IndexMissing, IndexTooNew, or IndexCorrupt where not even the manifest is left; SearchkitError where the library
    of the engine is missing.
    """
    with contextlib.closing(_Inspection(store)) as first:
        problems = first.problems
        if not repair or first.whole:
            return first.result()
        failure = _repair(first, progress)
    with contextlib.closing(_Inspection(store)) as second:
        left = {problem.kind for problem in second.problems}
        repaired = tuple(problem for problem in problems if problem.kind not in left)
        return second.result(repaired, failure)


class _Inspection:
    """One look at everything. ``problems`` says what is wrong; the database stays open for who wants to know more."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.problems: list[Problem] = []
        self.articles = self.sources = 0
        self.engine: Engine | None = None
        self.db: sqlite3.Connection | None = None
        self.manifest = self._look_at_manifest()
        self._look_at_sources()
        self._look_at_engine()
        if self.db is not None and not self.has("engine"):
            self._compare()
        for path in store.leftovers(self.manifest.generation):
            self._found("leftover", f"{path} belongs to nothing", f"it takes room, and nothing else: {_REPAIR}")

    @property
    def whole(self) -> bool:
        return not self.problems

    def has(self, *kinds: str) -> bool:
        return any(problem.kind in kinds for problem in self.problems)

    def close(self) -> None:
        if self.db is not None:
            self.db.close()
        if self.engine is not None:
            self.engine.close()

    def result(self, repaired: Sequence[Problem] = (), failure: str | None = None) -> Verification:
        problems = self.problems
        if failure is not None:
            problems = [Problem(p.kind, f"{p.what} (repairing it failed: {failure})", p.remedy) for p in problems]
        return Verification(
            str(self.store.path),
            self.manifest.engine,
            self.articles,
            self.sources,
            tuple(problems),
            tuple(repaired),
        )

    def _found(self, kind: str, what: str, remedy: str = f"make the index anew: {_REPAIR}") -> None:
        self.problems.append(Problem(kind, what, remedy))

    def _look_at_manifest(self) -> Manifest:
        try:
            manifest = self.store.read()
        except (IndexCorrupt, IndexMissing) as error:
            copy = self.store.recovered_manifest()
            if copy is None:
                raise
            manifest = copy
            self._found("manifest", str(error).partition(";")[0], f"write it anew from its second copy: {_REPAIR}")
        if manifest.analyzer != ANALYZER_VERSION:
            self._found("analyzer", "the index holds the terms of another version of searchkit")
        return manifest

    def _look_at_sources(self) -> None:
        path = self.store.generation(self.manifest.generation) / "sources.db"
        with _damage(lambda error: self._lose_sources(f"{path} cannot be read: {error}")):
            if not path.is_file():
                raise IndexCorrupt("it is missing")
            # Neither made where it is not there, nor changed where it is: both would hide what is wrong.
            self.db = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=rw", uri=True, isolation_level=None)
            said = [row for (row,) in self.db.execute("PRAGMA integrity_check")]
            if said != ["ok"]:
                raise IndexCorrupt("; ".join(said[:_NAMED]))
            self.sources = self._number("FROM sources JOIN roots USING (root)")
            for table in ("meta", "articles", "taken_down"):
                self._number(f"FROM {table}")
            if not self._number("FROM sqlite_master WHERE name = 'captures'"):  # of an earlier version
                self.db.execute("CREATE TEMP TABLE captures (id TEXT, live INTEGER, stored BLOB)")
            self.db.execute("CREATE TEMP TABLE there (id BLOB PRIMARY KEY) WITHOUT ROWID")

    def _lose_sources(self, what: str) -> None:
        if self.db is not None:
            self.db.close()
            self.db = None
        self._found("sources", what)

    def _look_at_engine(self) -> None:
        manifest = self.manifest
        with _damage(lambda error: self._found("engine", f"the {manifest.engine} index cannot be opened: {error}")):
            module = engines.load(manifest.engine)
            folder = self.store.engine_folder(manifest.generation)
            self.engine = module.open(folder, Analyzer(manifest.settings.language))
        if self.engine is None:
            return
        engine = self.engine
        with _damage(lambda error: self._found("engine", f"an article cannot be read: {error}")):
            for wrong in engine.check():
                self._found("engine", wrong)
            self._take_in(engine)

    def _take_in(self, engine: Engine) -> None:
        def ids() -> Iterator[tuple[bytes]]:
            for article in engine.scan():
                self.articles += 1
                yield (article.id.encode("utf-8", "surrogatepass"),)

        if self.db is None:
            for _ in ids():
                pass
            return
        self.db.execute("BEGIN")
        self.db.executemany("INSERT OR IGNORE INTO temp.there VALUES (?)", ids())
        self.db.execute("COMMIT")
        if (different := self._number("FROM temp.there")) != self.articles:
            self._found("engine", f"{self.articles - different:,} articles are there twice")
        if self.articles != engine.count():
            self._found("engine", f"{engine.count():,} articles are counted, but {self.articles:,} can be read")

    def _compare(self) -> None:
        if self.articles and not self.sources:
            self._lose_sources("sources.db knows no file, although there are articles")
            return
        self._disagreement(
            "missing",
            "articles.id",
            _MISSING,
            "noted but not in the index",
            f"read their files again: {_REPAIR}; where a file is gone for good: searchkit index --prune",
        )
        self._disagreement(
            "orphan",
            "there.id",
            _ORPHANS,
            "in the index, but of no file, or taken down",
            f"read the file again, or remove what has none: {_REPAIR}",
        )

    def _disagreement(self, kind: str, id: str, rows: str, what: str, remedy: str) -> None:
        if number := self._number(rows):
            assert self.db is not None
            named = [_text(row) for (row,) in self.db.execute(f"SELECT CAST({id} AS BLOB) {rows} LIMIT {_NAMED}")]
            articles = "1 article is" if number == 1 else f"{number:,} articles are"
            more = ", …" if number > _NAMED else ""
            self._found(kind, f"{articles} {what}: {', '.join(named)}{more}", remedy)

    def _number(self, rows: str) -> int:
        assert self.db is not None
        return int(self.db.execute(f"SELECT count(*) {rows}").fetchone()[0])


def _text(id: bytes) -> str:
    return id.decode("utf-8", "surrogatepass")


@contextlib.contextmanager
def _damage(note: Callable[[str], None]) -> Iterator[None]:
    """Have any error noted as damage, but for those that are nobody's fault in the index."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except IndexCorrupt as error:
        note(str(error))
    except SearchkitError:  # the library of the engine is missing
        raise
    except BaseException as error:  # a panic in Rust is no Exception
        if isinstance(error, sqlite3.Error) and error.sqlite_errorcode & 0xFF in _NOT_TO_BLAME:
            raise
        note(f"{type(error).__name__}: {error}")


# Repairing


def _repair(found: _Inspection, progress: Report | None) -> str | None:
    """Do what can be done. Returns why it had to stop, where it had."""
    store, manifest = found.store, found.manifest
    if found.has("manifest"):
        store.write(manifest)
    store.clean(manifest.generation)
    try:
        if found.has("engine", "sources", "analyzer"):
            _make_anew(found, progress)
        elif found.has("missing", "orphan"):
            _reconcile(found, progress)
    except (SearchkitError, OSError) as error:
        return str(error)
    return None


def _make_anew(found: _Inspection, progress: Report | None) -> None:
    """Read everything again, and take over from the damaged engine what can be read of it and has no file any more."""
    store, manifest = found.store, found.manifest
    if manifest.engine not in engines.CHOICES:
        manifest = manifest.changed(engine=first_engine(manifest.policy))
    lost = found.has("sources")
    if lost:
        recovery = store.recovery()
        if recovery is None or (recovery.roots and not any(map(os.path.isdir, recovery.roots))):
            raise IndexCorrupt(
                "the folders that it was made from are not known, or not there; name them: searchkit index --rebuild PATH"
            )
    old: Engine
    if found.engine is None:
        old = engines.load("memory").create(store.path, Analyzer(manifest.settings.language))
    else:
        old = cast(Engine, _Readable(found.engine))
    generations.rebuild(store, manifest, old, Order(progress=progress), sources_lost=lost)


def _reconcile(found: _Inspection, progress: Report | None) -> None:
    """Have the notes and the index agree: articles that a file should have are read again, others are removed."""
    db, engine = found.db, found.engine
    assert db is not None
    assert engine is not None
    after = b""
    with engine.writer() as writer:
        while rows := db.execute(
            f"SELECT there.id {_ORPHANS} AND there.id > ? ORDER BY there.id LIMIT {_PAGE}", (after,)
        ).fetchall():
            db.execute("BEGIN")
            writer.delete([_text(id) for (id,) in rows if not _claim(db, id)])
            db.execute("COMMIT")
            after = rows[-1][0]
        writer.commit()
    db.execute(
        f"""DELETE FROM articles WHERE id IN (SELECT articles.id {_MISSING})
            AND source IN (SELECT source FROM sources JOIN roots USING (root) WHERE path = ?)""",
        (STREAMS,),
    )
    db.execute(f"UPDATE sources SET state = 'reading', digest = NULL WHERE source IN (SELECT source {_MISSING})")
    db.execute("DELETE FROM articles WHERE source NOT IN (SELECT source FROM sources)")
    db.execute("DELETE FROM under_way")
    roots = db.execute("SELECT DISTINCT path FROM roots JOIN sources USING (root) WHERE state = 'reading'").fetchall()
    paths = [Path(path) for (path,) in roots if os.path.isdir(path)]
    if paths:
        generations.update(found.store, found.manifest, engine, Order(tuple(paths), progress=progress))


def _claim(db: sqlite3.Connection, id: bytes) -> bool:
    """Note an article down for the file that its id names, to be read again; returns whether there is one. Were it removed
    instead, it would be missing until its file changes.
    """
    source = db.execute(
        """SELECT source FROM sources WHERE id IN (CAST(?1 AS TEXT), CAST(?2 AS TEXT))
           AND CAST(?1 AS TEXT) NOT IN (SELECT id FROM taken_down)""",
        (id, id.rpartition(b"#")[0]),
    ).fetchone()
    if source is None:
        return False
    db.execute("INSERT OR REPLACE INTO articles VALUES (CAST(? AS TEXT), ?, 0)", (id, *source))
    db.execute("UPDATE sources SET state = 'reading', digest = NULL WHERE source = ?", source)
    return True


class _Readable:
    """What can be read of a damaged engine: as much of one as a rebuild looks at."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, ids: Sequence[str]) -> list[Article | None]:
        with _damage(_refuse):
            return self._engine.get(ids)
        raise AssertionError

    def scan(self) -> Iterator[Article]:
        with _damage(lambda error: None):
            yield from self._engine.scan()


def _refuse(error: str) -> None:
    raise IndexCorrupt(error)
