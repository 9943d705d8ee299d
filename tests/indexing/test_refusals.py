"""What a cluster does not take in is reported and tried again, and everything else goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, IndexingFailed, Noted, Skipped
from tests.conftest import needed
from tests.engines.between import Answer, Between
from tests.indexing.support import write_stories

needed("opensearchpy")

REASON = "the cluster has no room for giants"


@pytest.fixture
def cluster(between: Between) -> Callable[[bool], None]:
    """Have the cluster refuse articles with a giant in them (at first it does), or take them."""

    def answers(_: str, path: str, body: bytes) -> Answer:
        if "_bulk" not in path or b"giant" not in body:
            return None
        items: list[object] = []
        good: list[bytes] = []
        waiting = iter(body.splitlines(keepends=True))
        for action in waiting:
            (kind,) = json.loads(action)
            source = next(waiting) if kind == "index" else b""
            if b"giant" in source:
                items.append({kind: {"status": 400, "error": {"type": "odd", "reason": REASON}}})
            else:
                items.append({kind: {"status": 201}})
                good += action, source
        if good:
            between.node("POST", path, b"".join(good))
        return 200, {"errors": True, "items": items}

    def refuse(refuses: bool) -> None:
        between.answers = answers if refuses else lambda *_: None

    refuse(True)
    return refuse


@pytest.fixture
def archive(tmp_path: Path, between: Between, cluster: object) -> Iterator[Archive]:
    with searchkit.create(tmp_path / "index", engine="opensearch", url=between.url, shards=1, replicas=0) as made:
        yield made


def texts(archive: Archive) -> list[str]:
    return sorted(hit.id for hit in archive.search("*", limit=None))


def lines(path: Path, *bodies: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps({"id": f"{n}", "text": body}) + "\n" for n, body in enumerate(bodies)))
    return path


def test_what_is_refused_is_named_and_counted_and_the_rest_goes_on(archive: Archive, tmp_path: Path) -> None:
    file = lines(tmp_path / "news" / "a.jsonl", "Amber", "A giant", "Basalt")
    write_stories(tmp_path / "news", {"whole.txt": "Another giant", "other.txt": "Cobalt"})
    remarks: list[Skipped | Noted] = []
    summary = archive.index([tmp_path / "news"], jobs=1, remark=remarks.append)
    assert (summary.added, summary.total, summary.undated) == (3, 3, 2)
    assert summary.skipped_kinds == {"refused": 2}
    assert not summary.is_complete
    assert set(remarks) == set(summary.skipped)
    assert {(one.path, one.where, one.reason) for one in summary.skipped} == {
        (str(file), "article a.jsonl#1", REASON),
        (str(tmp_path / "news" / "whole.txt"), "article whole.txt", REASON),
    }
    assert texts(archive) == ["a.jsonl#0", "a.jsonl#2", "other.txt"]
    assert archive.verify().whole
    failed = {info.id: info.error for info in archive.sources() if info.state == "failed"}
    assert failed == {
        "a.jsonl": f"the index does not take a.jsonl#1: {REASON}",
        "whole.txt": f"the index does not take whole.txt: {REASON}",
    }


def test_the_next_run_tries_it_again(archive: Archive, tmp_path: Path, cluster: Callable[[bool], None]) -> None:
    lines(tmp_path / "news" / "a.jsonl", "Amber", "A giant", "Basalt")
    archive.index([tmp_path / "news"], jobs=1)
    again = archive.index([tmp_path / "news"], jobs=1)
    assert (again.added, again.skipped_total) == (0, 1)
    cluster(False)
    summary = archive.index([tmp_path / "news"], jobs=1)
    assert (summary.added, summary.updated, summary.skipped_total) == (1, 2, 0)
    assert texts(archive) == ["a.jsonl#0", "a.jsonl#1", "a.jsonl#2"]
    assert [info.state for info in archive.sources()] == ["read"]


def test_an_earlier_version_of_what_is_refused_stays(archive: Archive, tmp_path: Path) -> None:
    write_stories(tmp_path / "news", {"a.txt": "Amber", "b.txt": "Basalt"})
    archive.index([tmp_path / "news"], jobs=1)
    write_stories(tmp_path / "news", {"a.txt": "Amber, now a giant"})
    summary = archive.index([tmp_path / "news"], jobs=1)
    assert (summary.updated, summary.skipped_total, summary.total) == (0, 1, 2)
    assert "giant" not in archive.show("a.txt").snippets[0].text
    assert archive.verify().whole
    (tmp_path / "news" / "a.txt").unlink()
    assert archive.index([tmp_path / "news"], jobs=1, prune=True).removed == 1


def test_a_run_that_is_stopped_does_not_go_on_behind_what_was_refused(
    archive: Archive, tmp_path: Path, cluster: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchkit.indexing.run._SECONDS_BETWEEN_COMMITS", 0.0)
    monkeypatch.setattr("searchkit.indexing.run._LARGE", 1)
    lines(tmp_path / "news" / "a.jsonl", "Amber", "A giant", "Basalt", "Cobalt", "Diorite", "Emerald")
    commits = 0

    def stop(report: searchkit.Progress) -> None:
        nonlocal commits
        commits += report.phase == "committing"
        if commits == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.index([tmp_path / "news"], jobs=1, progress=stop)
    cluster(False)
    archive.index([tmp_path / "news"], jobs=1)
    assert texts(archive) == [f"a.jsonl#{n}" for n in range(6)]
    assert archive.verify().whole


def test_the_earlier_capture_of_an_address_stays_where_the_later_one_is_refused(
    archive: Archive, tmp_path: Path, cluster: Callable[[bool], None]
) -> None:
    def capture(day: int, text: str) -> str:
        captured = f"2019-02-{day:02}T12:00:00Z"
        made = {"id": f"{day}", "text": text, "url": "https://news.example/bridge", "date_download": captured}
        return json.dumps(made) + "\n"

    file = tmp_path / "news" / "a.jsonl"
    file.parent.mkdir()
    file.write_text(capture(1, "The bridge"))
    archive.index([tmp_path / "news"], jobs=1)
    file.write_text(capture(1, "The bridge") + capture(2, "The giant bridge"))
    archive.index([tmp_path / "news"], jobs=1)
    assert texts(archive) == ["a.jsonl#1"]
    assert archive.verify().whole
    cluster(False)
    archive.index([tmp_path / "news"], jobs=1)
    assert texts(archive) == ["a.jsonl#2"]
    assert [version.id for version in archive.show("a.jsonl#2").versions] == ["a.jsonl#2", "a.jsonl#1"]


def test_what_a_rebuild_could_take_from_nowhere_else_ends_it_and_the_index_stays(
    archive: Archive, tmp_path: Path, cluster: Callable[[bool], None]
) -> None:
    cluster(False)
    write_stories(tmp_path / "news", {"a.txt": "A giant", "b.txt": "Basalt"})
    archive.index([tmp_path / "news"], jobs=1)
    (tmp_path / "news" / "a.txt").unlink()
    cluster(True)
    with pytest.raises(IndexingFailed, match=f"does not take these articles: a.txt .{REASON}.*left as it was"):
        archive.index([tmp_path / "news"], jobs=1, rebuild=True)
    assert texts(archive) == ["a.txt", "b.txt"]


def test_a_conversion_with_a_refused_article_leaves_the_index_as_it_was(
    tmp_path: Path, between: Between, cluster: object
) -> None:
    write_stories(tmp_path / "news", {"a.txt": "A giant", "b.txt": "Basalt"})
    with searchkit.create(tmp_path / "index", engine="whoosh") as archive:
        archive.index([tmp_path / "news"], jobs=1)
        with pytest.raises(IndexingFailed, match=r"does not take these articles: a\.txt"):
            archive.convert("opensearch", url=between.url, shards=1, replicas=0)
        assert archive.stats().engine == "whoosh"
        assert texts(archive) == ["a.txt", "b.txt"]
