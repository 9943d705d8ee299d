"""The template that new formats are copied from works."""

from __future__ import annotations

import datetime as dt
import gzip

import pytest

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers import template
from searchkit.readers.base import Options, Skip
from searchkit.readers.registry import FORMATS

from .support import MakeSource, assert_fit_for_an_index, read_list

JAR = """Title: Trucks leave Baghouz
Date: 2019-02-19
Place: BAGHOUZ, Syria
Desk: world

Dozens of trucks left on Tuesday.
%%
%%
Date: 03/04/2019

A second story. It has no title.
"""


def test_reads_the_records_of_a_jar(make_source: MakeSource) -> None:
    first, empty, last = read_list(template, make_source(JAR, "news.jar-text"))
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert (first.id, first.title, first.date) == ("news.jar-text#1", "Trucks leave Baghouz", dt.date(2019, 2, 19))
    assert first.body == "Dozens of trucks left on Tuesday."
    assert first.place is not None
    assert first.place.country == "Syria"
    assert first.extra == {"desk": "world"}
    assert empty == Skip("record 2", "there is no text in it", "empty")
    assert (last.id, last.title, last.title_derived) == ("news.jar-text#3", "A second story.", True)
    assert "month/day" in last.extra["date_note"]
    assert_fit_for_an_index([first, last])


def test_gives_the_records_before_the_damage_of_a_gzip_file(make_source: MakeSource) -> None:
    results = template.read(make_source(gzip.compress(JAR.encode())[:-9], "news.jar-text.gz"), Options())
    assert isinstance(next(results), Article)
    with pytest.raises(SourceError, match="incomplete"):
        list(results)


def test_recognises_its_files(make_source: MakeSource) -> None:
    assert template.recognises(b"Title: x", make_source(JAR, "news.jar-text.gz"))
    assert not template.recognises(b"Title: x", make_source(JAR, "news.txt"))


def test_is_not_registered() -> None:
    assert "searchkit.readers.template" not in FORMATS.values()
