"""``searchkit query``: options, and what comes back for them. The samples have 15 articles on evacuations."""

import csv
import io
import json
import re

import pytest


def _dates(ran):
    return [json.loads(line)["date"] for line in ran.lines]


def test_finds_articles_best_first_and_counts_them(run):
    ran = run("query", "evacuation", "--limit", "3")
    assert ran.status == 0
    assert re.findall(r"^(\d)\. ", ran.out, re.M) == ["1", "2", "3"]
    assert re.fullmatch(r"3 of 15 articles in \d+ m?s", ran.lines[-1])
    assert ran.err == ""


def test_words_side_by_side_are_one_query(run):
    assert run("query", "oil", "evacuation", "--count").out == run("query", "oil evacuation", "--count").out == "2\n"


def test_ten_articles_are_shown_unless_more_are_asked_for(run):
    assert len(run("query", "evacuation", "--format", "ids").lines) == 10
    assert len(run("query", "evacuation", "--format", "ids", "--limit", "all").lines) == 15


def test_offset_goes_on_where_the_last_page_ended(run):
    everything = run("query", "evacuation", "--format", "ids", "--limit", "all").lines
    page = run("query", "evacuation", "--format", "jsonl", "--limit", "4", "--offset", "3")
    assert [json.loads(line)["id"] for line in page.lines] == everything[3:7]
    assert json.loads(page.lines[0])["rank"] == 4
    assert run("query", "evacuation", "--offset", "13").lines[-1].startswith("14–15 of 15 articles")


def test_an_offset_past_the_end_says_how_many_there_are(run):
    ran = run("query", "evacuation", "--offset", "100")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == "Nothing from 101 on: the query finds 15 articles.\n"


def test_any_asks_for_at_least_one_of_the_words(run):
    assert run("query", "evacuation zebra", "--count").out == "0\n"
    assert run("query", "evacuation zebra", "--any", "--count").out == "15\n"


def test_since_and_until_are_days_that_are_included(run):
    ran = run(
        "query", "evacuation", "--since", "1940-06-04", "--until", "1975", "--format", "jsonl", "--sort", "oldest"
    )
    dates = _dates(ran)
    assert dates[0] == "1940-06-04"
    assert dates[-1] <= "1975-12-31"
    assert dates == sorted(dates)
    assert len(dates) == int(run("query", "evacuation date:1940-06-04..1975-12-31", "--count").out)


def test_newest_and_oldest_are_orders(run):
    newest = _dates(run("query", "evacuation", "--format", "jsonl", "--sort", "newest", "--limit", "all"))
    oldest = _dates(run("query", "evacuation", "--format", "jsonl", "--sort", "oldest", "--limit", "all"))
    assert newest == sorted(newest, reverse=True)
    assert oldest == newest[::-1]
    assert json.loads(run("query", "evacuation", "--format", "json", "--sort", "relevance").out)["sort"] == "relevance"


def test_recent_lets_what_is_recent_count_more(run):
    plain = run("query", "volcano", "--format", "jsonl")
    boosted = run("query", "volcano", "--format", "jsonl", "--recent", "20y")
    assert _dates(boosted) == sorted(_dates(plain), reverse=True) != _dates(plain)
    assert boosted.lines[0] == run("query", "volcano", "--format", "jsonl", "--recent", "7305").lines[0]
    page = run("query", "volcano", "--format", "jsonl", "--recent", "20 years", "--offset", "2", "--limit", "1")
    assert page.lines == boosted.lines[2:3]


def test_recent_changes_nothing_where_nothing_scores(run):
    for query in ("date:1991", "zebra"):
        plain = run("query", query, "--format", "ids")
        assert run("query", query, "--format", "ids", "--recent", "1y").lines == plain.lines


def test_recent_orders_by_relevance_alone(run):
    ran = run("query", "volcano", "--recent", "1y", "--sort", "newest")
    assert (ran.status, ran.out) == (2, "")
    assert "leave out --sort" in ran.err
    assert run("query", "volcano", "--recent", "1y", "--sort", "relevance").status == 0


@pytest.mark.parametrize("half_life", ["0d", "soon", "-3", "30x", "1.5y", "", "9" * 20])
def test_a_half_life_that_cannot_be_is_an_error_that_says_how_to_write_one(run, half_life):
    ran = run("query", "volcano", "--recent", half_life)
    assert (ran.status, ran.out) == (2, "")
    assert "write 30d, 2w, 6m or 1y" in ran.err


def test_location_is_where_the_story_was_filed(run):
    places = [json.loads(line)["place"]["country"] for line in run("query", "evacuation", "--location", "syria",
              "--format", "jsonl").lines]  # fmt: skip
    assert places
    assert set(places) == {"Syria"}


def test_fields_narrow_down_and_may_be_repeated(run):
    assert run("query", "*", "--field", "country=syria", "--count").out == run("query", "country:syria", "--count").out
    both = run("query", "*", "--field", "country=syria", "--field", "location=aleppo", "--count")
    assert both.out == run("query", "country:syria location:aleppo", "--count").out
    assert both.status == 0


def test_filters_alone_find_every_article_that_they_fit(run):
    alone = run("query", "--location", "syria", "--format", "ids")
    assert alone.status == 0
    assert alone.out == run("query", "*", "--location", "syria", "--format", "ids").out


