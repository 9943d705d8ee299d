"""``searchkit index``: what is said, and with which status it ends."""

import io
import json
import os
import signal
import subprocess
from importlib import import_module

import pytest

from searchkit.store import Store
from tests.conftest import needed

from .conftest import COMMAND


@pytest.fixture
def folder(tmp_path, monkeypatch, environment):
    """A folder to stand in, with three articles in ./articles and no index."""
    monkeypatch.delenv("SEARCHKIT_INDEX")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "articles").mkdir()
    for number in (1, 2, 3):
        (tmp_path / f"articles/{number}.txt").write_text(f" date 2019-02-0{number} CAIRO — Story number {number}.\n")
    return tmp_path


def test_without_a_path_articles_are_read_into_index(run, folder):
    ran = run("index")
    assert ran.status == 0
    assert ran.out.startswith("3 added, 0 updated, 0 unchanged, 0 removed, 0 skipped, 0 undated in ")
    assert ran.out.endswith("; the index holds 3 articles\n")
    assert ran.err == ""
    assert run("query", "story", "--count").out == "3\n"


def test_the_index_is_the_option_or_the_environment_or_here(run, folder, monkeypatch):
    run("index", "--index", "by-option")
    monkeypatch.setenv("SEARCHKIT_INDEX", "by-environment")
    run("index")
    assert run("stats", "--index", "by-option").status == 0
    assert json.loads(run("stats", "--format", "json").out)["path"] == "by-environment"
    assert not (folder / "index").exists()
    monkeypatch.setenv("SEARCHKIT_INDEX", "")
    assert "there is no index in index" in run("stats").err


def test_a_second_run_reads_only_what_changed(run, folder):
    run("index")
    (folder / "articles/2.txt").write_text(" date 2019-02-02 CAIRO — Another story entirely.\n")
    assert run("index").out.startswith("0 added, 1 updated, 2 unchanged, ")


def test_what_is_gone_is_reported_and_pruned_only_when_asked(run, folder):
    run("index")
    (folder / "articles/2.txt").unlink()
    kept = run("index")
    assert "gone: " in kept.err
    assert "--prune" in kept.err
    assert kept.out.endswith("the index holds 3 articles\n")
    assert "1 removed" in run("index", "--prune").out
    assert run("query", "story", "--count").out == "2\n"


def test_rebuild_reads_everything_anew_and_needs_no_path(run, folder):
    (folder / "articles").rename(folder / "elsewhere")
    run("index", "elsewhere")
    rebuilt = run("index", "--rebuild")
    assert rebuilt.status == 0
    assert rebuilt.out.endswith("the index holds 3 articles\n")


