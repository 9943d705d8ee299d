"""A run reads what is new or has changed, and nothing else; what is gone is reported, and removed only when asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from searchkit import Archive

from .conftest import Readings
from .support import ids, reuters, rewrite, set_time, story, write, write_stories


def test_a_first_run_brings_every_file_in(archive: Archive, articles: Path) -> None:
    summary = archive.index([articles])
    assert (summary.added, summary.updated, summary.unchanged, summary.removed, summary.total) == (3, 0, 0, 0, 3)
    assert (summary.files_read, summary.files_unchanged) == (3, 0)
    assert summary.skipped == summary.gone == ()
    assert ids(archive) == ["2019/basalt.txt", "2019/cobalt.txt", "amber.txt"]


def test_files_that_have_not_changed_are_not_read_again(archive: Archive, articles: Path, readings: Readings) -> None:
    archive.index([articles])
    assert len(readings.read) == 3
    summary = archive.index([articles])
    assert len(readings.read) == 3
    assert (summary.added, summary.updated, summary.unchanged, summary.total) == (0, 0, 3, 3)
    assert (summary.files_read, summary.files_unchanged) == (0, 3)


def test_a_run_that_has_nothing_to_do_writes_nothing_into_the_engine(
    archive: Archive, articles: Path, tmp_path: Path
) -> None:
    archive.index([articles])
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("index/generations/*/engine/*")}
    archive.index([articles])
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("index/generations/*/engine/*")} == before


def test_a_file_that_was_only_touched_is_known_by_its_contents(
    archive: Archive, articles: Path, readings: Readings
) -> None:
    archive.index([articles])
    readings.read.clear()
    set_time(articles / "amber.txt", 60)
    summary = archive.index([articles])
    assert readings.read == []
    assert (summary.files_read, summary.files_unchanged, summary.unchanged) == (0, 3, 3)
    # The new time is noted, so that the file need not be looked into the next time.
    archive.index([articles])
    assert archive.stats().failed_sources == 0


def test_a_changed_file_replaces_its_article(archive: Archive, articles: Path, readings: Readings) -> None:
    archive.index([articles])
    readings.read.clear()
    rewrite(articles / "amber.txt", story("Agate"))
    summary = archive.index([articles])
    assert readings.read == ["amber.txt"]
    assert (summary.added, summary.updated, summary.unchanged, summary.total) == (0, 1, 2, 3)
    assert ids(archive, "agate") == ["amber.txt"]
    assert ids(archive, "amber") == []


def test_a_change_that_keeps_the_size_is_seen_by_the_time(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    rewrite(articles / "amber.txt", story("Ember"))
    archive.index([articles])
    assert ids(archive, "ember") == ["amber.txt"]


def test_a_change_that_keeps_the_time_is_seen_by_the_size(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    rewrite(articles / "amber.txt", story("Graphite"))
    set_time(articles / "amber.txt", -10)
    archive.index([articles])
    assert ids(archive, "graphite") == ["amber.txt"]


def test_a_file_that_gives_fewer_articles_drops_the_others(archive: Archive, tmp_path: Path) -> None:
    file = write(tmp_path / "wire" / "week.sgm", reuters(range(1, 8)))
    archive.index([file.parent])
    rewrite(file, reuters([1, 3, 8]))
    summary = archive.index([file.parent])
    assert (summary.added, summary.updated, summary.removed, summary.total) == (1, 2, 5, 3)
    assert ids(archive) == ["week.sgm#1", "week.sgm#3", "week.sgm#8"]
    assert archive.index([file.parent]).unchanged == 3


def test_articles_that_span_several_batches_are_replaced_as_a_whole(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchkit.indexing.batch.MAX_ARTICLES", 3)
    file = write(tmp_path / "wire" / "week.sgm", reuters(range(1, 12)))
    archive.index([file.parent])
    rewrite(file, reuters(range(2, 10), "coffee"))
    summary = archive.index([file.parent])
    assert (summary.updated, summary.removed, summary.total) == (8, 3, 8)
    assert ids(archive, "coffee") == ids(archive) == [f"week.sgm#{number}" for number in range(2, 10)]
    assert ids(archive, "cocoa") == []


def test_a_file_that_has_no_article_any_more_gives_up_the_one_it_had(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    rewrite(articles / "amber.txt", "")
    summary = archive.index([articles])
    assert ids(archive) == ["2019/basalt.txt", "2019/cobalt.txt"]
    assert (summary.removed, len(summary.skipped)) == (1, 1)


def test_gone_files_are_reported_and_their_articles_stay(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    (articles / "amber.txt").unlink()
    summary = archive.index([articles])
    assert summary.gone == (str(articles / "amber.txt"),)
    assert (summary.removed, summary.unchanged, summary.total) == (0, 2, 3)
    assert archive.index([articles]).gone == summary.gone


def test_gone_files_are_removed_by_a_run_that_prunes(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    (articles / "amber.txt").unlink()
    summary = archive.index([articles], prune=True)
    assert (len(summary.gone), summary.removed, summary.total) == (1, 1, 2)
    assert ids(archive) == ["2019/basalt.txt", "2019/cobalt.txt"]
    again = archive.index([articles], prune=True)
    assert (again.gone, again.removed, archive.stats().sources) == ((), 0, 2)


def test_a_file_that_comes_back_is_known_again(archive: Archive, articles: Path, tmp_path: Path) -> None:
    archive.index([articles])
    (articles / "amber.txt").rename(tmp_path / "amber.txt")
    assert archive.index([articles]).gone
    (tmp_path / "amber.txt").rename(articles / "amber.txt")
    summary = archive.index([articles])
    assert (summary.gone, summary.unchanged) == ((), 3)


def test_pruning_acts_only_inside_the_paths_of_the_run(archive: Archive, articles: Path) -> None:
    write_stories(articles, {"2019b/dolomite.txt": "Dolomite"})
    archive.index([articles])
    for name in ("amber.txt", "2019/basalt.txt", "2019b/dolomite.txt"):
        (articles / name).unlink()
    summary = archive.index([articles / "2019"], prune=True)
    assert summary.gone == (str(articles / "2019" / "basalt.txt"),)
    # "2019b" begins like "2019", but does not lie in it.
    assert ids(archive) == ["2019/cobalt.txt", "2019b/dolomite.txt", "amber.txt"]


def test_pruning_one_root_leaves_the_others_alone(archive: Archive, tmp_path: Path) -> None:
    one = write_stories(tmp_path / "one", {"a.txt": "Amber", "b.txt": "Basalt"})
    two = write_stories(tmp_path / "two", {"c.txt": "Cobalt", "d.txt": "Dolomite"})
    archive.index([one, two])
    (one / "a.txt").unlink()
    (two / "c.txt").unlink()
    archive.index([two], prune=True)
    assert ids(archive) == ["a.txt", "b.txt", "d.txt"]


def test_pruning_a_folder_reaches_the_roots_inside_it(archive: Archive, articles: Path) -> None:
    archive.index([articles / "2019"])
    archive.index([articles])
    (articles / "2019" / "basalt.txt").unlink()
    archive.index([articles], prune=True)
    assert ids(archive) == ["amber.txt", "cobalt.txt"]


def test_an_empty_mount_point_empties_nothing(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    shutil.rmtree(articles)
    articles.mkdir()
    summary = archive.index([articles])
    assert (len(summary.gone), summary.removed, summary.total) == (3, 0, 3)
    assert len(ids(archive)) == 3


def test_pruning_spares_what_lies_behind_a_link_that_leads_nowhere(
    archive: Archive, articles: Path, tmp_path: Path
) -> None:
    disk = write_stories(tmp_path / "disk", {"dolomite.txt": "Dolomite"})
    (articles / "disk").symlink_to(disk)
    archive.index([articles])
    disk.rename(tmp_path / "unplugged")
    summary = archive.index([articles], prune=True)
    assert [skipped.kind for skipped in summary.skipped] == ["unreadable"]
    assert summary.removed == 0
    assert "disk/dolomite.txt" in ids(archive)


def test_pruning_spares_what_lies_in_a_folder_that_cannot_be_listed(
    archive: Archive, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    archive.index([articles])
    real = os.scandir

    def scandir(folder: str) -> object:
        if Path(folder).name == "2019":
            raise PermissionError(13, "Permission denied", folder)
        return real(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    summary = archive.index([articles], prune=True)
    assert [(skipped.path, skipped.reason) for skipped in summary.skipped] == [
        (str(articles / "2019"), "Permission denied")
    ]
    assert (summary.removed, summary.gone, summary.total) == (0, (), 3)


def test_only_the_files_of_a_single_path_are_looked_at(archive: Archive, articles: Path, readings: Readings) -> None:
    summary = archive.index([articles / "2019", articles / "amber.txt"])
    assert summary.added == 3
    rewrite(articles / "amber.txt", story("Agate"))
    rewrite(articles / "2019" / "basalt.txt", story("Beryl"))
    readings.read.clear()
    archive.index([articles / "amber.txt"])
    assert readings.read == ["amber.txt"]


def test_progress_ends_with_the_work(archive: Archive, articles: Path) -> None:
    seen = []
    archive.index([articles], progress=seen.append)
    assert [report.phase for report in seen][-2:] == ["committing", "done"]
    assert seen[-1].articles == 3
    assert seen[-1].bytes == seen[-1].total_bytes == sum(file.stat().st_size for file in articles.rglob("*.txt"))
    assert sorted(report.seconds for report in seen) == [report.seconds for report in seen]


def test_the_summary_counts_undated_articles(archive: Archive, articles: Path) -> None:
    write(articles / "undated.txt", "Nobody knows when this was written.\n")
    assert archive.index([articles]).undated == 1
    assert archive.stats().undated == 1
