"""What an index run, and an index, say of themselves. A search does not need them, and does not import them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not indexed: the file (``"-"`` is standard input), the place in it ("story 17", or "" for all of
    it), why, and a short word for counting. ``member`` is the file in an archive that it is about, or "".
    """

    path: str
    where: str
    reason: str
    kind: str
    member: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that was indexed, or had been, and is worth a look. ``kind`` is ``"duplicate id"``: an article has the ``id``
    of an earlier one, and was kept as ``new_id``; or ``"gone"``: the file is no longer there.
    """

    path: str
    reason: str
    kind: str
    id: str | None = None
    new_id: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an index run has come. ``total_bytes`` is what there is to read; ``phase`` is ``"reading"``, ``"committing"``,
    ``"converting"`` (the index is rewritten for another engine) or ``"done"``.
    """

    phase: str
    articles: int
    bytes: int
    total_bytes: int
    seconds: float


LEFT_OUT = frozenset({"revisit", "not ok", "not HTML"})
"""Kinds of what every crawl holds besides pages: counted, and nothing that was lost."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What an index run did, in articles but for ``files_read``, ``files_unchanged`` and ``gone``, which are files.

    ``skipped`` and ``gone`` have the first thousand, so that a summary stays small whatever the archive; ``skipped_total``
    and ``gone_total`` count all, and ``skipped_kinds`` counts them by kind, the most frequent first. ``gone`` names sources
    that are no longer there; their articles are ``removed`` only by a run that prunes. ``notes`` says how what was unclear
    was read, with the number of articles. ``total`` is what the index holds afterwards, and ``engine`` what it is on;
    ``notices`` are sentences about the index itself, such as that it has grown out of an engine.
    """

    added: int
    updated: int
    unchanged: int
    removed: int
    skipped: tuple[Skipped, ...]
    undated: int
    gone: tuple[str, ...]
    notes: tuple[tuple[str, int], ...]
    files_read: int
    files_unchanged: int
    total: int
    seconds: float
    engine: str = ""
    notices: tuple[str, ...] = ()
    skipped_kinds: Mapping[str, int] = field(default_factory=dict)
    gone_total: int = 0

    @property
    def skipped_total(self) -> int:
        return sum(self.skipped_kinds.values())

    @property
    def is_complete(self) -> bool:
        """Whether nothing was skipped but what is no article in any case: the images and errors that a crawl holds too."""
        return not self.skipped_kinds.keys() - LEFT_OUT


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """A source file, as the index knows it. ``path`` is where it is, or ``"-"`` for standard input; ``id`` is what the ids of
    its articles are made of.

    ``state`` is ``"read"``, ``"failed"`` (``error`` says why; the next run tries it again) or ``"unfinished"`` (a run was cut
    off, or a take-down lifted; the next run reads it). ``format`` read it; ``input_format`` and ``fields`` are what somebody
    chose for it. ``read_at`` is in UTC. What was never read to its end has no ``bytes`` and no ``read_at``.
    """

    path: str
    id: str
    state: str
    format: str | None
    articles: int
    bytes: int | None
    read_at: dt.datetime | None
    error: str | None
    input_format: str | None
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a conversion did: the engine that the index was on, the one that it is on now, how many articles it holds, and
    whether it was rewritten (not where it was there already).
    """

    before: str
    engine: str
    articles: int
    seconds: float
    rewritten: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with an index, and what to do about it. ``kind`` is ``"manifest"``, ``"sources"``,
    ``"engine"``, ``"analyzer"``, ``"missing"``, ``"orphan"`` or ``"leftover"``.
    """

    kind: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether an index is whole: the problems that it has now, and those that were repaired. The counts are what could be
    read of it.
    """

    path: str
    engine: str
    articles: int
    sources: int
    problems: tuple[Problem, ...]
    repaired: tuple[Problem, ...] = ()

    @property
    def whole(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class Stats:
    """What an index holds. ``settings`` is what it was made with; ``bytes`` its size on disk; ``policy`` the engine that was
    asked for, or ``"auto"``.
    """

    path: str
    engine: str
    articles: int
    undated: int
    first: dt.date | None
    last: dt.date | None
    sources: int
    failed_sources: int
    taken_down: int
    bytes: int
    settings: dict[str, object]
    policy: str = ""
