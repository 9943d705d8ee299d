"""The memory engine: naive and obvious. It is the oracle that the others are compared with, and never a choice for users.

Nothing here is clever on purpose: every query looks at every article, and every number is counted anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType

from searchkit.analysis import Analyzer, IndexedField, index_fields, with_language
from searchkit.article import Article
from searchkit.engines import bm25
from searchkit.engines.base import Capabilities, Counts, Embedded, Found, Page, Prepared, Refused, Sort
from searchkit.engines.recency import Recency
from searchkit.fields import BY_NAME, Form, Kind
from searchkit.query.plan import All, And, Boost, Not, Or, Phrase, Plan, Range, Term


class _Entry:
    """An article and its terms: for each field and form, a list of pieces, each a list of terms."""

    def __init__(self, article: Article, fields: dict[str, IndexedField]) -> None:
        self.article = article
        self.pieces: dict[tuple[str, Form], list[list[str]]] = {}
        for name, indexed in fields.items():
            keyword = BY_NAME[name].kind is Kind.KEYWORD
            self.pieces[name, Form.EXACT] = [[text] if keyword else text.split() for text in indexed.exact]
            self.pieces[name, Form.STEM] = [text.split() for text in indexed.stems]
            self.pieces[name, Form.WHOLE] = [[value] for value in indexed.whole]

    def terms(self, field: str, form: Form) -> list[str]:
        return [term for piece in self.pieces.get((field, form), []) for term in piece]

    def length(self) -> int:
        return len(self.terms("text", Form.EXACT))


class MemoryEngine(Embedded):
    """An index in a dict. It is gone when the process ends."""

    capabilities = Capabilities("memory", persistent=False, parallel=False, follows=True)

    def __init__(self, analyzer: Analyzer) -> None:
        self.analyzer = analyzer
        self.entries: dict[str, _Entry] = {}

    def writer(self) -> MemoryWriter:
        """Start a writing session."""
        return MemoryWriter(self)

    def search(self, plan: Plan, sort: Sort, page: Page, recency: Recency | None = None) -> Found:
        """Answer a plan by looking at every article."""
        found: list[tuple[_Entry, float]] = []
        for entry in self.entries.values():
            score = self._score(plan, entry)
            if score is not None:
                found.append((entry, score if recency is None else score * recency.factor(entry.article.day)))

        found.sort(key=lambda item: item[0].article.id, reverse=sort is Sort.OLDEST)
        if sort is Sort.RELEVANCE:
            found.sort(key=lambda item: -item[1])
        else:
            sign = 1 if sort is Sort.OLDEST else -1
            found.sort(key=lambda item: (sign * (item[0].article.day or 0), sign * item[0].article.instant))
            found.sort(key=lambda item: item[0].article.day is None)
        shown = found[page.offset : page.offset + page.limit]
        return Found(len(found), tuple((entry.article.id, score) for entry, score in shown))

    def counts(self, plan: Plan, fields: Sequence[str], days: bool) -> Counts:
        """Count values by looking at every article."""
        found = [entry for entry in self.entries.values() if self._score(plan, entry) is not None]
        values = {field: Counter(v for entry in found for v in entry.terms(field, Form.WHOLE)) for field in fields}
        without = {field: sum(not entry.terms(field, Form.WHOLE) for entry in found) for field in fields}
        dated = Counter(entry.article.day for entry in found if entry.article.day is not None) if days else None
        return Counts(len(found), dated, values, without)

    def get(self, ids: Sequence[str]) -> list[Article | None]:
        """The articles with these ids."""
        return [self.entries[id].article if id in self.entries else None for id in ids]

    def scan(self) -> Iterator[Article]:
        """Every article."""
        return iter([entry.article for entry in self.entries.values()])

    def count(self) -> int:
        """The number of articles."""
        return len(self.entries)

    def terms(self, field: str, form: Form, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The terms of a field, sorted, with their document frequencies."""
        terms = {term for entry in self.entries.values() for term in entry.terms(field, form)}
        for term in sorted(terms):
            if term.startswith(prefix):
                yield term, self.doc_freq(field, form, term)

    def doc_freq(self, field: str, form: Form, term: str) -> int:
        """The number of articles with a term."""
        return sum(term in entry.terms(field, form) for entry in self.entries.values())

    def check(self) -> list[str]:
        """Nothing is stored, so nothing can be broken."""
        return []

    def reload(self) -> None:
        """The dict is always up to date."""

    def close(self) -> None:
        """Nothing is open."""

    def _score(self, plan: Plan, entry: _Entry) -> float | None:
        """The score of an article, or None where it does not match."""
        match plan:
            case Term(field, form, text):
                freq = entry.terms(field, form).count(text)
                return self._bm25(field, [self.doc_freq(field, form, text)], freq, entry) if freq else None
            case Phrase(field, terms, slop):
                pieces = entry.pieces.get((field, Form.EXACT), [])
                freq = sum(_occurrences(piece, terms, slop) for piece in pieces)
                counts = [self.doc_freq(field, Form.EXACT, term) for term in terms]
                return self._bm25(field, counts, freq, entry) if freq else None
            case And(children):
                scores = [self._score(child, entry) for child in children]
                return None if None in scores else sum(score for score in scores if score is not None)
            case Or(children):
                matching = [score for child in children if (score := self._score(child, entry)) is not None]
                return sum(matching) if matching else None
            case Not(child):
                return 0.0 if self._score(child, entry) is None else None
            case Range(low, high):
                day = entry.article.day
                inside = day is not None and (low is None or low <= day) and (high is None or day <= high)
                return 0.0 if inside else None
            case All():
                return 0.0
            case Boost(child, factor):
                score = self._score(child, entry)
                return None if score is None else score * factor

    def _bm25(self, field: str, doc_freqs: Iterable[int], freq: int, entry: _Entry) -> float:
        if field != "text":
            return 0.0
        articles = len(self.entries)
        average = sum(other.length() for other in self.entries.values()) / articles
        weight = sum(bm25.idf(articles, doc_freq) for doc_freq in doc_freqs)
        return bm25.score(weight, freq, bm25.norm(entry.length(), average))


