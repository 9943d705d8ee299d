"""The exceptions, drawn as a tree.

SearchkitError
├── QueryError            the query cannot be understood: has a span, prints a caret
├── IndexMissing          there is no index where one was looked for
├── IndexCorrupt          the index is there but cannot be trusted or read
├── IndexTooNew           the index was written by a newer format
├── ClusterError          the cluster that the index is on cannot be reached, or refuses
├── IndexLocked           another process is writing
├── SourceError           one file, or one article in it, cannot be read: the rest goes on
├── NothingToIndex        no file where some were expected
├── ArticleMissing        no article has this id
├── IndexingFailed        a run cannot go on; what was committed stays
└── Unsupported           an engine cannot do what the plan asks
"""

from __future__ import annotations


class SearchkitError(Exception):
    """Anything that searchkit itself reports. Its text is written for the user."""


class QueryError(SearchkitError):
    """A query that cannot be understood.

    ``query`` is the whole text, ``start`` and ``end`` the offsets (in characters) of what is wrong,
    ``hint`` what to write instead, if anything is near.
    """

    def __init__(self, message: str, query: str, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.query = query
        self.start = start
        self.end = end
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message, self.query, self.start, self.end, self.hint)

    def __str__(self) -> str:
        # A long query is shown around the place, so that the caret stays on one screen line.
        left = max(0, self.start - 60)
        right = min(len(self.query), max(self.end, self.start + 1) + 40)
        head = "…" if left else ""
        tail = "…" if right < len(self.query) else ""
        shown = "".join(" " if c.isspace() else c for c in self.query[left:right])
        caret = " " * (len(head) + self.start - left) + "^" * max(1, min(self.end, right) - self.start)
        text = f"{self.message}\n  {head}{shown}{tail}\n  {caret}"
        return f"{text}\n{self.hint}" if self.hint else text


class IndexMissing(SearchkitError):
    """There is no index in this folder."""


class IndexCorrupt(SearchkitError):
    """The index cannot be read, or holds what an index may not hold."""


class IndexTooNew(SearchkitError):
    """The index was written in a format that this version does not know."""


class ClusterError(SearchkitError):
    """The cluster that an index is kept on is away or too slow, does not let us in, or refuses what was asked of it. Nothing
    is known of what it holds: never that nothing was found.
    """


class IndexLocked(SearchkitError):
    """Another process holds the lock for writing."""


class SourceError(SearchkitError):
    """A file, or one article in it, cannot be read. ``kind`` is a short word for counting, such as ``"empty"``."""

    def __init__(self, reason: str, kind: str = "unreadable") -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.reason, self.kind)


class NothingToIndex(SearchkitError):
    """No such folder, or no file in it that could be an article."""


class ArticleMissing(SearchkitError):
    """No article in the index has this id."""


class IndexingFailed(SearchkitError):
    """A run had to stop. What it had committed is in the index; the next run goes on from there."""


class Unsupported(SearchkitError):
    """An engine cannot do what a plan asks."""

    def __init__(self, engine: str, node: str, hint: str) -> None:
        super().__init__(f"the {engine} engine cannot answer {node}: {hint}")
        self.engine = engine
        self.node = node
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.engine, self.node, self.hint)
