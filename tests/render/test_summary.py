import datetime as dt
import io
import json
from dataclasses import replace

import pytest

from searchkit.render import summary
from searchkit.reports import Skipped, Summary

_SUMMARY = Summary(
    added=12, updated=1, unchanged=3, removed=0,
    skipped=(Skipped("a/b\x1b.txt", "story 17", "it is empty", "empty"), Skipped("c.txt", "", "no access", "unreadable")),
    undated=2, gone=("old.txt",), notes=(("03/04/2019 read as March 4", 1),),
    files_read=10, files_unchanged=3, total=16, seconds=1.25,
    skipped_kinds={"empty": 1, "unreadable": 1}, gone_total=1,
)  # fmt: skip


def _said(write, *args, **more):
    out = io.StringIO()
    write(*args, out, **more)
    return out.getvalue()


def test_a_summary_counts_everything_on_one_line():
    assert _said(summary.write_text, _SUMMARY) == (
        "12 added, 1 updated, 3 unchanged, 0 removed, 2 skipped, 2 undated in 1.2 s; the index holds 16 articles\n"
    )


def test_remarks_name_what_was_skipped_unclear_or_gone():
    assert _said(summary.write_remarks, _SUMMARY) == (
        "skipped a/b\ufffd.txt, story 17: it is empty\n"
        "skipped c.txt: no access\n"
        "skipped 2: 1 empty, 1 unreadable\n"
        "note: 03/04/2019 read as March 4 (1 article)\n"
        "gone: old.txt\n"
        "The articles of files that are gone stay in the index; --prune removes them.\n"
    )


def test_remarks_can_be_only_what_was_skipped():
    assert _said(summary.write_remarks, _SUMMARY, only_skipped=True).splitlines()[-2:] == [
        "skipped c.txt: no access",
        "skipped 2: 1 empty, 1 unreadable",
    ]


def test_no_remarks_are_no_lines():
    assert (
        _said(summary.write_remarks, replace(_SUMMARY, skipped=(), skipped_kinds={}, notes=(), gone=(), gone_total=0))
        == ""
    )


def test_one_that_was_skipped_is_named_and_not_counted_besides():
    one = replace(_SUMMARY, skipped=_SUMMARY.skipped[:1], skipped_kinds={"empty": 1}, notes=(), gone=(), gone_total=0)
    assert len(_said(summary.write_remarks, one).splitlines()) == 1


def test_what_is_too_much_to_name_is_counted():
    many = replace(
        _SUMMARY, skipped=_SUMMARY.skipped[:1] * 1000, skipped_kinds={"not HTML": 1200, "broken": 34}, notes=(),
        gone=("old.txt",) * 1000, gone_total=12345,
    )  # fmt: skip
    lines = _said(summary.write_remarks, many).splitlines()
    assert len(lines) == 20 + 2 + 20 + 2
    assert lines[20] == "… and 1,214 more: --report FILE lists them"
    assert lines[21] == "skipped 1,234: 1,200 not HTML, 34 broken"
    assert lines[-2] == "… and 12,325 more: --report FILE lists them"
    assert ", 1,234 skipped, " in _said(summary.write_text, many)


def test_a_member_of_an_archive_and_standard_input_are_named_for_people():
    items = (Skipped("d.zip", "line 3", "is broken", "broken", "a.json"), Skipped("-", "line 1", "is broken", "broken"))
    lines = _said(summary.write_remarks, replace(_SUMMARY, skipped=items), only_skipped=True).splitlines()
    assert lines[:2] == [
        "skipped d.zip, member a.json, line 3: is broken",
        "skipped standard input, line 1: is broken",
    ]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"added": 3, "files_read": 2}, "added 3 articles (2 files)"),
        ({"added": 1234, "updated": 1, "files_read": 2}, "added 1,234 articles, updated 1 (2 files)"),
        ({"updated": 1, "files_read": 1}, "updated 1 article (1 file)"),
        ({"removed": 2}, "removed 2 articles (0 files)"),
        ({"added": 1, "skipped_kinds": {"empty": 2}, "files_read": 3}, "added 1 article, skipped 2 (3 files)"),
        ({"skipped_kinds": {"empty": 1}, "files_read": 1}, "skipped 1 (1 file)"),
        ({}, "nothing new (0 files)"),
    ],
)
def test_a_run_of_a_watched_folder_is_a_line(counts, said):
    nothing = {"added": 0, "updated": 0, "removed": 0, "files_read": 0, "skipped_kinds": {}}
    moment = dt.datetime(2019, 2, 19, 14, 3, 12)
    assert _said(summary.write_line, replace(_SUMMARY, **{**nothing, **counts}), now=moment) == f"14:03:12 {said}\n"


def test_json_has_the_same():
    record = json.loads(_said(summary.write_json, _SUMMARY))
    assert record["schema"] == "searchkit.summary/1"
    assert (record["added"], record["total"], record["seconds"]) == (12, 16, 1.25)
    assert record["skipped"][1] == {
        "path": "c.txt",
        "member": "",
        "where": "",
        "reason": "no access",
        "kind": "unreadable",
    }
    assert record["skipped_total"] == 2
    assert record["skipped_kinds"] == {"empty": 1, "unreadable": 1}
    assert record["gone_total"] == 1
    assert record["notes"] == [{"note": "03/04/2019 read as March 4", "articles": 1}]
    assert record["gone"] == ["old.txt"]
