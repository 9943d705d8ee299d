"""JSON: records on lines, in arrays, one after the other and in wrappers, whole or damaged."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers import json_, json_scan
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.json_ import Record, json_records
from searchkit.readers.opening import read_head
from searchkit.readers.records import has_text, says_something
from searchkit.readers.registry import find_reader
from tests.conftest import within

from .support import MakeSource, assert_fit_for_an_index, read_list

RECORDS = [{"title": f"Title {n}", "body": f"Text {n}: été.", "date": f"2019-02-{n:02}"} for n in range(1, 5)]
LINES = [json.dumps(record) for record in RECORDS]
BROKEN = '{"title": "Broken" "body": "x"}'


def read(
    make_source: MakeSource, content: bytes | str, name: str = "news.json", **options: Any
) -> list[Article | Skip]:
    source = make_source(content, name)
    results = list(json_.read(source, Options(**options)))
    assert_fit_for_an_index(results)
    return results


def titles(results: list[Article | Skip]) -> list[str]:
    """The titles of the articles, and of the Skips the kind."""
    return [result.title if isinstance(result, Article) else result.kind for result in results]


ALL = [record["title"] for record in RECORDS]
SHAPES = {
    "lines": "\n".join(LINES),
    "lines of windows": "\r\n".join([*LINES, ""]),
    "blank lines": "\n\n \n" + "\n\n\n".join(LINES) + "\n\n",
    "array": json.dumps(RECORDS),
    "pretty array": json.dumps(RECORDS, indent=4),
    "array with a record a line": "[\n" + ",\n".join(LINES) + "\n]\n",
    "commas without an array": ",\n".join(LINES),
    "one after the other": "".join(LINES),
    "pretty objects": "\n".join(json.dumps(record, indent=2) for record in RECORDS),
    "record separators": "".join(f"\x1e{line}\n" for line in LINES),
    "arrays in arrays": json.dumps([RECORDS[:1], [RECORDS[1:3]], RECORDS[3:]]),
    "arrays on lines": json.dumps(RECORDS[:2]) + "\n" + json.dumps(RECORDS[2:]),
    "wrapper": json.dumps({"status": "ok", "articles": RECORDS, "next": 10**90}),
    "pretty wrapper": json.dumps({"count": 12345678, "results": RECORDS}, indent=1),
    "wrapper with a title": json.dumps({"title": "My search", "items": RECORDS}),
    "wrapper in a wrapper": json.dumps({"response": {"meta": {"x": 1}, "docs": RECORDS}}, indent=1),
    "wrappers on lines": "\n".join(json.dumps({"data": [record]}) for record in RECORDS),
    "objects by id": json.dumps({f"a{n}": record for n, record in enumerate(RECORDS)}),
    "hits of elasticsearch": json.dumps({"took": 1, "hits": {"hits": [{"_id": "1", "_source": r} for r in RECORDS]}}),
    "dump of elasticsearch": "\n".join(json.dumps({"_index": "x", "_source": record}) for record in RECORDS),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_records_are_found_in_every_shape_and_encoding(make_source: MakeSource, shape: str, encoding: str) -> None:
    content = SHAPES[shape].encode(encoding)
    results = read(make_source, content)
    assert titles(results) == ALL
    article = results[1]
    assert isinstance(article, Article)
    assert (article.body, article.date) == ("Text 2: été.", dt.date(2019, 2, 2))
    source = make_source(content, "data.x")
    assert json_.recognises(read_head(source), source)


def test_a_single_object_is_one_article(make_source: MakeSource) -> None:
    for indent in (None, 2):
        (article,) = read(make_source, json.dumps({"article": RECORDS[0]}, indent=indent))
        assert isinstance(article, Article)
        assert (article.title, article.id) == ("Title 1", "news.json#1")


def test_reads_a_compressed_file_and_reports_its_damage_last(make_source: MakeSource) -> None:
    data = gzip.compress("\n".join(LINES * 500).encode())
    assert len(read(make_source, data, "news.jsonl.gz")) == 2000
    results = json_.read(make_source(data[: len(data) // 2], "news.jsonl.gz"), Options())
    assert isinstance(next(results), Article)
    with pytest.raises(SourceError, match="incomplete"):
        list(results)


def test_a_json_feed_says_what_is_common_to_its_items(make_source: MakeSource) -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Feed",
        "description": "News of the day",
        "language": "en-GB",
        "authors": [{"name": "Jane Doe"}],
        "items": [
            {
                "id": "1",
                "content_html": "<p>One.</p><p>Two.</p>",
                "date_published": "2019-02-19T10:30:00Z",
                "tags": ["a"],
            },
            {"id": "2", "title": "B", "content_text": "Text.", "author": {"name": "Ann Lee"}, "language": "fr"},
        ],
    }
    for indent in (None, 1):
        one, two = read(make_source, json.dumps(feed, indent=indent), "feed.json")
        assert isinstance(one, Article)
        assert isinstance(two, Article)
        assert (one.id, one.title, one.title_derived, one.body) == ("feed.json#1", "One.", True, "One.\n\nTwo.")
        assert (one.date, one.topics) == (dt.date(2019, 2, 19), ("a",))
        assert (one.publisher, one.byline, one.language) == ("The Feed", "Jane Doe", "en-gb")
        assert (two.publisher, two.byline, two.language) == ("The Feed", "Ann Lee", "fr")


def test_ids_of_elasticsearch_are_those_of_the_articles(make_source: MakeSource) -> None:
    hits = "\n".join(json.dumps({"_index": "x", "_id": f"e{n}", "_source": r}) for n, r in enumerate(RECORDS))
    assert [r.id for r in read(make_source, hits) if isinstance(r, Article)] == [f"news.json#e{n}" for n in range(4)]


def test_objects_under_their_ids_get_them(make_source: MakeSource) -> None:
    results = read(make_source, SHAPES["objects by id"])
    assert [r.id for r in results if isinstance(r, Article)] == [f"news.json#a{n}" for n in range(4)]


def test_the_place_of_a_record_is_its_line(make_source: MakeSource) -> None:
    content = "\n".join([LINES[0], "", '{"x": 1}', LINES[1]])
    assert [r.where for r in read(make_source, content) if isinstance(r, Skip)] == ["line 3"]
    content = json.dumps([RECORDS[0], {"x": 1}, RECORDS[1]], indent=1)
    assert [r.where for r in read(make_source, content) if isinstance(r, Skip)] == ["record 2, line 7"]


BROKEN_IN_THE_MIDDLE = {
    "lines": ("\n".join([*LINES[:2], BROKEN, *LINES[2:]]), "line 3"),
    "lines, cut": ("\n".join([*LINES[:2], '{"title": "Broken", "bo', *LINES[2:]]), "line 3"),
    "lines, the first": ("\n".join([BROKEN, *LINES]), "line 1"),
    "array": ("[\n" + ",\n".join([*LINES[:2], BROKEN, *LINES[2:]]) + "\n]", "line 4"),
    "array, the first": ("[" + ",".join([BROKEN, *LINES]) + "]", "line 1"),
    "array, no closing quote": ("[" + ",".join([*LINES[:2], '{"title": "Broken, "body": "x"}', *LINES[2:]]) + "]", "line 1"),
    "array, no closing quote at the end": ("[" + ",\n".join([LINES[0], '{"title": "Broken}', *LINES[1:]]) + "]", "line 2"),
    "array, no closing bracket": ("[" + ",\n".join([LINES[0], '{"title": "Broken", "x": [1, 2}', *LINES[1:]]) + "]", "line 2"),
    "array, no end": ("[" + ",\n".join([LINES[0], '{"title": "Broken", "x": 1', *LINES[1:]]) + "]", "line 2"),
    "array, one quote too many": ("[" + ",".join([LINES[0], '{"title": "Bro"ken", "x": [{}]}', *LINES[1:]]) + "]", "line 1"),
    "array, one quote too few": ("[" + ",".join([LINES[0], '{"title": "Broken}', *LINES[1:]]) + "]", "line 1"),
    "array, objects inside": (
        "[" + ",\n".join([LINES[0], '{"title": "Broken",, "x": [{"title": "no"}, {"title": "no"}]}', *LINES[1:]]) + "]",
        "line 2",
    ),
    "wrapper": ('{"status": "ok",\n"articles": [\n' + ",\n".join([*LINES[:2], BROKEN, *LINES[2:]]) + "\n]}", "line 5"),
    "wrapper, the first": ('{"articles": [' + ",".join([BROKEN, *LINES]) + '], "next": {"title": "x", "text": "y"}}', "line 1"),
    "one after the other": (LINES[0] + LINES[1] + BROKEN + LINES[2] + LINES[3], "line 1"),
    "pretty": (
        "\n".join([json.dumps(RECORDS[0], indent=2), '{\n  "title": Broken\n}', *(json.dumps(r, indent=2) for r in RECORDS[1:])]),
        "line 6",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN_IN_THE_MIDDLE)
def test_a_broken_record_is_named_and_the_others_are_read(make_source: MakeSource, case: str) -> None:
    content, line = BROKEN_IN_THE_MIDDLE[case]
    results = read(make_source, content)
    assert [title for title in titles(results) if title != "broken"] == ALL
    (skip,) = [result for result in results if isinstance(result, Skip)]
    assert skip.where.endswith(line)
    assert "not valid JSON" in skip.reason


def test_a_wrapper_that_is_broken_after_its_records_still_gives_them(make_source: MakeSource) -> None:
    content = '{"articles": [' + ",".join(LINES) + '], "next": oops, "more": 1}'
    results = read(make_source, content)
    assert titles(results) == [*ALL, "broken"]


@pytest.mark.parametrize(
    "start",
    ["\n".join(LINES) + '\n{"title": "Cut', "[" + ",".join(LINES) + ', {"title": "Cut', "[" + ",".join(LINES) + ", ",
     '{"articles": [' + ",".join(LINES), "".join(LINES) + '{"title"'],
)  # fmt: skip
def test_a_file_that_is_cut_off_says_so(make_source: MakeSource, start: str) -> None:
    results = read(make_source, start)
    assert titles(results) == [*ALL, "broken"]


@pytest.mark.parametrize("content", ["", " \n\t\r\n", "[]", "\ufeff", "[[], []]"])
def test_a_file_without_records_is_an_error(make_source: MakeSource, content: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_list(json_, make_source(content, "a.json"))
    assert caught.value.kind == "empty"


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        list(json_.read(Source(tmp_path / "x.json", "x.json", "x.json"), Options()))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("12", "12"),
        ('"a text that is longer than forty characters, or so"', '"a text that is longer than forty charact…"'),
        ("null", "null"),
        ("[1, 2]", "2 of the items in a list are no objects"),
        ("9" * 5000, "9999"),
        ('"\\ud800"', '"'),
    ],
)
def test_what_is_no_object_is_named(make_source: MakeSource, value: str, shown: str) -> None:
    for content in (f"{LINES[0]}\n{value}\n{LINES[1]}", f"[{LINES[0]}, {value}, {LINES[1]}]"):
        results = read(make_source, content)
        assert titles(results) == [ALL[0], "broken", ALL[1]]
        (skip,) = [result for result in results if isinstance(result, Skip)]
        assert shown in skip.reason or content[0] == "["


def test_a_stretch_of_what_are_no_objects_is_named_once(make_source: MakeSource) -> None:
    content = f'[{LINES[0]}, 1, "a {{b}} c", [2, 3, [4]], null, true, {LINES[1]}, 5]'
    assert titles(read(make_source, content)) == [ALL[0], "broken", ALL[1], "broken"]
    line = f"{LINES[0]}\n{json.dumps(list(range(100_000)))}\n{LINES[1]}"
    assert titles(read(make_source, line)) == [ALL[0], "broken", ALL[1]]


@pytest.mark.parametrize(
    "value",
    [
        {
            "name": "a-package",
            "version": "1.0.0",
            "description": "Does things.",
            "dependencies": {"x": "1"},
            "author": "me",
        },
        {"name": "x", "lockfileVersion": 2, "packages": {"": {"name": "x"}, "a": {"description": "y", "license": "z"}}},
        {
            "$schema": "http://x",
            "title": "A schema",
            "properties": {"name": {"description": "The name", "type": "string"}},
        },
        {
            "openapi": "3.0",
            "info": {"title": "Interface", "description": "x"},
            "paths": {"/a": {"get": {"summary": "x"}}},
        },
        {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "x"}, "geometry": {}}]},
        {"compilerOptions": {"target": "es6"}, "include": ["a"]},
        {},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_file_of_settings_is_no_article(make_source: MakeSource, value: dict[str, Any], indent: int | None) -> None:
    results = read(make_source, json.dumps(value, indent=indent), "package.json")
    assert results
    assert all(isinstance(result, Skip) and result.kind == "empty" for result in results)


def test_what_has_no_known_field_is_told_which_ones_it_has(make_source: MakeSource) -> None:
    record = {"hl\x00": "A", "txt": "B", "x" * 100: 1, **{f"f{n}": n for n in range(10)}}
    (skip,) = read(make_source, json.dumps(record))
    assert isinstance(skip, Skip)
    assert "(hl, txt, xxx" in skip.reason
    assert "--map FIELD=title" in skip.reason
    assert len(skip.reason) < 300
    (article,) = read(make_source, json.dumps(record), fields={"txt": "body"})
    assert isinstance(article, Article)
    assert article.body == "B"


def test_a_title_may_stand_in_any_list_and_a_records_own_lists_are_no_records(make_source: MakeSource) -> None:
    record = {"title": "A", "related": [{"title": "No"}], "media": [{"text": "No"}], "tags": [{"name": "x"}]}
    assert titles(read(make_source, json.dumps([record]))) == ["A"]
    record = {"title": "A", "text": "B", "items": [{"title": "No", "text": "no"}]}
    assert titles(read(make_source, json.dumps(record))) == ["A"]


def test_the_last_of_a_key_that_is_given_twice_counts(make_source: MakeSource) -> None:
    assert titles(read(make_source, '{"title": "A", "title": "B"}\n[{"title": "C", "title": "D"}]')) == ["B", "D"]


@pytest.mark.parametrize("shape", ["{}\n{}\n{}", "[{},{},{}]"])
def test_odd_texts_and_numbers_are_no_reason_to_lose_a_record(make_source: MakeSource, shape: str) -> None:
    odd = (
        '{"title": "a\\ud800b\\u0000", "body": "tab\there\x07 and\\nline", "x": NaN, "y": 1e999, "z": -Infinity,'
        f' "big": {2**70}, "huge": {"7" * 5000}, "k\\udc00": "\\ud83d\\ude00"}}'
    )
    content = shape.replace("{}", "%s") % (LINES[0], odd, LINES[1])
    results = read(make_source, content)
    article = results[1]
    assert isinstance(article, Article)
    assert titles(results) == [ALL[0], "a\ufffdb", ALL[1]]
    assert article.body == "tab\there  and\nline"
    assert (article.extra["huge"], article.extra["k\ufffd"]) == ("7" * 5000, "😀")
    assert not {"x", "y", "z"} & set(article.extra)


def test_line_ends_in_texts_are_read_though_json_forbids_them(make_source: MakeSource) -> None:
    (article,) = read(make_source, '[{"title": "A", "body": "One.\n\nTwo."}]')
    assert isinstance(article, Article)
    assert article.body == "One.\n\nTwo."


def test_bytes_that_are_no_utf_8_are_read_by_a_guess_that_is_noted(make_source: MakeSource) -> None:
    old = '{"title": "Café in the déjà vu"}'.encode("cp1252")
    for content in (b"\n".join([LINES[0].encode(), old]), b"[" + LINES[0].encode() + b",\n" + old + b"]"):
        article = read(make_source, content)[1]
        assert isinstance(article, Article)
        assert (article.title, article.extra["encoding"]) == ("Café in the déjà vu", "windows-1252 (guessed)")
    damaged = '{"title": "Café è ü'.encode() + b'\xff"}'
    article = read(make_source, damaged)[0]
    assert isinstance(article, Article)
    assert (article.title, article.extra["encoding"]) == ("Café è ü\ufffd", "utf-8 (damaged)")


def test_nul_bytes_are_left_out(make_source: MakeSource) -> None:
    content = f"{LINES[0]}\n\0\0\n{LINES[1]}\0\n".encode()
    assert titles(read(make_source, content)) == [ALL[0], "broken", ALL[1]]


@pytest.mark.parametrize("depth", [900, 100_000])
def test_values_that_are_nested_deeply_end_in_an_article_or_a_skip(make_source: MakeSource, depth: int) -> None:
    deep = f'{{"title": "Deep", "x": {"[" * depth}{"]" * depth}}}'
    objects = '{"a":' * depth + "1" + "}" * depth
    expected = "Deep" if depth < 1000 else "broken"
    for content in (f"{LINES[0]}\n{deep}\n{LINES[1]}", f"[{LINES[0]},{deep},{LINES[1]}]"):
        assert titles(read(make_source, content)) == [ALL[0], expected, ALL[1]]
    for content in (f"{LINES[0]}\n{objects}\n{LINES[1]}", f"[{LINES[0]},{objects},{LINES[1]}]"):
        results = titles(read(make_source, content))
        assert (results[0], results[-1], len(results)) == (ALL[0], ALL[1], 3)
    assert titles(read(make_source, "[" * depth + LINES[0] + "]" * depth)) == [ALL[0]]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a test can reach."""
    for module in (json_, json_scan):
        monkeypatch.setattr(module, "LONGEST_RECORD", 1 << 16)
    monkeypatch.setattr(json_scan, "_ENTERED_FROM", 1 << 12)
    monkeypatch.setattr(json_scan, "_SMALLEST_FILL", 1 << 10)


