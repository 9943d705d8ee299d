"""The engines that the suite runs on. A new engine is one line."""

from __future__ import annotations

import atexit
import functools
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path

import pytest

from searchkit import engines
from searchkit.analysis import Analyzer, index_fields
from searchkit.article import Article
from searchkit.engines import cluster
from searchkit.engines.base import Engine
from tests.conftest import ROOT, cannot_run

sys.path.append(str(ROOT / "scripts"))

from opensearch_cluster import Cluster, missing

ENGINES = ["memory", "whoosh", "tantivy", "opensearch-1", "opensearch-3"]
"""OpenSearch comes with one shard, and with three: what is counted and ranked on several must not differ."""

EMBEDDED = ["whoosh", "tantivy"]
ON_CLUSTER = [name for name in ENGINES if name.startswith("opensearch")]
"""The engines that are compared with the oracle; a cluster takes a while over each index, and is asked less."""

LIBRARIES = {"tantivy": "tantivy", "opensearch": "opensearchpy"}

MakeEngine = Callable[[Iterable[Article]], Engine]


def build(name: str, folder: Path, articles: Iterable[Article], batch: int = 1000, language: str = "english") -> Engine:
    """An engine that holds these articles, committed in batches. One whose library is not installed is skipped on a user's
    machine, and fails in CI.
    """
    name, _, shards = name.partition("-")
    if name in LIBRARIES and find_spec(LIBRARIES[name]) is None:
        cannot_run(f"{name} is not installed: pip install {engines._PACKAGES[name]}")
    if name == "opensearch":
        place_on_cluster(folder, int(shards))
    engine = engines.load(name).create(folder, Analyzer(language))
    waiting = list(articles)
    with engine.writer() as writer:
        for start in range(0, len(waiting), batch):
            writer.add(writer.preparer(waiting[start : start + batch]))
            writer.commit()
    engine.reload()
    return engine


@functools.cache
def node() -> Cluster:
    """A cluster of one node, which is there until this process ends."""
    if why := missing():
        cannot_run(why)
    folder = Path(tempfile.mkdtemp(prefix="searchkit-node-"))
    atexit.register(
        shutil.rmtree, folder, ignore_errors=True
    )  # after the node, which is stopped before, as it came later
    started = Cluster(folder, nodes=1)
    started.up()
    return started


_made: dict[Path, str] = {}
"""The indexes on the node, by the folders of their engines."""


def with_words(held: list[Article], language: str = "english") -> list[Article]:
    """Those of some articles whose text has a word: OpenSearch counts the others as of one word each (divergence 3)."""
    analyzer = Analyzer(language)
    return [story for story in held if any(index_fields(story, analyzer)["text"].exact)]


def place_on_cluster(folder: Path, shards: int = 1) -> cluster.Cluster:
    """Name an index on the node in an engine's folder. Those of folders that are gone are removed."""
    for other in [other for other in _made if not other.exists()]:
        node().request("DELETE", f"/{_made.pop(other)}")
    index = f"searchkit-{uuid.uuid4().hex}-000001"
    place = cluster.Cluster(node().urls[0], index.removesuffix("-000001"), index, shards, replicas=0)
    cluster.write_cluster(folder, place)
    _made[folder] = index
    return place


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
