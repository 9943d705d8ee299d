"""searchkit: full-text search for news archives.

    source files ──readers──▶ Article ──analysis──▶ terms ──engine──▶ index/
                                                            ▲
    "evacuat* since:2019-02" ──parse──▶ AST ──lower──▶ plan ──engine──▶ hits ──snippets──▶ results

    import searchkit

    archive = searchkit.open("index")
    for hit in archive.search("evacuation", since="2019-02-01", limit=20):
        print(hit.date, hit.title, hit.snippets[0].text)

``import searchkit`` by itself loads nothing else; each name is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from searchkit._version import __version__

if TYPE_CHECKING:
    from searchkit.archive import Archive, create, formats, open, roles
    from searchkit.article import Article, Place
    from searchkit.errors import (
        ArticleMissing,
        ClusterError,
        IndexCorrupt,
        IndexingFailed,
        IndexLocked,
        IndexMissing,
        IndexTooNew,
        NothingToIndex,
        QueryError,
        SearchkitError,
        SourceError,
        Unsupported,
    )
    from searchkit.reports import (
        Conversion,
        Noted,
        Problem,
        Progress,
        Skipped,
        SourceInfo,
        Stats,
        Summary,
        Verification,
    )
    from searchkit.results import (
        Explanation,
        Facets,
        Hit,
        Places,
        Results,
        Snippet,
        Suggestion,
        Terms,
        Timeline,
        Version,
    )

_HOMES = {
    "searchkit.archive": ("Archive", "create", "formats", "open", "roles"),
    "searchkit.article": ("Article", "Place"),
    "searchkit.errors": (
        "ArticleMissing",
        "ClusterError",
        "IndexCorrupt",
        "IndexLocked",
        "IndexMissing",
        "IndexTooNew",
        "IndexingFailed",
        "NothingToIndex",
        "QueryError",
        "SearchkitError",
        "SourceError",
        "Unsupported",
    ),
    "searchkit.reports": (
        "Conversion",
        "Noted",
        "Problem",
        "Progress",
        "Skipped",
        "SourceInfo",
        "Stats",
        "Summary",
        "Verification",
    ),
    "searchkit.results": (
        "Explanation",
        "Facets",
        "Hit",
        "Places",
        "Results",
        "Snippet",
        "Suggestion",
        "Terms",
        "Timeline",
        "Version",
    ),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Archive",
    "Article",
    "ArticleMissing",
    "ClusterError",
    "Conversion",
    "Explanation",
    "Facets",
    "Hit",
    "IndexCorrupt",
    "IndexLocked",
    "IndexMissing",
    "IndexTooNew",
    "IndexingFailed",
    "Noted",
    "NothingToIndex",
    "Place",
    "Places",
    "Problem",
    "Progress",
    "QueryError",
    "Results",
    "SearchkitError",
    "Skipped",
    "Snippet",
    "SourceError",
    "SourceInfo",
    "Stats",
    "Suggestion",
    "Summary",
    "Terms",
    "Timeline",
    "Unsupported",
    "Verification",
    "Version",
    "__version__",
    "create",
    "formats",
    "open",
    "roles",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = globals()[name] = getattr(import_module(_HOME[name]), name)
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
