"""NITF: articles of NITF 3 and of the New York Times Annotated Corpus."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.article import Article, Place
from searchkit.errors import SourceError
from searchkit.readers import nitf
from searchkit.readers.base import Skip, Source
from tests.conftest import within

from .support import MakeSource, assert_fit_for_an_index, name_of, only_article, read_list

DATA = Path(__file__).parent / "data" / "nitf-3.6.xml"

CORPUS = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nitf SYSTEM "http://www.nitf.org/IPTC/NITF/3.3/specification/dtd/nitf-3-3.dtd">
<nitf change.date="June 10, 2005" change.time="19:30" version="-//IPTC//DTD NITF 3.3//EN">
  <head>
    <title>Ferry Service Returns</title>
    <meta content="5" name="publication_day_of_month"/>
    <meta content="3" name="publication_month"/>
    <meta content="1987" name="publication_year"/>
    <meta content="Thursday" name="publication_day_of_week"/>
    <meta content="Metropolitan Desk" name="dsk"/>
    <meta content="14" name="print_page_number"/>
    <meta content="New York and Region" name="online_sections"/>
    <docdata>
      <doc-id id-string="42"/>
      <doc.copyright holder="The Example Times" year="1987"/>
      <identified-content>
        <classifier class="indexing_service" type="descriptor">FERRIES</classifier>
        <classifier class="online_producer" type="general_descriptor">Ferries</classifier>
        <classifier class="online_producer" type="taxonomic_classifier">Top/News/New York and Region</classifier>
        <classifier class="online_producer" type="types_of_material">Review</classifier>
        <person class="indexing_service">LUND, KARI</person>
        <location class="indexing_service">STATEN ISLAND</location>
      </identified-content>
    </docdata>
    <pubdata date.publication="19870305T000000" ex-ref="http://example.org/42" item-length="12" name="The Example Times"
      unit-of-measure="word"/>
  </head>
  <body>
    <body.head>
      <hedline><hl1>FERRY SERVICE RETURNS</hl1><hl2 class="online_headline">Ferry Service Returns</hl2></hedline>
      <byline class="print_byline">By KARI LUND</byline>
      <byline class="normalized_byline">LUND, KARI</byline>
      <dateline>STATEN ISLAND, March 4</dateline>
      <abstract><p>Boats sail again.</p></abstract>
    </body.head>
    <body.content>
      <block class="lead_paragraph"><p>Boats will sail again.</p></block>
      <block class="full_text"><p>Boats will sail again.</p><p>A ticket costs a dollar.</p></block>
      <block class="correction_text"><p>It costs two.</p></block>
    </body.content>
  </body>
</nitf>
"""


def one(source: Source) -> Article:
    return only_article(nitf, source)


def story(
    make_source: MakeSource, *, head: str = "", body_head: str = "", content: str = "<p>It rained.</p>"
) -> Article:
    body = f"<body.head>{body_head}</body.head><body.content>{content}</body.content>"
    text = f"<nitf><head>{head}</head><body>{body}</body></nitf>"
    return one(make_source(text, "a.xml"))


