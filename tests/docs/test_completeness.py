"""Nothing is left out: commands, options, formats, variables, exit statuses, folders, files and targets."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import click
import pytest

import searchkit
from searchkit import cli
from searchkit.engines.base import EngineModule
from searchkit.indexing.batch import MAX_ARTICLES, MAX_CHARACTERS
from searchkit.render import FORMATS
from tests.docs import running
from tests.docs.pages import PAGES, ROOT, blocks, code, codes, headings, prose, read, section, table

COMMANDS = list(cli._COMMANDS)
COMMAND_LINE = read("docs/command-line.md")
ARCHITECTURE = read("ARCHITECTURE.md")
FOLDERS = sorted(
    folder.name for folder in (ROOT / "searchkit").iterdir() if folder.is_dir() and (folder / "__init__.py").exists()
)


def shown_commands(page: str) -> list[str]:
    return [
        command.line
        for block in blocks(read(page))
        if block.language == "console"
        for command in running.commands(block.text)
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_section_and_its_help(command: str) -> None:
    assert f"searchkit {command}" in headings(COMMAND_LINE)
    assert f"searchkit {command} --help" in shown_commands("docs/command-line.md")


def test_no_command_is_described_that_is_not_there() -> None:
    named = {match[1] for heading in headings(COMMAND_LINE) if (match := re.fullmatch(r"searchkit (\w+)", heading))}
    assert named == set(COMMANDS)


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in ("fields", "watch")])
def test_every_command_is_shown_at_work_in_the_readme(command: str) -> None:
    assert any(f"searchkit {command}" in line for line in shown_commands("README.md"))


def test_the_command_that_does_not_end_is_named_in_the_readme() -> None:
    assert "searchkit watch articles" in read("README.md")


def test_what_a_field_can_be_is_listed() -> None:
    listed = section(COMMAND_LINE, "How files are read").partition("what it is:")[2].partition("A name")[0]
    assert codes(listed) == list(searchkit.roles())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_on_the_page(command: str) -> None:
    made = cli.group.get_command(click.Context(cli.group), command)
    assert made is not None
    for param in made.params:
        for name in [*param.opts, *param.secondary_opts]:
            if name.startswith("--"):
                assert re.search(rf"^ +(?:-h, )?(?:--[\w-]+ / )?{name}\b", COMMAND_LINE, re.MULTILINE), name


@pytest.mark.parametrize("page", PAGES)
def test_no_page_names_an_option_that_is_not_there(page: str) -> None:
    known = {"--editable", "--help", "--version"}
    for command in COMMANDS:
        made = cli.group.get_command(click.Context(cli.group), command)
        assert made is not None
        known |= {name for param in made.params for name in [*param.opts, *param.secondary_opts]}
    for span in codes(prose(read(page))):
        for name in re.findall(r"(?<![\w-])--[a-z][a-z-]+", span):
            assert name in known, name


def test_every_output_format_is_described() -> None:
    assert [code(row[0]) for row in table(COMMAND_LINE, "Output formats")] == list(FORMATS)
    readme = section(read("README.md"), "What you can ask")
    assert [name for name in codes(readme.partition("The answer can be")[2]) if name in FORMATS] == list(FORMATS)


def test_every_environment_variable_is_described() -> None:
    named = {code(row[0]) for row in table(COMMAND_LINE, "Environment variables")}
    used: set[str] = set()
    for file in (ROOT / "searchkit").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        used |= set(re.findall(r'environ\.get\("(\w+)"', text)) | set(re.findall(r'envvar="(\w+)"', text))
        used |= set(re.findall(r'"(\w+)" in os\.environ', text))
    assert named == used - {"TERM"}


@pytest.mark.parametrize(("status", "means", "example"), table(COMMAND_LINE, "Exit statuses"))
def test_every_exit_status_has_an_example(
    status: str, means: str, example: str, folder: Callable[[bool], Path]
) -> None:
    here = folder(True)
    (here / "bad").mkdir()
    (here / "bad" / "empty.txt").touch()
    done = subprocess.run(
        shlex.split(code(example)), cwd=here, env=running.environment(), capture_output=True, timeout=120, check=False
    )
    assert done.returncode == int(status), means


def test_the_readme_has_the_same_exit_statuses() -> None:
    named = {row[0] for row in table(read("README.md"), "Exit statuses")}
    assert named == {row[0] for row in table(COMMAND_LINE, "Exit statuses")} | {"130"}


def test_what_is_not_a_result_goes_to_standard_error(folder: Callable[[bool], Path]) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", "searchkit query '(volcano' --format jsonl 2>/dev/null"],
        cwd=folder(True), env=running.environment(), capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    for line in done.stdout.decode().splitlines():
        json.loads(line)


def test_no_network_connection_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    (tmp_path / "story.txt").write_text("date 2019-02-19 BEIRUT, Lebanon -- It rained.")
    with searchkit.create(tmp_path / "index", timezone="Europe/Paris") as archive:
        archive.index([tmp_path])
        assert archive.search('rain* rained~ since:"last year" OR /rained/', suggest=True).total == 1


def test_every_folder_has_a_heading_that_asks_what_it_is_for() -> None:
    asked = [heading.partition("/:")[0] for heading in headings(ARCHITECTURE) if re.fullmatch(r"\w+/: .*\?", heading)]
    assert sorted(asked) == FOLDERS


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "DIVERGENCES.md", "docs/formats.md", "docs/json.md"])
def test_every_file_that_is_named_is_there(page: str) -> None:
    made_later = {"sources.db", "engine/", "searchkit.json", "index/"}
    examples = {"2019/syria.txt"}
    text = prose(read(page))
    where = [ROOT, ROOT / "searchkit"]
    for heading in [None, *headings(text)]:
        part = section(text, heading) if heading else ""
        inside = re.match(r"(\w+)/:", heading or "")
        places = [*where, *([ROOT / "searchkit" / inside[1]] if inside else [])]
        for name in codes(part):
            if page != "ARCHITECTURE.md" and "/" not in name:
                continue
            if (
                re.fullmatch(r"[\w./-]+(?:\.(?:py|lark|md|toml)|/)|tests/\w+", name)
                and name not in made_later | examples
            ):
                if name == "_tables.py":
                    continue
                places_too = [*places, *(place / engine for place in places for engine in ("whoosh_", "tantivy_"))]
                assert any((place / name).exists() for place in places_too), name


def test_the_order_of_imports_is_the_one_that_is_held() -> None:
    drawn = ARCHITECTURE.partition("holds it:\n\n")[2].partition("\n\n")[0]
    layers = [[name.strip() for name in layer.split(",")] for layer in " ".join(drawn.split()).split("→")]
    contract = read("pyproject.toml").partition("layers = [")[2].partition("]")[0]
    held = [[name.removeprefix("searchkit.") for name in re.findall(r"searchkit\.\w+", line)]
            for line in re.findall(r'"([^"]+)"', contract)]  # fmt: skip
    assert layers == held


def test_the_flow_is_drawn_as_in_the_package() -> None:
    for line in (searchkit.__doc__ or "").splitlines():
        for step in re.findall(r"──(\w+)──▶", line):
            assert f"──{step}──▶" in ARCHITECTURE


def test_the_size_of_a_batch_is_the_one_in_the_code() -> None:
    assert f"({MAX_ARTICLES:,} articles or {MAX_CHARACTERS // 1_000_000} million characters" in ARCHITECTURE


def test_the_steps_to_add_something_name_what_is_there() -> None:
    assert {"create", "open"} <= set(vars(EngineModule))
    assert "_MODULES = " in read("searchkit/engines/__init__.py")
    assert "FORMATS = " in read("searchkit/readers/registry.py")
    assert "_COMMANDS" in read("searchkit/cli/__init__.py")
    assert "ENGINES = " in read("tests/conformance/conftest.py")


def test_every_folder_of_tests_is_named() -> None:
    there = {
        f"tests/{entry.name}" for entry in os.scandir(ROOT / "tests") if entry.is_dir() and entry.name[0] not in "._"
    }
    named = {name for row in table(ARCHITECTURE, "Where are the tests?") for name in codes(row[0])}
    assert named == there


def test_the_changelog_keeps_its_form() -> None:
    text = read("CHANGELOG.md")
    first = headings(text)[1]
    assert first == "[Unreleased]"
    kinds = {heading for heading in headings(text) if not heading.startswith("[")}
    assert kinds - {"Changelog"} <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_sample_articles_are_as_many_as_the_pages_say(archive: object) -> None:
    number = len(archive)  # type: ignore[arg-type]
    for page in ("README.md", "CHANGELOG.md", "docs/query-language.md"):
        assert f"{number} " in read(page)
        assert "sample" in read(page)
