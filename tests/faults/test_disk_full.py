"""A full disk: a clear error, exit 2, the old index intact, and the next run completes.

The disk is a small tmpfs where mounting is allowed; elsewhere a limit on the size of a file stands in for it, which gives
another error (EFBIG instead of ENOSPC) at the same places.
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import searchkit

TMPFS_BYTES = 24_000_000
LEFT_BYTES = 250_000  # for the run that has to fail
BOUND = 120  # seconds for a process: a hang, not a slow machine


class Disk:
    """Somewhere to put an index, which can be made full and given its space back."""

    def __init__(self, folder: Path, mounted: bool) -> None:
        self.folder = folder
        self.mounted = mounted

    def fill(self) -> None:
        if self.mounted:
            free = os.statvfs(self.folder).f_bavail * os.statvfs(self.folder).f_frsize
            (self.folder / "filler").write_bytes(b"x" * max(0, free - LEFT_BYTES))

    def free(self) -> None:
        (self.folder / "filler").unlink(missing_ok=True)

    def limit(self) -> None:
        """In the child, before it runs."""
        if not self.mounted:
            resource.setrlimit(resource.RLIMIT_FSIZE, (LEFT_BYTES, LEFT_BYTES))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={TMPFS_BYTES}", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    yield Disk(folder, mounted)
    if mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def write_articles(folder: Path, names: range) -> None:
    """Articles of words that do not compress."""
    rng = random.Random(names.start)
    folder.mkdir(exist_ok=True)
    for number in names:
        words = " ".join("".join(rng.choices("abcdefghijklmnop", k=8)) for _ in range(250))
        (folder / f"{number:04}.txt").write_text(f"date 2019-02-19 CAIRO — Story{number} {words}.\n")


def run(disk: Disk, *arguments: str, limited: bool = False) -> subprocess.CompletedProcess[str]:
    before: Callable[[], None] | None = disk.limit if limited else None
    return subprocess.run(
        [sys.executable, "-m", "searchkit", *arguments, "--index", str(disk.folder / "index")],
        capture_output=True,
        text=True,
        check=False,
        timeout=BOUND,
        preexec_fn=before,
    )


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
def test_a_full_disk_is_an_error_that_leaves_the_old_index_as_it_was(engine: str, disk: Disk, tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    write_articles(articles, range(20))
    assert run(disk, "index", str(articles), "--engine", engine, "--jobs", "1").returncode == 0
    write_articles(articles, range(20, 420))
    disk.fill()
    failed = run(disk, "index", str(articles), "--jobs", "1", limited=True)
    assert failed.returncode == 2, failed.stderr
    assert "Traceback" not in failed.stderr
    assert any(said in failed.stderr for said in ("No space left", "File too large", "disk is full", "disk I/O")), (
        failed.stderr
    )
    with searchkit.open(disk.folder / "index") as old:
        assert len(old) >= 20
        assert [hit.id for hit in old.search("story7")] == ["0007.txt"]
    disk.free()
    again = run(disk, "index", str(articles), "--jobs", "1")
    assert again.returncode == 0, again.stderr
    with searchkit.open(disk.folder / "index") as whole:
        assert len(whole) == 420
        assert {hit.id for hit in whole.search("*", limit=None)} == {f"{number:04}.txt" for number in range(420)}


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
def test_a_disk_that_fills_during_a_rebuild_or_a_conversion_leaves_the_old_index_as_it_was(
    engine: str, disk: Disk, tmp_path: Path
) -> None:
    articles = tmp_path / "articles"
    write_articles(articles, range(300))
    assert run(disk, "index", str(articles), "--engine", engine, "--jobs", "1").returncode == 0
    other = {"whoosh": "tantivy", "tantivy": "whoosh"}[engine]
    for command in (["index", str(articles), "--rebuild", "--jobs", "1"], ["convert", "--engine", other]):
        disk.fill()
        failed = run(disk, *command, limited=True)
        assert failed.returncode == 2, failed.stderr
        assert "Traceback" not in failed.stderr
        disk.free()
        with searchkit.open(disk.folder / "index") as old:
            assert old.stats().engine == engine
            assert len(old) == 300
            assert old.search("story7").total == 1
        assert run(disk, "verify", "--repair").returncode == 0
