"""The list of sources, as they are noted: read a page at a time, so that it may be as long as it likes."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator

from searchkit.article import Article
from searchkit.errors import ArticleMissing
from searchkit.indexing.captures import earlier_version, versions_of
from searchkit.indexing.generations import open_live_sources
from searchkit.indexing.order import noted_choice
from searchkit.indexing.sources import STREAMS, Root, SourcesDb
from searchkit.indexing.stream import PATH
from searchkit.reports import SourceInfo
from searchkit.results import Version
from searchkit.store import Store

_ROWS = 1000
_LAST = "\U0010ffff"
_STATES = {"reading": "unfinished"}


def with_versions(store: Store, id: str, article: Article | None) -> tuple[Article, tuple[Version, ...]]:
    """An article, which may be a capture that the index does not hold (None); and all captures of its address.

    Raises ArticleMissing where there is none with this id.
    """
    with open_live_sources(store) as db:
        article = article or earlier_version(db.connection, id)
        if article is None:
            raise ArticleMissing(f"no article has the id {id!r}; ids are what a query prints for each article")
        return article, tuple(Version(*row) for row in versions_of(db.connection, article))


def list_sources(store: Store, failed: bool, under: str | None) -> Iterator[SourceInfo]:
    """The sources by root and path; only those that ``failed``, or whose paths begin with ``under``. Whoever lists them does
    not hold the lock, and keeps nobody from writing.
    """
    wanted = None if under is None else PATH if under == PATH else _absolute(under)
    with open_live_sources(store) as db:
        numbers = "SELECT root, path FROM roots ORDER BY path"
        roots = [(number, path) for number, path in db.connection.execute(numbers)]
        now = {root.number: root for root in db.roots()}  # one that was moved with the index is where it is now
        for number, path in roots:
            root = now.get(number, Root(number, path))
            below = _below(root, wanted)
            if below is not None:
                yield from _of_root(db, root, failed, below)


def _of_root(db: SourcesDb, root: Root, failed: bool, below: str) -> Iterator[SourceInfo]:
    condition = "AND state = 'failed'" if failed else ""
    after = ""
    while True:
        rows = db.connection.execute(
            f"""SELECT relative, id, state, reader, articles, size, read_at, error, options FROM sources
                WHERE root = ? AND relative > ? AND relative >= ? AND relative < ? {condition}
                ORDER BY relative LIMIT {_ROWS}""",
            (root.number, after, below, below + _LAST),
        ).fetchall()
        for relative, id, state, reader, articles, size, read_at, error, options in rows:
            chosen = noted_choice(options)
            yield SourceInfo(
                path=PATH if root.path == STREAMS else os.path.join(root.path, *relative.split("/")),
                id=id,
                state=_STATES.get(state, state),
                format=reader,
                articles=articles,
                bytes=size,
                read_at=dt.datetime.fromisoformat(read_at) if read_at else None,
                error=error if state == "failed" else None,
                input_format=chosen.get("format"),
                fields=chosen.get("fields", {}),
            )
        if len(rows) < _ROWS:
            return
        after = rows[-1][0]


def _below(root: Root, wanted: str | None) -> str | None:
    """What paths below a root begin with, where whole paths begin with ``wanted``; None where none does."""
    if wanted is None or (wanted == PATH and root.path == STREAMS):
        return ""
    if wanted == PATH or root.path == STREAMS:
        return None
    below = root.relative(wanted)
    if below is not None:
        return below
    return "" if (root.path + os.sep).startswith(wanted) else None


def _absolute(under: str) -> str:
    """A path as it would stand in the list, absolute and with links followed: of a folder that is there, with a separator at
    its end, so that it is about what is in it; of anything else the beginning of a path.
    """
    real = os.path.realpath(under)
    if os.path.isdir(real):
        return os.path.join(real, "")
    if os.path.exists(real):
        return real
    folder, name = os.path.split(under)
    return os.path.join(os.path.realpath(folder), name)
