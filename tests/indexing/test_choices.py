"""What somebody chose about reading holds for a file until something else is chosen."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, Progress

from .support import ids, rewrite, write

_RECORDS = '{"hed": "Amber found", "text": "It lay on the beach."}\n{"hed": "Basalt broken", "text": "It was old."}\n'
_TITLES = {"hed": "title"}


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A folder with a file of two records, whose headlines have an unusual name."""
    return write(tmp_path / "news" / "a.jsonl", _RECORDS).parent


def _titles(archive: Archive) -> list[str]:
    return sorted(hit.title for hit in archive.search("*", limit=None))


def _chosen(archive: Archive) -> list[tuple[str, str | None, dict[str, str]]]:
    return [(Path(source.path).name, source.input_format, dict(source.fields)) for source in archive.sources()]


def test_a_file_is_read_as_the_format_that_was_chosen(archive: Archive, news: Path) -> None:
    archive.index([news], input_format="text")
    assert ids(archive) == ["a.jsonl"]
    (source,) = archive.sources()
    assert (source.format, source.input_format) == ("text", "text")


def test_a_field_is_what_it_was_said_to_be(archive: Archive, news: Path) -> None:
    archive.index([news], fields=_TITLES)
    assert _titles(archive) == ["Amber found", "Basalt broken"]
    assert ids(archive, "title:amber") == ["a.jsonl#1"]


def test_a_later_run_reads_a_file_as_it_was_read_before(archive: Archive, news: Path) -> None:
    archive.index([news], fields=_TITLES)
    rewrite(news / "a.jsonl", _RECORDS.replace("Amber", "Agate"))
    write(news / "b.jsonl", _RECORDS)
    archive.index([news])
    assert ids(archive, "title:agate") == ["a.jsonl#1"]
    assert _chosen(archive) == [("a.jsonl", None, _TITLES), ("b.jsonl", None, {})]


def test_a_rebuild_reads_a_file_as_it_was_read_before(archive: Archive, news: Path) -> None:
    archive.index([news], input_format="json", fields=_TITLES)
    archive.index([], rebuild=True)
    assert _titles(archive) == ["Amber found", "Basalt broken"]
    assert _chosen(archive) == [("a.jsonl", "json", _TITLES)]


def test_another_choice_has_files_read_again_that_were_read_otherwise(archive: Archive, news: Path) -> None:
    write(news / "b.jsonl", _RECORDS)
    archive.index([news / "a.jsonl"], fields=_TITLES)
    archive.index([news])
    summary = archive.index([news], fields=_TITLES)
    assert (summary.files_read, summary.files_unchanged, summary.updated, summary.unchanged) == (1, 1, 2, 2)
    assert len(ids(archive, "title:amber")) == 2
    assert archive.index([news], fields=_TITLES).files_read == 0


def test_each_part_of_a_choice_is_kept_until_it_is_chosen_again(archive: Archive, news: Path) -> None:
    archive.index([news], input_format="json", fields=_TITLES)
    archive.index([news], input_format="text")
    assert _chosen(archive) == [("a.jsonl", "text", _TITLES)]
    archive.index([news], fields={})
    assert _chosen(archive) == [("a.jsonl", "text", {})]


def test_auto_takes_a_choice_back(archive: Archive, news: Path) -> None:
    archive.index([news], input_format="text")
    archive.index([news], input_format="auto")
    assert ids(archive) == ["a.jsonl#1", "a.jsonl#2"]
    assert _chosen(archive) == [("a.jsonl", None, {})]
    assert archive.index([news]).files_read == 0


