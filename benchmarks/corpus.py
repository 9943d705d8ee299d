"""The "big" corpus: articles of about 413 words, made of real sentences drawn at random, one JSON object a line.

    python -m benchmarks.corpus [--articles N] [--seed N]

Sentences, titles, datelines and places come from the Reuters-21578 stories, or where those are missing from the sample
articles. Every file depends on the seed and its own number alone, so that a small corpus is the beginning of a large one.
They go into ``$SEARCHKIT_BENCH_CACHE``, or the system's folder for temporary files, and are made once. A common word is
commoner in them than in a newspaper, since the sentences are the same ones again and again.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import random
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.common import REUTERS, SAMPLES, tell
from benchmarks.peers import read

SEED = 1987
FILE = 1000
"""Articles in a file."""

WORDS = (250, 550)
"""What a length is drawn from; the last sentence goes beyond it."""

PARAGRAPH = 3
"""Sentences in a paragraph."""

FIRST_DAY = dt.date(1978, 1, 1)
DAYS = 20 * 365
"""Twenty years, so that a month is a small part of them."""

SMALL_FOLDER = 100
"""Small files in a folder."""

_SENTENCE = re.compile(r"\S.*?[.!?](?=\s+[A-Z\"]|\s*\Z)", re.DOTALL)
_SHORTEST, _LONGEST = 4, 60  # words of a sentence: no tables


@dataclass(frozen=True, slots=True)
class Material:
    """What articles are made of."""

    sentences: list[tuple[str, int]]  # with the number of their words
    titles: list[str]
    places: list[tuple[str, list[str]]]  # dateline and the places of the story


def cache() -> Path:
    """Where corpora are kept, outside the repository."""
    return Path(os.environ.get("SEARCHKIT_BENCH_CACHE") or Path(tempfile.gettempdir(), "searchkit-bench"))


def material() -> Material:
    """Read the sentences."""
    real = any(REUTERS.glob("*.sgm*"))
    sentences: list[tuple[str, int]] = []
    titles: dict[str, None] = {}
    places: dict[tuple[str, tuple[str, ...]], None] = {}
    for article in read(REUTERS if real else SAMPLES):
        for match in _SENTENCE.finditer(article.body):
            words = match[0].split()
            if _SHORTEST <= len(words) <= _LONGEST:
                sentences.append((" ".join(words), len(words)))
        titles[article.title] = None
        where = article.extra.get("places") or ([article.place.country] if article.place else [])
        places[article.dateline or "", tuple(filter(None, where))] = None
    return Material(sentences, [*titles], [(dateline, list(where)) for dateline, where in places])


def big(articles: int, seed: int = SEED) -> Path:
    """The folder of a corpus; it is made if it is not there."""
    return _made(f"big-{articles}-{seed}", partial(_big_files, articles, seed))


def small(files: int, seed: int = SEED) -> Path:
    """The folder of as many small text files, each with an article of a few sentences, a hundred in a folder."""
    return _made(f"small-{files}-{seed}", partial(_small_files, files, seed))


def _made(name: str, files: Callable[[Material], Iterator[tuple[str, str]]]) -> Path:
    prefix = "reuters" if any(REUTERS.glob("*.sgm*")) else "samples"
    folder = cache() / f"{prefix}-{name}"
    stamp = folder.with_suffix(".json")  # written last: a folder without it is half a corpus
    if not stamp.exists():
        tell(f"making {folder}")
        shutil.rmtree(folder, ignore_errors=True)
        digest = hashlib.blake2b(digest_size=16)
        for relative, text in files(material()):
            path = folder / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            data = text.encode()
            path.write_bytes(data)
            digest.update(data)
        stamp.write_text(json.dumps({"digest": digest.hexdigest()}) + "\n", encoding="utf-8")
    tell(f"corpus {folder.name}: digest {json.loads(stamp.read_text(encoding='utf-8'))['digest']}")
    return folder


def _big_files(articles: int, seed: int, source: Material) -> Iterator[tuple[str, str]]:
    for first in range(0, articles, FILE):
        rng = random.Random(f"{seed}/{first}")
        stories = (_story(number, rng, source) for number in range(first, min(first + FILE, articles)))
        yield f"big-{first // FILE:04}.jsonl", "".join(stories)


def _story(number: int, rng: random.Random, source: Material) -> str:
    moment = dt.datetime.combine(FIRST_DAY, dt.time()) + dt.timedelta(rng.randrange(DAYS), rng.randrange(86_400))
    dateline, places = rng.choice(source.places)
    sentences = _sentences(rng, source, rng.randint(*WORDS))
    paragraphs = (" ".join(sentences[first : first + PARAGRAPH]) for first in range(0, len(sentences), PARAGRAPH))
    story = {
        "id": str(number + 1),
        "title": rng.choice(source.titles),
        "published": moment.isoformat() + "Z",
        "dateline": dateline,
        "places": places,
        "text": "\n\n".join(paragraphs),
    }
    return json.dumps(story, ensure_ascii=False) + "\n"


def _sentences(rng: random.Random, source: Material, words: int) -> list[str]:
    drawn: list[str] = []
    while words > 0:
        sentence, length = rng.choice(source.sentences)
        drawn.append(sentence)
        words -= length
    return drawn


def _small_files(files: int, seed: int, source: Material) -> Iterator[tuple[str, str]]:
    rng = random.Random(seed)
    for number in range(files):
        day = FIRST_DAY + dt.timedelta(rng.randrange(DAYS))
        text = f"{rng.choice(source.titles)}\n{day.isoformat()}\n\n{' '.join(_sentences(rng, source, 40))}\n"
        yield f"{number // SMALL_FOLDER:04}/{number:06}.txt", text


def main() -> None:
    """Make a corpus and name its folder."""
    parser = argparse.ArgumentParser(description="Make the big corpus.")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    print(big(options.articles, options.seed))


if __name__ == "__main__":
    main()
