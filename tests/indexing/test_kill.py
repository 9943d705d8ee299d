"""kill -9 at seeded moments of an index run, a rebuild, and a run that prunes.

However it ends: the index opens, no article of a commit that was reported is missing, none is there twice, and after the
next run the index equals one that was built in one go. ``SEARCHKIT_KILL_ROUNDS`` says how often (10; ``make soak``: 200).
"""

from __future__ import annotations

import functools
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, IndexMissing

from .support import COUNTING, generations, ids, reuters, set_time, write

_ROUNDS = int(os.environ.get("SEARCHKIT_KILL_ROUNDS", "10"))
_FILES, _STORIES, _BATCH = 30, 40, 60
_KINDS = ("first run", "update that prunes", "rebuild", "first run", "rebuild that prunes")

# Prints a line after each commit, with the articles that are in it. Kills itself where it is told to, which is
# as abrupt as being killed by another process: before or after the so-many-th thing that it writes, or else at the
# so-many-th moment of any kind, progress reports included. A clock would seldom hit the moments between two writes.
_SCRIPT = """
import json, sqlite3, sys

index, wire, kind, kill_at, moments = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[6]
import searchkit
from searchkit.indexing import batch, captures, run, sources

batch.MAX_ARTICLES = int(sys.argv[5])
run._SECONDS_BETWEEN_REPORTS = 0
run._LARGE = 0  # so that every file is worth going on in

count_calls(os, *FILES)
count_calls(
    sources.SourcesDb, "begin_source", "note", "finish_source", "forget", "copy_to", "all_to_read", "next_run", "touch",
    "begin_articles", "mark_reached",
)
count_calls(captures.Captures, "take", "without", "unfinished", "committed")

commit = batch.Batcher._commit_taken

def note_commit(self):
    ids = [id for taken in self._uncommitted for id in taken.ids]
    commit(self)
    print(json.dumps(ids), flush=True)

def progress(report):
    if moments == "any":
        count()

batch.Batcher._commit_taken = note_commit
with searchkit.create(index, engine=sys.argv[8]) as archive:
    prune, rebuild, jobs = "prunes" in kind, "rebuild" in kind, int(sys.argv[7])
    archive.index([wire], prune=prune, rebuild=rebuild, jobs=jobs, progress=progress)
print(json.dumps({"calls": calls}), flush=True)
"""


def _run(
    index: Path, wire: Path, kind: str, kill_at: int = 0, moments: str = "any", jobs: int = 1
) -> tuple[int, list[str], int]:
    """Index in a process of its own. Returns its status, the articles that it reported as committed, and the calls."""
    command = [
        sys.executable,
        "-c",
        COUNTING + _SCRIPT,
        str(index),
        str(wire),
        kind,
        str(kill_at),
        str(_BATCH),
        moments,
    ]
    command += [str(jobs), (wire.parent / "engine").read_text()]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    committed: list[str] = []
    calls = 0
    for line in ended.stdout.splitlines():
        said = json.loads(line)
        if isinstance(said, dict):
            calls = said["calls"]
        else:
            committed += said
    return ended.returncode, committed, calls


def _write_wire(wire: Path) -> None:
    for number in range(_FILES):
        write(wire / f"{number:02}.sgm", reuters(range(number, number + _STORIES)))


def _change(wire: Path) -> None:
    """Some files give other articles, fewer, or more; some are gone; some are only touched; some are new."""
    for number in range(0, _FILES, 6):
        file = wire / f"{number:02}.sgm"
        write(file, reuters(range(number + 5, number + _STORIES + number % 4), "coffee"))
        set_time(file, 10)
        set_time(wire / f"{number + 1:02}.sgm", 10)
        (wire / f"{number + 2:02}.sgm").unlink()
        write(wire / f"new-{number:02}.sgm", reuters(range(number, number + 20)))


