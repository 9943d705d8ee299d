"""Batches: articles on their way into an engine, and what is written down about them before and after."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from searchkit.article import Article
from searchkit.engines.base import Capabilities, Prepared, Writer
from searchkit.errors import IndexingFailed
from searchkit.indexing.captures import Captures, Settled
from searchkit.indexing.refusals import Refusals
from searchkit.indexing.sources import Outcome, SourcesDb, Task
from searchkit.indexing.workers import Task as Preparing
from searchkit.indexing.workers import Workers

MAX_ARTICLES = 2000
MAX_CHARACTERS = 8_000_000
"""A batch is full with so many articles, or so much text. One of an engine that asks for smaller batches is full with less
text in proportion.
"""

_NAMED = 3


@dataclass(slots=True)
class Finished:
    """A source that was read to its end, or as far as could be."""

    source: int
    task: Task
    digest: bytes | None
    reader: str | None
    outcome: Outcome


@dataclass(slots=True)
class _Batch:
    """Articles that are being prepared, and the sources whose last articles are among them, or came before them.

    ``captures`` are those of the articles that were captured from somewhere, ``superseded`` what goes from the index since
    one of them is a later capture. ``counted`` is what each article counts as once it is committed, ``undated`` are those without
    a date. ``reached`` is the source that goes on after the batch, and how many of its articles there have been by then.
    """

    ids: tuple[str, ...]
    paths: tuple[str, ...]
    finished: list[Finished]
    preparing: Preparing | None
    captures: tuple[str, ...]
    superseded: list[str]
    counted: dict[str, str]
    undated: frozenset[str]
    reached: tuple[int, int] | None


class Batcher:
    """Collects articles into batches, has them prepared, and brings them in, in the order in which they came.

    The order of things is what makes a crash harmless: ids are noted down, then the engine commits, then the sources are
    marked of which every article is committed by then. ``counts`` has what became of the articles, ``committed`` when the
    last commit was; ``committing`` is called before each. ``renamed`` is told the source of an article that has to be kept
    under another id, the id that it has, and the one that it gets.
    """

    def __init__(
        self,
        db: SourcesDb,
        capabilities: Capabilities,
        writer: Writer,
        workers: Workers,
        run: int,
        committing: Callable[[], None],
        renamed: Callable[[int, str, str], None],
        captures: Captures,
        refusals: Refusals,
    ) -> None:
        self._db = db
        self._writer = writer
        self._workers = workers
        self._run = run
        self._committing = committing
        self._renamed = renamed
        self._captures = captures
        self._refusals = refusals
        self._size = min(capabilities.batch, MAX_ARTICLES)
        self._most_characters = MAX_CHARACTERS * self._size // MAX_ARTICLES
        self._batches_a_commit = max(1, capabilities.commit_every // capabilities.batch)
        self._taken_down = db.taken_down()
        self._articles: list[tuple[Article, int, bool]] = []
        self._reached: tuple[int, int] | None = None
        self._replacing: list[Article] = []  # captures that take the place of later ones, which are going
        self._gone: list[str] = []  # for good, since the last commit
        self._superseded: list[str] = []  # since the last commit, besides those of batches
        self._characters = 0
        self._finished: list[Finished] = []
        self._under_way: deque[_Batch] = deque()
        self._uncommitted: list[_Batch] = []
        self.committed = time.monotonic()
        self.counts: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()
        self._replace(captures.unfinished())  # what a run that was cut off had begun

    def add(self, article: Article, source: int, there: bool = False) -> None:
        """Take an article in. ``there``: a run that was cut off has committed it, so that it is only noted down again."""
        self._articles.append((article, source, there))
        before = self._reached
        self._reached = source, before[1] + 1 if before is not None and before[0] == source else 1
        self._characters += len(article.body) + len(article.title)
        if len(self._articles) >= self._size or self._characters >= self._most_characters:
            self._send()

    def finish(self, finished: Finished) -> None:
        """Note that a source has ended."""
        self._finished.append(finished)
        self._reached = None
        if len(self._finished) >= self._size:
            self._send()

    def delete(self, ids: Sequence[str]) -> None:
        """Remove articles. It comes after every batch that was sent before, so that the index is the same whatever the jobs."""
        self._take_all()
        self._delete(ids)

    def commit(self) -> None:
        """Bring in everything that was collected, and commit it."""
        self._send()
        self._take_all()
        while self._replacing or self._uncommitted or self._gone or self._superseded:
            if self._replacing:
                self._send()
                self._take_all()
            else:
                self._commit_taken()  # after which there is more to do where something was refused

    def _send(self) -> None:
        """Note down what was collected, and have it prepared. Waits where too much is under way already."""
        articles, rows, counted = self._distinct()
        self._db.note(rows)
        wanted = [article for article in articles if article.id not in self._taken_down]
        undated = frozenset(article.id for article in wanted if article.date is None)
        wanted, captures, superseded = self._settled(wanted)
        while len(self._under_way) > self._workers.most_waiting:
            self._take()
        self._under_way.append(
            _Batch(
                tuple(article.id for article in wanted),
                tuple(dict.fromkeys(article.path or article.id for article in wanted)),
                self._finished,
                self._workers.submit(wanted) if wanted else None,
                captures,
                superseded,
                counted,
                undated,
                self._reached,
            )
        )
        self._articles.clear()
        self._finished = []
        self._characters = 0
        while self._under_way and self._is_ready(self._under_way[0]):
            self._take()

    def _is_ready(self, batch: _Batch) -> bool:
        return batch.preparing is None or self._workers.is_ready(batch.preparing)

    def _take_all(self) -> None:
        while self._under_way:
            self._take()

    def _take(self) -> None:
        """Give the engine the batch that was sent first, and commit where enough have come together."""
        batch = self._under_way.popleft()
        if batch.superseded:
            self._writer.delete(batch.superseded)
        if batch.preparing is not None:
            self._writer.add(self._prepared(batch, batch.preparing))
            batch.preparing = None
        stale = [
            id
            for finished in batch.finished
            if not finished.outcome.partial
            for id in self._db.stale(finished.source, self._run)
        ]
        if stale:
            self._delete(stale)
        self._uncommitted.append(batch)
        if len(self._uncommitted) >= self._batches_a_commit:
            self._commit_taken()

    def _prepared(self, batch: _Batch, preparing: Preparing) -> Prepared:
        """Raises IndexingFailed, which names the batch, where it could not be prepared."""
        try:
            prepared = self._workers.result(preparing)
        except OSError:  # a full disk is no fault of what is written to it
            raise
        except Exception as error:
            named = ", ".join(batch.paths[:_NAMED])
            more = len(batch.paths) - _NAMED
            raise IndexingFailed(
                f"{named}{f' and {more} more' if more > 0 else ''}: preparing this for the index failed "
                f"({type(error).__name__}: {error}); what was committed before is kept, and the next run goes on from there"
            ) from error
        if prepared.ids != batch.ids:
            raise IndexingFailed(
                f"a batch of {len(batch.ids)} articles came back as another one of {len(prepared.ids)}; nothing of it was kept"
            )
        return prepared

    def _commit_taken(self) -> None:
        """Commit the batches that the engine was given, and mark the sources that ended with them."""
        self._committing()
        refused = self._writer.commit()
        # Before sources are marked: whoever finds one marked must not find captures that it no longer has.
        ids = [each.id for each in refused]
        missing = frozenset(ids)
        if refused:
            self._refusals.take(refused)
        added = [id for batch in self._uncommitted for id in batch.captures if id not in missing]
        deleted = self._superseded + [id for batch in self._uncommitted for id in batch.superseded]
        if added or deleted or self._gone:
            self._captures.committed(added, deleted, self._gone)
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        for batch in self._uncommitted:
            self.counts.update(kind for id, kind in batch.counted.items() if id not in missing)
            self.counts["undated"] += len(batch.undated - missing)
            for finished in batch.finished:
                outcome = self._refusals.outcome(finished.source, finished.outcome)
                self._db.finish_source(
                    finished.source, self._run, finished.task, finished.digest, finished.reader, outcome, now
                )
        reached = self._uncommitted[-1].reached if self._uncommitted else None
        # A run that goes on there takes all that came before to be in the index.
        if reached is not None and not self._refusals.has(reached[0]):
            self._db.mark_reached(*reached)
        self._uncommitted.clear()
        self._gone.clear()
        self._superseded.clear()
        if refused:  # then an earlier capture takes the place of one that did not come
            self._replace(self._captures.without(ids))
            self._gone += ids
        self.committed = time.monotonic()

    def _delete(self, ids: Sequence[str]) -> None:
        """Remove articles; an earlier capture takes the place of one that was the latest."""
        self._writer.delete(ids)
        gone = set(ids)
        self._replacing = [article for article in self._replacing if article.id not in gone]
        self._replace(self._captures.without(ids))
        self._gone += ids
        self.counts["removed"] += len(ids)

    def _replace(self, settled: Settled) -> None:
        self._writer.delete(settled.delete)
        self._superseded += settled.delete
        self._replacing += settled.add

    def _settled(self, articles: list[Article]) -> tuple[list[Article], tuple[str, ...], list[str]]:
        """Of some articles those that belong in the index, and captures that take the place of others; the ids of the captures
        among them; and what goes, since a later capture of it comes.
        """
        captures = [article for article in articles if article.captured is not None and article.url is not None]
        if not (captures or self._replacing):
            return articles, (), []
        settled = self._captures.take(captures)
        if settled.down:
            self._db.take_down(settled.down, dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
        # What was to take the place of one that is going may have been overtaken since.
        replacing = (article for article in self._replacing if article.id not in settled.delete)
        added = {article.id: article for article in (*replacing, *settled.add)}
        self._replacing = []
        ids = {article.id for article in captures}
        earlier = len(ids - added.keys()) - len(settled.down)
        if earlier:
            self.notes["is an earlier capture of an article that is there (show lists them)"] += earlier
        others = [article for article in articles if article.id not in ids]
        return [*others, *added.values()], tuple(added), settled.delete

    def _distinct(self) -> tuple[list[Article], list[tuple[str, int, int]], dict[str, str]]:
        """The articles that are not there yet, each with an id that no other one has; what to note down of all; and what those
        are counted as.
        """
        known = self._db.known([article.id for article, _, _ in self._articles])
        taken: set[str] = set()
        articles: list[Article] = []
        rows: list[tuple[str, int, int]] = []
        counted: dict[str, str] = {}
        for article, source, there in self._articles:
            id, number = article.id, 1
            while id in taken or self._belongs_to_another(known.get(id), source):
                number += 1
                id = f"{article.id}~{number}"
                known |= self._db.known([id])
            if number > 1:
                self.notes["has an id that was given before, and was kept under another (…~2)"] += 1
                self._renamed(source, article.id, id)
                article = replace(article, id=id)
            taken.add(id)
            rows.append((id, source, self._run))
            if there:
                self.counts["resumed"] += 1
                continue
            if id not in self._taken_down:
                counted[id] = "updated" if id in known else "added"
            articles.append(article)
        return articles, rows, counted

    def _belongs_to_another(self, known: tuple[int, int] | None, source: int) -> bool:
        """Whether an id is another article's: of another source, or given by this one earlier in this run."""
        return known is not None and (known[0] != source or known[1] == self._run)
