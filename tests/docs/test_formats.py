"""The page on formats: every reader, header key, note and kind of skip, and the examples read as it says."""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchkit.article import Article
from searchkit.readers import reuters, text
from searchkit.readers.base import Options, Source
from searchkit.readers.header import _KEYS
from searchkit.readers.registry import FORMATS, load_reader
from searchkit.readers.text import LIMIT
from searchkit.readers.titles import TITLE_LENGTH
from tests.docs.pages import ROOT, blocks, code, codes, read, table

PAGE = read("docs/formats.md")
EXAMPLES = [block.text for block in blocks(PAGE) if block.language == "text"]


@pytest.mark.parametrize(("page", "heading"), [("docs/formats.md", "Formats"), ("README.md", "What it reads")])
def test_every_format_is_there_with_its_endings(page: str, heading: str) -> None:
    rows = {code(row[0]): codes(row[1]) for row in table(read(page), heading)}
    assert rows == {name: list(load_reader(name).SUFFIXES) for name in FORMATS}


def test_every_header_key_is_there() -> None:
    named: dict[str, set[str]] = {}
    for field, keys, _ in table(PAGE, "Where each field comes from"):
        for key in codes(keys):
            named.setdefault(key, set()).add(code(field))
    assert set(named) == set(_KEYS)
    for key, fields in named.items():
        assert fields == ({"dateline", "place"} if _KEYS[key] == "location" else {_KEYS[key]})


def reading(tmp_path: Path, content: str, name: str = "story.txt") -> Article:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    (article,) = text.read(Source(path, name, name), Options())
    assert isinstance(article, Article)
    return article


def test_the_examples_read_as_the_page_says(tmp_path: Path) -> None:
    one_line, header, front_matter, headline, bare = (reading(tmp_path, example) for example in EXAMPLES)
    for article in (one_line, header, front_matter, headline):
        assert article.date == dt.date(2019, 2, 19)
        assert article.date_source == "header"
        assert article.body.startswith("Dozens of trucks")
    assert one_line.dateline == header.dateline == "AL-OMAR OIL FIELD BASE, Syria"
    assert one_line.title_derived
    assert (header.byline, header.publisher, header.section) == ("A. Reporter", "The Daily Sample", "World")
    assert (header.topics, header.language) == (("Syria", "evacuations"), "en")
    assert front_matter.title == "Trucks arrive: the last civilians"
    assert front_matter.extra == {"desk": "foreign"}
    assert headline.title == "Trucks arrive for the last civilians"
    assert (headline.dateline, headline.publisher, headline.extra) == ("BEIRUT", "AP", {"agency": "AP"})
    assert (bare.date, bare.dateline) == (None, None)


def test_no_part_of_a_date_is_guessed(tmp_path: Path) -> None:
    for written in ("February 2019", "19 February", "19/02/19"):
        assert reading(tmp_path, f"date: {written}\n\nWords.\n").date is None
    ambiguous = reading(tmp_path, "date: 03/04/2019\n\nWords.\n")
    assert ambiguous.date == dt.date(2019, 3, 4)
    assert "date_note" in ambiguous.extra


@pytest.mark.parametrize("name", ["2019-02-19-trucks.txt", "20190219.txt"])
def test_a_date_may_stand_in_the_name(tmp_path: Path, name: str) -> None:
    article = reading(tmp_path, "Words.\n", name)
    assert (article.date, article.date_source) == (dt.date(2019, 2, 19), "path")


def test_every_source_of_a_date_is_there() -> None:
    documented = (Article.__doc__ or "").partition("``date_source``")[2].partition("``dateline``")[0]
    assert [code(row[0]) for row in table(PAGE, "Dates")] == re.findall(r'``"(\w+)"``', documented)


def test_every_note_is_there_that_the_readers_name() -> None:
    named = {code(row[0]) for row in table(PAGE, "What was unclear")}
    documented = (text.__doc__ or "").split("``Article.extra``")[1]
    assert named == {key for key in codes(documented.replace("``", "`")) if key.isidentifier()}


def test_the_lists_of_reuters_are_there() -> None:
    (extra,) = (row[1] for row in table(PAGE, "reuters") if row[0] == "`extra`")
    assert codes(extra) == list(reuters._LIST_NAMES)


def kinds() -> Iterator[str]:
    """Every kind that the code gives to a skip."""
    for file in [*(ROOT / "searchkit/readers").glob("*.py"), *(ROOT / "searchkit/indexing").glob("*.py")]:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        named = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            position = {"Skip": 2, "Skipped": 3, "skip": 3, "SourceError": 1}.get(name)
            if position is None:
                continue
            kind = node.args[position] if len(node.args) > position else None
            if isinstance(kind, ast.Constant):
                yield str(kind.value)
            elif isinstance(kind, ast.Name) and kind.id in named:
                yield str(named[kind.id])
            elif kind is None:
                yield "unreadable"


def test_every_kind_of_skip_is_there() -> None:
    assert {code(row[0]) for row in table(PAGE, "What is skipped")} == set(kinds())


def test_the_figures_are_those_in_the_code() -> None:
    assert f"more than {LIMIT >> 20} MB" in PAGE
    assert f"about {TITLE_LENGTH} characters" in PAGE
