"""The sample articles are what articles/README.md says they are.

Plain string checks on the files; nothing here imports searchkit.
"""

import calendar
import datetime
import re
from pathlib import Path

import pytest

ARTICLES = Path(__file__).resolve().parent.parent / "articles"
FILES = sorted(path for path in ARTICLES.rglob("*") if path.is_file() and path.name != "README.md")
NAMES = [path.relative_to(ARTICLES).as_posix() for path in FILES]

ISO_DATE = r"(\d{4}-\d{2}-\d{2})"
DATE_LINE = re.compile(rf"^ date {ISO_DATE} \S", re.MULTILINE)
DATE_FIELD = re.compile(rf"^date: {ISO_DATE}$", re.MULTILINE)
DATE_IN_NAME = re.compile(rf"(?:^|/){ISO_DATE}-")
HEADER_FIELDS = ["title:", "date:", "location:", "byline:", "section:", "source:"]
FORMS = {"prescribed": 38, "headline": 1, "header block": 1, "front matter": 1, "undated": 1}
MONTH = re.compile(
    r"\b(January|February|March|April|June|July|August|September|October|November|December"
    r"|Jan\.|Feb\.|Aug\.|Sept\.|Oct\.|Nov\.|Dec\.)"
)
DASHES = (" — ", " – ", " -- ", " - ")

each_article = pytest.mark.parametrize("path", FILES, ids=NAMES)


def read(path):
    return path.read_bytes().decode("utf-8")


def form_of(text):
    if text.startswith("---\n"):
        return "front matter"
    if text.startswith("title:"):
        return "header block"
    if DATE_LINE.match(text):
        return "prescribed"
    if DATE_LINE.search(text):
        return "headline"
    return "undated"


def date_in_text(text):
    found = DATE_LINE.search(text) or DATE_FIELD.search(text)
    return found.group(1) if found else None


def body_of(text):
    """The paragraphs, without a header block, front matter or headline."""
    form = form_of(text)
    if form == "front matter":
        text = text.split("\n---\n", 1)[1]
    elif form in ("header block", "headline"):
        text = text.split("\n\n", 1)[1]
    return text.strip()


def names_in_form(form):
    return [name for name, path in zip(NAMES, FILES, strict=True) if form_of(read(path)) == form]


def dateline_of(text):
    """What stands between the date and the first dash, and that dash."""
    found = re.match(rf" date {ISO_DATE} ", text)
    rest = text[found.end() :] if found else text
    dash = min((d for d in DASHES if d in rest), key=rest.index)
    return rest[: rest.index(dash)], dash.strip()


def test_there_are_about_forty_articles():
    assert 38 <= len(FILES) <= 44


def test_every_file_but_the_readme_is_a_text_file():
    assert [name for name in NAMES if not name.endswith(".txt")] == []


def test_there_are_at_most_three_sub_folders():
    assert 1 <= len({path.parent for path in FILES if path.parent != ARTICLES}) <= 3


def test_file_names_are_plain_and_differ():
    assert [name for name in NAMES if not re.fullmatch(r"[a-z0-9/-]+\.txt", name)] == []
    assert len({path.name for path in FILES}) == len(FILES)


@each_article
def test_an_article_is_non_empty_utf8_with_unix_line_ends(path):
    text = read(path)
    assert text.strip()
    assert [mark for mark in ("\r", "\ufeff", "\ufffd", "\n\n\n") if mark in text] == []
    assert len(text) - len(text.rstrip("\n")) == 1
    assert not [line for line in text.split("\n") if line != line.rstrip()]


@each_article
def test_an_article_has_120_to_300_words_in_3_to_7_paragraphs(path):
    body = body_of(read(path))
    assert 120 <= len(body.split()) <= 300
    assert 3 <= len(body.split("\n\n")) <= 7


def test_the_forms_occur_as_often_as_the_readme_says():
    assert {form: len(names_in_form(form)) for form in FORMS} == FORMS
    readme = (ARTICLES / "README.md").read_text(encoding="utf-8")
    assert f"holds {len(FILES)} short news articles" in readme


def test_exactly_one_article_has_no_date_in_text_name_or_folder():
    (name,) = names_in_form("undated")
    text = read(ARTICLES / name)
    assert name == "undated-lighthouse-keepers.txt"
    assert not re.search(r"\d{4}", name + text)
    assert not MONTH.search(text)


def test_exactly_one_article_has_a_header_block():
    (name,) = names_in_form("header block")
    header, body = read(ARTICLES / name).split("\n\n", 1)
    lines = header.split("\n")
    assert [line.split(" ")[0] for line in lines][:6] == HEADER_FIELDS
    assert all(re.fullmatch(r"[a-z]+: \S.*", line) for line in lines)
    assert " date " not in body[:10]


def test_exactly_one_article_has_yaml_front_matter():
    (name,) = names_in_form("front matter")
    _, header, body = read(ARTICLES / name).split("---\n", 2)
    lines = header.strip().split("\n")
    assert [line.split(" ")[0] for line in lines][:6] == HEADER_FIELDS
    assert re.match(r"\n\S", body)


