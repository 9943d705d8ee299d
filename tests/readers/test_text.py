"""Plain text: header, headline, date, dateline and paragraphs."""

from __future__ import annotations

import datetime as dt
import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers import text
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.paragraphs import paragraphs
from searchkit.readers.titles import TITLE_LENGTH, derive_title, take_headline
from tests.conftest import within

from .support import MakeSource, assert_fit_for_an_index, read_list

DAY = dt.date(2019, 2, 19)
STORY = "Dozens of trucks arrived at the base on Tuesday.\n\nCivilians followed."
ReadText = Callable[..., Article]


@pytest.fixture
def read_text(make_source: MakeSource) -> ReadText:
    """Reads a text as the one article that it is."""

    def read(content: bytes | str, name: str = "story.txt", **options: Any) -> Article:
        results = read_list(text, make_source(content, name), **options)
        assert_fit_for_an_index(results)
        (article,) = results
        assert isinstance(article, Article)
        return article

    return read


@pytest.mark.parametrize("word", [" date ", "date ", "Date ", "DATE: ", "\ufeff date ", "\n\n  Date  "])
@pytest.mark.parametrize("dash", [" — ", " – ", " -- ", " - ", "—"])
def test_reads_date_and_dateline_before_the_story(read_text: ReadText, word: str, dash: str) -> None:
    article = read_text(f"{word}2019-02-19 AL-OMAR OIL FIELD BASE, Syria{dash}{STORY}")
    assert (article.date, article.date_source) == (DAY, "header")
    assert article.dateline == "AL-OMAR OIL FIELD BASE, Syria"
    assert article.place is not None
    assert (article.place.city, article.place.country) == ("Al-Omar Oil Field Base", "Syria")
    assert article.body == STORY
    assert (article.title, article.title_derived) == ("Dozens of trucks arrived at the base on Tuesday.", True)
    assert article.extra == {}


def test_keeps_the_agency_that_a_dateline_names(read_text: ReadText) -> None:
    article = read_text(f"date 2019-02-19 BEIRUT (AP) — {STORY}")
    assert (article.dateline, article.publisher, article.extra) == ("BEIRUT", "AP", {"agency": "AP"})
    named = read_text(f"source: The Daily Star\ndate: 2019-02-19\n\nBEIRUT (AP) — {STORY}")
    assert (named.publisher, named.extra) == ("The Daily Star", {"agency": "AP"})


@pytest.mark.parametrize("written", ["19 February 2019", "Feb. 19, 2019", "Tuesday, 19 Feb 2019"])
def test_reads_dates_in_words(read_text: ReadText, written: str) -> None:
    article = read_text(f"date {written} BEIRUT (AP) — {STORY}")
    assert (article.date, article.dateline, article.body) == (DAY, "BEIRUT", STORY)


def test_keeps_time_and_zone(read_text: ReadText) -> None:
    article = read_text(f"date 2019-02-19 10:30 GMT BEIRUT (AP) — {STORY}")
    assert (article.date, article.time) == (DAY, dt.time(10, 30, tzinfo=dt.UTC))


def test_an_ambiguous_date_obeys_the_option_and_is_noted(read_text: ReadText) -> None:
    content = f"date 03/04/2019 BEIRUT (AP) — {STORY}"
    assert read_text(content).date == dt.date(2019, 3, 4)
    assert "month/day" in read_text(content).extra["date_note"]
    assert read_text(content, day_first=True).date == dt.date(2019, 4, 3)
    assert "day/month" in read_text(content, day_first=True).extra["date_note"]


@pytest.mark.parametrize("written", ["February 2019", "2019-02-31", "3/4/19"])
def test_a_date_that_is_none_leaves_the_article_undated_with_a_note(read_text: ReadText, written: str) -> None:
    article = read_text(f"date {written} BEIRUT (AP) — {STORY}")
    assert (article.date, article.date_source, article.dateline, article.body) == (None, None, "BEIRUT", STORY)
    assert written in article.extra["date_note"]


def test_the_next_source_is_asked_when_a_date_is_none(read_text: ReadText) -> None:
    article = read_text(f"date February 2019 BEIRUT (AP) — {STORY}", "2019-02-19-x.txt")
    assert (article.date, article.date_source) == (DAY, "path")
    assert "names no day" in article.extra["date_note"]
    header = read_text(f"title: A\ndate: February 2019\n\ndate 2019-02-19 BEIRUT (AP) — {STORY}")
    assert (header.date, header.date_source) == (DAY, "header")


