"""Archive: the door. The command line and users' scripts call it and nothing behind it."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from searchkit import engines
from searchkit.analysis import ANALYZER_VERSION, Analyzer
from searchkit.engines.base import EngineModule, Page, Sort
from searchkit.errors import IndexCorrupt, IndexMissing, NothingToIndex, SearchkitError
from searchkit.query.plan import Not, Range
from searchkit.results import Hit, Results
from searchkit.searching import Searching
from searchkit.store import Manifest, Settings, Store

if TYPE_CHECKING:
    from searchkit.reports import Conversion, Progress, Stats, Summary, Verification

_OPEN_ATTEMPTS = 5


class Archive:
    """An index of articles: opened to be searched, and written to by ``index`` and ``remove``.

    Searching sees the index as it was when it was opened or last reloaded; what this object writes itself it sees at once.
    ``searchkit.open`` and ``searchkit.create`` make one.
    """

    def __init__(
        self, store: Store, rebuild_with: Settings | None = None, policy: str | None = None, damaged: bool = False
    ) -> None:
        self._store = store
        self._rebuild_with = rebuild_with
        self._policy = policy
        self._tolerant = damaged
        self._damaged = False
        self._open()

    @property
    def path(self) -> Path:
        """The index folder."""
        return self._store.path

    @property
    def settings(self) -> Settings:
        """What the index was made with."""
        return self._manifest.settings

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return self._engine.count()

    def close(self) -> None:
        """Let go of the index's files."""
        self._engine.close()

    def reload(self) -> None:
        """See what others have written since."""
        if not self._damaged and self._store.read() == self._manifest:
            try:
                self._engine.reload()
            except (IndexCorrupt, FileNotFoundError):
                if self._store.read() == self._manifest:
                    raise
            else:
                return
        self._engine.close()
        self._open()

    def search(
        self,
        query: str,
        *,
        any_word: bool = False,
        since: str | dt.date | None = None,
        until: str | dt.date | None = None,
        location: str | None = None,
        fields: Iterable[tuple[str, str]] = (),
        sort: str | None = None,
        limit: int | None = 10,
        offset: int = 0,
        snippets: int = 1,
        snippet_chars: int = 240,
        explain: bool = False,
        suggest: bool = False,
    ) -> Results:
        """Find the articles that match a query in the query language.

        ``since``, ``until``, ``location`` and ``fields`` (pairs of a field's name and a value) narrow it down. ``sort`` is
        ``"relevance"``, ``"newest"`` or ``"oldest"``; by default relevance, and newest where nothing in the query scores.
        ``limit`` None gives a first page and fetches the others while the results are iterated. ``snippets`` passages of
        about ``snippet_chars`` characters are cut from each body. ``suggest`` looks for another query where this one finds
        nothing.

        Raises QueryError for a query that cannot be understood, ValueError for another argument that cannot be.
        """
        if (limit is not None and limit < 0) or offset < 0 or snippets < 0 or snippet_chars < 1:
            raise ValueError("limit, offset and snippets are not negative, and snippet_chars is at least 1")
        given = (("since", since), ("until", until), ("location", location), *fields)
        return self._searching().search(
            query,
            [(name, str(value)) for name, value in given if value is not None],
            any_word=any_word,
            sort=Sort(sort) if sort else None,
            limit=limit,
            offset=offset,
            snippets=snippets,
            snippet_chars=snippet_chars,
            explain=explain,
            suggest=suggest,
        )

    def show(self, id: str, query: str | None = None) -> Hit:
        """One article, whole: its body is the one snippet, and what a query finds in it is marked.

        Raises ArticleMissing where no article has this id, QueryError.
        """
        return self._searching().show(id, query)

    def index(
        self,
        paths: Iterable[str | os.PathLike[str]],
        *,
        prune: bool = False,
        rebuild: bool = False,
        jobs: int | None = None,
        wait: float = 10.0,
        progress: Callable[[Progress], None] | None = None,
    ) -> Summary:
        """Bring the files under some paths in: new ones, changed ones, and those that failed before.

        ``prune`` removes the articles whose files are gone from these paths. ``rebuild`` reads everything that the index
        knows anew, into a new generation, and keeps the articles whose files are gone (unless it prunes). ``jobs``
        processes prepare what is read, by default as many as there are cores. ``wait`` is how many seconds to wait for
        another writer. ``progress`` is called now and then.

        An index that is not on the engine that it should be on, by what was asked for and by its size, is rewritten.

        Raises NothingToIndex, IndexLocked, IndexingFailed; what was committed before stays.
        """
        from searchkit.indexing import generations, growth

        if jobs is not None and jobs < 1:
            raise ValueError("jobs is at least 1")
        wanted = [Path(path) for path in paths]
        processes = jobs or os.cpu_count() or 1
        with self._store.lock(wait):
            if not self._store.exists():  # a run that found nothing removes the index that was made for it
                generations.make_index(self._store, self.settings, self._policy or "auto")
            self._reload_for_writing()
            manifest = replace(self._manifest, policy=self._policy or self._manifest.policy)
            anew = rebuild or self._damaged or manifest.analyzer != ANALYZER_VERSION
            if anew or not self._engine.count():
                engine = growth.engine_to_fill(
                    manifest.policy, manifest.engine, self._engine.count(), wanted, self._store.path
                )
                if anew:
                    manifest = replace(manifest, engine=engine, settings=self._rebuild_with or self.settings)
                elif engine != manifest.engine:
                    manifest = generations.convert(
                        self._store, self._manifest, self._engine, engine, manifest.policy, None
                    )
                    self.reload()
            work = generations.rebuild if anew else generations.update
            try:
                summary = work(self._store, manifest, self._engine, wanted, prune, progress, processes)
            except NothingToIndex:
                if generations.is_untouched(self._store, self._manifest):
                    self._store.remove()
                raise
            self.reload()
            return self._settle(summary, manifest.policy, progress)

    def convert(
        self, engine: str, *, wait: float = 10.0, progress: Callable[[Progress], None] | None = None
    ) -> Conversion:
        """Rewrite the index for another engine (``"whoosh"`` or ``"tantivy"``), from the articles that it stores: no source
        file is read. It stays on that engine, whatever its size. Where it is on it already, nothing is rewritten.

        Raises SearchkitError for an engine that there is not, or that cannot be used here; IndexLocked, IndexingFailed.
        """
        from searchkit.indexing import generations
        from searchkit.reports import Conversion

        engines.require(engine, engines.CHOICES)
        began = time.monotonic()
        with self._store.lock(wait):
            self._reload_for_writing()
            before = self._manifest
            if before.engine != engine:
                generations.convert(self._store, before, self._engine, engine, engine, progress)
            elif before.policy != engine:
                generations.change_manifest(self._store, replace(before, policy=engine))
            self.reload()
            return Conversion(before.engine, engine, len(self), time.monotonic() - began)

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
                self._tolerant = True  # what could not be repaired is in the report, and must not hide it
                self._engine.close()
                self._open()
        return found

    def remove(self, ids: Sequence[str], *, undo: bool = False, wait: float = 10.0) -> tuple[str, ...]:
        """Take articles down: they go from the index, and later runs leave them out. ``undo`` lifts that, and the next run
        brings them back. Returns the ids, each once.

        Raises ArticleMissing, which names the ids that are not there, and then changes nothing; IndexLocked.
        """
        from searchkit.indexing import generations

        unique = tuple(dict.fromkeys(ids))
        with self._store.lock(wait):
            self._reload_for_writing()
            if undo:
                generations.lift(self._store, self._manifest, unique)
            else:
                generations.take_down(self._store, self._manifest, self._engine, unique)
        return unique

    def stats(self) -> Stats:
        """What the index holds."""
        from searchkit.indexing.generations import open_live_sources
        from searchkit.reports import Stats

        dated = Range(None, None)
        ends = [self._engine.search(dated, order, Page(1)).hits for order in (Sort.OLDEST, Sort.NEWEST)]
        days = [article.date for article in self._engine.get([id for hits in ends for id, _ in hits]) if article]
        with open_live_sources(self._store) as db:
            sources, failed = db.counts()
            taken_down = len(db.taken_down())
        return Stats(
            path=str(self.path),
            engine=self._manifest.engine,
            articles=self._engine.count(),
            undated=self._engine.search(Not(dated), Sort.NEWEST, Page(0)).total,
            first=days[0] if days else None,
            last=days[-1] if days else None,
            sources=sources,
            failed_sources=failed,
            taken_down=taken_down,
            bytes=self._store.size(),
            settings=asdict(self.settings),
            policy=self._manifest.policy,
        )

    def _settle(self, summary: Summary, policy: str, progress: Callable[[Progress], None] | None) -> Summary:
        """Have the index on the engine that it should be on after a run, and say what was done about that."""
        from searchkit.indexing import generations, growth

        began = time.monotonic()
        notices: tuple[str, ...] = ()
        manifest = replace(self._manifest, policy=policy)
        engine = growth.engine_for(policy, manifest.engine, summary.total)
        if engine != manifest.engine:
            generations.convert(self._store, manifest, self._engine, engine, policy, progress)
            notices = (growth.rewritten(policy, manifest.engine, engine, time.monotonic() - began),)
        else:
            if policy == "auto" and growth.has_outgrown(engine, summary.total) and not manifest.told:
                manifest = replace(manifest, told=True)
                notices = (growth.not_available(),)
            if manifest != self._manifest:
                generations.change_manifest(self._store, manifest)
        self.reload()
        seconds = summary.seconds + time.monotonic() - began
        return replace(summary, engine=engine, notices=notices, seconds=seconds)

    def _open(self) -> None:
        for attempt in range(_OPEN_ATTEMPTS):
            manifest = self._read_manifest()
            self._damaged = False
            try:
                module = _engine_module(self._store, manifest)
                self._engine = module.open(self._store.engine_folder(manifest.generation), _analyzer(manifest.settings))
            except (IndexCorrupt, FileNotFoundError):
                # A rebuild may have replaced the generation since the manifest was read; then the new one is tried.
                if attempt < _OPEN_ATTEMPTS - 1 and self._read_manifest() != manifest:
                    continue
                if self._rebuild_with is None and not self._tolerant:
                    raise
                # It is here to be made anew. Until then nothing is found in it, and nothing of it is touched.
                settings = self._rebuild_with or Settings()
                self._engine = engines.load("memory").create(self.path, Analyzer(settings.language))
                self._damaged = True
            self._manifest = manifest
            self._search: Searching | None = None
            return

    def _read_manifest(self) -> Manifest:
        try:
            return self._store.read()
        except (IndexCorrupt, IndexMissing):
            manifest = self._store.recovered_manifest() if self._tolerant else None
            if manifest is None:
                raise
            return manifest

    def _searching(self) -> Searching:
        if self._search is None:
            if self._manifest.analyzer != ANALYZER_VERSION:
                raise IndexCorrupt(
                    f"the index in {self.path} holds the terms of another version of searchkit; "
                    "make it anew with: searchkit index --rebuild"
                )
            self._search = Searching(self._engine, self.settings)
        return self._search

    def _reload_for_writing(self) -> None:
        self.reload()
        self._store.clean(self._manifest.generation)


