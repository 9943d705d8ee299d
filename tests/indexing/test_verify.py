"""Whether an index is whole: each kind of damage is found and named, and mended where that is asked for."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, IndexCorrupt, IndexMissing
from searchkit.reports import Verification

from .conftest import Readings
from .support import generations, ids, reuters, rewrite, write, write_stories

_ALL = ["2019/basalt.txt", "2019/cobalt.txt", "amber.txt"]


@pytest.fixture(params=["whoosh", "tantivy"])
def index(request: pytest.FixtureRequest, articles: Path, tmp_path: Path) -> Path:
    """An index of three articles, on either engine."""
    with searchkit.create(tmp_path / "index", engine=request.param) as archive:
        archive.index([articles])
    return tmp_path / "index"


def _verify(index: Path, repair: bool = False) -> Verification:
    with searchkit.open(index, damaged=True) as archive:
        return archive.verify(repair=repair)


def _kinds(found: Verification) -> list[str]:
    return [problem.kind for problem in found.problems]


def _in_sources(index: Path, *statements: str) -> None:
    (path,) = index.glob("generations/*/sources.db")
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def _in_engine(index: Path, *ids: str) -> None:
    """Delete articles behind the back of the notes."""
    with searchkit.open(index) as archive, archive._live.engine.writer() as writer:
        writer.delete(ids)
        writer.commit()


def _garble(index: Path) -> None:
    for file in index.glob("generations/*/engine/*"):
        if file.name not in ("meta.json", ".managed.json") and file.suffix not in (".toc", ".lock"):
            data = bytearray(file.read_bytes())
            for place in range(len(data)):
                data[place] ^= 0xFF
            file.write_bytes(data)


def _corrupt_sources(index: Path) -> None:
    (path,) = index.glob("generations/*/sources.db")
    path.write_bytes(b"this is no database" * 500)


_DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "the notes on an article are gone": (
        lambda index: _in_sources(index, "DELETE FROM articles WHERE id = 'amber.txt'"),
        "orphan",
    ),
    "an article is gone from the engine": (lambda index: _in_engine(index, "amber.txt"), "missing"),
    "every article is gone from the engine": (lambda index: _in_engine(index, *_ALL), "missing"),
    "the files of the engine are garbled": (_garble, "engine"),
    "the engine is gone": (lambda index: shutil.rmtree(next(index.glob("generations/*/engine"))), "engine"),
    "the notes are gone": (lambda index: next(index.glob("generations/*/sources.db")).unlink(), "sources"),
    "the notes are no database": (_corrupt_sources, "sources"),
    "the notes lack a table": (lambda index: _in_sources(index, "DROP TABLE articles"), "sources"),
    "the notes are empty": (lambda index: _in_sources(index, "DELETE FROM articles", "DELETE FROM sources"), "sources"),
    "the manifest is garbage": (lambda index: (index / "searchkit.json").write_text("{"), "manifest"),
    "the manifest is gone": (lambda index: (index / "searchkit.json").unlink(), "manifest"),
    "a generation was left over": (lambda index: (index / "generations" / "000007").mkdir(), "leftover"),
    "a file was left over": (lambda index: (index / "searchkit.json.new").touch(), "leftover"),
}


def test_an_index_that_is_whole_is_said_to_be(index: Path) -> None:
    for repair in (False, True):
        found = _verify(index, repair)
        assert found.whole
        assert (found.articles, found.sources, found.repaired) == (3, 3, ())
    assert generations(index) == ["000001"]


@pytest.mark.parametrize("damage", _DAMAGE)
def test_damage_is_found_and_named_and_repaired(index: Path, articles: Path, damage: str) -> None:
    with searchkit.open(index) as archive:
        engine = archive.stats().engine
    hurt, kind = _DAMAGE[damage]
    hurt(index)
    found = _verify(index)
    assert set(_kinds(found)) == {kind}
    assert all(problem.what and "searchkit verify --repair" in problem.remedy for problem in found.problems)
    assert set(_kinds(_verify(index))) == {kind}, "to look changes nothing"
    found = _verify(index, repair=True)
    assert found.whole, found
    assert {problem.kind for problem in found.repaired} == {kind}
    assert _verify(index).whole
    with searchkit.open(index) as archive:
        assert ids(archive) == _ALL
        assert ids(archive, "cobalt") == ["2019/cobalt.txt"]
        assert archive.stats().engine == engine
        assert archive.index([articles]).files_read == 0
    assert len(generations(index)) == 1


def test_articles_of_no_file_are_removed(index: Path, articles: Path) -> None:
    _in_sources(
        index,
        "DELETE FROM articles WHERE id = 'amber.txt'",
        "UPDATE sources SET id = 'z', relative = 'z' WHERE id = 'amber.txt'",
    )
    (articles / "amber.txt").unlink()
    assert _kinds(_verify(index)) == ["orphan"]
    assert _verify(index, repair=True).whole
    with searchkit.open(index) as archive:
        assert ids(archive) == _ALL[:2]


def test_an_article_that_was_taken_down_and_is_there_is_removed_whether_or_not_its_file_is(
    index: Path, articles: Path
) -> None:
    articles.rename(articles.with_name("unplugged"))
    _in_sources(index, "INSERT INTO taken_down VALUES ('amber.txt', '2026')")
    assert _kinds(_verify(index)) == ["orphan"]
    assert _verify(index, repair=True).whole
    with searchkit.open(index) as archive:
        assert ids(archive) == _ALL[:2]


def test_what_was_taken_down_is_whole_and_stays_down_when_the_notes_are_lost(index: Path) -> None:
    with searchkit.open(index) as archive:
        archive.remove(["amber.txt"])
    assert _verify(index).whole
    _corrupt_sources(index)
    assert _verify(index, repair=True).whole
    with searchkit.open(index) as archive:
        assert (ids(archive), archive.stats().taken_down) == (_ALL[:2], 1)


def test_an_article_whose_file_is_gone_cannot_be_brought_back_and_that_is_said(index: Path, articles: Path) -> None:
    _in_engine(index, "amber.txt", "2019/cobalt.txt")
    (articles / "amber.txt").unlink()
    found = _verify(index, repair=True)
    assert _kinds(found) == ["missing"]
    assert "amber.txt" in found.problems[0].what
    assert "cobalt" not in found.problems[0].what
    assert "--prune" in found.problems[0].remedy
    with searchkit.open(index) as archive:
        archive.index([articles], prune=True)
        assert archive.verify().whole


@pytest.mark.parametrize("damage", ["the notes are gone", "the notes are no database", "the notes lack a table"])
def test_articles_whose_files_are_gone_outlive_the_loss_of_the_notes(index: Path, articles: Path, damage: str) -> None:
    (articles / "amber.txt").unlink()
    _DAMAGE[damage][0](index)
    assert _verify(index, repair=True).whole
    with searchkit.open(index) as archive:
        assert ids(archive, "amber") == ["amber.txt"]
        assert archive.index([articles]).gone == (str(articles / "amber.txt"),)
        assert archive.index([articles], prune=True).total == 2


def test_without_any_file_nothing_is_made_anew_and_nothing_is_lost(index: Path, articles: Path) -> None:
    shutil.rmtree(articles)
    _corrupt_sources(index)
    found = _verify(index, repair=True)
    assert _kinds(found) == ["sources"]
    assert "repairing it failed" in found.problems[0].what
    with searchkit.open(index) as archive:
        assert ids(archive) == _ALL


def test_what_can_be_read_of_a_damaged_engine_is_kept(
    tmp_path: Path, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with searchkit.create(tmp_path / "index") as archive:
        archive.index([articles])
        engine = type(archive._live.engine)
    for file in articles.rglob("*.txt"):
        file.unlink()
    real = engine.get

    def get(self: object, wanted: list[str]) -> object:
        if "amber.txt" in wanted:
            raise IndexError("this one is broken")
        return real(self, wanted)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(engine, "get", get)
        patched.setattr(engine, "check", lambda self: ["amber.txt is broken"] if len(generations(tmp_path / "index")) and
                        generations(tmp_path / "index") == ["000001"] else [])  # fmt: skip
        found = _verify(tmp_path / "index", repair=True)
    assert [problem.kind for problem in found.repaired] == ["engine"]
    assert _kinds(found) == ["missing"]
    with searchkit.open(tmp_path / "index") as archive:
        assert ids(archive) == _ALL[:2]


def test_repairing_reads_only_what_it_must(index: Path, readings: Readings) -> None:
    _in_engine(index, "amber.txt")
    _verify(index, repair=True)
    assert readings.read == ["amber.txt"]


def test_many_articles_of_one_file_are_compared_and_counted(tmp_path: Path) -> None:
    write(tmp_path / "wire" / "week.sgm", reuters(range(50)))
    index = tmp_path / "index"
    with searchkit.create(index) as archive:
        archive.index([tmp_path / "wire"])
    _in_engine(index, *(f"week.sgm#{number}" for number in range(10, 20)))
    _in_sources(index, "DELETE FROM articles WHERE id LIKE 'week.sgm#3_'")
    found = _verify(index)
    assert _kinds(found) == ["missing", "orphan"]
    assert all(problem.what.startswith("10 articles are ") for problem in found.problems)
    assert _verify(index, repair=True).whole
    with searchkit.open(index) as archive:
        assert len(ids(archive)) == 50


def test_a_lost_manifest_without_a_second_copy_cannot_be_verified(index: Path) -> None:
    (index / "recovery.json").unlink()
    (index / "searchkit.json").write_text("garbage")
    with pytest.raises(IndexCorrupt, match="cannot be read"):
        _verify(index)


def test_where_there_is_no_index_there_is_nothing_to_verify(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        _verify(tmp_path / "index")
    assert not (tmp_path / "index").exists()


def test_an_index_that_was_moved_with_its_articles_is_repaired_where_it_is(index: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    for name in ("index", "articles"):
        (tmp_path / name).rename(tmp_path / "new" / name)
    _corrupt_sources(tmp_path / "new" / "index")
    assert _verify(tmp_path / "new" / "index", repair=True).whole


def test_the_other_roots_are_known_when_the_notes_are_lost(archive: Archive, tmp_path: Path) -> None:
    one = write_stories(tmp_path / "one", {"a.txt": "Amber"})
    two = write_stories(tmp_path / "two", {"a.txt": "Basalt"})
    archive.index([one])
    archive.index([two])
    rewrite(two / "a.txt", "Beryl was in the news.")
    _corrupt_sources(archive.path)
    assert _verify(archive.path, repair=True).whole
    archive.reload()
    assert ids(archive) == ["a.txt", "two/a.txt"]
    assert ids(archive, "beryl") == ["two/a.txt"]
