"""The peers of the big corpus. They read the same files of JSON lines as searchkit, with orjson and nothing more, as a user
would who has nothing but his engine: less work than searchkit's reader does, so that no figure flatters searchkit.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.common import Missing
from benchmarks.corpus import FILE
from benchmarks.peers import Ask, Fts5, Searchkit, Whoosh
from searchkit.article import Article

PART = 10_000
"""As many articles are enough for an engine that takes minutes for 100,000: the figure is per article."""

DEBIAN = "/usr/lib/python3/dist-packages"
"""Where Debian's python3-xapian is, which a virtual environment does not see."""

EXPANSIONS = 1000
"""Terms of a prefix at most."""


def read_plainly(folder: Path) -> Iterator[Article]:
    """The articles of a big corpus: id, title, body, date, time and places."""
    import orjson

    for path in sorted(folder.glob("*.jsonl")):
        with path.open("rb") as lines:
            for line in lines:
                story = orjson.loads(line)
                moment = dt.datetime.fromisoformat(story["published"])
                yield Article(
                    story["id"],
                    story["title"],
                    story["text"],
                    date=moment.date(),
                    time=moment.time(),
                    extra={"places": story["places"]},
                )


def part_of(folder: Path, articles: int) -> Path:
    """A folder with the first articles of a corpus, as links."""
    files = sorted(folder.glob("*.jsonl"))[: max(1, articles // FILE)]
    part = folder.with_name(f"{folder.name}-first-{len(files) * FILE}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    for file in files:
        (part / file.name).hardlink_to(file)
    return part


class SearchkitTantivy(Searchkit):
    """The project on its Tantivy engine."""

    def __init__(self, folder: Path) -> None:
        import searchkit.engines.tantivy_  # noqa: F401

        super().__init__(folder)

    def build(self, articles: Path) -> int:
        import searchkit

        with searchkit.create(self._folder, engine="tantivy") as archive:
            return archive.index([articles]).total


class RawTantivy:
    """A loop over tantivy-py with its own tokenizers: the body in two forms, as written with positions and stemmed without,
    and stored with title, date and places.
    """

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._tantivy: Any = tantivy
        self._folder = folder

    def build(self, articles: Path) -> int:
        tantivy = self._tantivy
        self._folder.mkdir(parents=True)
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("title", stored=True)
        builder.add_text_field("body")
        # Tantivy cuts its snippets from the field that was searched, so this is the form that is stored.
        builder.add_text_field("body_stem", stored=True, tokenizer_name="en_stem", index_option="freq")
        builder.add_text_field("places", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_date_field("date", stored=True, indexed=True, fast=True)
        index = tantivy.Index(builder.build(), path=str(self._folder))
        # Two threads and this much memory were the fastest of those tried on two cores.
        writer = index.writer(256_000_000, 2)
        for article in read_plainly(articles):
            document = tantivy.Document()
            document.add_text("id", article.id)
            document.add_text("title", article.title)
            document.add_text("body", article.body)
            document.add_text("body_stem", article.body)
            for place in article.extra["places"]:
                document.add_text("places", place)
            assert article.date is not None
            document.add_date("date", dt.datetime.combine(article.date, article.time or dt.time()))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return int(index.searcher().num_docs)

    def open(self) -> None:
        self._index = self._tantivy.Index.open(str(self._folder))
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def ask(self, ask: Ask) -> int:
        return len(self.answer(ask)["hits"])

    def answer(self, ask: Ask) -> dict[str, Any]:
        """The best ten as records."""
        tantivy, searcher = self._tantivy, self._searcher
        scored = self._query(ask)
        query = scored
        if ask.days:
            first = dt.datetime.combine(ask.days[0], dt.time.min)
            last = dt.datetime.combine(ask.days[1], dt.time.max)
            days = tantivy.Query.range_query(self._schema, "date", tantivy.FieldType.Date, first, last)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, scored), (tantivy.Occur.Must, days)])
        found = searcher.search(query, 10)
        generator = None
        if ask.snippets:
            # A phrase is looked for among the words as written, which are not stored: its stems are marked instead.
            marked = self._query(replace(ask, joined="and")) if ask.joined == "phrase" else scored
            generator = tantivy.SnippetGenerator.create(searcher, marked, self._schema, "body_stem")
            generator.set_max_num_chars(240)
        hits = []
        for score, address in found.hits:
            document = searcher.doc(address)
            snippet = generator.snippet_from_doc(document) if generator else None
            hits.append(
                {
                    "id": document.get_first("id"),
                    "title": document.get_first("title"),
                    "date": str(document.get_first("date")),
                    "places": document.get_all("places"),
                    "score": score,
                    "snippet": snippet.fragment() if snippet else None,
                    "highlights": [(span.start, span.end) for span in snippet.highlighted()] if snippet else None,
                }
            )
        return {"query": ask.words, "total": found.count, "hits": hits}

    def _query(self, ask: Ask) -> Any:
        tantivy = self._tantivy
        if ask.joined == "phrase":
            return tantivy.Query.phrase_query(self._schema, "body", list(ask.words.split()))
        if ask.joined == "prefix":
            # Its own prefix query scores every article the same, and has no snippets.
            terms = self._searcher.terms_with_prefix("body_stem", ask.words, limit=EXPANSIONS)
            return tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "body_stem", term, "freq"))
                    for term, _ in terms
                ]
            )
        return self._index.parse_query(ask.words, ["body_stem"], conjunction_by_default=ask.joined == "and")


