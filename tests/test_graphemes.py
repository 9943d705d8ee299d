"""Nothing that is drawn as one character is ever cut: not where a mark begins or ends, and not where a passage does."""

from __future__ import annotations

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searchkit.analysis import Analyzer
from searchkit.fields import Form
from searchkit.query.plan import Or, Phrase, Plan, Term
from searchkit.snippets import ELLIPSIS, Highlighter
from tests.conftest import MORE

ANALYZER = Analyzer("english")

_WRITTEN = """
a e\u0301 é ﬁ ½ 1\ufe0f\u20e3 🇩🇪 👩\u200d👩\u200d👧 👍🏽 ❤️ 👩\u200dⓂ ™ x\u200d o\u0338 क्ष हि न्\u200dदी नि தமி ழ் ක්\u200dෂ শ্রী
한 한 각 ᄀ גּ שָׁ لا مُ تّ ی\u200c ک ١ ؀١ か\u3099 が ﾊﾟ 々 ー 葛\U000e0100 北 京 大 𠀀 น้ำ กำ ท่ เ ก ນຳ ខ្មែ ន្ត្រី រ មြန် န္တ လေး ဂ္ဂ
\u1a20\u1a60\u1a21 . , ' & + # - « 。 ，
"""
GRAPHEMES = _WRITTEN.split()
SPACES = ["", "", "", "", " ", "\n", "\u3000", "\u200b", "\u00ad"]
TEXTS = st.lists(st.tuples(st.sampled_from(GRAPHEMES), st.sampled_from(SPACES)), min_size=1, max_size=60).map(
    lambda pairs: "".join(piece + space for piece, space in pairs)
)

# What this Python knows of: regex may know of a later version of Unicode.
ASSIGNED = st.characters(exclude_categories=["Cn"])


def boundaries(text: str) -> set[int]:
    """Where a text may be cut: between what is drawn as one, and beside white space, which is given up there anyway."""
    found = {match.end() for match in regex.finditer(r"\X", text)} | {0, len(text)}
    spaces = [place for place, char in enumerate(text) if char.isspace()]
    return found.union(spaces, (place + 1 for place in spaces))


@st.composite
def asked(draw: st.DrawFn, text: str) -> Plan:
    """A query for what stands in a text."""
    tokens = ANALYZER.tokens(text) or ANALYZER.tokens("oil")
    terms: list[Plan] = []
    for at in draw(st.lists(st.integers(0, len(tokens) - 1), min_size=1, max_size=4)):
        kind = draw(st.sampled_from(["exact", "stem", "phrase", "near"]))
        some = tuple(token.exact for token in tokens[at : at + 3])
        if kind == "stem":
            terms.append(Term("text", Form.STEM, tokens[at].stem))
        elif kind == "exact" or len(some) < 2:
            terms.append(Term("text", Form.EXACT, tokens[at].exact))
        else:
            terms.append(Phrase("text", some, None if kind == "phrase" else 2))
    return Or(tuple(terms))


def highlighter(plan: Plan) -> Highlighter:
    return Highlighter(plan, ANALYZER, lambda form, text: 1.0)


@settings(max_examples=1000 * MORE)
@given(TEXTS | st.text(ASSIGNED, max_size=80))
@example("؀١ 2")
@example("👩\u200dⓂ")
@example("葛\U000e0100ﬁ")
def test_a_term_holds_whole_characters(text: str) -> None:
    whole = boundaries(text)
    for token in ANALYZER.tokens(text):
        assert {token.start, token.end, token.stem_start} <= whole, token


@settings(max_examples=500 * MORE)
@given(TEXTS, st.data())
def test_a_mark_begins_and_ends_between_characters(text: str, data: st.DataObject) -> None:
    spans = highlighter(data.draw(asked(text))).spans(text)
    assert {place for span in spans for place in span} <= boundaries(text)


@settings(max_examples=500 * MORE)
@given(st.tuples(TEXTS, st.integers(1, 8)).map(lambda pair: pair[0] * pair[1]), st.integers(1, 60), st.data())
def test_a_passage_begins_and_ends_between_characters(body: str, size: int, data: st.DataObject) -> None:
    shown = " ".join(body.split())
    whole = boundaries(shown)
    for snippet in highlighter(data.draw(asked(body))).snippets(body, 3, size):
        text = snippet.text
        head = text.startswith(ELLIPSIS)
        pieces = {
            text,
            text[head:],
            text[: -text.endswith(ELLIPSIS) or None],
            text[head : -text.endswith(ELLIPSIS) or None],
        }
        assert any(
            {match.start(), match.end()} <= whole
            for piece in pieces
            for match in regex.finditer(regex.escape(piece), shown, overlapped=True)
        )
        assert {place for span in snippet.highlights for place in span} <= boundaries(text)


@pytest.mark.parametrize(
    ("text", "term", "marked"),
    [
        ("น้ำท่วม", "น้ํา", ["น้ำ"]),
        ("1️⃣ 2", "1", ["1️⃣"]),
        ("葛\U000e0100城", "葛", ["葛\U000e0100"]),
        ("ﾊﾟﾝ", "パ", ["ﾊﾟ"]),
        ("ខ្មែរ", "ខ្មែ", ["ខ្មែ"]),
    ],
)
def test_one_character_is_marked_with_all_that_belongs_to_it(text: str, term: str, marked: list[str]) -> None:
    spans = highlighter(Term("text", Form.STEM, term)).spans(text)
    assert [text[start:end] for start, end in spans] == marked
