"""Places as a picture: a map with circles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from searchkit.render import plot, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from searchkit.results import PlaceCount, Places

_SEA = "#E4EDF3"
_LAND = "#FBFAF6"
_COUNTED = "#F2E2C9"
_BORDER = "#ABABAB"
_COLOR = plot.COLORS[0]

_ACROSS = plot.WIDTH - 2 * plot.MARGIN
_LOWEST, _HIGHEST = 3.6, 6.4
"""Inches that a map is high."""

_WORLD = (-180.0, 180.0, -57.0, 84.0)
"""West, east, south and north of a map of everything: people live there."""

_WIDEST = 200.0
"""Degrees. Places farther apart get a map of the world."""

_NARROWEST = 10.0
_PAD = 0.12
"""Room around the places, as a part of what they cover."""

_LARGEST = 22.0
"""Points of the largest circle's radius."""

_DENSEST = 0.1
"""The part of the map that all circles may take, before they are made smaller."""

_SMALLEST = 1.5
"""Points; a circle in proportion could be too small to see."""

_MOST_LABELS = 40
_LONGEST_NAME = 2.2
_TALL = 0.17
"""Inches that a name is high."""

_FINEST = 2000
"""Points across the map that outlines distinguish: about the pixels."""


class _View(NamedTuple):
    """Degrees that a map shows. East of the date line, longitudes go on beyond 180."""

    west: float
    east: float
    south: float
    north: float

    @property
    def height(self) -> float:
        """Inches of a map of the usual width: degrees of longitude are as long as they are at its middle."""
        return _ACROSS * (self.north - self.south) / ((self.east - self.west) * _shrinking(self.south, self.north))


class _Circle(NamedTuple):
    """A circle on the map, in inches from its lower left corner."""

    x: float
    y: float
    radius: float


class _Box(NamedTuple):
    """A name on the map, in inches from its lower left corner."""

    left: float
    right: float
    bottom: float
    top: float

    @classmethod
    def of(cls, left: float, middle: float, width: float) -> _Box:
        return cls(left, left + width, middle - _TALL / 2, middle + _TALL / 2)

    def meets(self, other: _Box) -> bool:
        apart = self.right + 0.04 < other.left or other.right + 0.04 < self.left
        return not apart and self.bottom < other.top and other.bottom < self.top

    def covers(self, circle: _Circle) -> bool:
        """Whether it lies on a part of the circle."""
        x = circle.x - max(self.left, min(circle.x, self.right))
        y = circle.y - max(self.bottom, min(circle.y, self.top))
        return math.hypot(x, y) < circle.radius


def draw(places: Places, path: Path) -> None:
    """Draw the places into a file, PNG or SVG by its ending. Raises SearchkitError where that cannot be done."""
    plot.check(path)
    with plot.look():
        plot.save(_figure(places), path)


def _figure(places: Places) -> Figure:
    shown = [each for each in places.places if each.place.latitude is not None and each.place.longitude is not None]
    shown.sort(key=lambda each: -each.count)
    view = _view([_point(each) for each in shown])

    figure = plot.figure(height=1)
    title = plot.fitted(figure, places.query, _ACROSS, plot.TITLE, lines=2)
    foot = plot.fitted(figure, _foot(places, shown), 6.4, plot.SMALL, lines=3)
    top = plot.MARGIN + 0.28 * (title.count("\n") + 1) + 0.15
    below = 0.1 + max(0.19 * (foot.count("\n") + 2), 2 * _LARGEST / 72)
    height = top + view.height + below + plot.MARGIN
    figure.set_figheight(height)

    plot.write(figure, plot.MARGIN, plot.MARGIN, title, va="top", size=plot.TITLE, color=plot.INK)
    credit = f"{foot}\nPlaces: GeoNames; outlines: Natural Earth"
    plot.write(figure, plot.MARGIN, top + view.height + 0.14, credit, va="top")
    left, bottom = plot.MARGIN / plot.WIDTH, 1 - (top + view.height) / height
    axes = figure.add_axes((left, bottom, _ACROSS / plot.WIDTH, view.height / height), facecolor=_SEA)
    axes.set_xlim(view.west, view.east)
    axes.set_ylim(view.south, view.north)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(visible=True, color=_BORDER, linewidth=0.6)
    counted = {each.place.code for each in places.places if each.place.code} if places.by == "country" else set()
    _draw_land(axes, view, counted)
    if shown:
        scale = _scale(view, shown)
        _draw_circles(figure, axes, view, shown, places.by, scale)
        _draw_legend(figure, shown[0].count, top + view.height + 0.1, scale)
    else:
        axes.text(
            0.5, 0.5, "no places to show", transform=axes.transAxes, ha="center", va="center", fontsize=plot.TITLE,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8},
        )  # fmt: skip
    return figure