@pytest.fixture(scope="module", params=["whoosh", "tantivy"])
def pristine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files and an index of them, on each engine in turn."""
    folder = tmp_path_factory.mktemp("kill")
    (folder / "engine").write_text(request.param)
    _write_wire(folder / "wire")
    status, committed, _ = _run(folder / "index", folder / "wire", "first run")
    assert status == 0
    assert len(committed) == _FILES * _STORIES
    return folder


_QUERIES = ("*", "cocoa", "coffee", '"report 17"', "oil trade", "grain OR copper", "date:1987-03-05 harbour", "strik*")

Contents = tuple[dict[str, tuple[object, ...]], dict[str, dict[str, float]]]


def _contents(archive: Archive) -> Contents:
    """Everything in an index, and what searches give, with their scores."""
    articles = {}
    for hit in archive.search("*", limit=None, snippets=0):
        assert hit.id not in articles, f"{hit.id} is there twice"
        articles[hit.id] = (hit.title, hit.article.body, hit.date, hit.article.time)
    found = {query: {hit.id: hit.score for hit in archive.search(query, limit=None, snippets=0)} for query in _QUERIES}
    return articles, found


@functools.cache
def _built_in_one_go(folder: Path, changed: bool) -> Contents:
    wire = folder / "wire"
    if changed:
        wire = folder / "changed" / "wire"
        shutil.copytree(folder / "wire", wire)
        shutil.copy(folder / "engine", wire.parent)
        _change(wire)
    _run(wire.parent / "whole", wire, "first run")
    with searchkit.open(wire.parent / "whole") as archive:
        return _contents(archive)


@functools.cache
def _calls(folder: Path, kind: str, moments: str, jobs: int) -> int:
    """How many moments there are in a whole run of this kind."""
    work = folder / f"{kind} {moments} {jobs}"
    _prepare(folder, work, kind)
    return _run(work / "index", work / "wire", kind, moments=moments, jobs=jobs)[2]


def _prepare(folder: Path, work: Path, kind: str) -> None:
    shutil.copytree(folder / "wire", work / "wire")
    shutil.copy(folder / "engine", work / "engine")
    if kind != "first run":
        # The index comes along; it finds the files where they lie beside it now.
        shutil.copytree(folder / "index", work / "index")
        _belongs_to(work)
        _change(work / "wire")


def _belongs_to(work: Path) -> None:
    """Have a copied index take its own copy of the files for what it was made from."""
    import sqlite3

    (database,) = work.glob("index/generations/*/sources.db")
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("UPDATE roots SET path = ?", (str(work / "wire"),))
    connection.close()


@pytest.mark.parametrize("number", range(_ROUNDS))
def test_an_index_outlives_being_killed_at_any_moment(pristine: Path, tmp_path: Path, number: int) -> None:
    kind = _KINDS[number % len(_KINDS)]
    jobs = 1 + number // len(_KINDS) % 2
    rng = random.Random(f"kill {number}")
    _prepare(pristine, tmp_path, kind)
    index, wire = tmp_path / "index", tmp_path / "wire"
    before: list[str] = []
    if kind != "first run":
        with searchkit.open(index) as archive:
            before = ids(archive)
    last_generation = generations(index) if before else []

    # Killed once, or again while it is at repairing what the first kill has left.
    for _ in range(rng.choice((1, 1, 2))):
        moments = rng.choice(("any", "writes"))
        kill_at = rng.randrange(1, _calls(pristine, kind, moments, jobs) + 1)
        status, committed, _ = _run(index, wire, kind, kill_at, moments, jobs)
        if status == 0:  # the second time there may be less to do
            break
        assert status == -9
        try:
            archive = searchkit.open(index)
        except IndexMissing:
            assert kind == "first run"
            assert not committed
            continue
        with archive:
            there = ids(archive)
            assert len(there) == len(set(there))
            swapped = archive._live.manifest.generation != 1
            if "rebuild" not in kind or swapped:
                assert set(committed) <= set(there)
            assert set(before) - _dropped(wire, "prunes" in kind) <= set(there)
            if "rebuild" in kind and not swapped:
                assert there == before
    assert last_generation in ([], ["000001"])

    _run(index, wire, kind)
    with searchkit.open(index) as archive:
        articles, found = _contents(archive)
        expected_articles, expected_found = _built_in_one_go(pristine, changed=kind != "first run")
        if kind == "rebuild":  # which keeps what is gone
            gone = {id for id in articles if id not in expected_articles}
            assert gone == {f"{n + 2:02}.sgm#{s}" for n in range(0, _FILES, 6) for s in range(n + 2, n + 2 + _STORIES)}
            archive.index([wire], prune=True)
            archive.index([wire], rebuild=True)
            articles, found = _contents(archive)
        assert articles == expected_articles
        assert {query: set(hits) for query, hits in found.items()} == {
            query: set(hits) for query, hits in expected_found.items()
        }
        # Articles that were replaced count in the frequencies of terms until their segment is merged; made anew, they do not.
        archive.index([wire], rebuild=True)
        articles, found = _contents(archive)
        assert articles == expected_articles
        for query, hits in expected_found.items():
            assert found[query] == pytest.approx(hits, rel=1e-5)
        assert archive.index([wire]).files_read == 0
    assert len(generations(index)) == 1


def _dropped(wire: Path, prunes: bool) -> set[str]:
    """The articles that changed files do not hold any more, and for a run that prunes those of files that are gone."""
    held = {}
    for file in wire.glob("*.sgm"):
        text = file.read_text()
        held[file.name] = {number for number in range(2 * _FILES + _STORIES) if f'NEWID="{number}"' in text}
    before = {f"{n:02}.sgm": set(range(n, n + _STORIES)) for n in range(_FILES)}
    return {f"{name}#{s}" for name in before if prunes or name in held for s in before[name] - held.get(name, set())}
