"""``searchkit query --batch``: one query a line."""

import json
import select
import subprocess

from .conftest import COMMAND


def _answers(ran):
    return [json.loads(line) for line in ran.lines]


def test_each_line_is_answered_and_a_bad_one_stops_nothing(run):
    ran = run("query", "--batch", "-", "--limit", "2", stdin=b"\xef\xbb\xbfoil\n\n  \ncolour:red\nzzzzzz\nevacuation\n")
    assert ran.status == 2
    oil, bad, none, evacuation = _answers(ran)
    assert (oil["query"], oil["total"], len(oil["hits"])) == ("oil", 2, 2)
    assert bad["query"] == "colour:red"
    assert (bad["error"]["start"], bad["error"]["end"]) == (0, 6)
    assert (none["total"], none["hits"]) == (0, [])
    assert (evacuation["total"], len(evacuation["hits"])) == (15, 2)


def test_a_batch_may_be_a_file_and_end_without_a_line_feed(run, tmp_path):
    file = tmp_path / "queries.txt"
    file.write_bytes(b"oil\r\nS\xc3\xa9gou")
    ran = run("query", "--batch", str(file))
    assert ran.status == 0
    assert [answer["query"] for answer in _answers(ran)] == ["oil", "Ségou"]


def test_a_line_that_is_not_utf8_is_an_error_of_that_line(run):
    ran = run("query", "--batch", "-", stdin=b"\xff\xfe\noil\n")
    assert ran.status == 2
    assert "UTF-8" in _answers(ran)[0]["error"]["message"]
    assert _answers(ran)[1]["total"] == 2


def test_a_batch_of_counts_has_no_hits(run):
    (answer,) = _answers(run("query", "--batch", "-", "--count", stdin=b"evacuation\n"))
    assert answer["total"] == 15
    assert "hits" not in answer


def test_options_hold_for_every_line(run):
    ran = run("query", "--batch", "-", "--any", "--location", "syria", "--count", stdin=b"evacuation zebra\n*\n")
    assert [answer["total"] for answer in _answers(ran)] == [
        int(run("query", query, "--location", "syria", "--count").out) for query in ("evacuation", "*")
    ]


def test_recent_holds_for_every_line(run):
    first, second = _answers(run("query", "--batch", "-", "--recent", "20y", stdin=b"volcano\ndate:1991\n"))
    dates = [hit["date"] for hit in first["hits"]]
    assert len(dates) == 5
    assert dates == sorted(dates, reverse=True)
    assert second["sort"] == "newest"


def test_explain_is_in_each_answer(run):
    (answer,) = _answers(run("query", "--batch", "-", "--explain", stdin=b"oil\n"))
    assert answer["explanation"]["terms"]


def test_a_batch_that_finds_nothing_exits_with_one(run):
    assert run("query", "--batch", "-", stdin=b"zzzzzz\n").status == 1
    assert run("query", "--batch", "-", stdin=b"zzzzzz\noil\n").status == 0
    assert run("query", "--batch", "-", stdin=b"").status == 1


def test_a_batch_with_a_query_beside_it_or_another_format_is_an_error(run, tmp_path):
    assert run("query", "oil", "--batch", "-").status == 2
    assert run("query", "--batch", "-", "--format", "html").status == 2
    assert run("query", "--batch", str(tmp_path / "none")).status == 2


def test_an_answer_comes_before_the_next_query_is_asked(environment):
    with subprocess.Popen(
        [*COMMAND, "query", "--batch", "-", "--count"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as asked:
        for query, total in (("oil", 2), ("evacuation", 15)):
            asked.stdin.write(query + "\n")
            asked.stdin.flush()
            assert select.select([asked.stdout], [], [], 30)[0], "no answer"
            assert json.loads(asked.stdout.readline())["total"] == total
        asked.stdin.close()
    assert asked.returncode == 0