def test_a_choice_is_about_the_paths_of_the_run(archive: Archive, news: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other" / "b.jsonl", _RECORDS).parent
    archive.index([news, other], fields=_TITLES)
    archive.index([other], rebuild=True, input_format="text")
    assert ids(archive) == ["a.jsonl#1", "a.jsonl#2", "b.jsonl"]
    assert _chosen(archive) == [("a.jsonl", None, _TITLES), ("b.jsonl", "text", _TITLES)]


def test_a_file_that_was_touched_and_is_chosen_otherwise_is_read(archive: Archive, news: Path) -> None:
    archive.index([news])
    rewrite(news / "a.jsonl", _RECORDS)
    assert archive.index([news], fields=_TITLES).files_read == 1
    assert ids(archive, "title:amber") == ["a.jsonl#1"]


def test_what_a_run_began_to_read_before_it_was_cut_off_is_read_in_the_same_way(archive: Archive, news: Path) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.phase == "committing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.index([news], fields=_TITLES, progress=interrupt)
    archive.index([news])
    assert ids(archive, "title:amber") == ["a.jsonl#1"]


def test_a_repair_reads_a_file_as_it_was_read_before(archive: Archive, news: Path, tmp_path: Path) -> None:
    archive.index([news], fields=_TITLES)
    with archive._live.engine.writer() as writer:
        writer.delete(["a.jsonl#1"])
        writer.commit()
    archive.reload()
    assert archive.verify(repair=True).whole
    assert ids(archive, "title:amber") == ["a.jsonl#1"]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"input_format": "parquet"}, "there is no format 'parquet': it is auto, "),
        ({"fields": {"a": "colour"}}, "a field cannot be 'colour': it is title, body, "),
    ],
)
def test_what_cannot_be_chosen_is_an_error(
    archive: Archive, news: Path, choice: dict[str, dict[str, str]], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        archive.index([news], **choice)  # type: ignore[arg-type]
    assert len(archive) == 0


def test_the_formats_and_the_roles_are_named() -> None:
    assert {"json", "text", "reuters"} <= set(searchkit.formats())
    assert {"title", "body", "date", "id"} <= set(searchkit.roles())


def _make_old(database: Path) -> None:
    """Take the notes back to how an earlier version made them."""
    with sqlite3.connect(database) as old:
        old.execute("ALTER TABLE sources DROP COLUMN options")
    old.close()


def test_notes_of_an_earlier_version_are_brought_up_to_date(archive: Archive, news: Path, tmp_path: Path) -> None:
    archive.index([news])
    archive.close()
    (database,) = tmp_path.glob("index/generations/*/sources.db")
    _make_old(database)
    with searchkit.open(tmp_path / "index") as again:
        assert [source.articles for source in again.sources()] == [2]
        assert again.index([news]).files_read == 0
        assert again.index([news], fields=_TITLES).updated == 2
        assert _chosen(again) == [("a.jsonl", None, _TITLES)]


def test_notes_that_were_made_by_an_earlier_schema_are_brought_up_to_date(tmp_path: Path) -> None:
    from searchkit.indexing.sources import SourcesDb

    database = tmp_path / "sources.db"
    with sqlite3.connect(database) as old:
        old.executescript(_OLD_SCHEMA)
    old.close()
    for _ in range(2):
        with SourcesDb(database, tmp_path) as db:
            assert db.counts() == (1, 0)
            row = db.connection.execute("SELECT relative, state, articles, options FROM sources").fetchone()
            assert row == ("week.sgm", "read", 1, None)
            assert db.known(["week.sgm#1"]) == {"week.sgm#1": (1, 3)}


_OLD_SCHEMA = """
PRAGMA journal_mode=WAL;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE roots (root INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, beside TEXT NOT NULL);
CREATE TABLE sources (
    source INTEGER PRIMARY KEY, root INTEGER NOT NULL REFERENCES roots, relative TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL, size INTEGER, mtime INTEGER, digest BLOB,
    reader TEXT, error TEXT, articles INTEGER NOT NULL DEFAULT 0, read_at TEXT,
    UNIQUE (root, relative)
);
CREATE TABLE articles (
    id TEXT PRIMARY KEY, source INTEGER NOT NULL REFERENCES sources, run INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX articles_of_source ON articles (source);
CREATE TABLE taken_down (id TEXT PRIMARY KEY, since TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO roots VALUES (1, '/srv/wire', '../wire');
INSERT INTO sources VALUES (1, 1, 'week.sgm', 'week.sgm', 'read', 5, 7, x'00', 'reuters', NULL, 1, '2019-02-19T12:00:00+00:00');
INSERT INTO articles VALUES ('week.sgm#1', 1, 3);
"""


@pytest.mark.parametrize("noted", ["{", "7", "[1]"])
def test_what_cannot_be_understood_of_the_notes_is_as_if_it_were_not_there(
    archive: Archive, news: Path, tmp_path: Path, noted: str
) -> None:
    archive.index([news], input_format="text")
    (database,) = tmp_path.glob("index/generations/*/sources.db")
    with sqlite3.connect(database) as db:
        db.execute("UPDATE sources SET options = ?", (noted,))
    db.close()
    assert archive.index([news], fields=_TITLES).files_read == 1
    assert _chosen(archive) == [("a.jsonl", None, _TITLES)]


def test_what_is_noted_of_a_file_is_readable(archive: Archive, news: Path, tmp_path: Path) -> None:
    archive.index([news], input_format="json", fields={"über": "title"})
    (database,) = tmp_path.glob("index/generations/*/sources.db")
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        ((noted,),) = db.execute("SELECT options FROM sources")
    db.close()
    assert json.loads(noted) == {"format": "json", "fields": {"über": "title"}}
