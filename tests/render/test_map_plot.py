import struct
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise

import pytest

from searchkit.article import Place
from searchkit.errors import SearchkitError
from searchkit.render import map_plot, outlines, plot
from searchkit.results import PlaceCount, Places
from tests.conftest import needed

needed("matplotlib")

ALEPPO = ("Aleppo", 36.2, 37.16, "SY")
DAMASCUS = ("Damascus", 33.51, 36.29, "SY")
SUVA = ("Suva", -18.14, 178.44, "FJ")
APIA = ("Apia", -13.83, -171.77, "WS")
LIMA = ("Lima", -12.04, -77.03, "PE")
OSLO = ("Oslo", 59.91, 10.75, "NO")
TOKYO = ("Tokyo", 35.69, 139.69, "JP")


def _places(*counted, query="evacuation", by="city", distinct=None, without=0):
    found = tuple(
        PlaceCount(Place(name, None, name, code, latitude, longitude), count)
        for (name, latitude, longitude, code), count in counted
    )
    total = sum(count for _, count in counted) + without
    return Places(query, by, total, found, len(found) if distinct is None else distinct, without)


SYRIA = _places((ALEPPO, 40), (DAMASCUS, 12), without=5)


def _view(*places):
    return map_plot._view([(longitude, latitude) for _, latitude, longitude, _ in places])


def _texts(places, path):
    map_plot.draw(places, path)
    return [text.text for text in ET.parse(path).iter("{http://www.w3.org/2000/svg}text")]


