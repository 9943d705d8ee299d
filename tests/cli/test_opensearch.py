"""An archive on a cluster, from the command line: every command answers as it does on an embedded engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import searchkit
from tests.cli.conftest import ARTICLES, Ran
from tests.conformance.conftest import node

Run = Callable[..., Ran]


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch, environment: None) -> str:
    """The address of a cluster of one node, which is in the environment too."""
    address = node().urls[0]
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_URL", address)
    return address


@pytest.fixture
def index(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive of the sample articles on the cluster."""
    folder = tmp_path / "papers"
    with searchkit.create(folder, engine="opensearch", shards=2, replicas=0) as archive:
        archive.index([ARTICLES], jobs=1)
    monkeypatch.setenv("SEARCHKIT_INDEX", str(folder))
    return folder


def place(index: Path) -> dict[str, Any]:
    """What the live generation says of its cluster."""
    generation = json.loads((index / "searchkit.json").read_text())["generation"]
    found = json.loads((index / "generations" / f"{generation:06}" / "engine" / "cluster.json").read_text())
    assert isinstance(found, dict)
    return found


def indexes(alias: str) -> list[str]:
    """The indexes on the cluster whose names begin like this."""
    return sorted(node().request("GET", f"/{alias}*"))


def test_the_index_folder_holds_notes_and_no_articles(index: Path) -> None:
    held = sorted(str(path.relative_to(index)) for path in index.rglob("*") if path.is_file())
    assert held == [
        ".lock",
        "generations/000001/engine/cluster.json",
        "generations/000001/sources.db",
        "recovery.json",
        "searchkit.json",
    ]


@pytest.mark.parametrize(
    "asked",
    [
        ("query", "evacuation", "--format", "json"),
        ("query", "evacuat* -london", "--sort", "oldest", "--format", "jsonl"),
        ("query", '"state of emergency" OR volcano~1', "--format", "csv"),
        ("query", "near:London~150km", "--facets", "country,year"),
        ("query", "evacuation", "--recent", "1y", "--format", "ids"),
        ("facets", "the", "--by", "country,section,year,topic"),
        ("timeline", "evacuation", "--by", "decade", "--share"),
        ("places", "the", "--by", "city", "--format", "geojson"),
        ("terms", "volcano"),
        ("show", "1969-07-21-apollo-11-moon-landing.txt", "--query", "moon"),
        ("query", "evacuaton"),
        ("verify",),
    ],
)
def test_every_command_answers_as_on_an_embedded_engine(
    asked: tuple[str, ...], index: Path, tmp_path: Path, run: Run
) -> None:
    with searchkit.create(tmp_path / "embedded", engine="whoosh") as archive:
        archive.index([ARTICLES], jobs=1)
    here, there = run(*asked, "--index", str(tmp_path / "embedded")), run(*asked)
    assert here.status == there.status
    assert comparable(here.out) == comparable(there.out)


def comparable(out: str) -> object:
    """An answer without what differs from run to run: how long it took, which engine, and the last digits of scores."""
    try:
        return rounded(json.loads(out))
    except ValueError:
        pass  # not one record
    records = []
    for line in out.splitlines():
        try:
            records.append(rounded(json.loads(line)))
        except ValueError:
            kept = line.rpartition(": ")[2] if line.startswith("/") else line.partition(" in ")[0]
            kept = kept.replace("whoosh", "ENGINE").replace("opensearch", "ENGINE")
            records.append([cell[:5] if cell[:1].isdigit() and "." in cell else cell for cell in kept.split(",")])
    return records


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items() if key not in ("seconds", "engine")}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return round(value, 3) if isinstance(value, float) else value


def test_stats_says_where_it_is_and_how_much_the_cluster_holds(index: Path, run: Run) -> None:
    stats = json.loads(run("stats", "--format", "json").out)
    assert (stats["engine"], stats["policy"], stats["articles"], stats["undated"]) == (
        "opensearch",
        "opensearch",
        42,
        1,
    )
    assert stats["bytes"] > 100_000 > sum(path.stat().st_size for path in index.rglob("*.json"))


def test_a_rebuild_moves_the_alias_and_leaves_one_index(index: Path, run: Run) -> None:
    before = place(index)
    assert run("index", "--rebuild", "--jobs", "1").status == 0
    after = place(index)
    assert (after["alias"], after["shards"]) == (before["alias"], 2)
    assert indexes(after["alias"]) == [after["index"]] != [before["index"]]
    assert list(node().request("GET", f"/_alias/{after['alias']}")) == [after["index"]]


def test_convert_goes_there_and_back_and_leaves_nothing(index: Path, run: Run) -> None:
    alias = place(index)["alias"]
    assert run("convert", "--engine", "tantivy").out.startswith("42 articles rewritten from opensearch to tantivy")
    assert indexes(alias) == []
    assert run("convert", "--engine", "opensearch", "--shards", "3", "--replicas", "0").status == 0
    there = place(index)
    assert (there["shards"], there["replicas"]) == (3, 0)
    assert run("query", "evacuation", "--count").out == "15\n"
    assert run("convert", "--engine", "opensearch", "--shards", "1").out.startswith("42 articles rewritten")
    assert indexes(there["alias"]) == [place(index)["index"]]


