"""A search from query to results: parse, lower, ask the engine, mark what matched."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from searchkit.analysis import Analyzer, code_of, language_terms
from searchkit.article import Article
from searchkit.engines import bm25
from searchkit.engines.base import Engine, Page, Sort, usual_sort
from searchkit.engines.recency import Recency
from searchkit.fields import Form
from searchkit.query.lower import Context, lower, lower_filter
from searchkit.query.parser import Parsed, parse
from searchkit.query.plan import All, And, Boost, Or, Plan, Range, within
from searchkit.results import FacetCounts, Hit, Results, Snippet, Suggestion
from searchkit.snippets import Highlighter
from searchkit.store import Settings, today

if TYPE_CHECKING:
    from searchkit.counting import Planned

_PAGE = 200
"""Hits fetched at a time when all of them are iterated."""

_FACET_VALUES = 10
"""Values of each facet that stand beside results."""

Filters = Sequence[tuple[str, str]]
"""Fields (or ``since``, ``until``) and the values that an article must have in them."""


class Searching:
    """Answers queries from one engine."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        self.analyzer = Analyzer(settings.language)
        self._settings = settings

    def search(
        self,
        query: str,
        filters: Filters,
        *,
        any_word: bool,
        sort: Sort | None,
        limit: int | None,
        offset: int,
        snippets: int,
        snippet_chars: int,
        explain: bool,
        suggest: bool,
        on_this_day: bool,
        facets: Sequence[str],
        half_life: float | None,
    ) -> Results:
        """Find articles: see :meth:`searchkit.archive.Archive.search`."""
        began = time.perf_counter()
        parsed = parse(query)
        plan, warnings = self._plan(parsed, filters, any_word)
        if on_this_day:
            plan = And((plan, Boost(self._on_this_day(), 0.0)))
        order = sort or usual_sort(plan)
        recency = None
        if half_life is not None and order is Sort.RELEVANCE:
            recency = Recency(today(self._settings).toordinal(), half_life)
        found = self.engine.search(plan, order, Page(_PAGE if limit is None else limit, offset), recency)
        highlighters = self._highlighters(plan)

        def hits(pairs: Sequence[tuple[str, float]], first: int) -> tuple[Hit, ...]:
            articles = self.engine.get([id for id, _ in pairs])
            return tuple(
                highlighters.hit(rank, score, article, snippets, snippet_chars)
                for rank, ((_, score), article) in enumerate(zip(pairs, articles, strict=True), first)
                if article is not None
            )

        def more(page: int) -> tuple[Hit, ...]:
            start = offset + page * _PAGE
            return hits(self.engine.search(plan, order, Page(_PAGE, start), recency).hits, start + 1)

        suggestions: tuple[Suggestion, ...] = ()
        if suggest and not found.total and not on_this_day:
            from searchkit.query.suggest import suggest as suggest_queries

            suggestions = suggest_queries(
                parsed, self.engine, self.analyzer, lambda text, any_word: self._count(text, filters, any_word)
            )
        explanation = None
        if explain:
            from searchkit.query.explain import explain as explain_plan

            explanation = explain_plan(plan, self.engine)
        counted: tuple[FacetCounts, ...] = ()
        if facets:
            from searchkit.counting import facets as count_facets

            counted = count_facets(self.engine, (query, plan, ()), facets, _FACET_VALUES).facets
        return Results(
            query=query,
            total=found.total,
            hits=hits(found.hits, offset + 1),
            seconds=time.perf_counter() - began,
            sort=order.value,
            warnings=tuple(dict.fromkeys(warnings)),
            explanation=explanation,
            suggestions=suggestions,
            facets=counted,
            more=more if limit is None else None,
        )

    def planned(self, query: str, filters: Filters, *, any_word: bool) -> Planned:
        """A query as it was written, its plan, and warnings about how it was read."""
        plan, warnings = self._plan(parse(query), filters, any_word)
        return query, plan, tuple(dict.fromkeys(warnings))

    def article(self, id: str) -> Article | None:
        """The article with an id."""
        (article,) = self.engine.get([id])
        return article

    def show(self, article: Article, query: str | None) -> Hit:
        """One article, whole: see :meth:`searchkit.archive.Archive.show`."""
        if query is None:
            return Hit(1, 0.0, article, (Snippet(article.body),) if article.body else ())
        plan, _ = self._plan(parse(query), (), any_word=False)
        highlighter = self._highlighters(plan).of(article)
        whole = (Snippet(article.body, highlighter.spans(article.body)),) if article.body else ()
        return _hit(1, 0.0, article, whole, highlighter)

    def _plan(self, parsed: Parsed, filters: Filters, any_word: bool) -> tuple[Plan, list[str]]:
        settings = self._settings
        context = Context(
            self.engine, self.analyzer, today(settings), settings.day_first, any_word, list(parsed.warnings)
        )
        plan = lower(parsed, context)
        if filters:
            plan = And((plan, *(Boost(lower_filter(name, value, context), 0.0) for name, value in filters)))
        return plan, context.warnings

    def _on_this_day(self) -> Plan:
        """Articles of today's day and month, of any year: of the days that the index holds, those."""
        now = today(self._settings)
        held = self.engine.counts(All(), (), days=True).days or {}
        days = ((dt.date.fromordinal(day), day) for day in sorted(held))
        return Or(tuple(Range(day, day) for date, day in days if (date.month, date.day) == (now.month, now.day)))

    def _count(self, query: str, filters: Filters, any_word: bool) -> int:
        plan, _ = self._plan(parse(query), filters, any_word)
        return self.engine.search(plan, Sort.NEWEST, Page(0)).total

    def _highlighters(self, plan: Plan) -> _Highlighters:
        articles = max(self.engine.count(), 1)

        def weight(form: Form, term: str) -> float:
            return bm25.idf(articles, min(self.engine.doc_freq("text", form, term), articles))

        return _Highlighters(plan, self.analyzer, weight)


class _Highlighters:
    """The highlighters of a query: one, or where each article has its own language, one for each of these."""

    def __init__(self, plan: Plan, analyzer: Analyzer, weight: Callable[[Form, str], float]) -> None:
        self._plan = plan
        self._analyzer = analyzer
        self._weight = weight
        self._made: dict[str | None, Highlighter] = {}

    def of(self, article: Article) -> Highlighter:
        """The one that marks an article in its language: the stems of another one do not count in it."""
        language = article.language if self._analyzer.is_for_all else None
        highlighter = self._made.get(language)
        if highlighter is None:
            plan = within(self._plan, "language", language_terms(language)) if language else self._plan
            highlighter = Highlighter(plan, self._analyzer.of(code_of(language)), self._weight)
            self._made[language] = highlighter
        return highlighter

    def hit(self, rank: int, score: float, article: Article, snippets: int, snippet_chars: int) -> Hit:
        """An article that was found, with passages of it."""
        highlighter = self.of(article)
        return _hit(rank, score, article, highlighter.snippets(article.body, snippets, snippet_chars), highlighter)


def _hit(rank: int, score: float, article: Article, passages: tuple[Snippet, ...], highlighter: Highlighter) -> Hit:
    """A hit with what matched in its title and its dateline marked."""
    dateline = highlighter.spans(article.dateline) if article.dateline else ()
    return Hit(rank, score, article, passages, highlighter.spans(article.title), dateline)
