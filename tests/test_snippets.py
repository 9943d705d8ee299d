"""What is marked in a text, and which passages of it are shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.analysis import Analyzer
from searchkit.fields import Form
from searchkit.query.plan import All, And, Boost, Not, Or, Phrase, Plan, Range, Term
from searchkit.results import Snippet
from searchkit.snippets import ELLIPSIS, Highlighter
from tests.conftest import MORE

ANALYZER = Analyzer()


def exact(word: str, field: str = "text") -> Term:
    return Term(field, Form.EXACT, ANALYZER.tokens(word)[0].exact)


def stem(word: str) -> Term:
    return Term("text", Form.STEM, ANALYZER.tokens(word)[0].stem)


def phrase(text: str, slop: int | None = None) -> Phrase:
    return Phrase("text", tuple(ANALYZER.sought(text)), slop)


def highlighter(plan: Plan, weight: Callable[[Form, str], float] = lambda form, text: 1.0) -> Highlighter:
    return Highlighter(plan, ANALYZER, weight)


def marked(plan: Plan, text: str) -> list[str]:
    return [text[start:end] for start, end in highlighter(plan).spans(text)]


def shown(snippet: Snippet) -> list[str]:
    return [snippet.text[start:end] for start, end in snippet.highlights]


# --- what is marked ---


def test_a_bare_word_marks_every_form_of_it() -> None:
    text = "Evacuation began. They evacuated, evacuate and are EVACUATING; evacuees wait. Vacuum."
    assert marked(stem("evacuate"), text) == ["Evacuation", "evacuated", "evacuate", "EVACUATING"]


def test_an_exact_word_marks_only_itself_whatever_its_case_and_accents() -> None:
    assert marked(exact("mali"), "Mali, MALI and Malí; Malian, malis") == ["Mali", "MALI", "Malí"]


def test_a_phrase_is_marked_only_where_it_stands() -> None:
    text = "A corridor. A humanitarian corridor; the Humanitarian, Corridor is humanitarian."
    assert marked(phrase("humanitarian corridor"), text) == ["humanitarian corridor", "Humanitarian, Corridor"]


def test_a_phrase_crosses_line_and_paragraph_breaks() -> None:
    assert marked(phrase("humanitarian corridor"), "humanitarian\n\n  corridor") == ["humanitarian\n\n  corridor"]
    assert marked(phrase("b c"), "a b " + "\n" * 500 + "c") == ["b " + "\n" * 500 + "c"]


def test_a_phrase_of_one_word_over_and_over_is_one_mark() -> None:
    assert marked(phrase("no no"), "no, no, no; no way. No.") == ["no, no, no; no"]


def test_a_phrase_does_not_match_across_a_word_that_is_not_in_the_query() -> None:
    assert marked(And((phrase("oil price"), exact("of"))), "oil of price, oil the price") == ["of"]


def test_proximity_marks_words_in_any_order_within_the_slop() -> None:
    near = phrase("trucks civilians", slop=2)
    assert marked(near, "civilians in the trucks") == ["civilians", "trucks"]
    assert marked(near, "civilians in all the trucks") == []
    assert marked(near, "trucks in all the world; trucks, civilians") == ["trucks", "civilians"]


def test_proximity_needs_a_word_twice_that_is_named_twice() -> None:
    near = phrase("war peace war", slop=1)
    assert marked(near, "war and peace") == []
    assert marked(near, "war and peace war, peace") == ["war", "peace", "war"]


def test_only_what_made_the_article_match_is_marked() -> None:
    plan = And(
        (
            exact("oil"),
            Not(exact("gas")),
            Boost(exact("coal"), 0),
            Boost(exact("tar"), 2),
            exact("peat", "title"),
            Phrase("location", ("wood", "fire")),
            Range(1, 2),
            All(),
            Or((exact("wind"), Not(Not(exact("sun"))))),
        )
    )
    assert marked(plan, "oil gas coal tar peat wood fire wind sun") == ["oil", "tar", "wind"]


def test_a_query_without_words_marks_nothing() -> None:
    assert marked(All(), "anything") == []


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("munchen", "In Mu\u0308nchen and München", ["Mu\u0308nchen", "München"]),
        ("cafe", "cafe\u0301s cafe\u0301.", ["cafe\u0301"]),
        ("office", "the oﬃce, the OFFICE", ["oﬃce", "OFFICE"]),
        ("strasse", "Straße 😀 STRASSE", ["Straße", "STRASSE"]),
        ("oil", "🛢️👩‍👩‍👧 oil 🛢", ["oil"]),
        ("us", "the U.S. and us; U.S.'s", ["U.S.", "us", "U.S."]),
        ("obrien", "O’Brien's O'Brien", ["O’Brien", "O'Brien"]),
        ("omar", "the al-Omar field", ["Omar"]),
        ("1200", "some 1,200 people", ["1,200"]),
        ("北", "北京", ["北"]),
    ],
)
def test_offsets_are_exact(word: str, text: str, found: list[str]) -> None:
    assert marked(exact(word), text) == found


def test_one_character_of_a_text_without_spaces_is_marked_alone_and_several_as_they_stand() -> None:
    text = "東京都は東京の都。X光检查、X光！"
    assert marked(stem("京"), text) == ["京", "京"]
    assert marked(Term("text", Form.EXACT, "東京"), text) == ["東京", "東京"]
    assert marked(phrase("東京都"), text) == ["東京都"]
    assert marked(phrase("X光"), text) == ["X光", "X光"]
    assert marked(And((Term("text", Form.EXACT, "東京"), stem("都"))), text) == ["東京都", "東京", "都"]


def test_a_word_of_turkish_is_marked_in_capitals_too() -> None:
    turkish = Analyzer("turkish")
    for word, text in (("ırmak", "IRMAK"), ("izmir", "İZMİR"), ("ışık", "Isik ISIK IŞIK")):
        plan = Term("text", Form.STEM, turkish.tokens(word)[0].stem)
        spans = Highlighter(plan, turkish, lambda form, text: 1.0).spans(text)
        assert text.split()[-1] in [text[start:end] for start, end in spans]


def test_touching_words_are_one_mark_and_neighbours_are_two() -> None:
    assert marked(And((exact("北"), exact("京"))), "北京, 北 京") == ["北京", "北", "京"]


def test_overlapping_words_and_phrases_are_one_mark() -> None:
    plan = Or((phrase("crude oil"), phrase("oil price"), exact("crude"), stem("prices")))
    assert marked(plan, "crude oil price, price crude") == ["crude oil price", "price", "crude"]


def test_each_term_is_weighed_once() -> None:
    asked: list[tuple[Form, str]] = []

    def weight(form: Form, text: str) -> float:
        asked.append((form, text))
        return 1.0

    made = highlighter(Or((exact("oil"), phrase("crude oil"), exact("oil"), stem("oil"), phrase("oil oil", 3))), weight)
    made.snippets("oil crude oil" * 100)
    assert sorted(asked, key=str) == [(Form.EXACT, "crude"), (Form.EXACT, "oil"), (Form.STEM, "oil")]


# --- which passages ---

FILLER = "Nothing of interest was said on that long and quiet day in the town hall. " * 20


def test_the_passage_with_more_different_words_wins_over_the_first() -> None:
    body = f"Oil, oil and oil. {FILLER}The price of oil rose. {FILLER}"
    (snippet,) = highlighter(And((exact("oil"), exact("price")))).snippets(body)
    assert shown(snippet) == ["price", "oil"]


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    body = f"The town. {FILLER}Baghouz fell. {FILLER}The town."
    plan = Or((exact("town"), exact("baghouz")))
    (snippet,) = highlighter(plan, lambda form, text: {"town": 0.1, "baghouz": 9.0}[text]).snippets(body, size=60)
    assert "Baghouz" in shown(snippet)


def test_of_equal_passages_the_fuller_and_then_the_first_wins() -> None:
    once, twice = "One oil well. ", "Two oil and oil wells. "
    (snippet,) = highlighter(exact("oil")).snippets(once + FILLER + twice + FILLER + "Last" + twice, size=80)
    assert snippet.text.startswith(twice.strip())


def test_several_passages_come_in_the_order_of_the_text_and_do_not_overlap() -> None:
    body = f"First oil. {FILLER}Second oil price. {FILLER}Third oil. {FILLER}"
    snippets = highlighter(And((exact("oil"), exact("price")))).snippets(body, count=3, size=80)
    assert [next(word for word in ("First", "Second", "Third") if word in s.text) for s in snippets] == [
        *("First", "Second", "Third")
    ]
    assert len(highlighter(exact("price")).snippets(body, count=3)) == 1


def test_a_passage_begins_and_ends_with_a_sentence_where_it_can() -> None:
    body = f"{FILLER}\nThe U.S. envoy, Gen. J. Smith, left on Jan. 5. The oil fields burn. He came back later. {FILLER}"
    (snippet,) = highlighter(exact("oil")).snippets(body, size=60)
    assert snippet.text == "The oil fields burn. He came back later."


@pytest.mark.parametrize("before", ["He can't.", "“Go!” he said.", "Up by 2.5.", "Why?", "News\n\n", "Acme Inc.\n \n"])
def test_a_sentence_begins_after_what_ends_one(before: str) -> None:
    (snippet,) = highlighter(exact("oil")).snippets(f"{FILLER}{before} Men saw oil burn there. {FILLER}", size=24)
    assert snippet.text.startswith("Men saw oil burn there.")


def test_a_stop_before_a_small_letter_does_not_end_a_sentence() -> None:
    (snippet,) = highlighter(exact("oil")).snippets(f"{FILLER}“Go!” he told oil men. {FILLER}", size=17)
    assert snippet.text.startswith(ELLIPSIS)


def test_a_sentence_without_a_space_before_it_begins_a_passage() -> None:
    (snippet,) = highlighter(stem("京")).snippets("大大大大。" * 5 + "北京大。" + "大大大大。" * 5, size=4)
    assert snippet.text == "北京大。"


def test_a_phrase_that_begins_before_the_passage_is_marked_as_far_as_it_is_shown() -> None:
    plan = Or((phrase("alpha beta gamma"), exact("oil")))
    made = highlighter(plan, lambda form, text: 100.0 if text == "oil" else 1.0)
    (snippet,) = made.snippets(f"{FILLER}Alpha Beta. Gamma oil burns. {FILLER}", size=20)
    assert snippet == Snippet("Gamma oil burns.", ((0, 5), (6, 9)))


@pytest.mark.parametrize("start", ["The U.S. Army", "Gen. Smith", "J. R. Smith", "St. Louis", "At 5 a.m. GMT they"])
def test_an_abbreviation_does_not_end_a_sentence(start: str) -> None:
    (snippet,) = highlighter(exact("oil")).snippets(f"{FILLER}{start} saw oil burn there. {FILLER}", size=60)
    assert snippet.text.startswith(f"{start} saw oil burn there.")


def test_a_passage_within_a_sentence_has_ellipses_and_whole_words() -> None:
    long = ", ".join(f"word{number}" for number in range(100))
    body = f"A {long}, oil, {long}."
    (snippet,) = highlighter(exact("oil")).snippets(body, size=100)
    assert snippet.text[0] == snippet.text[-1] == ELLIPSIS
    assert set(snippet.text.strip(ELLIPSIS).split()) <= set(body.split())
    assert shown(snippet) == ["oil"]
    assert 80 < len(snippet.text) <= 102


def test_line_breaks_become_single_spaces_and_highlights_follow() -> None:
    (snippet,) = highlighter(phrase("oil price")).snippets("\n  The\r\n   oil \t\n price\n\n\nrose.  \n")
    assert snippet == Snippet("The oil price rose.", ((4, 13),))


def test_a_match_at_the_end_is_preceded_by_what_fills_the_passage() -> None:
    (snippet,) = highlighter(exact("oil")).snippets(FILLER + "Then oil.", size=200)
    assert snippet.text.endswith("town hall. Then oil.")
    assert 100 < len(snippet.text) <= 200


def test_no_match_gives_the_lead() -> None:
    for plan in (All(), exact("zebra")):
        (snippet,) = highlighter(plan).snippets("  The first sentence. The second one. " + FILLER, count=3, size=40)
        assert snippet == Snippet("The first sentence. The second one.")


def test_a_short_body_is_shown_whole() -> None:
    assert highlighter(All()).snippets(" Oil rose ") == (Snippet("Oil rose"),)


@pytest.mark.parametrize("body", ["", " \n\t "])
def test_an_empty_body_has_no_snippets(body: str) -> None:
    assert highlighter(exact("oil")).snippets(body) == ()


def test_no_snippets_are_made_where_none_are_asked_for() -> None:
    assert highlighter(exact("oil")).snippets("oil", count=0) == ()


@pytest.mark.parametrize(("count", "size"), [(-1, 240), (1, 0)])
def test_impossible_sizes_are_refused(count: int, size: int) -> None:
    with pytest.raises(ValueError, match="no snippets"):
        highlighter(exact("oil")).snippets("oil", count, size)


def test_a_huge_word_is_cut_but_not_before_a_mark() -> None:
    body = "oil " + "ae\u0301" * 1500
    for plan in (exact("oil"), exact(body.split()[1]), All()):
        (snippet,) = highlighter(plan).snippets(body, size=100)
        assert len(snippet.text) < 270
        assert snippet.text.rstrip(ELLIPSIS).endswith(("a", "e\u0301"))
        assert not unicodedata.combining(body[len(snippet.text.rstrip(ELLIPSIS))])


def test_text_without_spaces_is_cut_between_words() -> None:
    body = "北京发生了一件大事" * 100
    for plan, word in ((stem("京"), "京"), (phrase("北京发"), "北京发")):
        (snippet,) = highlighter(plan).snippets(body, size=50)
        assert 40 < len(snippet.text) <= 140
        assert set(shown(snippet)) == {word}


def test_a_small_size_still_shows_the_whole_word_or_phrase() -> None:
    (snippet,) = highlighter(phrase("humanitarian corridor")).snippets("The humanitarian corridor opened.", size=1)
    assert shown(snippet) == ["humanitarian corridor"]


def test_a_long_body_is_searched_to_its_end() -> None:
    body = FILLER * 700 + "The Baghouz pocket fell."
    assert len(body) > 1_000_000
    made = highlighter(Or((exact("baghouz"), Boost(exact("pocket"), 2))))
    (snippet,) = made.snippets(body)
    assert shown(snippet) == ["Baghouz", "pocket"]


# --- laws ---

WRITTEN = """
oil Oil OIL price prices priced crude U.S. Gen. al-Omar o'brien 1,200 10:30 AT&T C++ café cafe\u0301 oﬃce Straße 北京 大
½ 😀 ❤️ . , ! ? … “ ” ( ) - — ' the of no e\u0301 \u0301 \u200d \u00ad
"""
PIECES = WRITTEN.split()
SPACES = ["", " ", " ", " ", "  ", "\n", "\n\n", "\u00a0"]
TEXTS = st.one_of(
    st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(SPACES)), max_size=60).map(
        lambda pairs: "".join(piece + space for piece, space in pairs)
    ),
    st.text(max_size=200),
)
WORDS = st.sampled_from(
    ["oil", "price", "crude", "us", "gen", "omar", "cafe", "office", "no", "the", "of", "北", "1", "aa"]
)
TERMS = st.tuples(st.sampled_from([Form.EXACT, Form.STEM]), WORDS).map(lambda pair: Term("text", *pair))
PHRASES = st.tuples(st.lists(WORDS, min_size=2, max_size=4), st.sampled_from([None, 0, 1, 3])).map(
    lambda pair: Phrase("text", tuple(pair[0]), pair[1])
)
PLANS = st.lists(st.one_of(TERMS, PHRASES), min_size=1, max_size=4).map(lambda nodes: Or(tuple(nodes)))


@given(TEXTS, PLANS)
def test_spans_are_sorted_disjoint_and_in_range(text: str, plan: Plan) -> None:
    end = -1
    for start, stop in highlighter(plan).spans(text):
        assert end < start < stop <= len(text)
        end = stop


@given(TEXTS, st.sampled_from([Form.EXACT, Form.STEM]))
def test_a_mark_of_a_term_read_again_gives_the_term(text: str, form: Form) -> None:
    for token in ANALYZER.tokens(text)[:20]:
        term = token.exact if form is Form.EXACT else token.stem
        spans = highlighter(Term("text", form, term)).spans(text)
        begin = token.start if form is Form.EXACT else token.stem_start
        assert any(start <= begin and token.end <= end for start, end in spans)
        for start, end in spans:
            again = ANALYZER.tokens(text[start:end])
            assert term in {found.exact if form is Form.EXACT else found.stem for found in again}


def naive_spans(text: str, phrase: Phrase) -> set[int]:
    """The places of the tokens that a phrase marks, by trying every window."""
    tokens = [token.exact for token in ANALYZER.tokens(text)]
    marked: set[int] = set()
    for low in range(len(tokens)):
        if phrase.slop is None:
            if tokens[low : low + len(phrase.terms)] == list(phrase.terms):
                marked.update(range(low, low + len(phrase.terms)))
            continue
        window = tokens[low : low + len(phrase.terms) + phrase.slop]
        if all(window.count(term) >= phrase.terms.count(term) for term in phrase.terms):
            marked.update(low + place for place, term in enumerate(window) if term in phrase.terms)
    return marked


@given(st.lists(st.sampled_from(["oil", "price", "no", "the", "of", "crude-oil", "…"]), max_size=40), PHRASES)
def test_phrases_mark_what_trying_every_window_marks(words: Sequence[str], phrase: Phrase) -> None:
    text = " ".join(words)
    spans = highlighter(phrase).spans(text)
    inside = {
        place
        for place, token in enumerate(ANALYZER.tokens(text))
        if any(start <= token.start and token.end <= end for start, end in spans)
    }
    assert inside == naive_spans(text, phrase)


@settings(max_examples=300 * MORE)
@given(TEXTS, PLANS, st.integers(0, 4), st.integers(1, 120))
def test_snippets_are_pieces_of_the_body_with_the_marks_of_the_body(
    text: str, plan: Plan, count: int, size: int
) -> None:
    made = highlighter(plan)
    snippets = made.snippets(text, count, size)
    assert len(snippets) <= count
    assert bool(snippets) == bool(text.strip() and count)
    # The same text with single spaces has the same marks, so a snippet's are those of the piece that it is.
    body = " ".join(text.split())
    expected = {place for start, end in made.spans(body) for place in range(start, end)}
    for snippet in snippets:
        head = snippet.text.startswith(ELLIPSIS)
        candidates = [snippet.text[head:tail] for tail in (len(snippet.text), -1)] + [snippet.text]
        places = {place for start, end in snippet.highlights for place in range(start, end)}
        assert any(
            {at + place - cut for place in places} == {place for place in expected if at <= place < at + len(piece)}
            for piece, cut in ((piece, int(head and piece is not candidates[-1])) for piece in candidates)
            for at in (match.start() for match in re.finditer(f"(?={re.escape(piece)})", body))
        )
        assert all(0 <= start < end <= len(snippet.text) for start, end in snippet.highlights)
        assert list(snippet.highlights) == sorted(snippet.highlights)


@given(TEXTS, PLANS, st.integers(1, 60))
def test_where_something_is_marked_a_snippet_shows_it(text: str, plan: Plan, size: int) -> None:
    made = highlighter(plan)
    assert bool(made.spans(text)) == any(snippet.highlights for snippet in made.snippets(text, 1, size))


@given(
    st.lists(st.sampled_from(["oil", "Oil.", "word", "Gen.", "longerword", "e\u0301tat"]), min_size=1, max_size=80),
    PLANS,
)
def test_passages_are_whole_words_and_about_the_size_asked_for(words: Sequence[str], plan: Plan) -> None:
    for snippet in highlighter(plan).snippets(" ".join(words), 3, 60):
        assert set(snippet.text.strip(ELLIPSIS).split()) <= set(words)
        assert len(snippet.text) <= 60 * 9 // 8 + 12
        assert not unicodedata.combining(snippet.text[0])


WRITTEN = [
    "oil",
    "Oil",
    "OIL,",
    "prices",
    "price's",
    "café",
    "CAFE\u0301",
    "ﬁre",
    "U.S.",
    "x-oil/",
    "\n",
    "“oil”",
    "İoil",
]
STEMS = ["oil", "price", "cafe", "fire", "us", "i\u0307oil"]


@settings(max_examples=400 * MORE)
@given(st.lists(st.sampled_from(WRITTEN)), st.sets(st.sampled_from(STEMS), min_size=1))
def test_every_single_term_is_marked_where_the_analyzer_finds_it(words: list[str], wanted: set[str]) -> None:
    text = " ".join(words)
    analyzer = Analyzer("english")
    highlighter = Highlighter(
        Or(tuple(Term("text", Form.STEM, stem) for stem in wanted)), analyzer, lambda form, term: 1.0
    )

    def places(spans: Iterable[tuple[int, int]]) -> set[int]:
        return {place for start, end in spans for place in range(start, end)}

    expected = [(token.start, token.end) for token in analyzer.tokens(text) if token.stem in wanted]
    assert places(highlighter.spans(text)) == places(expected)
