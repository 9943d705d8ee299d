import datetime as dt
import io
import json
from dataclasses import replace

from searchkit.fields import FIELDS
from searchkit.render import fields, stats
from searchkit.reports import Stats

_STATS = Stats(
    "index", "whoosh", 14000, 12, dt.date(1987, 2, 26), dt.date(1987, 10, 20), 22, 1, 2, 31_000_000,
    {"language": "english", "day_first": False, "timezone": None},
)  # fmt: skip

_TEXT = """\
index         index
engine        whoosh
articles      14,000
undated       12
dates         1987-02-26 to 1987-10-20
source files  22
failed files  1
taken down    2
size          31.0 MB
language      english
day first     no
timezone      the computer's own
"""


def _said(write, what):
    out = io.StringIO()
    write(what, out)
    return out.getvalue()


def test_stats_are_a_figure_a_line():
    assert _said(stats.write_text, _STATS) == _TEXT
    assert "dates" not in _said(stats.write_text, replace(_STATS, first=None, last=None))


def test_stats_as_json():
    record = json.loads(_said(stats.write_json, _STATS))
    assert record["schema"] == "searchkit.stats/1"
    assert (record["articles"], record["first"], record["last"]) == (14000, "1987-02-26", "1987-10-20")
    assert record["settings"] == _STATS.settings


def test_every_field_is_listed_with_its_other_names():
    text = _said(fields.write_text, FIELDS)
    for field in FIELDS:
        (line,) = (line for line in text.splitlines() if line.startswith(field.name + " "))
        assert field.help in line
        assert all(alias in line for alias in field.aliases)


def test_fields_as_json():
    record = json.loads(_said(fields.write_json, FIELDS))
    assert record["schema"] == "searchkit.fields/1"
    assert [field["name"] for field in record["fields"]] == [field.name for field in FIELDS]
    assert record["fields"][1] == {"name": "title", "aliases": ["headline"], "kind": "text", "help": FIELDS[1].help}
