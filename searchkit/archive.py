"""Archive: the door. The command line and users' scripts call it and nothing behind it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from searchkit import engines
from searchkit.asking import Asking
from searchkit.engines.base import Page, Sort
from searchkit.query.plan import Not, Range
from searchkit.store import Store

if TYPE_CHECKING:
    import threading

    from searchkit.indexing.order import Order
    from searchkit.reports import Conversion, Noted, Progress, Skipped, SourceInfo, Stats, Summary, Verification


class Archive(Asking):
    """An index of articles: opened to be searched, and written to by ``index`` and ``remove``.

    Searching sees the index as it was when it was opened or last reloaded; what this object writes itself it sees at once.
    ``searchkit.open`` and ``searchkit.create`` make one.
    """

    def index(
        self,
        paths: Iterable[str | os.PathLike[str]],
        *,
        prune: bool = False,
        rebuild: bool = False,
        input_format: str | None = None,
        fields: Mapping[str, str] | None = None,
        stream: BinaryIO | None = None,
        name: str = "stdin",
        jobs: int | None = None,
        wait: float = 10.0,
        progress: Callable[[Progress], None] | None = None,
        remark: Callable[[Skipped | Noted], None] | None = None,
    ) -> Summary:
        """Bring the files under some paths in: new ones, changed ones, and those that failed before.

        ``prune`` removes the articles whose files are gone from these paths. ``rebuild`` reads everything that the index
        knows anew, into a new generation, and keeps the articles whose files are gone (unless it prunes). ``jobs``
        processes prepare what is read, by default as many as there are cores. ``wait`` is how many seconds to wait for
        another writer. ``progress`` is called now and then, ``remark`` with everything that was skipped or noted, as it
        happens.

        ``input_format`` is one of ``searchkit.formats()``, or ``"auto"`` to find it out; ``fields`` says what a record's
        own fields are (``{"hed": "title"}``; ``searchkit.roles()`` are what one can be). Both are kept for each file, for
        later runs that do not say, and have files read again that were read otherwise.

        ``stream`` is read as well, as JSON lines unless a format says otherwise; its articles' ids begin with ``name``.
        They are added, or replaced by their ids, and none is removed.

        An index that is not on the engine that it should be on, by what was asked for and by its size, is rewritten.

        Raises NothingToIndex, IndexLocked, IndexingFailed; what was committed before stays. ValueError for an argument that
        cannot be.
        """
        from searchkit.indexing.stream import spooled

        order = self._order(paths, prune, input_format, fields, jobs, progress, remark)
        if stream is None:
            return self._run(order, wait, rebuild)
        with spooled(stream, name) as spool:
            return self._run(replace(order, stream=spool), wait, rebuild)

    def watch(
        self,
        paths: Iterable[str | os.PathLike[str]],
        *,
        stop: threading.Event | None = None,
        settle: float = 1.0,
        prune: bool = False,
        input_format: str | None = None,
        fields: Mapping[str, str] | None = None,
        jobs: int | None = None,
        wait: float = 10.0,
        progress: Callable[[Progress], None] | None = None,
        remark: Callable[[Skipped | Noted], None] | None = None,
    ) -> Iterator[Summary]:
        """Do what ``index`` does, then go on with what arrives under the paths, and give a summary of the first run and of
        each one that brought something, until ``stop`` is set or the iteration ends.

        A file is read when it has been at rest for ``settle`` seconds, or was moved into its place. ``prune`` removes the
        articles of files that go. Others can write to the index between two runs.

        Raises what ``index`` does, and SearchkitError where the library for it is missing.
        """
        from searchkit.indexing.watch import watch

        order = self._order(paths, prune, input_format, fields, jobs, progress, remark)
        return watch(self._store.path, order, lambda one: self._run(one, wait, False), settle, stop)

    def sources(self, *, failed: bool = False, under: str | os.PathLike[str] | None = None) -> Iterator[SourceInfo]:
        """What was read from where: every source file, or those that ``failed``, or whose paths begin with ``under``. They
        come one by one, by their paths.
        """
        from searchkit.indexing.listing import list_sources

        return list_sources(self._store, failed, None if under is None else os.fspath(under))

    def convert(
        self,
        engine: str,
        *,
        url: str | None = None,
        shards: int | None = None,
        replicas: int | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        wait: float = 10.0,
        progress: Callable[[Progress], None] | None = None,
    ) -> Conversion:
        """Rewrite the index for another engine (``"whoosh"``, ``"tantivy"`` or ``"opensearch"``), from the articles that it
        stores: no source file is read. It stays on that engine, whatever its size. Where it is on it already, nothing is
        rewritten. ``url``, ``shards``, ``replicas`` and ``ca_file`` say which cluster, as for ``searchkit.create``; another
        one than before has the index rewritten too.

        Raises SearchkitError for an engine that there is not, or that cannot be used here; IndexLocked, IndexingFailed,
        ClusterError.
        """
        from searchkit.indexing import clusters, generations
        from searchkit.reports import Conversion

        engines.require(engine, engines.CHOICES)
        began = time.monotonic()
        with self._store.lock(wait):
            self._live.reload_for_writing()
            before = self._live.manifest
            where = clusters.where(engine, url, shards, replicas, ca_file)
            rewritten = before.engine != engine or clusters.moves(self._store, before, where)
            if rewritten:
                generations.convert(self._store, before, self._live.engine, engine, engine, progress, where)
            elif before.policy != engine:
                generations.change_manifest(self._store, before.changed(policy=engine))
            self.reload()
            return Conversion(before.engine, engine, len(self), time.monotonic() - began, rewritten)

    def verify(
        self, *, repair: bool = False, wait: float = 10.0, progress: Callable[[Progress], None] | None = None
    ) -> Verification:
        """Say whether the index is whole: its manifest, its notes on the source files, every stored article, and whether
        these agree. ``repair`` does what can be done about what is wrong; articles that are missing are read again from
        their files.

        An index that cannot be opened otherwise can be with ``searchkit.open(path, damaged=True)``.

        Raises SearchkitError where it cannot be verified at all; IndexLocked, since nobody may write meanwhile.
        """
        from searchkit.indexing import verify

        with self._store.lock(wait):
            found = verify.verify(self._store, repair, progress)
            if repair:
                self._live.tolerate()  # what could not be repaired is in the report, and must not hide it
        return found

    def remove(self, ids: Sequence[str], *, undo: bool = False, wait: float = 10.0) -> tuple[str, ...]:
        """Take articles down: they go from the index, and later runs leave them out. ``undo`` lifts that, and the next run
        brings them back. Returns the ids, each once.

        Raises ArticleMissing, which names the ids that are not there, and then changes nothing; IndexLocked.
        """
        from searchkit.indexing import generations

        unique = tuple(dict.fromkeys(ids))
        with self._store.lock(wait):
            self._live.reload_for_writing()
            if undo:
                generations.lift(self._store, self._live.manifest, unique)
            else:
                generations.take_down(self._store, self._live.manifest, self._live.engine, unique)
        return unique

    def stats(self) -> Stats:
        """What the index holds."""
        from searchkit.indexing.generations import open_live_sources
        from searchkit.reports import Stats

        engine, manifest = self._live.engine, self._live.manifest
        dated = Range(None, None)
        ends = [engine.search(dated, order, Page(1)).hits for order in (Sort.OLDEST, Sort.NEWEST)]
        days = [article.date for article in engine.get([id for hits in ends for id, _ in hits]) if article]
        with open_live_sources(self._store) as db:
            sources, failed = db.counts()
            taken_down = len(db.taken_down())
        return Stats(
            path=str(self.path),
            engine=manifest.engine,
            articles=engine.count(),
            undated=engine.search(Not(dated), Sort.NEWEST, Page(0)).total,
            first=days[0] if days else None,
            last=days[-1] if days else None,
            sources=sources,
            failed_sources=failed,
            taken_down=taken_down,
            bytes=self._store.size() + engine.size(),
            settings=self.settings.as_dict(),
            policy=manifest.policy,
        )

    def _order(
        self,
        paths: Iterable[str | os.PathLike[str]],
        prune: bool,
        input_format: str | None,
        fields: Mapping[str, str] | None,
        jobs: int | None,
        progress: Callable[[Progress], None] | None,
        remark: Callable[[Skipped | Noted], None] | None,
    ) -> Order:
        from searchkit.indexing.order import Order, choice_of

        if jobs is not None and jobs < 1:
            raise ValueError("jobs is at least 1")
        return Order(
            paths=tuple(map(Path, paths)),
            prune=prune,
            jobs=jobs or os.cpu_count() or 1,
            progress=progress,
            remark=remark,
            choice=choice_of(input_format, fields),
        )

    def _run(self, order: Order, wait: float, rebuild: bool) -> Summary:
        from searchkit.indexing import runs

        with self._store.lock(wait):
            return runs.run(self._live, order, self._policy, rebuild, self._where)


def open(path: str | os.PathLike[str] = "index", *, damaged: bool = False) -> Archive:
    """Open an index. Raises IndexMissing where there is none, IndexCorrupt, IndexTooNew.

    ``damaged`` opens one that cannot be read, too, so that it can be verified and repaired; nothing is found in it before.
    """
    return Archive(Store(Path(path)), damaged=damaged)


def create(
    path: str | os.PathLike[str] = "index",
    *,
    language: str | None = None,
    day_first: bool | None = None,
    timezone: str | None = None,
    engine: str | None = None,
    url: str | None = None,
    shards: int | None = None,
    replicas: int | None = None,
    ca_file: str | os.PathLike[str] | None = None,
    rebuild: bool = False,
    wait: float = 10.0,
) -> Archive:
    """Open an index, or make an empty one where there is none.

    Settings that are not given are those that the index has, or the defaults. Raises SearchkitError for a setting that
    cannot be, or that is not what the index was made with; with ``rebuild``, ``index(…, rebuild=True)`` will make it so.

    ``engine`` is ``"whoosh"`` or ``"tantivy"``, kept whatever the size, or ``"auto"``: Whoosh while the index is small, and
    Tantivy from then on. For an index that is on another one, the next ``index(…)`` changes that. It is ``"opensearch"`` for
    one on a cluster at ``url`` (``https://host:9200``, several with commas between them; by default
    ``$SEARCHKIT_OPENSEARCH_URL``), in ``shards`` (1) with ``replicas`` (1) of each. ``ca_file`` is a PEM file with
    certificates to trust. Of an index that is on a cluster, ``url`` and ``ca_file`` say where that is now. Raises
    ClusterError where it is not there, or refuses.
    """
    from searchkit.indexing import clusters, generations

    store = Store(Path(path))
    if engine is not None:
        engines.require(engine)
    given = {"language": language, "day_first": day_first, "timezone": timezone}
    chosen = {name: value for name, value in given.items() if value is not None}
    if not store.exists():
        settings = generations.settings_for(None, chosen)
        where = clusters.where(engine, url, shards, replicas, ca_file)
        with store.lock(wait):
            if not store.exists():
                generations.make_index(store, settings, engine or "auto", where)
                return Archive(store)
    manifest = store.read()
    settings = generations.settings_for(manifest.settings, chosen, may_differ=rebuild)
    where = clusters.where(engine or manifest.policy, url, shards, replicas, ca_file)
    if where is not None and not rebuild:
        clusters.readdress(store, manifest, where, wait)
    return Archive(store, rebuild_with=settings if rebuild else None, policy=engine, where=where)


def formats() -> tuple[str, ...]:
    """The names of the formats that ``Archive.index`` can be told to read."""
    from searchkit.readers.registry import FORMATS

    return tuple(FORMATS)


def roles() -> tuple[str, ...]:
    """What a field of a record can be, for ``Archive.index``."""
    from searchkit.readers.records import EXTRA, ROLES

    return (*ROLES, EXTRA)
