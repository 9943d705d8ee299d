"""An article that was taken down stays away, whatever is indexed later, until that is undone."""

from __future__ import annotations

from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, ArticleMissing

from .support import ids, reuters, rewrite, set_time, story, write

_OTHERS = ["2019/basalt.txt", "2019/cobalt.txt"]


def test_a_removed_article_is_gone_at_once_for_whoever_opens_the_index(
    archive: Archive, articles: Path, tmp_path: Path
) -> None:
    archive.index([articles])
    assert archive.remove(["amber.txt", "amber.txt"]) == ("amber.txt",)
    for one in (archive, searchkit.open(tmp_path / "index")):
        assert (ids(one), ids(one, "amber"), len(one)) == (_OTHERS, [], 2)
        with pytest.raises(ArticleMissing):
            one.show("amber.txt")
    assert archive.stats().taken_down == 1


def test_later_runs_and_rebuilds_leave_it_out(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    archive.remove(["amber.txt"])
    summary = archive.index([articles])
    assert (summary.unchanged, summary.total) == (2, 2)
    rewrite(articles / "amber.txt", story("Amber again"))
    summary = archive.index([articles])
    assert (summary.added, summary.updated, summary.total) == (0, 0, 2)
    assert archive.index([articles], rebuild=True).total == 2
    assert (archive.index([articles]).unchanged, ids(archive)) == (2, _OTHERS)


def test_one_article_of_many_in_a_file_can_be_taken_down(archive: Archive, tmp_path: Path) -> None:
    file = write(tmp_path / "wire" / "week.sgm", reuters(range(1, 6)))
    archive.index([file.parent])
    archive.remove(["week.sgm#2", "week.sgm#4"])
    assert archive.index([file.parent]).unchanged == 3
    rewrite(file, reuters(range(1, 7), "coffee"))
    archive.index([file.parent])
    assert ids(archive) == ["week.sgm#1", "week.sgm#3", "week.sgm#5", "week.sgm#6"]


def test_undoing_brings_it_back_at_the_next_run(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    archive.remove(["amber.txt", "2019/basalt.txt"])
    archive.remove(["amber.txt"], undo=True)
    assert ids(archive) == ["2019/cobalt.txt"]
    summary = archive.index([articles])
    assert (summary.files_read, summary.total) == (1, 2)
    assert ids(archive, "amber") == ["amber.txt"]
    assert archive.stats().taken_down == 1


def test_undoing_works_after_a_rebuild_too(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    archive.remove(["amber.txt"])
    archive.index([articles], rebuild=True)
    archive.remove(["amber.txt"], undo=True)
    archive.index([articles])
    assert len(ids(archive)) == 3


@pytest.mark.parametrize("undo", [False, True])
def test_an_unknown_id_is_named_and_changes_nothing(archive: Archive, articles: Path, undo: bool) -> None:
    archive.index([articles])
    archive.remove(["2019/cobalt.txt"])
    known = "2019/cobalt.txt" if undo else "amber.txt"
    with pytest.raises(ArticleMissing, match=r"nowhere\.txt, nothing\.txt.*; nothing was"):
        archive.remove([known, "nowhere.txt", "nothing.txt"], undo=undo)
    assert ids(archive) == ["2019/basalt.txt", "amber.txt"]
    assert archive.stats().taken_down == 1


def test_it_cannot_be_taken_down_twice_or_lifted_twice(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    archive.remove(["amber.txt"])
    with pytest.raises(ArticleMissing):
        archive.remove(["amber.txt"])
    archive.remove(["amber.txt"], undo=True)
    with pytest.raises(ArticleMissing):
        archive.remove(["amber.txt"], undo=True)


@pytest.mark.parametrize("then", ["a run", "a run over a touched file", "the same again"])
def test_a_take_down_that_was_cut_off_is_finished(
    archive: Archive, articles: Path, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    """Noted down, but not yet gone from the engine: as after a kill between the two."""
    archive.index([articles])
    with monkeypatch.context() as patched:

        def cut_off(*_: object) -> None:
            raise KeyboardInterrupt

        patched.setattr("searchkit.engines.whoosh_.engine.WhooshWriter.commit", cut_off)
        with pytest.raises(KeyboardInterrupt):
            archive.remove(["amber.txt"])
    archive.reload()
    if then == "the same again":
        archive.remove(["amber.txt"])
    else:
        set_time(articles / "amber.txt", 60 if "touched" in then else 0)
        archive.index([articles])
    assert ids(archive) == _OTHERS
    assert archive.index([articles], rebuild=True).total == 2


def test_taking_down_survives_pruning(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    archive.remove(["amber.txt"])
    text = (articles / "amber.txt").read_text()
    (articles / "amber.txt").unlink()
    archive.index([articles], prune=True)
    write(articles / "amber.txt", text)
    archive.index([articles])
    assert ids(archive) == _OTHERS
