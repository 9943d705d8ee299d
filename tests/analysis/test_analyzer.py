"""Text → terms."""

from __future__ import annotations

import pickle
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.analysis import Analyzer, index_fields, keyword_term, languages
from searchkit.analysis.analyzer import MAX_TERM
from searchkit.article import Article, Place
from tests.conftest import MORE, within

ENGLISH = Analyzer("english")
ANALYZERS = {language: Analyzer(language) for language in languages()}


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Evacuation of civilians.", "evacuation of civilians"),
        ("U.S. US us U.S", "us us us us"),
        ("e.g. at 5 p.m., Ph.D.", "eg at 5 pm ph d"),
        ("the end. A new start", "the end a new start"),
        ("O'Brien O’Brien Oʼbrien", "obrien obrien obrien"),
        ("Syria's Syria’s boys' 'quoted'", "syria syria boys quoted"),
        ("don't rock'n'roll U.S.'s AT&T's 1990's", "dont rocknroll us at&t 1990"),
        ("1,200 1,200,000 2.5 1,00,000 3.14.15", "1200 1200000 2.5 100000 3.14.15"),
        ("2019,2020 1,2", "2019 2020 1 2"),
        ("$2.5bn 1,200km", "2.5bn 1200km"),
        ("AT&T R&D S&P Marks&Spencer A & B", "at&t r&d s&p marks spencer a b"),
        ("C++ C# c++. F#, a+b #tag", "c++ c# c++ f# a b tag"),
        ("al-Omar U.S.-backed COVID-19 10:30 and/or", "al omar us backed covid 19 10 30 and or"),
        ("www.bbc.co.uk no.5", "www bbc co uk no 5"),
        ("café CAFÉ cafe\u0301 São Łódź Ærø", "cafe cafe cafe sao lodz aero"),
        ("Straße İstanbul ﬁne Ⅳ", "strasse istanbul fine iv"),
        ("Αθήνα ΑΘΗΝΑΣ", "αθηνα αθηνασ"),
        ("й ё Ёлка Москва", "й е елка москва"),
        ("ГІМН Їжак ґанок", "гімн їжак ґанок"),
        ("أسعارُ أســعار إلى آب على", "اسعار اسعار الي اب علي"),
        ("می‌خواهم ایران ايران کتاب كتاب", "ميخواهم ايران ايران كتاب كتاب"),
        ("שָׁלוֹם שלום צ׳ילי צ'ילי", "שלום שלום צילי צילי"),
        ('צה"ל צה״ל', "צה ל צה ל"),
        ("२०१९ ٢٠١٩ ۲۰۱۹ ๒๐๑๙ ２０１９", "2019 2019 2019 2019 2019"),
        ("١٬٢٠٠ ٢٫٥", "1200 2.5"),
        ("ŉ ﹱ", "n"),
        ("क़ानून क़ानून हिन्दी हिन्‍दी", "क़ानून क़ानून हिन्दी हिन्दी"),
        ("Iğdır IĞDIR ığdır İzmir izmir", "igdir igdir igdir izmir izmir"),
        ("co\u00adoperate zero\u200bwidth ‘single’ “double”", "cooperate zero width single double"),
        ("'1990' ‘1,200’ 1990s' 200'5", "1990 1200 1990s 2005"),
        ("I love ❤️ you 1️⃣", "i love you 1"),
        ("각 한국 한국", "각 한국 한국"),
        ("snake_case one\ttwo\nthree\xa0four", "snake case one two three four"),
        ("… — – - & + # ' .", ""),
        ("", ""),
    ],
)
def test_text_gives_these_exact_terms(text: str, terms: str) -> None:
    assert ENGLISH.exact(text) == terms.split()


def test_stems_are_those_of_the_word_as_written_with_accents_folded_afterwards() -> None:
    french = Analyzer("french")
    assert french.joined("évacuées")[1].split() == ["evacu"]
    assert ENGLISH.joined("evacuate Evacuation EVACUATED")[1].split() == ["evacu"] * 3


def test_the_language_none_does_not_stem() -> None:
    exact, stems = Analyzer("none").joined("Evacuations began")
    assert exact == stems == "evacuations began"


def test_an_unknown_language_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'klingon'.*english"):
        Analyzer("klingon")
    assert {"english", "none"} <= set(languages())


def test_offsets_are_those_of_the_original_text() -> None:
    text = "Gen. O’Brien’s cafe\u0301, U.S.-backed ﬁne ½ 北京."
    found = [(token.exact, text[token.start : token.end]) for token in ENGLISH.tokens(text)]
    assert found == [
        ("gen", "Gen"),
        ("obrien", "O’Brien"),
        ("cafe", "cafe\u0301"),
        ("us", "U.S."),
        ("backed", "backed"),
        ("fine", "ﬁne"),
        ("1", "½"),
        ("2", "½"),
        ("北", "北"),
        ("北京", "北京"),
        ("京", "京"),
    ]


