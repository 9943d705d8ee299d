"""Which files belong to a path, and what their articles are called."""

from __future__ import annotations

import gzip
import os
import shutil
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, NothingToIndex

from .support import ids, reuters, story, write_stories

_ALL = ["2019/basalt.txt", "2019/cobalt.txt", "amber.txt"]


def test_a_folder_inside_an_indexed_one_duplicates_nothing(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    summary = archive.index([articles / "2019"])
    assert (summary.added, summary.unchanged, summary.gone) == (0, 2, ())
    assert ids(archive) == _ALL


def test_a_folder_around_an_indexed_one_duplicates_nothing(archive: Archive, articles: Path) -> None:
    archive.index([articles / "2019"])
    summary = archive.index([articles])
    assert (summary.added, summary.unchanged, summary.gone) == (1, 2, ())
    assert ids(archive) == ["amber.txt", "basalt.txt", "cobalt.txt"]


def test_paths_that_overlap_in_one_run_duplicate_nothing(archive: Archive, articles: Path) -> None:
    summary = archive.index([articles / "2019", articles, articles / "amber.txt", articles])
    assert summary.added == 3


def test_a_path_may_be_relative_and_is_the_same_as_the_absolute_one(
    archive: Archive, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(articles)
    archive.index(["2019/.."])
    assert ids(archive) == _ALL
    assert archive.index([str(articles) + os.sep]).unchanged == 3


def test_roots_with_the_same_file_names_have_their_name_before_the_id(archive: Archive, tmp_path: Path) -> None:
    for folder, word in (("x/news", "Amber"), ("archive", "Basalt"), ("y/news", "Cobalt"), ("z/news", "Dolomite")):
        archive.index([write_stories(tmp_path / folder, {"a.txt": word})])
    assert {word: ids(archive, word) for word in ("amber", "basalt", "cobalt", "dolomite")} == {
        "amber": ["a.txt"],
        "basalt": ["archive/a.txt"],
        "cobalt": ["news/a.txt"],
        "dolomite": ["news-2/a.txt"],
    }
    archive.index([tmp_path / "z/news", tmp_path / "archive"], rebuild=True)
    assert ids(archive) == ["a.txt", "archive/a.txt", "news-2/a.txt", "news/a.txt"]


def test_a_compression_suffix_is_no_part_of_an_id(archive: Archive, tmp_path: Path) -> None:
    folder = write_stories(tmp_path / "articles", {"b.txt": "Basalt"})
    (folder / "a.txt.gz").write_bytes(gzip.compress(story("Amber").encode()))
    (folder / "week.sgm.GZ").write_bytes(gzip.compress(reuters([5]).encode()))
    (folder / "b.txt.gz").write_bytes(gzip.compress(story("Beryl").encode()))
    archive.index([folder])
    # Where the plain file is there too, the compressed one keeps its whole name.
    assert ids(archive) == ["a.txt", "b.txt", "b.txt.gz", "week.sgm#5"]
    assert archive.show("a.txt").path == "a.txt.gz"


def test_a_single_file_is_a_path(archive: Archive, articles: Path) -> None:
    archive.index([articles / "2019" / "basalt.txt"])
    assert ids(archive) == ["basalt.txt"]
    archive.index([articles / "2019" / "cobalt.txt"])
    assert ids(archive) == ["basalt.txt", "cobalt.txt"]


def test_hidden_files_and_readmes_are_no_articles(archive: Archive, articles: Path) -> None:
    write_stories(articles, {".hidden.txt": "Hidden", ".git/x.txt": "Git", "README.md": "Read", "LICENSE": "Law"})
    assert archive.index([articles]).added == 3


def test_the_index_inside_the_indexed_folder_is_not_indexed(tmp_path: Path) -> None:
    write_stories(tmp_path, {"a.txt": "Amber"})
    (tmp_path / "shortcut").symlink_to(tmp_path / "index")
    with searchkit.create(tmp_path / "index") as archive:
        for _ in range(2):
            summary = archive.index([tmp_path])
            assert (summary.total, summary.skipped) == (1, ())
        with pytest.raises(NothingToIndex):
            archive.index([tmp_path / "index"])
        assert len(archive) == 1


@pytest.mark.parametrize("order", ["articles first", "index first"])
def test_a_project_that_is_moved_as_a_whole_keeps_everything(tmp_path: Path, order: str) -> None:
    folder, index = ("a", "b") if order == "articles first" else ("b", "a")
    write_stories(tmp_path / "old" / folder, {"a.txt": "Amber", "b.txt": "Basalt"})
    with searchkit.create(tmp_path / "old" / index) as archive:
        archive.index([tmp_path / "old" / folder])
    (tmp_path / "deep").mkdir()
    shutil.move(tmp_path / "old", tmp_path / "deep" / "new")
    moved = tmp_path / "deep" / "new"
    with searchkit.open(moved / index) as archive:
        assert ids(archive, "amber") == ["a.txt"]
        summary = archive.index([moved / folder])
        assert (summary.unchanged, summary.files_read, summary.gone, summary.total) == (2, 0, (), 2)
        (moved / folder / "a.txt").unlink()
        archive.index([moved / folder], prune=True)
        assert ids(archive) == ["b.txt"]
        assert archive.index([], rebuild=True).total == 1


def test_a_copy_of_a_project_beside_the_original_duplicates_nothing(tmp_path: Path, articles: Path) -> None:
    original = tmp_path / "original"
    original.mkdir()
    shutil.copytree(articles, original / "articles")
    with searchkit.create(original / "index") as archive:
        archive.index([original / "articles"])
    shutil.copytree(original, tmp_path / "copy")
    with searchkit.create(tmp_path / "copy" / "index") as copy:
        summary = copy.index([tmp_path / "copy" / "articles"])
        assert (summary.added, summary.unchanged) == (0, 3)
        assert ids(copy) == _ALL


def test_a_loop_of_links_ends(archive: Archive, articles: Path) -> None:
    (articles / "2019" / "again").symlink_to(articles)
    (articles / "itself").symlink_to(articles / "itself")
    summary = archive.index([articles])
    assert ids(archive) == _ALL
    assert [Path(skipped.path).name for skipped in summary.skipped] == ["itself"]


def test_a_linked_folder_is_followed(archive: Archive, articles: Path, tmp_path: Path) -> None:
    (articles / "disk").symlink_to(write_stories(tmp_path / "disk", {"dolomite.txt": "Dolomite"}))
    archive.index([articles])
    assert ids(archive, "dolomite") == ["disk/dolomite.txt"]


def test_names_in_any_script_are_ids(archive: Archive, tmp_path: Path) -> None:
    names = ["Überblick.txt", "новости.txt", "新聞.txt", "a b#1.txt", "it's;%s.txt"]
    folder = write_stories(tmp_path / "articles", dict.fromkeys(names, "Amber"))
    archive.index([folder])
    assert ids(archive, "amber") == sorted(names)
    assert archive.index([folder]).unchanged == len(names)


@pytest.mark.parametrize("first", ["file", "folder"])
def test_a_file_and_its_folder_are_one_root_in_either_order(archive: Archive, articles: Path, first: str) -> None:
    paths = [articles / "amber.txt", articles]
    for path in paths if first == "file" else reversed(paths):
        archive.index([path])
    assert ids(archive) == _ALL
