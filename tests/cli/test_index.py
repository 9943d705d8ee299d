"""``searchkit index``: what is said, and with which status it ends."""

import json
import os

import pytest

from searchkit.store import Store


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
