"""What the tests of indexing share: an index, a folder of articles, and a reader that is watched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, Article
from searchkit.readers import text
from searchkit.readers.base import Options, Skip, Source

from .support import write_stories


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder of three articles."""
    texts = {"amber.txt": "Amber", "2019/basalt.txt": "Basalt", "2019/cobalt.txt": "Cobalt"}
    return write_stories(tmp_path / "articles", texts)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty index."""
    with searchkit.create(tmp_path / "index") as made:
        yield made


class Readings:
    """Which text files were read, and what happens instead for some of them."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.raising: dict[str, BaseException] = {}

    def __call__(self, source: Source, options: Options) -> Iterator[Article | Skip]:
        self.read.append(source.relative)
        if source.relative in self.raising:
            raise self.raising[source.relative]
        yield from _READ(source, options)


_READ = text.read


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> Readings:
    """Watches the reader of text files."""
    watched = Readings()
    monkeypatch.setattr(text, "read", watched)
    return watched
