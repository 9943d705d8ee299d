"""What the page of commands says of the JSON of timelines, facets, places and terms."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs import running
from tests.docs.pages import codes, read, table

PAGE = read("docs/command-line.md")


@pytest.mark.parametrize("line", ["timeline the --peaks --share", "facets the", "places the", "terms volcano"])
def test_the_keys_that_are_printed_are_those_of_the_table(line: str, folder: Callable[[bool], Path]) -> None:
    command = line.split()[0]
    printed = json.loads(running.run(f"searchkit {line} --format json", folder(True)))
    rows = table(PAGE, f"searchkit {command}")
    assert printed.pop("schema") == f"searchkit.{command}/1"
    assert set(printed) == {key for row in rows for key in codes(row[0])}
    for key, means in rows:
        for name in codes(key):
            if isinstance(printed[name], list) and printed[name] and isinstance(printed[name][0], dict):
                assert set(printed[name][0]) <= set(codes(means)), name
