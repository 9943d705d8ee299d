"""Which language an article is in, and what follows for its terms."""

from __future__ import annotations

import sys

import pytest

from searchkit.analysis import (
    Analyzer,
    code_of,
    codes,
    index_fields,
    language_terms,
    languages,
    require_detection,
    with_language,
)
from searchkit.article import Article
from searchkit.errors import SearchkitError

AUTO = Analyzer("auto")

TEXTS = {
    "ar": "أعلنت الحكومة يوم الثلاثاء أنها ستبني خط سكة حديد جديد بين المدينتين",
    "de": "Die Regierung kündigte am Dienstag an, dass sie eine neue Bahnstrecke bauen werde.",
    "el": "Η κυβέρνηση ανακοίνωσε την Τρίτη ότι θα κατασκευάσει νέα σιδηροδρομική γραμμή.",
    "en": "The government said on Tuesday that it would build a new railway between the two cities.",
    "fr": "Le gouvernement a annoncé mardi qu'il allait construire une nouvelle ligne de chemin de fer.",
    "he": "הממשלה הודיעה ביום שלישי כי תבנה קו רכבת חדש בין שתי הערים",
    "hi": "सरकार ने मंगलवार को कहा कि वह दोनों शहरों के बीच नई रेल लाइन बनाएगी",
    "ja": "政府は火曜日、二つの都市を結ぶ新しい鉄道を建設すると発表した。",
    "ko": "정부는 화요일 두 도시를 잇는 새 철도를 건설하겠다고 발표했다.",
    "ru": "Правительство объявило во вторник, что построит новую железную дорогу.",
    "th": "รัฐบาลประกาศเมื่อวันอังคารว่าจะสร้างทางรถไฟสายใหม่ระหว่างสองเมือง",
    "tr": "Hükümet salı günü iki şehir arasında yeni bir demiryolu inşa edeceğini açıkladı.",
    "zh": "政府周二宣布将在两座城市之间修建一条新的铁路，预计五年内完工。",
}


def article(body: str, language: str | None = None, title: str = "") -> Article:
    return Article(id="a", title=title, body=body, language=language)


@pytest.mark.parametrize("code", TEXTS)
def test_the_language_is_told_by_the_text(code: str) -> None:
    assert with_language(article(TEXTS[code]), AUTO).language == code


@pytest.mark.parametrize("body", ["", "1987 12 03\n4.5 6.7", "😀"])
def test_where_nothing_tells_the_language_it_is_undetermined(body: str) -> None:
    assert with_language(article(body), AUTO).language == "und"


def test_only_the_headline_and_the_beginning_are_looked_at() -> None:
    both = article(TEXTS["fr"] * 20 + TEXTS["de"] * 500)
    assert with_language(both, AUTO).language == "fr"
    assert with_language(article("", title=TEXTS["de"]), AUTO).language == "de"


@pytest.mark.parametrize("language", ["de", "DE-at", "deu", "German", "gsw", "xh"])
def test_what_the_source_says_is_kept_if_there_is_such_a_language(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchkit.analysis.indexed.detect", None)
    given = article(TEXTS["fr"], language)
    assert with_language(given, AUTO) is given


@pytest.mark.parametrize("language", ["xx", "und", "mul", "x-default", "", "???"])
def test_what_the_source_says_and_is_no_language_is_not_believed(language: str) -> None:
    assert with_language(article(TEXTS["fr"], language), AUTO).language == "fr"


@pytest.mark.parametrize("language", ["english", "none", "turkish"])
def test_in_an_index_of_one_language_nothing_is_detected(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchkit.analysis.indexed.detect", None)
    given = article(TEXTS["fr"])
    assert with_language(given, Analyzer(language)) is given


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("en", "en"),
        ("EN", "en"),
        (" en_US ", "en"),
        ("zh-Hant-TW", "zh"),
        ("eng", "en"),
        ("ger", "de"),
        ("English", "en"),
        ("greek", "el"),
        ("Japanese", "ja"),
        ("nb-NO", "no"),
        ("iw", "he"),
        ("cmn", "zh"),
        ("fil", "fil"),
        ("und", None),
        ("zxx", None),
        ("xx", None),
        ("not a language", None),
        ("", None),
        (None, None),
    ],
)
def test_codes_tags_and_names_mean_one_code(written: str | None, code: str | None) -> None:
    assert code_of(written) == code


def test_a_language_is_indexed_as_it_is_written_and_by_its_code() -> None:
    assert language_terms("en-US") == ("en-us", "en")
    assert language_terms("EN") == ("en",)
    assert language_terms("klingonese") == ("klingonese",)
    assert index_fields(article("a", "fr-CA"), Analyzer())["language"].exact == ("fr-ca", "fr")


def test_each_article_is_stemmed_in_its_own_language() -> None:
    for language, stems in {
        "fr": "nouvel",
        "de": "nouvell",
        "fr-CA": "nouvel",
        "zh": "nouvelles",
        "und": "nouvelles",
    }.items():
        assert index_fields(article("nouvelles", language), AUTO)["text"].stems == (stems,)


def test_every_language_with_a_stemmer_has_a_code() -> None:
    without = {"none", "auto", "porter", "dutch_porter", "lovins", "kraaij_pohlmann", "german2"}
    assert {codes.stemmer_of(code) for code in codes._STEMMERS} | without >= set(languages())
    assert codes.stemmer_of("zh") == codes.stemmer_of(None) == "none"


def test_without_the_library_that_tells_languages_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "py3langid", None)
    monkeypatch.setitem(sys.modules, "py3langid.langid", None)
    codes._identifier.cache_clear()
    for ask in (require_detection, lambda: with_language(article("words"), AUTO)):
        with pytest.raises(SearchkitError, match=r"pip install 'searchkit\[languages\]'"):
            ask()
    assert with_language(article("words", "en"), AUTO).language == "en"


def test_turkish_has_two_letters_i() -> None:
    turkish = Analyzer("turkish")
    for upper, lower in (("IRMAKLARDA", "ırmaklarda"), ("İLLERDE", "illerde"), ("IŞIKLAR", "ışıklar")):
        assert turkish.joined(upper) == turkish.joined(lower)
    assert turkish.joined("ırmaklarda")[1] == turkish.joined("ırmak")[1]


def test_german_sharp_s_is_two_s() -> None:
    german = Analyzer("german")
    assert german.joined("Straßen") == german.joined("STRASSEN") == german.joined("strassen")
    assert german.joined("Straßen")[1] == german.joined("Strasse")[1]


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("arabic", ["حكومة", "الحكومة"]),
        ("russian", ["правительство", "правительства", "Правительству"]),
        ("greek", ["κυβέρνηση", "ΚΥΒΕΡΝΗΣΗ", "κυβερνήσεις"]),
        ("hindi", ["शहर", "शहरों"]),
        ("turkish", ["şehir", "ŞEHİRLER", "şehirde"]),
        ("german", ["Regierung", "Regierungen", "REGIERUNG"]),
        ("persian", ["کتاب", "کتاب‌ها", "كتاب"]),
        ("polish", ["rząd", "RZĄDEM"]),
        ("tamil", ["நகரம்", "நகரத்தில்"]),
    ],
)
def test_the_forms_of_a_word_have_one_stem(language: str, forms: list[str]) -> None:
    analyzer = Analyzer(language)
    assert len({analyzer.joined(form)[1] for form in forms}) == 1
