"""Watching folders: an ordinary run, and then small ones over what arrives."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from searchkit.errors import IndexLocked, NothingToIndex, SearchkitError
from searchkit.indexing.arrivals import Arrivals
from searchkit.indexing.order import Order
from searchkit.reports import Summary

if TYPE_CHECKING:
    from watchfiles.main import FileChange

_TOGETHER = 400
_APART = 50
_LOOK_EVERY = 200
"""Milliseconds: what comes within the first is one event, unless nothing came for the second; and how often it is looked
whether something has come to rest.
"""


def watch(
    index: Path, order: Order, run: Callable[[Order], Summary], settle: float, stop: threading.Event | None
) -> Iterator[Summary]:
    """See :meth:`searchkit.archive.Archive.watch`. ``run`` does what it is ordered, and holds the lock meanwhile."""
    if settle < 0:
        raise ValueError("settle is not negative")
    try:
        import watchfiles
    except ImportError:
        raise SearchkitError("watching needs watchfiles: pip install 'searchkit[watch]'") from None
    for path in order.paths:
        if not path.is_dir():
            what = "no folder, and only folders can be watched" if path.exists() else "not there"
            raise NothingToIndex(f"{path} is {what}")
    folders = [os.path.realpath(path) for path in order.paths]
    events = watchfiles.watch(
        *folders,
        watch_filter=None,
        debounce=_TOGETHER,
        step=_APART,
        rust_timeout=_LOOK_EVERY,
        yield_on_timeout=True,
        stop_event=stop,
        ignore_permission_denied=True,
    )
    return _runs(order, run, events, Arrivals(folders, index, settle))


def _runs(
    order: Order, run: Callable[[Order], Summary], events: Iterator[set[FileChange]], arrivals: Arrivals
) -> Iterator[Summary]:
    first = next(events, None)  # from now on nothing is missed
    if first is None:
        return
    last = run(replace(order, may_be_empty=True))
    yield last
    _notice(arrivals, first)
    waits = False
    for changes in events:
        _notice(arrivals, changes)
        paths = arrivals.take_at_rest()
        gone = arrivals.take_gone() if order.prune else []
        if not paths and not gone:
            continue
        try:
            summary = run(replace(order, paths=tuple(map(Path, paths)), gone=tuple(gone), may_be_empty=True))
        except (NothingToIndex, IndexLocked) as error:
            # Something has gone since it was looked at, or somebody else is writing: then it is tried again.
            for path in (*paths, *gone):
                arrivals.notice(path)
            if isinstance(error, IndexLocked) and not waits:
                waits = True
                yield _waiting(error, last)
            continue
        waits, last = False, summary
        if _brought_something(summary):
            yield summary


def _notice(arrivals: Arrivals, changes: set[FileChange]) -> None:
    for _, path in changes:
        arrivals.notice(path)


def _brought_something(summary: Summary) -> bool:
    return bool(summary.added or summary.updated or summary.removed or summary.skipped_total or summary.notices)


def _waiting(error: IndexLocked, last: Summary) -> Summary:
    """A summary of nothing, since nothing could be done yet; ``last`` is that of the run before."""
    notice = f"{error}. What has arrived is indexed when that is over."
    return Summary(0, 0, 0, 0, (), 0, (), (), 0, 0, last.total, 0.0, last.engine, (notice,))
