"""The query language on every engine: what each kind of query finds."""

from __future__ import annotations

import datetime as dt

import pytest

from searchkit.article import Place
from searchkit.engines.base import Engine, Sort
from tests.conformance.asking import article, ask, ids
from tests.conformance.conftest import MakeEngine

ARTICLES = [
    article(
        "syria",
        "Dozens of trucks arrived to evacuate civilians. The humanitarian corridor stayed open.",
        "Evacuation begins",
        "2019-02-19",
        dateline="AL-OMAR OIL FIELD BASE, Syria",
        place=Place("Al-Omar Oil Field Base", None, "Syria", "SY"),
        byline="Sarah O’Brien",
        publisher="Example Press",
        section="World",
        topics=("war", "aid convoys"),
        url="https://example.org/2019/syria",
        path="2019/syria.txt",
        language="en",
    ),
    article("oil", "Crude oil prices rose; the oil minister of OPEC spoke of 1,200 barrels.", "Oil up", "2019-02-28"),
    article("bagouz", "The village of Baghouz, also written Bagouz, and its civilians.", "Village", "2019-03-01"),
    article("att", "AT&T and U.S. officials met at 10:30 about C++ and R&D.", "AT&T", "2018-12-31"),
    article("accents", "A café in São Paulo, and Łódź.", "Places", "0980-01-02"),
    article("undated", "To be or not to be, said The Who. What a state of the union.", "Quotes"),
    article("trucks", "Trucks rolled. Later, far behind, many more civilians followed the trucks.", "", "2019-02-28"),
    article("empty", "", "Only a headline", "2019-01-01"),
]

CASES = {
    "location:sy": {"syria"},
    'location:"middle east"': {"syria"},
    "location:asia": {"syria"},
    "location:europe": set(),
    "evacuation": {"syria"},
    "evacuating civilians": {"syria"},
    "EVACUATE": {"syria"},
    '"evacuate civilians"': {"syria"},
    '"evacuation civilians"': set(),
    '"evacuate"': {"syria"},
    '"evacuated"': set(),
    '"humanitarian corridor"': {"syria"},
    '"corridor humanitarian"': set(),
    '"trucks civilians"~5': {"syria", "trucks"},
    '"civilians trucks"~5': {"syria", "trucks"},
    '"trucks civilians"~2': {"trucks"},
    '"trucks civilians"~3': {"trucks", "syria"},
    '"trucks trucks"~20': {"trucks"},
    '"civilians civilians"~50': set(),
    '"begins al-Omar"': set(),
    '"begins evacuation"~50': {"syria"},
    '"begins dozens"~500': set(),
    "evacuat*": {"syria"},
    "EVACUAT*": {"syria"},
    "Bag?ouz": {"bagouz"},
    "*ouz": {"bagouz"},
    "b*z": {"bagouz"},
    "Bagouz~": {"bagouz"},
    "Baguz~1": {"bagouz"},
    "Abgouz~1": {"bagouz"},
    "Bagoozz~1": set(),
    "Bagoozz~2": {"bagouz"},
    "/baghou[zs]/": {"bagouz"},
    "/BAGH?OU./": {"bagouz"},
    "/agou/": set(),
    "civilians -trucks": {"bagouz"},
    "civilians NOT trucks": {"bagouz"},
    "-civilians": {"oil", "att", "accents", "undated", "empty"},
    "NOT (civilians OR oil)": {"att", "accents", "undated", "empty"},
    "NOT NOT oil": {"oil", "syria"},
    "oil AND NOT opec": {"syria"},
    "oil AND opec": {"oil"},
    "opec OR baghouz": {"oil", "bagouz"},
    "opec OR baghouz trucks": {"oil"},
    "(opec OR baghouz) civilians": {"bagouz"},
    "opec OR -civilians": {"oil", "att", "accents", "undated", "empty"},
    "-a*": {"oil", "trucks"},
    "*": {"syria", "oil", "bagouz", "att", "accents", "undated", "trucks", "empty"},
    "-*": set(),
    "title:evacuations": {"syria"},
    "title:civilians": set(),
    'title:"evacuation begins"': {"syria"},
    "headline:oil": {"oil"},
    "location:syria": {"syria"},
    "location:AL-OMAR": {"syria"},
    'location:"oil field"': {"syria"},
    "byline:o'brien": {"syria"},
    "publisher:example": {"syria"},
    "section:worlds": {"syria"},
    "topic:convoy": {"syria"},
    'topic:"war aid"': set(),
    "country:sy": {"syria"},
    "country:Syria": {"syria"},
    "language:EN": {"syria"},
    "path:2019/syria.txt": {"syria"},
    "path:2019/*": {"syria"},
    "url:*example.org*": {"syria"},
    "id:oil": {"oil"},
    "id:oi": set(),
    "title:(oil OR village)": {"oil", "bagouz"},
    "title:*": {"syria", "oil", "bagouz", "att", "accents", "undated", "empty"},
    "date:2019": {"syria", "oil", "bagouz", "trucks", "empty"},
    "date:2019-02": {"syria", "oil", "trucks"},
    "date:2019-02-28": {"oil", "trucks"},
    "date:[2019-02-19 TO 2019-02-28]": {"syria", "oil", "trucks"},
    "date:2019-02-28..2019-02-28": {"oil", "trucks"},
    "date:[* TO 2018]": {"att", "accents"},
    "date:0980": {"accents"},
    "date:missing": {"undated"},
    "-date:missing": {"syria", "oil", "bagouz", "att", "accents", "trucks", "empty"},
    "NOT date:2019": {"att", "accents", "undated"},
    "since:2019-03": {"bagouz"},
    "until:2018": {"att", "accents"},
    "since:2019-02-20 until:2019-02": {"oil", "trucks"},
    'date:"last month"': {"syria", "oil", "trucks"},
    "date:(2018 OR missing)": {"att", "undated"},
    "oil^3 OR trucks": {"oil", "syria", "trucks"},
    "O'Brien": set(),
    "AT&T": {"att"},
    "r&d": {"att"},
    "C++": {"att"},
    "us officials": {"att"},
    "U.S.": {"att"},
    "10:30": {"att"},
    "1200": {"oil"},
    "1,200": {"oil"},
    "cafe": {"accents"},
    "CAFÉ": {"accents"},
    "sao paulo": {"accents"},
    "lodz": {"accents"},
    '"to be or not to be"': {"undated"},
    '"the who"': {"undated"},
    '"state of the union"': {"undated"},
    "what?": {"undated"},
    'quotes "': {"undated"},
    "village (": {"bagouz"},
    "& oil": {"oil", "syria"},
    "&": set(),
}


