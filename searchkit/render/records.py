"""The written, versioned JSON schema: what a hit, an article, results, a summary and an index are as JSON objects.

A key may be added without a new version; a key that is renamed, removed or means something else makes a new one.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from searchkit.article import Article, Place
    from searchkit.errors import SearchkitError
    from searchkit.fields import Field
    from searchkit.reports import Noted, Problem, Skipped, SourceInfo, Stats, Summary, Verification
    from searchkit.results import (
        Explanation,
        FacetCounts,
        Facets,
        Hit,
        PlaceCount,
        Places,
        Results,
        Terms,
        Timeline,
    )

RESULTS = "searchkit.results/1"
ARTICLE = "searchkit.article/1"
SUMMARY = "searchkit.summary/1"
REPORT = "searchkit.report/1"
SOURCES = "searchkit.sources/1"
STATS = "searchkit.stats/1"
FIELDS = "searchkit.fields/1"
VERIFICATION = "searchkit.verification/1"
TIMELINE = "searchkit.timeline/1"
FACETS = "searchkit.facets/1"
PLACES = "searchkit.places/1"
TERMS = "searchkit.terms/1"

# json escapes C0 only; a terminal acts on DEL and C1 too, and a lone surrogate is no UTF-8.
_ESCAPED = re.compile("[\x7f-\x9f\ud800-\udfff]")

_encode = json.JSONEncoder(ensure_ascii=False).encode


def dumps(record: dict[str, Any]) -> str:
    """The record as one line of JSON that is valid UTF-8 and safe on a terminal."""
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", _encode(record))


def hit_record(hit: Hit) -> dict[str, Any]:
    """A hit: the article without its body, and what was found in it."""
    return {
        **_article(hit.article),
        "rank": hit.rank,
        "score": hit.score,
        "snippets": [{"text": snippet.text, "highlights": snippet.highlights} for snippet in hit.snippets],
        "title_highlights": hit.title_highlights,
        "dateline_highlights": hit.dateline_highlights,
    }


def article_record(hit: Hit) -> dict[str, Any]:
    """A whole article, as ``searchkit show`` gives it: the body is the one snippet."""
    return {
        "schema": ARTICLE,
        **_article(hit.article),
        "body": hit.article.body,
        "body_highlights": hit.snippets[0].highlights if hit.snippets else (),
        "versions": [{"id": version.id, "captured": version.captured} for version in hit.versions],
        "title_highlights": hit.title_highlights,
        "dateline_highlights": hit.dateline_highlights,
    }


def results_record(results: Results, offset: int) -> dict[str, Any]:
    """The envelope of results, without the hits."""
    record: dict[str, Any] = {
        "schema": RESULTS,
        "query": results.query,
        "total": results.total,
        "offset": offset,
        "seconds": round(results.seconds, 6),
        "sort": results.sort,
        "warnings": results.warnings,
    }
    if results.explanation is not None:
        record["explanation"] = _explanation(results.explanation)
    if results.facets:
        record["facets"] = list(map(_facet, results.facets))
    if results.suggestions:
        record["suggestions"] = [
            {"query": other.query, "any_word": other.any_word, "total": other.total} for other in results.suggestions
        ]
    return record


def error_record(query: str, error: SearchkitError) -> dict[str, Any]:
    """What stands in a batch for a query that failed. A query that cannot be read says where: ``start`` and ``end`` are
    offsets in characters of the query.
    """
    found: dict[str, Any] = {"message": getattr(error, "message", None) or str(error)}
    for name in ("start", "end", "hint"):
        if hasattr(error, name):
            found[name] = getattr(error, name)
    return {"schema": RESULTS, "query": query, "error": found}


def summary_record(summary: Summary) -> dict[str, Any]:
    """What an index run did."""
    return {
        "schema": SUMMARY,
        "added": summary.added,
        "updated": summary.updated,
        "unchanged": summary.unchanged,
        "removed": summary.removed,
        "undated": summary.undated,
        "total": summary.total,
        "skipped": [_skipped(item) for item in summary.skipped],
        "skipped_total": summary.skipped_total,
        "skipped_kinds": dict(summary.skipped_kinds),
        "gone": summary.gone,
        "gone_total": summary.gone_total,
        "notes": [{"note": note, "articles": number} for note, number in summary.notes],
        "files_read": summary.files_read,
        "files_unchanged": summary.files_unchanged,
        "seconds": round(summary.seconds, 3),
        "engine": summary.engine,
        "notices": summary.notices,
    }


def skipped_report_record(skipped: Skipped) -> dict[str, Any]:
    """A line of a run's report: something that was skipped."""
    return {"schema": REPORT, "skipped": True, **_skipped(skipped)}


def noted_record(noted: Noted) -> dict[str, Any]:
    """A line of a run's report: something that is worth a look, although nothing is missing because of it."""
    record = {"path": noted.path, "reason": noted.reason, "kind": noted.kind}
    ids = {} if noted.id is None else {"id": noted.id, "new_id": noted.new_id}
    return {"schema": REPORT, "skipped": False, **record, **ids}


def source_record(source: SourceInfo) -> dict[str, Any]:
    """A source file, as the index knows it."""
    return {
        "path": source.path,
        "id": source.id,
        "state": source.state,
        "format": source.format,
        "articles": source.articles,
        "bytes": source.bytes,
        "read_at": _iso(source.read_at),
        "error": source.error,
        "input_format": source.input_format,
        "fields": dict(source.fields),
    }


