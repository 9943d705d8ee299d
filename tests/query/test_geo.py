"""``near:`` and ``bbox:``: what a place, a distance and a box mean, and how mistakes in them are answered."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from searchkit.analysis import Analyzer
from searchkit.article import Place
from searchkit.engines.base import Engine
from searchkit.errors import QueryError
from searchkit.query.explain import describe, explain
from searchkit.query.geo import distance
from searchkit.query.lower import Context, lower, lower_filter
from searchkit.query.parser import parse
from searchkit.query.plan import marked, scores
from tests.conformance.asking import article
from tests.conformance.conftest import build
from tests.conftest import ROOT

LONDON, PARIS = (51.5085, -0.1257), (48.8534, 2.3488)
PLACES = [
    Place("Damascus", None, "Syria", "SY", 33.5102, 36.2913),
    Place("Homs", None, "Syria", "SY", 34.7324, 36.7137),
    Place("Beirut", None, "Lebanon", "LB", 33.8933, 35.5016),
    Place("London", None, "United Kingdom", "GB", *LONDON),
    Place("Paris", None, "France", "FR", *PARIS),
    Place("Paris", "Texas", "United States", "US", 33.6609, -95.5555),
    Place("Tripoli", None, "Lebanon", "LB", 34.4335, 35.8442),
    Place("Nowhere", None, "Syria", "SY"),
    Place("Caroline Island", latitude=0.5, longitude=-150.0),
    Place("Garbled", latitude=float("nan"), longitude=float("inf")),
    Place("x" * 60, "y" * 60, "z" * 60, "SY", 33.5102, -136.2913),
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return build("memory", Path("unused"), [article(str(n), "oil", place=place) for n, place in enumerate(PLACES)])


def read(engine: Engine, query: str) -> tuple[str, list[str]]:
    """A query as it was understood, and the notes about it."""
    parsed = parse(query)
    context = Context(engine, Analyzer("english"), dt.date(2019, 3, 15), warnings=list(parsed.warnings))
    return describe(lower(parsed, context)), context.warnings


DAMASCUS = "location:(Damascus, Syria)"
AROUND = "location:(Beirut, Lebanon; Damascus, Syria; Homs, Syria; Tripoli, Lebanon)"


@pytest.mark.parametrize(
    ("query", "understood"),
    [
        ('near:"Damascus"~150km', AROUND),
        ("near:Damascus~150km", AROUND),
        ("near:Damascus~150KM", AROUND),
        ('near:"Damascus"~150 km', AROUND),
        ('near:"Damascus" ', DAMASCUS),
        ("near:Damascus", DAMASCUS),
        ("near:(Damascus)", DAMASCUS),
        ("near:damaskus", DAMASCUS),
        ("near:Damascus~150", AROUND),
        ("near:Damascus~93.3mi", AROUND),
        ("near:Damascus~2", DAMASCUS),
        ("near:Damascus~.5", DAMASCUS),
        ("near:Damascus~0", DAMASCUS),
        ("near:damascus?", DAMASCUS),
        ('near:"33.51,36.29"~150km', AROUND),
        ("near:33.51,36.29~150", AROUND),
        ('near:"+33.51, 36.29"', DAMASCUS),
        ('near:"0.5,-150"', "location:(Caroline Island)"),
        ("near:Paris", "location:(Paris, France)"),
        ('near:"Paris, Texas"~50mi', "location:(Paris, Texas, United States)"),
        ('near:"Paris, Tex."', "location:(Paris, Texas, United States)"),
        ('near:"paris, TX, USA"', "location:(Paris, Texas, United States)"),
        ('near:"Paris, France"', "location:(Paris, France)"),
        ('near:"Paris, FR"', "location:(Paris, France)"),
        ('near:"Tripoli, Lebanon"', "location:(Tripoli, Lebanon)"),
        ('near:"Damascus"~150km^2', f"{AROUND}^2"),
        ("oil -near:Damascus", f"(stem(oil) AND NOT {DAMASCUS})"),
        ("(near:Damascus OR near:Paris) oil", f"(({DAMASCUS} OR location:(Paris, France)) AND stem(oil))"),
        ("bbox:35.7,32.3,36.5,34", DAMASCUS),
        ('bbox:"35.7, 32.3, 36.5, 34"', DAMASCUS),
        ("bbox:-160,0,-140,+1", "location:(Caroline Island)"),
        ("bbox:36.2913,33.5102,36.2913,33.5102", DAMASCUS),
        ("near:Damascus bbox:35,33,37,34", f"({DAMASCUS} AND location:(Beirut, Lebanon; Damascus, Syria))"),
    ],
)
def test_a_query_means_these_places(engine: Engine, query: str, understood: str) -> None:
    assert read(engine, query) == (understood, [])


@pytest.mark.parametrize(
    ("query", "caret", "message", "hint"),
    [
        ("near:Syria~200km", "Syria~200km", "Syria is a country", "location:Syria finds"),
        ('oil near:"South Korea"', '"South Korea"', "is a country", 'location:"South Korea" finds'),
        ("near:Kuwait", "Kuwait", "is a country", 'near:"Kuwait City, Kuwait"'),
        ("near:Georgia", "Georgia", "is a country", 'near:"Georgia, United States"'),
        ("near:Dammascus", "Dammascus", "no place called Dammascus", 'Did you mean near:"Damascus"?'),
        ("near:Xyzzy", "Xyzzy", "no place called Xyzzy", "Coordinates do as well"),
        ("near:New York~50km", "New", "no place called New", "in quotes"),
        ('near:"Damascus, Texas"', '"Damascus, Texas"', "is known in Texas", 'near:"Damascus, Maryland"'),
        ("near:Damascus~far", "Damascus~far", "'far' is not a distance", "near:"),
        ('near:"Damascus"~-5km', '"Damascus"~-5km', "'-5km' is not a distance", "near:"),
        ('near:"Damascus"~', '"Damascus"~', "how far", "near:"),
        ('near:""', '""', "needs a place", "near:"),
        ("near:,", ",", "needs a place", "near:"),
        ("near:~5km", "~5km", "needs a place", "near:"),
        ("near:Dam*", "Dam*", "no group or pattern", "near:"),
        ("near:/dam.*/", "/dam.*/", "no group or pattern", "near:"),
        ("near:[a TO b]", "[a TO b]", "no group or pattern", "near:"),
        ("near:(Damascus OR Homs)", "Damascus OR Homs", "no group or pattern", "near:"),
        ("near:(title:x)", "title:x", "no group or pattern", "near:"),
        ('near:"99,36"', '"99,36"', "nowhere on Earth", "First the latitude"),
        ("near:36,199", "36,199", "nowhere on Earth", "First the latitude"),
        ("bbox:35,37,42", "35,37,42", "four numbers", "west, south, east, north"),
        ("bbox:35,32,42,north", "35,32,42,north", "four numbers", "west, south, east, north"),
        ("bbox:(1 OR 2)", "1 OR 2", "four numbers", "west, south, east, north"),
        ("bbox:35,32,42,99", "35,32,42,99", "99 is no latitude", "west, south, east, north"),
        ("bbox:200,32,42,37", "200,32,42,37", "200 is no longitude", "west, south, east, north"),
        ("bbox:32,42,37,35", "32,42,37,35", "north of its north", "west, south, east, north"),
        ('location:"Damascus"~150km', "~150km", "only near:", 'near:"Damascus"~150km'),
        ('"red cross"~5mi', "~5mi", "only near:", 'near:"red cross"~5mi'),
        ("nera:Damascus", "nera", "no field", "Did you mean near:Damascus?"),
        ("bbxo:1", "bbxo", "no field", ""),
        ("colour:red", "colour", "no field", "and since, until, near and bbox."),
    ],
)
def test_a_mistake_is_an_error_that_says_what_to_write(
    engine: Engine, query: str, caret: str, message: str, hint: str
) -> None:
    if query.startswith("bbxo"):  # before a figure a colon may be of ordinary text
        assert "did you mean bbox:?" in read(engine, query)[1][0]
        return
    with pytest.raises(QueryError) as caught:
        read(engine, query)
    assert query[caught.value.start : caught.value.end] == caret
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


def test_a_name_of_several_places_is_the_largest_one_and_a_note_names_the_next(engine: Engine) -> None:
    _, notes = read(engine, "near:Tripoli~3000km")
    assert notes == ['near:"Tripoli" was read as Tripoli, Libya; write near:"Tripoli, Lebanon" for another one']


@pytest.mark.parametrize(
    ("place", "meant"),
    [
        ("Springfield", "Springfield, Missouri"),
        ("New York", "New York, New York"),
        ("Washington", "Washington, District of Columbia"),
        ("Washington, D.C.", "Washington, District of Columbia"),
        ("Alexandria, Va.", "Alexandria, Virginia"),
        ("London, England", "London, United Kingdom"),
        ("Ontario, Canada", "Ontario, Canada"),
        ("Bombay", "Mumbai, India"),
        ("Singapore", "Singapore"),
        ("San Marino", "San Marino"),
    ],
)
def test_a_name_means_the_town_before_the_region_and_today_before_yesterday(place: str, meant: str) -> None:
    assert meaning(f'near:"{place}"')[0] == meant


def meaning(near: str) -> tuple[str, list[str]]:
    """What a place was read as, and what was noted about it, asked in an archive that has nothing from there."""
    engine = build("memory", Path("unused"), [article("1", place=Place("Null Island", latitude=0.0, longitude=0.0))])
    _, notes = read(engine, f"{near}~1")
    return notes[-1].removeprefix("no article in this archive is from a place within 1 km of "), notes[:-1]


@pytest.mark.parametrize(
    "name", ["Tripoli", "Springfield", "San Jose", "Victoria", "Washington", "Córdoba", "Hyderabad"]
)
def test_what_a_note_tells_to_write_is_another_place(name: str) -> None:
    best, (note,) = meaning(f'near:"{name}"')
    read_as, other = note.removesuffix(" for another one").split("; write ")
    assert read_as == f'near:"{name}" was read as {best}'
    assert meaning(other)[0] != best


@pytest.mark.parametrize("name", ["Damascus", "Paris", "London", "Beirut", "New York", "Moscow", "Baghdad"])
def test_what_everyone_understands_needs_no_note(name: str) -> None:
    assert meaning(f'near:"{name}"')[1] == []


def test_a_region_is_its_largest_town_and_a_note_says_so(engine: Engine) -> None:
    _, (note, nothing) = read(engine, "near:Texas~10km")
    assert note == 'near:"Texas" was read as Texas, United States: distances are from the largest town in it'
    assert nothing.startswith("no article")


@pytest.mark.parametrize(
    ("place", "meant"),
    [("Ontario", "Ontario, Canada"), ("England", "England, United Kingdom"), ("Hamburg", "Hamburg, Germany")],
)
def test_a_region_comes_first_where_a_town_of_its_name_is_a_far_smaller_one(place: str, meant: str) -> None:
    assert meaning(f"near:{place}")[0] == meant


def test_a_former_country_after_a_town_is_understood(engine: Engine) -> None:
    assert meaning('near:"Leningrad, USSR"')[0] == meaning('near:"St. Petersburg, Russia"')[0]


def test_a_place_of_very_long_names_keeps_its_coordinates(engine: Engine) -> None:
    assert read(engine, "bbox:-137,33,-135,34")[0].startswith("location:(xxx")


def test_where_no_place_lies_inside_nothing_matches_and_a_note_says_why(engine: Engine) -> None:
    nothing = "no article in this archive is from a place"
    assert read(engine, 'near:"Paris, Texas"~50mi -oil')[1] == []
    assert read(engine, "near:Reykjavik~50mi") == ("nothing", [f"{nothing} within 80.5 km of Reykjavik, Iceland"])
    assert read(engine, "near:10,10") == ("nothing", [f"{nothing} within 50 km of 10,10"])
    between = "between 170 and -170 degrees east, -1 and 1 degrees north"
    assert read(engine, "bbox:170,-1,-170,1") == ("nothing", [f"{nothing} {between}"])
    bare = build("memory", Path("unused"), [article("1", place=Place("Homs", None, "Syria", "SY")), article("2")])
    assert read(bare, "near:Homs") == ("nothing", [f"{nothing} whose coordinates are known"])


def test_outside_near_a_distance_of_a_word_is_words_and_a_note_says_so(engine: Engine) -> None:
    understood, notes = read(engine, "location:Damascus~150km")
    assert understood == 'location:"damascus 150km"'
    assert notes[0].startswith("Damascus~150km was read as words: only near: takes a distance")
    assert read(engine, "~150km")[1] == []
    assert read(engine, '"red cross"~5') == ('"red cross"~5', [])


@pytest.mark.parametrize(
    ("name", "value", "understood"),
    [
        ("near", "Damascus~150km", AROUND),
        ("near", "Paris, Texas", "location:(Paris, Texas, United States)"),
        ("near", "33.51,36.29 ~ 150 km", AROUND),
        ("bbox", "35.7,32.3,36.5,34", DAMASCUS),
    ],
)
def test_a_filter_takes_the_same(engine: Engine, name: str, value: str, understood: str) -> None:
    context = Context(engine, Analyzer("english"), dt.date(2019, 3, 15))
    assert describe(lower_filter(name, value, context)) == understood
    assert context.warnings == []


def test_a_mistake_in_a_filter_is_an_error_at_its_place(engine: Engine) -> None:
    with pytest.raises(QueryError) as caught:
        lower_filter("near", "Syria~200km", Context(engine, Analyzer("english"), dt.date(2019, 3, 15)))
    assert caught.value.query[caught.value.start : caught.value.end] == "Syria~200km"


def test_distances_are_those_of_an_atlas() -> None:
    assert distance(LONDON, PARIS) == pytest.approx(344, rel=0.01)
    assert distance((40.6413, -73.7781), (51.47, -0.4543)) == pytest.approx(
        5540, rel=0.01
    )  # New York's airport to London's
    assert distance((0, 179.5), (0, -179.5)) == pytest.approx(111.2, rel=0.001)  # one degree, across the date line
    assert distance((90, 0), (-90, 77)) == pytest.approx(20015.1, abs=0.1)  # half a meridian
    assert distance(PARIS, PARIS) == 0


def test_many_places_are_shown_shortly_the_most_frequent_first() -> None:
    held = [article(str(n), place=Place(f"Town {n:02}", None, "Syria", "SY", 33.5, 36 + n / 100)) for n in range(30)]
    held += [article(f"more {n}", place=held[20].place) for n in range(3)]
    engine = build("memory", Path("unused"), held)
    context = Context(engine, Analyzer("english"), dt.date(2019, 3, 15))
    shown = explain(lower(parse("near:Damascus~300km"), context), engine)
    assert shown.understood.startswith("location:(Town 20, Syria; Town 00, Syria; ")
    assert shown.understood.endswith("; and 18 more)")
    assert shown.terms[:2] == (("location:whole:Town 20, Syria", 4), ("location:whole:Town 00, Syria", 1))
    assert len(shown.terms) == 12


def test_where_an_article_is_from_neither_scores_nor_is_marked(engine: Engine) -> None:
    plan = lower(parse("near:Damascus^2"), Context(engine, Analyzer("english"), dt.date(2019, 3, 15)))
    assert not scores(plan)
    assert list(marked(plan)) == []


def test_a_search_without_them_does_not_import_the_gazetteer() -> None:
    program = (
        "import sys, searchkit.query.lower, searchkit.query.parser as parser\n"
        "parser.parse('location:x bbox:1,2,3,4 near:Damascus~5')\n"
        "assert not {'searchkit.query.geo', 'searchkit.news.gazetteer', 'pycountry'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
