"""The engine on Tantivy: opening and reading. Writing is in ``writer.py``, queries are compiled in ``compile.py``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import tantivy
from tantivy import DocAddress, Document, Occur, Order, Query

from searchkit.analysis import Analyzer
from searchkit.article import Article
from searchkit.engines.base import Capabilities, Counts, Embedded, Found, Page, Sort
from searchkit.engines.recency import Recency
from searchkit.engines.tantivy_.compile import CONSTANT, Compiler
from searchkit.engines.tantivy_.counts import count_values, total_of
from searchkit.engines.tantivy_.schema import (
    DAY,
    KEY,
    ORDER,
    ORDER_WIDTH,
    STORED,
    make_schema,
)
from searchkit.engines.tantivy_.writer import TantivyWriter
from searchkit.engines.wire import from_wire, wire
from searchkit.errors import IndexCorrupt
from searchkit.fields import Form, physical
from searchkit.query.plan import Plan, scores

_TIES = 16
"""How many hits beyond a page are looked at first for others with the score of its last."""

_RECENT = 2000
"""How many articles that were fetched for their ids are kept for whoever asks for them next."""


def create(folder: Path, analyzer: Analyzer) -> TantivyEngine:
    """Make an empty index and open it."""
    folder.mkdir(parents=True, exist_ok=True)
    tantivy.Index(make_schema(), path=str(folder), reuse=False)
    return TantivyEngine(folder, analyzer)


def open(folder: Path, analyzer: Analyzer) -> TantivyEngine:
    """Open an index. Raises IndexCorrupt when it is none of Tantivy's, or cannot be read."""
    return TantivyEngine(folder, analyzer)


def _open_index(folder: Path) -> tantivy.Index:
    if not (folder / "meta.json").exists():
        raise IndexCorrupt(f"{folder} holds no Tantivy index; make it anew with: searchkit index --rebuild")
    try:
        index = tantivy.Index.open(str(folder))
        # Without this, readers follow commits by themselves, a little later. It reads the folder too, which another generation
        # may just have taken the place of.
        index.config_reader("manual")
        return index
    except (ValueError, OSError) as error:
        raise IndexCorrupt(
            f"the index in {folder} cannot be read ({error}); make it anew with: searchkit index --rebuild"
        ) from error


