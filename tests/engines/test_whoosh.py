"""What is particular to the Whoosh engine: a Whoosh index that Whoosh itself can search, opened without trusting it."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from whoosh import index as whoosh_index
from whoosh import query as whoosh_query
from whoosh import writing
from whoosh.fields import TEXT, Schema

import searchkit
from searchkit import engines
from searchkit.analysis import Analyzer
from searchkit.engines.base import Page, Sort
from searchkit.engines.whoosh_ import engine as whoosh_engine
from searchkit.engines.whoosh_.codec import INDEX_NAME, make_schema
from searchkit.engines.whoosh_.weighting import LuceneBM25
from searchkit.errors import IndexCorrupt
from searchkit.fields import Form
from searchkit.query.plan import And, Or, Term
from tests.conformance.asking import article, ids
from tests.conformance.conftest import build

TEXTS = [
    "oil prices rose",
    "oil oil oil and gas",
    "the price of gas",
    "nothing here",
    "oil " * 60,
    "gas price oil price",
]
ARTICLES = [article(f"{n}", text, date=f"2019-02-{n + 1:02}") for n, text in enumerate(TEXTS)]


def whoosh_hits(folder: Path, query: whoosh_query.Query, **options: object) -> list[tuple[str, float]]:
    """What Whoosh's own searcher finds in our index, with our weighting."""
    opened = whoosh_index.FileIndex(whoosh_engine.SafeStorage(str(folder)), make_schema(), INDEX_NAME)
    with opened.searcher(weighting=LuceneBM25()) as searcher:
        return [(hit["key"], hit.score) for hit in searcher.search(query, limit=None, **options)]


def test_whooshs_own_searcher_finds_and_scores_the_same(tmp_path: Path) -> None:
    ours = build("whoosh", tmp_path, ARTICLES, batch=2)
    cases = [
        (Term("text", Form.STEM, "oil"), whoosh_query.Term("text_stem", "oil")),
        (Term("text", Form.EXACT, "price"), whoosh_query.Term("text", "price")),
        (
            And((Term("text", Form.STEM, "oil"), Term("text", Form.STEM, "price"))),
            whoosh_query.And([whoosh_query.Term("text_stem", "oil"), whoosh_query.Term("text_stem", "price")]),
        ),
        (
            Or((Term("text", Form.STEM, "oil"), Term("text", Form.STEM, "gas"))),
            whoosh_query.Or([whoosh_query.Term("text_stem", "oil"), whoosh_query.Term("text_stem", "gas")]),
        ),
    ]
    for plan, query in cases:
        found = dict(ours.search(plan, Sort.RELEVANCE, Page(100)).hits)
        assert found == pytest.approx(dict(whoosh_hits(tmp_path, query)))
        assert found


def test_whooshs_own_searcher_sorts_by_the_date_column(tmp_path: Path) -> None:
    build("whoosh", tmp_path, ARTICLES)
    found = whoosh_hits(tmp_path, whoosh_query.Every(), sortedby="date", reverse=True)
    assert [id for id, _ in found] == ["5", "4", "3", "2", "1", "0"]


def test_whooshs_own_searcher_leaves_out_what_was_deleted(tmp_path: Path) -> None:
    ours = build("whoosh", tmp_path, ARTICLES, batch=10)
    with ours.writer() as writer:
        writer.delete(["1"])
        writer.commit()
    assert {id for id, _ in whoosh_hits(tmp_path, whoosh_query.Prefix("text", "oi"))} == {"0", "4", "5"}


def test_segments_are_merged_when_there_are_many(tmp_path: Path) -> None:
    many = [article(f"{n}", f"word{n} shared") for n in range(40)]
    ours = build("whoosh", tmp_path, many, batch=1)
    segments = {path.stem for path in tmp_path.glob("*.skd")}
    assert len(segments) <= whoosh_engine.MAX_SEGMENTS
    assert ids(ours, "shared") == {f"{n}" for n in range(40)}


def test_files_on_disk_are_the_files_of_the_index(tmp_path: Path) -> None:
    ours = build("whoosh", tmp_path, ARTICLES, batch=1)
    for number in range(30):
        with ours.writer() as writer:
            writer.add(writer.preparer([article(f"{number % 7}", f"again {number}")]))
            writer.commit()
    toc = whoosh_engine._read_toc(whoosh_engine.SafeStorage(str(tmp_path)))
    named = {f"{segment.segment_id()}{suffix}" for segment in toc.segments for suffix in (".skt", ".skd")}
    assert {path.name for path in tmp_path.iterdir()} == named | {f"_{INDEX_NAME}_{toc.generation}.toc"}


def test_a_batch_that_lost_an_article_is_refused(tmp_path: Path) -> None:
    ours = build("whoosh", tmp_path, ARTICLES)

    def lose_one() -> None:
        with ours.writer() as writer:
            prepared = writer.preparer([article("x"), article("y")])
            writer.add(type(prepared)((*prepared.ids, "z"), prepared.payload))

    with pytest.raises(searchkit.IndexingFailed, match="3 articles came back as 2"):
        lose_one()
    ours.reload()
    assert ours.count() == len(ARTICLES)


