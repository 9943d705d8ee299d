"""The sample articles, indexed once, and three ways to run a command line: in this process, as a process of its own, and
as a process on a terminal.
"""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import searchkit
from searchkit import cli

ARTICLES = Path(__file__).resolve().parents[2] / "articles"
COMMAND = [sys.executable, "-m", "searchkit"]


@dataclass(frozen=True)
class Ran:
    """What a command line did."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the sample articles; tests only read it."""
    folder = tmp_path_factory.mktemp("samples") / "index"
    with searchkit.create(folder) as archive:
        archive.index([ARTICLES])
    return folder


@pytest.fixture
def environment(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that is the same on every machine, in which the samples are the index."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "SEARCHKIT_DEBUG", "PYTHONIOENCODING", "PYTHONUNBUFFERED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("SEARCHKIT_INDEX", str(samples))


@pytest.fixture
def run(environment: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Runs a command line in this process."""

    def run(*args: str, stdin: bytes = b"") -> Ran:
        streams = {name: io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for name in ("stdout", "stderr")}
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
            for name, stream in streams.items():
                patch.setattr(sys, name, stream)
            status = cli.run(list(args))
        out, err = (stream.buffer.getvalue().decode() for stream in streams.values())  # type: ignore[attr-defined]
        return Ran(status, out, err)

    return run


@pytest.fixture
def process(environment: None) -> Callable[..., Ran]:
    """Runs a command line as a process of its own."""

    def process(*args: str, **more: object) -> Ran:
        done = subprocess.run([*COMMAND, *args], capture_output=True, timeout=120, **more)  # type: ignore[call-overload]
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return process


@pytest.fixture
def terminal(environment: None) -> Callable[..., Ran]:
    """Runs a command line on a terminal of 60 columns; what it shows is in ``out``."""

    def terminal(*args: str) -> Ran:
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, 60))
        # The environment that Python knows: pytest's readline sets COLUMNS behind its back.
        env = dict(os.environ)
        with subprocess.Popen([*COMMAND, *args], stdin=theirs, stdout=theirs, stderr=theirs, env=env) as started:
            os.close(theirs)
            shown = b""
            # At the end of its last writer, a terminal is an error on Linux, and the end of the file elsewhere.
            try:
                while piece := os.read(ours, 4096):
                    shown += piece
            except OSError:
                pass
            os.close(ours)
        return Ran(started.returncode, shown.decode().replace("\r\n", "\n"), "")

    return terminal
