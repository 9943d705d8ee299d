"""Watching: an ordinary run first, and then only what arrives. The files and the events are real."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, NothingToIndex, SearchkitError, Summary
from searchkit.store import Store

from .conftest import Readings
from .support import ids, rewrite, set_time, story, write, write_stories

_SECONDS = 120.0

Watch = Callable[..., Iterator[Summary]]


@pytest.fixture
def watch(archive: Archive, articles: Path) -> Iterator[Watch]:
    """Watches the folder of articles; what never comes ends the iteration instead of the tests."""
    stop = threading.Event()
    alarm = threading.Timer(_SECONDS, stop.set)
    alarm.start()

    def watching(*paths: Path, **options: object) -> Iterator[Summary]:
        options = {"settle": 0, "stop": stop, "jobs": 1, **options}
        return archive.watch(paths or [articles], **options)  # type: ignore[arg-type]

    yield watching
    alarm.cancel()


def test_the_first_run_is_an_ordinary_one(watch: Watch, archive: Archive) -> None:
    runs = watch()
    summary = next(runs)
    assert (summary.added, summary.files_read, len(archive)) == (3, 3, 3)


def test_what_arrives_is_indexed_and_nothing_else_is_looked_at(
    watch: Watch, archive: Archive, articles: Path, readings: Readings
) -> None:
    runs = watch()
    next(runs)
    readings.read.clear()
    write_stories(articles, {"2019/dolomite.txt": "Dolomite"})
    summary = next(runs)
    assert (summary.added, summary.files_read, summary.files_unchanged, summary.total) == (1, 1, 0, 4)
    assert readings.read == ["2019/dolomite.txt"]
    assert ids(archive, "dolomite") == ["2019/dolomite.txt"]


def test_what_changes_is_read_again(watch: Watch, archive: Archive, articles: Path) -> None:
    runs = watch()
    next(runs)
    rewrite(articles / "amber.txt", story("Agate"))
    assert next(runs).updated == 1
    assert ids(archive, "agate") == ["amber.txt"]


def test_a_run_that_brought_nothing_is_not_given(watch: Watch, articles: Path) -> None:
    done: list[str] = []

    def arrive(progress: searchkit.Progress) -> None:
        if progress.phase == "done":
            done.append(progress.phase)
            if len(done) == 2:
                write_stories(articles, {"dolomite.txt": "Dolomite"})

    runs = watch(progress=arrive)
    next(runs)
    set_time(articles / "amber.txt", 60)
    assert next(runs).added == 1
    assert len(done) == 3


def test_what_arrives_during_the_first_run_is_not_missed(watch: Watch, archive: Archive, articles: Path) -> None:
    def arrive(progress: searchkit.Progress) -> None:
        if progress.phase == "done":
            write_stories(articles, {"late.txt": "Late"})

    runs = watch(progress=arrive)
    assert next(runs).added == 3
    assert next(runs).added == 1
    assert ids(archive, "late") == ["late.txt"]


def test_a_whole_folder_can_be_moved_in(watch: Watch, archive: Archive, articles: Path, tmp_path: Path) -> None:
    runs = watch()
    next(runs)
    write_stories(tmp_path / "new", {"a.txt": "Dolomite", "deep/b.txt": "Emerald"})
    (tmp_path / "new").rename(articles / "new")
    added = 0
    while added < 2:
        added += next(runs).added
    assert ids(archive, "emerald") == ["new/deep/b.txt"]


def test_an_empty_folder_can_be_watched(watch: Watch, archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "box").mkdir()
    runs = watch(tmp_path / "box")
    assert next(runs).total == 0
    write_stories(tmp_path / "box", {"a.txt": "Amber"})
    assert next(runs).added == 1
    assert ids(archive) == ["a.txt"]


def test_a_folder_inside_an_indexed_one_belongs_to_it(watch: Watch, archive: Archive, articles: Path) -> None:
    archive.index([articles])
    runs = watch(articles / "2019")
    assert next(runs).added == 0
    write_stories(articles, {"2019/dolomite.txt": "Dolomite"})
    next(runs)
    assert ids(archive, "dolomite") == ["2019/dolomite.txt"]


def test_what_goes_is_removed_only_by_a_watch_that_prunes(watch: Watch, archive: Archive, articles: Path) -> None:
    runs = watch()
    next(runs)
    (articles / "amber.txt").unlink()
    write_stories(articles, {"dolomite.txt": "Dolomite"})
    summary = next(runs)
    assert (summary.added, summary.removed, summary.gone, summary.total) == (1, 0, (), 4)

    runs = watch(prune=True)
    assert next(runs).removed == 1
    (articles / "dolomite.txt").unlink()
    assert next(runs).removed == 1
    assert ids(archive) == ["2019/basalt.txt", "2019/cobalt.txt"]


def test_a_folder_that_goes_takes_its_articles_with_it(
    watch: Watch, archive: Archive, articles: Path, tmp_path: Path
) -> None:
    runs = watch(prune=True)
    next(runs)
    (articles / "2019").rename(tmp_path / "elsewhere")
    removed = 0
    while removed < 2:
        removed += next(runs).removed
    assert ids(archive) == ["amber.txt"]


def test_a_renamed_file_is_the_same_article_under_another_id(watch: Watch, archive: Archive, articles: Path) -> None:
    runs = watch(prune=True)
    next(runs)
    (articles / "amber.txt").rename(articles / "agate.txt")
    added = removed = 0
    while (added, removed) != (1, 1):
        summary = next(runs)
        added, removed = added + summary.added, removed + summary.removed
    assert ids(archive, "amber") == ["agate.txt"]


def test_what_cannot_be_read_is_said_and_tried_again_when_it_changes(
    watch: Watch, archive: Archive, articles: Path
) -> None:
    runs = watch()
    next(runs)
    write(articles / "empty.txt", "\n")
    summary = next(runs)
    assert (summary.added, summary.skipped_kinds) == (0, {"empty": 1})
    write(articles / "empty.txt", story("Dolomite"))
    assert next(runs).added == 1


def test_a_choice_holds_for_what_arrives(watch: Watch, archive: Archive, articles: Path) -> None:
    runs = watch(fields={"hed": "title"})
    next(runs)
    write(articles / "a.jsonl", '{"hed": "Dolomite", "text": "Found."}\n')
    next(runs)
    assert ids(archive, "title:dolomite") == ["a.jsonl#1"]


def test_an_index_inside_the_folder_is_not_watched(articles: Path) -> None:
    stop = threading.Event()
    alarm = threading.Timer(_SECONDS, stop.set)
    alarm.start()
    with searchkit.create(articles / "index") as archive:
        runs = archive.watch([articles], settle=0, stop=stop, jobs=1)
        assert next(runs).added == 3
        for name in ("dolomite.txt", "emerald.txt"):
            write_stories(articles, {name: "Dolomite"})
            summary = next(runs)
            assert (summary.added, summary.skipped_total, summary.files_read) == (1, 0, 1)
    alarm.cancel()


def test_others_can_write_between_two_runs(watch: Watch, archive: Archive, articles: Path, tmp_path: Path) -> None:
    runs = watch()
    next(runs)
    other = write_stories(tmp_path / "other", {"x.txt": "Xenon"})
    with searchkit.open(tmp_path / "index") as writer:
        assert writer.index([other], wait=0).added == 1
    write_stories(articles, {"dolomite.txt": "Dolomite"})
    assert next(runs).total == 5


def test_another_writer_is_waited_for_and_named_once(
    watch: Watch, archive: Archive, articles: Path, tmp_path: Path
) -> None:
    runs = watch(wait=0)
    next(runs)
    with Store(tmp_path / "index").lock(0):
        write_stories(articles, {"dolomite.txt": "Dolomite"})
        waiting = next(runs)
        assert (waiting.added, waiting.files_read, waiting.total, waiting.engine) == (0, 0, 3, "whoosh")
        assert str(os.getpid()) in waiting.notices[0]
    assert next(runs).added == 1
    assert ids(archive, "dolomite") == ["dolomite.txt"]


def test_an_event_that_is_set_ends_it(watch: Watch, articles: Path) -> None:
    stop = threading.Event()
    runs = watch(stop=stop)
    next(runs)
    stop.set()
    assert next(runs, None) is None


def test_only_folders_can_be_watched(watch: Watch, articles: Path) -> None:
    with pytest.raises(NothingToIndex, match="is no folder, and only folders can be watched"):
        watch(articles / "amber.txt")
    with pytest.raises(NothingToIndex, match="is not there"):
        watch(articles / "nowhere")
    with pytest.raises(ValueError, match="settle is not negative"):
        watch(settle=-1)


def test_without_its_library_it_says_what_to_install(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with pytest.raises(SearchkitError, match=r"needs watchfiles: pip install 'searchkit\[watch\]'"):
        watch()


# Kills itself at the moment that it is told, in the first run after the file "now" has come.
_SCRIPT = """
import os, signal, sys
import searchkit
from searchkit.indexing import sources

