"""The page on JSON: what is printed has exactly the keys of its tables, with values of the types that they name."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from searchkit.render import records
from tests.docs import running
from tests.docs.pages import code, headings, read, table

PAGE = read("docs/json.md")
NOT_OBJECTS = {"JSON", "An example"}
TABLES = {
    heading: {code(key): (kind, means) for key, kind, means in table(PAGE, heading)}
    for heading in headings(PAGE)
    if heading not in NOT_OBJECTS
}
NOT_OF_AN_ARTICLE = {"rank", "score", "snippets"}
TABLES["Article"] |= {key: row for key, row in TABLES["Hit"].items() if key not in NOT_OF_AN_ARTICLE}
SCALARS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "object": lambda value: isinstance(value, dict),
    "span": lambda value: isinstance(value, list) and len(value) == 2 and 0 <= value[0] < value[1],
}


class Checker:
    """Holds values to the tables, and remembers which keys it has met with a value."""

    def __init__(self) -> None:
        self.met: set[tuple[str, str]] = set()

    def object(self, value: Any, heading: str, optional: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        assert isinstance(value, dict), heading
        keys = TABLES[heading]
        assert set(value) <= set(keys), f"{heading}: not documented: {set(value) - set(keys)}"
        missing = set(keys) - set(value)
        assert all("only" in keys[key][1] or "likewise" in keys[key][1] or key in optional for key in missing), missing
        for key, item in value.items():
            self.met.add((heading, key))
            self.value(item, keys[key][0], f"{heading}.{key}")

    def value(self, value: Any, kind: str, where: str) -> None:
        allowed = [re.sub(r"\[(\w+)\]\(#\w+\)", r"\1", part) for part in kind.split(" or ")]
        if value is None:
            assert "null" in allowed, where
            return
        (name,) = (part for part in allowed if part != "null")
        if name.startswith("list of "):
            assert isinstance(value, list), where
            for item in value:
                self.one(item, name.removeprefix("list of "), where)
        else:
            self.one(value, name, where)

    def one(self, value: Any, name: str, where: str) -> None:
        if name in SCALARS:
            assert SCALARS[name](value), f"{where}: {value!r} is no {name}"
        else:
            self.object(value, name.capitalize())


@pytest.fixture
def ask(folder: Callable[[bool], Path]) -> Callable[[str], list[Any]]:
    """Runs a command line in a fresh folder and gives the JSON values that it printed, one a line or one in all."""
    here = folder(True)

    def ask(line: str) -> list[Any]:
        done = subprocess.run(
            ["/bin/sh", "-c", line], cwd=here, env=running.environment(), capture_output=True, timeout=120, check=False
        )
        assert done.returncode in (0, 1, 2), done.stderr
        text = done.stdout.decode()
        try:
            return [json.loads(text)]
        except json.JSONDecodeError:
            return [json.loads(line) for line in text.splitlines()]

    return ask


def test_everything_that_is_printed_is_documented_and_the_other_way_round(ask: Callable[[str], list[Any]]) -> None:
    checker = Checker()

    for line in (
        "searchkit query 'evacuees \"oil sands\" edmonton' --explain --format json",
        "searchkit query 'title:vaccine injection' --format json --offset 0 --facets country",
        "searchkit query evacuatoin --format json",
        "searchkit query 'evacuation zebra' --format json",
        "searchkit query '\"evacuation' --format json",
    ):
        for value in ask(line):
            checker.object(value, "Results")
    for value in ask("searchkit query 'bengaluru OR dateline:kabul' --format jsonl --limit all"):
        checker.object(value, "Hit")
    for value in ask("printf 'volcano\\n' | searchkit query --batch -"):
        checker.object(value, "Results")
    counted, failed = ask("printf 'volcano\\ndate:2019-13\\n' | searchkit query --batch - --count")
    checker.object(counted, "Results", optional={"hits"})
    checker.object(failed, "Batch")
    (failed,) = ask("printf '\\377\\n' | searchkit query --batch -")
    checker.object(failed, "Batch")
    assert set(failed["error"]) == {"message"}
    for value in ask("searchkit show 2016/2016-12-22-aleppo-buses.txt --query aleppo --format json"):
        checker.object(value, "Article")
    for value in ask(
        "mkdir news; touch news/empty.txt; printf 'date 03/04/2019 LIMA, Peru -- It rained.' > news/rain.txt;"
        "printf 'Words.' > news/gone.txt; searchkit index news --quiet 2>/dev/null; rm news/gone.txt;"
        "touch news/rain.txt; printf ' More.' >> news/rain.txt; searchkit index news --json"
    ):
        checker.object(value, "Summary")
        assert value["skipped"]
        assert value["gone"]
        assert value["notes"]
    reported = ask(
        'printf \'{"id": 1, "title": "Rain"}\\nnonsense\\n{"id": 1, "title": "Hail"}\\n\' > news/a.jsonl;'
        "searchkit index news --quiet --report report.jsonl 2>/dev/null; cat report.jsonl"
    )
    for value in reported:
        checker.object(value, "Report")
    assert {value["kind"] for value in reported} == {"empty", "broken", "duplicate id", "gone"}
    for value in ask("searchkit index news --map title=title --quiet 2>/dev/null; searchkit sources --format json"):
        checker.object(value, "Sources")
    for value in ask("searchkit sources news --format jsonl"):
        checker.object(value, "Source")
    for value in ask("searchkit stats --format json"):
        checker.object(value, "Stats")
    for value in ask("searchkit fields --format json"):
        checker.object(value, "Fields")

    documented = {(heading, key) for heading, keys in TABLES.items() for key in keys}
    assert documented - checker.met == set()


def test_every_schema_is_there_with_its_version() -> None:
    named = [code(schema) for schema, _ in table(PAGE, "JSON")]
    assert named == [
        *(records.RESULTS, records.ARTICLE, records.SUMMARY, records.REPORT, records.SOURCES),
        *(records.STATS, records.FIELDS),
    ]


def test_highlights_are_characters_of_their_text(ask: Callable[[str], list[Any]]) -> None:
    for hit in ask("searchkit query reykjavik --format jsonl"):
        assert [hit["dateline"][a:b] for a, b in hit["dateline_highlights"]] == ["REYKJAVÍK"]
        for snippet in hit["snippets"]:
            assert {snippet["text"][a:b] for a, b in snippet["highlights"]} <= {"Reykjavík"}


def test_nothing_found_is_no_line_of_jsonl(ask: Callable[[str], list[Any]]) -> None:
    assert ask("searchkit query zebra --format jsonl") == []
