"""Asking an archive: everything that reads an index and changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from searchkit.engines.base import Engine, Sort
from searchkit.errors import IndexCorrupt
from searchkit.live import Live
from searchkit.results import Facets, Hit, Places, Results, Terms, Timeline
from searchkit.searching import Searching
from searchkit.store import Settings, Store

if TYPE_CHECKING:
    from searchkit.counting import Planned
    from searchkit.engines.cluster import Where

Day = str | dt.date | None
"""A day, or what the query language says for one."""


class Asking:
    """What can be asked of an index."""

    def __init__(
        self,
        store: Store,
        rebuild_with: Settings | None = None,
        policy: str | None = None,
        damaged: bool = False,
        where: Where | None = None,
    ) -> None:
        self._store = store
        self._policy = policy
        self._where = where
        self._live = Live(store, rebuild_with, damaged)
        self._search: tuple[Engine, Searching] | None = None

    @property
    def path(self) -> Path:
        """The index folder."""
        return self._store.path

    @property
    def settings(self) -> Settings:
        """What the index was made with."""
        return self._live.manifest.settings

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return self._live.engine.count()

    def close(self) -> None:
        """Let go of the index's files."""
        self._live.close()

    def reload(self) -> None:
        """See what others have written since."""
        self._live.reload()

    def search(
        self,
        query: str,
        *,
        any_word: bool = False,
        since: Day = None,
        until: Day = None,
        location: str | None = None,
        fields: Iterable[tuple[str, str]] = (),
        sort: str | None = None,
        recent: str | int | None = None,
        limit: int | None = 10,
        offset: int = 0,
        snippets: int = 1,
        snippet_chars: int = 240,
        explain: bool = False,
        suggest: bool = False,
        on_this_day: bool = False,
        facets: Iterable[str] = (),
    ) -> Results:
        """Find the articles that match a query in the query language.

        ``since``, ``until``, ``location`` and ``fields`` (pairs of a field's name and a value) narrow it down. ``sort`` is
        ``"relevance"``, ``"newest"`` or ``"oldest"``; by default relevance, and newest where nothing in the query scores.
        ``recent`` is a half-life (``"30d"``, ``"2w"``, ``"6m"``, ``"1y"``, or a number of days): the scores of articles halve
        with each of it that they are old, down to a thousandth after ten, which is also what the undated count. It orders
        by relevance, and finds no more and no less.
        ``limit`` None gives a first page and fetches the others while the results are iterated. ``snippets`` passages of
        about ``snippet_chars`` characters are cut from each body. ``suggest`` looks for another query where this one finds
        nothing. ``on_this_day`` finds only what is dated on today's day and month, of any year. ``facets`` are
        counted as well, as :meth:`facets` does.

        Raises QueryError for a query that cannot be understood, ValueError for another argument that cannot be.
        """
        if (limit is not None and limit < 0) or offset < 0 or snippets < 0 or snippet_chars < 1:
            raise ValueError("limit, offset and snippets are not negative, and snippet_chars is at least 1")
        order, days = Sort(sort) if sort else None, None
        if recent is not None:
            from searchkit.intervals import half_life

            days = half_life(recent)
            if order not in (None, Sort.RELEVANCE):
                raise ValueError("recent orders by relevance, and not by date as well")
        return self._searching().search(
            query,
            _filters(since, until, location, fields),
            any_word=any_word,
            sort=order,
            limit=limit,
            offset=offset,
            snippets=snippets,
            snippet_chars=snippet_chars,
            explain=explain,
            suggest=suggest,
            on_this_day=on_this_day,
            facets=tuple(facets),
            half_life=days,
        )

    def show(self, id: str, query: str | None = None) -> Hit:
        """One article, whole: its body is the one snippet, and what a query finds in it is marked. Of an article that was
        captured more than once, an earlier version too, which no query finds.

        Raises ArticleMissing where no article has this id, QueryError.
        """
        searching = self._searching()
        article, versions = searching.article(id), None
        if article is None or article.captured is not None:
            from searchkit.indexing.listing import with_versions

            article, versions = with_versions(self._store, id, article)
        hit = searching.show(article, query)
        return hit.changed(versions=versions) if versions else hit

    def timeline(
        self,
        queries: str | Sequence[str],
        *,
        by: str | None = None,
        share: bool = False,
        peaks: bool = False,
        any_word: bool = False,
        since: Day = None,
        until: Day = None,
        location: str | None = None,
        fields: Iterable[tuple[str, str]] = (),
    ) -> Timeline:
        """Count what one query, or several, find over time: every match, not a page of them.

        ``by`` is ``"day"``, ``"week"``, ``"month"``, ``"quarter"``, ``"year"`` or ``"decade"``; by default the shortest of
        which a screen holds all. ``share`` gives the part of all articles as well, ``peaks`` the bursts (Kleinberg 2002) and
        words that mark them. The other arguments are those of :meth:`search`.

        Raises QueryError, ValueError for intervals that there are not, SearchkitError for too many.
        """
        from searchkit.counting import timeline

        given = _filters(since, until, location, fields)
        searching = self._searching()
        asked = (queries,) if isinstance(queries, str) else tuple(queries)
        planned = [searching.planned(query, given, any_word=any_word) for query in asked]
        return timeline(searching.engine, searching.analyzer, planned, by, share, peaks)

    def facets(
        self,
        query: str,
        by: Iterable[str] = ("country", "section", "publisher", "year"),
        *,
        limit: int = 10,
        any_word: bool = False,
        since: Day = None,
        until: Day = None,
        location: str | None = None,
        fields: Iterable[tuple[str, str]] = (),
    ) -> Facets:
        """Count what a query finds by country, region, city, section, topic, publisher, year, byline or language: every
        match, not a page of them. Of each facet, the ``limit`` most frequent values.

        Raises QueryError, SearchkitError for a facet that there is not.
        """
        from searchkit.counting import facets

        if limit < 1:
            raise ValueError("limit is at least 1")
        searching, planned = self._planned(query, any_word, since, until, location, fields)
        return facets(searching.engine, planned, tuple(by), limit)

    def places(
        self,
        query: str,
        by: str = "country",
        *,
        limit: int | None = 20,
        any_word: bool = False,
        since: Day = None,
        until: Day = None,
        location: str | None = None,
        fields: Iterable[tuple[str, str]] = (),
    ) -> Places:
        """Count where what a query finds was filed from, by ``"country"``, ``"region"`` or ``"city"``, with coordinates:
        every match, not a page of them. ``limit`` None gives all places.

        Raises QueryError, ValueError for another ``by``.
        """
        from searchkit.counting import places

        if limit is not None and limit < 1:
            raise ValueError("limit is at least 1")
        searching, planned = self._planned(query, any_word, since, until, location, fields)
        return places(searching.engine, planned, by, limit)

    def terms(
        self,
        query: str,
        *,
        limit: int = 20,
        any_word: bool = False,
        since: Day = None,
        until: Day = None,
        location: str | None = None,
        fields: Iterable[tuple[str, str]] = (),
    ) -> Terms:
        """The words that set what a query finds apart from the rest of the index, by Dunning's log-likelihood ratio over
        its 1,000 best matches.

        Raises QueryError.
        """
        from searchkit.counting import terms

        if limit < 1:
            raise ValueError("limit is at least 1")
        searching, planned = self._planned(query, any_word, since, until, location, fields)
        return terms(searching.engine, searching.analyzer, planned, limit)

    def _planned(
        self,
        query: str,
        any_word: bool,
        since: Day,
        until: Day,
        location: str | None,
        fields: Iterable[tuple[str, str]],
    ) -> tuple[Searching, Planned]:
        """A query with what narrows it down, to be counted."""
        searching = self._searching()
        return searching, searching.planned(query, _filters(since, until, location, fields), any_word=any_word)

    def _searching(self) -> Searching:
        engine = self._live.engine
        if self._search is None or self._search[0] is not engine:
            if self._live.outdated:
                raise IndexCorrupt(
                    f"the index in {self.path} holds the terms of another version of searchkit; "
                    "make it anew with: searchkit index --rebuild"
                )
            self._search = engine, Searching(engine, self.settings)
        return self._search[1]


def _filters(since: Day, until: Day, location: str | None, fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    given = (("since", since), ("until", until), ("location", location), *fields)
    return [(name, str(value)) for name, value in given if value is not None]
