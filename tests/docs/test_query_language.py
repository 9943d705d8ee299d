"""The page on the query language: each example finds what it says, and no field or way to write a date is left out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, QueryError
from searchkit.fields import FIELDS
from searchkit.query.dates import EXAMPLES, parse_days
from searchkit.query.lower import MAX_SCORED
from searchkit.query.scanner import MAX_DEPTH, MAX_LENGTH, MAX_SLOP, MAX_TOKENS
from tests.docs.pages import code, codes, read, table

PAGE = read("docs/query-language.md")
TODAY = dt.date(2019, 2, 20)

ROWS = [
    (code(example), int(finds))
    for heading in ("Words", "Phrases", "Patterns", "Operators", "Weights", "Dates", "Places")
    for example, _, finds in table(PAGE, heading)
]
README_ROWS = [query for written, _ in table(read("README.md"), "What you can ask") for query in codes(written)]


@pytest.mark.parametrize(("query", "finds"), ROWS)
def test_every_example_finds_what_the_page_says(query: str, finds: int, archive: Archive) -> None:
    assert archive.search(query).total == finds


@pytest.mark.parametrize("query", [query for query in README_ROWS if query not in ("NOT ( )", 'date:"last week"')])
def test_every_example_of_the_readme_finds_something(query: str, archive: Archive) -> None:
    results = archive.search(query)
    assert results.total > 0
    assert not results.warnings


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ("volcano -iceland", "volcano NOT iceland"),
        ("us", "U.S."),
        ("us", "US"),
        ("1200", "1,200"),
        ("COVID-19", '"COVID 19"'),
        ("ash OR lava island", "ash OR (lava island)"),
        ("“state of emergency”", '"state of emergency"'),
        ("„state of emergency“", '"state of emergency"'),
        ("evacuation AND civilians", "evacuation civilians"),
        ("date:2016-05..2016-12", "date:[2016-05-01 TO 2016-12-31]"),
    ],
)
def test_what_the_page_calls_the_same_is_the_same(query: str, same: str, archive: Archive) -> None:
    assert [hit.id for hit in archive.search(query, limit=None)] == [hit.id for hit in archive.search(same, limit=None)]


def test_irregular_forms_are_words_of_their_own(archive: Archive) -> None:
    children = {hit.id for hit in archive.search("children", limit=None)}
    child = {hit.id for hit in archive.search("child", limit=None)}
    assert children - child


def test_a_quoted_word_is_only_found_as_written(archive: Archive) -> None:
    assert archive.search('"evacuation"').total < archive.search("evacuation").total


def test_any_keeps_what_must_and_what_must_not_be_there(archive: Archive) -> None:
    assert archive.search("volcano zebra", any_word=True).total == archive.search("volcano").total
    assert archive.search("+evacuation zebra", any_word=True).total == archive.search("evacuation").total
    assert archive.search("volcano zebra -iceland", any_word=True).total == archive.search("volcano -iceland").total


def test_every_field_is_in_the_table_as_it_is() -> None:
    documented = [(code(name), tuple(codes(also)), kind, holds) for name, also, kind, holds, _ in table(PAGE, "Fields")]
    assert documented == [(field.name, field.aliases, field.kind.value, field.help) for field in FIELDS]


def test_every_field_has_an_example_that_finds_something(tmp_path: Path, samples: Path) -> None:
    extra = tmp_path / "more" / "quake.txt"
    extra.parent.mkdir()
    extra.write_text("title: Quake\nlanguage: en\nurl: https://example.org/quake\n\nThe ground shook.\n")
    with searchkit.create(tmp_path / "index") as archive:
        archive.index([samples.parent / "articles", extra.parent])
        for name, _, _, _, example in table(PAGE, "Fields"):
            query = code(example)
            assert query.startswith(f"{code(name)}:")
            assert 0 < archive.search(query).total < len(archive), query


def test_every_way_to_write_a_date_is_in_the_table() -> None:
    assert [code(written) for written, _, _ in table(PAGE, "Ways to write a date")] == list(EXAMPLES)


@pytest.mark.parametrize(("written", "low", "high"), table(PAGE, "Ways to write a date"))
def test_every_way_to_write_a_date_means_what_the_page_says(written: str, low: str, high: str) -> None:
    days = parse_days(code(written), TODAY)
    assert (str(days.low or "open"), str(days.high or "open")) == (low, high)


def test_undated_articles_are_among_those_that_are_not_of_some_years(archive: Archive) -> None:
    assert "undated-lighthouse-keepers.txt" in {hit.id for hit in archive.search("-date:1900..1999", limit=None)}


@pytest.mark.parametrize("query", ["O'Brien", "AT&T", "10:30", "3-year", r"\-word", "https://example.org/x", "C++"])
def test_ordinary_text_is_no_error_and_needs_no_note(query: str, archive: Archive) -> None:
    assert archive.search(query).warnings == ()


@pytest.mark.parametrize("number", [MAX_LENGTH, MAX_TOKENS, MAX_DEPTH, MAX_SLOP, MAX_SCORED])
def test_every_limit_is_the_one_in_the_code(number: int) -> None:
    assert f" {number} " in PAGE.replace("\n", " ")


def test_a_weight_is_above_0_and_at_most_1000(archive: Archive) -> None:
    archive.search("volcano^1000")
    for factor in ("0", "1001"):
        with pytest.raises(QueryError, match="1000"):
            archive.search(f"volcano^{factor}")
