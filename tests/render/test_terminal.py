import io

import pytest

from searchkit.render.terminal import Style, columns, is_terminal, wants_color


class _Terminal(io.StringIO):
    def isatty(self):
        return True

    def fileno(self):
        raise OSError("not a real one")


@pytest.fixture(autouse=True)
def _plain(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("environment", "option", "terminal", "wanted"),
    [
        ({}, "auto", True, True),
        ({}, "auto", False, False),
        ({"NO_COLOR": "1"}, "auto", True, False),
        ({"NO_COLOR": ""}, "auto", True, True),
        ({"FORCE_COLOR": "1"}, "auto", False, True),
        ({"FORCE_COLOR": "0"}, "auto", False, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, "auto", True, False),
        ({"TERM": "dumb"}, "auto", True, False),
        ({"NO_COLOR": "1"}, "always", False, True),
        ({"FORCE_COLOR": "1"}, "never", True, False),
    ],
)
def test_colour_is_what_was_asked_for_then_the_environment_then_the_terminal(
    monkeypatch, environment, option, terminal, wanted
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wants_color(_Terminal() if terminal else io.StringIO(), option) is wanted


def test_a_pipe_has_no_width_and_a_terminal_has_one(monkeypatch):
    assert columns(io.StringIO()) is None
    assert columns(_Terminal()) == 80
    monkeypatch.setenv("COLUMNS", "132")
    assert columns(_Terminal()) == 132
    monkeypatch.setenv("COLUMNS", "wide")
    assert columns(_Terminal()) == 80


def test_a_dumb_terminal_cannot_move_its_cursor(monkeypatch):
    assert is_terminal(_Terminal())
    monkeypatch.setenv("TERM", "dumb")
    assert not is_terminal(_Terminal())


def test_style_without_colour_is_plain():
    style = Style(False)
    assert (style.bold("a"), style.dim("a"), style.marked("abc", ((1, 2),), bold=True)) == ("a", "a", "abc")


def test_every_mark_ends_where_its_span_ends():
    assert Style(True).marked("abc", ((1, 2),)) == "a\x1b[1;31mb\x1b[0mc"
