"""The engines that the suite runs on. A new engine is one line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path

import pytest

from searchkit import engines
from searchkit.analysis import Analyzer
from searchkit.article import Article
from searchkit.engines.base import Engine

ENGINES = ["memory", "whoosh", "tantivy"]

MakeEngine = Callable[[Iterable[Article]], Engine]


def build(name: str, folder: Path, articles: Iterable[Article], batch: int = 1000, language: str = "english") -> Engine:
    """An engine that holds these articles, committed in batches. One whose library is not installed is skipped on a user's
    machine, and fails in CI.
    """
    if name == "tantivy" and find_spec("tantivy") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("tantivy is not installed: pip install tantivy")
    engine = engines.load(name).create(folder, Analyzer(language))
    waiting = list(articles)
    with engine.writer() as writer:
        for start in range(0, len(waiting), batch):
            writer.add(writer.preparer(waiting[start : start + batch]))
            writer.commit()
    engine.reload()
    return engine


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """The name of each engine in turn."""
    return str(request.param)


@pytest.fixture
def make_engine(engine_name: str, tmp_path: Path) -> MakeEngine:
    """Makes an engine that holds some articles."""
    count = 0

    def make(articles: Iterable[Article], batch: int = 1000) -> Engine:
        nonlocal count
        count += 1
        return build(engine_name, tmp_path / f"engine{count}", articles, batch)

    return make
