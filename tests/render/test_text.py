from dataclasses import replace

from searchkit.render import Look
from searchkit.results import Explanation

from .samples import LIGHTHOUSE, TRUCKS, hostile, rendered, results

_PLAIN = """\
1. Trucks arrive for evacuation of last pocket
   2019-02-19 · AL-OMAR OIL FIELD BASE, Syria · 2019/baghouz.txt
   Dozens of trucks arrived for the evacuation of civilians.

2. The keepers
   undated · lighthouse.txt
   They left.

2 of 137 articles in 4 ms
"""

_COLOURED = (
    "1. \x1b[1mTrucks arrive for \x1b[0m\x1b[1;31mevacuation\x1b[0m\n"
    "   \x1b[1mof last pocket\x1b[0m\n"
    "   \x1b[2m2019-02-19\x1b[0m · AL-OMAR OIL FIELD BASE, Syria\n"
    "   \x1b[2m2019/baghouz.txt\x1b[0m\n"
    "   Dozens of trucks arrived for\n"
    "   the \x1b[1;31mevacuation\x1b[0m of civilians.\n"
    "\n"
    "\x1b[2m1 article in 4 ms\x1b[0m\n"
)


def test_text_is_rank_title_date_location_id_and_passage():
    assert rendered("text", results(TRUCKS, LIGHTHOUSE, total=137)) == _PLAIN


def test_text_is_broken_to_the_width_and_marked_in_colour():
    assert rendered("text", results(TRUCKS), Look(color=True, width=32)) == _COLOURED


def test_the_last_line_says_which_part_is_shown():
    assert rendered("text", results(TRUCKS, total=12), Look(offset=10)).endswith("\n11–11 of 12 articles in 4 ms\n")


def test_nothing_found_is_nothing_on_stdout():
    assert rendered("text", results()) == ""


def test_an_explanation_comes_before_the_hits():
    explanation = Explanation("stem(evacu) AND oil", (("text:stem:evacu", 15), ("text:exact:oil", 1)))
    assert rendered("text", results(TRUCKS, explanation=explanation)).startswith(
        "Understood as: stem(evacu) AND oil\n"
        "  text:stem:evacu  in 15 articles\n"
        "  text:exact:oil   in 1 article\n"
        "\n"
        "1. Trucks"
    )


def test_no_article_can_send_an_escape_sequence():
    text = "a\x1b]0;title\x07\x9b31m\ud800\nb"
    for format in ("text", "table"):
        found = rendered(format, results(hostile(text)))
        assert not set(found) & set("\x1b\x07\x9b\ud800")
        assert "a�]0;title��31m� b" in found


def test_an_article_without_a_title_is_called_by_its_id():
    untitled = TRUCKS.changed(article=replace(TRUCKS.article, title=""))
    assert rendered("text", results(untitled)).startswith("1. 2019/baghouz.txt\n")
