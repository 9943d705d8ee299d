"""Which files are articles, and which reader takes them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from searchkit.readers.base import Options, Source
from searchkit.readers.reading import Reading
from searchkit.readers.registry import FORMATS, is_candidate, load_reader

from .support import MakeSource, name_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_has_a_reader(name: str) -> None:
    reader = load_reader(name)
    assert reader.SUFFIXES
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in reader.SUFFIXES)
    assert callable(reader.recognises)
    assert callable(reader.read)


@pytest.mark.parametrize(
    "name",
    ["a.txt", "a.TXT", "a.text", "a.md", "a.markdown", "a.txt.gz", "a", "2019-02-19", "2019.02.19", "U.S. strikes"],
)
def test_text_is_recognised_by_its_name(make_source: MakeSource, name: str) -> None:
    assert name_of(make_source("Some news.\n", name)) == "text"


@pytest.mark.parametrize("name", ["a.png", "a.html", "a.csv", "a.py", "a.txt~", "a.sgm"])
def test_other_endings_are_not_taken_for_text(make_source: MakeSource, name: str) -> None:
    assert name_of(make_source("Some news.\n", name)) is None


@pytest.mark.parametrize("name", ["a.txt", "a", "a.md", "a.sgm"])
def test_an_image_is_no_article_whatever_its_name(make_source: MakeSource, name: str) -> None:
    assert name_of(make_source(PNG, name)) is None


def test_an_empty_file_needs_a_name_to_be_text(make_source: MakeSource) -> None:
    assert name_of(make_source("", "a.txt")) == "text"
    assert name_of(make_source("", "a")) is None


def test_reuters_is_recognised_by_its_content(make_source: MakeSource) -> None:
    sgml = b'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n<REUTERS NEWID="1">'
    assert name_of(make_source(sgml, "a.sgm")) == "reuters"
    assert name_of(make_source(gzip.compress(sgml), "a.sgm.gz")) == "reuters"
    assert name_of(make_source(sgml, "a.txt")) == "reuters"
    assert name_of(make_source(b'\n<REUTERS NEWID="1">', "a")) == "reuters"


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    reading = Reading(Source(tmp_path / "missing.txt", "missing.txt", "missing.txt"), Options())
    assert list(reading) == []
    assert reading.error is not None
    assert "No such file" in reading.error.reason


@pytest.mark.parametrize(
    "relative", ["a.txt", "2019/02/a.txt", "license-fees-rise.txt", "./a.txt", "readmes/a.txt", "a"]
)
def test_news_is_a_candidate(relative: str) -> None:
    assert is_candidate(relative)


@pytest.mark.parametrize(
    "relative",
    [
        ".hidden",
        ".git/config",
        "a/.b/c.txt",
        "README",
        "README.md",
        "a/README-first",
        "readme.txt",
        "LICENSE",
        "Licence.md",
        "",
    ],
)
def test_hidden_files_and_read_mes_are_no_candidates(relative: str) -> None:
    assert not is_candidate(relative)
