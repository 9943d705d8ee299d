"""Archive: the door. The command line and users' scripts call it and nothing behind it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType

from searchkit import engines
from searchkit.analysis import ANALYZER_VERSION, Analyzer
from searchkit.engines.base import EngineModule, Page, Sort
from searchkit.errors import IndexCorrupt, NothingToIndex, SearchkitError
from searchkit.query.plan import Not, Range
from searchkit.results import Hit, Progress, Results, Stats, Summary
from searchkit.searching import Searching
from searchkit.store import Manifest, Settings, Store

_OPEN_ATTEMPTS = 5


class Archive:
    """An index of articles: opened to be searched, and written to by ``index`` and ``remove``.

    Searching sees the index as it was when it was opened or last reloaded; what this object writes itself it sees at once.
    ``searchkit.open`` and ``searchkit.create`` make one.
    """

    def __init__(self, store: Store, rebuild_with: Settings | None = None) -> None:
        self._store = store
        self._rebuild_with = rebuild_with
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
        if self._store.read() == self._manifest:
            self._engine.reload()
        else:
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
        wait: float = 10.0,
        progress: Callable[[Progress], None] | None = None,
    ) -> Summary:
        """Bring the files under some paths in: new ones, changed ones, and those that failed before.

        ``prune`` removes the articles whose files are gone from these paths. ``rebuild`` reads everything that the index
        knows anew, into a new generation, and keeps the articles whose files are gone (unless it prunes). ``wait`` is how
        many seconds to wait for another writer. ``progress`` is called now and then.

        Raises NothingToIndex, IndexLocked, IndexingFailed; what was committed before stays.
        """
        from searchkit.indexing import generations

        wanted = [Path(path) for path in paths]
        with self._store.lock(wait):
            if not self._store.exists():  # a run that found nothing removes the index that was made for it
                generations.make_index(self._store, self.settings)
            self._reload_for_writing()
            anew = rebuild or self._damaged or self._manifest.analyzer != ANALYZER_VERSION
            manifest = replace(self._manifest, settings=self._rebuild_with or self.settings) if anew else self._manifest
            work = generations.rebuild if anew else generations.update
            try:
                summary = work(self._store, manifest, self._engine, wanted, prune, progress)
            except NothingToIndex:
                if generations.is_untouched(self._store, self._manifest):
                    self._store.remove()
                raise
            self.reload()
        return summary

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
        from searchkit.indexing.generations import open_sources

        dated = Range(None, None)
        ends = [self._engine.search(dated, order, Page(1)).hits for order in (Sort.OLDEST, Sort.NEWEST)]
        days = [article.date for article in self._engine.get([id for hits in ends for id, _ in hits]) if article]
        # A rebuild may have taken the place of the generation that is searched here.
        with open_sources(self._store, self._store.read().generation) as db:
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
        )

    def _open(self) -> None:
        for attempt in range(_OPEN_ATTEMPTS):
            manifest = self._store.read()
            module = _engine_module(self._store, manifest)
            self._damaged = False
            try:
                self._engine = module.open(self._store.engine_folder(manifest.generation), _analyzer(manifest.settings))
            except (IndexCorrupt, FileNotFoundError):
                # A rebuild may have replaced the generation since the manifest was read; then the new one is tried.
                if attempt < _OPEN_ATTEMPTS - 1 and self._store.read() != manifest:
                    continue
                if self._rebuild_with is None:
                    raise
                # It is here to be made anew. Until then nothing is found in it, and nothing of it is touched.
                self._engine = engines.load("memory").create(self.path, Analyzer(self._rebuild_with.language))
                self._damaged = True
            self._manifest = manifest
            self._search: Searching | None = None
            return

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


def _analyzer(settings: Settings) -> Analyzer:
    try:
        return Analyzer(settings.language)
    except ValueError as error:
        raise IndexCorrupt(
            f"the index cannot be used: {error}; make it anew with: searchkit index --rebuild --language LANG"
        ) from None


def open(path: str | os.PathLike[str] = "index") -> Archive:
    """Open an index. Raises IndexMissing where there is none, IndexCorrupt, IndexTooNew."""
    return Archive(Store(Path(path)))


def create(
    path: str | os.PathLike[str] = "index",
    *,
    language: str | None = None,
    day_first: bool | None = None,
    timezone: str | None = None,
    rebuild: bool = False,
    wait: float = 10.0,
) -> Archive:
    """Open an index, or make an empty one where there is none.

    Settings that are not given are those that the index has, or the defaults. Raises SearchkitError for a setting that
    cannot be, or that is not what the index was made with; with ``rebuild``, ``index(…, rebuild=True)`` will make it so.
    """
    from searchkit.indexing import generations

    store = Store(Path(path))
    given = {"language": language, "day_first": day_first, "timezone": timezone}
    chosen = {name: value for name, value in given.items() if value is not None}
    if not store.exists():
        settings = generations.settings_for(None, chosen)
        with store.lock(wait):
            if not store.exists():
                generations.make_index(store, settings)
                return Archive(store)
    existing = store.read().settings
    settings = generations.settings_for(existing, chosen)
    if settings != existing and not rebuild:
        different = ", ".join(f"{name.replace('_', ' ')} {getattr(existing, name)}" for name in chosen)
        raise SearchkitError(f"the index in {store.path} was made with {different}; to change that, add --rebuild")
    return Archive(store, rebuild_with=settings if rebuild else None)
