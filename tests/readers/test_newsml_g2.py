"""NewsML-G2: items alone and in messages, with text in NITF, XHTML and plain."""

from __future__ import annotations

import datetime as dt
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.article import Article, Place
from searchkit.errors import SourceError
from searchkit.readers import newsml_g2
from searchkit.readers.base import Options, Skip, Source
from tests.conftest import within

from .support import MakeSource, assert_fit_for_an_index, name_of, only_article, read_list

DATA = Path(__file__).parent / "data" / "newsml-g2-message.xml"
MESSAGE = Source(DATA, "m.xml", "m.xml")
NAMESPACE = "http://iptc.org/std/nar/2006-10-01/"
PLAIN = '<inlineData contenttype="text/plain">It rained.</inlineData>'


def one(source: Source) -> Article:
    return only_article(newsml_g2, source)


def item(*, attributes: str = "", meta: str = "", content_meta: str = "", content: str = PLAIN) -> str:
    return (
        f'<newsItem xmlns="{NAMESPACE}" guid="urn:x" version="2" {attributes}><itemMeta>{meta}</itemMeta>'
        f"<contentMeta>{content_meta}</contentMeta><contentSet>{content}</contentSet></newsItem>"
    )


def test_reads_an_item_with_all_its_parts() -> None:
    article = read_list(newsml_g2, MESSAGE)[0]
    assert isinstance(article, Article)
    assert article.id == "m.xml#urn:newsml:example.org:20190220:ferry:3"
    assert (article.title, article.body) == (
        "Ferry service returns to the islands",
        "Boats will sail again.\n\nA ticket costs 80 kroner.",
    )
    assert (article.date, article.time) == (dt.date(2019, 2, 20), dt.time(18, 15, tzinfo=dt.UTC))
    assert article.date_source == "metadata"
    assert (article.dateline, article.place) == (
        "BERGEN",
        Place("Bergen", "Vestland", "Norway", "NO", 60.393, 5.3242, 1.0),
    )
    assert (article.byline, article.publisher, article.language) == ("Ola Vik", "Example Wire", "en-gb")
    assert article.topics == ("Transport", "medtop:20000002", "ferries")
    assert article.extra == {
        "guid": "urn:newsml:example.org:20190220:ferry",
        "version": "3",
        "headlines": ["Die Fähre fährt wieder", "Ferry returns", "Ferry service returns"],
        "slugline": "Norway-ferry",
        "description": "Boats sail again after two years.",
        "genre": ["Current"],
        "creditline": "Example Wire",
        "source": "Example Wire Bergen",
        "services": ["World"],
        "copyright": "Copyright 2019 Example Wire",
        "urgency": "4",
        "editor_note": "Adds quote",
        "signals": ["update"],
        "agency": "EW",
        "location": "Bergen, Norway",
        "date_field": "contentCreated",
    }


def test_reads_the_news_of_a_message_and_says_what_else_is_in_it() -> None:
    results = read_list(newsml_g2, MESSAGE)
    assert_fit_for_an_index(results)
    assert [(result.where, result.kind) for result in results if isinstance(result, Skip)] == [
        ("item 2", "not news"),
        ("item 3", "empty"),
        ("item 4", "withheld"),
    ]
    page, plain = (result for result in results[4:] if isinstance(result, Article))
    assert (page.title, page.body) == ("Fish market opens", "The market opens at six.\n\nCod\nLing")
    assert (plain.title, plain.dateline) == ("Wind from the west", "VOSS, Norway")
    assert plain.body == (
        "The wind turns to the west tonight and it will stay there until Friday, forecasters said.\n\nBoats may be late."
    )


def test_one_alone_has_the_sources_id(make_source: MakeSource) -> None:
    assert one(make_source(item(), "2019/a.xml")).id == "2019/a.xml"
    assert one(make_source(f"<newsMessage><itemSet>{item()}</itemSet></newsMessage>", "a.xml")).id == "a.xml"


def test_two_of_one_version_have_two_ids(make_source: MakeSource) -> None:
    results = read_list(newsml_g2, make_source(f"<newsMessage>{item() * 2}</newsMessage>", "a.xml"))
    assert_fit_for_an_index(results)
    assert [result.id for result in results if isinstance(result, Article)] == ["a.xml#urn:x:2", "a.xml#urn:x:2.2"]


