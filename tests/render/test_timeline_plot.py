import datetime as dt
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import combinations

import pytest

from searchkit.errors import SearchkitError
from searchkit.intervals import intervals
from searchkit.render import plot, timeline_plot
from searchkit.results import Peak, Series, Timeline
from tests.conftest import needed

needed("matplotlib")

WORDS = ("evacuation", "baghouz", "trucks", "sdf", "civilians")


def _timeline(by, first, last, *queries, peaks=None, share=False, counts=None):
    cut = intervals(dt.date.fromisoformat(first), dt.date.fromisoformat(last), by)
    series = []
    for number, query in enumerate(queries):
        found = tuple((place * 7 + number) % 11 for place in range(len(cut))) if counts is None else counts
        shares = tuple(count / 40 if count else None for count in found) if share else None
        series.append(Series(query, sum(found) + 12, 12, found, shares, peaks))
    return Timeline(by, cut, tuple(series))


MONTHS = _timeline("month", "2017-03-01", "2019-05-01", "evacuation", peaks=(Peak(3, 5, 60, 9.0, WORDS),))


def _texts(timeline, path):
    timeline_plot.draw(timeline, path)
    return [text.text for text in ET.parse(path).iter("{http://www.w3.org/2000/svg}text")]


def _ticks(timeline):
    return [label.split("\n")[0] for _, label in timeline_plot._ticks(timeline.by, timeline.intervals)]


def test_a_png_is_as_wide_as_every_other_and_not_blank(tmp_path):
    from matplotlib.image import imread

    timeline_plot.draw(MONTHS, tmp_path / "a.PNG")
    pixels = imread(tmp_path / "a.PNG", format="png")
    assert pixels.shape[1] == plot.WIDTH * plot.DPI
    assert pixels.min() < 0.2 < pixels.max()


def test_an_svg_says_what_was_found(tmp_path):
    texts = _texts(MONTHS, tmp_path / "a.svg")
    assert "evacuation" in texts
    assert "evacuation, baghouz, trucks, sdf, civilians" in texts
    assert "articles per month" in texts
    assert f"{MONTHS.series[0].total} articles, 12 undated" in texts


def test_several_queries_have_a_legend_and_shares_are_per_cent(tmp_path):
    timeline = _timeline("week", "2019-01-01", "2019-05-01", "oil", "gas", "coal", share=True)
    texts = _texts(timeline, tmp_path / "a.svg")
    assert [text for text in texts if text.endswith("12 undated")] == [
        f"{series.query}: {series.total} articles, 12 undated" for series in timeline.series
    ]
    assert "share of all articles per week" in texts
    assert {"0%", "10%", "20%"} <= set(texts)
    drawn = (tmp_path / "a.svg").read_text(encoding="utf-8")
    # Some programs do not draw a line whose dashes are an empty list.
    assert all(drawn.count(f"stroke: {color.lower()}") >= 2 for color in plot.COLORS[:3])
    assert "stroke-dasharray: ;" not in drawn


@pytest.mark.parametrize("query", ["$5 OR $x^2$", "a<b>&amp; \"c\" 'd'", "_hidden", "100%", r"\alpha {x", "{}"])
def test_nothing_in_a_query_is_markup(query, tmp_path):
    assert query in _texts(_timeline("day", "2019-01-01", "2019-01-09", query), tmp_path / "a.svg")
    timeline_plot.draw(_timeline("day", "2019-01-01", "2019-01-09", query, query), tmp_path / "a.png")


@pytest.mark.parametrize(
    "query", ["地震 OR زلزال", "हिन्दी", "\x1b[31m \ud800 \ufffe \x00", "", "\u202eabc\u200b", "🚒"]
)
def test_every_script_can_be_drawn(query, tmp_path):
    timeline = _timeline("day", "2019-01-01", "2019-01-09", query, peaks=(Peak(1, 1, 4, 2.0, (query,)),))
    timeline_plot.draw(timeline, tmp_path / "a.png")
    # A title and a peak have the text, controls and all that XML does not have made visible.
    assert _texts(timeline, tmp_path / "a.svg").count(plot.plain(query) or "2019-01-02") == (2 if query else 1)


def test_a_long_query_is_broken_and_cut(tmp_path):
    words = _texts(_timeline("year", "2000-01-01", "2009-01-01", "war " * 5000), tmp_path / "a.svg")
    lines = [text for text in words if text.startswith("war")]
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert len(_texts(_timeline("year", "2000-01-01", "2009-01-01", "w" * 5000), tmp_path / "a.svg")) == len(words)


@pytest.mark.parametrize(
    ("by", "first", "last", "ticks"),
    [
        ("day", "2019-02-19", "2019-02-19", ["19 Feb"]),
        ("day", "2019-02-20", "2019-03-20", ["25 Feb", "4 Mar", "11 Mar", "18 Mar"]),
        ("day", "2018-11-05", "2019-02-20", ["Dec", "Jan", "Feb"]),
        ("week", "2019-02-19", "2019-03-05", ["18 Feb", "25 Feb", "4 Mar"]),
        ("month", "2018-11-01", "2019-02-01", ["Nov", "Dec", "Jan", "Feb"]),
        ("month", "2017-11-01", "2019-02-01", ["Jan", "Apr", "Jul", "Oct", "Jan"]),
        ("quarter", "2018-11-01", "2019-02-01", ["Q4", "Q1"]),
        ("year", "1987-01-01", "2019-02-01", ["1990", "1995", "2000", "2005", "2010", "2015"]),
        ("decade", "1987-01-01", "2019-02-01", ["1980s", "1990s", "2000s", "2010s"]),
        ("decade", "1604-01-01", "2019-02-01", [f"{year}s" for year in range(1600, 2019, 50)]),
    ],
)
def test_ticks_are_few_and_round(by, first, last, ticks):
    assert _ticks(_timeline(by, first, last, "a")) == ticks