@pytest.fixture
def engine(make_engine: MakeEngine) -> Engine:
    """The articles above, in three segments where an engine has such."""
    return make_engine(ARTICLES, batch=3)


def test_every_kind_of_query_finds_what_it_says(engine: Engine) -> None:
    wrong = {query: found for query, wanted in CASES.items() if (found := ids(engine, query)) != wanted}
    assert wrong == {}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("opec baghouz", {"oil", "bagouz"}),
        ("opec baghouz -village", {"oil"}),
        ("+civilians opec", {"syria", "bagouz", "trucks"}),
        ("opec AND oil baghouz", {"oil"}),
        ("+civilians -trucks opec", {"bagouz"}),
        ("-oil -civilians", {"att", "accents", "undated", "empty"}),
    ],
)
def test_any_asks_for_at_least_one_of_the_plain_words(engine: Engine, query: str, wanted: set[str]) -> None:
    assert ids(engine, query, any_word=True) == wanted


def test_an_optional_word_beside_a_required_one_raises_the_score(engine: Engine) -> None:
    found = ask(engine, "+civilians baghouz", any_word=True)
    assert found.hits[0][0] == "bagouz"


def test_newest_first_puts_the_undated_last(engine: Engine) -> None:
    order = [id for id, _ in ask(engine, "*", Sort.NEWEST).hits]
    assert order == ["bagouz", "oil", "trucks", "syria", "empty", "att", "accents", "undated"]


def test_oldest_first_puts_the_undated_last_too(engine: Engine) -> None:
    order = [id for id, _ in ask(engine, "*", Sort.OLDEST).hits]
    assert order == ["accents", "att", "empty", "syria", "trucks", "oil", "bagouz", "undated"]


def test_within_a_day_the_instant_decides_and_then_the_id(make_engine: MakeEngine) -> None:
    def at(id: str, time: str | None) -> object:
        clock = dt.time.fromisoformat(time) if time else None
        return article(id, "news", date="2019-02-19", time=clock)

    articles = [at("noon", "12:00"), at("b", None), at("a", None), at("east", "13:30+02:00"), at("west", "09:00-05:00")]
    engine = make_engine(articles)  # type: ignore[arg-type]
    assert [id for id, _ in ask(engine, "news", Sort.OLDEST).hits] == ["b", "a", "east", "noon", "west"]
    assert [id for id, _ in ask(engine, "news", Sort.NEWEST).hits] == ["west", "noon", "east", "a", "b"]


