"""An index goes on to Tantivy by itself once it has outgrown Whoosh, and its answers stay the same."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, SearchkitError
from searchkit.cli import index as index_command
from searchkit.engines import POLICIES
from searchkit.indexing import growth

from .support import generations, ids, reuters, rewrite, story, write

_QUERIES = (
    "*",
    "cocoa",
    "report",
    "oil trade",
    "grain OR copper",
    '"report 17"',
    "strik*",
    "market -oil",
    "date:1987-03-05",
    "cocoa since:1987-03-10",
    "title:report harbour",
    '"market day"~5',
    "flod~",
)


@pytest.fixture(autouse=True)
def threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Grown at more than 20 articles, and clearly so at 2 × 20 × 4,096 bytes."""
    monkeypatch.setattr(growth, "GROWTH_THRESHOLD", 20)


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    """A folder with 20 stories, which is not yet too many."""
    write(tmp_path / "wire" / "1.sgm", reuters(range(20)))
    return tmp_path / "wire"


def _scores(archive: Archive) -> dict[str, dict[str, float]]:
    return {query: {hit.id: hit.score for hit in archive.search(query, limit=None)} for query in _QUERIES}


def test_an_index_stays_on_whoosh_up_to_the_threshold_and_grows_past_it(archive: Archive, wire: Path) -> None:
    summary = archive.index([wire])
    assert (summary.engine, summary.notices, archive.stats().engine) == ("whoosh", (), "whoosh")
    write(wire / "2.sgm", reuters(range(20, 25)))
    summary = archive.index([wire])
    (notice,) = summary.notices
    assert "from whoosh to tantivy" in notice
    assert "more than 20 articles" in notice
    stats = archive.stats()
    assert (summary.engine, stats.engine, stats.policy) == ("tantivy", "tantivy", "auto")
    assert (summary.added, summary.total, stats.articles, stats.sources) == (5, 25, 25, 2)
    assert generations(archive.path) == ["000002"]


def test_an_index_that_has_grown_says_so_once_and_never_goes_back(archive: Archive, wire: Path) -> None:
    write(wire / "2.sgm", reuters(range(20, 25)))
    archive.index([wire])
    (wire / "2.sgm").unlink()
    summary = archive.index([wire], prune=True)
    assert (summary.engine, summary.notices, summary.total) == ("tantivy", (), 20)
    assert archive.index([wire], rebuild=True).engine == "tantivy"


def test_answers_and_scores_are_the_same_before_and_after(archive: Archive, wire: Path) -> None:
    write(wire / "2.sgm", reuters(range(20, 60)))
    with searchkit.create(archive.path.parent / "kept", engine="whoosh") as kept:
        kept.index([wire])
        before = _scores(kept)
    assert archive.index([wire]).engine == "tantivy"
    after = _scores(archive)
    assert sum(map(bool, before.values())) >= 12
    for query, scores in before.items():
        assert after[query] == pytest.approx(scores, rel=1e-3), query


def test_an_index_that_was_asked_for_on_whoosh_stays_there(tmp_path: Path, wire: Path) -> None:
    write(wire / "2.sgm", reuters(range(20, 60)))
    with searchkit.create(tmp_path / "index", engine="whoosh") as archive:
        for rebuild in (False, True):
            summary = archive.index([wire], rebuild=rebuild)
            assert (summary.engine, summary.notices) == ("whoosh", ())
    with searchkit.create(tmp_path / "index") as archive:
        assert archive.index([wire]).engine == "whoosh"
        assert archive.stats().policy == "whoosh"