LONG = '{"title": "Long", "body": "' + "x" * 2_000_000 + '"}'


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "content",
    ["\n".join([LINES[0], LONG, LINES[1]]), "[" + ",".join([LINES[0], LONG, LINES[1]]) + "]",
     '{"articles": [' + ",".join([LINES[0], LONG, LINES[1]]) + "]}", "\n".join([LONG, *LINES[:2]]),
     "\n".join([*LINES[:2], LONG])],
)  # fmt: skip
def test_a_record_that_is_too_long_is_named_and_the_next_is_read(make_source: MakeSource, content: str) -> None:
    results = titles(read(make_source, content))
    assert [title for title in results if title != "too large"] == ALL[:2]
    assert len(results) == 3


@pytest.mark.parametrize("inside", ["1," * 300_000 + "1", '{"a": 1},' * 100_000 + "1"])
def test_a_record_with_too_many_values_is_named_and_the_next_is_read(
    make_source: MakeSource, inside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (json_, json_scan):
        monkeypatch.setattr(module, "MOST_VALUES", 50_000)
    monkeypatch.setattr(json_scan, "_ENTERED_FROM", 1 << 12)
    heavy = f'{{"title": "Heavy", "body": "x", "l": [{inside}]}}'
    for content in ("\n".join([LINES[0], heavy, LINES[1]]), "[" + ",\n".join([LINES[0], heavy, LINES[1]]) + "]"):
        results = read(make_source, content)
        assert titles(results) == [ALL[0], "too large", ALL[1]]
        assert isinstance(results[1], Skip)
        assert "values" in results[1].reason


@pytest.mark.parametrize("shape", ["lines", "array", "wrapper"])
def test_memory_does_not_grow_with_the_file(make_source: MakeSource, shape: str) -> None:
    record = json.dumps({"title": "A", "body": "word " * 500})
    start, joint, end = {
        "lines": ("", "\n", ""),
        "array": ("[", ",", "]"),
        "wrapper": ('{"x": 1, "articles": [', ",", "]}"),
    }[shape]
    source = make_source(start + joint.join([record] * 8000) + end, "news.json")
    tracemalloc.start()
    try:
        assert sum(1 for _ in json_.read(source, Options())) == 8000
        assert tracemalloc.get_traced_memory()[1] < 8 << 20 < source.path.stat().st_size
    finally:
        tracemalloc.stop()


@pytest.mark.usefixtures("small")
def test_memory_does_not_grow_with_a_line(make_source: MakeSource) -> None:
    source = make_source(f"{LINES[0]}\n{LONG * 10}\n{LINES[1]}", "news.json")
    tracemalloc.start()
    try:
        assert len(list(json_.read(source, Options()))) == 3
        assert tracemalloc.get_traced_memory()[1] < 4 << 20 < source.path.stat().st_size
    finally:
        tracemalloc.stop()


def test_the_first_record_comes_before_the_rest_is_read(make_source: MakeSource) -> None:
    taken: list[int] = []

    def lines() -> Iterator[str]:
        for number in range(10_000):
            taken.append(number)
            yield f'[{{"title": "{"x" * 500}"}}]\n'

    assert next(iter(json_scan.Scanner(lines(), lambda *_: False))).line == 1
    assert len(taken) < 1000


@pytest.mark.parametrize("size", [1, 2, 7, 100])
@pytest.mark.parametrize("shape", SHAPES)
def test_it_does_not_matter_where_pieces_end(shape: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    wrappers = json_._Wrappers(says_something, has_text)
    text = SHAPES[shape]
    pieces = (text[start : start + size] for start in range(0, len(text), size))
    whole = [value for found in json_scan.Scanner([text], wrappers.wraps) for value in unwrapped(wrappers, found)]
    monkeypatch.setattr(json_scan, "_SMALLEST_FILL", 1)
    # Also so small that objects around records are entered before they are complete.
    monkeypatch.setattr(json_scan, "_ENTERED_FROM", 100)
    assert [
        value for found in json_scan.Scanner(pieces, wrappers.wraps) for value in unwrapped(wrappers, found)
    ] == whole


def unwrapped(wrappers: json_._Wrappers, found: json_scan.Value | json_scan.Problem) -> list[object]:
    assert isinstance(found, json_scan.Value)
    return [each.value if isinstance(each, Record) else each for each in wrappers.unwrapped("", found.value, None)]


def test_one_quote_too_many_costs_only_its_own_record(make_source: MakeSource) -> None:
    tags = [{"name": "a"}, {"name": "b"}]
    records = [{"id": n, **record, "body": 'Some "text".', "tags": tags, "x": "y"} for n, record in enumerate(RECORDS)]
    text = json.dumps(records)
    places = [
        at
        for at in range(text.index('"id": 1'), text.index('{"id": 2'))
        if text[at - 1] not in "\\ " and text[at] != " "
    ]
    for at in places:
        results = titles(read(make_source, f'{text[:at]}"{text[at:]}'))
        assert [title for title in results if title in ALL[:1] + ALL[2:]] == ALL[:1] + ALL[2:], text[at - 10 : at + 10]


TEXTS = [
    "[BEIRUT] Troops moved in.",
    "{Editor's note} This",
    '{"Quoted," he said}',
    "[1] A list",
    '["a", "b"]',
    "[",
    "{",
    "{}",
    "[]",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_begins_like_json_is_a_text(make_source: MakeSource, text: str) -> None:
    source = make_source(text, "story.txt")
    found = find_reader(read_head(source), source, Options())
    assert found is not None
    assert found[0] == "text"


@pytest.mark.parametrize("name", ["news.json", "news.jsonl", "NEWS.NDJSON", "news.jsonl.gz", "news.txt", "news"])
def test_json_is_recognised_by_its_content(make_source: MakeSource, name: str) -> None:
    content = LINES[0].encode()
    source = make_source(gzip.compress(content) if name.endswith(".gz") else content, name)
    found = find_reader(read_head(source), source, Options())
    assert found is not None
    assert found[0] == "json"


def test_json_is_recognised_by_its_name_if_it_is_text(make_source: MakeSource) -> None:
    assert json_.recognises(b"", make_source("", "a.json"))
    assert json_.recognises(b"broken", make_source("", "a.jsonl"))
    assert not json_.recognises(b"broken", make_source("", "a.txt"))
    assert not json_.recognises(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\1\2\3\4\5", make_source("", "a.json"))


def test_other_readers_may_say_what_a_record_is(make_source: MakeSource) -> None:
    source = make_source('[{"a": 1}, {"title": "x"}, {"list": [{"a": 2}]}]', "x.json")
    records = list(json_records(source, lambda record: "a" in record, lambda record: False))
    assert records[0] == Record("record 1, line 1", {"a": 1})
    assert isinstance(records[1], Skip)
    assert isinstance(records[2], Record)
    assert records[2].value == {"a": 2}


MANY_BROKEN = {
    "braces": "{" * 300_000,
    "braces on lines": "{{\n" * 100_000,
    "objects without end": '{"a":' * 100_000,
    "lists without end": '{"a":[' * 100_000,
    "wrappers without end": '{"articles":[' * 50_000,
    "records that never close": '[{"a":1},' + '{"a":["x",' * 50_000,
    "broken records": '{"a":x,},' * 50_000,
    "brackets": "[" * 1_000_000,
    "empty lists": "[]" * 500_000,
    "quotes": '["' + '"' * 500_000,
    "spaces": "[" + " \n" * 500_000,
    "numbers": "[" + "1.5," * 250_000,
    "members": '{"articles":[{"title":"x"}],' + '"k":1,' * 100_000,
    "members with names of their own": '{"articles":[{"title":"x"}],'
    + ",".join(f'"k{n}":1' for n in range(100_000))
    + "}",
    "the same, cut off": '{"articles":[{"title":"x"}],' + ",".join(f'"k{n}":1' for n in range(100_000)),
    "lists with names of their own": "{" + ",".join(f'"k{n}":[{{"a":1}}]' for n in range(50_000)) + "}",
    "the same, on a line": "{" + ",".join(f'"k{n}":[{{"a":1}}]' for n in range(20_000)) + "}\n" + LINES[0],
    "the same, broken": "{" + ",".join(f'"k{n}":[{{"a":1}}]' for n in range(50_000)) + ",,}",
    "objects with names of their own": "{" + ",".join(f'"k{n}":{{"a":1}}' for n in range(50_000)) + "}",
    "backslashes": '{"' + "\\" * 500_000,
}


@pytest.mark.parametrize("case", MANY_BROKEN)
def test_no_file_takes_more_than_its_time(make_source: MakeSource, case: str) -> None:
    source = make_source(MANY_BROKEN[case], "a.json")
    with within(20), contextlib.suppress(SourceError):  # for a file without a record
        assert len(list(json_.read(source, Options()))) < 60_000


def test_after_very_many_broken_records_in_a_row_the_rest_is_left_out(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_scan, "_MOST_FAILURES", 10)
    results = read(make_source, "[" + LINES[0] + "," + ",".join([BROKEN] * 30) + "," + LINES[1] + "]")
    assert titles(results) == [ALL[0], *["broken"] * 11]
    skip = results[-1]
    assert isinstance(skip, Skip)
    assert "left out" in skip.reason


PIECES = st.sampled_from(
    [*('{"title": "A"}', '{"title": "A", "body": "B"}', '{"id": 1, "text": "', '"', "{", "}", "[", "]", ",", ":", "\n", " "),
     *("null", "1e999", "-", "NaN", '"articles": [', '"_source": {', '"title"', "\\", "\\ud800", "\ufeff", "\0", "é", "9" * 400),
     *('{"version": "https://jsonfeed.org/version/1", "items": [', '{"hits": {"hits": [', '"a": ', "<p>", "&amp;", '"x"')]
)  # fmt: skip


@given(
    st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join), st.sampled_from(["utf-8", "utf-16", "latin-1"])
)
def test_whatever_is_in_a_file_ends_in_articles_skips_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, content: str, encoding: str
) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "fuzz.json"
    path.write_bytes(content.encode(encoding, "replace"))
    source = Source(path, "fuzz.json", "fuzz.json")
    results: list[Article | Skip] = []
    with contextlib.suppress(SourceError):  # for a file without a record
        results = list(json_.read(source, Options()))
    assert_fit_for_an_index(results)
    json_.recognises(path.read_bytes(), source)


@given(st.sampled_from(list(SHAPES.values())), st.data())
def test_a_file_with_a_fault_anywhere_is_read_to_its_end(
    tmp_path_factory: pytest.TempPathFactory, content: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(content)))
    length = data.draw(st.integers(0, 3))
    changed = content[:at] + data.draw(st.text('{}[]",:\\x\n', max_size=3)) + content[at + length :]
    path = tmp_path_factory.getbasetemp() / "fault.json"
    path.write_text(changed)
    results = list(json_.read(Source(path, "fault.json", "fault.json"), Options()))
    assert_fit_for_an_index(results)
