"""What every test shares: hypothesis' settings, where the repository is, and what must not be missing in CI."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.engines.between import Between

# What is started in the background by a shell without job control ignores Ctrl-C, and all that it starts does too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


ROOT = Path(__file__).resolve().parent.parent
REUTERS = ROOT.parent / "shared" / "data" / "reuters21578"

MORE = int(os.environ.get("SEARCHKIT_MORE_EXAMPLES", "1"))
"""How many times as many examples as usual hypothesis tries."""

settings.register_profile(
    "searchkit",
    max_examples=100 * MORE,
    deadline=None,  # a slow machine is not a fault
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
    print_blob=True,
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("searchkit")


def cannot_run(why: str) -> None:
    """Skip a test on a user's machine for what is not installed there; in CI every part must run."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why, allow_module_level=True)


def needed(module: str) -> None:
    """The same for a library."""
    if find_spec(module) is None:
        cannot_run(f"{module} is not installed")


_PIECE = 0.01
"""Seconds that :func:`_piece_of_work` took where the limits of the tests were found."""


def _piece_of_work() -> float:
    """The seconds that something which is always the same takes here and now."""
    text = "The quick brown fox jumps over 13 lazy dogs.\n" * 2_000
    began = time.process_time()
    sum(map(len, re.sub(r"(\w+) (\w+)", r"\2 \1", text).split()))
    return time.process_time() - began


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fails where what is done inside takes far longer than it should: a hang, or quadratic time. The clock is that of this
    process's own work, and where that was more, the limit is three times what it would be on a machine as slow as this one.
    """
    began = time.process_time()
    yield
    taken = time.process_time() - began
    if taken > seconds:
        slow = max(1.0, *(_piece_of_work() / _PIECE for _ in range(5)))
        assert taken < 3 * slow * seconds, (
            f"{taken:.1f} s of work, and not {seconds:g}, on a machine {slow:.1f} times as slow"
        )


@pytest.fixture
def between() -> Iterator[Between]:
    """A server between searchkit and a node of OpenSearch."""
    from tests.engines.between import Between  # which needs what a user may not have

    made = Between()
    yield made
    made.close()


@pytest.fixture(scope="session")
def reuters() -> Path:
    """The folder of the Reuters stories, which a clone of the repository does not have."""
    if not REUTERS.is_dir():
        pytest.skip(f"the Reuters-21578 stories are not in {REUTERS}")
    return REUTERS
