"""A run as the door sees it: into which generation, on which engine, and what is done about the engine afterwards.

The caller holds the lock.
"""

from __future__ import annotations

import time
from dataclasses import replace

from searchkit.engines.cluster import Where
from searchkit.errors import NothingToIndex
from searchkit.indexing import generations, growth
from searchkit.indexing.order import Order, Report
from searchkit.live import Live
from searchkit.reports import Summary


def run(
    live: Live, order: Order, policy: str | None = None, rebuild: bool = False, where: Where | None = None
) -> Summary:
    """Do what is ordered, into the live generation or, with ``rebuild`` or where that one cannot be used, into a new one.
    ``policy`` is what the index should be on, and ``where`` its cluster, where these were said.

    Raises NothingToIndex, IndexingFailed; what was committed before stays.
    """
    store = live.store
    if not store.exists():  # a run that found nothing removes the index that was made for it
        generations.make_index(store, live.manifest.settings, policy or "auto", where)
    live.reload_for_writing()
    manifest = live.manifest.changed(policy=policy or live.manifest.policy)
    anew = rebuild or live.damaged or live.outdated
    if anew or not live.engine.count():
        streamed = order.stream.size if order.stream is not None else 0
        engine = growth.engine_to_fill(
            manifest.policy, manifest.engine, live.engine.count(), list(order.paths), store.path, streamed
        )
        if anew:
            manifest = manifest.changed(engine=engine, settings=live.rebuild_with or live.manifest.settings)
        elif engine != manifest.engine:
            manifest = generations.convert(store, live.manifest, live.engine, engine, manifest.policy, None, where)
            live.reload()
    try:
        if anew:
            summary = generations.rebuild(store, manifest, live.engine, order, where=where)
        else:
            summary = generations.update(store, manifest, live.engine, order)
    except NothingToIndex:
        if generations.is_untouched(store, live.manifest):
            store.remove()
        raise
    live.reload()
    return _settle(live, summary, manifest.policy, order.progress, where)


def _settle(live: Live, summary: Summary, policy: str, progress: Report | None, where: Where | None) -> Summary:
    """Have the index on the engine that it should be on after a run, and say what was done about that."""
    began = time.monotonic()
    notices: tuple[str, ...] = ()
    manifest = live.manifest.changed(policy=policy)
    engine = growth.engine_for(policy, manifest.engine, summary.total)
    if engine != manifest.engine:
        generations.convert(live.store, manifest, live.engine, engine, policy, progress, where)
        notices = (growth.rewritten(policy, manifest.engine, engine, time.monotonic() - began),)
    else:
        if policy == "auto" and growth.has_outgrown(engine, summary.total) and not manifest.told:
            manifest = manifest.changed(told=True)
            notices = (growth.advice(engine),)
        if manifest != live.manifest:
            generations.change_manifest(live.store, manifest)
    live.reload()
    return replace(summary, engine=engine, notices=notices, seconds=summary.seconds + time.monotonic() - began)
