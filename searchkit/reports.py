"""What an index run, and an index, say of themselves. A search does not need them, and does not import them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not indexed: the file, the place in it ("story 17", or "" for all of it), why, and a short word
    for counting.
    """

    path: str
    where: str
    reason: str
    kind: str


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


@dataclass(frozen=True, slots=True)
class Summary:
    """What an index run did, in articles but for ``files_read``, ``files_unchanged`` and ``gone``, which are files.

    ``gone`` names sources that are no longer there; their articles are ``removed`` only by a run that prunes. ``notes`` says
    how what was unclear was read, with the number of articles. ``total`` is what the index holds afterwards, and ``engine``
    what it is on; ``notices`` are sentences about the index itself, such as that it has grown out of an engine.
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


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a conversion did: the engine that the index was on, the one that it is on now (the same where there was nothing
    to do), and how many articles it holds.
    """

    before: str
    engine: str
    articles: int
    seconds: float


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
