"""``searchkit show``, ``remove``, ``stats`` and ``fields``."""

import json
import shutil

import pytest

from .conftest import ARTICLES

DUNKIRK = "1940-06-04-dunkirk.txt"


def test_show_prints_the_whole_article(run):
    ran = run("show", DUNKIRK)
    assert ran.status == 0
    assert "id: " + DUNKIRK in ran.lines
    assert ran.lines[-1].endswith('"Wars are not won by evacuations," he said.')


def test_show_marks_the_words_of_a_query(run):
    assert "\x1b[1;31mevacuations\x1b[0m" in run("show", DUNKIRK, "--query", "evacuation", "--color", "always").out
    record = json.loads(run("show", DUNKIRK, "--query", "evacuation", "--format", "json").out)
    assert record["schema"] == "searchkit.article/1"
    assert {record["body"][a:b].lower()[:5] for a, b in record["body_highlights"]} == {"evacu"}
    assert json.loads(run("show", DUNKIRK, "--format", "json").out)["body_highlights"] == []


def test_no_such_id_exits_with_one(run):
    ran = run("show", "nothing.txt")
    assert (ran.status, ran.out) == (1, "")
    assert "nothing.txt" in ran.err


def test_a_bad_query_beside_an_id_exits_with_two(run):
    assert run("show", DUNKIRK, "--query", "colour:red").status == 2


@pytest.fixture
def own(run, tmp_path, monkeypatch):
    """An index that a test may write to."""
    monkeypatch.setenv("SEARCHKIT_INDEX", str(tmp_path / "index"))
    shutil.copytree(ARTICLES / "2019", tmp_path / "articles")
    monkeypatch.chdir(tmp_path)
    assert run("index").status == 0
    return run


def test_a_take_down_is_respected_until_it_is_undone(own):
    ids = own("query", "*", "--format", "ids").lines
    taken = own("remove", ids[0])
    assert (taken.status, taken.out) == (0, ids[0] + "\n")
    assert "--undo" in taken.err
    own("index")
    assert own("show", ids[0]).status == 1
    assert json.loads(own("stats", "--format", "json").out)["taken_down"] == 1
    lifted = own("remove", "--undo", ids[0])
    assert (lifted.status, lifted.out) == (0, ids[0] + "\n")
    own("index")
    assert own("show", ids[0]).status == 0


def test_several_articles_are_taken_down_or_none(own):
    ids = own("query", "*", "--format", "ids", "--limit", "2").lines
    ran = own("remove", *ids, "nothing.txt", "--wait", "1")
    assert (ran.status, ran.out) == (1, "")
    assert "nothing.txt" in ran.err
    assert own("show", ids[0]).status == 0
    assert own("remove", *ids).lines == ids


def test_lifting_what_was_never_taken_down_exits_with_one(own):
    assert own("remove", "--undo", "nothing.txt").status == 1
    assert own("remove").status == 2


def test_stats_say_what_the_index_holds(run):
    ran = run("stats")
    assert ran.status == 0
    assert "articles      42" in ran.lines
    record = json.loads(run("stats", "--format", "json").out)
    assert (record["articles"], record["undated"]) == (42, 1)


def test_fields_need_no_index(run, monkeypatch, tmp_path):
    monkeypatch.setenv("SEARCHKIT_INDEX", str(tmp_path / "none"))
    assert any(line.startswith("location ") for line in run("fields").lines)
    assert json.loads(run("fields", "--format", "json").out)["schema"] == "searchkit.fields/1"
