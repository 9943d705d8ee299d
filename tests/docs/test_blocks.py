"""What the pages show is what happens: every command and every piece of Python is run."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs import running
from tests.docs.generate import MAKES_ITS_INDEX
from tests.docs.pages import PAGES, ROOT, blocks, read, scripts

LANGUAGES = {"console", "python", "text", "sh", "json", "yaml"}


def having(language: str) -> list[str]:
    return [page for page in PAGES if any(block.language == language for block in blocks(read(page)))]


@pytest.mark.parametrize("page", having("console"))
def test_every_command_shows_what_the_page_says(page: str, folder: Callable[[bool], Path]) -> None:
    here = folder(page not in MAKES_ITS_INDEX)
    for block in blocks(read(page)):
        if block.language != "console":
            continue
        found = running.commands(block.text)
        assert found
        assert block.text.startswith("$ "), "a block of commands begins with one"
        for command in found:
            shown = running.run(command.line, here)
            assert running.matches(shown, command), (
                f"$ {command.line}\n{shown}\n(python -m tests.docs.generate brings the pages up to date)"
            )


@pytest.mark.parametrize("page", having("python"))
def test_every_piece_of_python_prints_what_the_page_says(page: str, folder: Callable[[bool], Path]) -> None:
    here = folder(True)
    for script, output in scripts(read(page)):
        shown = running.run_python(script.text, here)
        assert running.matches(shown, running.Command("", output.text, 0, 0)), f"{script.text}\nprints\n{shown}"


@pytest.mark.parametrize("page", PAGES)
def test_every_block_says_what_language_it_is_in(page: str) -> None:
    assert {block.language for block in blocks(read(page))} <= LANGUAGES
    assert read(page).count("```") == 2 * len(blocks(read(page)))


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"\bmake ([a-z]+)(?=`|\s+#|\n)", read(page))}
    assert {"demo", "test"} <= named <= targets


def test_the_demo_does_what_the_readme_says() -> None:
    recipe = read("Makefile").partition("\ndemo:")[2].partition("\n\n")[0]
    assert "searchkit index articles" in recipe
    assert 'searchkit query "evacuation"' in recipe


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_is_there_as_described(shell: str, tmp_path: Path) -> None:
    assert f"_SEARCHKIT_COMPLETE={shell}_source" in read("docs/command-line.md")
    done = subprocess.run(
        ["/bin/sh", "-c", f"_SEARCHKIT_COMPLETE={shell}_source searchkit"],
        cwd=tmp_path, env=running.environment(), capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    assert b"_SEARCHKIT_COMPLETE" in done.stdout


@pytest.mark.parametrize("page", PAGES)
def test_no_page_has_a_path_of_somebodys_machine(page: str) -> None:
    assert not re.search(r"/(?:work|root|home|tmp|Users)/", read(page))
    assert str(ROOT) not in read(page)


def test_shortened_outputs_are_compared_where_they_are_not_shortened() -> None:
    shortened = running.Command("x", "first\n…\nlast [12] in 5 ms\n", 0, 0)
    assert running.matches("first\nlast [12] in 7 ms\n", shortened)
    assert running.matches("first\nsecond\nthird\nlast [12] in 1.2 s\n", shortened)
    assert not running.matches("first\nsecond\nlast [13] in 7 ms\n", shortened)
    assert not running.matches("first\nsecond\n", shortened)
    within = running.Command("x", "pid [… ] and [\u2026] here\n", 0, 0)
    assert running.matches("pid [… ] and more here\n", within)
