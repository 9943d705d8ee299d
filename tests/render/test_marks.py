from hypothesis import given
from hypothesis import strategies as st

from searchkit.render import characters
from searchkit.render.marks import pieces, wrap

_TEXT = st.text(st.sampled_from("ab 北\n\té\x1b"), max_size=60)


@st.composite
def _marked(draw):
    text = draw(_TEXT)
    ends = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    return text, tuple(zip(ends[::2], ends[1::2], strict=False))


@given(_marked())
def test_pieces_put_together_are_the_text(marked):
    text, spans = marked
    assert "".join(piece for piece, _ in pieces(text, spans)) == text
    assert [piece for piece, inside in pieces(text, spans) if inside] == [text[a:b] for a, b in spans]


@given(_marked(), st.integers(2, 20))
def test_lines_fit_and_lose_neither_words_nor_marks(marked, width):
    text, spans = marked
    lines = list(wrap(text, spans, width))
    assert all(characters.width(line) <= width for line, _ in lines)
    assert "".join("".join(line.split()) for line, _ in lines) == "".join(characters.one_line(text).split())
    shown = "".join("".join(line[a:b].split()) for line, inside in lines for a, b in inside)
    assert shown == "".join("".join(characters.one_line(text[a:b]).split()) for a, b in spans)


def test_a_mark_over_the_end_of_a_line_is_taken_up_on_the_next():
    assert list(wrap("the humanitarian corridor", ((4, 25),), 16)) == [
        ("the humanitarian", [(4, 16)]),
        ("corridor", [(0, 8)]),
    ]


def test_a_mark_over_several_words_takes_the_space_between_them_along():
    assert list(wrap("a  humanitarian\ncorridor", ((3, 24),), None)) == [("a humanitarian corridor", [(2, 23)])]


def test_marks_side_by_side_stay_apart():
    assert list(wrap("oil price", ((0, 3), (4, 9)), None)) == [("oil price", [(0, 3), (4, 9)])]


def test_a_word_that_is_longer_than_a_line_is_broken():
    assert [line for line, _ in wrap("abcdefgh", (), 3)] == ["abc", "def", "gh"]


def test_a_long_text_with_many_marks_takes_no_quadratic_time():
    text = "oil " * 200_000
    spans = tuple((4 * n, 4 * n + 3) for n in range(200_000))
    assert sum(len(inside) for _, inside in wrap(text, spans, 80)) == 200_000
