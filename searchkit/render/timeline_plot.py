"""Timelines as pictures: bars for one query, lines for several."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from searchkit.render import plot, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from searchkit.results import Interval, Peak, Series, Timeline

_LEFT = 1.0
"""Inches left of the plot, for the figures of its scale."""

_ACROSS = plot.WIDTH - _LEFT - plot.MARGIN
_UP = 3.8
_LINE = 0.24
"""Inches of a line of small text."""

_MOST_BARS = 120
"""With more, bars have no room between them, and lines no points on them."""

_FEWEST = 8
"""Intervals that the plot has room for at least, so that a single bar is no wall."""

_MOST_TICKS = 12
_MOST_ROWS = 4
_LONGEST_LABEL = 3.2
"""Inches of a peak's words."""

_SHIFTS = ((-0.5, 0, -1), (0,), (-1,), (0, -1), (-1, 0))
"""Ways to put labels to the left of their peaks, in parts of their width, the better places first."""

_STYLES: tuple[Literal["-", "--", ":"], ...] = ("-", "--", ":")
"""Dashes, for more queries than there are colours."""


class _Label(NamedTuple):
    """A peak's words: from where to where (inches), in which row above the plot, and where its peak is."""

    left: float
    right: float
    row: int
    at: float
    text: str
    color: str

    def hides(self, other: _Label) -> bool:
        """Whether this one would lie on the other, or on the line from the other down to its peak."""
        reaches = self.left - 0.12 < other.right and other.left < self.right + 0.12
        crossed = self.row < other.row and self.left - 0.05 < other.at < self.right + 0.05
        return crossed or (self.row == other.row and reaches)


def draw(timeline: Timeline, path: Path) -> None:
    """Draw the timeline into a file, PNG or SVG by its ending. Raises SearchkitError where that cannot be done."""
    plot.check(path)
    with plot.look():
        plot.save(_figure(timeline), path)


def _figure(timeline: Timeline) -> Figure:
    # Texts are measured first, and the figure is then made as high as they need.
    figure = plot.figure(height=1)
    inside = plot.WIDTH - 2 * plot.MARGIN
    several = len(timeline.series) > 1
    if several:
        heads = [f"{_short(figure, series.query)}: {_totals(series)}" for series in timeline.series]
        top = plot.MARGIN + len(heads) * _LINE
    else:
        heads = [plot.fitted(figure, timeline.series[0].query, inside, plot.TITLE, lines=2)]
        top = plot.MARGIN + 0.28 * (heads[0].count("\n") + 1)
    peaks = [(peak, _peak_color(number, several)) for number, s in enumerate(timeline.series) for peak in s.peaks or ()]
    peaks.sort(key=lambda each: -each[0].weight)
    labels = _labels(figure, timeline.intervals, peaks)
    top += 0.15 + _LINE * max((label.row + 1 for label in labels), default=0)
    foot = _foot(timeline, len(peaks) - len(labels))
    height = top + _UP + 0.6 + (_LINE + 0.1 if foot else 0) + plot.MARGIN / 2
    figure.set_figheight(height)

    if several:
        _write_legend(figure, heads)
    else:
        plot.write(figure, plot.MARGIN, plot.MARGIN, heads[0], va="top", size=plot.TITLE, color=plot.INK)
    if foot:
        plot.write(figure, plot.MARGIN, height - plot.MARGIN, foot, va="bottom")
    axes = figure.add_axes((_LEFT / plot.WIDTH, 1 - (top + _UP) / height, _ACROSS / plot.WIDTH, _UP / height))
    if timeline.intervals:
        _plot(axes, timeline)
        for peak, color in peaks:
            first, last = timeline.intervals[peak.first].first, timeline.intervals[peak.last].last
            # The line around it shows a peak that is narrower than a pixel.
            axes.axvspan(first.toordinal(), last.toordinal() + 1, color=color, alpha=0.15, linewidth=0.8, zorder=0)
        for label in labels:
            _write_label(figure, label, top)
    else:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "no dated articles", ha="center", va="center", color=plot.PALE, fontsize=plot.TITLE)
    return figure


def _short(figure: Figure, query: str) -> str:
    return plot.fitted(figure, query, 5.5, plot.SMALL)


def _totals(series: Series) -> str:
    return words.count(series.total, "article") + (f", {series.undated:,} undated" if series.undated else "")