@pytest.mark.parametrize("name", ["2019-02-19-x.txt", "20190219_x.txt", "2019/02/19/x.txt", "2019-02/19-x"])
def test_takes_the_date_from_the_path_where_the_text_has_none(read_text: ReadText, name: str) -> None:
    article = read_text(STORY, name)
    assert (article.date, article.date_source) == (DAY, "path")


def test_the_text_is_believed_before_the_path(read_text: ReadText) -> None:
    assert read_text(f"date 2019-02-19 BEIRUT (AP) — {STORY}", "2001-01-01.txt").date == DAY


def test_the_modification_time_is_no_date(make_source: MakeSource) -> None:
    source = make_source(STORY)
    os.utime(source.path, (1e9, 1e9))
    (article,) = read_list(text, source)
    assert isinstance(article, Article)
    assert (article.date, article.date_source) == (None, None)


def test_a_date_that_stays_in_the_text_is_noted_too(read_text: ReadText) -> None:
    article = read_text("date 3/4/19 nothing happened here.")
    assert article.body == "date 3/4/19 nothing happened here."
    assert "two digits" in article.extra["date_note"]


def test_a_date_may_stand_before_the_story_without_a_place(read_text: ReadText) -> None:
    for start in ("date 2019-02-19 ", "date 2019-02-19 — ", "2019-02-19 — ", "Date: 2019-02-19, "):
        article = read_text(start + STORY)
        assert (article.date, article.dateline, article.body) == (DAY, None, STORY)


def test_a_year_is_not_invented_for_the_dateline_s_day(read_text: ReadText) -> None:
    article = read_text(f"BEIRUT, Feb 19 (Reuters) - {STORY}")
    assert article.date is None
    assert article.extra["date_note"] == "the dateline says 02-19 and no year"


def test_two_dates_that_differ_are_noted(read_text: ReadText) -> None:
    article = read_text(f"title: A\ndate: 2019-02-19\n\ndate 2019-02-20 BEIRUT (AP) — {STORY}")
    assert article.date == DAY
    assert "2019-02-20" in article.extra["date_note"]


@pytest.mark.parametrize("line", ["2019-02-19", "19 February 2019", "Date: 2019-02-19"])
def test_a_line_may_be_nothing_but_a_date(read_text: ReadText, line: str) -> None:
    article = read_text(f"{line}\n\n{STORY}")
    assert (article.date, article.body) == (DAY, STORY)
    article = read_text(f"Trucks arrive\n\n{line}\n\n{STORY}")
    assert (article.title, article.date, article.body) == ("Trucks arrive", DAY, STORY)


@pytest.mark.parametrize(
    "prose",
    [
        "Date palms are dying in Iraq — and nobody knows why.",
        "Date 5 of the tour was the best.",
        "Note: this is no header.\nIt is prose.",
        "Source: the ministry. It said so on Tuesday.\nThe army denied it.",
        "The town — or what is left of it — is quiet.",
        "Washington: the president spoke.\n\nHe said little.",
        "http://example.org/ was blocked.",
        "1999 was a year of floods.",
        "---\nNo front matter here.\n---\nOnly rules.",
        "---\nand a rule that is never closed.",
    ],
)
def test_ordinary_prose_loses_nothing(read_text: ReadText, prose: str) -> None:
    article = read_text(prose)
    assert article.title_derived
    assert article.body.split() == prose.split()


def test_reads_a_block_of_header_lines(read_text: ReadText) -> None:
    article = read_text(
        "Title: Trucks arrive\nDATE: 19 Feb 2019 10:30\nlocation: Baghouz, Syria\nby-line-notes: two\nauthor: A. Writer\n"
        "source: The Paper\nsection: World\nurl: https://example.org/a:b\ntags: war, Syria , war\nlanguage: en\n\n"
        + STORY
    )
    assert (article.title, article.title_derived, article.body) == ("Trucks arrive", False, STORY)
    assert (article.date, article.time, article.date_source) == (DAY, dt.time(10, 30), "header")
    assert (article.dateline, str(article.place)) == ("Baghouz, Syria", "Baghouz, Syria")
    assert (article.byline, article.publisher, article.section) == ("A. Writer", "The Paper", "World")
    assert (article.url, article.topics, article.language) == ("https://example.org/a:b", ("war", "Syria"), "en")
    assert article.extra == {"by-line-notes": "two"}


def test_a_header_needs_no_blank_line_after_it(read_text: ReadText) -> None:
    article = read_text(f"title: Trucks arrive\ndate: 2019-02-19\nWashington: {STORY}")
    assert (article.title, article.date, article.body) == ("Trucks arrive", DAY, f"Washington: {STORY}")


