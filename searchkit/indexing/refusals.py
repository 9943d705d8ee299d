"""Refusals: articles that an engine does not take in, as a cluster does with what is larger than it has room for."""

from __future__ import annotations

from collections.abc import Sequence

from searchkit.engines.base import Engine, Refused
from searchkit.errors import IndexingFailed
from searchkit.indexing.remarks import Remarks
from searchkit.indexing.sources import Outcome, SourcesDb
from searchkit.reports import Skipped

_NAMED = 3


class Refusals:
    """Those of one run. Each is reported, and its source is read again by the next run, since a cluster may have more room
    then. The notes lose an article that the index does not have; where it has an earlier version, that stays.

    Once ``all_must_come`` is true, one ends the run: what a rebuild takes over from an engine is nowhere else.
    """

    def __init__(self, db: SourcesDb, engine: Engine, remarks: Remarks) -> None:
        self._db = db
        self._engine = engine
        self._remarks = remarks
        self._reasons: dict[int, str] = {}
        self.all_must_come = False

    def take(self, refused: Sequence[Refused]) -> None:
        """Deal with what a commit gave back. Raises IndexingFailed where all must come."""
        if self.all_must_come:
            must_be_taken(refused)
        ids = [each.id for each in refused]
        noted = self._db.known(ids)
        for each in refused:
            source, _ = noted[each.id]
            self._reasons.setdefault(source, f"the index does not take {each.id}: {each.reason}")
            self._remarks.add(Skipped(self._db.path_of(source), f"article {each.id}", each.reason, "refused"))
        self._engine.reload()
        missing = [id for id, article in zip(ids, self._engine.get(ids), strict=True) if article is None]
        self._db.strike_out(missing, {source for source, _ in noted.values()})

    def has(self, source: int) -> bool:
        """Whether an article of a source that is being read was refused."""
        return source in self._reasons

    def outcome(self, source: int, outcome: Outcome) -> Outcome:
        """How reading a source ended, which is over."""
        reason = self._reasons.pop(source, None)
        return Outcome(outcome.error or reason, outcome.partial)


def must_be_taken(refused: Sequence[Refused]) -> None:
    """Raises IndexingFailed where something was refused that is nowhere else."""
    if refused:
        shown = "; ".join(f"{each.id} ({each.reason})" for each in refused[:_NAMED])
        more = f" and {len(refused) - _NAMED} more" if len(refused) > _NAMED else ""
        raise IndexingFailed(f"the engine does not take these articles: {shown}{more}. The index was left as it was")