@pytest.mark.parametrize("prefix", ["", "nar:"])
@pytest.mark.parametrize("namespace", [NAMESPACE, "http://example.org/other", None])
def test_namespaces_do_not_matter(make_source: MakeSource, prefix: str, namespace: str | None) -> None:
    declared = f' xmlns{":nar" if prefix else ""}="{namespace}"' if namespace else ""
    text = item(content_meta="<headline>Rain</headline>").replace(f' xmlns="{NAMESPACE}"', "")
    text = text.replace("</", f"</{prefix}").replace("<", f"<{prefix}").replace(f"<{prefix}/{prefix}", f"</{prefix}")
    source = make_source(f"<{prefix}newsMessage{declared}>{text}</{prefix}newsMessage>", "a.xml")
    article = one(source)
    assert (article.title, article.body) == ("Rain", "It rained.")
    assert "xml_note" not in article.extra
    assert name_of(source) == "newsml_g2"


HEADLINES = '<headline xml:lang="de">Regen</headline><headline xml:lang="en">Rain</headline><headline>Pluie</headline>'


@pytest.mark.parametrize(
    ("attributes", "language", "title"),
    [
        ('xml:lang="de"', "", "Regen"),
        ('xml:lang="de"', '<language tag="en"/>', "Rain"),
        ('xml:lang="en-GB"', "", "Pluie"),
        ("", "", "Pluie"),
        ('xml:lang="fr"', "", "Pluie"),
    ],
)
def test_the_headline_is_the_one_in_the_items_language(
    make_source: MakeSource, attributes: str, language: str, title: str
) -> None:
    article = one(make_source(item(attributes=attributes, content_meta=language + HEADLINES), "a.xml"))
    assert article.title == title
    assert sorted([title, *article.extra["headlines"]]) == ["Pluie", "Rain", "Regen"]


def test_a_regional_language_is_better_than_another(make_source: MakeSource) -> None:
    headlines = HEADLINES.replace("<headline>Pluie</headline>", "")
    assert one(make_source(item(attributes='xml:lang="en-GB"', content_meta=headlines), "a.xml")).title == "Rain"


def test_a_headline_with_another_role_is_not_the_title(make_source: MakeSource) -> None:
    headlines = '<headline role="hldrol:sub">Below</headline><headline role="hldrol:main">Above</headline>'
    assert one(make_source(item(content_meta=headlines), "a.xml")).title == "Above"


CREATED = "<contentCreated>2019-02-20T10:00:00+01:00</contentCreated>"
MODIFIED = "<contentModified>2019-02-22T10:00:00Z</contentModified>"
FIRST = "<firstCreated>2019-02-21T10:00:00Z</firstCreated>"
VERSION = "<versionCreated>2019-02-23T10:00:00Z</versionCreated>"
NITF = """<inlineXML contenttype="application/nitf+xml"><nitf><head><docdata><date.issue norm="20190218"/></docdata></head>
<body><body.head><dateline><story.date norm="20190219"/></dateline></body.head><body.content><p>It rained.</p></body.content>
</body></nitf></inlineXML>"""


@pytest.mark.parametrize(
    ("meta", "content_meta", "content", "day", "field"),
    [
        (VERSION + FIRST, MODIFIED + CREATED, NITF, 19, "story.date"),
        (VERSION + FIRST, MODIFIED + CREATED, PLAIN, 20, "contentCreated"),
        (VERSION + FIRST, MODIFIED, PLAIN, 21, "firstCreated"),
        (VERSION, MODIFIED, PLAIN, 22, "contentModified"),
        (VERSION, "", NITF.replace('<story.date norm="20190219"/>', ""), 23, "versionCreated"),
        ("", "", NITF.replace('<story.date norm="20190219"/>', ""), 18, "date.issue"),
    ],
)
def test_the_storys_own_date_goes_first(
    make_source: MakeSource, meta: str, content_meta: str, content: str, day: int, field: str
) -> None:
    article = one(make_source(item(meta=meta, content_meta=content_meta, content=content), "a.xml"))
    assert (article.date, article.extra["date_field"]) == (dt.date(2019, 2, day), field)
    assert article.date_source == ("header" if field == "story.date" else "metadata")


def test_the_day_is_the_one_where_it_was_written(make_source: MakeSource) -> None:
    created = "<contentCreated>2019-02-20T23:30:00-08:00</contentCreated>"
    assert one(make_source(item(content_meta=created), "a.xml")).date == dt.date(2019, 2, 20)


def test_an_item_without_a_date_is_undated(make_source: MakeSource) -> None:
    assert one(make_source(item(), "a.xml")).date is None


@pytest.mark.parametrize(
    "status",
    [
        '<pubStatus qcode="stat:withheld"/>',
        '<pubStatus qcode="stat:canceled"/>',
        '<pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/withheld"/>',
    ],
)
def test_what_is_not_to_be_published_is_a_skip(make_source: MakeSource, status: str) -> None:
    (skip,) = read_list(newsml_g2, make_source(item(meta=status), "a.xml"))
    assert isinstance(skip, Skip)
    assert (skip.where, skip.kind) == ("item 1", "withheld")


