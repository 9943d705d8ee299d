"""What a search of the sample articles puts first, with floors that cannot be lowered quietly."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

import searchkit
from tests.conftest import ROOT

RANKING = json.loads((ROOT / "tests" / "ranking.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> searchkit.Archive:
    folder: Path = tmp_path_factory.mktemp("ranking")
    made = searchkit.create(folder / "index")
    made.index([ROOT / "articles"])
    return made


def rank(archive: searchkit.Archive, query: str, wanted: str) -> int | None:
    """The place of an article among the hits, from 1."""
    found = [hit.id for hit in archive.search(query, limit=20)]
    return found.index(wanted) + 1 if wanted in found else None


def test_searches_put_first_what_they_should_at_least_as_often_as_before(archive: searchkit.Archive) -> None:
    ranks = {query: rank(archive, query, wanted) for query, wanted in RANKING["queries"].items()}
    first = sum(place == 1 for place in ranks.values()) / len(ranks)
    reciprocal = sum(1 / place for place in ranks.values() if place) / len(ranks)
    floor = RANKING["floors"][-1]
    assert first >= floor["first"], ranks
    assert reciprocal >= floor["reciprocal_rank"], ranks


def test_a_floor_is_lowered_only_with_a_reason() -> None:
    assert len(RANKING["queries"]) >= 12
    floors = RANKING["floors"]
    for before, after in itertools.pairwise(floors):
        lowered = after["first"] < before["first"] or after["reciprocal_rank"] < before["reciprocal_rank"]
        assert not lowered or len(after["why"]) > 60, "say why the ranking got worse, so that somebody can object"


def test_evacuation_finds_every_form_and_passing_mentions_come_last(archive: searchkit.Archive) -> None:
    results = archive.search("evacuation", limit=None)
    found = [hit.id for hit in results]
    assert results.total == len(found) == 15
    passing = {"1902-05-09-martinique-mont-pelee.txt", "2011-03-12-sendai-tsunami.txt"}
    assert passing <= set(found[8:])
    assert all(hit.snippets[0].highlights for hit in archive.search("evacuation", limit=None))
