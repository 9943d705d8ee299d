"""The sample articles and their index, in a folder of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive
from tests.docs.running import make_folder


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the sample articles, in a folder with them, that tests only read."""
    return make_folder(tmp_path_factory.mktemp("samples") / "here", indexed=True) / "index"


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[bool], Path]:
    """Makes a fresh folder with the sample articles, and with their index or without."""
    return lambda indexed: make_folder(tmp_path / "here", indexed)


@pytest.fixture
def archive(samples: Path) -> Iterator[Archive]:
    """The sample articles, to be searched."""
    with searchkit.open(samples) as opened:
        yield opened