@pytest.mark.parametrize("name", ["packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem"])
def test_items_that_are_no_news_are_skips(make_source: MakeSource, name: str) -> None:
    source = make_source(f'<{name} xmlns="{NAMESPACE}" guid="x"><itemMeta/></{name}>', "a.xml")
    assert name_of(source) == "newsml_g2"
    (skip,) = read_list(newsml_g2, source)
    assert skip == Skip("item 1", f"it is a {name}, which holds no article itself", "not news")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            '<remoteContent href="a.mp4" contenttype="video/mp4"/><remoteContent href="a.jpg"/>',
            "remoteContent, video/mp4",
        ),
        ('<inlineData contenttype="image/png" encoding="base64">aGVsbG8=</inlineData>', "image/png"),
        ('<inlineData contenttype="text/plain" encoding="base64">aGVsbG8=</inlineData>', "text/plain"),
        ("", "no content"),
    ],
)
def test_what_has_no_text_here_is_a_skip(make_source: MakeSource, content: str, reason: str) -> None:
    text = item(content=content, content_meta="<headline>A boat</headline>")
    (skip,) = read_list(newsml_g2, make_source(text, "a.xml"))
    assert isinstance(skip, Skip)
    assert skip.kind == "empty"
    assert reason in skip.reason


@pytest.mark.parametrize(
    ("content", "body"),
    [
        (
            '<inlineData contenttype="text/html">&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</inlineData>',
            "One.\n\nTwo.",
        ),
        ("<inlineData>One.</inlineData>", "One."),
        ('<inlineXML contenttype="text/html"><![CDATA[<p>One.</p><p>Two.</p>]]></inlineXML>', "One.\n\nTwo."),
        ('<inlineXML contenttype="application/xhtml+xml"><div><p>One.</p>Two.</div></inlineXML>', "One.\n\nTwo."),
        ("<inlineXML/><inlineData>One.</inlineData>", "One."),
        ("<inlineData>One.</inlineData><inlineData>Two.</inlineData>", "One."),
        (
            "<inlineXML><html><head><title>Rain</title></head><body><h1>Rain</h1><p>One.</p></body></html></inlineXML>",
            "One.",
        ),
    ],
)
def test_text_is_read_from_whatever_holds_it(make_source: MakeSource, content: str, body: str) -> None:
    assert one(make_source(item(content=content, content_meta="<headline>Rain</headline>"), "a.xml")).body == body


def test_a_flash_is_a_headline_without_a_text(make_source: MakeSource) -> None:
    article = one(make_source(item(content="<inlineXML/>", content_meta="<headline>Rain</headline>"), "a.xml"))
    assert (article.title, article.body) == ("Rain", "")


def test_what_the_item_does_not_say_is_taken_from_its_nitf(make_source: MakeSource) -> None:
    content = (
        '<inlineXML><nitf xml:lang="nb"><head><docdata><doc-id id-string="7"/></docdata></head><body><body.head>'
        "<hedline><hl1>Rain</hl1></hedline><byline>By Ann Lee</byline><distributor>Wire</distributor>"
        "<dateline><location>VOSS, Norway</location></dateline></body.head><body.content><p>One.</p></body.content>"
        "</body></nitf></inlineXML>"
    )
    article = one(make_source(item(content=content), "a.xml"))
    assert (article.title, article.byline, article.publisher) == ("Rain", "Ann Lee", "Wire")
    assert (article.dateline, article.language, article.extra["doc_id"]) == ("VOSS, Norway", "nb", "7")


def test_the_byline_is_the_creator_where_there_is_none(make_source: MakeSource) -> None:
    creator = '<creator qcode="x:1"><name>Ann Lee</name></creator><creator qcode="x:2"/>'
    assert one(make_source(item(content_meta=creator), "a.xml")).byline == "Ann Lee"


@pytest.mark.parametrize(
    ("provider", "publisher"),
    [
        ('<provider qcode="nprov:AFP"/>', "AFP"),
        ('<provider uri="http://cv.iptc.org/newscodes/newsprovider/AFP"/>', "AFP"),
        ('<provider literal="Wire"/>', "Wire"),
        ('<provider qcode="nprov:W"><name>Wire</name></provider>', "Wire"),
        ("<provider>Wire</provider>", "Wire"),
        ("", None),
    ],
)
def test_the_provider_is_the_publisher(make_source: MakeSource, provider: str, publisher: str | None) -> None:
    assert one(make_source(item(meta=provider), "a.xml")).publisher == publisher


