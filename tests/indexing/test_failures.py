"""What cannot be read is named and counted, and the rest goes on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, Article, IndexMissing, NothingToIndex, Progress
from searchkit.readers import text
from searchkit.readers.base import Options, Source

from .conftest import Readings
from .support import ids, reuters, rewrite, set_time, story, write, write_stories


def test_a_file_that_fails_is_named_and_tried_again_next_time(
    archive: Archive, articles: Path, readings: Readings
) -> None:
    readings.raising["amber.txt"] = OSError(5, "Input/output error")
    for _ in range(2):
        readings.read.clear()
        summary = archive.index([articles])
        assert "amber.txt" in readings.read
        (skipped,) = summary.skipped
        assert skipped.path == str(articles / "amber.txt")
        assert "Input/output error" in skipped.reason
        assert ids(archive) == ["2019/basalt.txt", "2019/cobalt.txt"]
        assert archive.stats().failed_sources == 1
    readings.raising.clear()
    summary = archive.index([articles])
    assert (summary.added, summary.unchanged, summary.skipped) == (1, 2, ())
    assert archive.stats().failed_sources == 0
    assert archive.index([articles]).files_read == 0


@pytest.mark.parametrize(
    "error",
    [
        AttributeError("x"),
        AssertionError("x"),
        RuntimeError("x"),
        KeyError("x"),
        ZeroDivisionError("x"),
        RecursionError("x"),
        MemoryError("x"),
        NotImplementedError("x"),
        EOFError("x"),
        UnicodeDecodeError("utf-8", b"x", 0, 1, "x"),
        type("LibraryError", (Exception,), {})("x"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_fault_in_a_reader_does_not_stop_the_run(
    archive: Archive, articles: Path, readings: Readings, error: Exception
) -> None:
    readings.raising["2019/basalt.txt"] = error
    summary = archive.index([articles])
    (skipped,) = summary.skipped
    assert skipped.kind == "fault"
    assert type(error).__name__ in skipped.reason
    assert ids(archive) == ["2019/cobalt.txt", "amber.txt"]


@pytest.mark.parametrize("error", [ValueError("mine"), OSError("mine"), BrokenPipeError("mine")])
def test_an_error_of_the_progress_report_is_no_fault_of_a_reader(
    archive: Archive, articles: Path, error: Exception
) -> None:
    def fail(_: Progress) -> None:
        raise error

    with pytest.raises(type(error), match="mine"):
        archive.index([articles], progress=fail)
    assert archive.index([articles]).added == 3


def test_a_commit_that_fails_stops_the_run_and_loses_nothing(
    archive: Archive, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is no fault of the file that happened to be read."""
    from whoosh.index import TOC

    monkeypatch.setattr("searchkit.indexing.batch.MAX_ARTICLES", 1)
    with monkeypatch.context() as patched:

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        patched.setattr(TOC, "write", full)
        with pytest.raises(OSError, match="No space left"):
            archive.index([articles])
    archive.reload()
    assert ids(archive) == []
    assert (archive.index([articles]).total, len(ids(archive))) == (3, 3)


