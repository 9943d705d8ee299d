"""An index run: look at what is there, read what has changed, bring it in, and say what happened."""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from searchkit.article import Article
from searchkit.engines.base import Engine
from searchkit.errors import NothingToIndex, SourceError
from searchkit.indexing.batch import Batcher, Finished
from searchkit.indexing.sources import GoneSource, Outcome, Root, SourcesDb, Task
from searchkit.indexing.walk import walk
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.opening import without_compression
from searchkit.readers.registry import find_reader
from searchkit.results import Progress, Skipped, Summary

_SECONDS_BETWEEN_COMMITS = 30.0
_SECONDS_BETWEEN_REPORTS = 0.1
_MOST_NOTES = 20


class IndexRun:
    """One run over some paths, into one generation. The caller holds the lock."""

    def __init__(
        self,
        index: Path,
        db: SourcesDb,
        engine: Engine,
        options: Options,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self._index = index
        self._db = db
        self._engine = engine
        self._options = options
        self._progress = progress
        self._skipped: list[Skipped] = []
        self._notes: Counter[str] = Counter()
        self._began = self._committed = time.monotonic()
        self._reported = 0.0
        self._articles = self._bytes = self._total_bytes = 0

    def execute(self, paths: list[Path], prune: bool, keep_from: Engine | None = None) -> Summary:
        """Do it. ``keep_from`` is the engine of the generation that a rebuild replaces: articles whose files are gone are
        taken from there.

        Raises NothingToIndex when nothing that could be an article is under the paths.
        """
        db = self._db
        covers = self._scan(paths)
        gone = db.gone(covers)
        if not db.seen() and not gone and not self._skipped:
            named = ", ".join(map(str, paths))
            raise NothingToIndex(f"there is no file that could be an article in {named}")
        files_read, self._total_bytes = db.to_read()
        files_unchanged, unchanged = db.unchanged()
        run = db.next_run()
        with self._engine.writer() as writer:
            batch = Batcher(db, writer, run)
            for task in db.tasks():
                same = self._read(task, batch)
                if same is not None:
                    files_read, files_unchanged, unchanged = files_read - 1, files_unchanged + 1, unchanged + same
                self._bytes += task.size
                self._report("reading")
            if gone and prune:
                ids = [id for source in gone for id in db.articles_of(source.source)]
                writer.delete(ids)
                batch.counts["removed"] += len(ids)
            elif gone and keep_from is not None:
                self._keep(gone, keep_from, batch)
            self._report("committing", force=True)
            batch.commit()
            writer.commit()
        if gone and prune:
            db.forget([source.source for source in gone])
        self._engine.reload()
        self._report("done", force=True)
        counts = batch.counts
        self._notes.update(batch.notes)
        return Summary(
            added=counts["added"],
            updated=counts["updated"],
            unchanged=unchanged,
            removed=counts["removed"],
            skipped=tuple(self._skipped),
            undated=counts["undated"],
            gone=tuple(source.path for source in gone),
            notes=tuple(self._notes.most_common(_MOST_NOTES)),
            files_read=files_read,
            files_unchanged=files_unchanged,
            total=self._engine.count(),
            seconds=time.monotonic() - self._began,
        )

    def _scan(self, paths: list[Path]) -> list[tuple[Root, str]]:
        """Note down every file under the paths; returns the places that were looked through."""
        db = self._db
        roots = db.roots()
        covers: list[tuple[Root, str]] = []
        for path in paths:
            real = os.path.realpath(path)
            if not os.path.exists(real):
                raise NothingToIndex(f"there is no file or folder {path}")
            root, below = _locate(real, roots) or (None, "")
            if root is None:
                root = db.add_root(real if os.path.isdir(real) else os.path.dirname(real))
                roots.append(root)
                below = _below(root, real) or ""
            covers.append((root, below))
            covers += [(inner, "") for inner in roots if inner.path.startswith(real + os.sep)]
        db.begin_scan()
        rows: list[tuple[int, str, int, int]] = []
        for found in walk(paths, self._index):
            if isinstance(found, Skipped):
                self._skipped.append(found)
                continue
            located = _locate(found.path, roots)
            if located is None:  # reached through a link that leads out of every root
                root = db.add_root(os.path.dirname(found.path))
                roots.append(root)
                located = root, os.path.basename(found.path)
            rows.append((located[0].number, located[1], found.size, found.mtime))
            if len(rows) == 1000:
                db.saw(rows)
                rows.clear()
        db.saw(rows)
        return covers

    def _read(self, task: Task, batch: Batcher) -> int | None:
        """Read one file into the batch. Returns how many articles it gave before, if it only seemed to have changed."""
        path = Path(os.path.join(task.root.path, *task.relative.split("/")))
        try:
            digest = _digest(path)
        except OSError as error:
            self._skip(str(path), "", f"cannot be read: {error.strerror or error}", "unreadable")
            if not isinstance(error, FileNotFoundError):  # one that has vanished is for the next run to report
                self._failed(task, batch, f"cannot be read: {error.strerror or error}")
            return None
        if task.digest is not None and digest == task.digest and task.source is not None:
            self._db.touch(task)
            return len(self._db.articles_of(task.source))
        source = Source(path, task.relative, task.id or self._new_id(task))
        number = self._db.begin_source(task, source.id)
        reader, outcome = self._read_articles(source, number, batch)
        try:
            status = os.stat(path)
            if (status.st_size, status.st_mtime_ns) != (task.size, task.mtime):
                outcome = Outcome("changed while it was read", partial=True)
        except OSError:
            outcome = Outcome("vanished while it was read", partial=True)
        if outcome.error and outcome.error.endswith("while it was read"):
            self._skip(str(path), "", f"{outcome.error}; the next run reads it again", "changed")
        if batch.finish(Finished(number, task, digest, reader, outcome)):
            self._commit(batch)
        return None

    def _read_articles(self, source: Source, number: int, batch: Batcher) -> tuple[str | None, Outcome]:
        name = str(source.path)
        given = 0
        first_skip = None
        reader_name: str | None = None
        try:
            found = find_reader(source)
            if found is None:
                self._skip(name, "", "is in no format that searchkit reads", "unrecognised")
                return None, Outcome("is in no format that searchkit reads")
            reader_name, reader = found
            for item in reader.read(source, self._options):
                if isinstance(item, Skip):
                    self._skip(name, item.where, item.reason, item.kind)
                    first_skip = first_skip or item.reason
                    continue
                given += 1
                self._articles += 1
                self._note(item)
                if batch.add(item, number) or time.monotonic() - self._committed > _SECONDS_BETWEEN_COMMITS:
                    self._commit(batch)
                self._report("reading")
        except SourceError as error:
            self._skip(name, "", error.reason, error.kind)
            return reader_name, Outcome(error.reason, partial=True)
        except (OSError, ValueError, LookupError, TypeError, ArithmeticError, RecursionError) as error:
            # A fault in a reader, or in a library that it uses, must not cost the rest of the run.
            reason = f"the {reader_name or 'format'} reader failed: {type(error).__name__}: {error}"
            self._skip(name, "", reason, "fault")
            return reader_name, Outcome(reason, partial=True)
        return reader_name, Outcome(None if given else first_skip or "holds no article")

    def _failed(self, task: Task, batch: Batcher, reason: str) -> None:
        number = self._db.begin_source(task, task.id or self._new_id(task))
        batch.finish(Finished(number, task, None, None, Outcome(reason, partial=True)))

    def _new_id(self, task: Task) -> str:
        """An id for a new source: its path without a compression suffix, made distinct where another source has that."""
        plain = without_compression(task.relative)
        root_name = os.path.basename(task.root.path) or "root"
        for candidate in (plain, task.relative, f"{root_name}/{plain}", f"{root_name}/{task.relative}"):
            if self._db.source_id_is_free(candidate):
                return candidate
        number = 2
        while not self._db.source_id_is_free(f"{root_name}-{number}/{task.relative}"):
            number += 1
        return f"{root_name}-{number}/{task.relative}"

    def _keep(self, gone: list[GoneSource], old: Engine, batch: Batcher) -> None:
        for source in gone:
            ids = self._db.articles_of(source.source)
            for start in range(0, len(ids), 500):
                for article in old.get(ids[start : start + 500]):
                    if article is not None and batch.add(article, source.source):
                        self._commit(batch)

    def _commit(self, batch: Batcher) -> None:
        self._report("committing", force=True)
        batch.commit()
        self._committed = time.monotonic()

    def _note(self, article: Article) -> None:
        note = article.extra.get("date_note")
        if note and (note in self._notes or len(self._notes) < _MOST_NOTES):
            self._notes[str(note)] += 1

    def _skip(self, path: str, where: str, reason: str, kind: str) -> None:
        self._skipped.append(Skipped(path, where, reason, kind))

    def _report(self, phase: str, force: bool = False) -> None:
        if self._progress is None:
            return
        now = time.monotonic()
        if force or now - self._reported >= _SECONDS_BETWEEN_REPORTS:
            self._reported = now
            self._progress(Progress(phase, self._articles, self._bytes, self._total_bytes, now - self._began))


def _below(root: Root, path: str) -> str | None:
    return "" if path == root.path else root.relative(path)


def _locate(path: str, roots: list[Root]) -> tuple[Root, str] | None:
    """The innermost root that a path lies in, and its place there."""
    best = None
    for root in roots:
        below = _below(root, path)
        if below is not None and (best is None or len(root.path) > len(best[0].path)):
            best = root, below
    return best


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest()
