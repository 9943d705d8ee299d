"""Bylines and datelines that a format keeps in fields of their own."""

from __future__ import annotations

import pytest

from searchkit.readers.printed import PrintedDateline, printed_dateline, without_by

STORY = "Boats will sail again, the line said."


@pytest.mark.parametrize(
    ("written", "dateline", "agency"),
    [
        ("WASHINGTON (AP) ", "WASHINGTON", "AP"),
        ("WASHINGTON (AP) --", "WASHINGTON", "AP"),
        ("KIEV, Ukraine, March 3", "KIEV, Ukraine", None),
        ("Washington, Oct 21 (AFP) -", "Washington", "AFP"),
        ("Bergen", "Bergen", None),
        ("MIAMI  (BC-BOATS-TEX)", "MIAMI", None),
        ("", "", None),
        (" -- ", "", None),
    ],
)
def test_a_dateline_is_the_place(written: str, dateline: str, agency: str | None) -> None:
    assert printed_dateline(written, STORY) == PrintedDateline(dateline, "", agency)


def test_a_dateline_that_the_text_has_too_is_taken_from_there() -> None:
    assert printed_dateline("OSLO (AP) --", f"OSLO (AP) -- {STORY}") == PrintedDateline()


def test_a_dateline_of_another_place_than_the_text_has_is_the_location() -> None:
    assert printed_dateline("BERGEN, Norway", f"OSLO, Norway (AP) -- {STORY}") == PrintedDateline("", "BERGEN, Norway")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("By ANN LEE", "ANN LEE"),
        ("by: Ann Lee", "Ann Lee"),
        ("Ann Byrd", "Ann Byrd"),
        ("Byron Lee", "Byron Lee"),
        ("", ""),
    ],
)
def test_a_byline_is_the_name(written: str, name: str) -> None:
    assert without_by(written) == name
