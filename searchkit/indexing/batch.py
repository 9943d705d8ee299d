"""A batch: articles on their way into an engine, and what is written down about them before and after."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace

from searchkit.article import Article
from searchkit.engines.base import Writer
from searchkit.indexing.sources import Outcome, SourcesDb, Task

MAX_ARTICLES = 2000
MAX_CHARACTERS = 8_000_000
"""A batch is full with so many articles, or so much text: what is held in memory at a time, and one commit."""


@dataclass(slots=True)
class Finished:
    """A source that was read to its end, or as far as could be."""

    source: int
    task: Task
    digest: bytes | None
    reader: str | None
    outcome: Outcome


class Batcher:
    """Collects articles and brings them in, a commit a batch. ``counts`` has what became of them."""

    def __init__(self, db: SourcesDb, writer: Writer, run: int) -> None:
        self._db = db
        self._writer = writer
        self._run = run
        self._taken_down = db.taken_down()
        self._articles: list[tuple[Article, int]] = []
        self._characters = 0
        self._finished: list[Finished] = []
        self.counts: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()

    def add(self, article: Article, source: int) -> bool:
        """Take an article in; returns whether the batch is full now."""
        self._articles.append((article, source))
        self._characters += len(article.body) + len(article.title)
        return len(self._articles) >= MAX_ARTICLES or self._characters >= MAX_CHARACTERS

    def finish(self, finished: Finished) -> bool:
        """Note that a source has ended; returns whether enough have for a commit."""
        self._finished.append(finished)
        return len(self._finished) >= MAX_ARTICLES

    def commit(self) -> None:
        """Bring in what was collected.

        The order is what makes a crash harmless: ids are noted down, then the engine commits, then sources are marked.
        """
        articles, rows = self._distinct()
        self._db.note(rows)
        stale = [
            id
            for finished in self._finished
            if not finished.outcome.partial
            for id in self._db.stale(finished.source, self._run)
        ]
        wanted = [article for article in articles if article.id not in self._taken_down]
        if wanted:
            self._writer.add(self._writer.preparer(wanted))
        if stale:
            self._writer.delete(stale)
            self.counts["removed"] += len(stale)
        if wanted or stale:
            self._writer.commit()
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        for finished in self._finished:
            self._db.finish_source(
                finished.source, self._run, finished.task, finished.digest, finished.reader, finished.outcome, now
            )
        self.counts["undated"] += sum(article.date is None for article in wanted)
        self._articles.clear()
        self._finished.clear()
        self._characters = 0

    def _distinct(self) -> tuple[list[Article], list[tuple[str, int, int]]]:
        """The articles, each with an id that no other one has, and what to note down of them."""
        known = self._db.known([article.id for article, _ in self._articles])
        taken: set[str] = set()
        articles: list[Article] = []
        rows: list[tuple[str, int, int]] = []
        for article, source in self._articles:
            id, number = article.id, 1
            while id in taken or self._belongs_to_another(known.get(id), source):
                number += 1
                id = f"{article.id}~{number}"
                known |= self._db.known([id])
            if number > 1:
                self.notes["has an id that was given before, and was kept under another (…~2)"] += 1
                article = replace(article, id=id)
            taken.add(id)
            self.counts["updated" if id in known else "added"] += id not in self._taken_down
            articles.append(article)
            rows.append((id, source, self._run))
        return articles, rows

    def _belongs_to_another(self, known: tuple[int, int] | None, source: int) -> bool:
        """Whether an id is another article's: of another source, or given by this one earlier in this run."""
        return known is not None and (known[0] != source or known[1] == self._run)
