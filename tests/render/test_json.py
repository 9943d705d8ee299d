import io
import json

import pytest

from searchkit.errors import QueryError, SearchkitError
from searchkit.render import Look
from searchkit.render.batch import write_answer, write_error
from searchkit.render.records import dumps
from searchkit.results import Explanation, Suggestion

from .samples import LIGHTHOUSE, TRUCKS, hostile, rendered, results

_HIT = {
    "id": "2019/baghouz.txt",
    "title": "Trucks arrive for evacuation of last pocket",
    "title_derived": False,
    "date": "2019-02-19",
    "time": "10:30:00+00:00",
    "date_source": "header",
    "dateline": "AL-OMAR OIL FIELD BASE, Syria",
    "place": {
        "city": "Al-Omar Oil Field Base", "region": None, "country": "Syria", "code": "SY",
        "latitude": None, "longitude": None, "confidence": None,
    },
    "byline": "Jane O'Brien",
    "section": None,
    "topics": ["war", "aid"],
    "language": "en",
    "publisher": None,
    "url": "https://news.example/1?a=1&b=2",
    "path": "2019/baghouz.txt",
    "captured": None,
    "extra": {"desk": "foreign"},
    "rank": 1,
    "score": 7.25,
    "snippets": [{"text": "Dozens of trucks arrived for the evacuation of civilians.", "highlights": [[33, 43]]}],
    "title_highlights": [[18, 28]],
    "dateline_highlights": [],
}  # fmt: skip


def test_json_is_an_envelope_with_the_hits():
    answer = json.loads(rendered("json", results(TRUCKS, total=12, warnings=("read as words",)), Look(offset=10)))
    assert answer == {
        "schema": "searchkit.results/1",
        "query": "evacuation",
        "total": 12,
        "offset": 10,
        "seconds": 0.004,
        "sort": "relevance",
        "warnings": ["read as words"],
        "hits": [_HIT],
    }


def test_jsonl_is_one_hit_a_line():
    lines = rendered("jsonl", results(TRUCKS, LIGHTHOUSE)).splitlines()
    assert json.loads(lines[0]) == _HIT
    undated = json.loads(lines[1])
    assert (undated["date"], undated["place"], undated["dateline"]) == (None, None, None)
    assert len(lines) == 2


def test_no_hit_is_no_line_of_jsonl_and_an_empty_envelope_of_json():
    other = Suggestion("evacuations", False, 3)
    assert rendered("jsonl", results()) == ""
    answer = json.loads(rendered("json", results(suggestions=(other,))))
    assert answer["hits"] == []
    assert answer["suggestions"] == [{"query": "evacuations", "any_word": False, "total": 3}]


def test_an_explanation_is_in_the_envelope():
    answer = json.loads(rendered("json", results(TRUCKS, explanation=Explanation("oil", (("text:stem:oil", 3),)))))
    assert answer["explanation"] == {"understood": "oil", "terms": [{"term": "text:stem:oil", "articles": 3}]}


@pytest.mark.parametrize("format", ["json", "jsonl"])
def test_what_a_terminal_acts_on_is_escaped_and_comes_back_as_it_was(format):
    text = "\x00\x1b[31m\x7f\x9b\ud800é\u2028"
    line = rendered(format, results(hostile(text)))
    assert not set(line) & set("\x00\x1b\x7f\x9b\ud800")
    assert "é" in line
    line.encode()
    hit = json.loads(line)["hits"][0] if format == "json" else json.loads(line)
    assert hit["title"] == hit["snippets"][0]["text"] == text


def test_a_surrogate_pair_in_a_record_is_escaped_piece_by_piece():
    assert dumps({"a": "\ud83d\ude00"}) == '{"a": "\\ud83d\\ude00"}'


def test_an_answer_in_a_batch_is_one_line():
    out = io.StringIO()
    write_answer(results(TRUCKS, LIGHTHOUSE), out, Look())
    write_answer(results(total=4), out, Look(), hits=False)
    full, count = map(json.loads, out.getvalue().splitlines())
    assert [hit["id"] for hit in full["hits"]] == ["2019/baghouz.txt", "lighthouse.txt"]
    assert count["total"] == 4
    assert "hits" not in count


def test_an_error_in_a_batch_says_where():
    out = io.StringIO()
    write_error("foo:x", QueryError("no field 'foo'", "foo:x", 0, 3, "try title:"), out)
    write_error("oil", SearchkitError("broken"), out)
    where, plain = map(json.loads, out.getvalue().splitlines())
    assert where["error"] == {"message": "no field 'foo'", "start": 0, "end": 3, "hint": "try title:"}
    assert plain == {"schema": "searchkit.results/1", "query": "oil", "error": {"message": "broken"}}
