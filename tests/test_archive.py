"""The door: what is public, paging, and the example of the README."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, ArticleMissing, QueryError
from searchkit.asking import Asking


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """450 articles about the evacuation of towns; all but one are equally long, so that scores tie, in three days."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "articles").mkdir()
    for number in range(450):
        day = dt.date(2019, 2, 1 + number % 3)
        text = f"date {day} BEIRUT, Lebanon — The evacuation of town{number} went on all night.\n"
        if number == 7:
            text += "\nEvacuation after evacuation, and no end to the evacuation.\n"
        (folder / "articles" / f"{number:03}.txt").write_text(text)
    with searchkit.create(folder / "index") as made:
        made.index([folder / "articles"])
        yield made


def test_these_names_are_public() -> None:
    assert sorted(searchkit.__all__) == [
        "Archive",
        "Article",
        "ArticleMissing",
        "ClusterError",
        "Conversion",
        "Explanation",
        "Facets",
        "Hit",
        "IndexCorrupt",
        "IndexLocked",
        "IndexMissing",
        "IndexTooNew",
        "IndexingFailed",
        "Noted",
        "NothingToIndex",
        "Place",
        "Places",
        "Problem",
        "Progress",
        "QueryError",
        "Results",
        "SearchkitError",
        "Skipped",
        "Snippet",
        "SourceError",
        "SourceInfo",
        "Stats",
        "Suggestion",
        "Summary",
        "Terms",
        "Timeline",
        "Unsupported",
        "Verification",
        "Version",
        "__version__",
        "create",
        "formats",
        "open",
        "roles",
    ]
    for name in searchkit.__all__:
        assert getattr(searchkit, name).__doc__
        assert name in dir(searchkit)
    with pytest.raises(AttributeError):
        searchkit.nothing  # noqa: B018


def test_the_archive_has_these_methods_and_no_others() -> None:
    defined = {**vars(Asking), **vars(Archive)}
    assert [name for name in defined if not name.startswith("_")] == [
        "path",
        "settings",
        "close",
        "reload",
        "search",
        "show",
        "timeline",
        "facets",
        "places",
        "terms",
        "index",
        "watch",
        "sources",
        "convert",
        "verify",
        "remove",
        "stats",
    ]


def test_every_error_is_a_searchkit_error() -> None:
    errors = [getattr(searchkit, name) for name in searchkit.__all__ if isinstance(getattr(searchkit, name), type)]
    raised = [kind for kind in errors if issubclass(kind, BaseException)]
    assert len(raised) == 12
    assert all(issubclass(kind, searchkit.SearchkitError) for kind in raised)


def _loaded(statements: str) -> set[str]:
    script = f"{statements}\nimport sys; print(*sorted(sys.modules))"
    return set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )


def test_importing_searchkit_loads_nothing_else() -> None:
    loaded = _loaded("import searchkit")
    assert {name for name in loaded if name.partition(".")[0] in ("whoosh", "click", "Stemmer", "yaml")} == set()
    assert {name for name in loaded if name.startswith("searchkit.")} <= {"searchkit._version"}


def test_searching_loads_neither_the_readers_nor_what_reads_them(archive: Archive) -> None:
    loaded = _loaded(f"import searchkit; searchkit.open({str(archive.path)!r}).search('evacuation')")
    assert not {name for name in loaded if name.startswith(("searchkit.readers", "searchkit.indexing", "click"))}
    assert not loaded & {"pycountry", "charset_normalizer", "yaml", "dateutil", "lark"}


def test_the_types_are_shipped() -> None:
    assert (Path(searchkit.__file__).parent / "py.typed").exists()


def test_the_example_of_the_readme_works(archive: Archive) -> None:
    printed = []
    with searchkit.open(archive.path) as archive:
        for hit in archive.search("evacuation", since="2019-02-01", limit=20):
            printed.append((hit.date, hit.title, hit.snippets[0].text))
    assert len(printed) == 20
    date, title, snippet = printed[0]
    assert (date, title) == (dt.date(2019, 2, 2), "The evacuation of town7 went on all night.")
    assert "evacuation" in snippet.lower()


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_results_go_on_past_the_first_page_and_give_every_hit_once(archive: Archive, sort: str) -> None:
    results = archive.search("evacuation", limit=None, sort=sort)
    hits = list(results)
    assert results.total == len(hits) == len({hit.id for hit in hits}) == 450
    assert [hit.rank for hit in hits] == list(range(1, 451))
    assert all(hit.snippets for hit in hits)
    assert [hit.id for hit in results] == [hit.id for hit in hits]


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("size", [7, 200])
def test_pages_neither_repeat_nor_skip_where_scores_tie(archive: Archive, sort: str, size: int) -> None:
    whole = [hit.id for hit in archive.search("evacuation", limit=None, sort=sort, snippets=0)]
    paged = [
        hit.id
        for offset in range(0, 455, size)
        for hit in archive.search("evacuation", limit=size, offset=offset, sort=sort, snippets=0)
    ]
    assert paged == whole


