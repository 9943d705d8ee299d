"""What has arrived is read when it is at rest, or was moved into its place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from searchkit.indexing import arrivals
from searchkit.indexing.arrivals import Arrivals

from .support import write


class _Box:
    """A watched folder, and a clock that goes when it is told to."""

    def __init__(self, folder: Path, settle: float = 1.0) -> None:
        self.folder = folder
        self.now = 100.0
        self.arrivals = Arrivals([str(folder)], folder / "index", settle, lambda: self.now)

    def write(self, name: str, text: str = "Amber", mode: str = "w") -> Path:
        """Write a file as a program does that is at it, and have it noticed."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, mode) as file:
            file.write(text)
        _as_just_written(path)
        self.arrivals.notice(str(path))
        return path

    def move_in(self, name: str, text: str = "Amber") -> Path:
        """Move a file into the folder that was complete before."""
        path = self.folder / name
        os.utime(write(self.folder.parent / "outside", text), (1, 1))
        os.replace(self.folder.parent / "outside", path)
        self.arrivals.notice(str(path))
        return path

    def after(self, seconds: float) -> list[str]:
        """What is at rest after so many more seconds."""
        self.now += seconds
        return [os.path.relpath(path, self.folder) for path in self.arrivals.take_at_rest()]


def _as_just_written(path: Path) -> None:
    # What is written has both times alike; a fast test sees them a tick apart when it also makes the file.
    status = path.stat()
    if status.st_ctime_ns != status.st_mtime_ns:
        with open(path, "a") as file:
            file.write(" ")


@pytest.fixture
def box(tmp_path: Path) -> _Box:
    (tmp_path / "box").mkdir()
    return _Box((tmp_path / "box").resolve())


def test_a_new_file_is_left_until_two_looks_at_it_are_the_same(box: _Box) -> None:
    box.write("a.txt")
    assert box.after(0.9) == []
    assert box.after(0.1) == ["a.txt"]
    assert box.after(10) == []


def test_a_file_that_grows_is_left_as_long_as_it_grows(box: _Box) -> None:
    box.write("a.txt")
    for _ in range(5):
        box.write("a.txt", " and more", mode="a")
        assert box.after(1) == []
    assert box.after(1) == ["a.txt"]


def test_a_change_that_keeps_the_size_is_seen_by_the_time(box: _Box) -> None:
    path = box.write("a.txt")
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 1))
    assert box.after(1) == []
    assert box.after(1) == ["a.txt"]


@pytest.mark.skipif(os.name != "posix", reason="only POSIX tells when a file was moved")
def test_what_is_moved_into_its_place_is_at_rest_at_once(box: _Box) -> None:
    box.move_in("a.txt")
    assert box.after(0) == ["a.txt"]


@pytest.mark.skipif(os.name != "posix", reason="only POSIX tells when a file was moved")
def test_a_file_that_is_written_is_read_at_once_when_a_whole_one_takes_its_place(box: _Box) -> None:
    box.write("a.txt")
    box.after(0.5)
    box.move_in("a.txt", "Basalt")
    assert box.after(0) == ["a.txt"]
    assert box.after(10) == []


def test_a_file_that_is_empty_when_it_comes_is_waited_for(box: _Box) -> None:
    box.move_in("a.txt", "")
    assert box.after(0) == []
    assert box.after(1) == ["a.txt"]


def test_a_file_that_goes_before_it_is_at_rest_is_forgotten(box: _Box) -> None:
    box.write("a.txt").unlink()
    assert box.after(1) == []


@pytest.mark.parametrize(
    "name", [".a.txt", "README", "readme.md", "LICENSE", ".git/a.txt", "index/searchkit.json", "index/.a"]
)
def test_what_is_no_candidate_and_the_index_itself_are_passed_over(box: _Box, name: str) -> None:
    path = box.write(name)
    assert box.after(1) == []
    path.unlink()
    box.arrivals.notice(str(path))
    assert box.arrivals.take_gone() == []


def test_a_path_beside_the_folders_is_passed_over(box: _Box, tmp_path: Path) -> None:
    box.arrivals.notice(str(write(tmp_path / "boxes.txt", "Amber")))
    assert box.after(1) == []


def test_what_was_deleted_is_gone_unless_it_has_come_back(box: _Box) -> None:
    one, two = box.write("a.txt"), box.write("b.txt")
    for path in (one, two):
        path.unlink()
        box.arrivals.notice(str(path))
    write(two, "Basalt")
    assert box.arrivals.take_gone() == [str(one)]
    assert box.arrivals.take_gone() == []


def test_a_folder_is_left_until_nothing_in_it_moves(box: _Box) -> None:
    write(box.folder / "new" / "a.txt", "Amber")
    box.arrivals.notice(str(box.folder / "new"))
    write(box.folder / "new" / "deep" / "b.txt", "Basalt")
    assert box.after(1) == []
    assert box.after(1) == []  # it is looked at at longer and longer intervals
    assert box.after(1) == ["new"]


def test_a_folder_that_is_never_at_rest_is_read_as_it_is_in_the_end(box: _Box) -> None:
    write(box.folder / "new" / "a.txt", "Amber")
    box.arrivals.notice(str(box.folder / "new"))
    for number in range(100):
        write(box.folder / "new" / f"{number}.txt", "Basalt")
        if box.after(1):
            break
    assert 20 < number < 70


def test_where_much_arrives_the_folder_is_looked_at_as_a_whole(box: _Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "MOST", 3)
    for number in range(4):
        box.write(f"{number}.txt")
    assert box.after(1) == ["."]
    box.write("4.txt")
    assert box.after(1) == ["4.txt"]
