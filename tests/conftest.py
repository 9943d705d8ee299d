"""What every test shares: hypothesis' settings, where the repository is, and what must not be missing in CI."""

from __future__ import annotations

import os
import signal
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# What is started in the background by a shell without job control ignores Ctrl-C, and all that it starts does too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


ROOT = Path(__file__).resolve().parent.parent
REUTERS = ROOT.parent / "shared" / "data" / "reuters21578"

settings.register_profile(
    "searchkit",
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


@pytest.fixture(scope="session")
def reuters() -> Path:
    """The folder of the Reuters stories, which a clone of the repository does not have."""
    if not REUTERS.is_dir():
        pytest.skip(f"the Reuters-21578 stories are not in {REUTERS}")
    return REUTERS
