"""Bursts after Kleinberg."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.bursts import bursts


def test_a_burst_is_found_where_it_is() -> None:
    (found,) = bursts([1, 1, 1, 9, 8, 1, 1, 1], [100] * 8)
    assert (found.first, found.last) == (3, 4)


def test_a_busy_interval_of_the_whole_archive_is_no_burst() -> None:
    assert bursts([1, 1, 10, 1, 1], [100, 100, 1000, 100, 100]) == []


def test_a_steady_rate_has_no_bursts() -> None:
    assert bursts([5] * 20, [100] * 20) == []


def test_the_heaviest_burst_comes_first() -> None:
    found = bursts([1, 14, 1, 1, 1, 20, 1, 1, 1, 1], [100] * 10)
    assert [burst.first for burst in found] == [5, 1]


def test_the_weight_is_what_the_burst_saves_against_the_usual_rate() -> None:
    matches, articles = [1, 1, 1, 17, 1, 1, 1, 1], [100] * 8
    (found,) = bursts(matches, articles)
    usual = 24 / 800
    saved = 17 * math.log(2) + 83 * (math.log(1 - 2 * usual) - math.log(1 - usual))
    assert found.weight == pytest.approx(saved)


@pytest.mark.parametrize(("matches", "articles"), [([], []), ([0, 0], [5, 5]), ([5, 5], [5, 5]), ([3], [9])])
def test_nothing_all_or_one_interval_has_no_bursts(matches: list[int], articles: list[int]) -> None:
    assert bursts(matches, articles) == []


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=40))
def test_bursts_lie_inside_and_apart_and_weigh_something(pairs: list[tuple[int, int]]) -> None:
    found = bursts([a for a, _ in pairs], [a + b for a, b in pairs])
    covered = [i for burst in found for i in range(burst.first, burst.last + 1)]
    assert len(covered) == len(set(covered))
    assert all(0 <= i < len(pairs) for i in covered)
    assert all(burst.weight > 0 for burst in found)
