"""The engine contract: the protocol that every engine keeps, and the records that pass through it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

from searchkit.analysis import Analyzer
from searchkit.article import Article
from searchkit.engines.recency import Recency
from searchkit.fields import Form
from searchkit.query.plan import Plan, scores
from searchkit.records import Record

if TYPE_CHECKING:
    from searchkit.engines.cluster import Cluster


class Sort(Enum):
    """The order of hits. Relevance: ties by id. Newest: by day, instant and, in a tie, by id. Oldest: the same backwards. The
    undated are last in both.
    """

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


def usual_sort(plan: Plan) -> Sort:
    """The order where none was asked for: by relevance, and newest first where nothing in the plan scores."""
    return Sort.RELEVANCE if scores(plan) else Sort.NEWEST


class Page(Record):
    """Which hits to give: ``limit`` of them after the first ``offset``."""

    limit: int
    offset: int = 0


class Found(Record):
    """What a search found: the number of articles that match, and the page's (id, score) in order."""

    total: int
    hits: tuple[tuple[str, float], ...]


class Counts(Record):
    """How often each value is among the articles that match. ``total``: how many match. ``days``: by civil day (number), the
    undated left out; None where they were not asked for. ``values``: for each field that was asked for, its whole values.
    ``without``: for each of these, how many articles have none.
    """

    total: int
    days: Mapping[int, int] | None
    values: Mapping[str, Mapping[str, int]]
    without: Mapping[str, int]


class Capabilities(Record):
    """What an engine can do, as data. ``parallel``: a batch may be prepared in another process. ``batch``: how many articles
    it likes to be given at a time. ``commit_every``: after how many, counted in whole batches, they are worth a commit.
    ``follows``: readers see what others commit at once, and not only after a reload.
    """

    name: str
    persistent: bool
    parallel: bool
    batch: int = 2000
    commit_every: int = 2000
    follows: bool = False


class Prepared(Record):
    """A batch that is ready to be taken in: the ids of its articles, and what the engine made of them (picklable)."""

    ids: tuple[str, ...]
    payload: Any


class Refused(Record):
    """An article that an engine does not take in, and why."""

    id: str
    reason: str


class Preparer(Protocol):
    """Turns a batch of articles with different ids into what the writer takes. Picklable; touches nothing committed."""

    def __call__(self, articles: Sequence[Article]) -> Prepared: ...


class Writer(Protocol):
    """A writing session. Leaving the ``with`` block by an error discards what follows the last commit."""

    preparer: Preparer

    def __enter__(self) -> Writer: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def add(self, prepared: Prepared) -> None:
        """Take a batch in. An article replaces the one with the same id, committed or not."""

    def delete(self, ids: Iterable[str]) -> None:
        """Remove articles. Ids that are not there are passed over."""

    def commit(self) -> Sequence[Refused]:
        """Make everything so far permanent and visible, all of it or nothing; but for articles that it gives back, which the
        engine does not take. An earlier version of one of these stays.
        """


class Engine(Protocol):
    """An index of articles that answers plans. It sees the state of the last commit before it was opened or reloaded, or as
    its capabilities say.
    """

    capabilities: Capabilities

    def writer(self) -> Writer:
        """Start a writing session. The caller sees to it that there is only one."""

    def search(self, plan: Plan, sort: Sort, page: Page, recency: Recency | None = None) -> Found:
        """Answer a plan, with an exact total. ``recency``, for an order by relevance, is what scores are multiplied by."""

    def counts(self, plan: Plan, fields: Sequence[str], days: bool) -> Counts:
        """Count the whole values of some fields, and with ``days`` the days, over all articles that match, exactly."""

    def get(self, ids: Sequence[str]) -> list[Article | None]:
        """The stored articles with these ids, in their order; None for an id that is not there."""

    def scan(self) -> Iterator[Article]:
        """Every article, in no particular order."""

    def count(self) -> int:
        """The number of articles."""

    def terms(self, field: str, form: Form, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The terms of a field that begin with ``prefix``, sorted by code point, each with the number of articles that it is
        in.
        """

    def doc_freq(self, field: str, form: Form, term: str) -> int:
        """The number of articles with this term."""

    def size(self) -> int:
        """Bytes that it holds outside its folder."""

    def doc_freqs(self, field: str, form: Form, terms: Sequence[str]) -> list[int]:
        """The same for many terms, in their order."""

    def check(self) -> list[str]:
        """What is wrong with the stored index, in words; empty when it is whole."""

    def reload(self) -> None:
        """See what has been committed since."""

    def close(self) -> None:
        """Let go of files and memory."""


class Embedded:
    """What engines have in common that keep all of an index in memory or in its folder."""

    def doc_freqs(self: Engine, field: str, form: Form, terms: Sequence[str]) -> list[int]:
        """The numbers of articles with each of some terms: to ask for one costs nothing here."""
        return [self.doc_freq(field, form, term) for term in terms]

    def size(self) -> int:
        """Bytes outside of the folder: none."""
        return 0


class EngineModule(Protocol):
    """What each engine's module offers."""

    def create(self, folder: Path, analyzer: Analyzer) -> Engine:
        """Make an empty index in an empty or missing folder and open it."""

    def open(self, folder: Path, analyzer: Analyzer) -> Engine:
        """Open an index. Raises IndexCorrupt when it cannot be trusted or read."""


class RemoteModule(EngineModule, Protocol):
    """What the module of an engine offers besides that keeps its index on a cluster, named in the folder."""

    def reach(self, cluster: Cluster) -> None:
        """Raises ClusterError where the cluster is away, or none that can be used."""

    def activate(self, folder: Path) -> None:
        """Have the archive's alias name this index. Raises ClusterError."""

    def discard(self, folder: Path) -> None:
        """Remove the index. One that is gone already is no error. Raises ClusterError."""