def _foot(places: Places, shown: Sequence[PlaceCount]) -> str:
    parts = [words.count(places.total, "article")]
    if places.without:
        parts.append(f"{places.without:,} without a known place")
    if missing := sum(each.count for each in places.places) - sum(each.count for each in shown):
        parts.append(f"{missing:,} from places without coordinates")
    if places.distinct > len(places.places):
        most = "most frequent" if len(places.places) == 1 else f"{len(places.places):,} most frequent"
        parts.append(f"the {most} of {places.distinct:,} places")
    return "; ".join(parts)


def _point(each: PlaceCount) -> tuple[float, float]:
    assert each.place.longitude is not None
    assert each.place.latitude is not None
    return each.place.longitude, each.place.latitude


# What the map shows


def _view(points: Sequence[tuple[float, float]]) -> _View:
    """The part of the world that the points are in, or all of it."""
    if not points:
        return _View(*_WORLD)
    west, span = _stretch([x for x, _ in points])
    south, north = min(y for _, y in points), max(y for _, y in points)
    if span > _WIDEST:
        west, east, least, most = _WORLD
        return _View(west, east, min(least, max(south - 3, -90)), max(most, min(north + 3, 90)))
    shrinking = _shrinking(south, north)
    # In degrees of longitude at the places, so that both ways are as long as they look.
    wide = max(span * (1 + 2 * _PAD), _NARROWEST)
    high = max((north - south) * (1 + 2 * _PAD) / shrinking, wide * _LOWEST / _ACROSS)
    wide = min(max(wide, high * _ACROSS / _HIGHEST), 360.0)
    high = min(high * shrinking, 180.0)
    start = max(-90.0, min((south + north - high) / 2, 90.0 - high))
    return _View(west + (span - wide) / 2, west + (span + wide) / 2, start, start + high)


def _shrinking(south: float, north: float) -> float:
    """How long a degree of longitude is, in degrees of latitude, in the middle between two latitudes. At the poles it is
    nothing, and nothing could be drawn.
    """
    return math.cos(math.radians(max(-75.0, min((south + north) / 2, 75.0))))


def _stretch(longitudes: Sequence[float]) -> tuple[float, float]:
    """Where the shortest stretch with all of the longitudes begins, and how long it is; it may cross the date line."""
    sorted_ = sorted({(longitude + 180) % 360 - 180 for longitude in longitudes})
    following = [*sorted_[1:], sorted_[0] + 360]
    gap, end = max((after - here, after) for here, after in zip(sorted_, following, strict=True))
    return (end + 180) % 360 - 180, 360 - gap


def _turns(west: float, east: float, view: _View) -> range:
    """The whole turns round the globe (degrees) that bring a stretch of longitudes into view."""
    return range(math.ceil((view.west - east) / 360) * 360, math.floor((view.east - west) / 360) * 360 + 1, 360)


# What is on it


def _draw_land(axes: Axes, view: _View, counted: set[str]) -> None:
    import numpy as np
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path as Outline

    from searchkit.render import outlines

    grid = (view.east - view.west) / _FINEST
    countries: dict[str, list[Outline]] = {}
    for code, ring in outlines.rings():
        points = np.array(ring)
        (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
        if north < view.south or south > view.north:
            continue
        for turn in _turns(west, east, view):
            seen = points + np.array((turn, 0))
            cells = np.round(seen / grid)
            seen = seen[np.append(True, (cells[1:] != cells[:-1]).any(axis=1))]
            if len(seen) > 2:
                countries.setdefault(code, []).append(Outline(seen, closed=True))
    # The rings of a country are one shape, for a hole in it is only then a hole.
    shapes = [Outline.make_compound_path(*rings) for rings in countries.values()]
    colors = [_COUNTED if code in counted else _LAND for code in countries]
    axes.add_collection(
        PathCollection(shapes, facecolors=colors, edgecolors=_BORDER, linewidths=0.5, zorder=1), autolim=False
    )


def _scale(view: _View, shown: Sequence[PlaceCount]) -> float:
    """The radius (points) of the circle of one article."""
    area = _DENSEST * _ACROSS * view.height * 72**2
    return min(_LARGEST / math.sqrt(shown[0].count), math.sqrt(area / math.pi / sum(each.count for each in shown)))


def _radius(count: int, scale: float) -> float:
    """Points: areas are in proportion to counts."""
    return max(scale * math.sqrt(count), _SMALLEST)


def _draw_circles(figure: Figure, axes: Axes, view: _View, shown: Sequence[PlaceCount], by: str, scale: float) -> None:
    """Circles, the largest first, so that a small one on a large one is seen; and the names of the largest."""
    points = []
    for each in shown:
        x, y = _point(each)
        points.append((x + next(iter(_turns(x, x, view)), 0), y))
    radii = [_radius(each.count, scale) for each in shown]
    axes.scatter(
        [x for x, _ in points], [y for _, y in points], s=[(2 * radius) ** 2 for radius in radii],
        facecolor=_COLOR, edgecolor="white", linewidth=0.4, alpha=0.65, zorder=2, clip_on=False,
    )  # fmt: skip
    scale_x, scale_y = _ACROSS / (view.east - view.west), view.height / (view.north - view.south)
    circles = [
        _Circle((x - view.west) * scale_x, (y - view.south) * scale_y, radius / 72)
        for (x, y), radius in zip(points, radii, strict=True)
    ]
    names = [plot.fitted(figure, _name(each, by), _LONGEST_NAME, plot.SMALL) for each in shown[:_MOST_LABELS]]
    boxes = _places_for([plot.width(figure, name) for name in names], circles, view.height)
    for name, box in zip(names, boxes, strict=True):
        if box is not None:
            axes.text(
                box.left / _ACROSS, (box.bottom + box.top) / 2 / view.height, name, transform=axes.transAxes,
                fontsize=plot.SMALL, color=plot.INK, va="center_baseline", zorder=3,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.6, "pad": 0.8},
            )  # fmt: skip


