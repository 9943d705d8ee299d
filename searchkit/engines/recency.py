"""The boost of what is recent, the same on every engine: a score halves with each half-life of an article's age.

    score · max(2^(−age / half-life), 2^−10)

Age is counted in whole days up to today; what is dated in the future has the age 0. The floor leaves the order of what is
older than ten half-lives, and of the undated, to relevance alone.
"""

from __future__ import annotations

from math import exp2, floor, log2

from searchkit.records import Record

LEAST = 2.0**-10
"""The factor of whatever is older than ten half-lives, and of the undated."""


class Recency(Record):
    """How scores fall with age. ``today`` is a day number, ``half_life`` a number of days."""

    today: int
    half_life: float

    def factor(self, day: int | None) -> float:
        """What the score of an article of this day is multiplied by; None is undated."""
        if day is None:
            return LEAST
        return max(exp2(-max(self.today - day, 0) / self.half_life), LEAST)

    def since(self, factor: float) -> int | None:
        """The first day of which articles have this factor (at most 1) or a greater one; None where the undated have it too."""
        if factor <= LEAST:
            return None
        return self.today - floor(-log2(factor) * self.half_life)
