import csv
import io

import pytest

from searchkit.render.csv_ import COLUMNS

from .samples import LIGHTHOUSE, TRUCKS, hostile, rendered, results


def _rows(*hits):
    return list(csv.DictReader(io.StringIO(rendered("csv", results(*hits)), newline="")))


def test_csv_has_a_header_and_a_row_for_each_hit():
    text = rendered("csv", results(TRUCKS, LIGHTHOUSE))
    assert text.startswith(",".join(COLUMNS) + "\r\n")
    first, second = _rows(TRUCKS, LIGHTHOUSE)
    assert first["id"] == "2019/baghouz.txt"
    assert first["date"] == "2019-02-19"
    assert first["dateline"] == "AL-OMAR OIL FIELD BASE, Syria"
    assert first["topics"] == "war; aid"
    assert first["snippet"] == "Dozens of trucks arrived for the evacuation of civilians."
    assert (first["code"], first["latitude"], first["score"]) == ("SY", "", "7.25")
    assert (second["rank"], second["date"], second["country"]) == ("2", "", "")


def test_no_hit_leaves_the_header():
    assert rendered("csv", results()) == ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"])
def test_no_article_can_put_a_formula_into_a_sheet(text):
    row = _rows(hostile(text))[0]
    assert {row[name] for name in ("id", "title", "dateline", "byline", "topics", "snippet")} == {"'" + text}


def test_quotes_commas_and_line_ends_come_back_and_controls_do_not():
    (row,) = _rows(hostile('a "b",\nc\x1b\ud800'))
    assert row["title"] == 'a "b",\nc\ufffd\ufffd'
