"""Bursts: intervals in which something is reported far more often than usual.

The method is Kleinberg's for batches of documents: J. Kleinberg, "Bursty and Hierarchical Structure in Streams", Proc. 8th
ACM SIGKDD (2002), section 4, "Enumerating Bursts". Each interval t holds d(t) articles, of which r(t) match. An automaton of
two states emits matches at the usual rate p0 = R/D, or at p1 = 2 p0; going up costs ln n for n intervals, going down nothing.
The cheapest sequence of states is found (Viterbi); a burst is a run of the second one. Its weight is the cost that it saves
against the usual rate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

_RATIO = 2.0
"""How many times the usual rate makes a burst: Kleinberg's s."""

_HIGHEST = 0.9999


class Burst(NamedTuple):
    """A burst: the indices of its first and its last interval, and its weight (natural logarithm)."""

    first: int
    last: int
    weight: float


def bursts(matches: Sequence[int], articles: Sequence[int]) -> list[Burst]:
    """The bursts among intervals, the heaviest first. ``matches`` and ``articles`` count, for each interval, the articles
    that match and all articles.
    """
    total, every = sum(matches), sum(articles)
    if not total or total == every:
        return []
    usual = total / every
    rates = (usual, min(usual * _RATIO, _HIGHEST))
    rise = math.log(len(matches))
    costs = [tuple(_cost(found, of, rate) for rate in rates) for found, of in zip(matches, articles, strict=True)]
    low, high = 0.0, rise  # the cheapest ways to be in each state; an interval before the first one is usual
    came_from: list[tuple[int, int]] = []
    for usual_cost, burst_cost in costs:
        to_low, to_high = (0 if low <= high else 1), (0 if low + rise < high else 1)
        came_from.append((to_low, to_high))
        low, high = min(low, high) + usual_cost, min(low + rise, high) + burst_cost
    state = 0 if low <= high else 1
    states = []
    for back in reversed(came_from):
        states.append(state)
        state = back[state]
    states.reverse()
    return sorted(_runs(states, costs), key=lambda burst: (-burst.weight, burst.first))


def _cost(found: int, of: int, rate: float) -> float:
    # Of the binomial's logarithm, what does not depend on the rate is left out: it is the same in both states.
    return -(found * math.log(rate) + (of - found) * math.log(1 - rate))


def _runs(states: Sequence[int], costs: Sequence[tuple[float, ...]]) -> list[Burst]:
    found = []
    at = 0
    while at < len(states):
        start = at
        while at < len(states) and states[at]:
            at += 1
        if at > start:
            found.append(Burst(start, at - 1, sum(costs[i][0] - costs[i][1] for i in range(start, at))))
        at += 1
    return found
