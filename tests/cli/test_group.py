"""The group: help, version, mistakes, exit statuses, and what is imported for them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import searchkit
from searchkit import cli

from .conftest import COMMAND

_COMMANDS = [
    "index",
    "watch",
    "query",
    "timeline",
    "facets",
    "places",
    "terms",
    "show",
    "remove",
    "stats",
    "sources",
    "convert",
    "verify",
    "fields",
]


def test_help_lists_the_commands_and_the_exit_statuses(run):
    ran = run("--help")
    assert ran.status == 0
    assert re.findall(r"^  (\w+)  +[A-Z]", ran.out[ran.out.index("Commands:") :], re.M) == _COMMANDS
    assert "Exit status: 0" in ran.out
    assert run("-h").out == ran.out


def test_no_argument_is_help_and_an_error(run):
    ran = run()
    assert ran.status == 2
    assert "Commands:" in ran.out + ran.err


@pytest.mark.parametrize("command", _COMMANDS)
def test_every_command_has_help(run, command):
    ran = run(command, "--help")
    assert ran.status == 0
    assert ran.out.startswith(f"Usage: searchkit {command} ")


def test_version_is_that_of_the_package(run):
    assert run("--version").out == f"searchkit {searchkit.__version__}\n"


def test_a_mistyped_command_is_an_error_that_names_the_right_one(run):
    ran = run("qurey", "oil")
    assert ran.status == 2
    assert "Did you mean 'query'?" in ran.err


def test_a_query_without_its_command_is_an_error_that_names_it(run):
    ran = run("evacuation")
    assert ran.status == 2
    assert "searchkit query 'evacuation'" in ran.err


@pytest.mark.parametrize("args", [("--verbose",), ("stats", "--verbose"), ("stats", "more"), ("show",)])
def test_what_click_refuses_exits_with_two(run, args):
    assert run(*args).status == 2


@pytest.mark.parametrize(
    "args",
    [
        ("query", "oil"),
        ("show", "x"),
        ("remove", "x"),
        ("stats",),
        ("sources",),
        ("convert", "--engine", "tantivy"),
        ("verify",),
    ],
)
def test_without_an_index_every_command_says_how_to_make_one(run, args, tmp_path):
    ran = run(*args, "--index", str(tmp_path / "none"))
    assert (ran.status, ran.out) == (2, "")
    assert "searchkit index" in ran.err
    assert not (tmp_path / "none").exists()


def test_the_script_and_the_module_are_the_same_command(process):
    script = Path(sys.executable).with_name("searchkit")
    assert subprocess.run([script, "--version"], capture_output=True, check=True).stdout == b"searchkit %s\n" % (
        searchkit.__version__.encode()
    )
    assert process("--version").out == f"searchkit {searchkit.__version__}\n"


def test_help_imports_nothing_of_searchkit_but_the_command_line():
    code = (
        "import sys; from searchkit.cli import run; run(['--help']);"
        "print(sorted(m for m in sys.modules if m.startswith('searchkit') or m == 'importlib.metadata'), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "['searchkit', 'searchkit._version', 'searchkit.cli']\n"


def test_a_query_imports_only_the_renderer_that_it_needs(environment):
    code = (
        "import sys; from searchkit.cli import run; run(['query', 'oil', '--format', 'ids']);"
        "print({'tabulate', 'csv', 'searchkit.render.html', 'searchkit.indexing.run'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_completion_knows_commands_options_and_values(environment, monkeypatch):
    def complete(words, place):
        monkeypatch.setenv("_SEARCHKIT_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(place))
        done = subprocess.run(COMMAND, capture_output=True, text=True, check=False)
        return [line.split(",")[1] for line in done.stdout.splitlines()]

    assert complete("searchkit ", 1) == _COMMANDS
    assert complete("searchkit query --ex", 2) == ["--explain"]
    assert complete("searchkit query --format js", 3) == ["json", "jsonl"]
    assert complete("searchkit index --input-format a", 3) == ["auto"]


def _raise(error):
    def command(*_args, **_more):
        raise error

    return command


def test_a_bug_is_one_line_that_says_so(run, monkeypatch):
    monkeypatch.setattr(cli.group, "invoke", _raise(ZeroDivisionError("over\nzero")))
    ran = run("stats")
    assert ran.status == 2
    assert ran.err.startswith("searchkit: ZeroDivisionError: over zero. This is a bug")
    assert ran.err.count("\n") == 1


def test_a_bug_shows_where_when_asked(run, monkeypatch):
    monkeypatch.setattr(cli.group, "invoke", _raise(ZeroDivisionError("over zero")))
    monkeypatch.setenv("SEARCHKIT_DEBUG", "1")
    ran = run("stats")
    assert ran.status == 2
    assert "Traceback" in ran.err


def test_what_the_system_refuses_is_no_bug(run, monkeypatch):
    monkeypatch.setattr(cli.group, "invoke", _raise(PermissionError(13, "Permission denied", "/index/lock\x1b")))
    ran = run("stats")
    assert (ran.status, ran.err) == (2, "searchkit: Permission denied: /index/lock\ufffd\n")


def test_an_interrupt_is_quiet(run, monkeypatch):
    monkeypatch.setattr(cli.group, "invoke", _raise(KeyboardInterrupt()))
    ran = run("stats")
    assert (ran.status, ran.out, ran.err) == (130, "", "")