def _engine_module(store: Store, manifest: Manifest) -> EngineModule:
    try:
        return engines.load(manifest.engine)
    except KeyError:
        raise IndexCorrupt(f"the index in {store.path} names an engine that there is not: {manifest.engine}") from None
    except SearchkitError as error:
        raise SearchkitError(f"the index in {store.path} was made with {manifest.engine}, and {error}") from error


def _analyzer(settings: Settings) -> Analyzer:
    try:
        return Analyzer(settings.language)
    except ValueError as error:
        raise IndexCorrupt(
            f"the index cannot be used: {error}; make it anew with: searchkit index --rebuild --language LANG"
        ) from None


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
    rebuild: bool = False,
    wait: float = 10.0,
) -> Archive:
    """Open an index, or make an empty one where there is none.

    Settings that are not given are those that the index has, or the defaults. Raises SearchkitError for a setting that
    cannot be, or that is not what the index was made with; with ``rebuild``, ``index(…, rebuild=True)`` will make it so.

    ``engine`` is ``"whoosh"`` or ``"tantivy"``, kept whatever the size, or ``"auto"``: Whoosh while the index is small, and
    Tantivy from then on. For an index that is on another one, the next ``index(…)`` changes that.
    """
    from searchkit.indexing import generations

    store = Store(Path(path))
    if engine is not None:
        engines.require(engine)
    given = {"language": language, "day_first": day_first, "timezone": timezone}
    chosen = {name: value for name, value in given.items() if value is not None}
    if not store.exists():
        settings = generations.settings_for(None, chosen)
        with store.lock(wait):
            if not store.exists():
                generations.make_index(store, settings, engine or "auto")
                return Archive(store)
    settings = generations.settings_for(store.read().settings, chosen, may_differ=rebuild)
    return Archive(store, rebuild_with=settings if rebuild else None, policy=engine)
