"""A rebuild is made beside the old index and takes its place in one step. It loses nothing that it cannot read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, IndexCorrupt, Progress, SearchkitError

from .conftest import Readings
from .support import generations, ids, reuters, rewrite, story, write, write_stories


def test_a_rebuild_reads_everything_anew(archive: Archive, articles: Path, readings: Readings, tmp_path: Path) -> None:
    archive.index([articles])
    readings.read.clear()
    summary = archive.index([articles], rebuild=True)
    assert sorted(readings.read) == ["2019/basalt.txt", "2019/cobalt.txt", "amber.txt"]
    assert (summary.updated, summary.total, summary.files_read) == (3, 3, 3)
    assert generations(tmp_path / "index") == ["000002"]
    assert archive.index([articles]).files_read == 0


def test_a_rebuild_without_a_path_reads_what_the_index_was_made_from(archive: Archive, tmp_path: Path) -> None:
    one = write_stories(tmp_path / "one", {"a.txt": "Amber"})
    two = write_stories(tmp_path / "two", {"a.txt": "Basalt"})
    archive.index([one, two])
    rewrite(two / "a.txt", story("Beryl"))
    summary = archive.index([], rebuild=True)
    assert (summary.total, summary.gone) == (2, ())
    assert ids(archive, "beryl") == ["two/a.txt"]


def test_a_rebuild_with_a_path_keeps_the_other_roots(archive: Archive, tmp_path: Path) -> None:
    one = write_stories(tmp_path / "one", {"a.txt": "Amber"})
    two = write_stories(tmp_path / "two", {"b.txt": "Basalt"})
    archive.index([one, two])
    archive.index([one], rebuild=True)
    assert ids(archive) == ["a.txt", "b.txt"]
    assert ids(archive, "basalt") == ["b.txt"]


def test_the_old_index_answers_while_the_new_one_is_made(archive: Archive, articles: Path, tmp_path: Path) -> None:
    archive.index([articles])
    rewrite(articles / "amber.txt", story("Agate"))
    found: list[tuple[int, int]] = []

    def look(_: Progress) -> None:
        with searchkit.open(tmp_path / "index") as other:
            found.append((other.search("amber").total, other.search("agate").total))

    archive.index([articles], rebuild=True, progress=look)
    assert set(found) == {(1, 0)}
    assert archive.search("agate").total == 1


def test_a_reader_opened_before_goes_on_after_the_swap(archive: Archive, tmp_path: Path) -> None:
    wire = tmp_path / "wire"
    write(wire / "week.sgm", reuters(range(1, 301)))
    archive.index([wire])
    with searchkit.open(tmp_path / "index") as reader:
        results = reader.search("cocoa", limit=None)
        write(wire / "week.sgm", reuters(range(1, 301), "coffee"))
        archive.index([wire], rebuild=True)
        assert len(list(results)) == 300
        assert reader.search("cocoa").total == 300
        assert reader.search("coff*").total == 0
        assert reader.show("week.sgm#7", "cocoa").title == "COCOA REPORT 7"
        assert reader.stats().articles == 300
        reader.reload()
        assert (reader.search("cocoa").total, reader.search("coffee").total) == (0, 300)


def test_articles_whose_files_are_gone_are_kept_by_a_rebuild(
    archive: Archive, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchkit.indexing.batch.MAX_ARTICLES", 1)
    archive.index([articles])
    (articles / "amber.txt").unlink()
    (articles / "2019" / "cobalt.txt").unlink()
    summary = archive.index([articles], rebuild=True)
    assert (len(summary.gone), summary.total) == (2, 3)
    assert ids(archive, "amber") == ["amber.txt"]
    assert archive.index([articles]).gone == summary.gone
    assert archive.index([articles], rebuild=True).total == 3


def test_articles_whose_files_are_gone_are_dropped_by_a_rebuild_that_prunes(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    (articles / "amber.txt").unlink()
    summary = archive.index([articles], rebuild=True, prune=True)
    assert (summary.removed, summary.total) == (1, 2)
    assert ids(archive) == ["2019/basalt.txt", "2019/cobalt.txt"]
    assert archive.index([articles]).gone == ()


def test_a_rebuild_keeps_the_articles_of_a_root_that_is_not_there(archive: Archive, tmp_path: Path) -> None:
    here = write_stories(tmp_path / "here", {"a.txt": "Amber"})
    disk = write_stories(tmp_path / "disk", {"b.txt": "Basalt"})
    archive.index([here, disk])
    disk.rename(tmp_path / "unplugged")
    summary = archive.index([here], rebuild=True)
    assert summary.gone == (str(disk / "b.txt"),)
    assert ids(archive, "basalt") == ["b.txt"]
    (tmp_path / "unplugged").rename(disk)
    assert archive.index([here, disk]).gone == ()
    assert ids(archive) == ["a.txt", "b.txt"]


def test_a_rebuild_keeps_everything_when_no_root_is_there(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    shutil.rmtree(articles)
    assert archive.index([], rebuild=True).total == 3
    assert ids(archive, "cobalt") == ["2019/cobalt.txt"]


def test_a_rebuild_prunes_only_inside_its_paths(archive: Archive, tmp_path: Path) -> None:
    one = write_stories(tmp_path / "one", {"a.txt": "Amber", "b.txt": "Basalt"})
    two = write_stories(tmp_path / "two", {"c.txt": "Cobalt", "d.txt": "Dolomite"})
    disk = write_stories(tmp_path / "disk", {"e.txt": "Emerald"})
    archive.index([one, two, disk])
    (one / "a.txt").unlink()
    (two / "c.txt").unlink()
    disk.rename(tmp_path / "unplugged")
    summary = archive.index([one], rebuild=True, prune=True)
    assert summary.removed == 1
    assert ids(archive) == ["b.txt", "c.txt", "d.txt", "e.txt"]
    # Without a path, a rebuild is about everything that is there; a disk that is not there proves nothing.
    archive.index([], rebuild=True, prune=True)
    assert ids(archive) == ["b.txt", "d.txt", "e.txt"]


def test_a_rebuild_keeps_the_articles_of_a_file_that_cannot_be_read_now(
    archive: Archive, articles: Path, readings: Readings
) -> None:
    archive.index([articles])
    readings.raising["amber.txt"] = OSError(5, "Input/output error")
    summary = archive.index([articles], rebuild=True)
    assert (len(summary.skipped), summary.total) == (1, 3)
    assert ids(archive, "amber") == ["amber.txt"]
    readings.raising.clear()
    assert archive.index([articles]).files_read == 1


def test_an_interrupted_rebuild_leaves_the_old_index(
    archive: Archive, articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchkit.indexing.batch.MAX_ARTICLES", 1)
    archive.index([articles])
    rewrite(articles / "amber.txt", story("Agate"))
    seen = 0

    def interrupt(report: Progress) -> None:
        nonlocal seen
        seen += report.phase == "committing"
        if seen == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.index([articles], rebuild=True, progress=interrupt)
    with searchkit.open(tmp_path / "index") as other:
        assert (other.search("amber").total, other.search("agate").total, len(other)) == (1, 0, 3)
    assert json.loads((tmp_path / "index" / "searchkit.json").read_text())["generation"] == 1
    # The half of a generation is cleared away by the next run, which knows nothing of it.
    summary = archive.index([articles])
    assert generations(tmp_path / "index") == ["000001"]
    assert (summary.updated, summary.unchanged) == (1, 2)


def test_settings_are_changed_by_a_rebuild_and_nothing_else(tmp_path: Path) -> None:
    folder = write_stories(tmp_path / "articles", {"a.txt": "Evakuierungen"})
    index = tmp_path / "index"
    with searchkit.create(index, language="german") as archive:
        archive.index([folder])
        assert archive.search("evakuierung").total == 1
    with pytest.raises(SearchkitError, match=r"was made with language german; to change that, add --rebuild"):
        searchkit.create(index, language="english")
    with searchkit.create(index) as archive:
        assert archive.settings.language == "german"
    with searchkit.create(index, language="english", day_first=True, rebuild=True) as archive:
        archive.index([folder])
        assert archive.settings.language == "german"
        archive.index([folder], rebuild=True)
        assert (archive.settings.language, archive.settings.day_first) == ("english", True)
        assert archive.search("evakuierung").total == 0
    with searchkit.open(index) as archive:
        assert (archive.settings.language, archive.settings.day_first) == ("english", True)


@pytest.mark.parametrize(
    ("setting", "said"), [({"language": "klingon"}, "klingon"), ({"timezone": "Mars/Olympus"}, "Mars/Olympus")]
)
def test_a_setting_that_cannot_be_is_refused_and_makes_no_index(
    tmp_path: Path, setting: dict[str, str], said: str
) -> None:
    with pytest.raises(SearchkitError, match=said):
        searchkit.create(tmp_path / "index", **setting)  # type: ignore[arg-type]
    assert not (tmp_path / "index").exists()


def test_an_index_of_another_analyzer_is_not_searched_and_is_rebuilt_by_the_next_run(
    archive: Archive, articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.index([articles])
    (articles / "amber.txt").unlink()
    monkeypatch.setattr("searchkit.live.ANALYZER_VERSION", 99)
    monkeypatch.setattr("searchkit.store.ANALYZER_VERSION", 99)
    with searchkit.open(tmp_path / "index") as later:
        with pytest.raises(IndexCorrupt, match="searchkit index --rebuild"):
            later.search("basalt")
        assert later.stats().articles == 3
        summary = later.index([articles / "2019"])
        assert (summary.files_read, summary.total) == (2, 3)
        assert ids(later, "amber") == ["amber.txt"]
    assert json.loads((tmp_path / "index" / "searchkit.json").read_text())["analyzer"] == 99


@pytest.mark.parametrize("damage", ["engine is missing", "generation is missing", "table of contents is junk"])
def test_a_damaged_index_is_refused_and_made_anew_as_the_message_says(
    archive: Archive, articles: Path, tmp_path: Path, damage: str
) -> None:
    archive.index([articles])
    generation = tmp_path / "index" / "generations" / "000001"
    if damage == "engine is missing":
        shutil.rmtree(generation / "engine")
    elif damage == "generation is missing":
        shutil.rmtree(generation)
    else:
        for toc in (generation / "engine").glob("*.toc"):
            toc.write_bytes(b"junk")
    with pytest.raises(IndexCorrupt, match="searchkit index --rebuild"):
        searchkit.open(tmp_path / "index")
    with searchkit.create(tmp_path / "index", rebuild=True) as again:
        again.index([articles], rebuild=True)
        assert ids(again) == ["2019/basalt.txt", "2019/cobalt.txt", "amber.txt"]
    with searchkit.open(tmp_path / "index") as again:
        assert again.search("amber").total == 1
        assert again.index([articles]).files_read == 0


def test_damaged_notes_on_the_sources_are_refused_and_made_anew_as_the_message_says(
    archive: Archive, articles: Path, tmp_path: Path
) -> None:
    archive.index([articles])
    archive.close()
    generation = tmp_path / "index" / "generations" / "000001"
    for file in generation.glob("sources.db*"):
        file.unlink()
    (generation / "sources.db").write_bytes(b"this is no database" * 500)
    with searchkit.create(tmp_path / "index") as again:
        assert again.search("amber").total == 1
        with pytest.raises(IndexCorrupt, match="searchkit index --rebuild"):
            again.index([articles])
        with pytest.raises(IndexCorrupt, match="searchkit index --rebuild"):
            again.stats()
    with searchkit.create(tmp_path / "index", rebuild=True) as again:
        again.index([articles], rebuild=True)
        assert ids(again) == ["2019/basalt.txt", "2019/cobalt.txt", "amber.txt"]
        assert again.stats().sources == 3
