"""Remarks: what a run says of single files and articles. All of it is handed on as it comes; the first ones are kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from searchkit.article import Article
from searchkit.indexing.order import Remark
from searchkit.reports import Noted, Skipped

MOST_KEPT = 1000
"""What a summary names of what was skipped, and of what is gone; the rest it counts."""

_MOST_NOTES = 20

# "member 2019/a.jsonl, line 3": what stands after a member's name is a place, in lower-case words and a number or name.
_PLACE = r"[a-z]+(?: [a-z]+)*(?: [^ ,]*\d[^ ,]*)?"
_MEMBER = re.compile(rf"member (?P<name>.+?)(?:, (?P<where>{_PLACE}(?:, {_PLACE})*))?", re.DOTALL)
_INNER_MEMBER = ", member "


class Remarks:
    """Collects remarks. ``skipped`` and ``gone`` are the first ones; ``kinds`` and ``gone_total`` count all."""

    def __init__(self, remark: Remark | None) -> None:
        self._remark = remark
        self._notes: Counter[str] = Counter()
        self.skipped: list[Skipped] = []
        self.kinds: Counter[str] = Counter()
        self.gone: list[str] = []
        self.gone_total = 0

    def skip(self, path: str, where: str, reason: str, kind: str) -> None:
        """Something was not indexed; ``where`` is as a reader says it."""
        member, where = _member(where)
        self.add(Skipped(path, where, reason, kind, member))

    def add(self, skipped: Skipped) -> None:
        """The same, of what is a record already."""
        self.kinds[skipped.kind] += 1
        if len(self.skipped) < MOST_KEPT:
            self.skipped.append(skipped)
        if self._remark is not None:
            self._remark(skipped)

    def file_is_gone(self, path: str, pruned: bool) -> None:
        """A file is no longer there."""
        self.gone_total += 1
        if len(self.gone) < MOST_KEPT:
            self.gone.append(path)
        if self._remark is not None:
            what = "its articles are removed" if pruned else "its articles stay in the index"
            self._remark(Noted(path, f"is no longer there; {what}", "gone"))

    def renamed(self, path: str, id: str, new_id: str) -> None:
        """An article was kept under another id than its own."""
        if self._remark is not None:
            self._remark(Noted(path, "has an id that was given before", "duplicate id", id, new_id))

    def note(self, path: str, article: Article) -> None:
        """Count how an article was read, where that was unclear, and say where its reader had to give it another id."""
        if self._remark is not None and (note := article.extra.get("id_note")):
            self._remark(Noted(path, str(note), "duplicate id", article.id.rpartition(".")[0], article.id))
        note = article.extra.get("date_note")
        if note and (note in self._notes or len(self._notes) < _MOST_NOTES):
            self._notes[str(note)] += 1

    def notes(self, others: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
        """The most frequent notes, these among them."""
        return tuple((self._notes + Counter(others)).most_common(_MOST_NOTES))

    def skipped_kinds(self) -> dict[str, int]:
        """How much was skipped, by kind, the most frequent first."""
        return dict(self.kinds.most_common())


def _member(where: str) -> tuple[str, str]:
    """A place as a reader says it, as the member of an archive and the place in that."""
    found = _MEMBER.fullmatch(where)
    if found is None:
        return "", where
    return found["name"].replace(_INNER_MEMBER, "/"), found["where"] or ""