def test_unknown_keys_may_end_a_header_and_a_sentence_may_not(read_text: ReadText) -> None:
    article = read_text(f"title: A\nDesk: world\n\n{STORY}")
    assert (article.extra, article.body) == ({"Desk": "world"}, STORY)


def test_a_header_is_bounded(read_text: ReadText) -> None:
    assert len(read_text("title: x\n" * 5000).title) < 1000


def test_the_header_s_location_is_believed_and_the_dateline_kept(read_text: ReadText) -> None:
    article = read_text(f"title: A\nlocation: Baghouz, Syria\n\nBEIRUT (AP) — {STORY}")
    assert (article.dateline, str(article.place)) == ("BEIRUT", "Baghouz, Syria")
    assert article.extra["location"] == "Baghouz, Syria"


def test_keeps_a_date_that_it_does_not_understand_as_a_note(read_text: ReadText) -> None:
    assert "vor Ostern" in read_text(f"title: A\ndate: vor Ostern\n\n{STORY}").extra["date_note"]
    article = read_text(f"title: A\ndate: 2019-02-19 10:30 MSK\n\n{STORY}")
    assert article.time == dt.time(10, 30)
    assert '"MSK"' in article.extra["date_note"]


def test_reads_yaml_front_matter(read_text: ReadText) -> None:
    article = read_text(
        '---\ntitle: "Trucks: they arrive"\ndate: 2019-02-19T10:30:00+02:00\nauthors: [A. Writer, B. Writer]\n'
        f"tags:\n  - war\n  - Syria\nweight: 5\nmap: {{a: [1, no]}}\n---\n\n{STORY}",
        "a.md",
    )
    assert (article.title, article.byline, article.topics) == (
        "Trucks: they arrive",
        "A. Writer, B. Writer",
        ("war", "Syria"),
    )
    assert (article.date, article.body) == (DAY, STORY)
    assert article.time is not None
    assert article.time.utcoffset() == dt.timedelta(hours=2)
    # Strings only: YAML's guesses (no → False) are guesses too.
    assert article.extra == {"weight": "5", "map": {"a": ["1", "no"]}}


def test_yaml_cannot_smuggle_in_what_an_index_cannot_hold(read_text: ReadText) -> None:
    article = read_text('---\ntitle: "a\\0b\\ud800c"\n"k\\x07": {"\\ud800": "\\u0085"}\n---\n' + STORY)
    assert article.title == "ab\ufffdc"


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system ['touch /tmp/never']", "!!python/name:os.system x", "!!binary aGk="]
)
def test_yaml_tags_run_nothing(read_text: ReadText, tag: str) -> None:
    article = read_text(f"---\ntitle: A\nextra: {tag}\n---\n{STORY}")
    assert article.title == "A"
    assert not Path("/tmp/never").exists()


def test_broken_yaml_is_read_line_by_line(read_text: ReadText) -> None:
    article = read_text(f"---\ntitle: Syria: the last battle\ndate: 2019-02-19\n---\n{STORY}")
    assert (article.title, article.date, article.body) == ("Syria: the last battle", DAY, STORY)
    assert "not valid YAML" in article.extra["header_note"]


@pytest.mark.parametrize(
    "yaml",
    ["a: &x [1]\nb: *x", "[" * 3000, "title: [", "{" * 5, "- a\n- b", "a: " + "[" * 40 + "]" * 40, "? [a]\n: b"],
)
def test_what_is_no_front_matter_is_text(read_text: ReadText, yaml: str) -> None:
    article = read_text(f"---\n{yaml}\n---\n{STORY}")
    assert article.body.split() == f"---\n{yaml}\n---\n{STORY}".split() or (article.title == "[" and yaml == "title: [")


@pytest.mark.parametrize(
    "headline", ["Trucks arrive in town", "Oil rises in U.S.", "What now?", "“No,” he says", "1984"]
)
def test_a_short_first_line_is_the_title(read_text: ReadText, headline: str) -> None:
    article = read_text(f"{headline}\n\n{STORY}")
    assert (article.title, article.title_derived, article.body) == (headline, False, STORY)


