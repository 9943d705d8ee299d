import io
import json

from searchkit.render import Look, article
from searchkit.results import Snippet

from .samples import TRUCKS, hostile

_BODY = "Dozens of trucks arrived for the evacuation of civilians.\n\nMore are on their way."
_WHOLE = TRUCKS.changed(snippets=(Snippet(_BODY, ((33, 43), (59, 63))),))

_PLAIN = """\
Trucks arrive for evacuation of last pocket
date: 2019-02-19 10:30:00+00:00
dateline: AL-OMAR OIL FIELD BASE, Syria
place: Al-Omar Oil Field Base, Syria
byline: Jane O'Brien
topics: war, aid
language: en
url: https://news.example/1?a=1&b=2
id: 2019/baghouz.txt
desk: foreign

Dozens of trucks arrived for the evacuation of civilians.

More are on their way.
"""


def _text(hit, look=None):
    out = io.StringIO()
    article.write_text(hit, out, look or Look())
    return out.getvalue()


def _json(hit):
    out = io.StringIO()
    article.write_json(hit, out)
    return json.loads(out.getvalue())


def test_an_article_is_its_headline_what_is_known_and_its_paragraphs():
    assert _text(_WHOLE) == _PLAIN


def test_the_words_of_a_query_are_marked_in_every_paragraph():
    shown = _text(_WHOLE, Look(color=True, width=40))
    assert "\n\x1b[1;31mevacuation\x1b[0m of civilians.\n\n\x1b[1;31mMore\x1b[0m are on their way.\n" in shown
    assert "Trucks arrive for \x1b[0m\x1b[1;31mevacuation\x1b[0m" in shown


def test_an_article_without_a_body_is_shown_too():
    assert _text(TRUCKS.changed(snippets=())).endswith("desk: foreign\n")
    assert _json(TRUCKS.changed(snippets=()))["body_highlights"] == []


def test_no_article_can_send_an_escape_sequence():
    assert "\x1b" not in _text(hostile("a\x1b[31m", extra={"\x1b": ["\x1b"]}))


def test_json_has_the_whole_body_with_its_marks():
    record = _json(_WHOLE)
    assert record["schema"] == "searchkit.article/1"
    assert record["body"] == _BODY
    assert [record["body"][a:b] for a, b in record["body_highlights"]] == ["evacuation", "More"]
    assert record["title_highlights"] == [[18, 28]]
    assert not {"rank", "score", "snippets"} & set(record)
