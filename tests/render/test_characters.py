import unicodedata

import pytest

from searchkit.render import characters


@pytest.mark.parametrize("clean", [characters.one_line, characters.lines, characters.data])
def test_no_character_that_a_terminal_acts_on_comes_through(clean):
    allowed = {characters.one_line: "", characters.lines: "\n", characters.data: "\n\t\r"}[clean]
    for code in range(0x110000):
        if unicodedata.category(chr(code)) in ("Cc", "Cs") and chr(code) not in allowed:
            assert unicodedata.category(clean(chr(code))) not in ("Cc", "Cs"), hex(code)


def test_every_character_becomes_one_so_that_spans_stay_right():
    text = "".join(map(chr, range(0x300))) + "\ud800\u2028"
    assert len(characters.one_line(text)) == len(text)


def test_what_is_printable_stays_as_it_is():
    assert characters.one_line("Ségou — “naïve” 北京") == "Ségou — “naïve” 北京"


def test_line_ends_and_tabs_become_spaces_on_one_line():
    assert characters.one_line("a\tb\nc\r\u2028d") == "a b c  d"


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("é", 1), ("e\u0301", 1), ("北京", 4), ("a\u200fb", 2)])
def test_width_counts_the_columns_of_a_terminal(text, columns):
    assert characters.width(text) == columns


def test_text_that_is_too_wide_is_cut_with_an_ellipsis():
    assert characters.fit("evacuation", 5) == "evac…"
    assert characters.fit("北京北京", 5) == "北京…"
    assert characters.fit("evacuation", 10) == "evacuation"


def test_pieces_lose_nothing_even_where_a_character_is_wider_than_there_is_room():
    assert list(characters.pieces("a北b", 1)) == ["a", "北", "b"]