def test_headline_date_and_dateline_may_follow_each_other(read_text: ReadText) -> None:
    for content in (
        f"Trucks arrive\n\n date 2019-02-19 BEIRUT (AP) — {STORY}",
        f"date 2019-02-19\nTrucks arrive\n\nBEIRUT (AP) — {STORY}",
        f"# Trucks arrive #\ndate 2019-02-19 BEIRUT (AP) — {STORY}",
        f"date: 2019-02-19\n\nTrucks arrive\n\nBEIRUT (AP) — {STORY}",
    ):
        article = read_text(content)
        assert (article.title, article.date, article.dateline, article.body) == ("Trucks arrive", DAY, "BEIRUT", STORY)


@pytest.mark.parametrize(
    "line", ["A sentence ends here.", "Dear readers,", "He said:", "word " * 40, "***", "BEIRUT (AP) — Trucks came"]
)
def test_other_first_lines_are_no_headlines(line: str, read_text: ReadText) -> None:
    assert read_text(f"{line}\n\n{STORY}").title_derived


def test_a_headline_needs_a_text() -> None:
    assert take_headline("Trucks arrive") is None
    assert take_headline("Trucks arrive\n\n  \n") is None
    assert take_headline("Trucks arrive\nin town\n\nText") is None


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("Gen. Mazloum Abdi spoke. He said more.", "Gen. Mazloum Abdi spoke."),
        ("The U.S. Army left. It returned.", "The U.S. Army left."),
        ("J. R. Smith vs. Jones Inc. Ltd. ended. So it goes.", "J. R. Smith vs. Jones Inc. Ltd. ended."),
        ("It rose 2.5 percent. It fell.", "It rose 2.5 percent."),
        ("“It is over.” The war ended.", "“It is over.”"),
        ("No full stop\n\nSecond paragraph.", "No full stop"),
        ("***\n\nText.", "Text."),
        ("市民は避難した。政府は発表した。", "市民は避難した。"),
        ("What now? Nobody knows.", "What now?"),
    ],
)
def test_a_missing_title_is_the_first_sentence(body: str, title: str) -> None:
    assert derive_title(body) == title


@given(st.text(min_size=1, max_size=500).filter(str.strip))
def test_a_derived_title_is_short_and_not_empty(body: str) -> None:
    assert 0 < len(derive_title(body)) <= TITLE_LENGTH


def test_a_long_sentence_is_cut_at_a_word() -> None:
    title = derive_title("evacuation " * 50)
    assert title.endswith("evacuation…")
    assert TITLE_LENGTH - 12 < len(title) <= TITLE_LENGTH
    assert derive_title("避" * 500) == "避" * (TITLE_LENGTH - 1) + "…"


def test_paragraphs_keep_a_blank_line_between_them(read_text: ReadText) -> None:
    assert read_text("One is here.\r\n\r\n\r\nTwo is here.\rThree.").body == "One is here.\n\nTwo is here.\n\nThree."


def test_hard_line_breaks_are_undone() -> None:
    wrapped = (
        "Dozens of trucks carrying civilians left the last enclave held by\n"
        "the group on Tuesday, a spokesman said in the town of Baghouz, and\n"
        "more were expected.\n"
        "    Another paragraph begins here, indented as wires do, and goes\n"
        "on for a second line."
    )
    first, second = paragraphs(wrapped).split("\n\n")
    assert first.endswith(
        "held by the group on Tuesday, a spokesman said in the town of Baghouz, and more were expected."
    )
    assert second == "Another paragraph begins here, indented as wires do, and goes on for a second line."


def test_the_dateline_counts_for_the_width_of_the_first_line(read_text: ReadText) -> None:
    article = read_text(
        " date 2019-02-19 AL-OMAR OIL FIELD BASE, Syria — Dozens of\n"
        "Kurdish trucks arrived at the base that is the headquarters\nof the campaign on Tuesday, a witness said."
    )
    assert "\n" not in article.body


def test_a_text_that_is_indented_as_a_whole_loses_the_margin(read_text: ReadText) -> None:
    lines = "Dozens of trucks carrying civilians left the last enclave held by\nthe group on Tuesday, he said."
    article = read_text("\n".join(f"    {line}" for line in lines.split("\n")))
    assert article.body == lines.replace("\n", " ")


def test_what_stands_before_an_empty_line_does_not_count() -> None:
    assert paragraphs("\nText", 10) == "Text"


def test_people_break_lines_a_little_early() -> None:
    longest = "Bc " + "d" * 63
    assert "\n" not in paragraphs(f"{'a' * 60}\n{longest}")
    assert "\n" in paragraphs(f"{'a' * 46}\n{longest}")


def test_a_text_of_long_lines_has_a_paragraph_a_line() -> None:
    lines = [("Trucks left the last enclave. " * 10).strip(), "Word " * 59 + "end", "The last one."]
    assert paragraphs("\n".join(lines)).split("\n\n") == lines


