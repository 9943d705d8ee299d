import io

import pytest

from searchkit.render import progress
from searchkit.render.progress import ProgressLine, describe
from searchkit.reports import Progress


class _Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test sets: ``clock[0] = seconds``."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    return now


def test_a_line_says_articles_bytes_rate_and_time_left():
    assert describe(Progress("reading", 1234, 1_200_000, 4_800_000, 0.5)) == (
        "reading: 1,234 articles, 1.2 MB of 4.8 MB, 2,468 articles/s, 2 s left"
    )


def test_nothing_is_guessed_before_there_is_something_to_go_by():
    assert describe(Progress("reading", 0, 0, 0, 0.0)) == "reading: 0 articles"
    assert (
        describe(Progress("committing", 9, 10, 10, 3.0)) == "committing: 9 articles, 10 bytes of 10 bytes, 3 articles/s"
    )


def test_on_a_terminal_one_line_is_written_over_and_cleared_at_the_end(clock):
    out = _Terminal()
    with ProgressLine(out) as line:
        line(Progress("reading", 1, 1, 2, 0.0))
        clock[0] += 0.01
        line(Progress("reading", 2, 1, 2, 0.0))
        clock[0] += 0.01
        line(Progress("committing", 2, 2, 2, 0.0))
    assert out.getvalue().split("\r\x1b[K") == [
        "", "reading: 1 article, 1 byte of 2 bytes", "committing: 2 articles, 2 bytes of 2 bytes", "",
    ]  # fmt: skip


def test_a_line_never_fills_a_narrow_terminal(clock, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    out = _Terminal()
    ProgressLine(out)(Progress("reading", 1000, 1, 2, 1.0))
    assert out.getvalue() == "\r\x1b[Kreading: 1,000 art…"


def test_in_a_log_there_is_a_line_every_ten_seconds(clock):
    out = io.StringIO()
    with ProgressLine(out) as line:
        for second in range(25):
            clock[0] = 100.0 + second
            line(Progress("reading", second, 0, 0, 0.0))
    assert out.getvalue() == "reading: 10 articles\nreading: 20 articles\n"


def test_quiet_is_quiet(clock):
    for out in (_Terminal(), io.StringIO()):
        with ProgressLine(out, quiet=True) as line:
            clock[0] += 1000
            line(Progress("reading", 1, 0, 0, 0.0))
        assert out.getvalue() == ""


def test_a_reader_that_has_gone_stops_no_run(clock):
    class Closed(_Terminal):
        def write(self, text):
            raise BrokenPipeError

    with ProgressLine(Closed()) as line:
        line(Progress("reading", 1, 0, 0, 0.0))