def test_oldest_first_pages_through_the_dated_and_then_the_undated(make_engine: MakeEngine) -> None:
    dates = [f"2019-02-{day:02}" for day in range(1, 8)] + [None] * 8
    engine = make_engine([article(f"{number:02}", "news", date=date) for number, date in enumerate(dates)])
    pages = [ask(engine, "news", Sort.OLDEST, limit=4, offset=start) for start in range(0, 20, 4)]
    found = [id for page in pages for id, _ in page.hits]
    assert found == [f"{number:02}" for number in (*range(7), *range(14, 6, -1))]
    assert {page.total for page in pages} == {15}


def test_pages_neither_repeat_nor_skip_where_scores_tie(make_engine: MakeEngine) -> None:
    engine = make_engine([article(f"{number:03}", "the same words") for number in range(95)], batch=20)
    for sort in Sort:
        pages = [ask(engine, "words", sort, limit=10, offset=start) for start in range(0, 100, 10)]
        numbers = range(94, -1, -1) if sort is Sort.OLDEST else range(95)
        assert [id for page in pages for id, _ in page.hits] == [f"{number:03}" for number in numbers]
        assert {page.total for page in pages} == {95}


def test_the_total_counts_every_match_whatever_the_page(engine: Engine) -> None:
    assert ask(engine, "date:2019", limit=0).total == 5
    assert ask(engine, "date:2019", limit=2).total == 5
    assert ask(engine, "date:2019", limit=2, offset=100).hits == ()


def test_a_word_of_the_headline_counts_more_than_one_of_the_body(make_engine: MakeEngine) -> None:
    engine = make_engine(
        [
            article("body", "flood waters rise in the city today again", "River news of the day"),
            article("title", "waters rise in the city today again now", "River flood of the day"),
        ]
    )
    assert [id for id, _ in ask(engine, "flood").hits] == ["title", "body"]


def test_filters_neither_score_nor_change_the_score(engine: Engine) -> None:
    plain = dict(ask(engine, "civilians").hits)
    filtered = dict(ask(engine, "civilians date:2019 -title:oil location:syria").hits)
    assert filtered == {"syria": plain["syria"]}
    assert set(dict(ask(engine, "location:syria date:2019").hits).values()) == {0.0}


def test_a_boost_multiplies_the_score(engine: Engine) -> None:
    once, twice = dict(ask(engine, "opec").hits), dict(ask(engine, "opec^2.5").hits)
    assert twice["oil"] == pytest.approx(2.5 * once["oil"])


def test_more_terms_than_are_scored_still_match(make_engine: MakeEngine) -> None:
    many = [article(f"{number:03}", f"pre{number:03} filler") for number in range(300)]
    engine = make_engine([*many, article("other", "something else")])
    assert ask(engine, "pre*", limit=0).total == 300
    assert ids(engine, "-pre*") == {"other"}
    assert len({score for _, score in ask(engine, "pre*").hits if score}) == 1
    assert sum(score > 0 for _, score in ask(engine, "pre*").hits) == 128


def test_an_engine_without_articles_finds_nothing(make_engine: MakeEngine) -> None:
    engine = make_engine([])
    assert engine.count() == 0
    for query in ("*", "oil", "-oil", "oi*", '"crude oil"', "date:2019", "date:missing"):
        assert ask(engine, query).total == 0


@pytest.mark.parametrize("query", ["since:2019-03 until:2019-02", "oil since:2020 until:2019 until:2021"])
def test_days_that_no_day_is_among_find_nothing(engine: Engine, query: str) -> None:
    assert ids(engine, query) == set()


@pytest.mark.parametrize("asked", ["burma", "myanmar", '"Myanmar"', "mm", "asia", '"southeast asia"'])
def test_a_country_is_found_by_every_name_that_it_had(asked: str, make_engine: MakeEngine) -> None:
    engine = make_engine(
        [
            article("old", "Rain.", dateline="RANGOON, Burma", place=Place("Yangon", None, "Burma", "BU")),
            article("new", "Rain.", dateline="YANGON, Myanmar", place=Place("Yangon", None, "Myanmar", "MM")),
            article("other", "Rain.", dateline="PARIS", place=Place("Paris", None, "France", "FR")),
        ]
    )
    assert ids(engine, f"location:{asked}") == ({"new"} if asked == "mm" else {"old", "new"})
    assert ids(engine, "location:yangon") == {"old", "new"}
    assert ids(engine, "-location:saigon location:rangoon") == {"old", "new"}
