"""CSV in all its dialects, whole or damaged."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import gzip
import io
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers import csv_
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.opening import read_head
from searchkit.readers.registry import find_reader
from searchkit.readers.streams import TextStream
from tests.conftest import within

from .support import MakeSource, assert_fit_for_an_index

HEADER = ["id", "title", "body", "date"]
ROWS = [
    ["a1", "Trucks arrive", "Dozens came, on Tuesday.", "2019-02-19"],
    ["a2", 'The "last" one', "One.\n\nTwo; three|four\tfive.", "2019-02-20"],
    ["a3", "Été", "", "2019-02-21"],
]


def read(make_source: MakeSource, content: bytes | str, name: str = "news.csv", **options: Any) -> list[Article | Skip]:
    results = list(csv_.read(make_source(content, name), Options(**options)))
    assert_fit_for_an_index(results)
    return results


def titles(results: list[Article | Skip]) -> list[str]:
    """The titles of the articles, and of the Skips the kind."""
    return [result.title if isinstance(result, Article) else result.kind for result in results]


def written(rows: list[list[str]] = ROWS, **dialect: Any) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows([HEADER, *rows])
    return text.getvalue()


DIALECTS: dict[str, dict[str, Any]] = {
    "commas": {},
    "semicolons": {"delimiter": ";"},
    "tabs": {"delimiter": "\t"},
    "bars": {"delimiter": "|"},
    "all quoted": {"quoting": csv.QUOTE_ALL},
    "all quoted, tabs": {"quoting": csv.QUOTE_ALL, "delimiter": "\t"},
    "lines of unix": {"lineterminator": "\n"},
    "backslashes": {"quoting": csv.QUOTE_ALL, "doublequote": False, "escapechar": "\\"},
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_records_are_found_in_every_dialect_and_encoding(make_source: MakeSource, dialect: str, encoding: str) -> None:
    content = written(**DIALECTS[dialect]).encode(encoding)
    results = read(make_source, content)
    assert titles(results) == ["Trucks arrive", 'The "last" one', "Été"]
    one, two, _ = results
    assert isinstance(one, Article)
    assert isinstance(two, Article)
    assert (one.id, one.body, one.date) == ("news.csv#a1", "Dozens came, on Tuesday.", dt.date(2019, 2, 19))
    assert two.body == "One.\n\nTwo; three|four\tfive."
    assert one.extra.get("encoding") is None or encoding == "cp1252"
    assert csv_.recognises(content, make_source(content, "news.csv"))


def test_values_between_tabs_need_no_quoting(make_source: MakeSource) -> None:
    content = 'title\tbody\n"Never," she said\tHe said "yes" and left.\nA "B\tC\n'
    results = read(make_source, content, "news.tsv")
    assert [(r.title, r.body) for r in results if isinstance(r, Article)] == [
        ('"Never," she said', 'He said "yes" and left.'),
        ('A "B', "C"),
    ]


def test_a_backslash_at_the_end_of_a_cell_is_no_escape(make_source: MakeSource) -> None:
    results = read(make_source, 'title,body\n"C:\\","x"\n"D:\\","y"\n')
    assert [(r.title, r.body) for r in results if isinstance(r, Article)] == [("C:\\", "x"), ("D:\\", "y")]


def test_the_line_that_tells_excel_the_delimiter_is_heeded(make_source: MakeSource) -> None:
    content = "sep=;\r\ntitle;body\r\nA;b, c\r\n"
    results = read(make_source, content)
    assert titles(results) == ["A"]
    assert csv_.recognises(content.encode(), make_source(content, "news.csv"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system(make_source: MakeSource, end: str) -> None:
    content = end.join(["title,body", 'A,"b', 'c"', "D,e", ""])
    results = read(make_source, content)
    assert [(r.title, r.body) for r in results if isinstance(r, Article)] == [("A", "b\nc"), ("D", "e")]


def test_a_stray_carriage_return_is_a_line_end_in_its_cell(make_source: MakeSource) -> None:
    (article,) = read(make_source, "title,body\r\nA,One.\rTwo.\r\n")
    assert isinstance(article, Article)
    assert article.body.split() == ["One.", "Two."]


def test_nul_bytes_are_left_out(make_source: MakeSource) -> None:
    assert titles(read(make_source, b"title,body\nA\0B,\0c\n\0\n")) == ["AB"]


def test_a_place_is_its_first_line(make_source: MakeSource) -> None:
    content = 'title,body,url\n\nA,"b\n\nc",d\n,,x\nE,"f'
    results = read(make_source, content)
    assert [(r.where, r.kind) for r in results if isinstance(r, Skip)] == [("line 6", "empty"), ("line 7", "broken")]


def test_cells_too_few_or_too_many_are_noted_and_kept(make_source: MakeSource) -> None:
    few, many = read(make_source, "title,body,url\nA,b\nC,d,e,f,g\n")
    assert isinstance(few, Article)
    assert isinstance(many, Article)
    assert (few.title, few.body, few.url) == ("A", "b", None)
    assert few.extra == {"cells_note": "it has 2 cells, and the header 3"}
    assert many.url == "e"
    assert many.extra == {"cells_note": "it has 5 cells, and the header 3", "surplus": ["f", "g"]}


def test_blank_lines_and_a_header_that_is_repeated_are_no_records(make_source: MakeSource) -> None:
    assert titles(read(make_source, "title,body\n\n  \nA,b\n,\ntitle,body\nC,d\n\n")) == ["A", "C"]


def test_columns_of_one_name_and_of_none_are_kept_apart(make_source: MakeSource) -> None:
    (article,) = read(make_source, ",title,body,title,\n0,A,b,C,d\n")
    assert isinstance(article, Article)
    assert (article.title, article.extra) == ("A", {"column_1": "0", "title_4": "C", "column_5": "d"})


@pytest.mark.parametrize("nothing", ["", "\\N", "NULL", "NaN", "None"])
def test_what_databases_write_for_nothing_is_nothing(make_source: MakeSource, nothing: str) -> None:
    (article,) = read(make_source, f"title,body,author,date\nA,b,{nothing},{nothing}\n")
    assert isinstance(article, Article)
    assert (article.byline, article.date, article.extra) == (None, None, {})


def test_lists_in_cells_are_lists(make_source: MakeSource) -> None:
    (article,) = read(make_source, 'title,tags,authors\nA,"[\'oil prices\', \'war\']","[""Jane Doe"", ""Ann Lee""]"\n')
    assert isinstance(article, Article)
    assert (article.topics, article.byline) == (("oil prices", "war"), "Jane Doe, Ann Lee")


def test_columns_are_mapped_by_option(make_source: MakeSource) -> None:
    content = "Kop,Artikel,Wanneer\nA,b,2019-02-19\n"
    (article,) = read(make_source, content, fields={"Kop": "title", "artikel": "body", "Wanneer": "date"})
    assert isinstance(article, Article)
    assert (article.title, article.body, article.date) == ("A", "b", dt.date(2019, 2, 19))


@pytest.mark.parametrize("content", ["Kop,Artikel\x00\nA,b\n", "1,2\n3,4\n", "name,description\na,b\n"])
def test_a_header_that_names_no_text_is_an_error_that_says_what_to_do(make_source: MakeSource, content: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(make_source, content)
    assert caught.value.kind == "columns"
    assert content.partition("\n")[0].replace(",", ", ").replace("\0", "") in caught.value.reason
    assert "--map COLUMN=title" in caught.value.reason


def test_many_columns_are_not_all_listed(make_source: MakeSource) -> None:
    with pytest.raises(SourceError) as caught:
        read(make_source, ",".join(f"{'x' * 500}{n}" for n in range(1000)) + "\n")
    assert len(caught.value.reason) < 2000


@pytest.mark.parametrize("content", ["", "\n \n", "title,body\n", "title,body\n\n,\n"])
def test_a_file_without_records_is_an_error(make_source: MakeSource, content: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(make_source, content)
    assert caught.value.kind == "empty"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('title,body,url\nA,"b",c\nB,"open,d\nC,e,f\nD,g,h\n', ["A", "broken", "C", "D"]),
        ('title,body,url\nA,"b",c\nB,"open,d\nC,"e, ee",f\nD,"g",h\n', ["A", "broken", "C", "D"]),
        ('title,body,url\nA,"b",c\nB,open","d\n\nC,"e, ee",f\nD,"g",h\n', ["A", "broken", "C", "D"]),
        ('title,body,url\n"A,b,c\nC,e,f\n', ["broken", "C"]),
        ('title,body,url\nA,b,c\nB,"open', ["A", "broken"]),
        ('title,body,url\nA,b,"', ["broken"]),
    ],
)
def test_a_quote_that_is_never_closed_costs_only_its_own_line(
    make_source: MakeSource, content: str, expected: list[str]
) -> None:
    assert titles(read(make_source, content)) == expected


def test_a_text_of_many_lines_with_a_cell_too_many_is_one_record(make_source: MakeSource) -> None:
    content = 'title,body,date\nA,"One.\n\nTwo, and three.\nFour",2019-02-19,extra\nB,"x\n\ny",2019-02-20\n'
    one, two = read(make_source, content)
    assert isinstance(one, Article)
    assert isinstance(two, Article)
    assert (one.body, one.extra["surplus"]) == ("One.\n\nTwo, and three.\n\nFour", ["extra"])
    assert (two.title, two.body) == ("B", "x\n\ny")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a test can reach."""
    monkeypatch.setattr(csv_, "LONGEST_RECORD", 1 << 16)
    monkeypatch.setattr(csv_, "_SAMPLE", 1 << 12)


