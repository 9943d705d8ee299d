"""A conversion rewrites the index from what it stores, loses nothing, and leaves the old one or the new one, whole."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, Article, IndexingFailed, Place, Progress, SearchkitError
from searchkit.indexing import batch
from searchkit.readers import text
from searchkit.readers.base import Options, Source

from .support import COUNTING, generations, ids, reuters, write, write_stories

_ODD = (
    Article("plain", "Only a title", "And a body."),
    Article(
        "2019/été — ☃ 日本 'x' \"y\".txt#1",
        "Everything is set",
        "First paragraph of evacuation.\n\nSecond one.\t\x7f",
        title_derived=True,
        date=dt.date(1, 1, 1),
        time=dt.time(23, 59, 59, 123456, tzinfo=dt.timezone(dt.timedelta(hours=-11))),
        date_source="metadata",
        dateline="AL-OMAR OIL FIELD BASE, Syria",
        place=Place("Al-Omar", "Deir ez-Zor", "Syria", "SY", 35.1, 40.5),
        byline="Jane O'Brien",
        section="World",
        topics=("war", "aid"),
        language="en",
        publisher="AP",
        url="https://news.example/1?a=1&b=2",
        path="2019/x.txt",
        extra={"desk": "foreign", "nested": {"list": [1, 2.5, None, True]}, "empty": ""},
    ),
    Article("late", "The last day", "Of the calendar.", date=dt.date(9999, 12, 31), time=dt.time(0, 0)),
    Article("empty", "", ""),
    Article(" ~2 #;%", "With\nodd id", "Evacuation."),
)


@pytest.fixture
def odd(tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """An index of articles in which every field is set, or none. Its source files are gone."""

    def read(source: Source, options: Options) -> Iterator[Article]:
        yield from _ODD

    monkeypatch.setattr(text, "read", read)
    folder = write_stories(tmp_path / "articles", {"a.txt": "Amber"})
    archive.index([folder])
    shutil.rmtree(folder)
    return archive


def _articles(archive: Archive) -> dict[str, Article]:
    return {hit.id: hit.article for hit in archive.search("*", limit=None)}


def test_every_field_of_every_article_comes_over_in_both_directions(
    odd: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MAX_ARTICLES", 2)
    before = _articles(odd)
    assert set(before) == {article.id for article in _ODD}
    queries = ("evacuation", "date:missing", "date:9999", "topic:war", "country:syria", "body OR day")
    found = {query: ids(odd, query) for query in queries}
    for engine, old in (("tantivy", "whoosh"), ("whoosh", "tantivy")):
        done = odd.convert(engine)
        assert (done.before, done.engine, done.articles) == (old, engine, 5)
        assert _articles(odd) == before
        assert {query: ids(odd, query) for query in queries} == found
        stats = odd.stats()
        assert (stats.engine, stats.policy, stats.articles, stats.sources) == (engine, engine, 5, 1)
        assert len(generations(odd.path)) == 1


def test_converting_to_the_engine_that_there_is_rewrites_nothing_and_keeps_it(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    done = archive.convert("whoosh")
    assert (done.before, done.engine, done.articles) == ("whoosh", "whoosh", 3)
    assert generations(archive.path) == ["000001"]
    assert archive.stats().policy == "whoosh"


def test_takedowns_and_what_is_known_of_the_sources_come_over(archive: Archive, articles: Path) -> None:
    archive.index([articles])
    archive.remove(["amber.txt"])
    archive.convert("tantivy")
    summary = archive.index([articles])
    assert (summary.files_read, summary.total) == (0, 2)
    archive.remove(["amber.txt"], undo=True)
    archive.convert("whoosh")
    assert archive.index([articles]).total == 3


def test_a_conversion_reports_how_far_it_has_come(
    archive: Archive, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MAX_ARTICLES", 2)
    archive.index([articles])
    reports: list[Progress] = []
    archive.convert("tantivy", progress=reports.append)
    assert [(report.phase, report.articles) for report in reports] == [("converting", 2), ("converting", 3)]


def test_only_engines_that_an_index_can_be_kept_on_can_be_asked_for(archive: Archive) -> None:
    for name in ("memory", "auto", "lucene"):
        with pytest.raises(SearchkitError, match="there are whoosh, tantivy"):
            archive.convert(name)


def test_a_conversion_that_loses_an_article_is_refused(
    archive: Archive, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.index([articles])
    engine = type(archive._live.engine)
    scan = engine.scan
    with monkeypatch.context() as patched:
        patched.setattr(engine, "scan", lambda self: list(scan(self))[1:])
        with pytest.raises(IndexingFailed, match="3 articles should"):
            archive.convert("tantivy")
    assert (archive.stats().engine, len(ids(archive))) == ("whoosh", 3)
    assert generations(archive.path) == ["000001"]


@pytest.mark.parametrize("where", ["convert", "growth"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_rewriting_that_is_cut_off_leaves_the_old_index_and_nothing_else(
    archive: Archive, articles: Path, monkeypatch: pytest.MonkeyPatch, where: str, error: BaseException
) -> None:
    monkeypatch.setattr(batch, "MAX_ARTICLES", 1)

    def fail(report: Progress) -> None:
        if report.phase == "converting" and report.articles == 2:
            raise error

    archive.index([articles])
    monkeypatch.setattr("searchkit.indexing.growth.GROWTH_THRESHOLD", 2)
    rewrite = {
        "convert": lambda: archive.convert("tantivy", progress=fail),
        "growth": lambda: archive.index([articles], progress=fail),
    }
    with pytest.raises(type(error)):
        rewrite[where]()
    assert generations(archive.path) == ["000001"]
    archive.reload()
    assert len(ids(archive)) == 3
    assert archive.convert("tantivy").articles == 3


_SCRIPT = """
import sys