def _name(each: PlaceCount, by: str) -> str:
    place = each.place
    return {"country": place.country, "region": place.region, "city": place.city}.get(by) or str(place)


def _places_for(widths: Sequence[float], circles: Sequence[_Circle], height: float) -> list[_Box | None]:
    """Where each name has room beside its circle without covering another name or, if that can be, another circle."""
    placed: list[_Box | None] = []
    for number, width in enumerate(widths):
        taken = [box for box in placed if box is not None]
        choices = [
            box
            for box in _around(circles[number], width)
            if box.left >= 0.05 and box.right <= _ACROSS - 0.05 and box.bottom >= 0.05 and box.top <= height - 0.05
            if not any(box.meets(other) for other in taken)
        ]
        free = (
            box
            # A name may lie on small circles rather than be left out.
            for least in (0.0, 5 / 72)
            for box in choices
            if not any(box.covers(other) for at, other in enumerate(circles) if at != number and other.radius > least)
        )
        placed.append(next(free, None))
    return placed


def _around(circle: _Circle, width: float) -> list[_Box]:
    """Boxes beside a circle: right, left, above, below, and between these."""
    away = circle.radius + 0.05
    aslant = away * 0.75
    half = width / 2
    return [
        _Box.of(circle.x + x, circle.y + y, width)
        for x, y in (
            (away, 0), (-away - width, 0), (-half, away + _TALL / 2), (-half, -away - _TALL / 2),
            (aslant, aslant), (aslant, -aslant), (-aslant - width, aslant), (-aslant - width, -aslant),
        )
    ]  # fmt: skip


def _draw_legend(figure: Figure, most: int, top: float, scale: float) -> None:
    """Circles of round counts, below the map on the right."""
    from matplotlib.patches import Circle

    counts = _round_counts(most)
    texts = [f"{count:,}" for count in counts]
    texts[-1] += " article" if counts == [1] else " articles"
    radii = [_radius(count, scale) / 72 for count in counts]
    wide = sum(2 * radius + plot.width(figure, text) + 0.3 for radius, text in zip(radii, texts, strict=True)) - 0.24
    x, y = plot.WIDTH - plot.MARGIN - wide, top + _LARGEST / 72
    for text, radius in zip(texts, radii, strict=True):
        center = (x + radius, figure.get_figheight() - y)
        figure.add_artist(
            Circle(center, radius, transform=figure.dpi_scale_trans, facecolor=_COLOR, edgecolor="white", alpha=0.65)
        )
        x += 2 * radius + 0.06
        plot.write(figure, x, y, text, va="center")
        x += plot.width(figure, text) + 0.24


def _round_counts(most: int) -> list[int]:
    """Up to three round numbers, the largest not above the largest count."""
    found = {_rounded(most / part) for part in (1, 5, 25) if most / part >= 1}
    return sorted(found)


def _rounded(number: float) -> int:
    """The largest of 1, 2, 5, 10, 20 and so on that is not above the number."""
    unit = 10 ** math.floor(math.log10(number))
    return int(next(step for step in (5, 2, 1) if step * unit <= number) * unit)
