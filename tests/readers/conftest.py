"""What the tests of the readers share: files on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchkit.readers.base import Source

from .support import MakeSource


@pytest.fixture
def make_source(tmp_path: Path) -> MakeSource:
    """Writes a file below ``tmp_path`` and gives the Source for it."""

    def make(content: bytes | str, name: str = "story.txt") -> Source:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Source(path, name, name.removesuffix(".gz"))

    return make
