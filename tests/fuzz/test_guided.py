"""Every reader, fuzzed by lines reached: see ``guided.py``. As long as the other fuzzers (``SEARCHKIT_FUZZ_SECONDS``)."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT, cannot_run

from .test_fuzz import SECONDS


def test_every_reader_gives_articles_skips_or_its_own_errors(tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        reason = "atheris is not installed; there are wheels of it for some systems only"
        cannot_run(reason)
    command = [sys.executable, "-m", "tests.fuzz.guided", str(max(1, round(SECONDS))), str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert ended.returncode == 0, f"{ended.stdout[-3000:]}\n{sorted(tmp_path.glob('found-*'))}"
    assert "Done" in ended.stdout
