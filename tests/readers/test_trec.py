"""TREC's SGML: the collections on its disks, and what is marked up like them."""

from __future__ import annotations

import datetime as dt
import gzip
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers import trec
from searchkit.readers.base import Options, Skip, Source
from tests.conftest import within

from .support import MakeSource, assert_fit_for_an_index, name_of, only_article, read_list

DATA = Path(__file__).parent / "data" / "trec.sgml"


def one(source: Source) -> Article:
    return only_article(trec, source)


def document(make_source: MakeSource, fields: str, number: str = "X-1") -> Article:
    return one(make_source(f"<DOC>\n<DOCNO> {number} </DOCNO>\n{fields}\n</DOC>\n", "a"))


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    """The documents of the file by the letters that their numbers begin with; of two, the first."""
    results = read_list(trec, Source(DATA, "disk", "disk"))
    assert_fit_for_an_index(results)
    found: dict[str, Article] = {}
    for article in results:
        assert isinstance(article, Article)
        number = article.id.removeprefix("disk#")
        found.setdefault(number.rstrip("0123456789-._").rstrip("0123456789-"), article)
    assert len(results) == 11
    return found


def test_reads_the_associated_press(articles: dict[str, Article]) -> None:
    article = articles["AP"]
    assert (article.id, article.path) == ("disk#AP880212-0004", "disk")
    assert article.title == "Ferries Will Sail Again This Year"
    assert article.body == (
        "Boats will sail again to all of the islands that lost their lines two years ago, the Transport Department said "
        "Friday.\n\n``That is fair,'' said Kari Lund of AT&T."
    )
    assert (article.date, article.date_source) == (dt.date(1988, 2, 12), "metadata")
    assert article.time == dt.time(16, 37, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    assert (article.dateline, article.byline) == ("WASHINGTON", "OLA VIK, Associated Press Writer")
    assert (article.publisher, article.language) == ("Associated Press", "en")
    assert article.extra == {
        "subheadline": ["Eds: Adds quote"],
        "agency": "AP",
        "fileid": "AP-NR-02-12-88 1637EST",
        "1st_line": "r w AM-Ferries 02-12 0155",
        "2nd_line": "AM-Ferries,150",
        "date_field": "FILEID",
    }


def test_reads_the_wall_street_journal(articles: dict[str, Article]) -> None:
    article = articles["WSJ"]
    assert article.title == "Coast Line Is Near Accord To Buy Boats, Sources Say"
    assert article.byline == "Ola Vik Staff Reporter of a Journal"
    assert article.body == "Coast Line & Co. is close to an agreement to buy boats.\n\nIt has none."
    assert (article.date, article.dateline) == (dt.date(1987, 3, 24), "NEW YORK")
    assert (article.publisher, article.extra["so"]) == ("WALL STREET JOURNAL", "WALL STREET JOURNAL (J), PAGE A1")
    assert article.topics == ("TNM", "TRANSPORT, SHIPPING (TRA)")


def test_reads_the_later_wall_street_journal() -> None:
    article = read_list(trec, Source(DATA, "disk", "disk"))[2]
    assert isinstance(article, Article)
    assert (article.title, article.date) == ("Boats Rise", dt.date(1989, 11, 2))
    assert article.body == "The price of boats rose.\n\nIt had fallen before."


def test_reads_the_financial_times(articles: dict[str, Article]) -> None:
    article = articles["FT"]
    assert article.title == "(CORRECTED) Return of a boat that did what it was built to do"
    assert (article.date, article.byline) == (dt.date(1991, 5, 14), "OLA VIK")
    assert (article.publisher, article.extra["page"]) == ("The Financial Times", "London Page 7")


def test_reads_the_los_angeles_times(articles: dict[str, Article]) -> None:
    article = articles["LA"]
    assert (article.title, article.date) == ("BOATS AT THE QUAY", dt.date(1989, 1, 2))
    assert article.section == "Metro; Part 2; Page 1; Column 2; Metro Desk"
    assert article.body == (
        "The boats that lay at the quay for two years have been painted in white and blue.\n\nBoat   Seats\nTern   120"
    )
    assert (article.byline, article.dateline) == ("OLA VIK, Times Staff Writer", "LONG BEACH")
    assert article.topics == ("FERRIES", "HARBORS -- LONG BEACH")
    assert article.extra["edition"] == "Home Edition"
    assert (article.extra["type"], article.extra["length"]) == ("Letter to the Editor", "54 words")


def test_reads_the_foreign_broadcast_information_service(articles: dict[str, Article]) -> None:
    article = articles["FBIS"]
    assert (article.title, article.date) == ("`Operation Ferry' Begins in Bergen", dt.date(1994, 3, 7))
    assert (
        article.body == "The coast guard has begun to look for the boats that left the harbor of Bergen in the night."
    )
    assert article.language == "en"
    extra = article.extra
    assert (extra["original_language"], extra["article_type"], extra["f101"]) == ("Norwegian", "BFN", "NORWAY")
    assert extra["other"] == "Document Type:JPRS\nDocument Title:Transport"


def test_reads_the_san_jose_mercury_news(articles: dict[str, Article]) -> None:
    article = articles["SJMN"]
    assert (article.title, article.body) == ("BOATS RETURN", "Boats came back to the bay.\n\nThey were late.")
    assert (article.date, article.topics) == (dt.date(1991, 12, 30), ("FERRY", "BAY"))


def test_reads_the_federal_register(articles: dict[str, Article]) -> None:
    article = articles["FR"]
    assert (article.title, article.date) == ("Rules for Ferries", dt.date(1994, 11, 10))
    assert article.body.split("\n") == [
        "DEPARTMENT OF BOATS",
        "",
        "[CN-94-003]",
        "",
        "SUMMARY: These rules are for ferries only.",
        "",
        "EFFECTIVE DATE: May 3, 1999.",
    ]


def test_reads_the_magazines_of_ziff(articles: dict[str, Article]) -> None:
    article = articles["ZF"]
    assert article.title == "A boat with a computer. (product announcement)"
    assert (article.body, article.byline) == ("It steers itself.", "Vik, Ola.")
    assert (article.publisher, article.date) == ("Boat Week", dt.date(1990, 3, 5))
    assert article.topics == ("Company: Coast Line", "Topic: Boats")


def test_reads_aquaint_and_gigaword(articles: dict[str, Article]) -> None:
    wire = articles["APW"]
    assert (wire.title, wire.body) == ("Boats come back", "Boats came back.")
    assert (wire.date, wire.time, wire.dateline) == (dt.date(1998, 2, 13), dt.time(14, 26), "BERGEN, Norway")
    giga = articles["NYT_ENG"]
    assert (giga.title, giga.date) == ("BOATS COME BACK", dt.date(1995, 1, 1))
    assert (giga.dateline, giga.publisher, giga.extra["type"]) == ("MIAMI", "New York Times", "story")
    assert "agency" not in giga.extra


@pytest.mark.parametrize(
    ("number", "fields", "day", "field"),
    [
        ("LA010289-0001", "<DATE><P>Monday, January 2, 1989, Home Edition</P></DATE>", (1989, 1, 2), "DATE"),
        ("LA010289-0001", "<DATE><P>Correction Appended</P></DATE>", (1989, 1, 2), "DOCNO"),
        ("WSJ900406-0001", "<DATE> 04/06/90 </DATE>", (1990, 4, 6), "DATE"),
        ("GH950103-000000", "<DATE>950103</DATE>", (1995, 1, 3), "DATE"),
        ("GH950103-000000", "", (1995, 1, 3), "DOCNO"),
        ("AP880212-0001", "", (1988, 2, 12), "DOCNO"),
        ("XIE19960101.0002", "<DATE_TIME> 1996-01-01 </DATE_TIME>", (1996, 1, 1), "DATE_TIME"),
        ("XIE19960101.0002", "", (1996, 1, 1), "DOCNO"),
        ("X-1", "<DATE>February 12, 1988</DATE>", (1988, 2, 12), "DATE"),
        ("X-1", "<PUBDATE>2/3/1988</PUBDATE>", (1988, 2, 3), "PUBDATE"),
        ("FT911-3", "", None, None),
        ("FBIS3-1", "", None, None),
        ("AP889912-0001", "", None, None),
        ("ZZ880212-0001", "", None, None),
    ],
)
def test_dates_are_those_of_the_fields_and_then_of_the_number(
    make_source: MakeSource, number: str, fields: str, day: tuple[int, int, int] | None, field: str | None
) -> None:
    article = document(make_source, f"{fields}<TEXT>It rained.</TEXT>", number)
    assert article.date == (dt.date(*day) if day else None)
    assert article.extra.get("date_field") == field
    # Two digits of a year are no guess here, and the month stands before the day.
    assert "Appended" in fields or number.startswith("AP88991") or "date_note" not in article.extra


def test_a_date_that_is_none_is_noted(make_source: MakeSource) -> None:
    assert "no day of the calendar" in document(make_source, "<DATE>919931</DATE><TEXT>x</TEXT>").extra["date_note"]


def test_a_document_without_a_number_gets_its_ordinal_and_no_two_have_one_id(make_source: MakeSource) -> None:
    parts = ["<DOCNO>a</DOCNO>", "", "<DOCNO>a</DOCNO>", "<DOCID>d</DOCID>"]
    results = read_list(trec, make_source("".join(f"<DOC>{part}<TEXT>x</TEXT></DOC>" for part in parts), "f.sgml"))
    assert_fit_for_an_index(results)
    assert [result.id for result in results if isinstance(result, Article)] == [
        "f.sgml#a",
        "f.sgml#2",
        "f.sgml#a.3",
        "f.sgml#d",
    ]


@pytest.mark.parametrize(
    ("fields", "title", "body"),
    [
        ("<TEXT>One <B>two</B>.<P>Three.", None, "One two.\n\nThree."),
        ("<HEADLINE>T\n<TEXT>One.</TEXT>", "T", "One."),
        ("<HEADLINE>T</HEADLINE><TEXT><P>One.<P>Two.</TEXT>", "T", "One.\n\nTwo."),
        ("<HEADLINE>T</HEADLINE><TEXT>One.</HEADLINE></P> Two.</TEXT>", "T", "One.\n\nTwo."),
        ("<HEADLINE>T</HEADLINE><TEXT>5 < 6 & <IBM> &lt;b&gt; <$5></TEXT>", "T", "5 < 6 & <IBM> <b> <$5>"),
        ("<HEADLINE>T</HEADLINE><P>One.</P><P>Two.</P>", "T", "One.\n\nTwo."),
        ("<headline>T</headline><text>One.</text>", "T", "One."),
        ("<HEADLINE>T</HEADLINE><CORRECTION><P>One.</P></CORRECTION>", "T", "One."),
        ("Just text.\n", None, "Just text."),
        ("<H3>Top</H3><TEXT>One.<H4>Below</H4>Two.</TEXT>", "Top", "One.\n\nBelow\n\nTwo."),
        ("<TEXT><TTL>Inside</TTL>One.</TEXT>", "Inside", "One."),
    ],
)
def test_text_is_not_lost_to_missing_tags(make_source: MakeSource, fields: str, title: str | None, body: str) -> None:
    article = document(make_source, fields)
    assert article.body == body
    assert (article.title if not article.title_derived else None) == title


def test_fields_without_a_place_are_kept(make_source: MakeSource) -> None:
    article = document(make_source, "<A.B><P>one</P></A.B><C>x</C><C>y</C><D></D><TEXT>z</TEXT>")
    assert article.extra == {"a.b": "one", "c": ["x", "y"]}


def test_a_document_with_nothing_in_it_is_a_skip(make_source: MakeSource) -> None:
    (skip,) = read_list(trec, make_source("<DOC><DOCNO>1</DOCNO><TEXT>\n</TEXT></DOC>", "a"))
    assert isinstance(skip, Skip)
    assert (skip.where, skip.kind) == ("document 1", "empty")


def test_a_document_without_an_end_is_a_skip_and_the_rest_goes_on(make_source: MakeSource) -> None:
    content = "<DOC><DOCNO>1</DOCNO>one <DOC><DOCNO>2</DOCNO>two</DOC><DOC><DOCNO>3</DOCNO>three"
    first, second, third = read_list(trec, make_source(content, "a"))
    assert first == Skip("document 1", "it does not end before the next one begins", "broken")
    assert isinstance(second, Article)
    assert third == Skip("document 3", "the file ends before the story does", "broken")


def test_a_document_that_is_too_long_is_a_skip(make_source: MakeSource) -> None:
    source = make_source(f"<DOC>{'x ' * (4 << 20)}</DOC><DOC><DOCNO>2</DOCNO>two</DOC>", "a")
    tracemalloc.start()
    try:
        skip, article = read_list(trec, source)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert skip == Skip("document 1", "it does not end within 1024 kB", "too large")
    assert isinstance(article, Article)
    assert article.id == "a#2"
    assert peak < 6 << 20


def test_memory_does_not_grow_with_the_file(make_source: MakeSource) -> None:
    source = make_source(
        "".join(f"<DOC><DOCNO>{n}</DOCNO><TEXT>{'word ' * 900}</TEXT></DOC>" for n in range(2000)), "a"
    )
    tracemalloc.start()
    try:
        count = sum(1 for _ in trec.read(source, Options()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 2000
    assert peak < 4 << 20


def test_a_truncated_gzip_file_gives_its_documents_and_then_an_error(make_source: MakeSource) -> None:
    content = "".join(f"<DOC><DOCNO>{n}</DOCNO><TEXT>{n * 7919}</TEXT></DOC>" for n in range(3000))
    results = trec.read(make_source(gzip.compress(content.encode())[:-500], "a.gz"), Options())
    read: list[Article | Skip] = []
    with pytest.raises(SourceError, match="incomplete"):
        read.extend(results)
    assert sum(isinstance(result, Article) for result in read) > 1000


def test_a_file_without_a_document_is_an_error(make_source: MakeSource) -> None:
    with pytest.raises(SourceError, match="no <DOC> element"):
        read_list(trec, make_source("<DOCS></DOCS>", "a"))


@pytest.mark.parametrize("name", ["fb396001", "la010189", "ft911_1", "AP880212.gz", "a.sgml", "a.txt", "wsj7_001"])
def test_is_recognised_by_its_content_whatever_its_name(make_source: MakeSource, name: str) -> None:
    content = DATA.read_bytes()
    assert name_of(make_source(gzip.compress(content) if name.endswith(".gz") else content, name)) == "trec"


@pytest.mark.parametrize(
    "content",
    [
        '<DOC id="NYT_ENG_19950101.0001" type="story" >\n<HEADLINE>',
        "<?xml version='1.0'?>\n<DOCS>\n<DOC>\n<DOCNO> 1 </DOCNO>",
        "\ufeff\n<doc><docno>1</docno>",
    ],
)
def test_what_is_marked_up_alike_is_recognised(make_source: MakeSource, content: str) -> None:
    assert trec.recognises(content.encode(), make_source(content, "a"))


@pytest.mark.parametrize(
    "content",
    [
        "Prose about a <DOC> and its <DOCNO>.",
        "<DOC><TEXT>x</TEXT></DOC>",
        '<doc id="12" url="http://example.org" title="Ferry">',
        "<DOCNO>1</DOCNO>",
        "<DOCUMENT><DOCNO>1</DOCNO>",
        "<html>" + " " * 400 + "<DOC><DOCNO>",
        "",
    ],
)
def test_others_are_not_taken(make_source: MakeSource, content: str) -> None:
    assert not trec.recognises(content.encode(), make_source(content, "a"))


@pytest.mark.parametrize(
    "unit",
    [
        "<",
        "<A>",
        "<P>",
        "</P>",
        "<!--",
        "<F P=1>",
        "<TABLEROW>",
        "<TABLECELL>\n",
        "&",
        "&blank;",
        " ",
        "\n",
        "-",
        "FT ",
        "/",
        "\n--- ",
    ],
)
@pytest.mark.parametrize("tag", ["", "TEXT", "HL", "DATE", "JOURNAL", "DATELINE", "SUBJECT", "H3"])
def test_repetition_takes_no_time(make_source: MakeSource, unit: str, tag: str) -> None:
    many = unit * (300_000 // len(unit))
    fields = f"<{tag}>{many}</{tag}>" if tag else many
    with within(6):
        read_list(trec, make_source(f"<DOC><DOCNO>FBIS3-1</DOCNO>{fields}<TEXT>x</TEXT></DOC>", "a"))


def test_many_names_that_never_end_take_no_time(make_source: MakeSource) -> None:
    fields = "".join(f"<A{n}>" for n in range(100_000))
    with within(6):
        read_list(trec, make_source(f"<DOC><DOCNO>1</DOCNO>{fields}</DOC>", "a"))


SPLICES = st.sampled_from(
    [
        "<",
        ">",
        "&",
        "<DOC>",
        "</DOC>",
        "<TEXT>",
        "</TEXT>",
        "<HEADLINE>",
        "<DOCNO>",
        "<P>",
        "<F P=",
        "&#0;",
        "\x00",
        "<TABLEROW>",
    ]
)


@given(st.data())
def test_any_bytes_give_articles_and_skips(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(DATA.read_bytes())
    for _ in range(data.draw(st.integers(0, 12))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.sampled_from([0, 0, 1, 3, 50])))
        content[start:end] = data.draw(st.one_of(SPLICES.map(str.encode), st.binary(max_size=8)))
    path = tmp_path / "fuzz"
    path.write_bytes(content)
    try:
        assert_fit_for_an_index(read_list(trec, Source(path, "fuzz", "fuzz")))
    except SourceError:
        return
