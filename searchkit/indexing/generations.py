"""What is done to a whole index: making it, running over paths, rebuilding it as a new generation, taking articles down.

The caller holds the lock, except where it says otherwise.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from searchkit import engines
from searchkit.analysis import Analyzer
from searchkit.engines.base import Engine
from searchkit.errors import ArticleMissing, IndexCorrupt, SearchkitError
from searchkit.indexing.run import IndexRun
from searchkit.indexing.sources import SourcesDb
from searchkit.readers.base import Options
from searchkit.results import Progress, Summary
from searchkit.store import Manifest, Settings, Store

Report = Callable[[Progress], None]


def open_sources(store: Store, generation: int) -> SourcesDb:
    """The sources of a generation."""
    return SourcesDb(store.generation(generation) / "sources.db", store.path)


def check_settings(settings: Settings) -> None:
    """Raises SearchkitError for a language or a time zone that there is not."""
    try:
        Analyzer(settings.language)
    except ValueError as error:
        raise SearchkitError(str(error)) from None
    if settings.timezone is not None:
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(settings.timezone)
        except (KeyError, ValueError, OSError):
            raise SearchkitError(
                f"there is no time zone {settings.timezone!r}; zones have names like Europe/Berlin or UTC"
            ) from None


def make_index(store: Store, settings: Settings) -> None:
    """Make an empty index."""
    number = store.new_generation()
    engines.load("whoosh").create(store.engine_folder(number), Analyzer(settings.language)).close()
    with open_sources(store, number):
        pass  # that it is there is enough
    created = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    store.write(Manifest("whoosh", settings, number, created))


def is_untouched(store: Store, manifest: Manifest) -> bool:
    """Whether no run has ever found anything for this index."""
    with open_sources(store, manifest.generation) as db:
        return db.counts() == (0, 0)


def update(
    store: Store, manifest: Manifest, engine: Engine, paths: list[Path], prune: bool, progress: Report | None
) -> Summary:
    """Bring in what has changed under some paths."""
    with open_sources(store, manifest.generation) as db:
        return IndexRun(store.path, db, engine, _options(manifest.settings), progress).execute(paths, prune)


def rebuild(
    store: Store, manifest: Manifest, engine: Engine, paths: list[Path], prune: bool, progress: Report | None
) -> Summary:
    """Read everything that the index knows, and some paths, into a new generation, and swap it in. ``manifest`` has the
    settings to use; ``engine`` is the live one, from which articles are kept whose files are gone.
    """
    number = store.new_generation()
    copy = store.generation(number) / "sources.db"
    roots: list[Path] = []
    try:
        with open_sources(store, manifest.generation) as old:
            roots = [Path(root.path) for root in old.roots() if os.path.isdir(root.path)]
            old.copy_to(copy)
    except IndexCorrupt:
        copy.unlink(missing_ok=True)  # what there is to read is known from the paths alone
    new = engines.load(manifest.engine).create(store.engine_folder(number), Analyzer(manifest.settings.language))
    try:
        with open_sources(store, number) as db:
            db.all_to_read()
            run = IndexRun(store.path, db, new, _options(manifest.settings), progress)
            summary = run.execute(paths or roots, prune, keep_from=engine, others=roots)
    finally:
        new.close()
    store.swap(manifest, number)
    return summary


def take_down(store: Store, manifest: Manifest, engine: Engine, ids: Sequence[str]) -> None:
    """Remove articles, and have later runs leave them out. Raises ArticleMissing, and changes nothing, if one is not there."""
    missing = [id for id, article in zip(ids, engine.get(ids), strict=True) if article is None]
    with open_sources(store, manifest.generation) as db:
        if missing:
            already = db.taken_down().intersection(missing)
            why = "is taken down already" if already == set(missing) else "is no article of this index"
            raise ArticleMissing(f"{', '.join(missing)} {why}; nothing was taken down")
        # Noted down first: a run after a crash in between must not bring them back.
        db.take_down(ids, dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
        with engine.writer() as writer:
            writer.delete(ids)
            writer.commit()
    engine.reload()


def lift(store: Store, manifest: Manifest, ids: Sequence[str]) -> None:
    """Let the next run bring articles back. Raises ArticleMissing, and changes nothing, if one was not taken down."""
    with open_sources(store, manifest.generation) as db:
        missing = [id for id in ids if id not in db.taken_down()]
        if missing:
            raise ArticleMissing(f"not taken down: {', '.join(missing)}; nothing was changed")
        db.lift(ids)


def settings_for(existing: Settings | None, chosen: Mapping[str, object]) -> Settings:
    """The settings of an index with some of them chosen. Raises SearchkitError for one that cannot be."""
    settings = replace(existing or Settings(), **chosen)  # type: ignore[arg-type]
    check_settings(settings)
    return settings


def _options(settings: Settings) -> Options:
    return Options(settings.language, settings.day_first)