class BigFts5(Fts5):
    """SQLite's full-text search, fed by the plain reader."""

    read = staticmethod(read_plainly)


class BigWhoosh(Whoosh):
    """Plain Whoosh, fed by the plain reader."""

    read = staticmethod(read_plainly)


class Xapian:
    """Xapian with its term generator: stems with positions, the article as data, the date as a value."""

    def __init__(self, folder: Path) -> None:
        require_xapian()
        import xapian

        self._xapian = xapian
        self._folder = folder

    def build(self, articles: Path) -> int:
        xapian = self._xapian
        database = xapian.WritableDatabase(str(self._folder), xapian.DB_CREATE_OR_OPEN)
        generator = xapian.TermGenerator()
        generator.set_stemmer(xapian.Stem("english"))
        for article in read_plainly(articles):
            document = xapian.Document()
            generator.set_document(document)
            generator.index_text(article.title, 1, "S")
            generator.index_text(article.body)
            for place in article.extra["places"]:
                document.add_boolean_term(f"P{place}"[:200])
            document.add_boolean_term(f"Q{article.id}")
            document.add_value(0, str(article.date))
            document.set_data(json.dumps({"id": article.id, "title": article.title, "text": article.body}))
            database.add_document(document)
        database.commit()
        return int(database.get_doccount())

    def open(self) -> None:
        raise NotImplementedError

    def ask(self, ask: Ask) -> int:
        raise NotImplementedError


class Bm25s:
    """bm25s: scores worked out in advance, in memory. It has neither Boolean queries nor snippets."""

    def __init__(self, folder: Path) -> None:
        import bm25s
        import Stemmer

        self._bm25s, self._stemmer = bm25s, Stemmer.Stemmer("english")
        self._folder = folder

    def build(self, articles: Path) -> int:
        texts = [article.body for article in read_plainly(articles)]
        retriever = self._bm25s.BM25()
        retriever.index(self._bm25s.tokenize(texts, stemmer=self._stemmer, show_progress=False), show_progress=False)
        retriever.save(str(self._folder))
        return len(texts)

    def open(self) -> None:
        self._retriever = self._bm25s.BM25.load(str(self._folder))

    def ask(self, ask: Ask) -> int:
        words = self._bm25s.tokenize([ask.words], stemmer=self._stemmer, show_progress=False)
        documents, _ = self._retriever.retrieve(words, k=10, show_progress=False)
        return int(documents.shape[1])


def require_xapian() -> None:
    """Raises Missing where Xapian cannot be imported."""
    if importlib.util.find_spec("xapian") is None:
        sys.path.append(DEBIAN)
        importlib.invalidate_caches()
    try:
        import xapian  # noqa: F401
    except ImportError as error:
        raise Missing(f"Xapian cannot be imported ({error}): install python3-xapian of Debian") from None


BIG_PEERS: dict[str, Any] = {
    "searchkit on Tantivy": SearchkitTantivy,
    "raw tantivy": RawTantivy,
    "FTS5": BigFts5,
    "Xapian": Xapian,
    "plain Whoosh": BigWhoosh,
    "bm25s": Bm25s,
}
