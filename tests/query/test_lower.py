"""AST → plan: what a query means against an index."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from searchkit.analysis import Analyzer
from searchkit.errors import QueryError
from searchkit.fields import Form
from searchkit.query.explain import describe, explain
from searchkit.query.lower import MAX_SCORED, Context, lower, lower_filter
from searchkit.query.parser import parse
from searchkit.query.plan import And, Boost, Not, Or, Term, marked, scores, within
from searchkit.query.suggest import suggest
from tests.conformance.asking import article
from tests.conformance.conftest import build

ARTICLES = [
    article("1", "evacuate evacuation evacuated oil prices café"),
    article("2", "evacuation of Baghouz by the U.S.-backed al-Omar force", "Evacuation"),
    article("3", " ".join(f"pre{n:04}" for n in range(500))),
]


@pytest.fixture(scope="module")
def engine() -> object:
    return build("memory", Path("unused"), ARTICLES)


def context(engine: object, any_word: bool = False, day_first: bool = False) -> Context:
    return Context(engine, Analyzer("english"), dt.date(2019, 3, 15), day_first, any_word)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "plan"),
    [
        ("evacuation", "stem(evacu)"),
        ('"evacuation"', '"evacuation"'),
        ('"oil prices"', '"oil prices"'),
        ("al-Omar", '"al omar"'),
        ("U.S.-backed", '"us backed"'),
        ("evacuat*", '("evacuation" OR "evacuate" OR "evacuated")'),
        ("evacuate~", '("evacuate" OR "evacuated")'),
        ("/EVACUATE?D?/", '("evacuate" OR "evacuated")'),
        ("/caf[éè]/", '"cafe"'),
        ("CAF?", "stem(caf)"),
        ("zzz*", "nothing"),
        ("al-Om*", '("al" AND "omar")'),
        ("title:evacuation", "title:stem(evacu)"),
        ("location:Syria", 'location:"syria"'),
        ("id:A/B#1", 'id:"a/b#1"'),
        ("oil -prices", "(stem(oil) AND NOT stem(price))"),
        ("oil OR prices", "(stem(oil) OR stem(price))"),
        ("oil^2", "stem(oil)^2"),
        ("date:2019-02", "date:[2019-02-01 TO 2019-02-28]"),
        ("since:2019-02", "date:[2019-02-01 TO *]"),
        ("until:2019-02", "date:[* TO 2019-02-28]"),
        ("date:missing", "NOT dated"),
        ("date:*", "dated"),
        ('date:"last week"', "date:[2019-03-04 TO 2019-03-10]"),
        ("date:(2018 OR 2019-03-01)", "(date:[2018-01-01 TO 2018-12-31] OR date:[2019-03-01 TO 2019-03-01])"),
        ("& oil", "stem(oil)"),
        ("oil -&", "stem(oil)"),
        ("*", "*"),
    ],
)
def test_a_query_becomes_this_plan(engine: object, query: str, plan: str) -> None:
    assert describe(lower(parse(query), context(engine))) == plan


def test_any_makes_plain_words_alternatives(engine: object) -> None:
    assert describe(lower(parse("oil prices -x"), context(engine, any_word=True))) == (
        "((stem(oil) OR stem(price)) AND NOT stem(x))"
    )


@pytest.mark.parametrize(
    ("query", "caret", "message"),
    [
        ("date:2019-02-31", "2019-02-31", "2019-02-31"),
        ("oil since:nonsense", "nonsense", "nonsense"),
        ("date:[2019 TO 2018]", "[2019 TO 2018]", ""),
        ("since:missing", "missing", "needs a date"),
        ("date:20*", "20*", "pattern"),
        ("title:[a TO b]", "[a TO b]", "for dates"),
        ("oil /ba(g/", "/ba(g/", "regular expression"),
        ("/(a)\\1/", "/(a)\\1/", "regular expression"),
        ("/(((a{500}){500}){500})/", "/(((a{500}){500}){500})/", "regular expression"),
        ("", "", "empty"),
    ],
)
def test_a_mistake_is_an_error_at_its_place(engine: object, query: str, caret: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        lower(parse(query), context(engine))
    assert query[caught.value.start : caught.value.end] == caret
    assert message in str(caught.value)


def test_a_date_that_can_be_read_two_ways_is_read_as_the_archive_is_set(engine: object) -> None:
    asked = parse('date:"03/04/2019"')
    assert describe(lower(asked, context(engine))) == "date:[2019-03-04 TO 2019-03-04]"
    assert describe(lower(asked, context(engine, day_first=True))) == "date:[2019-04-03 TO 2019-04-03]"


def test_the_cap_limits_what_is_scored_and_never_what_matches(engine: object) -> None:
    asked = context(engine)
    plan = lower(parse("pre*"), asked)
    assert len(list(marked(plan))) == MAX_SCORED
    assert "500 words" in asked.warnings[0]
    counted = explain(plan, engine)  # type: ignore[arg-type]
    assert len(counted.terms) == 500


def test_punctuation_alone_matches_nothing_and_says_so(engine: object) -> None:
    asked = context(engine)
    assert describe(lower(parse("& —"), asked)) == "nothing"
    assert "only punctuation" in asked.warnings[0]


def test_filters_negations_and_everything_neither_score_nor_are_marked(engine: object) -> None:
    for query in ("location:syria", "-oil", "*", "date:2019", "title:oil", "-(a OR b)"):
        plan = lower(parse(query), context(engine))
        assert not scores(plan)
        assert list(marked(plan)) == []
    assert scores(lower(parse("oil -prices date:2019"), context(engine)))


@pytest.mark.parametrize(
    ("name", "value", "plan"),
    [
        ("location", "New York", 'location:"new york"'),
        ("location", "a* OR b", 'location:"a or b"'),
        ("author", "Ann", 'byline:"ann"'),
        ("since", "2019-02", "date:[2019-02-01 TO *]"),
        ("until", "2019-02-19", "date:[* TO 2019-02-19]"),
        ("date", "missing", "NOT dated"),
        ("id", "x:y (z)", 'id:"x:y (z)"'),
    ],
)
def test_a_filter_is_taken_literally(engine: object, name: str, value: str, plan: str) -> None:
    assert describe(lower_filter(name, value, context(engine))) == plan


@pytest.mark.parametrize(("name", "value"), [("nofield", "x"), ("since", "rubbish"), ("location", "&")])
def test_a_filter_that_cannot_be_is_an_error(engine: object, name: str, value: str) -> None:
    with pytest.raises(QueryError):
        lower_filter(name, value, context(engine))


def test_the_nearest_spelling_and_fewer_words_are_suggested_where_they_find_something(engine: object) -> None:
    def count(query: str, any_word: bool) -> int:
        return 7 if "oil" in query or any_word else 0

    parsed = parse('oli "exact" -bagdad title:pries')
    found = suggest(parsed, engine, Analyzer("english"), count)  # type: ignore[arg-type]
    assert [(s.query, s.any_word, s.total) for s in found] == [('oli "exact" -bagdad title:pries', True, 7)]
    parsed = parse("evacuaton bagouz")
    found = suggest(parsed, engine, Analyzer("english"), lambda query, any_word: 0 if any_word else 3)  # type: ignore[arg-type]
    assert [s.query for s in found] == ["evacuation baghouz"]


UNSPACED = [
    article("1", "東京都の橋とX光", byline="王小明"),
    article("2", "東方"),
]


@pytest.mark.parametrize(
    ("query", "plan"),
    [
        ("東京", '"東京"'),
        ("東京都", '"東京 京都"'),
        ("橋", "stem(橋)"),
        ('"橋"', "stem(橋)"),
        ("X光", '"x 光"'),
        ("東京~", '"東京"'),
        ("東京*", '"東京"'),
        ("東*橋", "(stem(東) AND stem(橋))"),
        ("*橋", "stem(橋)"),
        ("/東./", '("東京" OR "東方")'),
        ('"東京 の橋"~3', '"東京 の橋"~3'),
        ("byline:王", '(byline:"王" OR byline:"王小")'),
        ("byline:小明", 'byline:"小明"'),
        ("id:東*", "nothing"),
        ("AT&T的", '"at&t 的"'),
    ],
)
def test_what_is_written_without_spaces_becomes_this_plan(query: str, plan: str) -> None:
    engine = build("memory", Path("unused"), UNSPACED)
    assert describe(lower(parse(query), context(engine))) == plan


@pytest.mark.parametrize(
    ("query", "warning"),
    [
        ("東京~", "東京~: what is written without spaces is searched as it is"),
        ("東*橋", "東*橋 was read as 東 AND 橋"),
        ('"橋 東京"~3', "a single character is only found near others"),
    ],
)
def test_what_cannot_be_done_without_spaces_is_said(query: str, warning: str) -> None:
    asked = context(build("memory", Path("unused"), UNSPACED))
    lower(parse(query), asked)
    assert any(warning in said for said in asked.warnings), asked.warnings


def test_a_pattern_that_only_adds_a_star_to_a_run_needs_no_warning() -> None:
    asked = context(build("memory", Path("unused"), UNSPACED))
    lower(parse("東京*"), asked)
    assert asked.warnings == []


SPOKEN = [
    article("1", "the news", language="en"),
    article("2", "news", language="en-GB"),
    article("3", "des nouvelles", language="fr"),
    article("4", "des news", language="fr"),
    article("5", "neue", language="de"),
    article("6", "nouvelles", language="sw"),
]


@pytest.mark.parametrize(
    ("query", "plan"),
    [
        ("madrid", "stem(madrid)"),
        (
            "news",
            '((stem(news) AND (language:"en" OR language:"de" OR language:"sw")^0) OR (stem(new) AND language:"fr"^0))',
        ),
        ("nouvelle", '(stem(nouvel) AND language:"fr"^0)'),
        ('"news"', '"news"'),
        ("nouvelles", '((stem(nouvel) AND language:"fr"^0) OR (stem(nouvelles) AND language:"sw"^0))'),
        ("unheard", "stem(unheard)"),
    ],
)
def test_a_bare_word_is_asked_for_in_each_language_by_its_stem_there(query: str, plan: str) -> None:
    engine = build("memory", Path("unused"), SPOKEN, language="auto")
    asked = Context(engine, Analyzer("auto"), dt.date(2019, 3, 15))
    assert describe(lower(parse(query), asked)) == plan


def test_a_spelling_is_suggested_only_for_a_word_that_is_in_no_language() -> None:
    engine = build("memory", Path("unused"), SPOKEN, language="auto")
    for query, found in (("nouvelless", ["nouvelles"]), ("nouvelle", [])):
        suggested = suggest(parse(query), engine, Analyzer("auto"), lambda query, any_word: 1)
        assert [s.query for s in suggested] == found


def test_within_a_language_only_its_own_stems_are_left() -> None:
    en, fr = Term("language", Form.EXACT, "en"), Term("language", Form.EXACT, "fr")
    plan = Or((And((Term("text", Form.STEM, "a"), Boost(en, 0))), And((Term("text", Form.STEM, "b"), Boost(fr, 0)))))
    assert list(marked(within(plan, "language", ("fr",)))) == [Term("text", Form.STEM, "b")]
    assert list(marked(within(plan, "language", ("fr-ca", "fr")))) == [Term("text", Form.STEM, "b")]
    assert list(marked(within(plan, "language", ("de",)))) == []
    assert list(marked(within(Boost(plan, 2.0), "language", ("de",)))) == []
    assert len(list(marked(within(And((plan, Not(en))), "language", ("en",))))) == 1
