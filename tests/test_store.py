"""The index folder: the lock that a writer holds, and the manifest."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, IndexCorrupt, IndexLocked, IndexMissing, IndexTooNew
from searchkit.store import FORMAT_VERSION, Manifest, Settings, Store

_HOLD = """
import sys
from pathlib import Path
from searchkit.store import Store

with Store(Path(sys.argv[1])).lock(10):
    print("locked", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index of one article."""
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "amber.txt").write_text("date 2019-02-19 BEIRUT, Lebanon — Amber was found.\n")
    with searchkit.create(tmp_path / "index") as archive:
        archive.index([tmp_path / "articles"])
    return tmp_path / "index"


@contextmanager
def _held(index: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    command = [sys.executable, "-c", _HOLD, str(index), "a command"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def test_a_second_writer_waits_and_then_names_the_process_that_holds_the_lock(index: Path) -> None:
    with _held(index) as holder, searchkit.open(index) as archive:
        for write in (
            lambda: archive.index([index.parent / "articles"], wait=0.2),
            lambda: archive.remove(["amber.txt"], wait=0),
        ):
            with pytest.raises(IndexLocked) as raised:
                write()
            assert f"process {holder.pid} (-c {index} a command) since " in str(raised.value)
            assert "--wait" in str(raised.value)
        assert archive.search("amber").total == 1


def test_a_writer_that_waits_goes_on_when_the_other_one_is_done(index: Path) -> None:
    with _held(index) as holder, searchkit.open(index) as archive:
        assert holder.stdin is not None
        print(file=holder.stdin, flush=True)  # the holder lets go as soon as it sees this
        assert archive.index([index.parent / "articles"], wait=60).unchanged == 1


def test_the_lock_of_a_killed_process_is_no_lock(index: Path) -> None:
    with _held(index) as holder:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert (index / "lock").exists()
        with searchkit.open(index) as archive:
            assert archive.index([index.parent / "articles"], wait=0).unchanged == 1
    assert not (index / "lock").exists()


def test_a_holder_that_says_nothing_of_itself_is_another_process(index: Path) -> None:
    with _held(index), searchkit.open(index) as archive:
        (index / "lock").write_text("[]")
        with pytest.raises(IndexLocked, match="being written by another process"):
            archive.remove(["amber.txt"], wait=0)


def test_readers_are_never_held_up(index: Path) -> None:
    with _held(index), searchkit.open(index) as archive, searchkit.create(index) as created:
        for one in (archive, created):
            assert one.search("amber").total == 1
            assert one.show("amber.txt").id == "amber.txt"
            assert one.stats().sources == 1
            one.reload()


def test_the_lock_is_free_after_an_error(index: Path) -> None:
    store = Store(index)
    with pytest.raises(RuntimeError), store.lock(0):
        raise RuntimeError
    with store.lock(0):
        assert json.loads((index / "lock").read_text())["pid"] == os.getpid()
    assert not (index / "lock").exists()


def test_two_archives_in_one_process_do_not_write_at_once(index: Path) -> None:
    with searchkit.open(index) as one, searchkit.open(index) as two:
        reached = []

        def write_too(_: object) -> None:
            with pytest.raises(IndexLocked):
                two.remove(["amber.txt"], wait=0)
            reached.append(True)

        one.index([index.parent / "articles"], progress=write_too)
        assert reached
        assert two.remove(["amber.txt"], wait=0)


def test_two_processes_that_make_the_same_index_at_once_make_one(tmp_path: Path) -> None:
    script = "import searchkit, sys; print(len(searchkit.create(sys.argv[1])))"
    command = [sys.executable, "-c", script, str(tmp_path / "index")]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate()[0] for process in processes] == ["0\n"] * 3
    assert [folder.name for folder in (tmp_path / "index" / "generations").iterdir()] == ["000001"]


def test_no_index_is_an_error_that_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="make one with: searchkit index PATH"):
        searchkit.open(tmp_path / "index")
    assert not (tmp_path / "index").exists()


def test_a_newer_format_is_refused_with_the_version_that_wrote_it(index: Path) -> None:
    manifest = json.loads((index / "searchkit.json").read_text())
    manifest |= {"format": FORMAT_VERSION + 1, "written_by": "searchkit 9.8", "settings": "of another kind"}
    (index / "searchkit.json").write_text(json.dumps(manifest))
    for attempt in (searchkit.open, searchkit.create):
        with pytest.raises(IndexTooNew, match=rf"has format {FORMAT_VERSION + 1}; it was written by searchkit 9\.8"):
            attempt(index)


_WHOLE = {
    "engine": "whoosh",
    "settings": {"language": "english", "day_first": False, "timezone": None},
    "generation": 1,
    "created": "2024-01-01T00:00:00+00:00",
    "format": 1,
    "analyzer": 1,
}


@pytest.mark.parametrize(
    "written",
    [
        "",
        "{",
        "[]",
        "7",
        "null",
        "{}",
        "\0\1\2",
        "[" * 100_000,
        b"\xff\xfe",
        {**_WHOLE, "settings": None},
        {**_WHOLE, "settings": {"colour": "red"}},
        {**_WHOLE, "settings": {"language": 5}},
        {**_WHOLE, "settings": {"language": "klingon"}},
        {**_WHOLE, "settings": {"day_first": "maybe"}},
        {**_WHOLE, "settings": {"timezone": ["Europe/Berlin"]}},
        {**_WHOLE, "engine": "elsewhere"},
        {**_WHOLE, "engine": "../../etc"},
        {**_WHOLE, "generation": "first"},
        {**_WHOLE, "generation": 12},
        {**_WHOLE, "format": None},
        {**_WHOLE, "format": "1.0"},
        {**_WHOLE, "analyzer": []},
        {key: value for key, value in _WHOLE.items() if key != "generation"},
    ],
    ids=str,
)
def test_a_manifest_that_is_none_is_refused(index: Path, written: object) -> None:
    file = index / "searchkit.json"
    if isinstance(written, bytes):
        file.write_bytes(written)
    else:
        file.write_text(written if isinstance(written, str) else json.dumps(written))
    with pytest.raises(IndexCorrupt, match=str(index.name)):
        searchkit.open(index)


def test_a_manifest_that_is_a_folder_is_refused(index: Path) -> None:
    (index / "searchkit.json").unlink()
    (index / "searchkit.json").mkdir()
    with pytest.raises(IndexCorrupt):
        searchkit.open(index)


def test_the_manifest_gives_back_what_was_written(tmp_path: Path) -> None:
    store = Store(tmp_path / "index")
    written = Manifest("whoosh", Settings("french", True, "Europe/Paris"), 3, "2024-01-01T00:00:00+00:00")
    store.write(written)
    assert store.read() == written
    assert sorted(path.name for path in store.path.iterdir()) == ["searchkit.json"]


def test_a_manifest_is_replaced_as_a_whole_or_not_at_all(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(index)
    before = store.read()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        store.write(Manifest("whoosh", Settings(), 77, "now"))
    assert store.read() == before
    assert searchkit.open(index).search("amber").total == 1


def test_what_a_killed_rebuild_left_does_not_get_into_the_next_one(index: Path) -> None:
    left = index / "generations" / "000002" / "engine"
    left.mkdir(parents=True)
    (left / "_MAIN_7.toc").write_bytes(b"half")
    with searchkit.open(index) as archive:
        assert archive.index([], rebuild=True).total == 1
        assert isinstance(archive, Archive)
    assert [folder.name for folder in (index / "generations").iterdir()] == ["000002"]
    assert not (left / "_MAIN_7.toc").exists()


def test_the_size_is_that_of_the_files(index: Path) -> None:
    total = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    assert Store(index).size() == total
