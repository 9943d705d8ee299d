"""One index made by one engine in a process of its own: fresh caches, and a peak of memory that is its alone.

    python -m benchmarks.build ENGINE ARTICLES FOLDER [--one-core]

Prints a JSON object. The time runs from the first file to the end of the commit, without Python's start and imports.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from benchmarks.big_peers import BIG_PEERS
from benchmarks.peers import PEERS


def main(engine: str, articles: str, folder: str, *options: str) -> None:
    if "--one-core" in options:
        # The processes that an engine starts inherit this.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    peer = (PEERS | BIG_PEERS)[engine](Path(folder))
    before = time.process_time()
    began = time.perf_counter()
    count = peer.build(Path(articles))
    seconds = time.perf_counter() - began
    here, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    unit = 1 if sys.platform == "darwin" else 1024
    result = {
        "articles": count,
        "seconds": seconds,
        "cpu_seconds": time.process_time() - before + children.ru_utime + children.ru_stime,
        "peak_bytes": here.ru_maxrss * unit,
        "largest_child_bytes": children.ru_maxrss * unit,
        "index_bytes": sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
