"""kill -9 at seeded moments of runs that bring captures of the same addresses: the latest is found, and none is lost."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, IndexMissing

from .test_kill import _ROUNDS, _belongs_to, _run
from .test_versions import capture, write

_PAGES = 25

Contents = dict[str, tuple[str, tuple[str, ...]]]


def _captures(day: int, pages: range) -> list[dict[str, str]]:
    return [capture(f"{page}-{day}", day, f"state {day} of {page}", f"https://news.example/{page}") for page in pages]


def _write_wire(wire: Path) -> None:
    for name, day in (("a", 4), ("b", 9), ("c", 2), ("d", 7)):
        write(wire / f"{name}.jsonl", *_captures(day, range(_PAGES)))


def _change(wire: Path) -> None:
    """The latest captures are gone, some of the ones before as well; there are earlier ones, and for some pages later ones."""
    (wire / "b.jsonl").unlink()
    write(wire / "d.jsonl", *_captures(7, range(0, _PAGES, 2)))
    write(wire / "e.jsonl", *_captures(1, range(_PAGES)), *_captures(12, range(5)))


def _contents(archive: Archive) -> Contents:
    found: Contents = {}
    for hit in archive.search("*", limit=None, snippets=0):
        assert hit.id not in found, f"{hit.id} is there twice"
        versions = tuple(version.id for version in archive.show(hit.id).versions)
        assert all(archive.show(id).article.body for id in versions)
        found[hit.id] = (hit.article.body, versions)
    return found


@pytest.fixture(scope="module", params=["whoosh", "tantivy"])
def pristine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("captures")
    (folder / "engine").write_text(request.param)
    _write_wire(folder / "wire")
    assert _run(folder / "index", folder / "wire", "first run")[0] == 0
    return folder


@pytest.mark.parametrize("number", range(_ROUNDS))
def test_captures_outlive_being_killed_at_any_moment(pristine: Path, tmp_path: Path, number: int) -> None:
    rng = random.Random(f"captures {number}")
    kind = ("first run", "update that prunes", "rebuild that prunes")[number % 3]
    shutil.copytree(pristine / "wire", tmp_path / "wire")
    shutil.copy(pristine / "engine", tmp_path / "engine")
    index, wire = tmp_path / "index", tmp_path / "wire"
    if kind != "first run":
        shutil.copytree(pristine / "index", index)
        _belongs_to(tmp_path)
        _change(wire)
    shutil.copytree(tmp_path, tmp_path / "whole", ignore=shutil.ignore_patterns("whole"))
    calls = _run(tmp_path / "whole" / "index", tmp_path / "whole" / "wire", kind, moments="writes")[2]

    for _ in range(rng.choice((1, 2))):
        status, _, _ = _run(index, wire, kind, rng.randrange(1, calls + 1), "writes", 1 + number % 2)
        assert status in (-9, 0)
        try:
            with searchkit.open(index) as archive:
                _contents(archive)
        except IndexMissing:
            assert kind == "first run"
    assert _run(index, wire, kind)[0] == 0

    latest = wire.parent / "latest"
    _run(latest, wire, "first run")
    with searchkit.open(index) as archive, searchkit.open(latest) as built:
        assert _contents(archive) == _contents(built)
        assert archive.verify().problems == ()
        if kind != "first run":
            assert len(archive) == _PAGES
