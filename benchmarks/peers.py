"""Searchkit and its peers behind one small interface: fill a folder with articles, then ask.

All read the same files with searchkit's reader, inside the time that is measured. Each gives what its user would show:
the ten best articles with everything stored of them. Searchkit counts every match as well, the others do not; Whoosh
and SQLite search the body alone, searchkit headline and body, in two forms.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from searchkit.article import Article
from searchkit.indexing.walk import FoundFile, walk
from searchkit.readers.base import Options, Source
from searchkit.readers.compression import without_compression
from searchkit.readers.reading import Reading


@dataclass(frozen=True, slots=True)
class Ask:
    """A query: words joined by ``joined`` ("and", "or", "phrase", "prefix"), with days and snippets if wanted."""

    words: str
    joined: str = "and"
    days: tuple[dt.date, dt.date] | None = None
    snippets: bool = False

    @property
    def written(self) -> str:
        """The words as a query; all three languages write these the same way."""
        return {
            "and": self.words,
            "or": " OR ".join(self.words.split()),
            "phrase": f'"{self.words}"',
            "prefix": f"{self.words}*",
        }[self.joined]


class Peer(Protocol):
    """An engine with an index in a folder."""

    def __init__(self, folder: Path) -> None: ...

    def build(self, articles: Path) -> int:
        """Index the articles under a folder; returns how many there are then. What it needs is imported before."""

    def open(self) -> None:
        """Get ready to answer."""

    def ask(self, ask: Ask) -> int:
        """Answer: the best ten, fetched; returns how many of the ten there are."""


def read(folder: Path) -> Iterator[Article]:
    """Every article under a folder, by searchkit's readers."""
    for found in walk([folder], folder / "no-index"):
        if not isinstance(found, FoundFile):
            continue
        path = Path(found.path)
        source = Source(path, path.name, without_compression(path.name))
        yield from (item for item in Reading(source, Options()) if isinstance(item, Article))


class Searchkit:
    """The project itself, as a script would use it."""

    def __init__(self, folder: Path) -> None:
        import searchkit.archive
        import searchkit.engines.whoosh_  # noqa: F401

        self._folder = folder

    def build(self, articles: Path) -> int:
        import searchkit

        with searchkit.create(self._folder) as archive:
            return archive.index([articles]).total

    def open(self) -> None:
        import searchkit

        self._archive = searchkit.open(self._folder)

    def ask(self, ask: Ask) -> int:
        since, until = ask.days or (None, None)
        return len(self._archive.search(ask.written, since=since, until=until, snippets=int(ask.snippets)).hits)


class Whoosh:
    """Plain Whoosh, as its documentation shows it: its own analyzer, fields, BM25F and query parser."""

    as_filter = False
    with_times = True
    read = staticmethod(read)

    def __init__(self, folder: Path) -> None:
        from whoosh import analysis, fields, index, qparser

        self._folder, self._index_module, self._qparser = folder, index, qparser
        stemming = analysis.StemmingAnalyzer()
        self._schema = fields.Schema(
            id=fields.ID(stored=True, unique=True),
            title=fields.TEXT(stored=True, analyzer=stemming),
            text=fields.TEXT(stored=True, analyzer=stemming),
            date=fields.DATETIME(stored=True, sortable=True),
            places=fields.KEYWORD(stored=True, commas=True, lowercase=True),
        )

    def build(self, articles: Path) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        index = self._index_module.create_in(self._folder, self._schema)
        writer = index.writer(limitmb=512)
        for article in self.read(articles):
            document: dict[str, Any] = {"id": article.id, "title": article.title, "text": article.body}
            if article.date:
                document["date"] = dt.datetime.combine(article.date, (self.with_times and article.time) or dt.time())
            if "places" in article.extra:
                document["places"] = ",".join(article.extra["places"])
            writer.add_document(**document)
        writer.commit()
        with closing(index):
            return int(index.doc_count())

    def open(self) -> None:
        index = self._index_module.open_dir(self._folder)
        self._searcher = index.searcher()
        self._parser = self._qparser.QueryParser("text", index.schema)

    def ask(self, ask: Ask) -> int:
        query = ask.written
        within = None
        if ask.days:
            clause = "date:[{:%Y%m%d} to {:%Y%m%d}]".format(*ask.days)
            if self.as_filter:
                within = self._parser.parse(clause)
            else:
                query = f"{query} {clause}"
        results = self._searcher.search(self._parser.parse(query), limit=10, filter=within)
        shown = [hit.fields() for hit in results]
        if ask.snippets:
            for hit in results:
                hit.highlights("text")
        return len(shown)


class WhooshFilter(Whoosh):
    """The same with the days given as ``filter=``."""

    as_filter = True


class WhooshDays(Whoosh):
    """The same without the time of day. It has a hundred different dates then and not ten thousand, which is what its
    ranges take their time over; a user has to know that."""

    with_times = False


class Fts5:
    """SQLite's full-text search, with its Porter stemmer and its bm25()."""

    read = staticmethod(read)

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, articles: Path) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        with closing(self._connect()) as db, db:
            db.execute(
                "CREATE VIRTUAL TABLE article USING "
                "fts5(id UNINDEXED, title, text, date UNINDEXED, places, tokenize = 'porter unicode61')"
            )
            db.executemany("INSERT INTO article VALUES (?, ?, ?, ?, ?)", map(self._row, self.read(articles)))
            return int(db.execute("SELECT count(*) FROM article").fetchone()[0])

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._folder / "articles.db")

    def _row(self, article: Article) -> tuple[str | None, ...]:
        day = article.date.isoformat() if article.date else None
        return article.id, article.title, article.body, day, " ".join(article.extra.get("places", ()))

    def open(self) -> None:
        self._db = self._connect()

    def ask(self, ask: Ask) -> int:
        snippet = ", snippet(article, 2, '[', ']', '...', 40)" if ask.snippets else ""
        days = "AND date BETWEEN ? AND ?" if ask.days else ""
        # "rank" is bm25(), by the way that SQLite's manual calls the faster one.
        sql = f"SELECT id, title, text, date, rank{snippet} FROM article WHERE article MATCH ? {days} ORDER BY rank LIMIT 10"
        values = [f"text : ({ask.written})", *(day.isoformat() for day in ask.days or ())]
        return len(self._db.execute(sql, values).fetchall())


PEERS: dict[str, type[Peer]] = {
    "searchkit": Searchkit,
    "Whoosh": Whoosh,
    "Whoosh, filter=": WhooshFilter,
    "Whoosh, days only": WhooshDays,
    "SQLite FTS5": Fts5,
}
