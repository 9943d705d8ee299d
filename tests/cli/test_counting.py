"""``searchkit timeline``, ``facets``, ``places`` and ``terms``."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import pytest

from tests.cli.conftest import Ran
from tests.conftest import needed

Run = Callable[..., Ran]


def test_a_timeline_is_drawn_as_bars_that_fit(run: Run) -> None:
    status, out, _ = astuple(run("timeline", "the", "--by", "decade"))
    lines = out.splitlines()
    assert status == 0
    assert lines[0].startswith("1900s  2  █")
    assert all(len(line) <= 80 for line in lines)
    assert lines[-1] == "42 articles, 1 undated"


def test_the_longest_bar_is_the_highest_count(run: Run) -> None:
    _, out, _ = astuple(run("timeline", "the", "--by", "decade"))
    bars = {int(line.split()[1]): line.count("█") for line in out.splitlines()[:-1]}
    assert max(bars, key=bars.__getitem__) == max(bars)
    assert bars[1] < bars[2] < bars[6]


def test_queries_are_compared(run: Run) -> None:
    _, out, _ = astuple(
        run("timeline", "evacuation", "--compare", "war", "--share", "--by", "decade", "--format", "json")
    )
    found = json.loads(out)
    assert [series["query"] for series in found["series"]] == ["evacuation", "war"]
    assert all(len(series["shares"]) == len(found["intervals"]) for series in found["series"])


def test_a_timeline_as_csv_has_a_row_for_each_interval(run: Run) -> None:
    _, out, _ = astuple(run("timeline", "the", "--by", "decade", "--format", "csv"))
    rows = list(csv.DictReader(io.StringIO(out)))
    assert rows[0] == {
        "query": "the", "interval": "1900s", "first": "1900-01-01", "last": "1909-12-31", "count": "2", "share": "",
    }  # fmt: skip
    assert (rows[-1]["interval"], rows[-1]["count"]) == ("undated", "1")


def test_filters_alone_are_a_query(run: Run) -> None:
    status, out, _ = astuple(run("timeline", "--since", "2019", "--until", "2019", "--by", "year"))
    assert (status, out.splitlines()[0][:4]) == (0, "2019")


@pytest.mark.parametrize("command", ["timeline", "facets", "places", "terms"])
def test_nothing_found_is_status_1(command: str, run: Run) -> None:
    status, _, err = astuple(run(command, "zebra"))
    assert (status, err) == (1, "Nothing found.\n")


@pytest.mark.parametrize("command", ["timeline", "facets", "places", "terms"])
def test_a_missing_query_is_said(command: str, run: Run) -> None:
    status, _, err = astuple(run(command))
    assert status == 2
    assert f"searchkit {command} '*'" in err


@pytest.mark.parametrize("command", ["timeline", "facets", "places", "terms"])
def test_how_a_query_was_read_is_said(command: str, run: Run) -> None:
    _, _, err = astuple(run(command, "(the"))
    assert err.startswith("note: the ( at character 1 has no partner")


def test_facets_are_tables(run: Run) -> None:
    status, out, _ = astuple(run("facets", "the", "--by", "country,year", "--limit", "2"))
    assert status == 0
    assert out.splitlines()[:5] == [
        "country", "  United Kingdom  5", "  United States   5", "  (26 more)", "  (none)          3",
    ]  # fmt: skip


def test_facets_as_csv_and_json_agree(run: Run) -> None:
    _, table, _ = astuple(run("facets", "the", "--by", "section", "--format", "csv"))
    _, record, _ = astuple(run("facets", "the", "--by", "section", "--format", "json"))
    (facet,) = json.loads(record)["facets"]
    rows = [(row["value"], int(row["count"])) for row in csv.DictReader(io.StringIO(table))]
    assert rows == [(each["value"], each["count"]) for each in facet["values"]]


def test_a_facet_that_there_is_not_is_an_error(run: Run) -> None:
    status, _, err = astuple(run("facets", "the", "--by", "colour"))
    assert status == 2
    assert "there is no facet 'colour': the facets are country" in err


def test_terms_are_listed_by_their_score(run: Run) -> None:
    status, out, _ = astuple(run("terms", "evacuat*", "--limit", "3", "--format", "json"))
    scores = [term["score"] for term in json.loads(out)["terms"]]
    assert status == 0
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)


def test_terms_are_a_table_and_csv(run: Run) -> None:
    _, table, _ = astuple(run("terms", "evacuat*", "--limit", "1"))
    _, rows, _ = astuple(run("terms", "evacuat*", "--limit", "1", "--format", "csv"))
    word = table.splitlines()[2].split()[0]
    assert rows.splitlines()[1].startswith(f"{word},")


def test_on_this_day_needs_no_query(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchkit.searching.today", lambda _: dt.date(2024, 7, 21))
    assert run("query", "--on-this-day", "--format", "ids").out == "1969-07-21-apollo-11-moon-landing.txt\n"
    assert run("query", "zebra", "--on-this-day").err == "Nothing found.\n"


@pytest.mark.parametrize("format", ["text", "table"])
def test_facets_stand_below_results(format: str, run: Run) -> None:
    out = run("query", "the", "--limit", "1", "--facets", "country,year", "--format", format).out
    assert "\n\ncountry\n  United Kingdom  5\n" in out
    assert "\n\nyear\n" in out


def test_facets_beside_results_are_those_of_the_command(run: Run) -> None:
    beside = json.loads(run("query", "the", "--limit", "1", "--facets", "country", "--format", "json").out)
    alone = json.loads(run("facets", "the", "--by", "country", "--format", "json").out)
    assert beside["facets"] == alone["facets"]


@pytest.mark.parametrize("more", [["--count"], ["--format", "csv"]])
def test_facets_without_articles_are_a_command_of_their_own(more: list[str], run: Run) -> None:
    ran = run("query", "the", "--facets", "country", *more)
    assert ran.status == 2
    assert "searchkit facets" in ran.err


def test_a_query_puts_no_formula_into_a_sheet(run: Run) -> None:
    out = run("timeline", "\t=1+1 the", "--by", "decade", "--format", "csv").out
    assert next(csv.DictReader(io.StringIO(out)))["query"] == "'\t=1+1 the"


def test_places_are_a_table(run: Run) -> None:
    status, out, _ = astuple(run("places", "the", "--limit", "2"))
    lines = out.splitlines()
    assert status == 0
    assert lines == ["United Kingdom  5", "United States   5", "(26 more)", "42 articles, 3 without a country"]


def test_places_as_csv_json_and_geojson_agree(run: Run) -> None:
    asked = ("places", "the", "--by", "city", "--limit", "1000", "--format")
    rows = list(csv.DictReader(io.StringIO(run(*asked, "csv").out)))
    record = json.loads(run(*asked, "json").out)
    features = json.loads(run("places", "the", "--by", "city", "--format", "geojson").out)["features"]
    assert len(record["places"]) == record["distinct"] == len(rows) == len(features)
    for row, place, feature in zip(rows, record["places"], features, strict=True):
        assert (row["city"], int(row["count"])) == (place["city"], place["count"])
        assert feature["properties"]["name"].startswith(place["city"])
        where = feature["geometry"] and feature["geometry"]["coordinates"]
        assert where == (None if place["longitude"] is None else [place["longitude"], place["latitude"]])
    assert any(feature["geometry"] is None for feature in features)
    assert any(feature["geometry"] for feature in features)


@pytest.mark.parametrize("ending", ["png", "svg"])
@pytest.mark.parametrize("command", ["places", "timeline"])
def test_a_picture_is_drawn_and_nothing_is_printed(command: str, ending: str, run: Run, tmp_path: Path) -> None:
    needed("matplotlib")
    file = tmp_path / f"picture.{ending}"
    status, out, err = astuple(run(command, "the", "--plot", str(file)))
    assert (status, out) == (0, "")
    assert str(file) in err
    assert file.read_bytes().startswith(b"\x89PNG" if ending == "png" else b"<?xml")


@pytest.mark.parametrize("command", ["places", "timeline"])
def test_a_picture_of_an_unknown_kind_is_an_error_and_nothing_is_written(
    command: str, run: Run, tmp_path: Path
) -> None:
    needed("matplotlib")
    status, out, err = astuple(run(command, "the", "--plot", str(tmp_path / "picture.gif")))
    assert (status, out) == (2, "")
    assert "should end in .png or .svg" in err
    assert not list(tmp_path.glob("picture*"))