@pytest.mark.usefixtures("small")
def test_a_line_that_is_too_long_is_named_and_the_next_is_read(make_source: MakeSource) -> None:
    results = read(make_source, f'title,body\nA,b\nC,"{"x" * 1_000_000}"\nD,e\nF,{"x" * 1_000_000}')
    assert titles(results) == ["A", "too large", "D", "too large"]
    assert [result.where for result in results if isinstance(result, Skip)] == ["line 3", "line 5"]


@pytest.mark.usefixtures("small")
def test_a_quote_that_takes_in_very_many_lines_is_given_up(make_source: MakeSource) -> None:
    content = 'title,body,url\nA,"open,b\n' + "".join(f"T{n},{'word ' * 50},x\n" for n in range(1000))
    results = read(make_source, content)
    assert titles(results) == ["broken", *(f"T{n}" for n in range(1000))]


def test_a_quote_that_takes_in_very_many_short_lines_is_given_up(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_, "_MOST_LINES", 100)
    few, many = ('title,body\nA,"b\n' + "\n" * lines + '"\nC,d\n' for lines in (90, 200))
    assert titles(read(make_source, few)) == ["A", "C"]
    assert titles(read(make_source, many)) == ["broken", "broken", "C"]


def test_large_cells_are_read(make_source: MakeSource) -> None:
    (article,) = read(make_source, f'title,body\nA,"{"word " * 200_000}"\n')
    assert isinstance(article, Article)
    assert len(article.body) == 999_999