index, folder, moment, now = sys.argv[1:]
name, when = moment.split()
function = getattr(sources.SourcesDb, name)

def killing(*arguments):
    if when == "before" and os.path.exists(now):
        os.kill(os.getpid(), signal.SIGKILL)
    function(*arguments)
    if when == "after" and os.path.exists(now):
        os.kill(os.getpid(), signal.SIGKILL)

for _ in searchkit.create(index).watch([folder], settle=0, jobs=1):
    setattr(sources.SourcesDb, name, killing)
    print("ready", flush=True)
"""


@pytest.mark.parametrize("moment", ["note before", "note after", "finish_source before", "finish_source after"])
def test_an_index_outlives_being_killed_and_the_next_run_completes_it(
    articles: Path, tmp_path: Path, moment: str
) -> None:
    index, now = tmp_path / "index", tmp_path / "now"
    command = [sys.executable, "-c", _SCRIPT, str(index), str(articles), moment, str(now)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        assert watching.stdout.readline() == "ready\n"
        now.touch()
        write_stories(articles, {"dolomite.txt": "Dolomite"})
        assert watching.wait(_SECONDS) == -signal.SIGKILL
    with searchkit.open(index) as archive:
        assert set(ids(archive)) >= {"2019/basalt.txt", "2019/cobalt.txt", "amber.txt"}
        archive.index([articles])
        assert ids(archive) == ["2019/basalt.txt", "2019/cobalt.txt", "amber.txt", "dolomite.txt"]
        assert archive.verify().whole
        assert archive.index([articles]).files_read == 0
    assert json.loads((index / "searchkit.json").read_text())["generation"] == 1