def stats_record(stats: Stats) -> dict[str, Any]:
    """What an index holds."""
    return {
        "schema": STATS,
        "path": stats.path,
        "engine": stats.engine,
        "policy": stats.policy,
        "articles": stats.articles,
        "undated": stats.undated,
        "first": _iso(stats.first),
        "last": _iso(stats.last),
        "sources": stats.sources,
        "failed_sources": stats.failed_sources,
        "taken_down": stats.taken_down,
        "bytes": stats.bytes,
        "settings": stats.settings,
    }


def verification_record(verification: Verification) -> dict[str, Any]:
    """Whether an index is whole."""
    return {
        "schema": VERIFICATION,
        "path": verification.path,
        "engine": verification.engine,
        "articles": verification.articles,
        "sources": verification.sources,
        "whole": verification.whole,
        "problems": [_problem(problem) for problem in verification.problems],
        "repaired": [_problem(problem) for problem in verification.repaired],
    }


def timeline_record(timeline: Timeline) -> dict[str, Any]:
    """Queries over time."""
    return {
        "schema": TIMELINE,
        "by": timeline.by,
        "intervals": [
            {"label": interval.label, "first": _iso(interval.first), "last": _iso(interval.last)}
            for interval in timeline.intervals
        ],
        "series": [
            {
                "query": series.query,
                "total": series.total,
                "undated": series.undated,
                "counts": series.counts,
                "shares": series.shares,
                "peaks": None if series.peaks is None else [peak.as_dict() for peak in series.peaks],
                "warnings": series.warnings,
            }
            for series in timeline.series
        ],
    }


def facets_record(facets: Facets) -> dict[str, Any]:
    """What a query finds, by its facets."""
    return {
        "schema": FACETS,
        "query": facets.query,
        "total": facets.total,
        "facets": list(map(_facet, facets.facets)),
        "warnings": facets.warnings,
    }


def places_record(places: Places) -> dict[str, Any]:
    """Where what a query finds was filed from."""
    return {
        "schema": PLACES,
        "query": places.query,
        "by": places.by,
        "total": places.total,
        "places": [
            {**_place_names(each.place), **_coordinates(each.place), "count": each.count} for each in places.places
        ],
        "distinct": places.distinct,
        "without": places.without,
        "warnings": places.warnings,
    }


def places_geojson(places: Places) -> dict[str, Any]:
    """The same as a FeatureCollection (RFC 7946); the geometry of a place whose coordinates are not known is null."""
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": _point(each.place), "properties": _properties(each)}
            for each in places.places
        ],
    }


def terms_record(terms: Terms) -> dict[str, Any]:
    """The words that set what a query finds apart."""
    return {
        "schema": TERMS,
        "query": terms.query,
        "total": terms.total,
        "sample": terms.sample,
        "terms": [term.as_dict() for term in terms.terms],
        "warnings": terms.warnings,
    }


def fields_record(fields: tuple[Field, ...]) -> dict[str, Any]:
    """The fields that can be searched."""
    return {
        "schema": FIELDS,
        "fields": [
            {"name": field.name, "aliases": field.aliases, "kind": field.kind.value, "help": field.help}
            for field in fields
        ],
    }


def _article(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "title": article.title,
        "title_derived": article.title_derived,
        "date": _iso(article.date),
        "time": _iso(article.time),
        "date_source": article.date_source,
        "dateline": article.dateline,
        "place": None if article.place is None else _place(article.place),
        "byline": article.byline,
        "section": article.section,
        "topics": article.topics,
        "language": article.language,
        "publisher": article.publisher,
        "url": article.url,
        "path": article.path,
        "captured": article.captured,
        "extra": dict(article.extra),
    }


def _place(place: Place) -> dict[str, Any]:
    return {**_place_names(place), **_coordinates(place), "confidence": place.confidence}


def _place_names(place: Place) -> dict[str, Any]:
    return {"city": place.city, "region": place.region, "country": place.country, "code": place.code}


def _coordinates(place: Place) -> dict[str, Any]:
    return {"latitude": place.latitude, "longitude": place.longitude}


def _properties(counted: PlaceCount) -> dict[str, Any]:
    return {"name": str(counted.place), **_place_names(counted.place), "count": counted.count}


def _point(place: Place) -> dict[str, Any] | None:
    if place.latitude is None or place.longitude is None:
        return None
    return {"type": "Point", "coordinates": [place.longitude, place.latitude]}


def _skipped(skipped: Skipped) -> dict[str, Any]:
    return {name: getattr(skipped, name) for name in ("path", "member", "where", "reason", "kind")}


def _problem(problem: Problem) -> dict[str, Any]:
    return {"kind": problem.kind, "what": problem.what, "remedy": problem.remedy}


def _facet(facet: FacetCounts) -> dict[str, Any]:
    return {
        "name": facet.name,
        "values": [{"value": value, "count": count} for value, count in facet.values],
        "distinct": facet.distinct,
        "without": facet.without,
    }


def _explanation(explanation: Explanation) -> dict[str, Any]:
    return {
        "understood": explanation.understood,
        "terms": [{"term": term, "articles": number} for term, number in explanation.terms],
    }


def _iso(value: Any) -> str | None:
    return None if value is None else str(value.isoformat())
