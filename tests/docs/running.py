"""Running what the pages show: commands on a terminal of 80 columns without colours, and Python.

A block of commands has each command after ``$ ``, its further lines after ``> ``, and its output below. In an output, a
line that is only ``…`` stands for any lines, and ``[…]`` for any text of a line. Times, sizes and the last digits of
scores are not compared, and the folder is ``/srv/archive``.
"""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
import termios
from dataclasses import dataclass
from pathlib import Path

import searchkit
from tests.docs.pages import ROOT

COLUMNS = 80

PLACE = "/srv/archive"
"""What the pages call the folder that they are in."""

_TIMES = (
    (re.compile(r"\bin (?:\d+ ms|\d+\.\d s)"), "in 0 ms"),
    (re.compile(r'"seconds": [\d.e-]+'), '"seconds": 0'),
    (re.compile(r'("score": \d+\.\d\d\d)\d*'), r"\1"),  # the last digits are the machine's
    (re.compile(r'"bytes": \d+'), '"bytes": 0'),
    (re.compile(r"^(size +)[\d.,]+ \w+$", re.MULTILINE), r"\g<1>0 kB"),
)


@dataclass(frozen=True)
class Command:
    """A command as written, the output that is shown for it, and the span of that output in its block."""

    line: str
    output: str
    start: int
    end: int


def commands(block: str) -> list[Command]:
    """The commands of a block, in order."""
    return [
        Command(match[1].replace("\n> ", "\n"), match[2], match.start(2), match.end(2))
        for match in re.finditer(r"^\$ (.*(?:\n> .*)*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    ]


def make_folder(folder: Path, indexed: bool) -> Path:
    """A folder as the pages have it: the sample articles, and, except where the page makes it, their index."""
    shutil.copytree(ROOT / "articles", folder / "articles")
    if indexed:
        with searchkit.create(folder / "index") as archive:
            archive.index([folder / "articles"])
    return folder


def environment() -> dict[str, str]:
    """The same on every machine: ``searchkit`` and ``python`` are the ones that run the tests."""
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    # A dumb terminal has a width, but no cursor that a progress bar could move.
    return {"PYTHONUTF8": "1", **kept, "PATH": path, "TERM": "dumb", "NO_COLOR": "1", "PYTHONWARNINGS": "error"}


def run(line: str, folder: Path) -> str:
    """What a terminal shows when the shell runs a line."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, COLUMNS))
    with subprocess.Popen(
        ["/bin/sh", "-c", line], cwd=folder, env=environment(), stdin=theirs, stdout=theirs, stderr=theirs
    ):
        os.close(theirs)
        shown = b""
        # At the end of its last writer, a terminal is an error on Linux, and the end of the file elsewhere.
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:
            pass
        os.close(ours)
    return _placed(shown.decode().replace("\r\n", "\n"), folder)


def _placed(text: str, folder: Path) -> str:
    return text.replace(str(folder.resolve()), PLACE)


def matches(shown: str, command: Command) -> bool:
    """Whether a page shows what a command gave."""
    return _pattern(command).fullmatch(_normal(shown, command.line)) is not None


def _pattern(command: Command) -> re.Pattern[str]:
    parts = []
    for line in _normal(command.output, command.line).splitlines():
        if line.strip() == "…":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append("[^\n]*".join(map(re.escape, line.split("[…]"))) + "\n")
    return re.compile("".join(parts))


def _normal(text: str, line: str) -> str:
    for pattern, replacement in _TIMES:
        text = pattern.sub(replacement, text)
    lines = [line.rstrip() for line in text.splitlines()]
    if line.endswith("--help"):
        # Other versions of click break the lines of a help text elsewhere.
        lines = [" ".join(text.split())]
    return "".join(f"{line}\n" for line in lines)


def run_python(source: str, folder: Path) -> str:
    """What a script prints, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", source], cwd=folder, env=environment(), capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    return _placed(done.stdout.decode(), folder)
