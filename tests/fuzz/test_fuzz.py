"""Fuzzing: whatever comes in, nothing but the project's own exceptions comes out, and everything ends.

``SEARCHKIT_FUZZ_SECONDS`` is how long each fuzzer runs: 15 by default (60 in all), 1,200 in ``make soak``. Inputs are pieces
of valid ones, put together, cut and bent at random, from a seed that a failure prints.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from searchkit.analysis import Analyzer
from searchkit.article import Article, Place
from searchkit.errors import QueryError, SourceError
from searchkit.news.dateline import parse_dateline
from searchkit.query.lower import Context, lower
from searchkit.query.parser import parse
from searchkit.readers import reuters, text
from searchkit.readers.base import Options, Reader, Skip, Source
from searchkit.snippets import Highlighter
from tests.conformance.asking import article
from tests.conformance.conftest import build
from tests.conftest import within

SECONDS = float(os.environ.get("SEARCHKIT_FUZZ_SECONDS", "15"))
SLOWEST = 5.0  # seconds for one input of a few hundred characters: a hang, not a slow machine

AROUND = Place("Damascus", None, "Syria", "SY", 33.5102, 36.2913)
QUERY_PIECES = [
    *(
        "oil",
        "evacuat*",
        "*",
        "?",
        '"',
        "(",
        ")",
        "-",
        "+",
        " ",
        " AND ",
        " OR ",
        " NOT ",
        "^2",
        "^",
        "~",
        "~2",
        "/",
        "/o.l/",
    ),
    *(
        "title:",
        "date:",
        "since:",
        "near:",
        "bbox:",
        "~150km",
        "Damascus",
        "33.5,36.3",
        "nofield:",
        "[",
        " TO ",
        "]",
        "2019-02-31",
        "2019",
        "last week",
        "..",
        "\\",
        "\ue000",
        "é",
    ),
    *("/(a+)+$/", "/[/", "/(?i)x{1000}{1000}/", "“", "”", "’", "\x00", "\udce9", "𝄞", "x" * 50, "a b c"),
]
STORY = (
    '<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" NEWID="1">\n<DATE>26-FEB-1987 15:01:01.79</DATE>\n<TOPICS><D>cocoa</D></TOPICS>\n'
    "<PLACES><D>usa</D></PLACES>\n<TEXT>&#2;\n<TITLE>BAHIA COCOA</TITLE>\n<DATELINE>    SALVADOR, Feb 26 - </DATELINE>"
    "<BODY>Showers continued.\n Reuter\n&#3;</BODY></TEXT>\n</REUTERS>\n"
)
SGML_PIECES = [
    STORY,
    "<!DOCTYPE lewis>\n",
    *STORY.replace(">", ">\0").split("\0"),
    "<",
    ">",
    "&#",
    "&#99999999;",
    "\x00",
    "é",
]
TEXT_PIECES = [
    *(
        " date 2019-02-19 ",
        "DATE: ",
        "date ",
        "2019-02-31",
        "03/04/2019",
        "Feb. 19, 2019",
        "BEIRUT (AP) — ",
        "— ",
        " - ",
        "--",
    ),
    *(
        "title: x\n",
        "---\n",
        "a: [b, *c]\n",
        "&c d\n",
        "\n\n",
        "\n",
        "Words of a sentence. ",
        "\ufeff",
        "\x00",
        "\x1b[31m",
        "é",
    ),
    *(
        "\u2028",
        "12:30 GMT",
        "x" * 200,
        ": ",
        "? ",
        "{",
        "!!python/object:os.system",
        "0000-00-00",
        "99999999999999999999",
    ),
]
DATELINE_PIECES = [
    *(
        "BEIRUT",
        "NEW YORK",
        "ST. LOUIS, Mo.",
        " (AP)",
        " — ",
        " - ",
        "--",
        ", ",
        "March 2",
        "2019",
        "/",
        "(",
        ")",
        "é",
        "AL-OMAR",
    ),
    *("the ", "Aboard USS ", "\n", "\t", "'", ".", "x" * 100, "A, " * 30, "\u0301", "Ill.", "\x00"),
]


def bent(pieces: list[str], rng: random.Random, most: int = 14) -> str:
    """Some pieces, joined; now and then with a part doubled, turned round or cut out."""
    made = "".join(rng.choice(pieces) for _ in range(rng.randint(0, most)))
    for _ in range(rng.choice((0, 0, 1, 2))):
        start, end = sorted((rng.randrange(len(made) + 1), rng.randrange(len(made) + 1)))
        made = made[:start] + rng.choice((made[start:end] * 2, made[start:end][::-1], "")) + made[end:]
    return made


def run(pieces: list[str], try_one: Callable[[str, random.Random], None], most: int = 14) -> None:
    """Try inputs until the time is over."""
    end = time.monotonic() + SECONDS
    seed = 0 if os.environ.get("CI") else random.randrange(1 << 30)
    tried = 0
    while time.monotonic() < end:
        rng = random.Random(seed)
        made = bent(pieces, rng, most)
        try:
            with within(SLOWEST):
                try_one(made, rng)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {made!r}") from error
        seed += 1
        tried += 1
    assert tried > 50


def test_the_query_language_gives_only_its_own_errors() -> None:
    analyzer = Analyzer("english")
    held = [
        article(str(n), f"oil evacuation prices word{n} café", "Title", "2019-02-19", place=AROUND) for n in range(30)
    ]
    engine = build("memory", Path("unused"), held)

    def ask(query: str, rng: random.Random) -> None:
        context = Context(engine, analyzer, dt.date(2019, 3, 15), rng.random() < 0.5, rng.random() < 0.5)
        refused: QueryError | None = None
        try:
            plan = lower(parse(query), context)
        except QueryError as error:
            refused = error
        if refused is not None:
            assert 0 <= refused.start <= refused.end <= len(query) + 1
            assert str(refused)
            return
        highlighter = Highlighter(plan, analyzer, lambda form, term: 1.0)
        for snippet in highlighter.snippets("Some oil, and the evacuation of a café. " * 5, 2, 60):
            assert all(0 <= start < end <= len(snippet.text) for start, end in snippet.highlights)

    run(QUERY_PIECES, ask)


def read(reader: Reader, data: bytes, folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(data)
    source = Source(path, name, name)
    reader.recognises(data[:4096], source)
    try:
        for item in reader.read(source, Options()):
            assert isinstance(item, Article | Skip)
            if isinstance(item, Article):
                assert item.title or item.body
                clean = item.title + item.body + (item.dateline or "")
                assert not any(c < " " and c not in "\n\t" for c in clean), clean
                assert Article.from_json(item.to_json()) == item
    except SourceError as error:
        if not (error.reason and error.kind):
            raise


def test_the_text_reader_gives_articles_skips_or_its_own_errors(tmp_path: Path) -> None:
    def try_one(made: str, rng: random.Random) -> None:
        data = made.encode(rng.choice(("utf-8", "utf-16", "cp1252")), "replace")
        if rng.random() < 0.1:
            data = gzip.compress(data)[: rng.randint(0, 200)]
        name = rng.choice(("a.txt", "2019-02-19-b.txt", "0000-99-99.md", "noext"))
        read(text, data, tmp_path, name)

    run(TEXT_PIECES, try_one)


def test_the_sgml_reader_gives_articles_skips_or_its_own_errors(tmp_path: Path) -> None:
    def try_one(made: str, rng: random.Random) -> None:
        data = bytearray(made.encode("cp1252", "replace"))
        for _ in range(rng.choice((0, 0, 3))):
            if data:
                data[rng.randrange(len(data))] = rng.randrange(256)
        read(reuters, bytes(data), tmp_path, "reut2-000.sgm")

    run(SGML_PIECES, try_one)


def test_the_dateline_parser_never_fails() -> None:
    def try_one(made: str, rng: random.Random) -> None:
        found = parse_dateline(made)
        if found is not None:
            assert 0 < found.end <= len(made)
            assert found.printed

    run(DATELINE_PIECES, try_one)


@pytest.mark.parametrize(
    "query", ["/(a*)*b/", "/(.*)(.*)(.*)(.*)x/", "*" + "a*" * 60, "?" * 100 + "a", '"' + "a " * 2000 + '"~9']
)
def test_a_hostile_pattern_ends_at_once(query: str) -> None:
    engine = build("memory", Path("unused"), [article("1", "a" * 120 + " b")])
    with within(SLOWEST), contextlib.suppress(QueryError):
        lower(parse(query), Context(engine, Analyzer("english"), dt.date(2019, 3, 15)))