def test_a_first_rebuild_reads_articles(run, folder):
    assert run("index", "--rebuild").out.endswith("the index holds 3 articles\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_a_file_without_permission_is_skipped(run, folder):
    (folder / "articles/2.txt").chmod(0)
    assert "2.txt" in run("index").err


def test_what_cannot_be_read_is_named_and_strict_makes_it_count(run, folder):
    (folder / "articles/empty.txt").write_text("")
    for options, status in ((), 0), (("--strict",), 1):
        ran = run("index", "--index", f"index{status}", *options)
        assert ran.status == status
        assert "1 skipped" in ran.out
        assert ran.err.startswith("skipped ")
        assert "empty.txt" in ran.err
    (folder / "articles/empty.txt").unlink()
    assert run("index", "--strict").status == 0


def test_quiet_says_only_what_could_not_be_read(run, folder):
    quiet = run("index", "--quiet")
    assert (quiet.status, quiet.out, quiet.err) == (0, "", "")
    (folder / "articles/empty.txt").write_text("")
    (folder / "articles/1.txt").unlink()
    quiet = run("index", "--quiet")
    assert quiet.out == ""
    assert [line.split()[0] for line in quiet.err.splitlines()] == ["skipped"]


def test_json_is_the_same_summary(run, folder):
    summary = json.loads(run("index", "--json", "--quiet").out)
    assert summary["schema"] == "searchkit.summary/1"
    assert (summary["added"], summary["total"], summary["skipped"]) == (3, 3, [])


def test_settings_are_kept_and_another_one_is_an_error(run, folder):
    args = ("--language", "french", "--day-first", "--timezone", "Europe/Paris")
    assert run("index", *args).status == 0
    settings = {"language": "french", "day_first": True, "timezone": "Europe/Paris"}
    assert json.loads(run("stats", "--format", "json").out)["settings"] == settings
    assert run("index").status == 0
    other = run("index", "--language", "german")
    assert other.status == 2
    assert "--rebuild" in other.err
    assert run("index", "--language", "german", "--month-first", "--rebuild").status == 0
    settings |= {"language": "german", "day_first": False}
    assert json.loads(run("stats", "--format", "json").out)["settings"] == settings


def test_an_unclear_date_is_read_as_set_and_noted(run, folder):
    (folder / "articles/1.txt").write_text("date 03/04/2019 CAIRO — A story.\n")
    assert "note: " in run("index").err
    assert run("query", "date:2019-03-04", "--count").out == "1\n"


@pytest.mark.parametrize("option", [("--language", "klingon"), ("--timezone", "Mars/Base"), ("--wait", "-1")])
def test_a_setting_that_cannot_be_is_an_error(run, folder, option):
    ran = run("index", *option)
    assert ran.status == 2
    assert ran.err


def test_no_such_folder_is_an_error_that_says_what_was_looked_for(run, folder):
    ran = run("index", "nowhere")
    assert (ran.status, ran.out) == (2, "")
    assert "nowhere" in ran.err


def test_an_empty_folder_is_an_error(run, folder):
    (folder / "empty").mkdir()
    ran = run("index", "empty")
    assert ran.status == 2
    assert "empty" in ran.err


def test_another_writer_is_waited_for_and_then_named(run, folder):
    run("index")
    with Store(folder / "index").lock(0):
        ran = run("index", "--wait", "0")
    assert ran.status == 2
    assert str(os.getpid()) in ran.err


def test_a_file_whose_name_is_not_utf8_is_skipped_and_named(process, folder):
    try:
        with open(b"articles/caf\xe9.txt", "w") as file:
            file.write("date 2019-02-04 CAIRO — An undecodable coffee.\n")
    except OSError:
        pytest.skip("this file system has no such names")
    ran = process("index")
    assert ran.status == 0
    assert "1 skipped" in ran.out
    assert r"caf\xe9.txt: its name is not valid UTF-8: rename it" in ran.err
    assert process("index", "--strict").status == 1


def test_what_is_skipped_is_counted_by_kind_and_the_first_are_named(run, folder):
    for number in range(25):
        (folder / f"articles/empty-{number:02}.txt").write_text("")
    (folder / "articles/picture.png").write_bytes(bytes(range(256)) * 8)
    ran = run("index", "--strict", "--json")
    lines = ran.err.splitlines()
    assert [line.startswith("skipped /") for line in lines] == [True] * 20 + [False] * 2
    assert lines[20:] == ["… and 6 more: --report FILE lists them", "skipped 26: 25 empty, 1 unrecognised"]
    assert ran.status == 1
    summary = json.loads(ran.out)
    assert (summary["skipped_total"], len(summary["skipped"])) == (26, 26)
    assert summary["skipped_kinds"] == {"empty": 25, "unrecognised": 1}
    assert ", 26 skipped, " in run("index").out


def test_a_report_names_everything_that_was_skipped_or_noted(run, folder):
    (folder / "articles/lines.jsonl").write_text('{"title": "A story", "id": 1}\nbroken\n{"title": "Again", "id": 1}\n')
    (folder / "articles/1.txt").write_text("")
    ran = run("index", "--report", "report.jsonl")
    lines = [json.loads(line) for line in (folder / "report.jsonl").read_text().splitlines()]
    assert ran.status == 0
    assert {line["schema"] for line in lines} == {"searchkit.report/1"}
    assert [(os.path.basename(line["path"]), line["kind"], line["skipped"]) for line in lines] == [
        ("1.txt", "empty", True),
        ("lines.jsonl", "broken", True),
        ("lines.jsonl", "duplicate id", False),
    ]
    assert (lines[1]["where"], lines[1]["member"]) == ("line 2", "")
    assert lines[2]["id"] == "lines.jsonl#1"
    assert run("show", lines[2]["new_id"]).lines[0] == "Again"


def test_a_report_is_written_as_it_happens_and_is_whole_after_an_interruption(environment, folder, process):
    (folder / "articles/0.txt").write_text("")
    # Takes no room on the disk, and minutes to read.
    with open(folder / "articles/endless.txt", "wb") as endless:
        endless.truncate(2**36)
    command = [*COMMAND, "index", "--report", "report.jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as indexing:
        while not (folder / "report.jsonl").exists() or not (folder / "report.jsonl").read_text().endswith("\n"):
            assert indexing.poll() is None
        indexing.send_signal(signal.SIGINT)
        assert indexing.wait(120) == 130
    assert json.loads((folder / "report.jsonl").read_text())["kind"] == "empty"


def test_a_report_among_the_articles_is_refused(run, folder):
    ran = run("index", "--report", "articles/report.jsonl")
    assert ran.status == 2
    assert "would be read with the articles" in ran.err
    assert not (folder / "articles/report.jsonl").exists()
    assert run("index", "--report", "articles/.report.jsonl").status == 0


def test_a_report_that_cannot_be_written_is_an_error_before_anything_is_read(run, folder):
    ran = run("index", "--report", "nowhere/report.jsonl")
    assert (ran.status, ran.out) == (2, "")
    assert not (folder / "index").exists()


def test_a_format_and_what_columns_are_can_be_said_and_are_kept(run, folder):
    (folder / "news").mkdir()
    (folder / "news/a.dat").write_text('{"hed": "Amber", "nr=1": "x7", "text": "It was found."}\n')
    said = ("--input-format", "json", "--map", "hed=title", "--map", "nr=1=id")
    assert run("index", "news", *said).status == 0
    assert run("query", "title:amber", "--format", "ids").lines == ["a.dat#x7"]
    assert run("index", "--rebuild").status == 0
    assert run("query", "title:amber", "--format", "ids").lines == ["a.dat#x7"]
    assert "1 unchanged" in run("index", "news").out
    assert run("index", "news", "--input-format", "text").status == 0
    assert run("query", "amber", "--format", "ids").lines == ["a.dat"]


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--input-format", "parquet"), "there is no format 'parquet'; choose from auto, "),
        (("--map", "hed=headline"), "a column cannot be 'headline'; choose from title, body, "),
        (("--map", "hed"), "'hed' is not COLUMN=ROLE"),
        (("--map", "=title"), "'=title' is not COLUMN=ROLE"),
    ],
)
def test_a_format_or_a_role_that_there_is_not_is_an_error_that_lists_them(run, folder, option, said):
    ran = run("index", *option)
    assert (ran.status, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())
    assert not (folder / "index").exists()


