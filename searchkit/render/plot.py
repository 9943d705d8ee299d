"""Pictures: what timelines and maps share. Only functions import matplotlib, since nothing else needs it.

Nothing here uses pyplot: it would look for a screen, and keep figures. A drawing is made within ``look``::

    plot.check(path)
    with plot.look():
        figure = plot.figure(height=5)
        ...
        plot.save(figure, path)
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from searchkit.errors import SearchkitError
from searchkit.render import characters

if TYPE_CHECKING:
    from matplotlib.figure import Figure

VerticalAlign = Literal["top", "bottom", "center"]

ENDINGS = (".png", ".svg")
WIDTH = 10.0
"""Inches, of every picture."""

DPI = 200
MARGIN = 0.3
"""Inches between the edge of a picture and its texts."""

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe's and Ito's, which colour-blind people can tell apart too; without the yellow, which is faint on white."""

INK = "#222222"
PALE = "#666666"
SMALL = 9.0
TITLE = 14.0

# Fonts that complete matplotlib's own, which has Latin, Greek, Cyrillic and Arabic letters, where they are installed.
_FONTS = (
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Hiragino Sans", "PingFang SC", "Microsoft YaHei", "Yu Gothic",
    "Malgun Gothic", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Noto Sans Hebrew", "Noto Sans Arabic",
    "Noto Sans Devanagari", "Noto Sans Bengali", "Noto Sans Tamil", "Noto Sans Thai", "Nirmala UI", "Leelawadee UI",
    "Arial Unicode MS",
)  # fmt: skip

_LONGEST = 400
"""Characters: no line holds more, and megabytes take long to measure."""

_NO_XML = dict.fromkeys((0xFFFE, 0xFFFF), "\ufffd")


def check(path: Path) -> None:
    """Raise SearchkitError where a picture cannot be drawn: no matplotlib, or no such format."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise SearchkitError("drawing needs matplotlib: pip install 'searchkit[plot]'") from None
    if path.suffix.lower() not in ENDINGS:
        raise SearchkitError(f"{path} should end in {' or '.join(ENDINGS)}, which says what kind of picture to write")


@contextmanager
def look() -> Iterator[None]:
    """What figures look like, whatever the user's own settings for matplotlib are."""
    from matplotlib import font_manager, style

    installed = {font.name for font in font_manager.fontManager.ttflist}
    ours = {
        # The last one is for readers of an SVG who lack the others.
        "font.family": ["DejaVu Sans", *(font for font in _FONTS if font in installed), "sans-serif"],
        "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "Helvetica"],
        "font.size": 10,
        # Queries have dollars in them that do not mean mathematics.
        "text.parse_math": False,
        "text.color": INK,
        "axes.edgecolor": PALE,
        "axes.labelcolor": PALE,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "xtick.color": PALE,
        "ytick.color": PALE,
        "grid.color": "#DDDDDD",
        "grid.linewidth": 0.6,
        # Text stays text: it can be searched, and a reader has fonts for scripts that this machine may lack.
        "svg.fonttype": "none",
        "svg.hashsalt": "searchkit",
    }
    with style.context(["default", ours]), warnings.catch_warnings():
        # A title may be in a script that no font here has. The picture is worth having with boxes in its title.
        warnings.filterwarnings("ignore", r"Glyph \d+ .*missing from", UserWarning)
        warnings.filterwarnings("ignore", "Matplotlib currently does not support", UserWarning)
        yield


def figure(height: float) -> Figure:
    """An empty figure, so many inches high."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    made = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(made)
    return made


def save(figure: Figure, path: Path) -> None:
    """Write the figure in the format that the ending of ``path`` says. The same figure gives the same bytes."""
    kind = path.suffix.lower()[1:]
    out = io.BytesIO()
    figure.savefig(out, format=kind, dpi="figure", metadata={"Date": None} if kind == "svg" else {"Software": None})
    try:
        path.write_bytes(out.getvalue())
    except OSError as error:
        raise SearchkitError(f"{path} cannot be written: {error.strerror or error}") from error


def width(figure: Figure, text: str, size: float = SMALL) -> float:
    """How many inches the text takes."""
    placed = figure.text(0, 0, text, fontsize=size)
    wide = placed.get_window_extent().width
    placed.remove()
    return wide / figure.dpi


def write(
    figure: Figure, x: float, y: float, text: str, *, va: VerticalAlign, size: float = SMALL, color: str = PALE
) -> None:
    """Write text at so many inches from the left and from the top of the figure; ``va`` is what of the text is there."""
    level = 1 - y / figure.get_figheight()
    figure.text(x / WIDTH, level, text, fontsize=size, color=color, va=va, linespacing=1.4)


def plain(text: str) -> str:
    """The text as one line that every format of picture can hold."""
    return characters.one_line(text).translate(_NO_XML)


def fitted(figure: Figure, text: str, inches: float, size: float, lines: int = 1) -> str:
    """The text broken into lines of at most so many inches, and cut with an ellipsis where they are too few."""
    rest = " ".join(plain(text).split())
    done: list[str] = []
    while rest and len(done) < lines:
        if _fits(figure, rest, inches, size):
            return "\n".join((*done, rest))
        last = len(done) == lines - 1
        end = _longest(figure, rest, inches, size, "…" if last else "")
        if last:
            done.append(rest[:end].rstrip() + "…")
        else:
            # Between words, unless a word takes most of the line.
            space = rest.rfind(" ", end // 2, end + 1)
            end = space if space > 0 else end
            done.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return "\n".join(done)


def _longest(figure: Figure, text: str, inches: float, size: float, more: str) -> int:
    """How many characters of the text fit, with ``more`` behind them; at least one."""
    least, most = 1, min(len(text), _LONGEST)
    while least < most:
        middle = (least + most + 1) // 2
        if _fits(figure, text[:middle] + more, inches, size):
            least = middle
        else:
            most = middle - 1
    return least


def _fits(figure: Figure, text: str, inches: float, size: float) -> bool:
    return len(text) <= _LONGEST and width(figure, text, size) <= inches
