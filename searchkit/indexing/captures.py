"""Captures: what crawlers fetched from one address, again and again. The latest is found; the others are kept to be shown.

A capture that a later one has taken the place of is in the index no more; its text is kept here. As with sources, what is
written here may lag the index after a crash and must never lead it, so two columns say how sure a thing is: ``live`` that an
article may be in the index, and ``stored`` being NULL that it is there for certain, since a commit. Who takes one version of
an article down takes all of them down, those to come too: nothing is left of their text.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from searchkit.article import Article
from searchkit.indexing.lookup import select_in

SCHEMA = """
CREATE TABLE IF NOT EXISTS captures (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    captured TEXT NOT NULL,      -- ISO 8601, UTC, so that it sorts
    live INTEGER NOT NULL,       -- whether it may be in the index
    stored BLOB                  -- the article, NULL where the index is sure to have it, empty where it was taken down
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS captures_of_url ON captures (url, captured, id);
CREATE INDEX IF NOT EXISTS captures_unsure ON captures (url) WHERE live = 1 AND stored IS NOT NULL;
"""

EARLIER = "SELECT id FROM captures WHERE live = 0 AND length(stored) > 0"
"""The captures that are not in the index, since there is a later one."""

_OF_URL = """FROM captures WHERE url = ? AND (stored IS NULL OR length(stored) > 0) ORDER BY captured DESC, id DESC"""
_DOWN = b""

Fetch = Callable[[Sequence[str]], list[Article | None]]


@dataclass(slots=True)
class Settled:
    """What has to be done to an index for it to hold the latest captures, and no others: articles to add (ids of which may
    be there already), ids to delete; and ``down``, those of an address that was taken down.
    """

    add: list[Article] = field(default_factory=list)
    delete: list[str] = field(default_factory=list)
    down: list[str] = field(default_factory=list)


class Captures:
    """The captures that one generation's sources gave. ``fetch`` gives articles that the index holds."""

    def __init__(self, db: sqlite3.Connection, fetch: Fetch) -> None:
        self._db = db
        self._fetch = fetch
        self._going: set[str] = set()  # until that is committed
        self._coming: set[str] = set()

    def take(self, articles: Sequence[Article]) -> Settled:
        """Note captures down (articles with an address and a time of capture); says which of them are to be in the index, and
        which are to go. They have to be committed, and :meth:`committed` called with both.
        """
        urls: dict[str, None] = {}
        down: list[str] = []
        with self._db:
            self._db.execute("BEGIN")
            for article in articles:
                self._going.discard(article.id)
                if self._is_down(article.url or ""):
                    down.append(article.id)
                    self._db.execute(
                        "INSERT OR REPLACE INTO captures VALUES (?, ?, ?, 0, ?)",
                        (article.id, article.url, article.captured, _DOWN),
                    )
                    continue
                urls[article.url or ""] = None
                # One that was read before may have been captured from elsewhere then.
                before = self._db.execute("SELECT url, live FROM captures WHERE id = ?", (article.id,)).fetchone()
                if before is not None:
                    urls[before[0]] = None
                self._db.execute(
                    "INSERT OR REPLACE INTO captures VALUES (?, ?, ?, ?, ?)",
                    (article.id, article.url, article.captured, before[1] if before else 0, _pack(article)),
                )
            settled = self._settle(urls)
        settled.down = down
        return settled

    def unfinished(self) -> Settled:
        """What an earlier run was about to do and may not have done."""
        unsure = "SELECT DISTINCT url FROM captures WHERE live = 1 AND stored IS NOT NULL"
        urls = [url for (url,) in self._db.execute(unsure)]
        with self._db:
            self._db.execute("BEGIN")
            return self._settle(urls)

    def without(self, ids: Sequence[str]) -> Settled:
        """What takes the place of captures that are going. To be called before they are deleted from the index."""
        urls = list(dict.fromkeys(_first(select_in(self._db, "SELECT url FROM captures WHERE id", ids))))
        if not urls:
            return Settled()
        self._going.update(ids)
        with self._db:
            self._db.execute("BEGIN")
            return self._settle(urls)

    def committed(self, added: Sequence[str], deleted: Sequence[str], gone: Sequence[str]) -> None:
        """Note that the index has what it was given, and has no more what was deleted since there is a later one, or is gone
        for good.
        """
        with self._db:
            self._db.execute("BEGIN")
            sure = set(added).difference(deleted, gone)
            self._db.executemany(
                "UPDATE captures SET live = 0 WHERE id = ?", ((id,) for id in deleted if id not in self._coming)
            )
            self._db.executemany(
                "UPDATE captures SET stored = NULL WHERE id = ? AND live = 1 AND length(stored) > 0",
                ((id,) for id in sure),
            )
            self._db.executemany("DELETE FROM captures WHERE id = ?", ((id,) for id in gone))
        self._going.difference_update(gone)
        self._coming.difference_update(sure)

    def _settle(self, urls: Iterable[str]) -> Settled:
        settled = Settled()
        going = self._going
        for url in urls:
            rows = self._db.execute(f"SELECT id, live, stored IS NULL {_OF_URL}", (url,)).fetchall()
            latest = next((id for id, _, _ in rows if id not in going), None)
            for id, live, certain in rows:
                if id == latest:
                    if not certain:
                        self._db.execute("UPDATE captures SET live = 1 WHERE id = ?", (id,))
                        self._coming.add(id)
                        settled.add.append(self._stored(id))
                elif live:
                    self._coming.discard(id)
                    # From here on the index may lose it, even where a crash has it stay in the archive.
                    if certain:
                        self._keep(id)
                    if id not in going:
                        settled.delete.append(id)
        return settled

    def _keep(self, id: str) -> None:
        """Take an article over from the index, since it is about to go from there."""
        (article,) = self._fetch([id])
        if article is not None:
            self._db.execute("UPDATE captures SET stored = ? WHERE id = ?", (_pack(article), id))

    def _is_down(self, url: str) -> bool:
        down = "SELECT 1 FROM captures WHERE url = ? AND length(stored) = 0 LIMIT 1"
        return self._db.execute(down, (url,)).fetchone() is not None

    def _stored(self, id: str) -> Article:
        (stored,) = self._db.execute("SELECT stored FROM captures WHERE id = ?", (id,)).fetchone()
        return _unpack(stored)


def with_other_versions(db: sqlite3.Connection, ids: Sequence[str]) -> list[str]:
    """Some ids, and those of all captures of the same addresses."""
    urls = list(dict.fromkeys(_first(select_in(db, "SELECT url FROM captures WHERE id", ids))))
    return list(dict.fromkeys([*ids, *_first(select_in(db, "SELECT id FROM captures WHERE url", urls))]))


def empty(db: sqlite3.Connection, ids: Sequence[str]) -> None:
    """Leave nothing of captures but that their addresses were taken down."""
    db.executemany("UPDATE captures SET live = 0, stored = ? WHERE id = ?", ((_DOWN, id) for id in ids))


def versions_of(db: sqlite3.Connection, article: Article) -> list[tuple[str, str]]:
    """The captures of an article's address, the latest first: id and time of capture. Empty where there is only this one."""
    if article.url is None or article.captured is None:
        return []
    rows = db.execute(f"SELECT id, captured {_OF_URL}", (article.url,)).fetchall()
    return rows if len(rows) > 1 else []


def earlier_version(db: sqlite3.Connection, id: str) -> Article | None:
    """A capture that the index does not hold, since there is a later one."""
    row = db.execute("SELECT stored FROM captures WHERE id = ?", (id,)).fetchone()
    return _unpack(row[0]) if row is not None and row[0] else None


def _first(rows: Iterable[tuple[str]]) -> list[str]:
    return [value for (value,) in rows]


def _pack(article: Article) -> bytes:
    return zlib.compress(article.to_json(), 6)


def _unpack(stored: bytes) -> Article:
    return Article.from_json(zlib.decompress(stored))