def test_memory_does_not_grow_with_the_file(make_source: MakeSource) -> None:
    source = make_source("title,body\n" + f'A,"{"word " * 500}"\n' * 12_000, "news.csv")
    tracemalloc.start()
    try:
        assert sum(1 for _ in csv_.read(source, Options())) == 12_000
        assert tracemalloc.get_traced_memory()[1] < 12 << 20 < source.path.stat().st_size
    finally:
        tracemalloc.stop()


def test_reads_a_compressed_file_and_reports_its_damage_last(make_source: MakeSource) -> None:
    data = gzip.compress(b"title,body\n" + b"".join(b"T%d,x\n" % n for n in range(30_000)))
    assert len(read(make_source, data, "news.csv.gz")) == 30_000
    results = csv_.read(make_source(data[: len(data) - 9], "news.csv.gz"), Options())
    assert isinstance(next(results), Article)
    with pytest.raises(SourceError, match="incomplete"):
        list(results)


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        list(csv_.read(Source(tmp_path / "x.csv", "x.csv", "x.csv"), Options()))


@pytest.mark.parametrize("name", ["a.csv", "A.CSV", "a.tsv", "a.csv.gz", "a.tab"])
def test_files_are_recognised_by_their_names(make_source: MakeSource, name: str) -> None:
    content = b"one;two\n1;2\n"
    source = make_source(gzip.compress(content) if name.endswith(".gz") else content, name)
    found = find_reader(read_head(source), source, Options())
    assert found is not None
    assert found[0] == "csv"


@pytest.mark.parametrize("content", ["Some news.\n", b"\x89PNG\r\n\x1a\n" + bytes(range(32)), ""])
def test_what_has_no_columns_is_not_taken_for_a_table(make_source: MakeSource, content: bytes | str) -> None:
    source = make_source(content, "a.csv")
    assert not csv_.recognises(read_head(source), source)


def test_a_single_column_is_a_table_if_it_is_known(make_source: MakeSource) -> None:
    source = make_source("headline_text\nFirst, news\nSecond\n", "a.csv")
    assert csv_.recognises(read_head(source), source)
    assert titles(list(csv_.read(source, Options()))) == ["First, news", "Second"]


