"""A run that is interrupted keeps what it has committed, lets go of the lock, and is finished by the next one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, Progress

from .support import ids, reuters, rewrite, write

_FILES, _STORIES, _BATCH = 6, 10, 7


@pytest.fixture
def wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Some files of stories, and batches that end in the midst of them."""
    monkeypatch.setattr("searchkit.indexing.batch.MAX_ARTICLES", _BATCH)
    for number in range(_FILES):
        write(tmp_path / "wire" / f"{number}.sgm", reuters(range(1, _STORIES + 1)))
    return tmp_path / "wire"


class _Interrupt:
    """Raises KeyboardInterrupt at the so-many-th report of a phase."""

    def __init__(self, phase: str, number: int) -> None:
        self._phase = phase
        self._left = number

    def __call__(self, report: Progress) -> None:
        self._left -= report.phase == self._phase
        if not self._left:
            raise KeyboardInterrupt


@pytest.mark.parametrize("commit", range(1, 10))
def test_what_was_committed_stays_and_the_next_run_finishes(
    archive: Archive, wire: Path, tmp_path: Path, commit: int
) -> None:
    with pytest.raises(KeyboardInterrupt):
        archive.index([wire], progress=_Interrupt("committing", commit))
    with searchkit.open(tmp_path / "index") as other:
        assert len(ids(other)) == len(set(ids(other))) == min((commit - 1) * _BATCH, _FILES * _STORIES)
        summary = other.index([wire], wait=0)
        assert summary.total == _FILES * _STORIES
        assert ids(other) == sorted(f"{f}.sgm#{s}" for f in range(_FILES) for s in range(1, _STORIES + 1))
        assert other.index([wire]).files_read == 0


def test_an_interruption_while_a_file_is_read_leaves_it_to_the_next_run(
    archive: Archive, wire: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchkit.indexing.run._SECONDS_BETWEEN_REPORTS", 0)
    with pytest.raises(KeyboardInterrupt):
        archive.index([wire], progress=_Interrupt("reading", 23))
    summary = archive.index([wire], wait=0)
    assert (summary.total, len(ids(archive))) == (_FILES * _STORIES, _FILES * _STORIES)


def test_an_interruption_when_all_is_done_loses_nothing(archive: Archive, wire: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        archive.index([wire], progress=_Interrupt("done", 1))
    summary = archive.index([wire], wait=0)
    assert (summary.files_read, summary.total) == (0, _FILES * _STORIES)


@pytest.mark.parametrize("commit", range(1, 5))
def test_a_run_over_changed_files_that_is_interrupted_is_finished(archive: Archive, wire: Path, commit: int) -> None:
    archive.index([wire])
    for number in range(0, _FILES, 2):
        rewrite(wire / f"{number}.sgm", reuters(range(3, _STORIES), "coffee"))
    (wire / "1.sgm").unlink()
    with pytest.raises(KeyboardInterrupt):
        archive.index([wire], prune=True, progress=_Interrupt("committing", commit))
    archive.index([wire], prune=True, wait=0)
    expected = [f"{f}.sgm#{s}" for f in range(0, _FILES, 2) for s in range(3, _STORIES)]
    assert ids(archive, "coffee") == sorted(expected)
    assert ids(archive, "cocoa") == sorted(f"{f}.sgm#{s}" for f in (3, 5) for s in range(1, _STORIES + 1))


def test_a_batch_is_committed_when_enough_time_has_passed(
    archive: Archive, wire: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchkit.indexing.run._SECONDS_BETWEEN_COMMITS", -1)
    phases = []
    archive.index([wire], progress=lambda report: phases.append(report.phase))
    assert phases.count("committing") == _FILES * _STORIES + 1


_PEAK = """
import json, sys, tracemalloc
import searchkit
from searchkit.indexing import batch

batch.MAX_ARTICLES = 200
with searchkit.create(sys.argv[1] + "-warm") as archive:
    archive.index([sys.argv[2] + "/0.sgm"], jobs=1)
tracemalloc.start()
with searchkit.create(sys.argv[1]) as archive:
    tracemalloc.reset_peak()
    total = archive.index([sys.argv[2]], jobs=1).total
print(json.dumps([total, tracemalloc.get_traced_memory()[1]]))
"""


def _peak(tmp_path: Path, files: int) -> float:
    """The most memory that indexing so many files takes, in a process of its own."""
    wire = tmp_path / f"wire-{files}"
    for number in range(files):
        write(wire / f"{number}.sgm", reuters(range(1, 101)))
    command = [sys.executable, "-c", _PEAK, str(tmp_path / f"index-{files}"), str(wire)]
    total, peak = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert total == files * 100
    return float(peak)


def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    small, large = _peak(tmp_path, 10), _peak(tmp_path, 40)
    # Four times the articles. What segments are merged with is granted: their ids and vocabularies, but no text.
    assert large < 2 * small, f"{small / 1e6:.1f} MB for 1,000 articles, {large / 1e6:.1f} MB for 4,000"
