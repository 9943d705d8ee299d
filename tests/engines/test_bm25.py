"""The ranking formula."""

from __future__ import annotations

import math

import pytest

from searchkit.engines import bm25


def test_lengths_are_rounded_as_lucene_rounds_them() -> None:
    # The first 40 lengths are exact; then steps of 2, 4, 8 … (org.apache.lucene.util.SmallFloat, decoded byte by byte).
    assert [bm25.rounded(n) for n in range(40)] == list(range(40))
    assert [bm25.rounded(n) for n in (40, 41, 42, 43, 55, 56, 57, 59, 60)] == [40, 40, 42, 42, 54, 56, 56, 56, 60]
    assert [bm25.rounded(n) for n in (100, 1000, 413, 2_147_483_647)] == [96, 984, 408, 2_013_265_944]


def test_there_are_256_lengths_in_all() -> None:
    assert len({bm25.rounded(n) for n in range(5000)} | {bm25.rounded(1 << bits) for bits in range(31)}) < 256


def test_a_rounded_length_rounds_to_itself() -> None:
    assert all(bm25.rounded(bm25.rounded(n)) == bm25.rounded(n) <= n for n in range(20_000))


def test_the_score_is_lucenes() -> None:
    weight = math.log(1 + (1000 - 10 + 0.5) / 10.5)
    assert bm25.idf(1000, 10) == pytest.approx(weight)
    expected = weight * 3 / (3 + 1.2 * (0.25 + 0.75 * 96 / 120))
    assert bm25.score(weight, 3, bm25.norm(100, 120.0)) == pytest.approx(expected)
