"""Readers while an index is written, grows, is converted and rebuilt: no error, and never half of anything."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

import searchkit
from searchkit.indexing import batch, growth


class Reader(threading.Thread):
    """Searches again and again, as one who keeps an index open and as one who opens it anew."""

    def __init__(self, index: Path) -> None:
        super().__init__()
        self._index = index
        self.done = threading.Event()
        self.totals: list[int] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            with searchkit.open(self._index) as kept:
                while not self.done.is_set():
                    kept.reload()
                    self._search(kept)
                    with searchkit.open(self._index) as fresh:
                        self._search(fresh)
        except BaseException as error:
            self.error = error

    def _search(self, archive: searchkit.Archive) -> None:
        results = archive.search("story", limit=20)
        assert len(results.hits) == 20
        for hit in results.hits:
            assert hit.id in hit.article.body
        assert results.total == len(archive)
        self.totals.append(results.total)


def write_articles(folder: Path, names: range) -> None:
    folder.mkdir(exist_ok=True)
    for number in names:
        (folder / f"{number:04}.txt").write_text(
            f"date 2019-02-19 CAIRO — The story of {number:04}.txt in some words.\n"
        )


def test_readers_never_see_an_error_or_a_half_written_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MAX_ARTICLES", 25)
    monkeypatch.setattr(growth, "GROWTH_THRESHOLD", 250)
    articles = tmp_path / "articles"
    write_articles(articles, range(100))
    with searchkit.create(tmp_path / "index") as archive:
        archive.index([articles], jobs=1)
        reader = Reader(tmp_path / "index")
        reader.start()
        try:
            write_articles(articles, range(100, 400))
            assert archive.index([articles], jobs=1).engine == "tantivy"
            archive.convert("whoosh")
            archive.index([articles], rebuild=True, jobs=1)
            archive.convert("tantivy")
            write_articles(articles, range(400, 450))
            archive.index([articles], jobs=1)
            archive.index([articles], rebuild=True, jobs=1)
        finally:
            reader.done.set()
            reader.join()
    if reader.error is not None:
        raise reader.error
    assert reader.totals == sorted(reader.totals)  # what was once found is found ever after
    assert reader.totals[0] == 100
    assert len(set(reader.totals)) > 2
