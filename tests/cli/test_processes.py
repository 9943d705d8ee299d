"""What needs a process of its own: pipes that close, terminals, signals, encodings."""

import errno
import os
import pty
import signal
import subprocess

import pytest

from .conftest import ARTICLES, COMMAND


def test_a_pipe_that_closes_early_is_quiet(environment):
    done = subprocess.run(
        ["bash", "-c", 'set -o pipefail; "$@" | head -1', "bash", *COMMAND, "query", "*", "--limit", "all",
         "--format", "json", "--snippets", "50"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith('{"schema"')


@pytest.mark.parametrize("args", [("query", "evacuation", "--format", "ids"), ("--help",), ("fields",), ("--version",)])
def test_a_pipe_that_nobody_reads_is_quiet(environment, args):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*COMMAND, *args], stdout=writing, stderr=subprocess.PIPE, timeout=120, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_full_disk_is_an_error_without_a_traceback(environment):
    with open("/dev/full", "w") as full:
        done = subprocess.run([*COMMAND, "stats"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, f"searchkit: {os.strerror(errno.ENOSPC)}\n")


def test_a_terminal_shows_colours_within_its_width(terminal):
    ran = terminal("query", "evacuation", "--limit", "2")
    assert ran.status == 0
    assert "\x1b[1;31mevacuat" in ran.out
    assert max(len(line) for line in terminal("query", "evacuation", "--color", "never").out.splitlines()) <= 60


def test_no_color_is_obeyed_on_a_terminal(terminal, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in terminal("query", "evacuation").out


def test_a_dumb_terminal_gets_neither_colours_nor_a_moving_line(terminal, monkeypatch, tmp_path):
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in terminal("query", "evacuation").out
    assert "\x1b" not in terminal("index", str(ARTICLES), "--index", str(tmp_path / "index")).out


def test_a_terminal_shows_progress_and_then_a_clean_line(terminal, tmp_path):
    ran = terminal("index", str(ARTICLES), "--index", str(tmp_path / "index"))
    assert ran.status == 0
    *progress, last = ran.out.split("\r\x1b[K")
    assert any("articles/s" in line or "article" in line for line in progress)
    assert last.startswith("42 added")


def test_quiet_is_quiet_on_a_terminal_too(terminal, tmp_path):
    assert terminal("index", str(ARTICLES), "--index", str(tmp_path / "index"), "--quiet").out == ""


def test_an_interrupted_run_says_that_what_it_committed_is_kept(environment, tmp_path, process):
    index, folder = str(tmp_path / "index"), tmp_path / "folder"
    assert process("index", str(ARTICLES), "--index", index).status == 0
    folder.mkdir()
    (folder / "1.txt").write_text("date 2019-02-01 CAIRO — A story.\n")
    # Takes no room on the disk, and minutes to read.
    with open(folder / "2.txt", "wb") as endless:
        endless.truncate(2**36)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "index", str(folder), "--index", index], stdout=subprocess.PIPE, stderr=theirs, text=True
    ) as indexing:
        os.close(theirs)
        shown = _read(ours, until=b"reading: 1 article")
        indexing.send_signal(signal.SIGINT)
        shown += _read(ours)
        out = indexing.stdout.read()
    os.close(ours)
    assert (indexing.returncode, out) == (130, "")
    assert shown.endswith(b"\r\x1b[KInterrupted. What was committed is kept; run the same command again to go on.\r\n")
    assert int(process("query", "*", "--count", "--index", index).out) >= 42


def _read(terminal, until=None):
    """What is shown, up to and with some words, or up to the end."""
    shown = b""
    while until is None or until not in shown:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # how a terminal ends on Linux
            piece = b""
        if not piece:
            assert until is None, shown
            break
        shown += piece
    return shown


@pytest.mark.parametrize("format", ["text", "table"])
def test_what_an_ascii_terminal_cannot_show_is_replaced(environment, monkeypatch, format):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = subprocess.run([*COMMAND, "query", "Ségou", "--format", format], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()


@pytest.mark.parametrize("format", ["json", "jsonl", "csv", "html", "ids"])
def test_what_is_for_programs_is_utf8_everywhere(environment, monkeypatch, format):
    query = [*COMMAND, "query", "Guimarães OR Ségou", "--format", format]
    wanted = subprocess.run(query, capture_output=True, check=True).stdout
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")
    found = subprocess.run(query, capture_output=True, check=True).stdout
    if format not in ("json", "html"):  # those say how long it took
        assert found == wanted
    assert found.decode().count("Guimarães") == wanted.decode().count("Guimarães")
    assert (b"\r\n" in found) == (format == "csv")


def test_a_name_that_is_not_utf8_is_written_as_its_bytes_and_nothing_ends_the_output():
    code = "from searchkit.cli.options import stdout; stdout(for_people=False).write('caf\\udce9 \\ud800\\n')"
    assert subprocess.run([COMMAND[0], "-c", code], capture_output=True, check=True).stdout == b"caf\xe9 ?\n"
