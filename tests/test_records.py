"""Records behave as frozen dataclasses do."""

from __future__ import annotations

import pickle

import pytest

from searchkit.records import Record


class Point(Record):
    x: int
    y: int = 2


class Other(Record):
    x: int
    y: int = 2


def test_values_are_given_by_place_by_name_or_by_default() -> None:
    assert Point(1) == Point(1, 2) == Point(x=1) == Point(y=2, x=1) == Point(1, y=2)
    assert (Point(1).x, Point(1, 3).y) == (1, 3)


@pytest.mark.parametrize(("values", "named"), [((), {}), ((1, 2, 3), {}), ((1,), {"x": 1}), ((1,), {"z": 1})])
def test_values_that_do_not_fit_are_an_error(values: tuple[int, ...], named: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="Point"):
        Point(*values, **named)


def test_a_record_cannot_be_changed() -> None:
    point = Point(1)
    with pytest.raises(AttributeError, match="frozen"):
        point.x = 3  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        del point.x
    assert point == Point(1)


def test_records_of_different_kinds_are_different() -> None:
    assert Point(1) != Other(1)
    assert len({Point(1), Point(x=1, y=2), Point(y=2, x=1), Other(1), Point(2)}) == 3


def test_a_record_can_be_matched_shown_and_pickled() -> None:
    match Point(1, 5):
        case Point(x, y=5):
            assert x == 1
        case _:
            pytest.fail("not matched")
    assert repr(Point(1)) == "Point(x=1, y=2)"
    assert pickle.loads(pickle.dumps(Point(1, 7))) == Point(1, 7)


class Line(Record):
    start: Point
    name: str = ""


def test_a_copy_may_have_other_values() -> None:
    point = Point(1)
    assert point.changed(y=5) == Point(1, 5)
    assert point == Point(1)
    with pytest.raises(TypeError, match="Point"):
        point.changed(z=1)


def test_records_in_a_record_become_dicts_with_it() -> None:
    assert Line(Point(1), "a").as_dict() == {"start": {"x": 1, "y": 2}, "name": "a"}
