"""``searchkit sources``: what was read from where, in four forms."""

import csv
import io
import json

from .conftest import ARTICLES


def test_every_source_is_a_line(run):
    ran = run("sources")
    assert ran.status == 0
    header, rule, *rows = ran.lines
    assert header.split() == ["state", "articles", "read", "at", "format", "path", "why", "it", "failed"]
    assert set(rule) == {"-", " "}
    assert len(rows) == 42
    assert rows[0].split()[:2] == ["read", "1"]
    assert rows[0].endswith(str(next(iter(sorted(ARTICLES.rglob("*.txt"))))))


def test_a_beginning_narrows_the_list_down(run):
    paths = [json.loads(line)["path"] for line in run("sources", str(ARTICLES / "2016"), "--format", "jsonl").lines]
    assert paths
    assert all(path.startswith(f"{ARTICLES}/2016/") for path in paths)
    assert run("sources", str(ARTICLES / "nowhere")).status == 1


def test_json_is_one_object(run):
    found = json.loads(run("sources", "--format", "json").out)
    assert found["schema"] == "searchkit.sources/1"
    assert len(found["sources"]) == 42
    assert {source["state"] for source in found["sources"]} == {"read"}
    assert json.loads(run("sources", "--failed", "--format", "json").out) == {
        "schema": "searchkit.sources/1",
        "sources": [],
    }


def test_csv_has_a_header_and_a_row_each(run):
    rows = list(csv.DictReader(io.StringIO(run("sources", "--format", "csv").out, newline="")))
    assert len(rows) == 42
    assert rows[0]["format"] == "text"


def test_nothing_to_list_is_status_1(run):
    ran = run("sources", "--failed")
    assert (ran.status, ran.err) == (1, "")


def test_without_an_index_it_is_an_error(run):
    assert run("sources", "--index", "nowhere").status == 2


def test_a_narrow_terminal_shows_whole_paths(terminal):
    ran = terminal("sources", str(ARTICLES / "2016"))
    assert ran.status == 0
    assert str(ARTICLES / "2016") in ran.out
