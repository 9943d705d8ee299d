"""Successive captures of one address are versions of one article: the latest is found, the others are kept to be shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, ArticleMissing
from searchkit.indexing import batch

URL = "https://news.example/bridge"


def capture(id: str, day: int, text: str, url: str = URL) -> dict[str, str]:
    return {
        "id": id,
        "title": "The bridge",
        "text": text,
        "url": url,
        "published": "2019-02-01",
        "date_download": f"2019-02-{day:02}T12:00:00Z",
    }


def write(path: Path, *captures: dict[str, str]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(one) + "\n" for one in captures), encoding="utf-8")


@pytest.fixture(params=["whoosh", "tantivy"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    return searchkit.create(tmp_path / "index", engine=request.param)


def found(archive: Archive, query: str = "bridge") -> list[str]:
    return sorted(hit.id for hit in archive.search(query, limit=None))


def versions(archive: Archive, id: str) -> list[str]:
    return [version.id for version in archive.show(id).versions]


def test_of_captures_in_one_file_the_latest_is_found(archive: Archive, tmp_path: Path) -> None:
    write(
        tmp_path / "news" / "a.jsonl",
        capture("one", 1, "closed"),
        capture("three", 3, "open again"),
        capture("two", 2, "half open"),
        capture("other", 2, "another", "https://news.example/tram"),
    )
    summary = archive.index([tmp_path / "news"])
    assert found(archive) == ["a.jsonl#other", "a.jsonl#three"]
    assert summary.total == 2
    assert versions(archive, "a.jsonl#three") == ["a.jsonl#three", "a.jsonl#two", "a.jsonl#one"]
    assert versions(archive, "a.jsonl#other") == []
    assert any("earlier capture" in note for note, _ in summary.notes)


def test_an_earlier_version_is_shown_whole_and_not_found(archive: Archive, tmp_path: Path) -> None:
    write(tmp_path / "news" / "a.jsonl", capture("one", 1, "closed for floods"), capture("two", 2, "open"))
    archive.index([tmp_path / "news"])
    assert found(archive, "floods") == []
    shown = archive.show("a.jsonl#one", "floods")
    assert shown.snippets[0].text == "closed for floods"
    assert len(shown.snippets[0].highlights) == 1
    assert [version.captured for version in shown.versions] == ["2019-02-02T12:00:00Z", "2019-02-01T12:00:00Z"]


def test_a_later_run_brings_a_later_capture(archive: Archive, tmp_path: Path) -> None:
    write(tmp_path / "news" / "a.jsonl", capture("one", 1, "closed"))
    archive.index([tmp_path / "news"])
    write(tmp_path / "news" / "b.jsonl", capture("two", 2, "open"))
    archive.index([tmp_path / "news"])
    assert found(archive) == ["b.jsonl#two"]
    assert archive.show("a.jsonl#one").snippets[0].text == "closed"


def test_a_later_run_may_bring_an_earlier_capture(archive: Archive, tmp_path: Path) -> None:
    write(tmp_path / "news" / "a.jsonl", capture("two", 2, "open"))
    archive.index([tmp_path / "news"])
    write(tmp_path / "news" / "b.jsonl", capture("one", 1, "closed"))
    archive.index([tmp_path / "news"])
    assert found(archive) == ["a.jsonl#two"]
    assert versions(archive, "a.jsonl#two") == ["a.jsonl#two", "b.jsonl#one"]


def test_when_the_latest_goes_the_one_before_is_found_again(archive: Archive, tmp_path: Path) -> None:
    news = tmp_path / "news"
    write(news / "a.jsonl", capture("one", 1, "closed"))
    write(news / "b.jsonl", capture("two", 2, "open"))
    archive.index([news])
    (news / "b.jsonl").unlink()
    summary = archive.index([news], prune=True)
    assert (found(archive), summary.total) == (["a.jsonl#one"], 1)
    assert archive.search("closed").total == 1
    assert versions(archive, "a.jsonl#one") == []


def test_when_a_file_changes_its_captures_are_settled_anew(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "news" / "a.jsonl"
    write(path, capture("one", 1, "closed"), capture("two", 2, "open"), capture("three", 3, "open at last"))
    archive.index([tmp_path / "news"])
    write(path, capture("one", 1, "closed for good"), capture("two", 2, "wide open"))
    archive.index([tmp_path / "news"])
    assert found(archive) == ["a.jsonl#two"]
    assert archive.search("wide").total == 1
    assert archive.show("a.jsonl#one").snippets[0].text == "closed for good"
    with pytest.raises(ArticleMissing):
        archive.show("a.jsonl#three")


def test_many_captures_in_many_batches(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MAX_ARTICLES", 7)
    days = [5, 20, 3, 21, 1, 9, 28, 2, 14, 27]
    for number, first in enumerate(days):
        captures = [
            capture(f"{page}-{number}", first, f"state {number}", f"https://news.example/{page}") for page in range(5)
        ]
        write(tmp_path / "news" / f"{number}.jsonl", *captures)
    archive.index([tmp_path / "news"])
    assert found(archive, "state") == [f"6.jsonl#{page}-6" for page in range(5)]
    assert len(versions(archive, "6.jsonl#0-6")) == 10


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
def test_a_rebuild_and_a_conversion_keep_the_versions(tmp_path: Path, engine: str) -> None:
    news = tmp_path / "news"
    write(news / "a.jsonl", capture("one", 1, "closed"))
    write(news / "b.jsonl", capture("two", 2, "open"))
    with searchkit.create(tmp_path / "index", engine=engine) as archive:
        archive.index([news])
        (news / "a.jsonl").unlink()
        archive.index([news], rebuild=True)
        assert found(archive) == ["b.jsonl#two"]
        assert archive.show("a.jsonl#one").snippets[0].text == "closed"
        archive.convert("tantivy" if engine == "whoosh" else "whoosh")
        assert found(archive) == ["b.jsonl#two"]
        assert archive.show("a.jsonl#one").snippets[0].text == "closed"
        assert archive.verify().problems == ()


def test_a_rebuild_keeps_the_latest_whose_file_is_gone(archive: Archive, tmp_path: Path) -> None:
    news = tmp_path / "news"
    write(news / "a.jsonl", capture("one", 1, "closed"))
    write(news / "b.jsonl", capture("two", 2, "open"))
    archive.index([news])
    (news / "b.jsonl").unlink()
    archive.index([news], rebuild=True)
    assert found(archive) == ["b.jsonl#two"]
    assert archive.show("a.jsonl#one").snippets[0].text == "closed"


def test_taking_one_version_down_takes_all_down_and_those_to_come(archive: Archive, tmp_path: Path) -> None:
    news = tmp_path / "news"
    write(news / "a.jsonl", capture("one", 1, "closed"), capture("two", 2, "open"))
    archive.index([news])
    archive.remove(["a.jsonl#two"])
    write(news / "b.jsonl", capture("three", 3, "open again"))
    archive.index([news])
    assert found(archive) == []
    for id in ("a.jsonl#one", "a.jsonl#two", "b.jsonl#three"):
        with pytest.raises(ArticleMissing):
            archive.show(id)
    stored = (path for path in (tmp_path / "index").rglob("sources.db*"))
    assert not any(b"closed" in path.read_bytes() for path in stored)


def test_an_index_with_versions_is_whole(archive: Archive, tmp_path: Path) -> None:
    write(tmp_path / "news" / "a.jsonl", capture("one", 1, "closed"), capture("two", 2, "open"))
    archive.index([tmp_path / "news"])
    assert archive.verify().problems == ()
    assert archive.stats().articles == 1
