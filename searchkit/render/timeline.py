"""Timelines: bars for people, JSON, CSV."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, TextIO

from searchkit.render import characters, words
from searchkit.render.csv_ import cell

if TYPE_CHECKING:
    from searchkit.results import Series, Timeline

_WIDTH = 80
"""Columns, where nothing says how many there are."""

_LEAST_BAR = 10


def write(timeline: Timeline, out: TextIO, format: str, columns: int | None) -> None:
    """Write the timeline as a ``table`` with bars, as ``json`` or as ``csv``."""
    if format == "json":
        from searchkit.render.records import dumps, timeline_record

        out.write(dumps(timeline_record(timeline)) + "\n")
    elif format == "csv":
        _write_csv(timeline, out)
    else:
        # All queries are drawn on one scale, so that they can be compared.
        highest = max((height for series in timeline.series for height in _heights(series)), default=0) or 1
        for number, series in enumerate(timeline.series):
            out.write("\n" if number else "")
            _write_bars(timeline, series, highest, out, columns or _WIDTH)


def _heights(series: Series) -> list[float]:
    """What the bars of a query show: its counts, or its shares where these were asked for."""
    return [*series.counts] if series.shares is None else [share or 0.0 for share in series.shares]


def _write_csv(timeline: Timeline, out: TextIO) -> None:
    """A row for each interval of each query; the undated have a row of their own without days."""
    rows = csv.writer(out)
    rows.writerow(("query", "interval", "first", "last", "count", "share"))
    for series in timeline.series:
        query = cell(series.query)
        for number, interval in enumerate(timeline.intervals):
            share = None if series.shares is None else series.shares[number]
            rows.writerow((query, interval.label, interval.first, interval.last, series.counts[number], share))
        rows.writerow((query, "undated", None, None, series.undated, None))


def _write_bars(timeline: Timeline, series: Series, highest: float, out: TextIO, columns: int) -> None:
    if len(timeline.series) > 1:
        out.write(characters.one_line(series.query) + "\n")
    labels = [interval.label for interval in timeline.intervals]
    figures = [f"{count:,}" for count in series.counts]
    if series.shares is not None:
        figures = [
            f"{figure}  {'' if share is None else f'{share:.1%}':>6}"
            for figure, share in zip(figures, series.shares, strict=True)
        ]
    label, figure = (max(map(len, texts), default=0) for texts in (labels, figures))
    room = max(_LEAST_BAR, columns - label - figure - 4)
    bar = "█" if _can_write(out, "█") else "#"
    for number, height in enumerate(_heights(series)):
        drawn = bar * max(round(room * height / highest), 1 if height else 0)
        line = f"{labels[number]:<{label}}  {figures[number]:>{figure}}  {drawn}"
        out.write(line.rstrip() + "\n")
    for peak in sorted(series.peaks or (), key=lambda peak: peak.first):
        first, last = timeline.intervals[peak.first].label, timeline.intervals[peak.last].label
        name = first if peak.first == peak.last else f"{first} to {last}"
        marks = f": {', '.join(map(characters.one_line, peak.words))}" if peak.words else ""
        out.write(f"peak {name}, {words.count(peak.count, 'article')}{marks}\n")
    if series.peaks == ():
        out.write("no peaks\n")
    undated = f", {series.undated:,} undated" if series.undated else ""
    out.write(f"{words.count(series.total, 'article')}{undated}\n")


def _can_write(out: TextIO, text: str) -> bool:
    try:
        text.encode(getattr(out, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
