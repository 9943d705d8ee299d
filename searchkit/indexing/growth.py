"""Growth: which engine an index is on, by what was asked for and by its size."""

from __future__ import annotations

from pathlib import Path

from searchkit import engines
from searchkit.errors import NothingToIndex
from searchkit.indexing.walk import walk
from searchkit.reports import Skipped

GROWTH_THRESHOLD = 2_000
"""Articles past which an index that was left to choose goes on to Tantivy.

Measured by ``benchmarks/growth.py`` on Reuters stories: at 500 articles both answer alike; from 1,000 on Tantivy answers 1.2
times as fast, and indexes 1.4 times as fast, rising to 1.8 times at 8,000. At 2,000 the gain is past doubt, and rewriting
takes half a second.
"""

CLUSTER_THRESHOLD = 100_000_000
"""Articles past which one machine is too little for an index that was left to choose: from there on a query of a common word
takes most of a second of a core (``docs/sizing.md``). Nobody but its owner can say which cluster it may move to.
"""

_CLEARLY = 2
_BYTES_OF_AN_ARTICLE = 4_096
_GZIP_FACTOR = 4
"""A run that has twice the threshold's bytes to read, compressed ones counted four times, passes it without a doubt."""


def first_engine(policy: str) -> str:
    """What an empty index is made on."""
    return "whoosh" if policy == "auto" else policy


def engine_to_fill(policy: str, engine: str, articles: int, paths: list[Path], index: Path, streamed: int = 0) -> str:
    """What a run should write to that begins with an empty generation, which will hold ``articles`` at least, what is under
    some paths, and so many bytes of standard input.
    """
    wanted = engine_for(policy, engine, articles)
    if policy == "auto" and wanted == "whoosh" and _has_much(paths, index, streamed) and engines.available("tantivy"):
        return "tantivy"
    return wanted


def engine_for(policy: str, engine: str, articles: int) -> str:
    """What an index should be on, which is on ``engine`` and has so many articles. One that has grown never goes back."""
    if policy != "auto":
        return policy
    return "tantivy" if has_outgrown(engine, articles) and engines.available("tantivy") else engine


def has_outgrown(engine: str, articles: int) -> bool:
    """Whether an engine is for fewer articles than these."""
    most = {"whoosh": GROWTH_THRESHOLD, "tantivy": CLUSTER_THRESHOLD}.get(engine)
    return most is not None and articles > most


def rewritten(policy: str, before: str, engine: str, seconds: float) -> str:
    """What is said of an index that has changed its engine in a run."""
    why = f"it holds more than {GROWTH_THRESHOLD:,} articles" if policy == "auto" else "that engine was asked for"
    return f"The index was rewritten from {before} to {engine} in {seconds:.1f} s: {why}."


def advice(engine: str) -> str:
    """What is said once of an index that has outgrown its engine and stays there: Tantivy cannot be imported, or the next step
    is a cluster.
    """
    if engine == "tantivy":
        return (
            f"The index holds more than {CLUSTER_THRESHOLD:,} articles, which is much for one machine. A cluster searches parts "
            "of it at the same time and keeps copies: searchkit convert --engine opensearch --url URL"
        )
    return (
        f"The index holds more than {GROWTH_THRESHOLD:,} articles and stays on whoosh, since tantivy cannot be imported: "
        "to bring articles in takes nearly twice as long, and to search a little longer. To change that: "
        "pip install tantivy"
    )


def _has_much(paths: list[Path], index: Path, streamed: int) -> bool:
    """Whether there is enough under some paths to pass the threshold. Looks no further than it takes to know."""
    left = _CLEARLY * GROWTH_THRESHOLD * _BYTES_OF_AN_ARTICLE - streamed
    if left <= 0:
        return True
    try:
        for found in walk(paths, index):
            if not isinstance(found, Skipped):
                left -= found.size * (_GZIP_FACTOR if found.path.endswith(".gz") else 1)
                if left <= 0:
                    return True
    except NothingToIndex:
        pass  # the run says so itself
    return False