def test_exactly_one_article_begins_with_a_headline():
    (name,) = names_in_form("headline")
    headline, rest = read(ARTICLES / name).split("\n\n", 1)
    assert re.fullmatch(r"\S.*", headline)
    assert DATE_LINE.match(rest)


def test_bylines_name_the_sample_desk_and_nobody_else():
    bylines = [line for path in FILES for line in read(path).split("\n") if line.startswith("byline:")]
    assert bylines == ["byline: searchkit sample desk"] * 2


def test_dates_lie_between_1900_and_2023():
    dates = [date_in_text(read(path)) for path in FILES]
    days = [datetime.date.fromisoformat(date) for date in dates if date]
    assert len(days) == len(FILES) - 1
    assert all(1900 <= day.year <= 2023 for day in days)
    assert min(days).year < 1910
    assert max(days).year > 2020


@each_article
def test_an_article_has_at_most_one_date_line(path):
    text = read(path)
    assert len(DATE_LINE.findall(text)) + len(DATE_FIELD.findall(text)) <= 1


@each_article
def test_the_date_in_the_file_name_agrees_with_the_date_in_the_text(path):
    name = path.relative_to(ARTICLES).as_posix()
    found = DATE_IN_NAME.search(name)
    if found is None:
        assert date_in_text(read(path)) is None
    else:
        assert found.group(1) == date_in_text(read(path))
        if "/" in name:
            assert name.split("/")[0] == found.group(1)[:4]


def test_weekdays_in_the_first_paragraph_fall_within_two_days_of_the_date():
    days = list(calendar.day_name)
    wrong = []
    for name, path in zip(NAMES, FILES, strict=True):
        date = date_in_text(read(path))
        if date is None:
            continue
        first = body_of(read(path)).split("\n\n")[0]
        weekday = datetime.date.fromisoformat(date).weekday()
        near = {days[(weekday + shift) % 7] for shift in (-2, -1, 0)}
        wrong += [(name, day) for day in days if day in first and day not in near]
    assert wrong == []


def test_a_dozen_articles_and_no_more_than_fifteen_speak_of_evacuation():
    counts = {
        name: len(re.findall("evacuat|evacuee", read(path), re.IGNORECASE))
        for name, path in zip(NAMES, FILES, strict=True)
    }
    with_evacuat = [path for path in FILES if "evacuat" in read(path).lower()]
    about, passing = [n for n in counts if counts[n] > 1], [n for n in counts if counts[n] == 1]
    assert 12 <= len(with_evacuat) <= 15
    assert len(about) == 13
    assert passing == [
        "1902-05-09-martinique-mont-pelee.txt",
        "2011-03-12-sendai-tsunami.txt",
    ]


def test_every_form_of_evacuate_occurs():
    words = {w for path in FILES for w in re.findall(r"\bevacu\w+", read(path).lower())}
    assert words == {
        "evacuate", "evacuated", "evacuating", "evacuation", "evacuations", "evacuees",
    }  # fmt: skip


def test_the_baghouz_article_is_there():
    text = read(ARTICLES / "2019" / "2019-02-19-baghouz-civilians.txt")
    assert text.startswith(" date 2019-02-19 AL-OMAR OIL FIELD BASE, Syria — Dozens of trucks ")
    assert "the last pocket held by the Islamic State group" in text
    assert [name for name in NAMES if "baghouz" in name] == ["2019/2019-02-19-baghouz-civilians.txt"]


def test_datelines_come_in_many_shapes():
    lines = [dateline_of(read(ARTICLES / name)) for name in names_in_form("prescribed")]
    places = [place for place, _ in lines]
    for place in (
        "LONDON", "NEW DELHI", "UNITED NATIONS", "VATICAN CITY", "ST. LOUIS, Mo.", "OAKLAND, Calif.",
        "REYKJAVÍK, Iceland", "SÉGOU, Mali", "FORT McMURRAY, Alberta", "ST. JOHN’S, Antigua",
        "BRUSSELS/HELSINKI", "HOUSTON (SK)", "CAPE TOWN, South Africa (SK)",
    ):  # fmt: skip
        assert place in places
    dashes = [dash for _, dash in lines]
    assert {dash: dashes.count(dash) for dash in ("--", "-", "–")} == {"--": 1, "-": 1, "–": 1}
    assert sum("(" in place for place in places) == 3


@pytest.mark.parametrize(
    "text",
    [
        "Ségou", "São Paulo", "Reykjavík", "Kraków", "Guimarães", "Wojtyła", "O'Sullivan", "O’Connell",
        "U.S.", "U.N.", "NATO", "Gen. ", "St. ", "1,200", "2.5", "al-Omar", "U.S.-backed", "COVID-19",
        "AT&T", "R&D", "“", "’s", '"',
    ],
)  # fmt: skip
def test_text_that_is_hard_to_analyse_occurs(text):
    assert any(text in read(path) for path in FILES)


def test_the_readme_sets_the_licence_and_says_that_it_is_no_article():
    readme = (ARTICLES / "README.md").read_text(encoding="utf-8")
    assert "CC0 1.0" in readme
    assert "This file is not an article." in readme
    assert "written for this project" in readme