@pytest.mark.parametrize("name", ["dump", "dump.txt", "dump.dat"])
def test_a_header_that_can_be_nothing_else_is_recognised_under_any_name(make_source: MakeSource, name: str) -> None:
    source = make_source("publish_date\theadline\tbody\n2019-02-19\tA\tb\n", name)
    found = find_reader(read_head(source), source, Options())
    assert found is not None
    assert found[0] == "csv"


@pytest.mark.parametrize(
    "text", ["Title, text and date\n\nOf it.", "title,body,date", "Body, date, and more\nof it", "a,b,c\nd,e,f"]
)
def test_prose_with_commas_is_no_table(make_source: MakeSource, text: str) -> None:
    source = make_source(text, "story.txt")
    found = find_reader(read_head(source), source, Options())
    assert found is not None
    assert found[0] == "text"


CASES = {
    "quotes": '"' * 500_000,
    "open quotes": '"a b,c\n' * 50_000,
    "open quotes in cells": 'T,"x y,z\n' * 50_000,
    "one open quote": 'T,"a\n' + "x,y,z\n" * 100_000,
    "quotes that pair badly": 'T,"a\n' + 'x,"y\n' * 50_000,
    "commas": "," * 500_000,
    "blank lines": "\n" * 500_000 + "A,b,c\n",
    "quoted blank lines": '"' + "\n" * 500_000,
    "rows of many lines": 'T,"x\n\n y"\n' * 30_000,
    "backslashes": 'T,"' + '\\"' * 250_000,
}


@pytest.mark.parametrize("case", CASES)
def test_no_file_takes_more_than_its_time(make_source: MakeSource, case: str) -> None:
    source = make_source("title,body,date\n" + CASES[case], "a.csv")
    with within(20), contextlib.suppress(SourceError):  # for a file without a record
        list(csv_.read(source, Options()))


def decoded(data: bytes, size: int) -> tuple[str, str | None]:
    stream = TextStream(data[start : start + size] for start in range(0, len(data), size))
    return "".join(stream), stream.guessed


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_characters_may_lie_across_the_ends_of_pieces(encoding: str, size: int) -> None:
    text = "a é — 😀 " * 2000
    data = text.encode(encoding)
    assert decoded(data, size) == (text, None)


def test_an_encoding_is_guessed_where_the_first_foreign_letters_are() -> None:
    text = "plain text, " * 1000 + "déjà vu at the café — “yes”. " * 20
    assert decoded(text.encode("cp1252"), 4096) == (text, "windows-1252 (guessed)")


def test_a_few_bad_bytes_after_utf_8_are_replaced() -> None:
    data = "déjà vu ".encode() * 1000 + b"\xff" + "été".encode()
    text, guessed = decoded(data, 4096)
    assert text == "déjà vu " * 1000 + "\ufffdété"
    assert guessed == "utf-8 (damaged)"
    data = "déjà vu ".encode() * 1000 + b"plain " * 2000 + "café".encode("cp1252")
    assert decoded(data, 4096)[0].endswith("plain caf\ufffd")
    assert decoded("é é".encode()[:4], 10)[0] == "é \ufffd"


@given(st.binary(max_size=60), st.integers(1, 9))
def test_any_bytes_are_text(data: bytes, size: int) -> None:
    text, _ = decoded(data, size)
    text.encode("utf-8", "surrogatepass")


PIECES = st.sampled_from(
    [
        *("title,body,date\n", "A,b,2019-02-19\n", ",", ";", "\t", "|", '"', '""', "\\", '\\"', "\n", "\r", "\r\n", "\0", " "),
        *('"One.\n\nTwo."', "sep=;\n", "title;body\n", "\ufeff", "\u2028", "x" * 200, "NULL", "é"),
    ]
)  # fmt: skip


@given(
    st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join),
    st.sampled_from(["utf-8", "utf-16", "cp1252"]),
    st.booleans(),
)
def test_whatever_is_in_a_file_ends_in_articles_skips_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, content: str, encoding: str, begun: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.csv"
    path.write_bytes(("title,body,date\n" * begun + content).encode(encoding, "replace"))
    source = Source(path, "fuzz.csv", "fuzz.csv")
    csv_.recognises(read_head(source), source)
    results: list[Article | Skip] = []
    with contextlib.suppress(SourceError):
        results = list(csv_.read(source, Options()))
    assert_fit_for_an_index(results)


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=2, max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6), st.sampled_from([",", ";", "\t", "|"]))
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], delimiter: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.csv"
    header = ("title", "note")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    results = list(csv_.read(Source(path, "w.csv", "w.csv"), Options(fields={"title": "id", "note": "title"})))
    assert len(results) == len(rows)
