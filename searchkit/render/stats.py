"""What an index holds, for people or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from searchkit.render import characters, words

if TYPE_CHECKING:
    from searchkit.reports import Stats


def write_text(stats: Stats, out: TextIO) -> None:
    """Write one figure a line."""
    rows = [
        ("index", stats.path),
        ("engine", stats.engine),
        *([("policy", stats.policy)] if stats.policy else []),
        ("articles", f"{stats.articles:,}"),
        ("undated", f"{stats.undated:,}"),
    ]
    if stats.first is not None and stats.last is not None:
        rows.append(("dates", f"{stats.first.isoformat()} to {stats.last.isoformat()}"))
    rows += [
        ("source files", f"{stats.sources:,}"),
        ("failed files", f"{stats.failed_sources:,}"),
        ("taken down", f"{stats.taken_down:,}"),
        ("size", words.size(stats.bytes)),
        *((name.replace("_", " "), _setting(value)) for name, value in stats.settings.items()),
    ]
    longest = max(len(name) for name, _ in rows)
    for name, value in rows:
        out.write(f"{name:<{longest}}  {characters.one_line(value)}\n")


def write_json(stats: Stats, out: TextIO) -> None:
    """Write the figures as one JSON object, schema ``searchkit.stats/1``."""
    from searchkit.render.records import dumps, stats_record

    out.write(dumps(stats_record(stats)) + "\n")


def _setting(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "the computer's own" if value is None else str(value)  # only a time zone may be unset
