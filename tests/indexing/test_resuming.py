"""A run that was stopped inside a large file goes on after its last commit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import searchkit
from searchkit.indexing import batch, run
from searchkit.indexing.workers import Workers
from searchkit.readers import json_

ARTICLES = 100


class Stopped(Exception):
    """Stands for whatever ends a run."""


@pytest.fixture
def news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(batch, "MAX_ARTICLES", 10)
    monkeypatch.setattr(run, "_LARGE", 1000)
    path = tmp_path / "news" / "large.jsonl"
    path.parent.mkdir()
    write(path, ARTICLES)
    return path


def write(path: Path, articles: int, word: str = "bridge") -> None:
    records = (
        {"id": str(number % 90), "title": f"Story {number}", "text": f"{word} {number}"} for number in range(articles)
    )
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def stop_after(monkeypatch: pytest.MonkeyPatch, articles: int) -> None:
    """The reader of JSON fails like a machine that is switched off: with what nothing catches."""
    read = json_.read

    def stopping(*arguments: object) -> Iterator[object]:
        for number, item in enumerate(read(*arguments)):  # type: ignore[arg-type]
            if number == articles:
                raise KeyboardInterrupt
            yield item

    monkeypatch.setattr(json_, "read", stopping)


def commit_each(patch: pytest.MonkeyPatch) -> None:
    """Commit after each article, as a long run does every half minute."""
    patch.setattr(run, "_SECONDS_BETWEEN_COMMITS", -1.0)


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of all articles that are prepared for an index from now on."""
    ids: list[str] = []
    submit = Workers.submit

    def noting(self: Workers, articles: list[searchkit.Article]) -> object:
        ids.extend(article.id for article in articles)
        return submit(self, articles)

    monkeypatch.setattr(Workers, "submit", noting)
    return ids


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
def test_only_what_was_not_committed_is_prepared_again(
    tmp_path: Path, news: Path, prepared: list[str], engine: str
) -> None:
    with pytest.MonkeyPatch.context() as patch, searchkit.create(tmp_path / "index", engine=engine) as archive:
        commit_each(patch)
        stop_after(patch, 57)
        with pytest.raises(KeyboardInterrupt):
            archive.index([news.parent], jobs=1)
    prepared.clear()
    with searchkit.open(tmp_path / "index") as archive:
        summary = archive.index([news.parent], jobs=1)
        assert len(prepared) == len(set(prepared)) == ARTICLES - 57
        assert (summary.added, summary.unchanged, summary.total) == (ARTICLES - 57, 57, ARTICLES)
        assert archive.search("bridge").total == ARTICLES
        assert archive.verify().problems == ()
        assert archive.index([news.parent], jobs=1).unchanged == ARTICLES


def test_a_file_that_has_changed_is_read_from_its_beginning(tmp_path: Path, news: Path, prepared: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch, searchkit.create(tmp_path / "index") as archive:
        commit_each(patch)
        stop_after(patch, 57)
        with pytest.raises(KeyboardInterrupt):
            archive.index([news.parent], jobs=1)
    write(news, ARTICLES, "tunnel")
    prepared.clear()
    with searchkit.open(tmp_path / "index") as archive:
        archive.index([news.parent], jobs=1)
        assert len(set(prepared)) == ARTICLES
        assert (archive.search("tunnel").total, archive.search("bridge").total) == (ARTICLES, 0)