def test_reads_an_article_with_all_its_parts() -> None:
    article = one(Source(DATA, "2019/ferry.xml", "2019/ferry.xml"))
    assert article.id == "2019/ferry.xml"
    assert (article.title, article.title_derived) == ("Ferry service returns to the islands", False)
    assert article.body == (
        "Boats will sail again, Kari Lund of Coast Line said on Wednesday evening.\n\n"
        "Café on board\n\n"
        "A ticket costs 80 kroner. That is fair, she said.\n\n"
        "Morning\nNoon\n\n"
        "Boat Seats\nTern 120\n\n"
        "It began in 1911.\nIt ended in 2017."
    )
    assert (article.date, article.date_source) == (dt.date(2019, 2, 20), "header")
    assert article.time == dt.time(18, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert article.dateline == "BERGEN, Norway"
    assert article.place == Place("Bergen", "Vestland", "Norway", "NO", 60.393, 5.3242, 1.0)
    assert (article.byline, article.section, article.language) == ("Ola Vik", "Business", "en")
    assert article.topics == ("Economy", "Transport", "ferries", "islands", "Harbours")
    assert (article.publisher, article.url) == ("The Harbour Post", "https://example.org/ferry")
    assert article.extra == {
        "doc_id": "ferry-0042",
        "subheadline": ["Three boats a day from March"],
        "document_title": "Ferry service returns",
        "byline_title": "Harbour Correspondent",
        "distributor": "Example Wire",
        "agency": "EW",
        "abstract": "Boats sail again after two years.",
        "captions": ["A boat at the quay."],
        "tagline": ["Reporting by Ola Vik; editing by A. Editor"],
        "series": "Islands",
        "people": ["Kari Lund"],
        "orgs": ["Coast Line"],
        "places": ["Bergen, Norway"],
        "classifiers": {"genre": ["feature"]},
        "event_location": "Bergen, NO",
        "copyright": "2019 Example Wire",
        "urgency": "4",
        "editor_note": "Adds quote",
        "slug": "ferry-service",
        "edition": "Late",
        "page": "7",
        "length": "120 word",
        "meta": {"desk": "Harbour"},
        "date_field": "story.date",
    }


def test_reads_the_corpus_of_the_new_york_times(make_source: MakeSource) -> None:
    article = one(make_source(CORPUS, "1987/03/05/0000042.xml"))
    assert article.title == "FERRY SERVICE RETURNS"
    assert article.body == "Boats will sail again.\n\nA ticket costs a dollar."
    assert (article.date, article.time, article.date_source) == (dt.date(1987, 3, 5), None, "metadata")
    assert (article.dateline, article.byline) == ("STATEN ISLAND", "KARI LUND")
    assert (article.section, article.publisher) == ("New York and Region", "The Example Times")
    assert article.topics == ("FERRIES", "Ferries")
    extra = article.extra
    assert extra["classifiers"] == {
        "taxonomic_classifier": ["Top/News/New York and Region"],
        "types_of_material": ["Review"],
    }
    assert (extra["normalized_byline"], extra["subheadline"]) == ("LUND, KARI", ["Ferry Service Returns"])
    assert (extra["correction_text"], extra["doc_id"]) == ("It costs two.", "42")
    assert "lead_paragraph" not in extra
    assert extra["meta"] == {
        "publication_day_of_week": "Thursday",
        "dsk": "Metropolitan Desk",
        "print_page_number": "14",
    }


def test_a_lead_without_a_full_text_is_the_body(make_source: MakeSource) -> None:
    article = story(make_source, content='<block class="lead_paragraph"><p>It rained.</p></block>')
    assert article.body == "It rained."


STORY_DATE = '<dateline><story.date norm="20190220">Feb. 20</story.date></dateline>'
ISSUE = '<docdata><date.release norm="20190222"/><date.issue norm="20190221T060000Z"/></docdata>'
RELEASE = '<docdata><date.release norm="20190222"/></docdata>'
PUBLISHED = '<pubdata date.publication="20190223T000000"/>'
META = (
    '<meta name="publication_year" content="2019"/><meta name="publication_month" content="2"/>'
    '<meta name="publication_day_of_month" content="24"/>'
)


@pytest.mark.parametrize(
    ("head", "body_head", "day", "field"),
    [
        (ISSUE + PUBLISHED + META, STORY_DATE, 20, "story.date"),
        (ISSUE + PUBLISHED + META, "<dateline><story.date>Feb. 20</story.date></dateline>", 21, "date.issue"),
        ("", "<dateline><story.date>Feb. 20, 2019</story.date></dateline>", 20, "story.date"),
        (RELEASE + PUBLISHED, "", 22, "date.release"),
        (META + PUBLISHED, "", 23, "date.publication"),
        (META, "", 24, "publication_day_of_month"),
        ('<docdata><date.issue norm="soon"/></docdata>' + PUBLISHED, "", 23, "date.publication"),
    ],
)
def test_the_storys_own_date_goes_first(
    make_source: MakeSource, head: str, body_head: str, day: int, field: str
) -> None:
    article = story(make_source, head=head, body_head=body_head)
    assert article.date == dt.date(2019, 2, day)
    assert article.extra["date_field"] == field
    assert ("date_note" in article.extra) == ("soon" in head)
    assert article.date_source == ("header" if field == "story.date" else "metadata")


def test_an_article_without_a_date_is_undated_and_one_that_is_no_day_is_noted(make_source: MakeSource) -> None:
    assert story(make_source).date is None
    article = story(make_source, head='<docdata><date.issue norm="20190231"/></docdata>')
    assert article.date is None
    assert "no day of the calendar" in article.extra["date_note"]


@pytest.mark.parametrize(
    ("dateline", "printed", "country"),
    [
        ("<location>BAGHOUZ, Syria</location> (AP) &#8212;", "BAGHOUZ, Syria", "Syria"),
        ("<location><city>Oslo</city><country>Norway</country></location>", "Oslo, Norway", "Norway"),
        ("<location><city>Oslo</city>, <country>Norway</country></location>", "Oslo, Norway", "Norway"),
        ("KIEV, Ukraine, March 3", "KIEV, Ukraine", "Ukraine"),
        ("WASHINGTON (AP) --", "WASHINGTON", "United States"),
    ],
)
def test_a_dateline_is_its_place(make_source: MakeSource, dateline: str, printed: str, country: str) -> None:
    article = story(make_source, body_head=f"<dateline>{dateline}</dateline>")
    assert article.dateline == printed
    assert article.place is not None
    assert article.place.country == country


def test_a_date_in_the_dateline_is_no_place(make_source: MakeSource) -> None:
    written = '<story.date norm="20150921T080200+0000">20150921T080200+0000</story.date>'
    article = story(make_source, body_head=f"<dateline>{written}</dateline>")
    assert (article.dateline, article.date) == (None, dt.date(2015, 9, 21))


def test_the_dateline_of_the_text_is_taken_out_of_it_once(make_source: MakeSource) -> None:
    content = "<p>OSLO, Norway (AP) &#8212; It rained.</p>"
    for body_head in ("", "<dateline><location>OSLO, Norway</location></dateline>"):
        article = story(make_source, body_head=body_head, content=content)
        assert (article.dateline, article.body, article.publisher) == ("OSLO, Norway", "It rained.", "AP")


@pytest.mark.parametrize(
    ("byline", "name", "title"),
    [
        ("By <person>Ann Lee</person><byttl>Staff Writer</byttl>", "Ann Lee", "Staff Writer"),
        ("<byttl>By Ann Lee</byttl>", "Ann Lee", None),
        ("<person><name.given>Ann</name.given> <name.family>Lee</name.family></person>", "Ann Lee", None),
    ],
)
def test_a_byline_is_the_name(make_source: MakeSource, byline: str, name: str, title: str | None) -> None:
    article = story(make_source, body_head=f"<byline>{byline}</byline>")
    assert article.byline == name
    assert article.extra.get("byline_title") == title


def test_the_title_is_the_headline_or_else_the_documents(make_source: MakeSource) -> None:
    hedline = "<hedline><hl1>One</hl1><hl1>Two</hl1></hedline>"
    article = story(make_source, head="<title>Document</title>", body_head=hedline)
    assert (article.title, article.extra["subheadline"], article.extra["document_title"]) == (
        "One",
        ["Two"],
        "Document",
    )
    assert story(make_source, head="<title>Document</title>").title == "Document"
    assert story(make_source).title_derived


def test_a_headline_that_stands_there_twice_is_the_title_only(make_source: MakeSource) -> None:
    article = story(make_source, body_head="<hedline><hl1>Rain</hl1><hl2>Rain</hl2><hl2>More</hl2></hedline>")
    assert (article.title, article.extra["subheadline"]) == ("Rain", ["More"])


def test_the_distributor_stands_in_for_the_publisher(make_source: MakeSource) -> None:
    article = story(make_source, body_head="<distributor>Example Wire</distributor>")
    assert (article.publisher, "distributor" in article.extra) == ("Example Wire", False)


def test_html_in_a_section_is_the_body(make_source: MakeSource) -> None:
    article = story(make_source, content="<![CDATA[<p>It rained.</p><p>It stopped &amp; the sun came out.</p>]]>")
    assert article.body == "It rained.\n\nIt stopped & the sun came out."


def test_a_body_without_body_content_is_read(make_source: MakeSource) -> None:
    text = "<nitf><body><body.head><hedline><hl1>Rain</hl1></hedline></body.head><p>It rained.</p></body></nitf>"
    article = one(make_source(text, "a.xml"))
    assert (article.title, article.body) == ("Rain", "It rained.")


def test_tables_lists_and_notes_are_text_and_captions_are_not(make_source: MakeSource) -> None:
    content = (
        "<p>One.</p><nitf-table><nitf-table-metadata><nitf-table-summary><p>S</p></nitf-table-summary></nitf-table-metadata>"
        "<table><tr><td>a</td><td>b</td></tr></table></nitf-table><bq><block><p>Said.</p></block><credit>Her</credit></bq>"
        "<media><media-caption>A boat.</media-caption></media><dl><dt>T</dt><dd>D</dd></dl>"
    )
    article = story(make_source, content=content)
    assert article.body == "One.\n\na b\n\nSaid.\n\nHer\n\nT\nD"
    assert article.extra["captions"] == ["A boat."]


def test_several_in_one_file_have_their_own_ids(make_source: MakeSource) -> None:
    def numbered(number: str, text: str) -> str:
        head = f'<head><docdata><doc-id id-string="{number}"/></docdata></head>' if number else ""
        return f"<nitf>{head}<body><body.content><p>{text}</p></body.content></body></nitf>\n"

    stories = numbered("a", "One.") + numbered("", "Two.") + numbered("a", "Three.")
    for content in (f"<list>{stories}</list>", f"<?xml version='1.0'?>\n{stories}"):
        results = read_list(nitf, make_source(content, "all.xml"))
        assert_fit_for_an_index(results)
        assert [result.id for result in results if isinstance(result, Article)] == [
            "all.xml#a",
            "all.xml#2",
            "all.xml#a.3",
        ]


@pytest.mark.parametrize("status", ["withheld", "canceled", "Cancelled"])
def test_what_is_not_to_be_published_is_a_skip(make_source: MakeSource, status: str) -> None:
    text = f'<nitf><head><docdata management-status="{status}"/></head><body><p>x</p></body></nitf>'
    (skip,) = read_list(nitf, make_source(text, "a.xml"))
    assert isinstance(skip, Skip)
    assert skip.kind == "withheld"
    assert status.lower() in skip.reason


def test_an_embargo_is_long_over(make_source: MakeSource) -> None:
    assert story(make_source, head='<docdata management-status="embargoed"/>').extra["status"] == "embargoed"


def test_one_without_title_and_text_is_a_skip(make_source: MakeSource) -> None:
    text = "<nitf><head/><body><body.content><media><media-caption>A boat.</media-caption></media></body.content></body></nitf>"
    (skip,) = read_list(nitf, make_source(text, "a.xml"))
    assert isinstance(skip, Skip)
    assert (skip.where, skip.kind) == ("nitf element 1", "empty")


def test_damage_is_noted_and_costs_no_text(make_source: MakeSource) -> None:
    article = story(make_source, content="<p>One</b></p><p>Two & three<br></p>")
    assert article.body == "One\n\nTwo & three"
    assert "damaged XML" in article.extra["xml_note"]


def test_is_recognised_by_its_content(make_source: MakeSource) -> None:
    assert name_of(Source(DATA, "a.xml", "a.xml")) == "nitf"
    assert name_of(make_source(CORPUS, "a")) == "nitf"
    assert name_of(make_source(CORPUS.encode("utf-16"), "a.xml")) == "nitf"
    assert name_of(make_source("<list><nitf><body/></nitf></list>", "a.txt")) == "nitf"
    assert name_of(make_source('<n:nitf xmlns:n="http://iptc.org/std/NITF/2006-10-18/">', "a.xml")) == "nitf"


@pytest.mark.parametrize(
    "content",
    ["An <nitf> element.", "<feed><entry><nitf></nitf></entry></feed>", "<rss><nitf></rss>", "<html><nitf>", "<nitfs>"],
)
def test_others_are_not_taken(make_source: MakeSource, content: str) -> None:
    assert not nitf.recognises(content.encode(), make_source(content, "a.xml"))


@pytest.mark.parametrize(
    "unit", ["<p>", "<p>x</p>", "x ", "&eacute;", "<block class='a'>", "<media>", "<hl1>", "<person>", "\n"]
)
def test_repetition_takes_no_time(make_source: MakeSource, unit: str) -> None:
    many = unit * (500_000 // len(unit))
    content = CORPUS.replace("<p>Boats sail again.</p>", many).replace("<p>A ticket costs a dollar.</p>", many)
    with within(8):
        read_list(nitf, make_source(content, "a.xml"))


SPLICES = st.sampled_from(
    [
        "<",
        ">",
        "&",
        "<nitf>",
        "</nitf>",
        "</body>",
        "<body.content>",
        "<location>",
        "<![CDATA[",
        "]]>",
        "&#0;",
        "\x00",
        '"',
        "é",
    ]
)


@given(st.data())
def test_any_bytes_give_articles_and_skips(tmp_path: Path, data: st.DataObject) -> None:
    content = data.draw(st.sampled_from([CORPUS, DATA.read_text("utf-8")]))
    for _ in range(data.draw(st.integers(0, 12))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.sampled_from([0, 0, 1, 3, 50])))
        content = content[:start] + data.draw(st.one_of(SPLICES, st.text(max_size=8))) + content[end:]
    path = tmp_path / "fuzz.xml"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    try:
        assert_fit_for_an_index(read_list(nitf, Source(path, "fuzz.xml", "fuzz.xml")))
    except SourceError:
        return