def test_standard_input_is_read_as_json_lines(run, folder):
    lines = b'{"id": 7, "title": "Amber", "text": "It was found."}\n{"title": "Basalt"}\nbroken\n'
    ran = run("index", "-", stdin=lines)
    assert ran.out.startswith("2 added, 0 updated, 0 unchanged, 0 removed, 1 skipped, ")
    assert ran.err.startswith("skipped standard input, line 3: is not valid JSON")
    assert run("query", "amber", "--format", "ids").lines == ["stdin#7"]
    assert run("index", "-", "articles", stdin=lines).out.startswith("3 added, 2 updated, ")
    assert run("index", "-", "--name", "desk", stdin=lines).out.startswith("2 added, ")
    assert run("index", "--rebuild", "--prune").out.endswith("the index holds 7 articles\n")


def test_standard_input_may_be_of_any_format(run, folder):
    assert run("index", "-", "--input-format", "text", stdin=b"date 2019-02-19 CAIRO -- Amber was found.").status == 0
    assert run("query", "amber location:cairo", "--count").out == "1\n"


def test_standard_input_that_has_no_end_yet_keeps_nobody_from_writing(environment, folder, process):
    command = [*COMMAND, "index", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as indexing:
        indexing.stdin.write(b'{"title": "Amber"}\n')
        indexing.stdin.flush()
        assert process("index", "--wait", "5").status == 0
        out, _ = indexing.communicate(b'{"title": "Basalt"}\n', timeout=120)
    assert out.startswith(b"2 added, ")
    assert out.endswith(b"the index holds 5 articles\n")


def test_a_failed_file_is_tried_again_by_the_next_run(run, folder):
    (folder / "articles/4.txt").write_text("")
    assert run("index").status == 0
    assert [json.loads(line)["id"] for line in run("sources", "--failed", "--format", "jsonl").lines] == ["4.txt"]
    assert "4.txt" in run("index").err
    (folder / "articles/4.txt").write_text(" date 2019-02-04 CAIRO — Story number 4.\n")
    assert run("index").out.startswith("1 added, 0 updated, 3 unchanged, 0 removed, 0 skipped, ")
    assert run("sources", "--failed").status == 1


def test_what_every_crawl_holds_besides_pages_is_counted_and_nothing_lost(run, folder):
    needed("warcio")
    warc = import_module("warcio.warcwriter")
    headers = import_module("warcio.statusandheaders").StatusAndHeaders
    with (folder / "articles/crawl.warc").open("wb") as out:
        writer = warc.WARCWriter(out, gzip=False)
        writer._create_temp_file = io.BytesIO  # its own is left open
        answer = headers("404 Not Found", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                "https://news.example/", "response", payload=io.BytesIO(b"<p>Gone.</p>"), http_headers=answer
            )
        )
    ran = run("index", "--strict", "--json")
    assert json.loads(ran.out)["skipped_kinds"] == {"not ok": 1}
    assert ran.status == 0