class TantivyEngine(Embedded):
    """An index of Tantivy's, as of the last commit before it was opened or reloaded."""

    # Commits write segments; one every few thousand articles would leave many small ones to merge.
    capabilities = Capabilities("tantivy", persistent=True, parallel=True, batch=500, commit_every=20_000)

    def __init__(self, folder: Path, analyzer: Analyzer) -> None:
        self._folder = folder
        self._analyzer = analyzer
        self._index = _open_index(folder)
        self._schema = self._index.schema
        self.reload()

    def writer(self) -> TantivyWriter:
        """Start a writing session."""
        return TantivyWriter(self._folder, self._analyzer)

    def search(self, plan: Plan, sort: Sort, page: Page, recency: Recency | None = None) -> Found:
        """Answer a plan."""
        query = self._compiler.compile(plan)
        if not page.limit:
            return Found(total_of(self._searcher.search(query, 1)), ())
        if sort is Sort.RELEVANCE and scores(plan):
            return self._by_score(query, page, recency)
        if sort is Sort.OLDEST:
            total, ids = self._oldest(query, page)
        else:
            # Where nothing scores, every hit ties with every other, and the id decides.
            total, ids = self._sorted(query, page, KEY if sort is Sort.RELEVANCE else ORDER)
        scored = self._scores(query, ids) if scores(plan) else {}
        return Found(total, tuple((id, scored.get(id, 0.0)) for id in ids))

    def counts(self, plan: Plan, fields: Sequence[str], days: bool) -> Counts:
        """Count values over all articles that match."""
        return count_values(self._searcher, self._compiler.compile(plan), fields, days)

    def _oldest(self, query: Query, page: Page) -> tuple[int, list[str]]:
        """The order of newest backwards: first of those with a date, then of the others."""
        any_date = Query.const_score_query(Query.exists_query(DAY), 0.0)
        dated = Query.boolean_query([(Occur.Must, query), (Occur.Must, any_date)])
        undated = Query.boolean_query([(Occur.Must, query), (Occur.MustNot, any_date)])
        total, ids = self._sorted(dated, page, ORDER, Order.Desc)
        left = page.limit - len(ids)
        if not left:
            return total + total_of(self._searcher.search(undated, 1)), ids
        others, more = self._sorted(undated, Page(left, max(page.offset - total, 0)), ORDER, Order.Desc)
        return total + others, ids + more

    def _sorted(self, query: Query, page: Page, field: str, order: Order = Order.Asc) -> tuple[int, list[str]]:
        """The number of hits, and the ids of a page of them in the order of a field that ends with the id."""
        result = self._searcher.search(query, page.limit, order_by_field=field, order=order, offset=page.offset)
        return total_of(result), [from_wire(key if field == KEY else key[ORDER_WIDTH:]) for key, _ in result.hits]

    def _by_score(self, query: Query, page: Page, recency: Recency | None) -> Found:
        """The best hits. Tantivy breaks ties by the order of writing; here the id does, which takes the whole of a tie."""
        wanted = page.offset + page.limit
        if recency is None:
            total, hits = self._best(query, wanted)
        else:
            from searchkit.engines.tantivy_.recent import best_recent  # few searches ask for it

            total, hits = best_recent(self._searcher, query, self._compiler.compile, wanted, recency)
        found: list[tuple[str, float]] = []
        at = 0
        for score, group in groupby(hits, key=itemgetter(0)):
            tied = [address for _, address in group]
            if at + len(tied) > page.offset and at < wanted:
                ids = sorted(self._fetch(address).id for address in tied)
                found += [(id, score / CONSTANT) for id in ids[max(page.offset - at, 0) : wanted - at]]
            at += len(tied)
            if at >= wanted:
                break
        return Found(total, tuple(found))

    def _best(self, query: Query, wanted: int) -> tuple[int, list[tuple[float, DocAddress]]]:
        """The number of hits, and with their scores the ``wanted`` best and all that tie with the last of them."""
        fetch = wanted + _TIES
        while True:
            result = self._searcher.search(query, fetch)
            hits, total = result.hits, total_of(result)
            if len(hits) <= wanted or len(hits) == total or hits[wanted - 1][0] != hits[-1][0]:
                return total, hits
            fetch = min(fetch * 4, total)

    def _scores(self, query: Query, ids: Sequence[str]) -> dict[str, float]:
        """The scores of some articles that match."""
        if not ids:
            return {}
        these = Query.const_score_query(Query.term_set_query(self._schema, KEY, [wire(id) for id in ids]), 0.0)
        both = Query.boolean_query([(Occur.Must, these), (Occur.Must, query)])
        hits = self._searcher.search(both, len(ids)).hits
        return {self._fetch(address).id: score / CONSTANT for score, address in hits}

    def _fetch(self, address: DocAddress) -> Article:
        """A stored article. It is kept until the next reload, since what is found is usually asked for at once."""
        try:
            article = _decode(self._searcher.doc(address))
        except ValueError as error:
            raise IndexCorrupt(f"a stored article in {self._folder} cannot be read: {error}") from error
        if len(self._recent) > _RECENT:
            self._recent.clear()
        self._recent[article.id] = article
        return article

    def get(self, ids: Sequence[str]) -> list[Article | None]:
        """The stored articles with these ids."""
        return [self._recent.get(id) or self._get(id) for id in ids]

    def _get(self, id: str) -> Article | None:
        address = self._address(id)
        return None if address is None else self._fetch(address)

    def _address(self, id: str) -> DocAddress | None:
        query = Query.term_query(self._schema, KEY, wire(id), "basic")
        hits = self._searcher.search(query, 1, count=False).hits
        return hits[0][1] if hits else None

    def scan(self) -> Iterator[Article]:
        """Every article."""
        searcher = self._searcher
        for segment in range(searcher.num_segments):
            number = 0
            while True:
                address = DocAddress(segment, number)
                try:
                    document = searcher.doc(address)
                except ValueError:  # past the last one: Tantivy does not say how many a segment holds
                    break
                number += 1
                try:
                    article = _decode(document)
                except ValueError as error:
                    raise IndexCorrupt(f"a stored article in {self._folder} cannot be read: {error}") from error
                # A deleted article is still stored; only one that is found by its id is there.
                if self._address(article.id) == address:
                    yield article

    def count(self) -> int:
        """The number of articles."""
        return int(self._searcher.num_docs)

    def terms(self, field: str, form: Form, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The terms of a field, sorted, with their document frequencies (deleted articles included)."""
        name = physical(field, form)
        if prefix:
            return iter(self._terms(name, prefix))
        if name not in self._vocabularies:
            self._vocabularies[name] = self._terms(name, "")
        return iter(self._vocabularies[name])

    def _terms(self, name: str, prefix: str) -> list[tuple[str, int]]:
        found = self._searcher.terms_with_prefix(name, wire(prefix))
        return sorted((from_wire(term), count) for term, count in found)

    def doc_freq(self, field: str, form: Form, term: str) -> int:
        """The number of articles with a term (deleted ones included, until their segment is merged)."""
        return int(self._searcher.doc_freq(physical(field, form), wire(term)))

    def check(self) -> list[str]:
        """Read every article once, and see that it is found by its id."""
        problems = []
        read = 0
        try:
            for article in self.scan():
                read += 1
                if self._address(article.id) is None:
                    problems.append(f"the article {article.id} is not found by its id")
        except (ValueError, OSError, IndexCorrupt) as error:
            problems.append(str(error))
        if not problems and read != self.count():
            problems.append(f"{self.count()} articles are counted, but {read} can be read")
        return problems

    def reload(self) -> None:
        """See what has been committed since."""
        try:
            self._index.reload()
            self._searcher = self._index.searcher()
        except (ValueError, OSError) as error:
            raise IndexCorrupt(
                f"the index in {self._folder} cannot be read ({error}); make it anew with: searchkit index --rebuild"
            ) from error
        self._compiler = Compiler(self._schema, self._searcher, self._analyzer, self._fetch)
        self._recent: dict[str, Article] = {}
        self._vocabularies: dict[str, list[tuple[str, int]]] = {}

    def close(self) -> None:
        """Let go of what is kept; Tantivy's files go with the object."""
        self._recent.clear()
        self._vocabularies.clear()


def _decode(document: Document) -> Article:
    """A stored article. Raises ValueError where it is none."""
    stored = document.get_first(STORED)
    if stored is None:
        raise ValueError("there is none")
    try:
        return Article.from_json(bytes(stored))
    except (TypeError, KeyError) as error:
        raise ValueError(repr(error)) from error
