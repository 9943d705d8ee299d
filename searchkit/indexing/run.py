"""An index run: look at what is there, read what has changed, bring it in, and say what happened."""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from searchkit.article import Article
from searchkit.engines.base import Engine
from searchkit.errors import IndexCorrupt, NothingToIndex, SourceError
from searchkit.indexing.batch import Batcher, Finished
from searchkit.indexing.sources import Outcome, Root, SourcesDb, Task
from searchkit.indexing.walk import walk
from searchkit.indexing.workers import Workers
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.opening import without_compression
from searchkit.readers.registry import find_reader
from searchkit.reports import Progress, Skipped, Summary

_SECONDS_BETWEEN_COMMITS = 30.0
_SECONDS_BETWEEN_REPORTS = 0.1
_MOST_NOTES = 20
_UNRECOGNISED = "unrecognised"


class IndexRun:
    """One run over some paths, into one generation. The caller holds the lock.

    ``jobs`` processes prepare batches, where the engine can have that done.
    """

    def __init__(
        self,
        index: Path,
        db: SourcesDb,
        engine: Engine,
        options: Options,
        progress: Callable[[Progress], None] | None = None,
        jobs: int = 1,
    ) -> None:
        self._index = index
        self._db = db
        self._engine = engine
        self._options = options
        self._progress = progress
        self._jobs = jobs if engine.capabilities.parallel else 1
        self._skipped: list[Skipped] = []
        self._unread: list[int] = []  # sources of which an article may be there that was not found in this run
        self._notes: Counter[str] = Counter()
        self._began = time.monotonic()
        self._reported = 0.0
        self._articles = self._bytes = self._total_bytes = 0

    def execute(
        self, paths: list[Path], prune: bool, keep_from: Engine | None = None, others: Sequence[Path] = ()
    ) -> Summary:
        """Do it. A rebuild reads ``others`` too; ``keep_from`` is the engine of the generation that it replaces, from which
        articles are taken whose files are gone or cannot be read now.

        Raises NothingToIndex when nothing that could be an article is under the paths.
        """
        db = self._db
        covers = self._scan(paths, others)
        if keep_from is None:
            missing = db.gone(covers)
        else:
            missing = db.gone([(root, "") for root in db.roots()])
        # What lies where nobody could look may be there still.
        hidden = {skipped.path for skipped in self._skipped}
        gone = [source for source in missing if not _lies_in(source.path, hidden)]
        within = {source.source for source in db.gone(covers)} if prune else set()
        pruned = [source for source in gone if source.source in within]
        if not db.seen() and not gone and not self._skipped:
            named = ", ".join(map(str, paths))
            raise NothingToIndex(f"there is no file that could be an article in {named}")
        files_read, self._total_bytes = db.to_read()
        files_unchanged, unchanged = db.unchanged()
        run = db.next_run()
        with self._engine.writer() as writer, Workers(writer.preparer, self._jobs) as workers:
            batch = Batcher(db, self._engine.capabilities, writer, workers, run, self._report_commit)
            writer.delete(db.taken_down())  # they are gone already, unless taking them down was cut off
            for task in db.tasks():
                same = self._read(task, batch)
                if same is not None:
                    files_read, files_unchanged, unchanged = files_read - 1, files_unchanged + 1, unchanged + same
                self._bytes += task.size
                self._report("reading")
            if keep_from is not None:
                batch.commit()  # so that it is noted down which articles were given anew
                dropped = {source.source for source in pruned}
                unread = {source.source for source in missing}.union(self._unread)
                self._keep(sorted(unread - dropped), keep_from, batch, run)
            batch.delete([id for source in pruned for id in db.articles_of(source.source)])
            batch.commit()
        db.forget([source.source for source in pruned])
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

    def _scan(self, paths: list[Path], others: Sequence[Path]) -> list[tuple[Root, str]]:
        """Note down every file under the paths and the others; returns the places under the paths."""
        db = self._db
        roots = db.roots()
        covers: list[tuple[Root, str]] = []
        for path in paths:
            real = os.path.realpath(path)
            if not os.path.exists(real):
                raise NothingToIndex(f"there is no file or folder {path}")
            root, below = _locate(real, roots) or (None, "")
            if root is None:
                root = db.moved_root(real) or db.add_root(real if os.path.isdir(real) else os.path.dirname(real))
                roots = db.roots()
                below = _below(root, real) or ""
            covers.append((root, below))
            covers += [(inner, "") for inner in roots if inner.path.startswith(real + os.sep)]
        db.begin_scan()
        rows: list[tuple[int, str, int, int]] = []
        folder, place = "", (0, "")  # where the last file lay: its root, and what its path below that begins with
        for found in walk([*paths, *others], self._index):
            if isinstance(found, Skipped):
                self._skipped.append(found)
                continue
            if not _is_text(found.path):
                shown = os.fsencode(found.path).decode("utf-8", "backslashreplace")
                self._skip(shown, "", "its name is not valid UTF-8: rename it", "name")
                continue
            if not (found.path.startswith(folder) and found.path.find(os.sep, len(folder)) < 0 and folder):
                located = _locate(found.path, roots)
                if located is None:  # reached through a link that leads out of every root
                    root = db.add_root(os.path.dirname(found.path))
                    roots.append(root)
                    located = root, os.path.basename(found.path)
                name = os.path.basename(found.path)
                folder = found.path[: len(found.path) - len(name)]
                place = located[0].number, located[1][: len(located[1]) - len(name)]
            rows.append((place[0], place[1] + found.path[len(folder) :], found.size, found.mtime))
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
            elif task.source is not None:
                self._unread.append(task.source)
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
        if outcome.partial:
            self._unread.append(number)
        batch.finish(Finished(number, task, digest, reader, outcome))
        return None

    def _read_articles(self, source: Source, number: int, batch: Batcher) -> tuple[str | None, Outcome]:
        name = str(source.path)
        given = 0
        first_skip = None
        reading = _Reading(source, self._options)
        for item in reading:
            if isinstance(item, Skip):
                self._skip(name, item.where, item.reason, item.kind)
                first_skip = first_skip or item.reason
                continue
            given += 1
            self._articles += 1
            self._note(item)
            batch.add(item, number)
            if time.monotonic() - batch.committed > _SECONDS_BETWEEN_COMMITS:
                batch.commit()
            self._report("reading")
        if reading.error is not None:
            self._skip(name, "", reading.error.reason, reading.error.kind)
            return reading.reader, Outcome(reading.error.reason, partial=reading.error.kind != _UNRECOGNISED)
        return reading.reader, Outcome(None if given else first_skip or "holds no article")

    def _failed(self, task: Task, batch: Batcher, reason: str) -> None:
        number = self._db.begin_source(task, task.id or self._new_id(task))
        self._unread.append(number)
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

    def _keep(self, sources: Sequence[int], old: Engine, batch: Batcher, run: int) -> None:
        """Take over from the old engine what these sources gave before and did not give in this run."""
        for source in sources:
            for id in self._db.stale(source, run):
                try:
                    (article,) = old.get([id])
                except IndexCorrupt as error:
                    self._skip(id, "", str(error), "damaged")
                    continue
                if article is not None:
                    batch.add(article, source)

    def _report_commit(self) -> None:
        self._report("committing", force=True)

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


class _Reading:
    """What a source gives. An error of the reader ends it and is kept; one of whoever iterates is not caught here."""

    def __init__(self, source: Source, options: Options) -> None:
        self._source = source
        self._options = options
        self.reader: str | None = None
        self.error: SourceError | None = None

    def __iter__(self) -> Iterator[Article | Skip]:
        try:
            found = find_reader(self._source)
            if found is None:
                raise SourceError("is in no format that searchkit reads", _UNRECOGNISED)
            self.reader, reader = found
            yield from reader.read(self._source, self._options)
        except SourceError as error:
            self.error = error
        except Exception as error:
            # A fault in a reader, or in a library that it uses, must not cost the rest of the run.
            reason = f"the {self.reader or 'format'} reader failed: {type(error).__name__}: {error}"
            self.error = SourceError(reason, "fault")


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


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest()