def test_articles_before_a_fault_are_kept_and_those_after_it_too(
    archive: Archive, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that could be read only in part neither gives up what it gave before, nor loses what it gives now."""
    numbers, broken_at = list(range(1, 6)), 0

    def read(source: Source, options: Options) -> Iterator[Article]:
        for number in numbers:
            if number == broken_at:
                raise RuntimeError("the disk is tired")
            yield Article(f"{source.id}#{number}", f"Story {number}", f"Version {len(numbers)}")

    monkeypatch.setattr(text, "read", read)
    (articles / "amber.txt").unlink()
    (articles / "2019" / "cobalt.txt").unlink()
    archive.index([articles])
    numbers, broken_at = list(range(1, 5)), 4
    set_time(articles / "2019" / "basalt.txt", 60)
    rewrite(articles / "2019" / "basalt.txt", story("Other"))
    summary = archive.index([articles])
    assert [skipped.kind for skipped in summary.skipped] == ["fault"]
    assert len(ids(archive, "version")) == 5
    assert len(ids(archive, '"version 4"')) == 3
    broken_at = 0
    archive.index([articles])
    assert len(ids(archive, '"version 4"')) == len(ids(archive)) == 4


def test_binary_junk_is_reported_and_the_rest_goes_on(archive: Archive, articles: Path) -> None:
    (articles / "photo.jpg").write_bytes(bytes(range(256)) * 40)
    (articles / "broken.txt.gz").write_bytes(b"\x1f\x8b" + bytes(range(200)))
    (articles / "empty.txt").write_bytes(b"")
    summary = archive.index([articles])
    assert {Path(skipped.path).name: bool(skipped.reason) for skipped in summary.skipped} == {
        "photo.jpg": True,
        "broken.txt.gz": True,
        "empty.txt": True,
    }
    assert (summary.added, archive.stats().failed_sources) == (3, 3)


def test_a_broken_story_is_reported_with_its_place_and_the_others_come_in(archive: Archive, tmp_path: Path) -> None:
    broken = reuters([1]) + '<REUTERS NEWID="2">\n<DATE>2-MAR-1987</DATE>\n' + reuters([3]).partition("\n")[2]
    write(tmp_path / "wire" / "week.sgm", broken)
    summary = archive.index([tmp_path / "wire"])
    assert [(skipped.where, skipped.kind) for skipped in summary.skipped] == [("story 2", "broken")]
    assert ids(archive) == ["week.sgm#1", "week.sgm#3"]


def test_links_to_nowhere_and_pipes_hold_nothing_up(archive: Archive, articles: Path) -> None:
    (articles / "lost.txt").symlink_to(articles / "nowhere.txt")
    os.mkfifo(articles / "pipe.txt")
    (articles / "folder.txt").mkdir()
    summary = archive.index([articles])
    assert [Path(skipped.path).name for skipped in summary.skipped] == ["lost.txt"]
    assert summary.added == 3


def test_a_pipe_given_as_a_path_is_refused_and_not_waited_for(archive: Archive, articles: Path) -> None:
    os.mkfifo(articles / "pipe.txt")
    summary = archive.index([articles / "pipe.txt", articles])
    assert [(Path(skipped.path).name, skipped.kind) for skipped in summary.skipped] == [("pipe.txt", "unreadable")]
    assert summary.added == 3


def test_a_file_that_may_not_be_opened_keeps_its_article(
    archive: Archive, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.index([articles])
    rewrite(articles / "amber.txt", story("Agate"))
    real = Path.open

    def refuse(path: Path, *arguments: object, **more: object) -> object:
        if path.name == "amber.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *arguments, **more)  # type: ignore[call-overload]

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", refuse)
        summary = archive.index([articles], prune=True)
        assert [skipped.reason for skipped in summary.skipped] == ["cannot be read: Permission denied"]
        assert ids(archive, "amber") == ["amber.txt"]
    archive.index([articles])
    assert ids(archive, "agate") == ["amber.txt"]


def test_a_name_that_is_not_text_is_reported_and_the_rest_goes_on(archive: Archive, articles: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(articles) + b"/caf\xe9.txt")).write_text(story("Coffee"))
    except OSError:
        pytest.skip("this file system has no such names")
    summary = archive.index([articles])
    (skipped,) = summary.skipped
    assert "name" in skipped.reason
    skipped.path.encode()
    assert summary.added == 3


def test_no_such_path_is_an_error_that_names_it_and_leaves_no_index(tmp_path: Path) -> None:
    with (
        searchkit.create(tmp_path / "index") as archive,
        pytest.raises(NothingToIndex, match=r"there is no file or folder .*/nowhere"),
    ):
        archive.index([tmp_path / "nowhere"])
    with pytest.raises(IndexMissing):
        searchkit.open(tmp_path / "index")
    assert not (tmp_path / "index" / "generations").exists()


def test_a_folder_without_articles_is_an_error_that_names_it_and_leaves_no_index(tmp_path: Path) -> None:
    write_stories(tmp_path / "articles", {"README.md": "Read"})
    with searchkit.create(tmp_path / "index") as archive, pytest.raises(NothingToIndex, match="/articles"):
        archive.index([tmp_path / "articles"])
    with pytest.raises(IndexMissing):
        searchkit.open(tmp_path / "index")


def test_a_mistyped_path_can_be_put_right_on_the_same_archive(archive: Archive, articles: Path) -> None:
    with pytest.raises(NothingToIndex):
        archive.index([articles / "nowhere"])
    assert archive.index([articles]).total == 3


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_mistyped_path_does_nothing_to_an_index_that_has_articles(
    archive: Archive, articles: Path, rebuild: bool
) -> None:
    archive.index([articles])
    with pytest.raises(NothingToIndex):
        archive.index([articles, articles / "nowhere"], rebuild=rebuild, prune=True)
    assert len(ids(archive)) == 3
    assert archive.index([articles]).unchanged == 3


def test_only_what_searchkit_made_is_removed_from_the_index_folder(tmp_path: Path) -> None:
    mine = write(tmp_path / "index" / "README.md", "mine")
    with searchkit.create(tmp_path / "index") as archive, pytest.raises(NothingToIndex):
        archive.index([tmp_path / "nowhere"])
    assert mine.read_text() == "mine"


def test_articles_with_the_same_id_in_one_source_are_both_kept(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchkit.indexing.batch.MAX_ARTICLES", 2)

    def read(source: Source, options: Options) -> Iterator[Article]:
        for word in ("first", "second", "third", "fourth"):
            yield Article("same", word, word)

    monkeypatch.setattr(text, "read", read)
    folder = write_stories(tmp_path / "articles", {"a.txt": "Amber"})
    expected = {"first": ["same"], "second": ["same~2"], "third": ["same~3"], "fourth": ["same~4"]}
    for rebuild in (False, True):
        summary = archive.index([folder], rebuild=rebuild)
        assert {word: ids(archive, word) for word in expected} == expected
        assert [count for note, count in summary.notes if "given before" in note] == [3]
    rewrite(folder / "a.txt", story("Agate"))
    assert archive.index([folder]).updated == 4
    assert {word: ids(archive, word) for word in expected} == expected


def test_articles_with_the_same_id_in_two_sources_are_both_kept(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(source: Source, options: Options) -> Iterator[Article]:
        yield Article("same", source.id[0], source.id[0])

    monkeypatch.setattr(text, "read", read)
    folder = write_stories(tmp_path / "articles", {"a.txt": "Amber", "b.txt": "Basalt"})
    archive.index([folder])
    assert (ids(archive, "a"), ids(archive, "b")) == (["same"], ["same~2"])
    rewrite(folder / "a.txt", story("Agate"))
    archive.index([folder])
    assert (ids(archive, "a"), ids(archive, "b")) == (["same"], ["same~2"])


def test_a_file_that_changes_while_it_is_read_is_read_again(
    archive: Archive, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = text.read

    def read(source: Source, options: Options) -> Iterator[object]:
        yield from real(source, options)
        if source.relative == "amber.txt":
            rewrite(source.path, story("Agate"))

    with monkeypatch.context() as patched:
        patched.setattr(text, "read", read)
        summary = archive.index([articles])
        assert [(skipped.kind, skipped.reason) for skipped in summary.skipped] == [
            ("changed", "changed while it was read; the next run reads it again")
        ]
    archive.index([articles])
    assert ids(archive, "agate") == ["amber.txt"]
    assert archive.index([articles]).files_read == 0


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_file_that_vanishes_during_the_run_holds_nothing_up(
    archive: Archive, articles: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    real = text.read
    victim = "amber.txt" if moment == "before" else "2019/basalt.txt"

    def read(source: Source, options: Options) -> Iterator[object]:
        yield from real(source, options)
        if source.relative == "2019/basalt.txt":
            (articles / victim).unlink()

    with monkeypatch.context() as patched:
        patched.setattr(text, "read", read)
        summary = archive.index([articles])
        assert [Path(skipped.path).name for skipped in summary.skipped] == [Path(victim).name]
    archive.index([articles], prune=True)
    assert ids(archive) == sorted({"2019/basalt.txt", "2019/cobalt.txt", "amber.txt"} - {victim})


def test_a_changed_file_that_could_not_be_finished_and_is_put_back_is_read_again(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the new contents are in the index, so that the old digest says nothing any more."""
    monkeypatch.setattr("searchkit.indexing.batch.MAX_ARTICLES", 2)
    file = write(tmp_path / "wire" / "week.sgm", reuters(range(1, 6)))
    archive.index([file.parent])
    rewrite(file, reuters(range(1, 6), "coffee"))
    commits = 0

    def interrupt(report: Progress) -> None:
        nonlocal commits
        commits += report.phase == "committing"
        if commits == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.index([file.parent], progress=interrupt)
    archive.reload()
    assert len(ids(archive, "coffee")) == 2
    rewrite(file, reuters(range(1, 6)))
    archive.index([file.parent])
    assert (len(ids(archive, "coffee")), len(ids(archive, "cocoa"))) == (0, 5)
