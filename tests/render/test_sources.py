import csv
import datetime as dt
import io
import json
from dataclasses import replace

import pytest

from searchkit.render import sources
from searchkit.reports import SourceInfo

_READ = SourceInfo(
    "/srv/news/a.jsonl", "a.jsonl", "read", "json", 1234, 5678, dt.datetime(2019, 2, 19, 12, tzinfo=dt.UTC), None,
    "json", {"hed": "title"},
)  # fmt: skip
_FAILED = SourceInfo(
    "/srv/news/=b\x1b.txt", "=b\x1b.txt", "failed", None, 0, 12, dt.datetime(2019, 2, 20, tzinfo=dt.UTC),
    "cannot be read: Input/output error on a disk that has seen better days", None, {},
)  # fmt: skip
_STDIN = replace(_READ, path="-", id="desk", state="unfinished", bytes=None, read_at=None)


def _said(format, *given, width=None):
    out = io.StringIO(newline="")
    assert sources.write(iter(given), out, format, width) is bool(given)
    return out.getvalue()


def test_a_table_has_a_line_a_source():
    lines = _said("table", _READ, _FAILED, _STDIN).splitlines()
    assert lines[0].split("  ")[0] == "state"
    assert lines[2].split()[:2] == ["read", "1,234"]
    assert lines[2].endswith("  json    /srv/news/a.jsonl")
    assert "  /srv/news/=b\ufffd.txt  " in lines[3]
    assert lines[3].endswith("  cannot be read: Input/output error on a disk that has seen better days")
    assert lines[4].split() == ["unfinished", "1,234", "json", "standard", "input", "(desk)"]


def test_a_terminal_has_the_reason_cut_and_the_path_whole():
    (*_, line) = _said("table", _READ, _FAILED, width=90).splitlines()
    assert len(line) <= 90
    assert "/srv/news/=b\ufffd.txt" in line
    assert line.endswith("…")


def test_a_long_table_keeps_its_columns(monkeypatch):
    monkeypatch.setattr(sources, "_PAGE", 2)
    lines = _said("table", *[_READ] * 5).splitlines()
    assert len(lines) == 2 + 5
    assert len({line.index("json ") for line in lines[2:]}) == 1


def test_nothing_is_no_line_of_a_table():
    assert _said("table") == ""


@pytest.mark.parametrize("given", [(), (_READ,), (_READ, _FAILED, _STDIN)])
def test_json_is_one_object_with_the_records_of_jsonl(given):
    found = json.loads(_said("json", *given))
    assert found["schema"] == "searchkit.sources/1"
    assert found["sources"] == [json.loads(line) for line in _said("jsonl", *given).splitlines()]


def test_a_record_says_everything():
    assert json.loads(_said("jsonl", _READ)) == {
        "path": "/srv/news/a.jsonl",
        "id": "a.jsonl",
        "state": "read",
        "format": "json",
        "articles": 1234,
        "bytes": 5678,
        "read_at": "2019-02-19T12:00:00+00:00",
        "error": None,
        "input_format": "json",
        "fields": {"hed": "title"},
    }


def test_no_cell_of_csv_is_a_formula_or_holds_a_control_character():
    header, row = csv.reader(io.StringIO(_said("csv", replace(_FAILED, path="=b\x1b.txt")), newline=""))
    assert header == ["path", "id", "state", "format", "articles", "bytes", "read_at", "error"]
    assert row[:6] == ["'=b\ufffd.txt", "'=b\ufffd.txt", "failed", "", "0", "12"]
