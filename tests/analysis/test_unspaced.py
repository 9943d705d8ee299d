"""What is written without spaces → terms: every two neighbours, and the ends of a run by themselves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.analysis import Analyzer
from searchkit.analysis.unspaced import begins_with, has_runs, is_character
from tests.conftest import MORE

ANALYZER = Analyzer("english")


@pytest.mark.parametrize(
    ("text", "exact", "stems"),
    [
        ("東京都", "東 東京 京都 都", "東 京 都 都"),
        ("東京", "東 東京 京", "東 京 京"),
        ("京", "京", "京"),
        ("北京，上海。", "北 北京 京 上 上海 海", "北 京 京 上 海 海"),
        ("食べる人々", "食 食べ べる る人 人々 々", "食 べ る 人 々 々"),
        ("X光检查", "x 光 光检 检查 查", "x 光 检 查 查"),
        ("3月11日", "3 月 11 日", "3 月 11 日"),
        ("在iPhone上", "在 iphone 上", "在 iphon 上"),
        ("3,000人とAT&T、C++の", "3000 人 人と と at&t c++ の", "3000 人 と と at&t c++ の"),
        ("ﾃﾚﾋﾞを見る", "テ テレ レビ ビを を見 見る る", "テ レ ビ を 見 る る"),
        ("か\u3099 か゛ が", "が が が", "が が が"),
        ("ハ゜ン は\u309aん", "パ パン ン ぱ ぱん ん", "パ ン ン ぱ ん ん"),
        ("ジョン・スミス", "ジ ジョ ョン ン ス スミ ミス ス", "ジ ョ ン ン ス ミ ス ス"),
        ("葛\U000e0100城", "葛 葛城 城", "葛 城 城"),
        ("二〇一九年", "二 二〇 〇一 一九 九年 年", "二 〇 一 九 年 年"),
        ("ไทย๒๕๖๒", "ไ ไท ทย ย 2562", "ไ ท ย ย 2562"),
        ("น้ำท่วม", "น้ํา น้ําท่ ท่ว วม ม", "น้ํา ท่ ว ม ม"),
        ("น้\u0e4dา น\u0e4d้า น้ำ", "น้ํา น้ํา น้ํา", "น้ํา น้ํา น้ํา"),
        ("ນ້ຳ ນ\u0ecd້າ", "ນ້ໍາ ນ້ໍາ", "ນ້ໍາ ນ້ໍາ"),
        ("ខ្មែរ", "ខ្មែ ខ្មែរ រ", "ខ្មែ រ រ"),
        ("ភាសា\u200bខ្មែរ", "ភា ភាសា សាខ្មែ ខ្មែរ រ", "ភា សា ខ្មែ រ រ"),
        ("မြန်မာ", "မြ မြန် န်မာ မာ", "မြ န် မာ မာ"),
        ("မန္တလေး", "မ မန္တ န္တလေး လေး", "မ န္တ လေး လေး"),
        ("한국은 서울에", "한국은 서울에", "한국은 서울에"),
    ],
)
def test_a_run_gives_its_ends_and_every_two_neighbours(text: str, exact: str, stems: str) -> None:
    assert ANALYZER.exact(text) == exact.split()
    assert ANALYZER.joined(text)[1].split() == stems.split()


def test_a_stem_stands_where_its_character_does() -> None:
    text = "看iPhone見る"
    found = [(t.exact, text[t.start : t.end], t.stem, text[t.stem_start : t.end]) for t in ANALYZER.tokens(text)]
    assert found == [
        ("看", "看", "看", "看"),
        ("iphone", "iPhone", "iphon", "iPhone"),
        ("見", "見", "見", "見"),
        ("見る", "見る", "る", "る"),
        ("る", "る", "る", "る"),
    ]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("東京", "東京"),
        ("東京都", "東京 京都"),
        ("京", "京"),
        ("X光", "x 光"),
        ("東京X", "東京 京 x"),
        ("X東京", "x 東 東京"),
        ("東京 大阪", "東京 京 大 大阪"),
        ("oil price", "oil price"),
        ("", ""),
    ],
)
def test_at_its_ends_what_is_sought_may_go_on(text: str, terms: str) -> None:
    assert ANALYZER.sought(text) == terms.split()


def test_what_is_sought_anywhere_may_go_on_on_every_side() -> None:
    assert ANALYZER.sought("東京 大阪 X光", anywhere=True) == ["東京", "大阪", "x", "光"]


def stands_in(terms: list[str], text: list[str]) -> bool:
    return any(text[at : at + len(terms)] == terms for at in range(len(text)))


PIECES = ["東", "京", "都", "が", "か\u3099", "น้ำ", "ท่", "ว", "ខ្មែ", "រ", "x", "3", "é"]


@settings(max_examples=1000 * MORE)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12), st.data())
def test_every_part_of_a_text_is_found_in_it_if_it_does_not_cut_a_word(pieces: list[str], data: st.DataObject) -> None:
    def joins(at: int) -> bool:
        return 0 < at < len(pieces) and pieces[at - 1] in "x3é" and pieces[at] in "x3é"

    places = [at for at in range(len(pieces) + 1) if not joins(at)]
    start, end = sorted(data.draw(st.tuples(st.sampled_from(places), st.sampled_from(places))))
    part = "".join(pieces[start:end])
    terms = ANALYZER.sought(part)
    if is_character(part if len(terms) != 1 else terms[0]):
        assert terms[0] in ANALYZER.joined("".join(pieces))[1].split()
    elif terms:
        assert stands_in(terms, ANALYZER.exact("".join(pieces)))


@settings(max_examples=500 * MORE)
@given(st.text("東京都ab ", max_size=8), st.text("東京都ab ", min_size=2, max_size=4))
def test_what_is_not_in_a_text_is_not_found_in_it(text: str, other: str) -> None:
    terms = ANALYZER.sought(other)
    if len(other) > 1 and has_runs(other) and len(terms) > 0 and not is_character(terms[0] if len(terms) == 1 else "a"):
        words = " ".join(text.split())
        if stands_in(terms, ANALYZER.exact(text)):
            assert "".join(other.split()) in "".join(words.split())


def test_a_pattern_keeps_runs_whole_and_loses_the_wildcards_beside_them() -> None:
    assert ANALYZER.patterns("東京\ue000", "\ue000\ue001") == ["東京"]
    assert ANALYZER.patterns("東\ue001都x\ue000", "\ue000\ue001") == ["東", "都", "x\ue000"]
    assert ANALYZER.patterns("x\ue000", "\ue000\ue001") == ["x\ue000"]


def test_characters_are_told_from_pairs_and_from_words() -> None:
    assert [is_character(term) for term in ("京", "น้ํา", "東京", "x", "ab", "é")] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    assert begins_with("น้ํา", "น้ํา")
    assert begins_with("น้ําท่", "น้ํา")
    assert not begins_with("น้ํา", "น")
