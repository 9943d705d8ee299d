"""``searchkit watch`` as people run it: a process, files that come while it runs, and the lines that it prints."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

import searchkit

from .conftest import COMMAND

_SECONDS = 120.0


def _story(text):
    return f"date 2019-02-19 CAIRO — {text} was in the news.\n"


class Watcher:
    """A running ``searchkit watch``. Its lines are waited for, never the clock."""

    def __init__(self, index: Path, *args: str) -> None:
        self._process = subprocess.Popen(
            [*COMMAND, "watch", *args, "--index", str(index), "--jobs", "1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.out, self.err = (self._lines(stream) for stream in (self._process.stdout, self._process.stderr))

    def _lines(self, stream: IO[str] | None) -> queue.Queue[str]:
        lines: queue.Queue[str] = queue.Queue()

        def read() -> None:
            for line in stream or ():
                lines.put(line.rstrip("\n"))

        threading.Thread(target=read, daemon=True).start()
        return lines

    def until(self, text: str) -> list[str]:
        """The lines up to and with one that has this in it."""
        seen = []
        while True:
            try:
                seen.append(self.err.get(timeout=_SECONDS))
            except queue.Empty:
                raise AssertionError(f"{text!r} did not come, but {seen}") from None
            if text in seen[-1]:
                return seen

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Stop it, and give its status."""
        self._process.send_signal(how)
        status = self._process.wait(_SECONDS)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        return status


@pytest.fixture
def box(tmp_path: Path, environment: None) -> Path:
    """A folder with one article."""
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "first.txt").write_text(_story("Amber"))
    return tmp_path / "box"


@pytest.fixture
def watch(tmp_path: Path, box: Path) -> Iterator[Callable[..., Watcher]]:
    """Starts a watcher of the folder, and waits until it watches."""
    started: list[Watcher] = []

    def watch(*args: str) -> Watcher:
        watcher = Watcher(tmp_path / "index", str(box), *args)
        started.append(watcher)
        if "--quiet" not in args:
            watcher.until("Watching. Stop with Ctrl-C.")
        return watcher

    yield watch
    for watcher in started:
        if watcher._process.poll() is None:
            watcher.stop(signal.SIGKILL)


def _count(tmp_path: Path, query: str = "*") -> int:
    with searchkit.open(tmp_path / "index") as archive:
        return archive.search(query).total


def test_what_arrives_is_a_line_and_is_found(watch, box, tmp_path):
    watcher = watch("--settle", "0")
    (box / "second.txt").write_text(_story("Basalt"))
    (line,) = watcher.until("(1 file)")
    assert line[2] == line[5] == ":"
    assert line[8:] == " added 1 article (1 file)"
    assert _count(tmp_path, "basalt") == 1
    (box / "first.txt").write_text(_story("Agate"))
    assert watcher.until("(1 file)")[-1].endswith(" updated 1 article (1 file)")
    assert watcher.stop() == 0


@pytest.mark.skipif(os.name != "posix", reason="only POSIX tells when a file was moved")
def test_a_file_that_is_written_is_left_and_one_that_is_moved_into_its_place_is_not(watch, box, tmp_path):
    watcher = watch("--settle", "3600")
    (box / "written.txt").write_text(_story("Cobalt"))
    for name in ("moved", "again"):
        (tmp_path / name).write_text(_story("Basalt"))
        os.utime(tmp_path / name, (1, 1))
        os.replace(tmp_path / name, box / f"{name}.txt")
        assert watcher.until("(1 file)")[-1].endswith(" added 1 article (1 file)")
    assert (_count(tmp_path, "basalt"), _count(tmp_path, "cobalt")) == (2, 0)
    assert watcher.stop() == 0


def test_a_file_that_comes_bit_by_bit_is_read_once_and_whole(watch, box, tmp_path):
    watcher = watch("--settle", "1")
    done = threading.Event()

    def write() -> None:
        with open(box / "slow.txt", "w") as file:
            file.write(_story("Basalt"))
            while not done.wait(0.02):
                file.write("More. ")
                file.flush()
            file.write("Cobalt is the last word.")

    writing = threading.Thread(target=write)
    writing.start()
    # While it grows, others come and are read.
    for name in ("one", "two"):
        (box / f"{name}.txt").write_text(_story("Dolomite"))
        assert watcher.until("(1 file)")[-1].endswith(" added 1 article (1 file)")
        assert _count(tmp_path, "basalt") == 0
    done.set()
    writing.join()
    assert watcher.until("(1 file)")[-1].endswith(" added 1 article (1 file)")
    assert _count(tmp_path, "basalt cobalt") == 1
    assert watcher.stop() == 0


def test_what_goes_is_removed_where_it_prunes(watch, box, tmp_path):
    watcher = watch("--settle", "0", "--prune")
    (box / "first.txt").unlink()
    assert [line[9:] for line in watcher.until("(0 files)")] == ["removed 1 article (0 files)"]
    assert _count(tmp_path) == 0
    assert watcher.stop() == 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_being_stopped_is_no_error(watch, box, tmp_path, how):
    watcher = watch()
    assert watcher.stop(how) == 0
    assert _count(tmp_path) == 1


def test_json_is_a_summary_a_line(watch, box):
    watcher = watch("--settle", "0", "--json")
    first = json.loads(watcher.out.get(timeout=_SECONDS))
    assert (first["schema"], first["added"]) == ("searchkit.summary/1", 1)
    (box / "second.txt").write_text(_story("Basalt"))
    second = json.loads(watcher.out.get(timeout=_SECONDS))
    assert (second["added"], second["files_read"], second["total"]) == (1, 1, 2)
    assert watcher.stop() == 0


def test_what_could_not_be_read_is_named_and_reported(watch, box, tmp_path):
    report = tmp_path / "report.jsonl"
    watcher = watch("--settle", "0", "--quiet", "--report", str(report))
    (box / "empty.txt").write_text("\n")
    (line,) = watcher.until("empty.txt")
    assert line.startswith("skipped ")
    assert json.loads(report.read_text())["kind"] == "empty"
    assert watcher.stop() == 0


def test_no_folder_and_no_library_are_errors(run, box, tmp_path, monkeypatch):
    index = ("--index", str(tmp_path / "index"))
    assert run("watch", str(box / "first.txt"), *index).status == 2
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    ran = run("watch", str(box), *index)
    assert ran.status == 2
    assert ran.err == "searchkit: watching needs watchfiles: pip install 'searchkit[watch]'\n"