def test_the_whole_calendar_can_be_drawn(tmp_path):
    timeline = _timeline("decade", "0001-01-01", "9999-12-31", "time")
    assert len(_ticks(timeline)) <= 13
    timeline_plot.draw(timeline, tmp_path / "a.png")


@pytest.mark.parametrize("queries", [["a"], ["a", "b"]])
@pytest.mark.parametrize("share", [False, True])
def test_one_interval_none_and_thousands_can_be_drawn(queries, share, tmp_path):
    timeline_plot.draw(_timeline("day", "2019-01-01", "2019-01-01", *queries, share=share), tmp_path / "one.png")
    timeline_plot.draw(_timeline("day", "2005-01-01", "2018-09-09", *queries, share=share), tmp_path / "many.svg")
    nothing = Timeline("day", (), tuple(Series(query, 3, 3, (), () if share else None, ()) for query in queries))
    assert "no dated articles" in _texts(nothing, tmp_path / "none.svg")
    timeline = _timeline("day", "2019-01-01", "2019-01-03", *queries, share=share, counts=(0, 0, 0))
    timeline_plot.draw(timeline, tmp_path / "empty.png")


def test_a_count_of_one_has_no_ticks_between_articles(tmp_path):
    texts = _texts(_timeline("day", "2019-01-01", "2019-01-03", "a", counts=(0, 1, 0)), tmp_path / "a.svg")
    assert "1" in texts
    assert not any("." in text for text in texts)


def test_the_words_of_peaks_do_not_overlap():
    timeline = _timeline("day", "2019-01-01", "2019-04-10", "a")
    peaks = [(Peak(place, place, 9, float(place), WORDS), "red") for place in (2, 4, 30, 31, 33, 60, 97)]
    with plot.look():
        labels = timeline_plot._labels(plot.figure(height=1), timeline.intervals, peaks)
    assert len(labels) == len(peaks)
    for one, other in combinations(labels, 2):
        assert not one.hides(other)
        assert not other.hides(one)
    assert all(label.left >= plot.MARGIN and label.right <= plot.WIDTH - plot.MARGIN for label in labels)


def test_peaks_without_room_for_words_are_counted(tmp_path):
    peaks = tuple(Peak(place, place, 9, float(place), ("evacuation",)) for place in range(99))
    texts = _texts(_timeline("day", "2019-01-01", "2019-04-10", "a", peaks=peaks), tmp_path / "a.svg")
    drawn = texts.count("evacuation")
    assert any(text.endswith(f"; {99 - drawn} peaks without room for words") for text in texts)
    texts = _texts(_timeline("day", "2019-01-01", "2019-04-10", "a", peaks=()), tmp_path / "a.svg")
    assert any(text.endswith("; no peaks") for text in texts)


@pytest.mark.parametrize("ending", plot.ENDINGS)
def test_the_same_timeline_gives_the_same_bytes(ending, tmp_path):
    for name in ("a", "b"):
        timeline_plot.draw(MONTHS, tmp_path / (name + ending))
    assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


def test_the_users_settings_do_not_matter(tmp_path):
    import matplotlib

    timeline_plot.draw(MONTHS, tmp_path / "a.svg")
    with matplotlib.rc_context({"axes.facecolor": "black", "savefig.dpi": 10, "svg.fonttype": "path"}):
        timeline_plot.draw(MONTHS, tmp_path / "b.svg")
        assert matplotlib.rcParams["svg.fonttype"] == "path"
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


@pytest.mark.parametrize("name", ["a.pdf", "a", "png", "a.svg.gz"])
def test_another_ending_is_an_error(name, tmp_path):
    with pytest.raises(SearchkitError, match=r"should end in \.png or \.svg"):
        timeline_plot.draw(MONTHS, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_an_error(tmp_path):
    with pytest.raises(SearchkitError, match=r"a\.png cannot be written: No such file"):
        timeline_plot.draw(MONTHS, tmp_path / "missing" / "a.png")


def test_without_matplotlib_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SearchkitError, match=r"pip install 'searchkit\[plot\]'"):
        timeline_plot.draw(MONTHS, tmp_path / "a.png")


def test_matplotlib_is_imported_only_to_draw_and_pyplot_never(tmp_path):
    program = (
        "import sys, pathlib; from searchkit.render import map_plot, timeline_plot\n"
        "from searchkit.results import Series, Timeline\n"
        "assert not {'matplotlib', 'numpy'} & sys.modules.keys()\n"
        "timeline = Timeline('day', (), (Series('a', 0, 0, ()),))\n"
        "timeline_plot.draw(timeline, pathlib.Path(sys.argv[1]))\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "a.png")], check=True)