def _foot(timeline: Timeline, unlabelled: int) -> str:
    parts = [_totals(timeline.series[0])] if len(timeline.series) == 1 else []
    if timeline.intervals and timeline.series[0].peaks is not None and not any(s.peaks for s in timeline.series):
        parts.append("no peaks")
    if unlabelled:
        parts.append(f"{words.count(unlabelled, 'peak')} without room for words")
    return "; ".join(parts)


def _color(number: int) -> str:
    return plot.COLORS[number % len(plot.COLORS)]


def _style(number: int) -> Literal["-", "--", ":"]:
    return _STYLES[number // len(plot.COLORS) % len(_STYLES)]


def _peak_color(number: int, several: bool) -> str:
    return _color(number) if several else plot.COLORS[1]


def _write_legend(figure: Figure, heads: Sequence[str]) -> None:
    from matplotlib.lines import Line2D

    for number, head in enumerate(heads):
        middle = plot.MARGIN + (number + 0.5) * _LINE
        ends = [plot.MARGIN / plot.WIDTH, (plot.MARGIN + 0.4) / plot.WIDTH]
        level = 1 - middle / figure.get_figheight()
        line = Line2D(ends, [level, level], color=_color(number), linestyle=_style(number), linewidth=2.2)
        figure.add_artist(line)
        plot.write(figure, plot.MARGIN + 0.5, middle, head, color=plot.INK, va="center")


# The plot itself


def _plot(axes: Axes, timeline: Timeline) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    shares = timeline.series[0].shares is not None
    highest = 0.0
    for number, series in enumerate(timeline.series):
        heights: list[float] = [*series.counts]
        if series.shares is not None:
            heights = [float("nan") if share is None else share for share in series.shares]
        highest = max(highest, *(height for height in heights if height == height), 0.0)
        if len(timeline.series) == 1:
            _bars(axes, timeline.intervals, heights)
        else:
            _line(axes, timeline.intervals, heights, number)
    axes.set_xlim(*_limits(timeline.intervals))
    axes.set_ylim(0, highest * 1.05 or (0.01 if shares else 1))
    axes.grid(axis="y")
    axes.tick_params(axis="both", labelsize=plot.SMALL)
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=not shares, steps=[1, 2, 5, 10]))
    scale = FuncFormatter(lambda value, _: f"{100 * value:.3g}%" if shares else f"{value:,.0f}")
    axes.yaxis.set_major_formatter(scale)
    what = "share of all articles" if shares else "articles"
    axes.set_ylabel(f"{what} per {timeline.by}", fontsize=plot.SMALL, labelpad=8)
    ticks = _ticks(timeline.by, timeline.intervals)
    axes.set_xticks([at for at, _ in ticks], [label for _, label in ticks])


def _edges(intervals: Sequence[Interval]) -> list[int]:
    """Where the intervals begin, and the last one ends. Days are numbers: matplotlib's own dates do not go as far."""
    return [*(interval.first.toordinal() for interval in intervals), intervals[-1].last.toordinal() + 1]


def _limits(intervals: Sequence[Interval]) -> tuple[float, float]:
    edges = _edges(intervals)
    span = edges[-1] - edges[0]
    missing = max(_FEWEST - len(intervals), 0) / len(intervals) * span
    pad = missing / 2 + span * 0.01
    return edges[0] - pad, edges[-1] + pad


def _middle(interval: Interval) -> float:
    return (interval.first.toordinal() + interval.last.toordinal() + 1) / 2


def _bars(axes: Axes, intervals: Sequence[Interval], heights: Sequence[float]) -> None:
    edges = _edges(intervals)
    if len(intervals) <= _MOST_BARS:
        wide = [0.86 * (end - start) for start, end in pairwise(edges)]
        axes.bar([_middle(interval) for interval in intervals], heights, wide, color=_color(0))
    else:
        # One shape, and the line around it shows what is narrower than a pixel.
        known = [height if height == height else 0 for height in heights]
        axes.stairs(known, edges, fill=True, facecolor=_color(0), edgecolor=_color(0), linewidth=0.6)


def _line(axes: Axes, intervals: Sequence[Interval], heights: Sequence[float], number: int) -> None:
    """A line through the middle of the intervals. It has points where there are few, and where no line leads to them."""
    around = [float("nan"), *heights, float("nan")]
    few = len(intervals) <= _MOST_BARS // 2
    points = [
        place
        for place in range(len(heights))
        if few or (around[place] != around[place] and around[place + 2] != around[place + 2])
    ]
    axes.plot(
        [_middle(interval) for interval in intervals],
        heights,
        color=_color(number),
        linestyle=_style(number),
        linewidth=1.8 if len(intervals) <= 3 * _MOST_BARS else 0.9,
        marker="o",
        markersize=4,
        markevery=points,
        clip_on=False,
    )