@pytest.mark.parametrize("compressed", [False, True])
def test_a_run_with_much_to_read_begins_on_tantivy(archive: Archive, tmp_path: Path, compressed: bool) -> None:
    text = story("Amber " * 10) + "x" * (2 * 20 * 4096 // (4 if compressed else 1))
    file = write(tmp_path / "articles" / "a.txt", text)
    if compressed:
        packed = gzip.compress(text.encode(), 0)
        file.unlink()
        (tmp_path / "articles" / "a.txt.gz").write_bytes(packed)
    seen: set[str] = set()
    summary = archive.index([tmp_path / "articles"], progress=lambda _: seen.update(_engines(archive.path)))
    assert (summary.engine, summary.notices, summary.total) == ("tantivy", (), 1)
    assert seen == {"tantivy"}


def test_a_run_with_less_to_read_begins_on_whoosh(archive: Archive, tmp_path: Path) -> None:
    write(tmp_path / "articles" / "a.txt", story("Amber") + "x" * (2 * 20 * 4096 - 1000))
    assert archive.index([tmp_path / "articles"]).engine == "whoosh"


def _engines(index: Path) -> set[str]:
    return {json.loads((index / "searchkit.json").read_text())["engine"]}


def test_a_rebuild_of_an_index_that_is_too_large_for_whoosh_is_made_on_tantivy(
    archive: Archive, wire: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.index([wire])
    monkeypatch.setattr(growth, "GROWTH_THRESHOLD", 10)
    summary = archive.index([], rebuild=True)
    assert (summary.engine, summary.notices, summary.total) == ("tantivy", (), 20)
    assert generations(archive.path) == ["000002"]


def test_another_engine_that_is_asked_for_has_the_run_rewrite_the_index(archive: Archive, wire: Path) -> None:
    archive.index([wire])
    for engine, policy in (("tantivy", "tantivy"), ("whoosh", "whoosh"), ("whoosh", "auto")):
        with searchkit.create(archive.path, engine=policy) as other:
            before = other.stats().engine
            summary = other.index([wire])
            assert (summary.engine, summary.files_read, summary.total) == (engine, 0, 20)
            assert len(summary.notices) == (before != engine)
            assert other.stats().policy == policy


def test_readers_that_were_opened_before_go_on(archive: Archive, wire: Path) -> None:
    archive.index([wire])
    write(wire / "2.sgm", reuters(range(20, 25)))
    with searchkit.open(archive.path) as reader:
        archive.index([wire])
        assert (reader.search("cocoa").total, reader.show("1.sgm#7").title) == (20, "COCOA REPORT 7")
        assert reader.stats().articles == 20
        reader.reload()
        assert (reader.search("cocoa").total, reader.stats().engine) == (25, "tantivy")


def test_settings_and_takedowns_survive_and_the_next_run_is_incremental(tmp_path: Path, wire: Path) -> None:
    with searchkit.create(tmp_path / "index", language="german", day_first=True, timezone="Europe/Paris") as archive:
        archive.index([wire])
        archive.remove(["1.sgm#3"])
        settings = archive.settings
        write(wire / "2.sgm", reuters(range(20, 25)))
        assert archive.index([wire]).engine == "tantivy"
        assert archive.settings == settings
        assert archive.stats().taken_down == 1
        summary = archive.index([wire])
        assert (summary.files_read, summary.unchanged, summary.total) == (0, 24, 24)
        rewrite(wire / "1.sgm", reuters(range(20), "coffee"))
        summary = archive.index([wire])
        assert (summary.files_read, summary.updated, summary.total) == (1, 19, 24)
        assert "1.sgm#3" not in ids(archive)


def test_an_index_that_has_outgrown_one_machine_says_once_where_to_go(
    archive: Archive, wire: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growth, "CLUSTER_THRESHOLD", 24)
    write(wire / "2.sgm", reuters(range(20, 24)))
    assert archive.index([wire]).engine == "tantivy"
    assert archive.index([wire]).notices == ()
    write(wire / "3.sgm", reuters(range(24, 25)))
    (notice,) = archive.index([wire]).notices
    assert "more than 24 articles" in notice
    assert "searchkit convert --engine opensearch" in notice
    assert archive.index([wire]).notices == ()
    archive.convert("tantivy")  # chosen, and no longer left to it
    assert archive.index([wire]).notices == ()


_WITHOUT = """
import sys
sys.modules["tantivy"] = None
import searchkit
from searchkit.indexing import growth

growth.GROWTH_THRESHOLD = 20
index, wire, engine = sys.argv[1:]
try:
    with searchkit.create(index, engine=engine or None) as archive:
        for _ in range(2):
            summary = archive.index([wire])
            print(summary.engine, archive.search("cocoa").total, *summary.notices, sep="|")
except searchkit.SearchkitError as error:
    print("error", error, sep="|")
"""


def _without_tantivy(index: Path, wire: Path, engine: str = "") -> list[list[str]]:
    command = [sys.executable, "-c", _WITHOUT, str(index), str(wire), engine]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [line.split("|") for line in said.splitlines()]


def test_without_tantivy_an_index_stays_on_whoosh_and_says_once_what_that_costs(tmp_path: Path, wire: Path) -> None:
    write(wire / "2.sgm", reuters(range(20, 25)))
    first, second = _without_tantivy(tmp_path / "index", wire)
    assert first[:2] == second[:2] == ["whoosh", "25"]
    assert "twice as long" in first[2]
    assert "pip install tantivy" in first[2]
    assert len(second) == 2
    assert [len(said) for said in _without_tantivy(tmp_path / "index", wire)] == [2, 2]
    with searchkit.open(tmp_path / "index") as archive:  # it is there now
        assert archive.index([wire]).engine == "tantivy"


def test_without_tantivy_its_index_is_an_error_that_says_what_to_install(tmp_path: Path, wire: Path) -> None:
    with searchkit.create(tmp_path / "index", engine="tantivy") as archive:
        archive.index([wire])
    ((kind, said),) = _without_tantivy(tmp_path / "index", wire)
    assert kind == "error"
    assert "pip install tantivy" in said
    ((kind, said),) = _without_tantivy(tmp_path / "another", wire, "tantivy")
    assert "pip install tantivy" in said
    assert not (tmp_path / "another").exists()


def test_an_engine_that_there_is_not_is_refused_and_makes_no_index(tmp_path: Path) -> None:
    for name in ("memory", "lucene"):
        with pytest.raises(SearchkitError, match="there are auto, whoosh, tantivy"):
            searchkit.create(tmp_path / "index", engine=name)
    assert not (tmp_path / "index").exists()


def test_the_command_line_offers_every_engine() -> None:
    (option,) = (param for param in index_command.command.params if param.name == "engine")
    assert tuple(option.type.choices) == POLICIES  # type: ignore[attr-defined]


def test_jobs_are_at_least_one(archive: Archive, wire: Path) -> None:
    with pytest.raises(ValueError, match="jobs"):
        archive.index([wire], jobs=0)
    assert archive.index([wire], jobs=1).total == 20
