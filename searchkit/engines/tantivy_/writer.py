"""Writing sessions: articles prepared in any process, documents added in one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType

import tantivy
from tantivy import Document, Query

from searchkit.analysis import Analyzer, index_fields, with_language
from searchkit.article import Article
from searchkit.engines.base import Prepared, Refused
from searchkit.engines.tantivy_.schema import DAY, KEY, LENGTH, ORDER, STORED, order_key
from searchkit.engines.wire import wire
from searchkit.errors import IndexingFailed
from searchkit.fields import FIELDS, Form, physical

_HEAP = 128_000_000
"""Bytes that a writing session holds in memory before it writes a segment."""

_THREADS = 1
"""Threads that write segments, besides the one that makes documents: with two cores, more of them only wait."""


_STEMMED = {field.name: physical(field.name, Form.STEM) for field in FIELDS}
_WHOLE = {field.name: physical(field.name, Form.WHOLE) for field in FIELDS}


class Preparer:
    """Turns articles into what a document is made of, in any process."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer

    def __call__(self, articles: Sequence[Article]) -> Prepared:
        return Prepared(tuple(article.id for article in articles), [self._prepare(article) for article in articles])

    def _prepare(self, article: Article) -> _Row:
        article = with_language(article, self._analyzer)
        texts: list[tuple[str, str]] = []
        length = 0
        for name, indexed in index_fields(article, self._analyzer).items():
            if name == "text":
                # Single spaces stand between terms, but for chunks that gave none.
                pieces = [_single_spaced(text) if "  " in text else text.strip() for text in indexed.exact]
                length = sum(text.count(" ") + 1 for text in pieces if text)
                texts += [(name, wire(text)) for text in pieces]
            else:
                texts += [(name, wire(text)) for text in indexed.exact]
            if indexed.stems:
                stemmed = _STEMMED[name]
                texts += [(stemmed, text) for text in indexed.stems]
            if indexed.whole:
                whole = _WHOLE[name]
                texts += [(whole, wire(value)) for value in indexed.whole]
        texts += [(KEY, wire(article.id)), (ORDER, order_key(article))]
        return texts, article.day, length, article.to_json()


def _single_spaced(text: str) -> str:
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip()


_Row = tuple[list[tuple[str, str]], int | None, int, bytes]
"""What goes into a document: texts by field, the day, the length, and the stored article."""


class TantivyWriter:
    """A writing session. It opens the index anew, so that nothing which an earlier session left open stays behind."""

    def __init__(self, folder: Path, analyzer: Analyzer) -> None:
        self._folder = folder
        self._index = tantivy.Index.open(str(folder))
        self._index.config_reader("manual")
        self._schema = self._index.schema
        self._writer = self._index.writer(_HEAP, _THREADS)
        self._look()
        self.preparer = Preparer(analyzer)

    def _look(self) -> None:
        self._index.reload()
        self._committed = self._index.searcher()
        self._expected = int(self._committed.num_docs)
        self._pending: dict[str, bool] = {}  # since the last commit: whether it is there

    def __enter__(self) -> TantivyWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # After a failure there may be nothing left to roll back; the last commit counts either way.
        with contextlib.suppress(ValueError, OSError) if kind is not None else self._failing():
            if self._pending:
                self._writer.rollback()
            self._writer.wait_merging_threads()
        del self._writer

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        """Tantivy reports a full disk, and all else that goes wrong in its threads, as a ValueError."""
        try:
            yield
        except (ValueError, OSError) as error:
            raise IndexingFailed(
                f"writing the index in {self._folder} failed: {error}. What was committed before stays; "
                "run the same command again when the cause is gone"
            ) from error

    def _has(self, id: str) -> bool:
        if id in self._pending:
            return self._pending[id]
        key = wire(id)
        if not self._committed.doc_freq(KEY, key):
            return False
        # A document that was deleted is counted until its segment is merged; a search leaves it out.
        return bool(self._committed.search(Query.term_query(self._schema, KEY, key, "basic"), 1).hits)

    def add(self, prepared: Prepared) -> None:
        """Take a batch in."""
        with self._failing():
            self._add(prepared)

    def _add(self, prepared: Prepared) -> None:
        add = self._writer.add_document
        for id, (texts, day, length, stored) in zip(prepared.ids, prepared.payload, strict=True):
            self.delete((id,))
            document = Document()
            for name, text in texts:
                document.add_text(name, text)
            if day is not None:
                document.add_unsigned(DAY, day)
            document.add_unsigned(LENGTH, length)
            document.add_bytes(STORED, stored)
            add(document)
            self._pending[id] = True
            self._expected += 1

    def delete(self, ids: Iterable[str]) -> None:
        """Remove articles."""
        for id in ids:
            if self._has(id):
                with self._failing():
                    self._writer.delete_documents_by_term(KEY, wire(id))
                self._pending[id] = False
                self._expected -= 1

    def commit(self) -> Sequence[Refused]:
        """Make everything so far permanent. Raises IndexingFailed where the index then holds more or less than was given."""
        if not self._pending:
            return ()
        expected = self._expected
        with self._failing():
            self._writer.commit()
        self._look()
        if self._expected != expected:
            raise IndexingFailed(
                f"the index in {self._folder} should hold {expected} articles and holds {self._expected}; "
                "make it anew with: searchkit index --rebuild"
            )
        return ()
