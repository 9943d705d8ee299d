"""The whole collection: 14,000 stories, none of them left out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from searchkit import Archive

from .conftest import Readings

_DATA = Path(__file__).parents[3] / "shared" / "data" / "reuters21578"


@pytest.mark.skipif(not _DATA.is_dir(), reason=f"the Reuters collection is not in {_DATA}")
def test_all_stories_of_the_collection_come_in_and_are_read_once(
    archive: Archive, readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = archive.index([_DATA])
    assert (summary.added, summary.skipped, summary.undated, summary.total) == (14_000, (), 0, 14_000)
    assert readings.read == []  # the plain-text reader has no part in it
    results = archive.search("*", limit=10)
    assert results.total == 14_000
    first = archive.show("reut2-000.sgm#1")
    assert (first.title, first.date) == ("BAHIA COCOA REVIEW", dt.date(1987, 2, 26))
    assert first.article.time == dt.time(15, 1, 1, 790_000)
    stats = archive.stats()
    assert (stats.articles, stats.sources, stats.failed_sources) == (14_000, 14, 0)

    def refuse(*_: object) -> None:
        raise AssertionError("an unchanged file was looked into")

    monkeypatch.setattr("searchkit.indexing.run._digest", refuse)
    again = archive.index([_DATA])
    assert (again.unchanged, again.files_read, again.files_unchanged, again.total) == (14_000, 0, 14, 14_000)
    assert again.seconds < 2
