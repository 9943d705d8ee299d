"""What the tests of ``deploy/`` share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.conftest import ROOT

sys.path.append(str(ROOT / "scripts"))

from opensearch_setup import VERSION

__all__ = ["DEPLOY", "NODES", "VERSION", "make_certificates", "run"]

DEPLOY = ROOT / "deploy"
NODES = ("opensearch-1", "opensearch-2", "opensearch-3")


def run(
    command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run a command, and show what it said where it fails."""
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True, timeout=300, check=False
    )
    assert not check or done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


def make_certificates(folder: Path, *nodes: str) -> str:
    """Run the script, as the page on clusters says. Gives what it said."""
    return run(["sh", str(DEPLOY / "make-certificates.sh"), *nodes], env={"CERTIFICATES": str(folder)}).stdout
