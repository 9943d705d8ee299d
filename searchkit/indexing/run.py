"""An index run: look at what is there, read what has changed, bring it in, and say what happened."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from searchkit._version import __version__
from searchkit.article import Article
from searchkit.engines.base import Engine
from searchkit.errors import IndexCorrupt, NothingToIndex, SearchkitError
from searchkit.indexing.batch import Batcher, Finished
from searchkit.indexing.captures import Captures
from searchkit.indexing.order import Order, options_for
from searchkit.indexing.refusals import Refusals
from searchkit.indexing.remarks import Remarks
from searchkit.indexing.scan import Scan
from searchkit.indexing.sources import Outcome, SourcesDb, Task
from searchkit.indexing.stream import FORMAT, Stream, StreamReading
from searchkit.indexing.workers import Workers
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.compression import without_compression
from searchkit.readers.reading import UNRECOGNISED, Reading
from searchkit.reports import Progress, Summary

_SECONDS_BETWEEN_COMMITS = 30.0
_SECONDS_BETWEEN_REPORTS = 0.1
_LARGE = 1 << 20
"""Bytes of a file that is worth noting how far it was read."""


class IndexRun:
    """One run that does what an order says, into one generation. The caller holds the lock."""

    def __init__(self, index: Path, db: SourcesDb, engine: Engine, options: Options, order: Order) -> None:
        self._index = index
        self._db = db
        self._engine = engine
        self._options = options
        self._order = order
        self._remarks = Remarks(order.remark)
        self._began = time.monotonic()
        self._reported = 0.0
        self._articles = self._bytes = self._total_bytes = 0

    def execute(self, keep_from: Engine | None = None, others: Sequence[Path] = ()) -> Summary:
        """Do it. A rebuild reads ``others`` too; ``keep_from`` is the engine of the generation that it replaces, from which
        articles are taken whose files are gone or cannot be read now.

        Raises NothingToIndex when nothing that could be an article is under the paths.
        """
        db, order = self._db, self._order
        self._check_name(order.stream)
        scan = self._scan = Scan(db, self._index, order, self._remarks, others)
        scan.find_gone(rebuild=keep_from is not None)
        if scan.is_empty() and order.stream is None and not order.may_be_empty:
            named = ", ".join(map(str, order.paths))
            raise NothingToIndex(f"there is no file that could be an article in {named}")
        files_read, self._total_bytes = scan.to_read()
        files_unchanged, unchanged = scan.unchanged()
        run = db.next_run()
        jobs = order.jobs if self._engine.capabilities.parallel else 1
        with self._engine.writer() as writer, Workers(writer.preparer, jobs) as workers:
            batch = Batcher(
                db,
                self._engine.capabilities,
                writer,
                workers,
                run,
                self._report_commit,
                self._report_renamed,
                Captures(db.connection, partial(self._indexed, keep_from)),
                refusals := Refusals(db, self._engine, self._remarks),
            )
            writer.delete(db.taken_down())  # they are gone already, unless taking them down was cut off
            for task in scan.tasks():
                same = self._read(task, batch)
                if same is not None:
                    files_read, files_unchanged, unchanged = files_read - 1, files_unchanged + 1, unchanged + same
                self._bytes += task.size
                self._report("reading")
            if order.stream is not None:
                files_read += 1
                self._total_bytes += order.stream.size
                self._read_stream(order.stream, batch)
                self._bytes += order.stream.size
            if keep_from is not None:
                batch.commit()  # so that it is noted down which articles were given anew
                refusals.all_must_come = True
                for kept in scan.kept():
                    self._keep(kept, keep_from, batch, run)
            for pruned in scan.pruned():
                batch.delete([id for source in pruned for id in db.articles_of(source)])
            batch.commit()
        for pruned in scan.pruned():
            db.forget(pruned)
        self._engine.reload()
        self._report("done", force=True)
        counts = batch.counts
        return Summary(
            added=counts["added"],
            updated=counts["updated"],
            unchanged=unchanged + counts["resumed"],
            removed=counts["removed"],
            skipped=tuple(self._remarks.skipped),
            undated=counts["undated"],
            gone=tuple(self._remarks.gone),
            notes=self._remarks.notes(batch.notes),
            files_read=files_read,
            files_unchanged=files_unchanged,
            total=self._engine.count(),
            seconds=time.monotonic() - self._began,
            skipped_kinds=self._remarks.skipped_kinds(),
            gone_total=self._remarks.gone_total,
        )

    def _read(self, task: Task, batch: Batcher) -> int | None:
        """Read one file into the batch. Returns how many articles it gave before, if it only seemed to have changed."""
        path = _path(task)
        noted = self._order.choice.over(task.options) if task.named else task.options
        try:
            digest = _digest(path)
        except OSError as error:
            reason = f"cannot be read: {error.strerror or error}"
            self._remarks.skip(str(path), "", reason, "unreadable")
            if not isinstance(error, FileNotFoundError):  # one that has vanished is for the next run to report
                self._failed(task, batch, reason, noted)
            elif task.source is not None:
                self._scan.keep(task.source)
            return None
        if task.source is not None and digest == task.digest and noted == task.options:
            self._db.touch(task)
            return len(self._db.articles_of(task.source))
        source = Source(path, task.relative, task.id or self._new_id(task))
        number = self._db.begin_source(task, source.id, noted)
        there = 0
        if task.size >= _LARGE:
            there = self._db.begin_articles(number, f"{digest.hex()} {noted} {__version__}".encode())
        reading = Reading(source, options_for(self._options, noted))
        reader, outcome = self._read_articles(reading, path, number, batch, there)
        try:
            status = os.stat(path)
            if (status.st_size, status.st_mtime_ns) != (task.size, task.mtime):
                outcome = Outcome("changed while it was read", partial=True)
        except OSError:
            outcome = Outcome("vanished while it was read", partial=True)
        if outcome.error and outcome.error.endswith("while it was read"):
            self._remarks.skip(str(path), "", f"{outcome.error}; the next run reads it again", "changed")
        if outcome.partial:
            self._scan.keep(number)
        batch.finish(Finished(number, task, digest, reader, outcome))
        return None

    def _read_stream(self, stream: Stream, batch: Batcher) -> None:
        """Read standard input into the batch. Nothing that is there already is missed in it."""
        task = self._db.stream_task(stream.name, stream.size)
        noted = self._order.choice.over(task.options)
        number = self._db.begin_source(task, stream.name, noted)
        options = options_for(self._options, noted)
        if self._order.choice.format is None and options.format is None:
            options = replace(options, format=FORMAT)
        source = stream.source()
        reader, outcome = self._read_articles(StreamReading(source, options), source.path, number, batch)
        batch.finish(Finished(number, task, None, reader, Outcome(outcome.error, partial=True)))

    def _read_articles(
        self, reading: Reading, path: Path, number: int, batch: Batcher, there: int = 0
    ) -> tuple[str | None, Outcome]:
        """Read a source into the batch, the first ``there`` articles of which were committed by a run that was stopped."""
        name = str(path)
        given = 0
        first_skip = None
        for item in reading:
            if isinstance(item, Skip):
                self._remarks.skip(name, item.where, item.reason, item.kind)
                first_skip = first_skip or item.reason
                continue
            given += 1
            self._articles += 1
            self._remarks.note(name, item)
            batch.add(item, number, given <= there)
            if time.monotonic() - batch.committed > _SECONDS_BETWEEN_COMMITS:
                batch.commit()
            self._report("reading")
        if reading.error is not None:
            self._remarks.skip(name, "", reading.error.reason, reading.error.kind)
            return reading.reader, Outcome(reading.error.reason, partial=reading.error.kind != UNRECOGNISED)
        if reading.failed_member is not None:
            return reading.reader, Outcome(reading.failed_member, partial=True)
        return reading.reader, Outcome(None if given else first_skip or "holds no article")

    def _failed(self, task: Task, batch: Batcher, reason: str, noted: str | None) -> None:
        number = self._db.begin_source(task, task.id or self._new_id(task), noted)
        self._scan.keep(number)
        batch.finish(Finished(number, task, None, None, Outcome(reason, partial=True)))

    def _check_name(self, stream: Stream | None) -> None:
        if stream is None or self._db.stream_task(stream.name, 0).source is not None:
            return
        if not self._db.source_id_is_free(stream.name):
            raise SearchkitError(
                f"{stream.name!r} is the id of a file in this index, so that what comes on standard input needs "
                "another name: searchkit index - --name NAME"
            )

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
                    self._remarks.skip(id, "", str(error), "damaged")
                    continue
                if article is not None:
                    batch.add(article, source)

    def _indexed(self, old: Engine | None, ids: Sequence[str]) -> list[Article | None]:
        """Articles that are in the index, or in the one that it is to replace."""
        found = old.get(ids) if old is not None else self._engine.get(ids)
        if None in found:
            self._engine.reload()
            found = [article or now for article, now in zip(found, self._engine.get(ids), strict=True)]
        return found

    def _report_commit(self) -> None:
        self._report("committing", force=True)

    def _report_renamed(self, source: int, id: str, new_id: str) -> None:
        self._remarks.renamed(self._db.path_of(source), id, new_id)

    def _report(self, phase: str, force: bool = False) -> None:
        if self._order.progress is None:
            return
        now = time.monotonic()
        if force or now - self._reported >= _SECONDS_BETWEEN_REPORTS:
            self._reported = now
            self._order.progress(Progress(phase, self._articles, self._bytes, self._total_bytes, now - self._began))


def _path(task: Task) -> Path:
    return Path(os.path.join(task.root.path, *task.relative.split("/")))


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest()
