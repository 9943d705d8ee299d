"""Records with named fields: which names mean what, and what becomes of the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.records import ROLES, Records, captured_at, has_text, role_of, says_something, unpacked
from tests.conftest import within

from .support import assert_fit_for_an_index

SOURCE = Source(Path("dump.json"), "dump.json", "dump.json")
DAY = dt.date(2019, 2, 19)


def result(record: Mapping[str, Any], **options: Any) -> Article | Skip:
    made = Records(SOURCE, Options(**options)).article(record, "line 1", 1)
    assert_fit_for_an_index([made])
    return made


def article(record: Mapping[str, Any], **options: Any) -> Article:
    made = result(record, **options)
    assert isinstance(made, Article)
    return made


# The shapes of well-known interfaces and tools, with texts of our own.
GUARDIAN = {
    "id": "world/2019/feb/19/trucks",
    "type": "article",
    "sectionName": "World news",
    "webPublicationDate": "2019-02-19T10:30:00Z",
    "webTitle": "Trucks arrive",
    "webUrl": "https://example.com/1",
    "fields": {"headline": "Trucks arrive", "bodyText": "They came.", "byline": "Jane Doe"},
}
NYT = {
    "abstract": "Trucks.",
    "web_url": "https://example.com/1",
    "lead_paragraph": "They came.",
    "source": "The Paper",
    "headline": {"main": "Trucks arrive", "kicker": "War"},
    "keywords": [{"name": "subject", "value": "Trucks", "rank": 1}, {"name": "glocations", "value": "Syria"}],
    "pub_date": "2019-02-19T10:30:00+0000",
    "section_name": "World news",
    "byline": {"original": "Jane Doe", "person": [{"firstname": "Jane"}]},
    "_id": "nyt://article/1",
}
WORDPRESS = {
    "id": 1,
    "date": "2019-02-19T10:30:00",
    "date_gmt": "2019-02-19T09:30:00",
    "link": "https://example.com/1",
    "title": {"rendered": "Trucks&#8217; arrival"},
    "content": {"rendered": "<p>They came.</p>\n<p>They went.</p>", "protected": False},
    "excerpt": {"rendered": "<p>They came.&hellip;</p>"},
    "author": 7,
    "categories": [3, 4],
}
NEWS_PLEASE = {
    "authors": ["Jane Doe", "Ann Lee"],
    "date_download": "2019-02-20 01:02:03",
    "date_modify": None,
    "date_publish": "2019-02-19 10:30:00",
    "description": "They came.",
    "language": "en",
    "maintext": "They came.\nThey went.",
    "source_domain": "example.com",
    "title": "Trucks arrive",
    "url": "https://example.com/1",
}
NEWS_API = {
    "source": {"id": None, "name": "The Paper"},
    "author": None,
    "title": "Trucks arrive",
    "description": "They came, and more.",
    "url": "https://example.com/1",
    "publishedAt": "2019-02-19T10:30:00Z",
    "content": "They came.",
}
SCHEMA_ORG = {
    "@type": "NewsArticle",
    "headline": "Trucks arrive",
    "articleBody": "They came.",
    "datePublished": "2019-02-19T10:30:00Z",
    "author": [{"@type": "Person", "name": "Jane Doe"}],
    "publisher": {"@type": "Organization", "name": "The Paper", "logo": {"url": "x"}},
    "mainEntityOfPage": {"@id": "https://example.com/1"},
    "articleSection": ["World", "War"],
    "keywords": "trucks, war",
    "inLanguage": "en-US",
    "contentLocation": {"@type": "Place", "name": "Beirut"},
}
MONGO = {
    "_id": {"$oid": "5c6b"},
    "title": "Trucks arrive",
    "text": "They came.",
    "published": {"$date": {"$numberLong": "1550572200000"}},
}


@pytest.mark.parametrize("record", [GUARDIAN, NYT, WORDPRESS, NEWS_PLEASE, NEWS_API, SCHEMA_ORG, MONGO])
def test_reads_the_records_of_well_known_interfaces(record: Mapping[str, Any]) -> None:
    made = article(record)
    assert made.title in ("Trucks arrive", "Trucks’ arrival")
    assert not made.title_derived
    assert made.body.startswith("They came.")
    assert made.date == DAY
    assert made.time is not None
    assert made.time.replace(tzinfo=None) == dt.time(10, 30)
    assert says_something(record) or says_something(unpacked(record) or {})


def test_reads_what_else_they_have() -> None:
    guardian = article(GUARDIAN)
    assert (guardian.id, guardian.byline) == ("dump.json#world/2019/feb/19/trucks", "Jane Doe")
    assert (guardian.section, guardian.url) == ("World news", "https://example.com/1")
    nyt = article(NYT)
    assert (nyt.topics, nyt.byline, nyt.publisher) == (("Trucks", "Syria"), "Jane Doe", "The Paper")
    wordpress = article(WORDPRESS)
    assert wordpress.body == "They came.\n\nThey went."
    assert (wordpress.id, wordpress.byline, wordpress.topics) == ("dump.json#1", None, ())
    assert (wordpress.extra["author"], wordpress.extra["categories"]) == (7, [3, 4])
    please = article(NEWS_PLEASE)
    assert (please.byline, please.publisher, please.language) == ("Jane Doe, Ann Lee", "example.com", "en")
    assert please.captured == "2019-02-20T01:02:03Z"
    assert article(NEWS_API).publisher == "The Paper"
    schema = article(SCHEMA_ORG)
    assert (schema.byline, schema.publisher, schema.section) == ("Jane Doe", "The Paper", "World, War")
    assert (schema.topics, schema.language, schema.url) == (("trucks", "war"), "en-us", "https://example.com/1")
    assert schema.place is not None
    assert schema.place.country == "Lebanon"
    assert article(MONGO).id == "dump.json#5c6b"


@pytest.mark.parametrize("name", ["published_at", "PublishedAt", "published-at", "Published at", "PUBLISHEDAT"])
def test_case_and_punctuation_of_names_do_not_count(name: str) -> None:
    assert article({"Title": "A", name: "2019-02-19"}).date == DAY


@pytest.mark.parametrize("role", ROLES)
def test_the_first_name_of_each_role_is_the_role(role: str) -> None:
    names = ROLES[role]
    assert all(role_of(name) == role for name in names)
    assert len(set(names)) == len(names)


def test_no_name_has_two_roles() -> None:
    names = [name for names in ROLES.values() for name in names]
    assert len(set(names)) == len(names)


def test_fields_without_a_role_are_kept() -> None:
    made = article({"title": "A", "word count": 3, "media": [{"href": "x"}], "none": None, "empty": ""})
    assert made.extra == {"word count": 3, "media": [{"href": "x"}]}


def test_own_names_are_mapped_to_roles() -> None:
    record = {"hl": "A", "txt": "B", "when": "2019-02-19", "text": "no", "summary": "C"}
    made = article(record, fields={"hl": "title", "txt": "body", "when": "date", "summary": "extra"})
    assert (made.title, made.body, made.date) == ("A", "B", DAY)
    assert made.extra["text"] == "no"
    assert made.extra["summary"] == "C"


def test_a_mapped_field_is_believed_before_the_usual_names_which_stand_in_for_it() -> None:
    fields = {"hl": "title"}
    assert article({"title": "usual", "hl": "mapped"}, fields=fields).title == "mapped"
    assert article({"title": "usual", "hl": ""}, fields=fields).title == "usual"


def test_a_field_may_be_kept_from_having_a_role() -> None:
    made = article({"title": "A", "source": "twitter"}, fields={"source": "extra"})
    assert (made.publisher, made.extra) == (None, {"source": "twitter"})


def test_a_path_leads_to_a_field_inside_another() -> None:
    made = article({"a": {"b": {"hl": "A"}}, "text": "B"}, fields={"a.b.hl": "title", "x.y": "date"})
    assert (made.title, made.body, made.date) == ("A", "B", None)


def test_a_role_that_there_is_not_is_an_error_that_names_those_there_are() -> None:
    with pytest.raises(SourceError, match=r"tilte.*there are title, body"):
        Records(SOURCE, Options(fields={"hl": "tilte"}))


def test_a_second_field_stands_in_where_the_first_is_empty() -> None:
    made = article({"title": " ", "headline": "A", "body": None, "text": {}, "content": ["One.", "Two."]})
    assert (made.title, made.body, made.extra) == ("A", "One.\n\nTwo.", {"title": " "})


def test_a_second_date_stands_in_where_the_first_is_refused_and_stays_in_extra() -> None:
    made = article({"title": "A", "published": "2091-01-01", "updated": "2019-02-19"}, latest=DAY)
    assert (made.date, made.extra["date_field"]) == (DAY, "updated")
    assert "future" in made.extra["date_note"]
    made = article({"title": "A", "published": "2019-02-19", "updated": "2019-02-20"})
    assert (made.date, made.extra["updated"]) == (DAY, "2019-02-20")


def test_a_day_and_a_time_may_stand_in_fields_of_their_own() -> None:
    made = article({"title": "A", "date": "2019-02-19", "time": "10:30:00"})
    assert (made.date, made.time) == (DAY, dt.time(10, 30))
    assert article({"title": "A", "date": "2019-02-19 08:00", "time": "10:30"}).time == dt.time(8)


@pytest.mark.parametrize(
    ("authors", "byline"),
    [
        ("Jane Doe", "Jane Doe"),
        (["Jane Doe", None, "Ann Lee"], "Jane Doe, Ann Lee"),
        ([{"name": "Jane Doe", "url": "x"}, {"name": "Ann Lee"}], "Jane Doe, Ann Lee"),
        ([{"firstName": "Jane", "lastName": "Doe"}], "Jane Doe"),
        ({"name": {"first": "x"}, "label": "Jane Doe"}, "Jane Doe"),
        ("['Jane Doe', \"Ann Lee\"]", "Jane Doe, Ann Lee"),
        ("Jane O&#39;Neill", "Jane O'Neill"),
        (17, None),
        ([1, 2], None),
    ],
)
def test_authors_are_texts_lists_and_objects(authors: object, byline: str | None) -> None:
    assert article({"title": "A", "authors": authors}).byline == byline


@pytest.mark.parametrize(
    "tags",
    [
        ["oil prices", "war"],
        [{"name": "oil prices"}, {"label": "war"}],
        "oil prices, war",
        "oil prices;war",
        "oil prices | war",
        "['oil prices', 'war']",
        '["oil prices", "war"]',
    ],
)
def test_topics_are_lists_objects_and_texts(tags: object) -> None:
    assert article({"title": "A", "tags": tags}).topics == ("oil prices", "war")


def test_topics_with_commas_in_them_stay_whole_between_semicolons() -> None:
    assert article({"title": "A", "tags": "Damascus, Syria; war"}).topics == ("Damascus, Syria", "war")


def test_html_in_texts_is_flattened() -> None:
    made = article({"title": "<b>A</b> &amp; B", "body": "<p>One.</p><p>Two.</p>", "section": "Arts &amp; Style"})
    assert (made.title, made.body, made.section) == ("A & B", "One.\n\nTwo.", "Arts & Style")


def test_an_entity_in_a_plain_text_does_not_cost_its_paragraphs() -> None:
    assert article({"body": "AT&amp;T said.\n\nIt did."}).body == "AT&T said.\n\nIt did."


def test_lines_that_were_cut_on_a_wire_are_joined_though_there_are_entities_in_them() -> None:
    wire = "AT&amp;T said on Thursday that it had bought back a tenth\nof its own shares and would buy more of them in May."
    assert "\n" not in article({"body": wire}).body


def test_the_same_text_in_two_forms_is_kept_once() -> None:
    made = article(
        {"body": "One.\n\nTwo.", "html": "<p>One.</p><p>Two.</p>", "summary": "One…", "abstract": "Another."}
    )
    assert (made.body, made.extra) == ("One.\n\nTwo.", {"abstract": "Another."})


@pytest.mark.parametrize(
    ("fields", "dateline"),
    [
        ({"city": "Beirut"}, "Beirut"),
        ({"city": "Beirut", "country": "Lebanon"}, "Beirut, Lebanon"),
        ({"city": "Beirut", "country": "LB"}, "Beirut, Lebanon"),
        ({"city": "Beirut", "country": "XX"}, "Beirut, XX"),
        ({"location": "Beirut", "country": "Lebanon"}, "Beirut, Lebanon"),
        ({"location": "Beirut, Lebanon", "country": "Lebanon"}, "Beirut, Lebanon"),
        ({"location": "Lebanon", "country": "Lebanon"}, "Lebanon"),
        ({"location": {"city": "Beirut", "country": "Lebanon"}}, "Beirut, Lebanon"),
        ({"location": ["London", "Paris"]}, "London/Paris"),
        ({"location": ["Beirut, Lebanon", "Paris, France"]}, "Beirut, Lebanon"),
        ({"location": {"lat": 1, "lon": 2}}, None),
        ({"country": "us"}, None),
        ({"dateline": "BEIRUT, Lebanon"}, "BEIRUT, Lebanon"),
    ],
)
def test_a_place_is_a_city_with_its_country(fields: Mapping[str, Any], dateline: str | None) -> None:
    made = article({"title": "A", **fields})
    assert made.dateline == dateline
    if dateline is None:
        assert made.extra == fields
    elif "Lebanon" in dateline:
        assert made.place is not None
        assert made.place.code == "LB"


def test_a_city_beside_a_location_is_kept() -> None:
    assert article({"title": "A", "location": "Syria", "city": "Aleppo"}).extra == {"city": "Aleppo"}


def test_the_id_is_the_records_own_or_its_ordinal() -> None:
    assert article({"title": "A", "id": 17.0}).id == "dump.json#17"
    assert article({"title": "A"}).id == "dump.json#1"
    made = article({"title": "A", "guid": "https://example.com/1"})
    assert (made.id, made.url) == ("dump.json#https://example.com/1", "https://example.com/1")


def test_an_id_that_is_given_twice_is_noted() -> None:
    records = Records(SOURCE, Options())
    made = [records.article({"title": "A", "id": "x"}, "", ordinal) for ordinal in (1, 2)]
    assert_fit_for_an_index(made)
    assert isinstance(made[1], Article)
    assert (made[1].id, made[1].extra["id_note"]) == ("dump.json#x.2", 'an earlier record is known as "x"')


def test_a_capture_is_no_date() -> None:
    made = article({"title": "A", "crawled": "2019-02-19T12:00:00+02:00"})
    assert (made.date, made.captured) == (None, "2019-02-19T10:00:00Z")
    made = article({"title": "A", "crawled": "unknown", "retrieved": "2019-02-19"})
    assert (made.captured, made.extra) == ("2019-02-19T00:00:00Z", {"crawled": "unknown"})


@pytest.mark.parametrize(
    ("value", "captured"),
    [
        (1550572200, "2019-02-19T10:30:00Z"),
        ("2019-02-19T10:30:00.9Z", "2019-02-19T10:30:00Z"),
        ("9999-12-31T23:00:00-08:00", None),
        ("never", None),
        (None, None),
        ([], None),
    ],
)
def test_the_moment_of_a_capture_is_written_in_utc(value: object, captured: str | None) -> None:
    assert captured_at(value, Options()) == captured


@pytest.mark.parametrize(
    "record",
    [
        {"name": "a-package", "version": "1.0.0", "description": "Does things.", "author": "me", "keywords": ["x"]},
        {"packages": [], "name": "x", "time": "2019-01-01"},
        {"$schema": "x", "title": "A schema", "description": "x", "properties": {}},
        {"openapi": "3.0.0", "info": {"title": "An interface"}, "paths": {}},
        {},
    ],
)
def test_what_only_has_a_name_is_no_article(record: Mapping[str, Any]) -> None:
    assert not says_something(record)


@pytest.mark.parametrize(
    "record",
    [
        {"title": "A"},
        {"text": "A"},
        {"name": "A", "datePublished": "2019-02-19"},
        {"description": "A", "published": "2019-02-19"},
        {"subject": "A", "body": "B"},
    ],
)
def test_what_has_a_title_or_a_text_is_one(record: Mapping[str, Any]) -> None:
    assert says_something(record)


def test_chosen_names_tell_an_article_too() -> None:
    assert says_something({"hl": "A"}, {"hl": "title"})
    assert has_text({"txt": "A"}, {"txt": "body"})
    assert not has_text({"description": "A"})
    records = Records(SOURCE, Options(fields={"a.b": "body"}))
    assert records.recognises({"a": {"b": "x"}})
    assert not records.recognises({"a": "b"})


def test_the_fields_of_an_object_inside_are_those_of_the_record() -> None:
    hit = {"_index": "news", "_id": "7", "_score": 1.5, "_source": {"title": "A", "text": "B"}}
    assert unpacked(hit) == {"_id": "7", "title": "A", "text": "B"}
    made = article({"type": "articles", "id": "7", "attributes": {"title": "A", "body": "B"}})
    assert (made.id, made.title, made.body) == ("dump.json#7", "A", "B")
    made = article({"article": {"title": "A", "body": "B"}})
    assert (made.title, made.body) == ("A", "B")


def test_a_record_without_title_and_text_is_a_skip() -> None:
    assert result({"title": None, "body": []}) == Skip("line 1", "it has neither a title nor a text", "empty")


def test_deeply_nested_values_are_read_without_harm() -> None:
    deep: Any = "x"
    for _ in range(900):
        deep = [{"name": deep}]
    article({"title": "A", "author": deep, "tags": deep, "location": deep, "body": deep, "published": deep, "x": deep})


def test_objects_with_ever_other_names_do_not_fill_the_memory() -> None:
    from searchkit.readers.records import _MOST_PLANS, _PLANS

    for number in range(2 * _MOST_PLANS):
        says_something({f"key {number}": 1})
    says_something({"long " * 10_000: 1})
    assert len(_PLANS) <= _MOST_PLANS
    assert not any(len(key) > 1000 for keys, _ in _PLANS for key in keys)


NAMES = st.sampled_from(
    [*(name for names in ROLES.values() for name in names), "_id", "x", "fields", "_source", "\ud800"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["2019-02-19", "<p>a</p>", "&#x0;", "BEIRUT (AP) — It rained.", "[\"a\"]", "\ud800\0"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(NAMES | st.sampled_from(["name", "value", "rendered", "$date", "first"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(
    st.lists(st.dictionaries(NAMES, VALUES, max_size=8), max_size=4),
    st.dictionaries(NAMES, st.sampled_from(list(ROLES))),
)
def test_any_record_is_an_article_or_a_skip(given: list[dict[str, Any]], fields: dict[str, str]) -> None:
    records = Records(SOURCE, Options(fields=fields, latest=DAY))
    made = [records.article(record, f"line {n}", n) for n, record in enumerate(given, 1)]
    assert_fit_for_an_index(made)


def test_time_is_in_proportion_to_the_text() -> None:
    with within(20):
        article(
            {
                "body": "a & <b " * 400_000,
                "summary": "a & <b " * 400_000,
                "tags": "a," * 100_000,
                "title": "x " * 1_000_000,
            }
        )
