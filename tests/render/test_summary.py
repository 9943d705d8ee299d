import io
import json
from dataclasses import replace

from searchkit.render import summary
from searchkit.reports import Skipped, Summary

_SUMMARY = Summary(
    added=12, updated=1, unchanged=3, removed=0,
    skipped=(Skipped("a/b\x1b.txt", "story 17", "it is empty", "empty"), Skipped("c.txt", "", "no access", "unreadable")),
    undated=2, gone=("old.txt",), notes=(("03/04/2019 read as March 4", 1),),
    files_read=10, files_unchanged=3, total=16, seconds=1.25,
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
        "note: 03/04/2019 read as March 4 (1 article)\n"
        "gone: old.txt\n"
        "The articles of files that are gone stay in the index; --prune removes them.\n"
    )


def test_remarks_can_be_only_what_was_skipped():
    assert _said(summary.write_remarks, _SUMMARY, only_skipped=True).splitlines()[-1] == "skipped c.txt: no access"


def test_no_remarks_are_no_lines():
    assert _said(summary.write_remarks, replace(_SUMMARY, skipped=(), notes=(), gone=())) == ""


def test_what_is_too_much_to_name_is_counted():
    many = replace(_SUMMARY, skipped=_SUMMARY.skipped[:1] * 25, notes=(), gone=())
    lines = _said(summary.write_remarks, many).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "… and 5 more skipped; --json names them all"


def test_json_has_the_same():
    record = json.loads(_said(summary.write_json, _SUMMARY))
    assert record["schema"] == "searchkit.summary/1"
    assert (record["added"], record["total"], record["seconds"]) == (12, 16, 1.25)
    assert record["skipped"][1] == {"path": "c.txt", "where": "", "reason": "no access", "kind": "unreadable"}
    assert record["notes"] == [{"note": "03/04/2019 read as March 4", "articles": 1}]
    assert record["gone"] == ["old.txt"]