def test_a_png_has_the_usual_width(tmp_path):
    map_plot.draw(SYRIA, tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    wide, high = struct.unpack(">II", data[16:24])
    assert data.startswith(b"\x89PNG")
    assert wide == plot.WIDTH * plot.DPI
    assert 0.4 < high / wide < 0.9


def test_an_svg_says_what_is_where_and_from_whom(tmp_path):
    texts = _texts(SYRIA, tmp_path / "a.svg")
    assert {"evacuation", "Aleppo", "Damascus", "Places: GeoNames; outlines: Natural Earth"} <= set(texts)
    assert "57 articles; 5 without a known place" in texts
    assert {"1", "5", "20 articles"} <= set(texts)


def test_places_without_coordinates_are_counted_not_drawn(tmp_path):
    places = _places((ALEPPO, 3), (("Atlantis", None, None, None), 2), distinct=9)
    texts = _texts(places, tmp_path / "a.svg")
    assert "5 articles; 2 from places without coordinates; the 2 most frequent of 9 places" in texts
    assert "Atlantis" not in texts


def test_no_places_are_a_map_that_says_so(tmp_path):
    texts = _texts(_places(without=3), tmp_path / "a.svg")
    assert "no places to show" in texts
    assert "3 articles; 3 without a known place" in texts


@pytest.mark.parametrize("text", ["$5 OR $x^2$", "a<b>&amp; \"c\" 'd'", "_hidden", "地震", "زلزال"])
def test_nothing_in_a_query_or_name_is_markup(text, tmp_path):
    texts = _texts(_places(((text, 36.2, 37.16, "SY"), 3), query=text), tmp_path / "a.svg")
    assert texts.count(text) == 2
    map_plot.draw(_places(((text, 36.2, 37.16, "SY"), 3), query=text), tmp_path / "a.png")


@pytest.mark.parametrize("by", ["country", "region", "city"])
def test_every_kind_of_place_has_its_name(by, tmp_path):
    place = Place("Aleppo", "Aleppo Governorate", "Syria", "SY", 36.2, 37.16)
    texts = _texts(Places("q", by, 1, (PlaceCount(place, 1),), 1, 0), tmp_path / "a.svg")
    assert {"country": "Syria", "region": "Aleppo Governorate", "city": "Aleppo"}[by] in texts


@pytest.mark.parametrize("ending", plot.ENDINGS)
def test_the_same_places_give_the_same_bytes(ending, tmp_path):
    for name in ("a", "b"):
        map_plot.draw(SYRIA, tmp_path / (name + ending))
    assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


def test_errors_are_those_of_every_picture(tmp_path):
    with pytest.raises(SearchkitError, match=r"should end in \.png or \.svg"):
        map_plot.draw(SYRIA, tmp_path / "a.jpeg")
    with pytest.raises(SearchkitError, match="cannot be written"):
        map_plot.draw(SYRIA, tmp_path / "missing" / "a.svg")


# What the map shows


def test_one_place_has_ten_degrees_around_it():
    view = _view(ALEPPO)
    assert view.east - view.west == pytest.approx(10)
    assert (view.west + view.east) / 2 == pytest.approx(37.16)
    assert (view.south + view.north) / 2 == pytest.approx(36.2)


def test_a_map_of_a_region_has_room_around_it():
    view = _view(OSLO, ALEPPO)
    assert view.west < 10.75 - 2 < 37.16 + 2 < view.east
    assert view.south < 36.2 - 2 < 59.91 + 2 < view.north


def test_places_on_both_sides_of_the_date_line_are_close(tmp_path):
    view = _view(SUVA, APIA)
    assert view.west < 178.44 < 360 - 171.77 < view.east
    assert view.east - view.west < 30
    assert {"Suva", "Apia"} <= set(_texts(_places((SUVA, 3), (APIA, 2)), tmp_path / "a.svg"))


def test_places_all_over_the_world_get_all_of_it():
    assert _view(LIMA, OSLO, TOKYO) == map_plot._WORLD
    assert _view() == map_plot._WORLD
    south = ("McMurdo", -77.85, 166.67, "AQ")
    assert _view(LIMA, OSLO, TOKYO, south).south < -77.85


@pytest.mark.parametrize("latitude", [-90, -89.9, -75, 0, 60, 89, 90])
@pytest.mark.parametrize("other", [-80, 0, 90])
def test_every_map_has_a_fair_shape(latitude, other):
    view = _view(("a", latitude, 179.9, ""), ("b", other, -179.9, ""))
    assert -90 <= view.south <= min(latitude, other) <= max(latitude, other) <= view.north <= 90
    assert 10 <= round(view.east - view.west, 6) <= 360
    assert 2 < view.height < 8


# What is on it


def test_areas_are_in_proportion_to_counts():
    view = _view(ALEPPO, DAMASCUS)
    scale = map_plot._scale(view, SYRIA.places)
    assert map_plot._radius(40, scale) ** 2 / map_plot._radius(10, scale) ** 2 == pytest.approx(4)
    assert map_plot._radius(40, scale) == pytest.approx(map_plot._LARGEST)
    crowd = _places((ALEPPO, 40), *[(DAMASCUS, 40)] * 200)
    assert map_plot._radius(40, map_plot._scale(view, crowd.places)) < map_plot._LARGEST / 2


@pytest.mark.parametrize(
    ("most", "counts"),
    [(1, [1]), (4, [2]), (7, [1, 5]), (40, [1, 5, 20]), (1234, [20, 200, 1000]), (10**7, [200_000, 2_000_000, 10**7])],
)
def test_the_legend_has_round_counts(most, counts):
    assert map_plot._round_counts(most) == counts


def test_names_cover_neither_each_other_nor_large_circles():
    circles = [
        map_plot._Circle(1 + number % 7 * 0.5, 1 + number // 7 * 0.4, 0.3 / (1 + number)) for number in range(40)
    ]
    boxes = map_plot._places_for([0.8] * len(circles), circles, 5.0)
    drawn = [box for box in boxes if box is not None]
    assert len(drawn) > 8
    assert not any(one.meets(other) for one, other in combinations(drawn, 2))
    for number, box in enumerate(boxes):
        if box is not None:
            assert 0 <= box.left < box.right <= map_plot._ACROSS
            covered = [other for other, circle in enumerate(circles) if other != number and box.covers(circle)]
            assert all(circles[other].radius <= 5 / 72 for other in covered)


# The outlines


def test_outlines_are_closed_lines_without_jumps():
    rings = outlines.rings()
    assert len({code for code, _ in rings}) > 230
    for _, points in rings:
        assert points[0] == points[-1]
        assert all(-90 <= y <= 90 for _, y in points)
        assert all(abs(there[0] - here[0]) <= 180 for here, there in pairwise(points))
        assert max(x for x, _ in points) - min(x for x, _ in points) <= 360


@pytest.mark.parametrize(("place", "code"), [(OSLO, "NO"), (ALEPPO, "SY"), (TOKYO, "JP"), (LIMA, "PE")])
def test_cities_lie_in_their_countries(place, code):
    from matplotlib.path import Path

    _, latitude, longitude, _ = place
    inside = {code for code, ring in outlines.rings() if Path(ring).contains_point((longitude, latitude))}
    assert inside == {code}


@pytest.mark.parametrize("places", [((SUVA, 3), (APIA, 2)), ((LIMA, 1), (OSLO, 1), (TOKYO, 1))])
def test_no_outline_makes_a_stripe_across_the_map(places):
    from matplotlib.collections import PathCollection

    with plot.look():
        (axes,) = map_plot._figure(_places(*places)).axes
    land = next(part for part in axes.collections if isinstance(part, PathCollection))
    rings = [ring for shape in land.get_paths() for ring in shape.to_polygons(closed_only=False)]
    assert len(rings) > 10
    for ring in rings:
        # The longest line that there is, the 49th parallel in America, has 28 degrees; Antarctica's is south of the map.
        assert max(abs(ring[1:, 0] - ring[:-1, 0])[ring[1:, 1] > -89], default=0) < 30
