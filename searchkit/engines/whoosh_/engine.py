"""The engine on Whoosh: opening, reading, and writing sessions over the segments that Whoosh's TOC names."""

from __future__ import annotations

import contextlib
import gc
import heapq
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any

from whoosh.codec.whoosh3 import W3Segment
from whoosh.index import TOC, EmptyIndexError, clean_files

from searchkit.analysis import Analyzer, with_language
from searchkit.article import Article
from searchkit.engines.base import Capabilities, Counts, Embedded, Found, Page, Prepared, Refused, Sort
from searchkit.engines.recency import Recency
from searchkit.engines.whoosh_.codec import INDEX_NAME, ArrayCodec, make_schema, open_files
from searchkit.engines.whoosh_.pickles import SafeStorage
from searchkit.engines.whoosh_.search import Searcher, Segment
from searchkit.engines.whoosh_.segment import KEY, PHYSICAL, SegmentBuilder, SegmentFiles, merge
from searchkit.errors import IndexCorrupt, IndexingFailed
from searchkit.fields import Form, physical
from searchkit.query.plan import Plan

MAX_SEGMENTS = 4
"""More than this, and the smallest are merged. Each query costs a little for each segment."""

_MERGED_AT_ONCE = 3
_OPEN_ATTEMPTS = 20


def create(folder: Path, analyzer: Analyzer) -> WhooshEngine:
    """Make an empty index and open it."""
    folder.mkdir(parents=True, exist_ok=True)
    TOC.create(SafeStorage(str(folder)), make_schema(), INDEX_NAME)
    return WhooshEngine(folder, analyzer)


def open(folder: Path, analyzer: Analyzer) -> WhooshEngine:
    """Open an index. Raises IndexCorrupt when it is none of searchkit's, or cannot be read."""
    return WhooshEngine(folder, analyzer)


def _read_toc(storage: SafeStorage) -> TOC:
    try:
        return TOC.read(storage, INDEX_NAME, schema=make_schema())
    except (FileNotFoundError, IndexCorrupt):
        raise
    except EmptyIndexError:
        raise IndexCorrupt(
            f"{storage.folder} holds no Whoosh index; make it anew with: searchkit index --rebuild"
        ) from None
    except Exception as error:
        # Reading damaged bytes as numbers, strings and pickles can raise nearly anything.
        raise IndexCorrupt(
            f"the table of contents in {storage.folder} is damaged ({type(error).__name__}: {error}); "
            "make it anew with: searchkit index --rebuild"
        ) from error


