"""Orders: what a run is asked to do, and how what it reads is to be read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchkit.readers.base import Options
from searchkit.reports import Noted, Progress, Skipped

if TYPE_CHECKING:
    from searchkit.indexing.stream import Stream

AUTO = "auto"
"""As the name of a format: find out which one it is, whatever was chosen before."""

Report = Callable[[Progress], None]
Remark = Callable[[Skipped | Noted], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose about reading: a format, or ``AUTO``; and what the fields of records are. None: as before.

    Of a source, what was chosen is noted as JSON (``{"fields": {"hed": "title"}, "format": "csv"}``), so that a later run
    reads it in the same way; of one about which nothing was, nothing is.
    """

    format: str | None = None
    fields: Mapping[str, str] | None = None

    def __bool__(self) -> bool:
        return self.format is not None or self.fields is not None

    def over(self, noted: str | None) -> str | None:
        """What is noted of a source after this choice, where that was noted before."""
        if not self:
            return noted
        said = noted_choice(noted)
        if self.format is not None:
            said["format"] = "" if self.format == AUTO else self.format
        if self.fields is not None:
            said["fields"] = dict(self.fields)
        kept = {name: value for name, value in said.items() if value}
        return json.dumps(kept, sort_keys=True, ensure_ascii=False) if kept else None


def noted_choice(noted: str | None) -> dict[str, Any]:
    """What is noted of a source, as a dictionary that may have ``format`` and ``fields``."""
    try:
        return dict(json.loads(noted)) if noted else {}
    except (ValueError, TypeError):  # no version wrote that; the file is read as if nothing had been said
        return {}


def options_for(options: Options, noted: str | None) -> Options:
    """The options for a source of which this is noted."""
    said = noted_choice(noted)
    return replace(options, format=said.get("format"), fields=said.get("fields", {})) if said else options


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is asked to do: to read what is new under ``paths``, and ``stream``.

    ``prune`` removes the articles whose files are gone from there. ``jobs`` processes prepare what is read. ``progress`` is
    called now and then, ``remark`` with everything that was skipped or noted, as it happens. ``gone``: places that are no
    longer there, to be looked at as well. ``may_be_empty``: to find nothing is no mistake.
    """

    paths: tuple[Path, ...] = ()
    prune: bool = False
    jobs: int = 1
    progress: Report | None = None
    remark: Remark | None = None
    choice: Choice = Choice()
    stream: Stream | None = None
    gone: tuple[str, ...] = ()
    may_be_empty: bool = False


def choice_of(input_format: str | None, fields: Mapping[str, str] | None) -> Choice:
    """A choice from what a user gave. Raises ValueError for a format or a role that there is not."""
    from searchkit.readers.records import EXTRA, ROLES
    from searchkit.readers.registry import FORMATS

    if input_format is not None and input_format != AUTO and input_format not in FORMATS:
        raise ValueError(f"there is no format {input_format!r}: it is {AUTO}, {', '.join(FORMATS)}")
    for role in (fields or {}).values():
        if role not in (*ROLES, EXTRA):
            raise ValueError(f"a field cannot be {role!r}: it is {', '.join((*ROLES, EXTRA))}")
    return Choice(input_format, fields)
