"""Articles in many languages through the door: found by the forms of their words, and marked where these stand."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import searchkit
from searchkit.results import Hit

ENGINES = ["whoosh", "tantivy"]

# For each language: articles by name, and queries with the articles that they find and what is marked in these.
CASES: dict[str, tuple[dict[str, str], list[tuple[str, dict[str, list[str]]]]]] = {
    "arabic": (
        {
            "a": "الحكومة تبني جسرا\n\nأعلنت الحكومة يوم الثلاثاء أنها ستبني جسرًا جديدًا فوق النهر في عام ٢٠١٩.",
            "b": "مباراة\n\nفاز الفريق في المباراة الأخيرة على ملعبه.",
        },
        [
            ("حكومة", {"a": ["الحكومة", "الحكومة"]}),
            ("مباراه", {}),
            ("مباراة", {"b": ["مباراة", "المباراة"]}),
            ('"جسرا جديدا"', {"a": ["جسرًا جديدًا"]}),
            ('"اعلنت"', {"a": ["أعلنت"]}),
            ("2019", {"a": ["٢٠١٩"]}),
        ],
    ),
    "none": (
        {
            "a": 'דובר צה"ל\n\nדובר צה"ל הודיע כי ספינות של ארה״ב יגיעו לנמל ביום שני.',
            "b": "שָׁלוֹם\n\nהנשיא אמר: שָׁלוֹם הוא תנאי. צ׳ילי תשחק מחר.",
        },
        [
            ('צה"ל', {"a": ['צה"ל', 'צה"ל']}),
            ("צה״ל", {"a": ['צה"ל', 'צה"ל']}),
            ('ארה"ב', {"a": ["ארה״ב"]}),
            ("שלום", {"b": ["שָׁלוֹם", "שָׁלוֹם"]}),
            ("צ'ילי", {"b": ["צ׳ילי"]}),
            ("ספינ*", {"a": ["ספינות"]}),
        ],
    ),
    "hindi": (
        {
            "a": "नया पुल\n\nसरकार ने मंगलवार को कहा कि वह दोनों शहरों के बीच नया पुल बनाएगी।",
            "b": "बारिश\n\nशहर में बारिश से सड़कें डूब गईं।",
        },
        [
            ("शहर", {"a": ["शहरों"], "b": ["शहर"]}),
            ('"शहर"', {"b": ["शहर"]}),
            ("सड़क", {"b": ["सड़कें"]}),
            ('"नया पुल"', {"a": ["नया पुल", "नया पुल"]}),
        ],
    ),
    "russian": (
        {
            "a": "Правительство строит мост\n\nПравительство объявило, что мост свяжет два города. Ещё один построят позже.",
            "b": "Ёлка\n\nВ городе поставили новогоднюю елку.",
        },
        [
            ("город", {"a": ["города"], "b": ["городе"]}),
            ("правительства", {"a": ["Правительство", "Правительство"]}),
            ("елка", {"b": ["Ёлка", "елку"]}),
            ('"еще один"', {"a": ["Ещё один"]}),
        ],
    ),
    "greek": (
        {
            "a": "ΝΕΑ ΓΕΦΥΡΑ\n\nΗ κυβέρνηση ανακοίνωσε ότι θα χτίσει μια γέφυρα. Οι γέφυρες είναι δύο.",
            "b": "Ο δρόμος\n\nΟι δρόμοι της Αθήνας έκλεισαν.",
        },
        [
            ("γεφυρα", {"a": ["ΓΕΦΥΡΑ", "γέφυρα", "γέφυρες"]}),
            ("δρόμος", {"b": ["δρόμος", "δρόμοι"]}),
            ('"νέα γέφυρα"', {"a": ["ΝΕΑ ΓΕΦΥΡΑ"]}),
        ],
    ),
    "turkish": (
        {
            "a": "IĞDIR'DA YANGIN\n\nIğdır'da çıkan yangın söndürüldü. Yangınlar ırmak boyunca sürdü, IRMAKLAR kurudu.",
            "b": "İzmir\n\nİZMİR limanına gemiler geldi.",
        },
        [
            ("yangın", {"a": ["YANGIN", "yangın"]}),
            ("ırmak", {"a": ["ırmak", "IRMAKLAR"]}),
            ("izmir", {"b": ["İzmir", "İZMİR"]}),
            ("İZMİR", {"b": ["İzmir", "İZMİR"]}),
            ('"IRMAK"', {"a": ["ırmak"]}),
        ],
    ),
    "german": (
        {
            "a": "Straßen gesperrt\n\nDie Straße am Fluß ist gesperrt. In der Hauptstrasse stauten sich die Autos.",
            "b": "STRASSENBAHN\n\nDie Strassen der Altstadt sind zu eng für Busse. Der Fluss steigt.",
        },
        [
            ("Straße", {"a": ["Straßen", "Straße"], "b": ["Strassen"]}),
            ("strassen", {"a": ["Straßen", "Straße"], "b": ["Strassen"]}),
            ('"fluß"', {"a": ["Fluß"], "b": ["Fluss"]}),
            ("hauptstraße", {"a": ["Hauptstrasse"]}),
        ],
    ),
    "english": (
        {
            "zh": "北京新地铁\n\n北京市政府周二宣布，将修建三条地铁线路。医院用X光检查了3月入院的病人。",
            "ja": "東京の橋\n\n東京都は新しい橋を建設すると発表した。ﾃﾚﾋﾞが伝えた。人々は喜んだ。",
            "th": "น้ำท่วม\n\nฝนตกหนักทำให้น้ำท่วมถนนหลายสายในกรุงเทพมหานคร",
            "ko": "새 다리\n\n정부는 화요일 한강에 새 다리를 건설하겠다고 발표했다.",
            "km": "ទឹកជំនន់\n\nទឹកជំនន់បានលិចផ្លូវ\u200bជាច្រើនក្នុងរាជធានីភ្នំពេញ",
            "my": "ရေကြီးမှု\n\nရန်ကုန်မြို့တွင် ရေကြီးမှုကြောင့် လမ်းများ ပိတ်ထားသည်။",
            "lo": "ນ້ຳຖ້ວມ\n\nຝົນຕົກໜັກເຮັດໃຫ້ນ້ຳຖ້ວມຖະໜົນໃນວຽງຈັນ",
            "tr": "İZMİR\n\nİzmir ve Iğdır: ışık IŞIK isik",
        },
        [
            ("北京", {"zh": ["北京", "北京"]}),
            ("地铁线路", {"zh": ["地铁线路"]}),
            ("京", {"zh": ["京", "京"], "ja": ["京", "京"]}),
            ("X光", {"zh": ["X光"]}),
            ("3月", {"zh": ["3月"]}),
            ("京都", {"ja": ["京都"]}),
            ("テレビ", {"ja": ["ﾃﾚﾋﾞ"]}),
            ("人々", {"ja": ["人々"]}),
            ('"橋を建設"', {"ja": ["橋を建設"]}),
            ("東京 -北京", {"ja": ["東京", "東京"]}),
            ("น้ำท่วม", {"th": ["น้ำท่วม", "น้ำท่วม"]}),
            ("น้ํา", {"th": ["น้ำ", "น้ำ"]}),
            ("กรุงเทพ", {"th": ["กรุงเทพ"]}),
            ("다리", {"ko": ["다리"]}),
            ("다리*", {"ko": ["다리", "다리를"]}),
            ("ផ្លូវជាច្រើន", {"km": ["ផ្លូវ\u200bជាច្រើន"]}),
            ("ភ្នំពេញ", {"km": ["ភ្នំពេញ"]}),
            ("ရေကြီး", {"my": ["ရေကြီး", "ရေကြီး"]}),
            ("ຖ້ວມ", {"lo": ["ຖ້ວມ", "ຖ້ວມ"]}),
            # In another language than Turkish, the four letters i are one.
            ("isik", {"tr": ["ışık", "IŞIK", "isik"]}),
            ("iğdır", {"tr": ["Iğdır"]}),
            ("IZMIR", {"tr": ["İZMİR", "İzmir"]}),
        ],
    ),
}


def write(folder: Path, articles: dict[str, str]) -> Path:
    folder.mkdir()
    for name, text in articles.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def marked(hit: Hit) -> list[str]:
    found = [hit.title[start:end] for start, end in hit.title_highlights]
    return found + [snippet.text[start:end] for snippet in hit.snippets for start, end in snippet.highlights]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("language", CASES)
def test_words_of_many_languages_are_found_and_marked(language: str, engine: str, tmp_path: Path) -> None:
    articles, queries = CASES[language]
    folder = write(tmp_path / "articles", articles)
    with searchkit.create(tmp_path / "index", language=language, engine=engine) as archive:
        archive.index([folder], jobs=1)
        found = {
            query: {hit.id.removesuffix(".txt"): marked(hit) for hit in archive.search(query).hits}
            for query, _ in queries
        }
    assert found == dict(queries)


MIXED = {
    "en": "News of the day\n\nThe government said on Tuesday that the new bridges would open. Chats began. A man says so.",
    "fr": "Nouvelles voitures\n\nLes nouvelles voitures sont arrivées mardi, a annoncé le gouvernement. Le chat dort.",
    "de": "Neue Brücken\n\nDie Regierung kündigte am Dienstag an, dass die neuen Brücken öffnen. News aus der Stadt.",
    "ru": "Мосты\n\nПравительство объявило во вторник, что новые мосты откроют летом.",
    "ja": "新しい橋\n\n政府は火曜日、新しい橋が夏に開通すると発表した。",
    "th": "สะพานใหม่\n\nรัฐบาลประกาศเมื่อวันอังคารว่าสะพานใหม่จะเปิดในฤดูร้อน",
    "tagged": "language: de-AT\ntitle: The bridges\n\nThe new bridges are English, whatever it says above.",
}


@pytest.fixture(params=ENGINES)
def auto(request: pytest.FixtureRequest, tmp_path: Path) -> searchkit.Archive:
    archive = searchkit.create(tmp_path / "index", language="auto", engine=request.param)
    archive.index([write(tmp_path / "articles", MIXED)], jobs=1)
    return archive


def test_each_article_is_told_its_language(auto: searchkit.Archive) -> None:
    found = {hit.id.removesuffix(".txt"): hit.article.language for hit in auto.search("*").hits}
    assert found == {**{code: code for code in MIXED}, "tagged": "de-AT"}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        # What is said to be German has German stems.
        ("say", {"en": ["says"]}),
        ("brücke", {"de": ["Brücken", "Brücken"]}),
        ("мост", {"ru": ["Мосты", "мосты"]}),
        ("橋", {"ja": ["橋", "橋"]}),
        ("สะพาน", {"th": ["สะพาน", "สะพาน"]}),
        ("nouvelle", {"fr": ["Nouvelles", "nouvelles"]}),
        # In French the stem of "news" is "new", which no English article is found or marked for.
        ("news", {"en": ["News"], "de": ["News"]}),
        ("chat", {"en": ["Chats"], "fr": ["chat"]}),
        ('"bridges"', {"en": ["bridges"], "tagged": ["bridges", "bridges"]}),
        ("language:ja", {"ja": []}),
        ("language:de", {"de": [], "tagged": []}),
        ("new language:en", {"en": ["new"]}),
    ],
)
def test_a_word_is_found_and_marked_in_each_articles_language(
    auto: searchkit.Archive, query: str, wanted: dict[str, list[str]]
) -> None:
    found = {hit.id.removesuffix(".txt"): marked(hit) for hit in auto.search(query).hits}
    assert found == wanted
    for name, words in wanted.items():
        shown = auto.show(f"{name}.txt", query)
        assert marked(shown) == words


def test_a_new_language_is_asked_for_as_soon_as_it_is_there(auto: searchkit.Archive, tmp_path: Path) -> None:
    assert auto.search("casa").total == 0
    text = "Las casas\n\nEl gobierno anunció el martes que construirá casas nuevas en la ciudad."
    auto.index([write(tmp_path / "more", {"es": text})], jobs=1)
    assert [hit.article.language for hit in auto.search("casa").hits] == ["es"]


def test_converting_and_rebuilding_keep_the_languages(auto: searchkit.Archive) -> None:
    before = {hit.id: hit.article.language for hit in auto.search("*").hits}
    for engine in ENGINES:
        auto.convert(engine)
        assert {hit.id: hit.article.language for hit in auto.search("*").hits} == before
        assert auto.search("brücke").total == 1
    auto.index([], rebuild=True, jobs=1)
    assert {hit.id: hit.article.language for hit in auto.search("*").hits} == before


def test_explaining_shows_which_stem_is_asked_for_in_which_language(auto: searchkit.Archive) -> None:
    explanation = auto.search("news", explain=True).explanation
    assert explanation is not None
    assert "stem(news)" in explanation.understood
    assert 'language:"en"' in explanation.understood


def test_workers_tell_the_languages_as_one_process_does(tmp_path: Path) -> None:
    folder = write(tmp_path / "articles", {f"{code}{n}": text for n in range(40) for code, text in MIXED.items()})
    found = []
    for jobs in (1, 2):
        with searchkit.create(tmp_path / f"index{jobs}", language="auto", engine="tantivy") as archive:
            archive.index([folder], jobs=jobs)
            found.append({hit.id: hit.article.language for hit in archive.search("*", limit=1000).hits})
    assert found[0] == found[1]
    assert len(found[0]) == 40 * len(MIXED)


def test_without_the_library_no_index_of_many_languages_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "py3langid", None)
    with pytest.raises(searchkit.SearchkitError, match=r"pip install 'searchkit\[languages\]'"):
        searchkit.create(tmp_path / "index", language="auto")
    assert not (tmp_path / "index" / "searchkit.json").exists()


def test_an_index_of_many_languages_is_searched_without_the_library(
    auto: searchkit.Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "py3langid", None)
    with searchkit.open(auto.path) as archive:
        assert archive.search("brücke").total == 1