def test_an_offset_counts_in_the_ranks_and_in_what_follows(archive: Archive) -> None:
    hits = list(archive.search("evacuation", limit=None, offset=190, snippets=0))
    assert (len(hits), hits[0].rank, hits[-1].rank) == (260, 191, 450)
    assert list(archive.search("evacuation", offset=1000)) == []


def test_a_limit_is_kept_and_the_total_is_of_all(archive: Archive) -> None:
    results = archive.search("evacuation", limit=3)
    assert (len(results), len(list(results)), results.total) == (3, 3, 450)
    nothing = archive.search("evacuation", limit=0)
    assert (list(nothing), nothing.total) == ([], 450)


def test_what_is_recent_counts_more_to_the_last_page(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchkit.searching.today", lambda _: dt.date(2019, 2, 3))
    plain = {hit.id: hit.score for hit in archive.search("evacuation", limit=None, snippets=0)}
    results = archive.search("evacuation", recent=1, limit=None, snippets=0)
    hits = list(results)
    assert (results.total, results.sort) == (450, "relevance")
    assert [hit.score for hit in hits] == pytest.approx([plain[hit.id] / 2 ** (3 - hit.date.day) for hit in hits])
    assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.id))
    assert [hit.date.day for hit in hits[:150]] == [3] * 150
    page = archive.search("evacuation", recent="1d", offset=140, limit=20, snippets=0)
    assert [hit.id for hit in page] == [hit.id for hit in hits[140:160]]


def test_days_and_fields_narrow_a_search_down(archive: Archive) -> None:
    assert archive.search("evacuation", since=dt.date(2019, 2, 3)).total == 150
    assert archive.search("evacuation", since="2019-02-02", until="2019-02-02").total == 150
    assert archive.search("evacuation", location="beirut").total == 450
    assert archive.search("*", fields=[("country", "Lebanon"), ("date", "2019-02-01")]).total == 150
    # What only narrows down does not change the scores.
    scores = {hit.id: hit.score for hit in archive.search("evacuation", limit=None)}
    assert {hit.id: hit.score for hit in archive.search("evacuation", location="beirut", limit=None)} == scores


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": -1},
        {"offset": -1},
        {"snippets": -1},
        {"snippet_chars": 0},
        {"sort": "x"},
        {"recent": 0},
        {"recent": "some"},
        {"recent": "30d", "sort": "oldest"},
    ],
)
def test_an_argument_that_cannot_be_is_a_value_error(archive: Archive, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        archive.search("evacuation", **wrong)  # type: ignore[arg-type]


def test_a_query_that_cannot_be_is_a_query_error(archive: Archive) -> None:
    with pytest.raises(QueryError):
        archive.search("colour:red")
    with pytest.raises(QueryError):
        archive.search("evacuation", since="someday")


def test_one_article_is_shown_whole_with_the_words_of_a_query_marked(archive: Archive) -> None:
    hit = archive.show("007.txt", "evacuations")
    (whole,) = hit.snippets
    assert whole.text == hit.article.body
    assert {whole.text[start:end].lower() for start, end in whole.highlights} == {"evacuation"}
    assert archive.show("007.txt").snippets[0].highlights == ()
    with pytest.raises(ArticleMissing, match=r"nowhere\.txt"):
        archive.show("nowhere.txt")


def test_the_stats_say_what_the_index_holds(archive: Archive) -> None:
    stats = archive.stats()
    assert (stats.articles, stats.sources, stats.undated, stats.failed_sources, stats.taken_down) == (450, 450, 0, 0, 0)
    assert (stats.first, stats.last) == (dt.date(2019, 2, 1), dt.date(2019, 2, 3))
    assert stats.settings == {"language": "english", "day_first": False, "timezone": None}
    assert stats.engine == "whoosh"
    assert stats.bytes > 0
    assert len(archive) == 450


def test_an_archive_shows_what_others_have_written_once_it_is_reloaded(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text("date 2019-02-19 BEIRUT, Lebanon — Amber was found.\n")
    with searchkit.create(tmp_path / "index") as writer, searchkit.open(tmp_path / "index") as reader:
        assert reader.search("amber").total == 0
        writer.index([tmp_path / "articles"])
        assert (writer.search("amber").total, reader.search("amber").total) == (1, 0)
        reader.reload()
        assert reader.search("amber").total == 1
        writer.remove(["a.txt"])
        assert (writer.search("amber").total, reader.search("amber").total) == (0, 1)


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    with searchkit.create(tmp_path / "index") as archive:
        assert list(archive.search("*", limit=None)) == []
        stats = archive.stats()
        assert (stats.articles, stats.first, stats.last, len(archive)) == (0, None, None, 0)