def _occurrences(piece: list[str], terms: Sequence[str], slop: int | None) -> int:
    """How often a phrase stands in a piece; with slop, how many windows that begin with one of its words hold them all."""
    size = len(terms)
    if slop is None:
        return sum(tuple(piece[at : at + size]) == tuple(terms) for at in range(len(piece)))
    needed = {term: terms.count(term) for term in terms}
    windows = (piece[at : at + size + slop] for at, term in enumerate(piece) if term in needed)
    return sum(all(window.count(term) >= count for term, count in needed.items()) for window in windows)


class MemoryWriter:
    """A writing session: changes are kept aside until they are committed."""

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self._pending: dict[str, _Entry | None] = {}

    def preparer(self, articles: Sequence[Article]) -> Prepared:
        """Nothing to prepare but their languages."""
        analyzer = self._engine.analyzer
        return Prepared(
            tuple(article.id for article in articles), tuple(with_language(article, analyzer) for article in articles)
        )

    def __enter__(self) -> MemoryWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pending.clear()

    def add(self, prepared: Prepared) -> None:
        """Take a batch in."""
        for article in prepared.payload:
            self._pending[article.id] = _Entry(article, index_fields(article, self._engine.analyzer))

    def delete(self, ids: Iterable[str]) -> None:
        """Remove articles."""
        self._pending.update(dict.fromkeys(ids))

    def commit(self) -> Sequence[Refused]:
        """Make the changes visible."""
        for id, entry in self._pending.items():
            if entry is None:
                self._engine.entries.pop(id, None)
            else:
                self._engine.entries[id] = entry
        self._pending.clear()
        return ()


def create(folder: Path, analyzer: Analyzer) -> MemoryEngine:
    """An empty index; the folder is not used."""
    return MemoryEngine(analyzer)


def open(folder: Path, analyzer: Analyzer) -> MemoryEngine:
    """The same: there is nothing to open."""
    return MemoryEngine(analyzer)