class Bomb:
    """Pickled, it is a call that leaves a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (Path.touch, (self.path,))


def doctor(folder: Path, segments: bytes, schema: bytes | None = None) -> None:
    """Replace what the TOC pickles."""
    (toc,) = folder.glob("*.toc")
    storage = whoosh_engine.SafeStorage(str(folder))
    number = int(toc.stem.rsplit("_", 1)[1])
    with storage.create_file(toc.name) as stream:
        stream.write_varint(whoosh_index._INT_SIZE)
        stream.write_varint(whoosh_index._LONG_SIZE)
        stream.write_varint(whoosh_index._FLOAT_SIZE)
        stream.write_int(-12345)
        stream.write_int(whoosh_index._CURRENT_TOC_VERSION)
        for part in whoosh_index.__version__[:3]:
            stream.write_varint(part)
        stream.write_string(schema if schema is not None else pickle.dumps(None))
        stream.write_int(number)
        stream.write_int(0)
        stream.write(segments)


@pytest.mark.parametrize("where", ["segments", "schema"])
def test_a_doctored_toc_runs_nothing(tmp_path: Path, where: str) -> None:
    archive = searchkit.create(tmp_path / "index")
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.txt").write_text("Some words of news.")
    archive.index([articles])
    archive.close()
    trap = tmp_path / "executed"
    bomb = pickle.dumps(Bomb(trap))
    (folder,) = (tmp_path / "index" / "generations").glob("*/engine")
    # Whoosh itself runs it: the trap works.
    doctor(folder, bomb, bomb)
    opening = "import sys, whoosh.index; whoosh.index.open_dir(sys.argv[1], sys.argv[2])"
    subprocess.run([sys.executable, "-c", opening, str(folder), INDEX_NAME], capture_output=True, check=False)
    assert trap.exists()
    trap.unlink()
    if where == "segments":
        doctor(folder, bomb)
        with pytest.raises(IndexCorrupt, match=r"names .*touch.*nothing in it was run.*--rebuild"):
            searchkit.open(tmp_path / "index")
    else:
        doctor(folder, pickle.dumps([]), bomb)
        assert len(searchkit.open(tmp_path / "index")) == 0
    assert not trap.exists()


def test_a_damaged_toc_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    build("whoosh", tmp_path, ARTICLES)
    (toc,) = tmp_path.glob("*.toc")
    whole = toc.read_bytes()
    for length in range(0, len(whole), 7):
        toc.write_bytes(whole[:length])
        with pytest.raises(IndexCorrupt, match="--rebuild"):
            engines.load("whoosh").open(tmp_path, Analyzer())


def test_an_index_of_plain_whoosh_is_refused(tmp_path: Path) -> None:
    plain = whoosh_index.create_in(str(tmp_path), Schema(text=TEXT), INDEX_NAME)
    writer: writing.SegmentWriter = plain.writer()
    writer.add_document(text="words")
    writer.commit()
    with pytest.raises(IndexCorrupt, match="not made by searchkit"):
        engines.load("whoosh").open(tmp_path, Analyzer())


@pytest.mark.parametrize("suffix", [".skt", ".skd"])
def test_a_missing_or_damaged_segment_is_an_error_that_says_so(tmp_path: Path, suffix: str) -> None:
    build("whoosh", tmp_path / "whole", ARTICLES).close()
    for number, damage in enumerate(("missing", "cut", "empty", "garbage")):
        folder = tmp_path / f"{number}"
        shutil.copytree(tmp_path / "whole", folder)
        (file,) = folder.glob(f"*{suffix}")
        if damage == "missing":
            file.unlink()
        else:
            whole = file.read_bytes()
            file.write_bytes({"cut": whole[:-20], "empty": b"", "garbage": b"\xff" * len(whole)}[damage])
        with pytest.raises(IndexCorrupt):
            engines.load("whoosh").open(folder, Analyzer())


def test_check_finds_an_article_that_cannot_be_read(tmp_path: Path) -> None:
    build("whoosh", tmp_path, ARTICLES).close()
    (file,) = tmp_path.glob("*.skd")
    data = bytearray(file.read_bytes())
    at = data.index(b"x^")  # where the first stored article's compressed data begins
    data[at + 4 : at + 12] = b"\x00" * 8
    file.write_bytes(data)
    opened = engines.load("whoosh").open(tmp_path, Analyzer())
    assert any("cannot be read" in problem for problem in opened.check())


def test_check_finds_damaged_postings(tmp_path: Path) -> None:
    build("whoosh", tmp_path, ARTICLES).close()
    (file,) = tmp_path.glob("*.skt")
    data = bytearray(file.read_bytes())
    data[:40] = b"\xff" * 40  # the first posting lists
    file.write_bytes(data)
    problems = engines.load("whoosh").open(tmp_path, Analyzer()).check()
    assert any("postings of" in problem and "damaged" in problem for problem in problems)