class WhooshEngine(Embedded):
    """An index of segments, as of the last commit before it was opened or reloaded."""

    # A batch is a segment: smaller ones would have to be merged more often, and each commit with more than a few is a merge.
    capabilities = Capabilities("whoosh", persistent=True, parallel=True, batch=2000, commit_every=2000)

    def __init__(self, folder: Path, analyzer: Analyzer) -> None:
        self._folder = folder
        self._analyzer = analyzer
        self._storage = SafeStorage(str(folder))
        self._open()

    def _open(self) -> None:
        for attempt in range(_OPEN_ATTEMPTS):
            try:
                toc = _read_toc(self._storage)
                segments = [
                    Segment(open_files(self._storage, segment), frozenset(segment.deleted_docs()))
                    for segment in toc.segments
                ]
                break
            except FileNotFoundError as error:
                # A writer has committed and cleaned up between our reading the TOC and opening what it names.
                if attempt == _OPEN_ATTEMPTS - 1:
                    raise IndexCorrupt(
                        f"{error.filename} is missing; make the index anew with: searchkit index --rebuild"
                    ) from error
        self.generation: int = toc.generation
        self._searcher = Searcher(segments)
        self._vocabularies: dict[str, list[tuple[str, int]]] = {}

    def writer(self) -> WhooshWriter:
        """Start a writing session."""
        return WhooshWriter(self._folder, self._analyzer)

    def search(self, plan: Plan, sort: Sort, page: Page, recency: Recency | None = None) -> Found:
        """Answer a plan."""
        return self._searcher.search(plan, sort, page, recency)

    def counts(self, plan: Plan, fields: Sequence[str], days: bool) -> Counts:
        """Count values over all articles that match."""
        return self._searcher.counts(plan, fields, days)

    def get(self, ids: Sequence[str]) -> list[Article | None]:
        """The stored articles with these ids."""
        return [self._get(id) for id in ids]

    def _get(self, id: str) -> Article | None:
        for segment in self._searcher.segments:
            doc = segment.files.doc(id)
            if doc is not None and doc in segment.live:
                return segment.files.article(doc)
        return None

    def scan(self) -> Iterator[Article]:
        """Every article."""
        for segment in self._searcher.segments:
            for doc in sorted(segment.live):
                yield segment.files.article(doc)

    def count(self) -> int:
        """The number of articles."""
        return sum(len(segment.live) for segment in self._searcher.segments)

    def terms(self, field: str, form: Form, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The terms of a field, sorted, with their document frequencies (deleted articles included)."""
        name = physical(field, form)
        if prefix:
            return iter(self._merged_terms(name, prefix))
        if name not in self._vocabularies:
            self._vocabularies[name] = self._merged_terms(name, "")
        return iter(self._vocabularies[name])

    def _merged_terms(self, name: str, prefix: str) -> list[tuple[str, int]]:
        lists = [segment.files.vocabulary(name, prefix) for segment in self._searcher.segments]
        grouped = groupby(heapq.merge(*lists), key=itemgetter(0))
        return [(term.decode("utf-8", "surrogatepass"), sum(df for _, df in group)) for term, group in grouped]

    def doc_freq(self, field: str, form: Form, term: str) -> int:
        """The number of articles with a term (deleted ones included, until their segment is merged)."""
        return self._searcher.doc_freq(physical(field, form), term)

    def check(self) -> list[str]:
        """Read everything once: every posting list, every article."""
        problems = []
        for segment in self._searcher.segments:
            files = segment.files
            for doc in segment.live:
                try:
                    if files.article(doc).id != files.key(doc) or files.doc(files.key(doc)) != doc:
                        problems.append(
                            f"article {doc} of segment {files.name} does not have the id that it is found by"
                        )
                except IndexCorrupt as error:
                    problems.append(str(error))
            problems += _damaged_postings(files)
        return problems

    def reload(self) -> None:
        """See what has been committed since."""
        if TOC._latest_generation(self._storage, INDEX_NAME) != self.generation:
            self._open()

    def close(self) -> None:
        """Let go of the files."""
        for segment in self._searcher.segments:
            segment.files.close()


def _damaged_postings(files: SegmentFiles) -> Iterator[str]:
    """The fields of a segment with a posting list that cannot be: articles that there are not, or out of order."""
    for field in PHYSICAL:
        for index, (term, _) in enumerate(files.vocabulary(field)):
            try:
                posting = files.postings_at(field, index)
                docs = list(posting.docs)
                whole = docs == sorted(set(docs)) and docs[-1] < files.size
            except (ValueError, IndexError, TypeError):
                whole = False
            if not whole:
                yield f"the postings of {term!r} in the field {field} of segment {files.name} are damaged"
                break


class _Preparer:
    """Inverts a batch and writes it as a segment that no TOC names yet. Safe in any process."""

    def __init__(self, folder: Path, analyzer: Analyzer) -> None:
        self._folder = folder
        self._analyzer = analyzer

    def __call__(self, articles: Sequence[Article]) -> Prepared:
        segment = ArrayCodec().new_segment(None, INDEX_NAME)
        with _no_collection():
            builder = SegmentBuilder(self._analyzer)
            for article in articles:
                builder.add(with_language(article, self._analyzer))
            builder.write(self._folder, segment.segment_id())
        segment.set_doc_count(len(articles))
        return Prepared(tuple(article.id for article in articles), segment)


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Without garbage collection, which would look at the same million lists again and again: an eighth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class WhooshWriter:
    """A writing session over the segments of the last commit."""

    def __init__(self, folder: Path, analyzer: Analyzer) -> None:
        self._folder = folder
        self._storage = SafeStorage(str(folder))
        toc = _read_toc(self._storage)
        self._generation: int = toc.generation
        self._segments: list[W3Segment] = toc.segments
        self._files: dict[str, Any] = {}
        self._dirty = False
        # What a killed session left behind belongs to nobody.
        clean_files(self._storage, INDEX_NAME, self._generation, self._segments)
        self.preparer = _Preparer(folder, analyzer)

    def __enter__(self) -> WhooshWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for files in self._files.values():
            files.close()
        toc = _read_toc(self._storage)
        clean_files(self._storage, INDEX_NAME, toc.generation, toc.segments)

    def add(self, prepared: Prepared) -> None:
        """Take a batch in. Raises IndexingFailed where the segment does not hold what the batch held."""
        if not prepared.ids:
            return
        segment: W3Segment = prepared.payload
        files = self._open(segment)
        if files.size != len(prepared.ids):
            raise IndexingFailed(
                f"a batch of {len(prepared.ids)} articles came back as {files.size}; nothing of it was kept"
            )
        self.delete(prepared.ids)
        segment._fieldlengths = {"text": sum(files.lengths)}
        self._segments.append(segment)
        self._dirty = True

    def delete(self, ids: Iterable[str]) -> None:
        """Remove articles."""
        wanted = {id.encode("utf-8", "surrogatepass") for id in ids}
        for segment in self._segments:
            files = self._open(segment)
            # One pass over the ids of a segment is cheaper than a search in it for each id of a batch.
            for key in wanted.intersection(files.terms.strings(KEY)):
                doc = files.doc(key.decode("utf-8", "surrogatepass"))
                if not segment.is_deleted(doc):
                    segment.delete_document(doc)
                    self._dirty = True

    def commit(self) -> Sequence[Refused]:
        """Write a new TOC; until it is there, the old one counts."""
        if not self._dirty:
            return ()
        self._merge()
        self._generation += 1
        toc = TOC(make_schema(), self._segments, self._generation)
        toc.write(self._storage, INDEX_NAME)
        _sync(self._folder)
        self._dirty = False
        return ()

    def _merge(self) -> None:
        self._segments = [segment for segment in self._segments if segment.deleted_count() < segment.doc_count_all()]
        worn = [segment for segment in self._segments if segment.deleted_count() > segment.doc_count_all() / 3]
        if len(self._segments) > MAX_SEGMENTS:
            by_size = sorted(self._segments, key=lambda s: s.doc_count_all() - s.deleted_count())
            worn += [segment for segment in by_size[:_MERGED_AT_ONCE] if segment not in worn]
        if not worn:
            return
        merged = ArrayCodec().new_segment(None, INDEX_NAME)
        parts = [(self._open(segment), frozenset(segment.deleted_docs())) for segment in worn]
        size = merge(self._folder, merged.segment_id(), parts)
        expected = sum(segment.doc_count_all() - segment.deleted_count() for segment in worn)
        if size != expected:
            raise IndexingFailed(f"merging {expected} articles gave {size}; the index was left as it was")
        merged.set_doc_count(size)
        merged._fieldlengths = {"text": sum(self._open(merged).lengths)}
        self._segments = [*(segment for segment in self._segments if segment not in worn), merged]

    def _open(self, segment: W3Segment) -> Any:
        name = segment.segment_id()
        if name not in self._files:
            self._files[name] = open_files(self._storage, segment)
        return self._files[name]


def _sync(folder: Path) -> None:
    """Have the folder's entries written to the disk, so that a commit outlives a loss of power."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # a system that does not open folders
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
