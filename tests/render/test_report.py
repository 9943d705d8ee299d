import io
import json

from searchkit.render.report import Report
from searchkit.reports import Noted, Skipped


class _Watched(io.StringIO):
    def __init__(self):
        super().__init__()
        self.flushed = ""

    def flush(self):
        self.flushed = self.getvalue()


def test_every_remark_is_a_line_at_once():
    out = _Watched()
    report = Report(out)
    report(Skipped("dump.zip", "line 3", "is not valid JSON", "broken", "2019/a.jsonl"))
    assert json.loads(out.flushed) == {
        "schema": "searchkit.report/1",
        "skipped": True,
        "path": "dump.zip",
        "member": "2019/a.jsonl",
        "where": "line 3",
        "reason": "is not valid JSON",
        "kind": "broken",
    }
    report(Noted("a.sgm", "has an id that was given before", "duplicate id", "a.sgm#1", "a.sgm#1~2"))
    report(Noted("b\ud800.txt", "is no longer there", "gone"))
    noted, gone = map(json.loads, out.flushed.splitlines()[1:])
    assert (noted["skipped"], noted["id"], noted["new_id"]) == (False, "a.sgm#1", "a.sgm#1~2")
    assert set(gone) == {"schema", "skipped", "path", "reason", "kind"}
    assert out.flushed.encode()