def test_an_archive_that_has_outgrown_its_machine_moves_with_a_run(url: str, tmp_path: Path, run: Run) -> None:
    folder = str(tmp_path / "grown")
    assert run("index", str(ARTICLES), "--index", folder).status == 0
    moved = run("index", str(ARTICLES), "--index", folder, "--engine", "opensearch", "--replicas", "0")
    assert (moved.status, "rewritten from whoosh to opensearch" in moved.err) == (0, True)
    assert run("query", "evacuation", "--count", "--index", folder).out == "15\n"


def test_a_run_that_finds_nothing_leaves_no_half_made_index(url: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "empty").mkdir()
    ran = run("index", str(tmp_path / "empty"), "--index", str(tmp_path / "unmade"), "--engine", "opensearch")
    assert ran.status == 2
    assert indexes("searchkit-unmade") == []


def test_without_an_address_it_is_asked_for_and_nothing_is_made(
    tmp_path: Path, run: Run, environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SEARCHKIT_OPENSEARCH_URL", raising=False)
    ran = run("index", str(ARTICLES), "--index", str(tmp_path / "new"), "--engine", "opensearch")
    assert ran.status == 2
    assert "--url, or $SEARCHKIT_OPENSEARCH_URL" in ran.err
    assert not list((tmp_path / "new").glob("generations/*"))


def test_a_cluster_that_is_away_is_said_and_nothing_is_made(
    tmp_path: Path, run: Run, environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = "http://127.0.0.1:9"
    ran = run("index", str(ARTICLES), "--index", str(tmp_path / "new"), "--engine", "opensearch", "--url", away)
    assert ran.status == 2
    assert ran.err.startswith(f"searchkit: the cluster at {away} cannot be reached")
    assert not (tmp_path / "new" / "searchkit.json").exists()
    assert not list((tmp_path / "new").glob("generations/*"))


@pytest.mark.parametrize("option", [("--url", "http://x"), ("--shards", "2"), ("--replicas", "0")])
def test_what_says_which_cluster_is_for_a_cluster_only(option: tuple[str, str], tmp_path: Path, run: Run) -> None:
    ran = run("index", str(ARTICLES), "--index", str(tmp_path / "new"), "--engine", "tantivy", *option)
    assert ran.status == 2
    assert "are for the engine opensearch" in ran.err


def test_a_cluster_at_a_new_address_is_noted(index: Path, url: str, run: Run) -> None:
    new = url.replace("127.0.0.1", "localhost")
    assert run("index", str(ARTICLES), "--url", new).status == 0
    assert place(index)["url"] == new
    assert run("query", "evacuation", "--count").out == "15\n"


def test_an_address_where_the_archive_is_not_changes_nothing(index: Path, url: str, run: Run) -> None:
    ran = run("index", str(ARTICLES), "--url", "http://127.0.0.1:9")
    assert ran.status == 2
    assert "searchkit convert --engine opensearch --url http://127.0.0.1:9" in ran.err
    assert place(index)["url"] == url


def test_shards_are_for_a_new_index(index: Path, run: Run) -> None:
    ran = run("index", str(ARTICLES), "--shards", "5")
    assert ran.status == 2
    assert "made with 2 shards and 0 replicas; to change that, add --rebuild" in ran.err
    assert run("index", str(ARTICLES), "--shards", "3", "--engine", "opensearch", "--rebuild").status == 0
    assert place(index)["shards"] == 3


def test_an_article_that_is_taken_down_is_gone_and_comes_back(index: Path, run: Run) -> None:
    id = "1940-06-04-dunkirk.txt"
    assert run("remove", id).status == 0
    assert run("query", "dunkirk", "--format", "ids").out == ""
    assert run("remove", id, "--undo").status == 0
    assert run("index", str(ARTICLES)).status == 0
    assert run("query", "dunkirk", "--format", "ids").out == f"{id}\n"
    assert run("verify").status == 0


def test_verify_mends_what_the_cluster_has_lost(index: Path, run: Run) -> None:
    node().request("DELETE", f"/{place(index)['index']}/_doc/1940-06-04-dunkirk.txt?refresh=true")
    assert run("verify").status == 1
    assert run("verify", "--repair").status == 0
    assert run("query", "dunkirk", "--format", "ids").out == "1940-06-04-dunkirk.txt\n"


def test_a_password_is_written_nowhere(index: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_USER", "reporter")
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_PASSWORD", "open-sesame")
    assert run("index", str(ARTICLES)).status == 0
    assert not any(b"open-sesame" in path.read_bytes() for path in index.rglob("*") if path.is_file())
    ran = run("convert", "--engine", "opensearch", "--url", "http://reporter:open-sesame@127.0.0.1:9")
    assert ran.status == 2
    assert "open-sesame" not in ran.err