def _ticks(by: str, intervals: Sequence[Interval]) -> list[tuple[float, str]]:
    """Where the time axis has labels, and which: every interval where these are few, else round dates. What a label shares
    with the one before it is left out.
    """
    days = _tick_days(by, intervals)
    starting = {interval.first: interval for interval in intervals}
    ticks = []
    year = None
    for day, by_month in days:
        interval = starting.get(day)
        at = _middle(interval) if interval is not None else float(day.toordinal())
        if by in ("year", "decade") or by_month >= 12:
            label = f"{day.year}s" if by == "decade" else f"{day.year}"
        else:
            label = f"Q{(day.month + 2) // 3}" if by == "quarter" else _MONTHS[day.month - 1]
            label = f"{day.day} {label}" if by_month == 0 else label
            label += f"\n{day.year}" if day.year != year else ""
        ticks.append((at, label))
        year = day.year
    return ticks


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _tick_days(by: str, intervals: Sequence[Interval]) -> list[tuple[dt.date, int]]:
    """The days of the labels, each with how many months lie between them; 0: days or weeks."""
    first, last = intervals[0].first, intervals[-1].last
    own = {"month": 1, "quarter": 3, "year": 12, "decade": 120}.get(by, 0)
    if len(intervals) <= _MOST_TICKS:
        return [(interval.first, own) for interval in intervals]
    if by == "day" and (last - first).days < 7 * _MOST_TICKS:
        return [(interval.first, 0) for interval in intervals if interval.first.weekday() == 0]
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    step = next(step for step in _STEPS if step >= own and (end - begin) / step <= _MOST_TICKS)
    numbers = range(-(-begin // step) * step, end + 1, step)
    days = [dt.date(number // 12, number % 12 + 1, 1) for number in numbers if number >= 12]
    return [(day, step) for day in days if day >= first]


_STEPS = (1, 3, 6, *(12 * years for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)))
"""Months between two labels."""


# Peaks


def _labels(figure: Figure, intervals: Sequence[Interval], peaks: Sequence[tuple[Peak, str]]) -> list[_Label]:
    """The words of the peaks, as many as there is room for: fewer words for each rather than peaks without any. Where there
    is too little room even so, the first peaks have words, as a rule.
    """
    best: list[_Label] = []
    for most in (5, 3, 2, 1):
        wanted = []
        for peak, color in peaks:
            text = ", ".join(peak.words[:most]) or intervals[peak.first].label
            text = plot.fitted(figure, text, _LONGEST_LABEL, plot.SMALL)
            wanted.append(_Label(0, plot.width(figure, text), 0, _at(intervals, peak), text, color))
        rising = sorted(wanted, key=lambda label: label.at)
        # In the middle above its peak a label looks best; as flags, one above the other like stairs, more find room.
        for order, shifts in product((wanted, rising[::-1], rising), _SHIFTS):
            best = max(best, _placed(order, shifts), key=len)
            if len(best) == len(peaks):
                return best
    return best


def _placed(labels: Sequence[_Label], shifts: Sequence[float]) -> list[_Label]:
    """The labels that find room, one after the other, each in the lowest row that has any."""
    placed: list[_Label] = []
    for label in labels:
        for row, shift in product(range(_MOST_ROWS), shifts):
            left = label.at + shift * label.right
            moved = label._replace(left=left, right=left + label.right, row=row)
            inside = left >= plot.MARGIN and moved.right <= plot.WIDTH - plot.MARGIN
            if inside and not any(moved.hides(other) or other.hides(moved) for other in placed):
                placed.append(moved)
                break
    return placed


def _at(intervals: Sequence[Interval], peak: Peak) -> float:
    """The middle of a peak, in inches of the figure."""
    start, end = _limits(intervals)
    middle = (intervals[peak.first].first.toordinal() + intervals[peak.last].last.toordinal() + 1) / 2
    return _LEFT + (middle - start) / (end - start) * _ACROSS


def _write_label(figure: Figure, label: _Label, top: float) -> None:
    from matplotlib.lines import Line2D

    height = figure.get_figheight()
    bottom = top - _LINE * label.row - 0.07
    plot.write(figure, label.left, bottom, label.text, color=label.color, va="bottom")
    at = label.at / plot.WIDTH
    figure.add_artist(
        Line2D([at, at], [1 - top / height, 1 - (bottom + 0.02) / height], color=label.color, linewidth=0.8)
    )
