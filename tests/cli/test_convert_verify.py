"""``searchkit convert`` and ``searchkit verify``, and the engine of ``searchkit index``."""

import json
import re
from pathlib import Path

import pytest

import searchkit
from searchkit.indexing import growth

from .conftest import ARTICLES

_PAGE = (Path(__file__).resolve().parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")


@pytest.fixture
def index(tmp_path, monkeypatch, environment):
    """An index of the sample articles that may be changed."""
    with searchkit.create(tmp_path / "index") as archive:
        archive.index([ARTICLES])
    monkeypatch.setenv("SEARCHKIT_INDEX", str(tmp_path / "index"))
    return tmp_path / "index"


def _stats(run):
    return json.loads(run("stats", "--format", "json").out)


def test_convert_says_what_it_did_and_keeps_the_engine(run, index):
    ran = run("convert", "--engine", "tantivy")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("42 articles rewritten from whoosh to tantivy in ")
    stats = _stats(run)
    assert (stats["engine"], stats["policy"], stats["articles"]) == ("tantivy", "tantivy", 42)


def test_convert_says_when_there_is_nothing_to_do(run, index):
    ran = run("convert", "--engine", "whoosh")
    assert (ran.status, ran.out) == (0, "The index is on whoosh already, and stays there (42 articles).\n")
    assert _stats(run)["policy"] == "whoosh"


def test_convert_is_quiet_when_asked(run, index):
    ran = run("convert", "--engine", "tantivy", "--quiet")
    assert (ran.status, ran.out, ran.err) == (0, "", "")


@pytest.mark.parametrize("args", [(), ("--engine", "auto"), ("--engine", "memory")])
def test_convert_needs_an_engine_to_go_to(run, index, args):
    assert run("convert", *args).status == 2


def test_growing_is_one_line_on_stderr(run, index, monkeypatch):
    monkeypatch.setattr(growth, "GROWTH_THRESHOLD", 40)
    ran = run("index", str(ARTICLES), "--json")
    assert re.fullmatch(r"The index was rewritten from whoosh to tantivy in [\d.]+ s: .*40 articles\.\n", ran.err)
    summary = json.loads(ran.out)
    assert (summary["engine"], summary["notices"]) == ("tantivy", [ran.err.rstrip()])
    assert run("index", str(ARTICLES)).err == ""


def test_the_engine_that_is_asked_for_is_kept(run, index, monkeypatch):
    monkeypatch.setattr(growth, "GROWTH_THRESHOLD", 40)
    ran = run("index", str(ARTICLES), "--engine", "whoosh", "--jobs", "1")
    assert (ran.status, ran.err) == (0, "")
    assert (_stats(run)["engine"], _stats(run)["policy"]) == ("whoosh", "whoosh")


def test_a_whole_index_is_verified(run, index):
    ran = run("verify")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == f"{index}: 42 articles of 42 files on whoosh: whole\n"


def test_problems_are_named_with_what_to_do_and_repaired(run, index):
    (index / "generations" / "000009").mkdir()
    ran = run("verify")
    assert ran.status == 1
    problem, remedy, state = ran.out.splitlines()
    assert problem == f"leftover: {index}/generations/000009 belongs to nothing"
    assert remedy.startswith("  to do: ")
    assert state.endswith(": 1 problem")
    ran = run("verify", "--repair")
    assert ran.status == 0
    assert ran.out.splitlines()[0] == f"repaired: {index}/generations/000009 belongs to nothing"
    assert run("verify").status == 0


def test_what_cannot_be_verified_is_an_error(run, index):
    (index / "searchkit.json").write_text("garbage")
    assert run("verify").status == 1
    (index / "recovery.json").unlink()
    ran = run("verify")
    assert (ran.status, ran.out) == (2, "")
    assert "searchkit.json" in ran.err


def test_json_has_the_keys_of_the_page(run, index):
    (index / "generations" / "000009").mkdir()
    documented = re.findall(
        r"^\| `(\w+)` \|", _PAGE.partition("### What verify reports")[2].partition("\n## ")[0], re.M
    )
    found = json.loads(run("verify", "--format", "json").out)
    (problem,) = found["problems"]
    assert [*found, *problem] == documented
    assert (found["schema"], found["whole"], found["repaired"]) == ("searchkit.verification/1", False, [])
    repaired = json.loads(run("verify", "--repair", "--format", "json").out)
    assert (repaired["whole"], repaired["repaired"]) == (True, [problem])