def test_tables_and_lists_keep_their_lines() -> None:
    table = "Prices are as follows in dollars a barrel:\nBRENT     18.20   18.30\nWTI       17.90   18.00"
    assert paragraphs(table) == table
    items = "The agenda of the meeting that was to be held on Tuesday in Rome:\n- oil\n- gas"
    assert paragraphs(items).endswith(":\n\n- oil\n- gas")


@given(st.lists(st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1), max_size=60), st.data())
def test_reflowing_loses_no_word(words: list[str], data: st.DataObject) -> None:
    gaps = st.sampled_from([" ", "\n", "\n\n", "\n    ", "   ", "\t", "\n "])
    content = "".join(word + data.draw(gaps) for word in words)
    assert paragraphs(content, data.draw(st.integers(0, 40))).split() == content.split()


def test_a_damaged_file_without_text_is_one_failure(make_source: MakeSource) -> None:
    with pytest.raises(SourceError):
        next(text.read(make_source(gzip.compress(b" " * 50)[:-6], "a.txt.gz"), Options()))


@pytest.mark.parametrize(
    "content", [b"", b" \n\t\n", b"\xef\xbb\xbf", b"date 2019-02-19\n", b"\0\0\0\0\0", b"byline: A\n"]
)
def test_a_file_without_text_is_skipped(make_source: MakeSource, content: bytes) -> None:
    assert read_list(text, make_source(content)) == [Skip("whole file", "there is no text in it", "empty")]


def test_a_title_alone_is_an_article(read_text: ReadText) -> None:
    assert read_text("title: Trucks arrive\n").title == "Trucks arrive"


def test_a_guessed_encoding_is_recorded(read_text: ReadText) -> None:
    article = read_text("Le président a quitté l’Élysée.".encode("cp1252"))
    assert article.body == "Le président a quitté l’Élysée."
    assert article.extra == {"encoding": "windows-1252 (guessed)"}


def test_a_declared_encoding_is_believed(read_text: ReadText) -> None:
    article = read_text("encoding: koi8-r\ntitle: А\n\nТекст.".encode("koi8-r"))
    assert (article.title, article.body, article.extra) == ("А", "Текст.", {"encoding": "koi8-r"})


def test_ids_and_paths_come_from_the_source(read_text: ReadText) -> None:
    article = read_text(gzip.compress(STORY.encode()), "2019/syria.txt.gz")
    assert (article.id, article.path, article.body) == ("2019/syria.txt", "2019/syria.txt.gz", STORY)


def test_a_damaged_gzip_file_gives_what_it_holds_and_then_the_reason(make_source: MakeSource) -> None:
    results = text.read(make_source(gzip.compress(STORY.encode())[:-6], "a.txt.gz"), Options())
    article = next(results)
    assert isinstance(article, Article)
    assert "incomplete" in article.extra["incomplete"]
    with pytest.raises(SourceError, match="incomplete"):
        next(results)


def test_a_huge_file_is_refused(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "LIMIT", 1 << 20)
    with pytest.raises(SourceError, match="one file an article"):
        read_list(text, make_source(b"x" * (1 << 20) + b"y"))


@pytest.mark.parametrize(
    "unit",
    [" ", "\n", "\t", "# ", ".", "title: x\n", "date ", "date 2019 ", "---\n", "- ", "a: b\n", "A.", "—", "Ab\n\n"],
)
def test_repetition_takes_no_time(make_source: MakeSource, unit: str) -> None:
    with within(5):
        read_list(text, make_source("x" + unit * (500_000 // len(unit)) + "y"))
        read_list(text, make_source(unit * (500_000 // len(unit)) + "y"))


PIECES = st.sampled_from(
    [
        "---\n",
        "title: ",
        "date ",
        "2019-02-19",
        "BEIRUT (AP) — ",
        "\n\n",
        "\r\n",
        "\x00",
        "\ufeff",
        "é",
        "# ",
        "[",
        "&a ",
        "*a",
        "T. ",
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(st.binary(max_size=400), st.lists(PIECES, max_size=30).map(lambda pieces: "".join(pieces).encode())))
def test_any_bytes_give_an_article_or_a_skip(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "fuzz"
    path.write_bytes(data)
    try:
        results = read_list(text, Source(path, "fuzz.txt", "fuzz.txt"))
    except SourceError:
        return
    assert len(results) == 1
    assert_fit_for_an_index(results)
