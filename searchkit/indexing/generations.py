"""What is done to a whole index: making it, running over paths, rebuilding or converting it as a new generation, taking
articles down.

The caller holds the lock, except where it says otherwise.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from searchkit import engines
from searchkit.analysis import Analyzer, require_detection
from searchkit.article import Article
from searchkit.engines.base import Engine
from searchkit.engines.cluster import Where, cluster_for, write_cluster
from searchkit.errors import ArticleMissing, IndexCorrupt, IndexingFailed, SearchkitError
from searchkit.indexing import batch
from searchkit.indexing.growth import first_engine
from searchkit.indexing.order import Order, Report
from searchkit.indexing.refusals import must_be_taken
from searchkit.indexing.run import IndexRun
from searchkit.indexing.sources import Outcome, Root, SourcesDb, Task
from searchkit.indexing.stream import PATH
from searchkit.readers.base import Options
from searchkit.reports import Progress, Summary
from searchkit.store import Manifest, Recovery, Settings, Store, today

_OPEN_ATTEMPTS = 5


def open_sources(store: Store, generation: int) -> SourcesDb:
    """The sources of a generation. Raises IndexCorrupt where they are missing."""
    path = _sources_path(store, generation)
    if not path.exists():  # to open it would make an empty one, in which nothing is known
        raise IndexCorrupt(
            f"{path} is missing; repair the index with: searchkit verify --repair, or make it anew with: "
            "searchkit index --rebuild PATH"
        )
    return SourcesDb(path, store.path)


def open_live_sources(store: Store) -> SourcesDb:
    """The sources of the live generation, for whoever does not hold the lock: another one may take its place meanwhile."""
    for _ in range(_OPEN_ATTEMPTS):
        generation = store.read().generation
        try:
            return open_sources(store, generation)
        except IndexCorrupt:
            if store.read().generation == generation:
                raise
    return open_sources(store, store.read().generation)


def _sources_path(store: Store, generation: int) -> Path:
    return store.generation(generation) / "sources.db"


def check_settings(settings: Settings) -> None:
    """Raises SearchkitError for a language or a time zone that there is not."""
    try:
        analyzer = Analyzer(settings.language)
    except ValueError as error:
        raise SearchkitError(str(error)) from None
    if analyzer.is_for_all:
        require_detection()
    if settings.timezone is not None:
        try:
            ZoneInfo(settings.timezone)
        except (KeyError, ValueError, OSError):
            raise SearchkitError(
                f"there is no time zone {settings.timezone!r}; zones have names like Europe/Berlin or UTC"
            ) from None


def make_index(store: Store, settings: Settings, policy: str, where: Where | None = None) -> None:
    """Make an empty index, on a cluster where that was said."""
    engine = first_engine(policy)
    with store.new_generation() as number:
        _new_engine(store, engine, settings, number, number, where).close()
        with SourcesDb(_sources_path(store, number), store.path):
            pass  # that it is there is enough
    engines.activate(store.engine_folder(number))
    created = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    store.write(Manifest(engine, settings, number, created, policy=policy))


def _new_engine(store: Store, name: str, settings: Settings, live: int, number: int, where: Where | None) -> Engine:
    """An empty engine for a new generation: on a cluster where it is said, or else where the live generation is."""
    folder = store.engine_folder(number)
    if engines.is_on_cluster(name):
        cluster = cluster_for(store.path, where, store.engine_folder(live), number)
        engines.reach(name, cluster)  # before anything is noted that would have to be cleared away there
        write_cluster(folder, cluster)
    return engines.load(name).create(folder, Analyzer(settings.language))


def is_untouched(store: Store, manifest: Manifest) -> bool:
    """Whether no run has ever found anything for this index."""
    with open_sources(store, manifest.generation) as db:
        return db.counts() == (0, 0)


def update(store: Store, manifest: Manifest, engine: Engine, order: Order) -> Summary:
    """Bring in what has changed."""
    with open_sources(store, manifest.generation) as db:
        summary = IndexRun(store.path, db, engine, _options(manifest.settings), order).execute()
        _note_recovery(store, manifest, db)
    return summary


def rebuild(
    store: Store,
    manifest: Manifest,
    engine: Engine,
    order: Order,
    sources_lost: bool = False,
    where: Where | None = None,
) -> Summary:
    """Read everything that the index knows, and what is ordered, into a new generation, and swap it in. ``manifest`` has the
    settings and the engine to use; ``engine`` is the live one, from which articles are kept whose files are gone, or that
    came on standard input. ``sources_lost``: what is noted on the source files is not to be trusted.
    """
    with store.new_generation() as number:
        lost = _recovered(store, manifest) if sources_lost else _copy_sources(store, manifest, number)
        new = _new_engine(store, manifest.engine, manifest.settings, manifest.generation, number, where)
        try:
            with SourcesDb(_sources_path(store, number), store.path) as db:
                if lost is not None:
                    _seed(db, lost)
                roots = [Path(root.path) for root in db.roots() if os.path.isdir(root.path)]
                db.all_to_read()
                order = replace(
                    order, paths=order.paths or tuple(roots), may_be_empty=order.may_be_empty or lost is not None
                )
                run = IndexRun(store.path, db, new, _options(manifest.settings), order)
                summary = run.execute(keep_from=engine, others=roots)
                if lost is not None and not order.prune:
                    _adopt(db, engine, new)
                    summary = replace(summary, total=new.count())
        finally:
            new.close()
    _swap(store, manifest, number)
    return summary


def convert(
    store: Store,
    manifest: Manifest,
    engine: Engine,
    name: str,
    policy: str,
    progress: Report | None,
    where: Where | None = None,
) -> Manifest:
    """Rewrite the index for another engine, or another cluster, from the articles that the live one stores, and swap it in.

    Raises IndexingFailed, and leaves the index as it was, where not every article came over.
    """
    began = time.monotonic()
    expected = engine.count()
    with store.new_generation() as number:
        with open_sources(store, manifest.generation) as db:
            db.copy_to(_sources_path(store, number))
        new = _new_engine(store, name, manifest.settings, manifest.generation, number, where)
        try:
            written = 0
            with new.writer() as writer:
                for articles in _in_batches(engine.scan()):
                    writer.add(writer.preparer(articles))
                    must_be_taken(writer.commit())
                    written += len(articles)
                    if progress is not None:
                        progress(Progress("converting", written, 0, 0, time.monotonic() - began))
            new.reload()
            if not new.count() == written == expected:
                raise IndexingFailed(
                    f"{expected:,} articles should have been rewritten for {name}; {written:,} could be read, and "
                    f"{new.count():,} came over. The index was left as it was; see what is wrong with it with: "
                    "searchkit verify"
                )
        finally:
            new.close()
    return _swap(store, manifest.changed(engine=name, policy=policy, told=False), number)


def change_manifest(store: Store, manifest: Manifest) -> None:
    """Note something else about the live generation."""
    store.write(manifest)
    with open_sources(store, manifest.generation) as db:
        _note_recovery(store, manifest, db)


def _swap(store: Store, manifest: Manifest, number: int) -> Manifest:
    # Not inside new_generation: what was swapped in must not be removed, whatever happens afterwards.
    made = store.swap(manifest, number)
    with open_sources(store, number) as db:
        _note_recovery(store, made, db)
    return made


def _in_batches(articles: Iterator[Article]) -> Iterator[list[Article]]:
    full: list[Article] = []
    characters = 0
    for article in articles:
        full.append(article)
        characters += len(article.body) + len(article.title)
        if len(full) >= batch.MAX_ARTICLES or characters >= batch.MAX_CHARACTERS:
            yield full
            full, characters = [], 0
    if full:
        yield full


def _copy_sources(store: Store, manifest: Manifest, number: int) -> Recovery | None:
    """Copy the sources to a new generation. Where they cannot be read, nothing is copied, and what else is known of them is
    returned.
    """
    copy = _sources_path(store, number)
    try:
        with open_sources(store, manifest.generation) as db:
            db.copy_to(copy)
    except IndexCorrupt:
        copy.unlink(missing_ok=True)
        return _recovered(store, manifest)
    return None


def _recovered(store: Store, manifest: Manifest) -> Recovery:
    return store.recovery() or Recovery(manifest, (), ())


def _seed(db: SourcesDb, known: Recovery) -> None:
    for root in known.roots:
        db.add_root(root)
    db.take_down(known.taken_down, dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))


def _adopt(db: SourcesDb, old: Engine, new: Engine) -> None:
    """Take over the articles that have no file, after the notes on them were lost: of files that are gone, under the first
    root, and what came on standard input.
    """
    roots = db.roots()
    taken_down = db.taken_down()
    run = db.next_run()
    sources: dict[str, int] = {}
    streams: list[tuple[int, Task]] = []
    with new.writer() as writer:
        for articles in _in_batches(old.scan()):
            known = db.known([article.id for article in articles])
            kept: list[tuple[Article, int]] = []
            for article in articles:
                id = _source_of(article)
                if article.id in known or article.id in taken_down:
                    continue
                # A source that has this id was read in this run, and does not give the article any more.
                if id not in sources and db.source_id_is_free(id):
                    if (task := _lost_task(db, roots, article, id)) is None:
                        continue
                    sources[id] = db.begin_source(task, id)
                    streams += [(sources[id], task)] if _is_streamed(article) else []
                if id in sources:
                    kept.append((article, sources[id]))
            if kept:
                db.note((article.id, source, run) for article, source in kept)
                writer.add(writer.preparer([article for article, _ in kept]))
                must_be_taken(writer.commit())
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    for source, task in streams:  # which nothing will read again
        db.finish_source(source, run, task, None, None, Outcome(partial=True), now)
    new.reload()


def _source_of(article: Article) -> str:
    """The id of what an article came from: the file's, which is the article's own or what stands before the ``#``; or the
    name that standard input had.
    """
    if _is_streamed(article):
        return re.split("[/#]", article.id, maxsplit=1)[0]
    before = article.id.rpartition("#")[0]
    return article.id if article.path == article.id else before or article.id


def _is_streamed(article: Article) -> bool:
    return article.path == PATH or (article.path or "").startswith(f"{PATH}/")


def _lost_task(db: SourcesDb, roots: Sequence[Root], article: Article, id: str) -> Task | None:
    """A source that nothing is known of but an article; None where there is nowhere to put it."""
    if _is_streamed(article):
        return db.stream_task(id, 0)
    return Task(roots[0], article.path or id, 0, 0, None, None, None) if roots else None


def _note_recovery(store: Store, manifest: Manifest, db: SourcesDb) -> None:
    roots = tuple(root.path for root in db.roots())
    store.write_recovery(Recovery(manifest, roots, tuple(sorted(db.taken_down()))))


def take_down(store: Store, manifest: Manifest, engine: Engine, ids: Sequence[str]) -> None:
    """Remove articles, and have later runs leave them out. Raises ArticleMissing, and changes nothing, if one is not there."""
    missing = [id for id, article in zip(ids, engine.get(ids), strict=True) if article is None]
    with open_sources(store, manifest.generation) as db:
        if missing:
            already = db.taken_down().intersection(missing)
            why = "is taken down already" if already == set(missing) else "is no article of this index"
            raise ArticleMissing(f"{', '.join(missing)} {why}; nothing was taken down")
        ids = db.with_other_versions(ids)
        # Noted down first: a run after a crash in between must not bring them back.
        db.take_down(ids, dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
        with engine.writer() as writer:
            writer.delete(ids)
            writer.commit()
        _note_recovery(store, manifest, db)
    engine.reload()


def lift(store: Store, manifest: Manifest, ids: Sequence[str]) -> None:
    """Let the next run bring articles back. Raises ArticleMissing, and changes nothing, if one was not taken down."""
    with open_sources(store, manifest.generation) as db:
        missing = [id for id in ids if id not in db.taken_down()]
        if missing:
            raise ArticleMissing(f"not taken down: {', '.join(missing)}; nothing was changed")
        db.lift(db.with_other_versions(ids))
        _note_recovery(store, manifest, db)


def settings_for(existing: Settings | None, chosen: Mapping[str, object], may_differ: bool = False) -> Settings:
    """The settings of an index with some of them chosen. Raises SearchkitError for one that cannot be, or that is not what
    an existing index was made with, unless it ``may_differ``.
    """
    settings = (existing or Settings()).changed(**chosen)
    check_settings(settings)
    if existing is not None and settings != existing and not may_differ:
        different = ", ".join(f"{name.replace('_', ' ')} {getattr(existing, name)}" for name in chosen)
        raise SearchkitError(f"this index was made with {different}; to change that, add --rebuild")
    return settings


def _options(settings: Settings) -> Options:
    day = today(settings)
    return Options(
        settings.language,
        settings.day_first,
        ZoneInfo(settings.timezone) if settings.timezone else None,
        day + dt.timedelta(days=1),
    )
