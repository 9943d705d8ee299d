"""The certificates of a cluster, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deploy.support import make_certificates


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what ``make-certificates.sh`` makes where nothing is said."""
    folder = tmp_path_factory.mktemp("certificates")
    make_certificates(folder)
    return folder
