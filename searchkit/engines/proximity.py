"""Words near each other, counted the same way by every engine that counts them itself."""

from __future__ import annotations

from collections.abc import Sequence


def count_windows(terms: Sequence[str], places: Sequence[Sequence[int]], slop: int) -> int:
    """How many windows that begin with one of the terms hold all of them, each as often as it is named, with at most
    ``slop`` other places among them. ``places`` are the positions of each of ``terms``, in step.
    """
    events = sorted({(place, term) for term, found in zip(terms, places, strict=True) for place in found})
    needed = {term: terms.count(term) for term in terms}
    held = dict.fromkeys(needed, 0)
    missing, end, count = len(needed), 0, 0
    for start, term in events:
        while end < len(events) and events[end][0] < start + len(terms) + slop:
            entering = events[end][1]
            held[entering] += 1
            missing -= held[entering] == needed[entering]
            end += 1
        count += not missing
        missing += held[term] == needed[term]
        held[term] -= 1
    return count


def windows_in(piece: Sequence[str], terms: Sequence[str], slop: int) -> int:
    """The same for a piece of a text, given by its terms in order."""
    places: dict[str, list[int]] = {term: [] for term in terms}
    for place, term in enumerate(piece):
        if term in places:
            places[term].append(place)
    return count_windows(terms, [places[term] for term in terms], slop)