def test_a_place_is_named_with_its_country_last(make_source: MakeSource) -> None:
    located = (
        '<located><name>Voss</name><broader type="cptype:country"><name>Norway</name></broader>'
        '<broader type="cptype:statprov"><name>Vestland</name></broader></located><located><name>Oslo</name></located>'
    )
    article = one(make_source(item(content_meta=located), "a.xml"))
    assert article.dateline == "Voss, Vestland, Norway"
    assert article.place is not None
    assert (article.place.city, article.place.country) == ("Voss", "Norway")
    assert article.extra["located"] == ["Oslo"]


def test_one_broken_item_costs_no_other(make_source: MakeSource) -> None:
    broken = "<newsItem guid='b'><itemMeta><contentSet></x></newsItem>"
    unclosed = "<newsItem guid='c'><contentSet><inlineData>Cut"
    results = read_list(newsml_g2, make_source(f"<newsMessage>{broken}{unclosed}{item()}</newsMessage>", "a.xml"))
    assert_fit_for_an_index(results)
    assert isinstance(results[0], Skip)
    assert isinstance(results[1], Article)
    assert results[1].body == "Cut"
    assert results[1].extra["xml_note"] == "it does not end before the next one begins"
    assert isinstance(results[2], Article)


def test_newsml_1_is_refused(make_source: MakeSource) -> None:
    text = '<?xml version="1.0"?><NewsML Version="1.2"><NewsItem><DataContent><nitf/></DataContent></NewsItem></NewsML>'
    source = make_source(text, "a.xml")
    assert name_of(source) == "newsml_g2"
    with pytest.raises(SourceError, match="is NewsML 1, which searchkit does not read"):
        read_list(newsml_g2, source)


def test_is_recognised_by_its_root(make_source: MakeSource) -> None:
    assert name_of(MESSAGE) == "newsml_g2"
    assert name_of(make_source(item(content=NITF), "a")) == "newsml_g2"
    assert name_of(make_source(item().encode("utf-16"), "a.xml")) == "newsml_g2"


@pytest.mark.parametrize("content", ["A <newsItem> here.", "<feed><newsItem/></feed>", "<newsItems/>", "<NewsItem/>"])
def test_others_are_not_taken(make_source: MakeSource, content: str) -> None:
    assert not newsml_g2.recognises(content.encode(), make_source(content, "a.xml"))


def test_a_message_without_items_is_an_error(make_source: MakeSource) -> None:
    with pytest.raises(SourceError, match="there is no item in it"):
        read_list(newsml_g2, make_source("<newsMessage><itemSet/></newsMessage>", "a.xml"))


def test_memory_does_not_grow_with_the_message(make_source: MakeSource) -> None:
    text = item(content=f"<inlineXML><p>{'word ' * 2500}</p></inlineXML>")
    items = "".join(text.replace("urn:x", f"urn:{number}") for number in range(600))
    source = make_source(f"<newsMessage>{items}</newsMessage>", "a.xml")
    assert source.path.stat().st_size > 6 << 20
    tracemalloc.start()
    try:
        count = sum(isinstance(result, Article) for result in newsml_g2.read(source, Options()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 600
    assert peak < 4 << 20


@pytest.mark.parametrize(
    "unit", ["<newsItem>", "<newsItem/>", "<subject><name>", "<headline>x</headline>", "<broader>", "x "]
)
def test_repetition_takes_no_time(make_source: MakeSource, unit: str) -> None:
    many = unit * (100_000 // len(unit))
    content = item(
        content_meta=f"<located><name>x</name>{many}</located>{many}", content=f"<inlineXML>{many}</inlineXML>"
    )
    with within(10):
        read_list(newsml_g2, make_source(content, "a.xml"))


SPLICES = st.sampled_from(
    [
        "<",
        ">",
        "&",
        "<newsItem>",
        "</newsItem>",
        "<contentSet>",
        "<inlineData>",
        "<nitf>",
        "<![CDATA[",
        "]]>",
        "&#0;",
        "\x00",
    ]
)


@given(st.data())
def test_any_bytes_give_articles_and_skips(tmp_path: Path, data: st.DataObject) -> None:
    content = DATA.read_text("utf-8")
    for _ in range(data.draw(st.integers(0, 12))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.sampled_from([0, 0, 1, 3, 50])))
        content = content[:start] + data.draw(st.one_of(SPLICES, st.text(max_size=8))) + content[end:]
    path = tmp_path / "fuzz.xml"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    try:
        assert_fit_for_an_index(read_list(newsml_g2, Source(path, "fuzz.xml", "fuzz.xml")))
    except SourceError:
        return
