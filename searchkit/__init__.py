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
    from searchkit.archive import Archive, create, open
    from searchkit.article import Article, Place
    from searchkit.errors import (
        ArticleMissing,
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
    from searchkit.reports import Conversion, Problem, Progress, Skipped, Stats, Summary, Verification
    from searchkit.results import Explanation, Hit, Results, Snippet, Suggestion

_HOMES = {
    "searchkit.archive": ("Archive", "create", "open"),
    "searchkit.article": ("Article", "Place"),
    "searchkit.errors": (
        "ArticleMissing",
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
    "searchkit.reports": ("Conversion", "Problem", "Progress", "Skipped", "Stats", "Summary", "Verification"),
    "searchkit.results": ("Explanation", "Hit", "Results", "Snippet", "Suggestion"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Archive",
    "Article",
    "ArticleMissing",
    "Conversion",
    "Explanation",
    "Hit",
    "IndexCorrupt",
    "IndexLocked",
    "IndexMissing",
    "IndexTooNew",
    "IndexingFailed",
    "NothingToIndex",
    "Place",
    "Problem",
    "Progress",
    "QueryError",
    "Results",
    "SearchkitError",
    "Skipped",
    "Snippet",
    "SourceError",
    "Stats",
    "Suggestion",
    "Summary",
    "Unsupported",
    "Verification",
    "__version__",
    "create",
    "open",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = globals()[name] = getattr(import_module(_HOME[name]), name)
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
