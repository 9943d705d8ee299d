"""ninjs: items of versions 1, 2 and 3, with texts of our own in the form of the standard's examples."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers import ninjs
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.opening import read_head
from searchkit.readers.registry import find_reader

from .support import MakeSource, assert_fit_for_an_index

URI = "http://ninjs.example.com/newsitems/20190219trucks"
ONE: dict[str, Any] = {
    "uri": URI,
    "type": "text",
    "version": "3",
    "profile": "text-only",
    "firstcreated": "2019-02-19T08:00:00Z",
    "versioncreated": "2019-02-19T10:30:00+01:00",
    "pubstatus": "usable",
    "urgency": 4,
    "copyrightholder": "The News Agency",
    "copyrightnotice": "Copyright 2019 The News Agency.",
    "language": "en-GB",
    "person": [{"name": "Jane Roe", "rel": "about"}],
    "place": [{"name": "Baghouz", "rel": "mentions"}, {"name": "Syria", "code": "sy"}],
    "subject": [{"name": "war", "code": "16009000"}, {"code": "1"}, {"name": "refugees"}, {"name": "war"}],
    "infosource": [{"name": "The Desk"}],
    "byline": "Jane Doe",
    "headline": "Trucks arrive at the base",
    "slugline": "syria-trucks",
    "located": "Deir ez-Zor, Syria",
    "body_text": "Dozens of trucks arrived on Tuesday. Civilians followed.",
    "body_xhtml": "<p>Dozens of trucks arrived on Tuesday.</p><p>Civilians &amp; others followed.</p>",
    "associations": {"main": {"uri": "http://x/1", "type": "picture", "headline": "A truck"}},
}
TWO: dict[str, Any] = {
    "uri": "urn:newsml:example.com:20190219:1",
    "standard": {"name": "ninjs", "version": "2.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_2.1.json"},
    "versioncreated": "2019-02-19T10:30:00Z",
    "by": "Jane Doe",
    "headlines": [{"role": "sub", "value": "They came"}, {"role": "main", "value": "Trucks arrive"}],
    "subheadlines": [{"value": "x"}],
    "bodies": [
        {"role": "nitf", "contenttype": "application/xml", "value": "<nitf><head>x</head><body>no</body></nitf>"},
        {
            "role": "html",
            "contenttype": "text/html; charset=utf-8",
            "value": "<section><p>One.</p><p>Two.</p></section>",
        },
    ],
    "subjects": [{"name": "war", "uri": "http://cv.example.com/war"}, {"literal": "refugees"}],
    "places": [{"name": "Baghouz"}],
}
THREE: dict[str, Any] = {
    "uri": "urn:newsml:example.com:20190219:2",
    "type": "text",
    "versionCreated": "2019-02-19T10:30:00Z",
    "copyrightHolder": "The News Agency",
    "located": "Beirut, Lebanon",
    "headlines": [{"value": "Trucks arrive"}],
    "bodies": [
        {"role": "main", "contentType": "text/plain", "value": "BEIRUT, Lebanon (AP) -- Trucks came.\nThey went."},
        {
            "role": "rich",
            "contentType": "application/xhtml+xml",
            "value": "<p>BEIRUT, Lebanon (AP) -- Trucks came.</p>",
        },
    ],
    "infoSources": [{"name": "The Desk"}],
}


def results(make_source: MakeSource, value: object, **options: Any) -> list[Article | Skip]:
    content = value if isinstance(value, str) else json.dumps(value)
    made = list(ninjs.read(make_source(content, "item.json"), Options(**options)))
    assert_fit_for_an_index(made)
    return made


def article(make_source: MakeSource, value: object, **options: Any) -> Article:
    (made,) = results(make_source, value, **options)
    assert isinstance(made, Article)
    return made


def test_reads_an_item_of_version_1(make_source: MakeSource) -> None:
    made = article(make_source, ONE)
    assert (made.id, made.url) == (f"item.json#{URI}", URI)
    assert (made.title, made.body) == (
        "Trucks arrive at the base",
        "Dozens of trucks arrived on Tuesday.\n\nCivilians & others followed.",
    )
    assert (made.date, made.date_source) == (dt.date(2019, 2, 19), "metadata")
    assert made.time == dt.time(10, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert (made.byline, made.publisher, made.language) == ("Jane Doe", "The Desk", "en-gb")
    assert made.topics == ("war", "refugees")
    assert made.dateline == "Deir ez-Zor, Syria"
    assert made.place is not None
    assert (made.place.city, made.place.country) == ("Deir ez-Zor", "Syria")


def test_what_has_no_field_is_kept_under_the_standards_names(make_source: MakeSource) -> None:
    extra = article(make_source, ONE).extra
    for name in (
        "type",
        "version",
        "pubstatus",
        "urgency",
        "profile",
        "copyrightnotice",
        "slugline",
        "person",
        "associations",
    ):
        assert extra[name] == ONE[name]
    assert extra["firstcreated"] == ONE["firstcreated"]
    assert extra["place_names"] == ["Baghouz", "Syria"]
    assert extra["subject"] == ONE["subject"]
    assert not {"uri", "headline", "body_text", "body_xhtml", "byline", "located", "language"} & set(extra)


def test_reads_an_item_of_version_2(make_source: MakeSource) -> None:
    made = article(make_source, TWO)
    assert (made.id, made.url) == ("item.json#urn:newsml:example.com:20190219:1", None)
    assert (made.title, made.body, made.byline) == ("Trucks arrive", "One.\n\nTwo.", "Jane Doe")
    assert (made.date, made.topics) == (dt.date(2019, 2, 19), ("war", "refugees"))
    assert made.dateline == "Baghouz"
    assert made.extra["headlines"] == TWO["headlines"]
    assert "bodies" not in made.extra


def test_reads_an_item_of_version_3(make_source: MakeSource) -> None:
    made = article(make_source, THREE)
    assert (made.title, made.body) == ("Trucks arrive", "Trucks came.\n\nThey went.")
    assert (made.date, made.publisher) == (dt.date(2019, 2, 19), "The Desk")
    assert (made.dateline, made.extra["location"]) == ("BEIRUT, Lebanon", "Beirut, Lebanon")
    assert made.extra["agency"] == "AP"


def test_the_copyright_holder_is_the_publisher_where_no_source_is_named(make_source: MakeSource) -> None:
    assert article(make_source, {**ONE, "infosource": []}).publisher == "The News Agency"
    assert article(make_source, {**ONE, "infosource": [{"code": "x"}], "copyrightholder": 3}).publisher is None


def test_the_plain_text_is_read_unless_only_the_other_has_paragraphs(make_source: MakeSource) -> None:
    assert article(make_source, {**ONE, "body_text": "One.\n\nTwo."}).body == "One.\n\nTwo."
    assert article(make_source, {**ONE, "body_xhtml": ""}).body == ONE["body_text"]
    assert article(make_source, {**ONE, "body_text": None}).body.endswith("Civilians & others followed.")


def test_a_text_beside_the_body_stays_what_it_is(make_source: MakeSource) -> None:
    made = article(make_source, {**ONE, "body_sidebar_text": "Aside.", "description_text": "In short."})
    assert (made.extra["body_sidebar_text"], made.extra["description_text"]) == ("Aside.", "In short.")
    assert "Aside" not in made.body


def test_a_description_stands_in_for_the_body(make_source: MakeSource) -> None:
    short = {key: value for key, value in ONE.items() if not key.startswith("body")}
    assert article(make_source, {**short, "description_text": "In short."}).body == "In short."
    short = {key: value for key, value in TWO.items() if key != "bodies"}
    assert article(make_source, {**short, "descriptions": [{"value": "In short."}]}).body == "In short."
    assert article(make_source, short).body == ""


@pytest.mark.parametrize("status", ["canceled", "withheld"])
def test_what_its_publisher_took_back_is_no_article(make_source: MakeSource, status: str) -> None:
    (skip,) = results(make_source, {**ONE, "pubstatus": status})
    assert isinstance(skip, Skip)
    assert skip.kind == "withheld"
    assert URI in skip.reason
    assert status in skip.reason
    (skip,) = results(make_source, {**THREE, "pubStatus": status})
    assert isinstance(skip, Skip)
    assert skip.kind == "withheld"


@pytest.mark.parametrize("kind", ["picture", "graphic", "audio", "video", "event", "planning"])
def test_a_picture_without_a_text_is_no_article(make_source: MakeSource, kind: str) -> None:
    picture = {
        "uri": URI,
        "type": kind,
        "versioncreated": "2019-02-19T10:30:00Z",
        "headline": "A truck",
        "renditions": {},
    }
    (skip,) = results(make_source, picture)
    assert isinstance(skip, Skip)
    assert (skip.kind, kind in skip.reason) == ("empty", True)
    made = article(make_source, {**picture, "description_text": "A truck near the base."})
    assert (made.title, made.body, made.extra["type"]) == ("A truck", "A truck near the base.", kind)


def test_the_next_date_is_taken_where_the_first_is_refused(make_source: MakeSource) -> None:
    made = article(make_source, {**ONE, "versioncreated": "2091-01-01T00:00:00Z"}, latest=dt.date(2019, 6, 1))
    assert (made.date, made.extra["date_field"]) == (dt.date(2019, 2, 19), "firstcreated")
    assert "future" in made.extra["date_note"]
    only = {key: value for key, value in ONE.items() if not key.endswith("created")}
    assert article(make_source, {**only, "contentcreated": "1912-04-15T02:20:00Z"}).date == dt.date(1912, 4, 15)


def test_the_only_place_is_the_location_unless_the_text_has_a_dateline(make_source: MakeSource) -> None:
    plain = {"bodies": [{"value": "BEIRUT (AP) — Trucks came."}], "places": [{"name": "Baghouz, Syria"}]}
    made = article(make_source, {**TWO, **plain})
    assert (made.dateline, made.extra["place_names"]) == ("BEIRUT", ["Baghouz, Syria"])
    assert made.place is not None
    assert made.place.country == "Lebanon"
    assert article(make_source, {**TWO, "places": [{"name": "A"}, {"name": "B"}]}).dateline is None


def test_reads_many_items_of_a_file(make_source: MakeSource) -> None:
    items = [ONE, TWO, THREE]
    for content in (json.dumps(items), "\n".join(map(json.dumps, items)), json.dumps({"items": items}, indent=1)):
        made = results(make_source, content)
        assert [result.title for result in made if isinstance(result, Article)] == [
            "Trucks arrive at the base",
            "Trucks arrive",
            "Trucks arrive",
        ]


def test_two_versions_of_an_item_stay_apart(make_source: MakeSource) -> None:
    made = results(make_source, [ONE, {**ONE, "version": "4"}])
    assert len(made) == 2
    assert isinstance(made[1], Article)
    assert URI in made[1].extra["id_note"]


def test_broken_and_other_records_do_not_end_the_file(make_source: MakeSource) -> None:
    lines = [json.dumps(ONE), '{"uri": ', '{"x": 1}', '{"title": "A", "text": "B", "id": 7}', json.dumps(TWO)]
    made = results(make_source, "\n".join(lines))
    kinds = [result.kind if isinstance(result, Skip) else result.title for result in made]
    assert kinds == ["Trucks arrive at the base", "broken", "empty", "A", "Trucks arrive"]


def test_a_file_without_items_is_an_error(make_source: MakeSource) -> None:
    with pytest.raises(SourceError) as caught:
        list(ninjs.read(make_source("[]", "item.json"), Options()))
    assert caught.value.kind == "empty"


@pytest.mark.parametrize("item", [ONE, TWO, THREE, {"uri": "x", "standard": TWO["standard"], "title": "x"}])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", ["item.json", "items.jsonl", "item"])
def test_items_are_recognised_by_their_names(make_source: MakeSource, item: object, encoding: str, name: str) -> None:
    for content in (json.dumps(item), json.dumps([item], indent=2)):
        source = make_source(content.encode(encoding), name)
        found = find_reader(read_head(source), source, Options())
        assert found is not None
        assert found[0] == "ninjs"


@pytest.mark.parametrize(
    "content",
    [
        '{"headline": "A", "body_text": "B", "published": "2019-02-19"}',
        '{"versioncreated": "2019-02-19", "x": 1}',
        '{"title": "About \\"versioncreated\\": and headlines", "bodies": 3}',
    ],
)
def test_other_json_is_left_to_its_reader(make_source: MakeSource, content: str) -> None:
    source = make_source(content, "a.json")
    found = find_reader(read_head(source), source, Options())
    assert found is not None
    assert found[0] == "json"


def test_a_text_about_ninjs_is_none(make_source: MakeSource) -> None:
    text = 'The schema is ninjs-schema_3.1.json, with "versioncreated": and "headline": in it.'
    assert not ninjs.recognises(text.encode(), make_source(text, "a.txt"))


NAMES = st.sampled_from([*ONE, *TWO, *THREE, "body_x", "description_text", "headline_text", "x", "\ud800"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["2019-02-19T10:30:00Z", "<p>a</p>", "picture", "withheld", "\ud800\0", "BEIRUT (AP) — It rained."]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["name", "value", "role", "contentType", "literal"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=10), max_size=3), st.sampled_from([ONE, TWO, THREE]))
def test_any_item_is_an_article_or_a_skip(
    tmp_path_factory: pytest.TempPathFactory, changes: list[dict[str, Any]], item: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.ninjs"
    path.write_text("\n".join(json.dumps({**item, **change}) for change in changes))
    with contextlib.suppress(SourceError):  # for a file without a record
        assert_fit_for_an_index(list(ninjs.read(Source(path, "a.json", "a.json"), Options())))
