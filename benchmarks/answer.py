"""Many queries answered by a raw tantivy loop in a process of its own, as JSON lines: what ``--batch`` is held against.

python -m benchmarks.answer FOLDER NUMBER
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from benchmarks.big_peers import RawTantivy
from benchmarks.peers import Ask

SEED = 10_000

_WORDS = """
oil bank company trade said prices market rates dollar shares profit wheat gold strike merger budget export tariff crude
tanker copper sugar coffee cocoa pipeline dividend inflation deficit earnings treasury embargo drought hurricane strait
minister president government refinery soybean corn yen sterling bond mortgage acquisition subsidiary quarter forecast
"""
WORDS = _WORDS.split()
PHRASES = (
    "crude oil",
    "interest rates",
    "joint venture",
    "prime minister",
    "central bank",
    "money market",
    "oil prices",
)
PREFIXES = ("refin", "tarif", "inflat", "evacu", "pipelin", "drough", "wheat")


def batch(number: int) -> list[Ask]:
    """Queries of all kinds, the same ones every time, each with one snippet a hit."""
    rng = random.Random(SEED)
    asks = []
    for _ in range(number):
        kind = rng.choice(("word", "word", "and", "or", "phrase", "prefix"))
        if kind == "phrase":
            asks.append(Ask(rng.choice(PHRASES), "phrase", snippets=True))
        elif kind == "prefix":
            asks.append(Ask(rng.choice(PREFIXES), "prefix", snippets=True))
        else:
            words = rng.sample(WORDS, {"word": 1, "and": 2, "or": 3}[kind])
            asks.append(Ask(" ".join(words), "or" if kind == "or" else "and", snippets=True))
    return asks


def main(folder: str, number: str) -> None:
    peer = RawTantivy(Path(folder))
    peer.open()
    for ask in batch(int(number)):
        sys.stdout.write(json.dumps(peer.answer(ask), ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
