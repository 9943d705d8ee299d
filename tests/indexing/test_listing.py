"""The list of sources says what was read from where, and what failed."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, Progress

from .conftest import Readings
from .support import reuters, write, write_stories


def _paths(archive: Archive, **wanted: object) -> list[str]:
    return [Path(source.path).name for source in archive.sources(**wanted)]  # type: ignore[arg-type]


def test_every_source_is_listed_with_what_it_gave(archive: Archive, tmp_path: Path) -> None:
    folder = write_stories(tmp_path / "news", {"2019/a.txt": "Amber"})
    write(folder / "week.sgm", reuters([1, 2, 3]))
    began = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    archive.index([folder])
    one, week = archive.sources()
    assert (one.path, one.id, one.state, one.format, one.articles) == (
        str(folder / "2019" / "a.txt"), "2019/a.txt", "read", "text", 1,
    )  # fmt: skip
    assert (week.id, week.format, week.articles) == ("week.sgm", "reuters", 3)
    assert week.bytes == (folder / "week.sgm").stat().st_size
    assert one.read_at is not None
    assert began <= one.read_at <= dt.datetime.now(dt.UTC)
    assert (one.error, one.input_format, one.fields) == (None, None, {})


def test_those_that_failed_are_listed_with_the_reason_until_they_are_read(
    archive: Archive, articles: Path, readings: Readings
) -> None:
    readings.raising["amber.txt"] = OSError(5, "Input/output error")
    archive.index([articles])
    (failed,) = archive.sources(failed=True)
    assert (failed.id, failed.state, failed.articles) == ("amber.txt", "failed", 0)
    assert "Input/output error" in str(failed.error)
    readings.raising.clear()
    archive.index([articles])
    assert _paths(archive, failed=True) == []
    assert _paths(archive) == ["basalt.txt", "cobalt.txt", "amber.txt"]


def test_what_a_run_left_unfinished_is_listed_so(archive: Archive, articles: Path) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.phase == "committing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.index([articles], progress=interrupt)
    assert {(source.state, source.read_at, source.bytes) for source in archive.sources()} == {
        ("unfinished", None, None)
    }


def test_a_list_may_be_of_a_folder_a_file_or_a_beginning(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("2018/a.txt", "2019/a.txt", "2019/b.txt", "2019-02.txt", "z.txt")
    folder = write_stories(tmp_path / "news", dict.fromkeys(names, "Amber"))
    other = write_stories(tmp_path / "other", {"c.txt": "Cobalt"})
    archive.index([folder, other])
    monkeypatch.chdir(folder)
    assert _paths(archive, under="2019") == _paths(archive, under=str(folder / "2019") + os.sep) == ["a.txt", "b.txt"]
    assert _paths(archive, under="201") == ["a.txt", "2019-02.txt", "a.txt", "b.txt"]
    assert _paths(archive, under=folder / "2019" / "b.txt") == ["b.txt"]
    assert len(_paths(archive, under=".")) == 5
    assert len(_paths(archive, under=tmp_path)) == 6
    assert len(_paths(archive, under=tmp_path / "o")) == 1
    assert _paths(archive, under="2020") == _paths(archive, under=tmp_path / "elsewhere") == []


def test_a_beginning_may_be_of_names_in_any_script(archive: Archive, tmp_path: Path) -> None:
    folder = write_stories(
        tmp_path / "news", {"2019-äther.txt": "Amber", "2019-新聞.txt": "Basalt", "2020.txt": "Cobalt"}
    )
    archive.index([folder])
    assert _paths(archive, under=folder / "2019-") == ["2019-äther.txt", "2019-新聞.txt"]


def test_a_folder_may_be_named_through_a_link(archive: Archive, articles: Path, tmp_path: Path) -> None:
    archive.index([articles])
    (tmp_path / "link").symlink_to(articles)
    assert len(_paths(archive, under=tmp_path / "link")) == 3
    assert len(_paths(archive, under=tmp_path / "link" / "2019" / "b")) == 1


def test_the_list_goes_on_over_pages(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchkit.indexing.listing._ROWS", 2)
    for root in ("one", "two"):
        archive.index([write_stories(tmp_path / root, {f"{number}.txt": "Amber" for number in range(4)})])
    assert _paths(archive) == [f"{number}.txt" for number in range(4)] * 2


def test_the_list_can_be_read_while_somebody_writes(archive: Archive, articles: Path, tmp_path: Path) -> None:
    archive.index([articles])
    with searchkit.open(tmp_path / "index") as other:
        listed: list[int] = []
        archive.index([articles], rebuild=True, progress=lambda _: listed.append(len(list(other.sources()))))
        assert set(listed) == {3}
        assert len(list(other.sources())) == 3


def test_a_file_that_is_gone_stays_in_the_list_until_it_is_pruned(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    (articles / "amber.txt").unlink()
    archive.index([articles])
    assert "amber.txt" in _paths(archive)
    archive.index([articles], prune=True)
    assert "amber.txt" not in _paths(archive)