def test_a_very_long_word_is_cut() -> None:
    (term,) = ENGLISH.exact("x" * 100_000)
    assert term == "x" * MAX_TERM


@pytest.mark.parametrize(
    "hostile",
    [
        "e" + "\u0301\u0316" * 200_000,
        "北" * 100_000,
        "Ⓜ\u200d👩\u200d" * 10_000,
        "か\u3099" * 50_000,
        "น" + "้" * 100_000 + "ำ",
        "北\u200b" * 50_000,
        "a." * 100_000 + "aa",
        "1,22" * 100_000,
        "1.1'" * 100_000,
    ],
)
def test_hostile_text_takes_linear_time(hostile: str) -> None:
    with within(20):  # in quadratic time it would be hours
        assert [token.exact for token in ENGLISH.tokens(hostile)] == ENGLISH.exact(hostile)


def test_an_analyzer_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Analyzer("german"))).language == "german"


def test_patterns_keep_their_wildcards() -> None:
    assert ENGLISH.patterns("É\ue000c al-Om\ue000 U.S.\ue001", "\ue000\ue001") == [
        "e\ue000c",
        "al",
        "om\ue000",
        "us\ue001",
    ]


tricky = st.text(
    st.sampled_from("aBIı1é’'.,&+#-_/ \n\u0301\u00ad\u200dßİǆﬁ½北кй𝒳\udce9\x00\u0915\u093f")
    | st.sampled_from("北京がﾊﾟか\u3099ー々น้ำํากม\u200bខ្មែမြန်\u1039\ufe0fאَ٢٫")
    | st.characters(),
    max_size=60,
)


@settings(max_examples=1500 * MORE)
@given(tricky)
def test_the_fast_and_the_slow_view_are_equal(text: str) -> None:
    exact, stems = ENGLISH.joined(text)
    tokens = ENGLISH.tokens(text)
    assert [token.exact for token in tokens] == exact.split() == ENGLISH.exact(text)
    assert [token.stem for token in tokens] == stems.split()


@settings(max_examples=500 * MORE)
@given(tricky)
def test_offsets_are_in_order_and_inside_the_text(text: str) -> None:
    start = end = 0
    for token in ENGLISH.tokens(text):
        assert token.exact
        assert token.stem
        assert 0 <= token.start <= token.stem_start < token.end <= len(text)
        assert token.start >= start
        assert token.end >= end
        start, end = token.start, token.end


@settings(max_examples=500 * MORE)
@given(tricky)
def test_terms_do_not_depend_on_case_or_on_how_accents_are_encoded(text: str) -> None:
    assert ENGLISH.exact(text.casefold()) == ENGLISH.exact(text)
    if "\udce9" not in text:
        assert ENGLISH.exact(unicodedata.normalize("NFC", text)) == ENGLISH.exact(unicodedata.normalize("NFD", text))


@settings(max_examples=500 * MORE)
@given(tricky)
def test_a_term_analysed_again_is_itself(text: str) -> None:
    for term in ENGLISH.exact(text):
        assert ENGLISH.sought(term) == [term]


@settings(max_examples=500 * MORE)
@given(tricky, st.sampled_from(languages()))
def test_the_exact_form_is_the_same_in_all_languages(text: str, language: str) -> None:
    assert ANALYZERS[language].exact(text) == ENGLISH.exact(text)


def test_a_real_headline_counts_twice_and_a_derived_one_not_at_all() -> None:
    real = index_fields(Article(id="a", title="Flood", body="Water", dateline="PARIS"), ENGLISH)
    derived = index_fields(Article(id="a", title="Water", body="Water", title_derived=True), ENGLISH)
    assert real["text"].exact == ("flood", "flood", "paris", "water")
    assert real["title"].stems == ("flood",)
    assert derived["text"].exact == ("water",)
    assert "title" not in derived


def test_every_field_is_indexed_from_its_place_in_the_article() -> None:
    fields = index_fields(
        Article(
            id="X#1",
            title="T",
            body="B",
            place=Place("New York", "New York", "United States", "US"),
            dateline="NEW YORK",
            byline="Ann Lee",
            publisher="Wire",
            section="World News",
            topics=("grain", "wheat trade"),
            language="EN",
            url="HTTP://X.org/A",
            path="Dir/X",
        ),
        ENGLISH,
    )
    assert {name: field.exact for name, field in fields.items()} == {
        "text": ("t", "t", "new york", "b"),
        "title": ("t",),
        "location": ("new york", "new york", "new york", "united states"),
        "country": ("united states", "us"),
        "byline": ("ann lee",),
        "publisher": ("wire",),
        "section": ("world news",),
        "topic": ("grain", "wheat trade"),
        "language": ("en",),
        "url": ("http://x.org/a",),
        "path": ("dir/x",),
        "id": ("x#1",),
    }


def test_keywords_are_compared_without_regard_to_case() -> None:
    assert keyword_term("Straße/É") == keyword_term("STRASSE/e\u0301".replace("e", "E"))