index, wire, what, kill_at = *sys.argv[1:4], int(sys.argv[4])
import searchkit
from searchkit.indexing import batch, growth, sources
from searchkit.engines.base import EngineModule

batch.MAX_ARTICLES = 20
growth.GROWTH_THRESHOLD = 100 if what == "growth" else 10**9

with searchkit.open(index) as archive:
    count_calls(os, *FILES)
    count_calls(sources.SourcesDb, "copy_to")
    if what == "growth":
        archive.index([wire], progress=count)
    else:
        archive.convert(what, progress=count)
print(calls)
"""


def _run(index: Path, wire: Path, what: str, kill_at: int = 0) -> tuple[int, int]:
    command = [sys.executable, "-c", COUNTING + _SCRIPT, str(index), str(wire), what, str(kill_at)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.returncode, int(ended.stdout or 0)


@pytest.fixture(scope="module", params=["growth", "tantivy", "whoosh"])
def pristine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, int]:
    """An index of 200 articles to be rewritten, and how many moments there are in that."""
    folder = tmp_path_factory.mktemp("convert")
    write(folder / "wire" / "week.sgm", reuters(range(200)))
    what = request.param
    with searchkit.create(folder / "index", engine="tantivy" if what == "whoosh" else "auto") as archive:
        archive.index([folder / "wire"])
    shutil.copytree(folder / "index", folder / "copy")
    status, calls = _run(folder / "copy", folder / "wire", what)
    assert status == 0
    return folder, what, calls


@pytest.mark.parametrize("number", range(int(os.environ.get("SEARCHKIT_KILL_ROUNDS", "10")) // 2))
def test_a_rewriting_that_is_killed_leaves_one_whole_index(
    pristine: tuple[Path, str, int], tmp_path: Path, number: int
) -> None:
    folder, what, calls = pristine
    index = tmp_path / "index"
    shutil.copytree(folder / "index", index)
    kill_at = random.Random(f"{what} {number}").randrange(1, calls + 1)
    assert _run(index, folder / "wire", what, kill_at)[0] == -9
    wanted = {f"week.sgm#{story}" for story in range(200)}
    with searchkit.open(index) as archive:
        assert set(ids(archive)) == wanted
        assert len(ids(archive)) == 200
        assert {problem.kind for problem in archive.verify().problems} <= {"leftover"}
    assert _run(index, folder / "wire", what)[0] == 0
    with searchkit.open(index) as archive:
        assert archive.stats().engine == ("whoosh" if what == "whoosh" else "tantivy")
        assert set(ids(archive)) == wanted
        assert archive.verify().whole
        assert archive.index([folder / "wire"]).files_read == 0
    assert len(generations(index)) == 1