@pytest.mark.parametrize("pair", ["country", "=syria", "country="])
def test_a_field_without_a_name_or_a_value_is_an_error(run, pair):
    ran = run("query", "*", "--field", pair)
    assert ran.status == 2
    assert "NAME=VALUE" in ran.err


def test_an_unknown_field_is_an_error(run):
    assert run("query", "*", "--field", "colour=red").status == 2


def test_snippets_are_as_many_and_as_long_as_asked(run):
    def snippets(*options):
        line = run("query", "evacuation", "--format", "jsonl", "--limit", "1", *options).lines[0]
        return [snippet["text"] for snippet in json.loads(line)["snippets"]]

    assert snippets("--snippets", "0") == []
    assert len(snippets()) == 1
    assert len(snippets("--snippets", "2", "--snippet-chars", "60")) == 2
    assert max(map(len, snippets("--snippet-chars", "60"))) < 100 < max(map(len, snippets("--snippet-chars", "400")))


def test_highlights_are_at_the_words_that_matched(run):
    hit = json.loads(run("query", "evacuation", "--format", "jsonl").lines[0])
    (snippet,) = hit["snippets"]
    assert snippet["highlights"]
    assert all(snippet["text"][a:b].lower().startswith("evacu") for a, b in snippet["highlights"])


@pytest.mark.parametrize("format", ["text", "table", "json", "jsonl", "csv", "html", "ids"])
def test_every_format_has_the_same_hits(run, format):
    wanted = run("query", "evacuation", "--format", "ids").lines
    ran = run("query", "evacuation", "--format", format)
    assert (ran.status, ran.err) == (0, "")
    places = [ran.out.index(id) for id in wanted]
    assert places == sorted(places)


def test_csv_is_csv_and_json_is_json(run):
    rows = list(csv.DictReader(io.StringIO(run("query", "evacuation", "--format", "csv").out, newline="")))
    hits = json.loads(run("query", "evacuation", "--format", "json").out)["hits"]
    assert [row["id"] for row in rows] == [hit["id"] for hit in hits]


def test_count_prints_the_number_only(run):
    ran = run("query", "evacuation", "--count")
    assert (ran.status, ran.out, ran.err) == (0, "15\n", "")
    none = run("query", "zzzzzz", "--count")
    assert (none.status, none.out, none.err) == (1, "0\n", "")


def test_nothing_found_says_so_and_offers_the_nearest_spelling(run):
    ran = run("query", "evacuatoin")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == "Nothing found.\nDid you mean: evacuation (15 articles)\n"


def test_nothing_found_offers_any_where_that_finds_something(run):
    ran = run("query", "evacuation zebra")
    assert ran.status == 1
    assert "--any finds 15 articles." in ran.err


def test_nothing_found_is_zero_lines_of_jsonl_and_an_envelope_of_json(run):
    assert run("query", "zzzzzz", "--format", "jsonl").out == ""
    empty = run("query", "zzzzzz", "--format", "json")
    assert empty.status == 1
    assert json.loads(empty.out)["hits"] == []


def test_explain_goes_where_the_format_has_room_for_it(run):
    text = run("query", "evacuation", "--explain")
    assert text.out.startswith("Understood as: ")
    assert "in 15 articles" in text.out
    explanation = json.loads(run("query", "evacuation", "--explain", "--format", "json").out)["explanation"]
    assert {"term": "text:stem:evacu", "articles": 15} in explanation["terms"]
    ids = run("query", "evacuation", "--explain", "--format", "ids")
    assert "Understood" not in ids.out
    assert ids.err.startswith("Understood as: ")


def test_how_an_unusual_query_was_read_is_said_on_stderr(run):
    ran = run("query", '"evacuation', "--format", "ids")
    assert ran.status == 0
    assert ran.err.startswith("note: ")
    assert "note" not in ran.out


def test_a_query_that_cannot_be_understood_has_a_caret_under_the_place(run):
    ran = run("query", "oil colour:red")
    assert (ran.status, ran.out) == (2, "")
    first, shown, caret, *_ = ran.err.splitlines()
    assert first.startswith("searchkit: ")
    assert shown[caret.index("^") : caret.rindex("^") + 1] == "colour"


@pytest.mark.parametrize(
    "args", [("--limit", "0"), ("--limit", "some"), ("--offset", "-1"), ("--snippets", "-1"), ("--snippet-chars", "0"),
             ("--sort", "best"), ("--format", "xml"), ("--color", "blue"), ("--since", "someday")],
)  # fmt: skip
def test_a_value_that_cannot_be_is_an_error(run, args):
    ran = run("query", "oil", *args)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err


def test_no_query_is_an_error_that_names_the_one_for_every_article(run):
    ran = run("query")
    assert ran.status == 2
    assert "searchkit query '*'" in ran.err


def test_colour_is_there_when_asked_for_and_never_in_a_pipe(run):
    assert "\x1b" not in run("query", "evacuation").out
    assert "\x1b[1;31mevacuat" in run("query", "evacuation", "--color", "always").out
    assert "\x1b" not in run("query", "evacuation", "--color", "always", "--format", "json").out


def test_force_color_colours_a_pipe_and_no_color_wins(run, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run("query", "evacuation").out
    assert "\x1b[" not in run("query", "evacuation", "--color", "never").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("query", "evacuation").out
