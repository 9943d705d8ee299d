"""What begins with a dash: an option of ours, a mistyped one, or a part of the query."""

import json

import pytest


def _query(ran):
    return json.loads(ran.out)["query"]


@pytest.mark.parametrize(
    "args",
    [
        ("evacuation", "-syria"),
        ("-syria", "evacuation"),
        ("--", "evacuation", "-syria"),
        ("evacuation -syria",),
        ("evacuation", "--any", "-syria"),
    ],
)
def test_a_word_with_a_dash_is_left_out_of_the_results(run, args):
    before = ("--format", "json", "--limit", "all")
    ran = run("query", *before, *args)
    assert ran.status == 0
    hits = json.loads(ran.out)["hits"]
    assert 0 < len(hits) < 15
    assert all((hit["place"] or {}).get("country") != "Syria" for hit in hits)


@pytest.mark.parametrize("word", ["-hurricane", "-any", "-format", "-x=y", "--syria", "---", "--x"])
def test_a_dash_and_a_word_that_is_no_option_is_query_text(run, word):
    ran = run("query", "--format", "json", "evacuation", word)
    assert ran.status in (0, 1)
    assert _query(ran) == f"evacuation {word}"


def test_after_two_dashes_even_an_option_is_query_text(run):
    assert _query(run("query", "--format", "json", "--", "oil", "--count", "--limt")) == "oil --count --limt"


def test_options_may_stand_before_among_and_after_the_words(run):
    assert _query(run("query", "oil", "--format", "json", "price", "--limit", "1")) == "oil price"


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [("--limt", "--limit"), ("--fromat=json", "--format"), ("--snip", "--snippets"), ("--explian", "--explain")],
)
def test_a_mistyped_option_is_an_error_that_names_the_right_one(run, mistyped, meant):
    ran = run("query", "oil", mistyped)
    assert (ran.status, ran.out) == (2, "")
    assert f"Did you mean {meant}?" in ran.err


def test_the_value_of_an_option_is_not_taken_for_a_mistyped_one(run):
    assert run("query", "oil", "--location", "--limt").status in (0, 1)
    assert run("query", "oil", "--count", "--limt").status == 2


def test_h_alone_is_help(run):
    for command in ("query", "index", "show", "remove", "stats", "fields"):
        ran = run(command, "-h")
        assert ran.status == 0
        assert ran.out.startswith(f"Usage: searchkit {command}")
