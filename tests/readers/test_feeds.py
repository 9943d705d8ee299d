"""Feeds: RSS and Atom in their versions, broken ones, and hostile ones."""

from __future__ import annotations

import datetime as dt
import gzip
import sys
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers import feeds
from searchkit.readers.base import Options, Skip
from tests.conftest import MORE, within

from .support import MakeSource, assert_fit_for_an_index, name_of, read_list

DAY = dt.date(2019, 2, 19)
PLUS_TWO = dt.timezone(dt.timedelta(hours=2))

RSS_20 = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
  <title>The Daily Sample</title>
  <link>https://news.example/</link>
  <language>en-GB</language>
  <lastBuildDate>Fri, 01 Mar 2024 00:00:00 GMT</lastBuildDate>
  <item>
    <title>Trucks leave the village &amp;amp; its fields</title>
    <link>https://news.example/trucks?a=1&amp;b=2</link>
    <guid isPermaLink="false">tag:news.example,2019:1</guid>
    <pubDate>Tue, 19 Feb 2019 10:30:00 +0200</pubDate>
    <dc:creator>A. Reporter</dc:creator>
    <dc:creator>B. Writer</dc:creator>
    <category>Syria</category>
    <category domain="https://news.example/topics">Evacuation</category>
    <description>Dozens of trucks left.</description>
    <content:encoded><![CDATA[<p>Dozens of trucks left on Tuesday.</p><p>Civilians &amp; others followed.</p>]]></content:encoded>
    <enclosure url="https://news.example/trucks.mp3" length="1" type="audio/mpeg"/>
  </item>
  <item>
    <title>A headline alone</title>
  </item>
</channel></rss>
"""

RSS_10 = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://news.example/"><title>The Daily Sample</title><dc:language>en</dc:language>
<items><rdf:Seq><rdf:li rdf:resource="https://news.example/1"/></rdf:Seq></items></channel>
<item rdf:about="https://news.example/1"><title>Trucks leave</title><link>https://news.example/1</link>
<description>Dozens of trucks left.</description><dc:date>2019-02-19T10:30:00+02:00</dc:date><dc:subject>Syria</dc:subject>
</item></rdf:RDF>
"""

RSS_091 = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="0.91"><channel><title>Le Quotidien</title><language>fr</language>
<item><title>Un caf&eacute; à Paris</title><description>Le café&nbsp;est ouvert.</description></item></channel></rss>
"""

RSS_090 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">
<channel><title>The Daily Sample</title></channel><item><title>Trucks leave</title><link>https://news.example/1</link></item></rdf:RDF>
"""

ATOM_10 = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>The Daily Sample</title>
<updated>2024-03-01T00:00:00Z</updated><author><name>The Foreign Desk</name></author>
<entry><title type="html">Trucks &lt;i&gt;leave&lt;/i&gt;</title><id>urn:uuid:1</id>
<link rel="alternate" href="https://news.example/1"/><published>2019-02-19T10:30:00+02:00</published>
<updated>2019-02-20T08:00:00Z</updated><category term="sy" label="Syria"/><summary>In short.</summary>
<content type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml"><p>Dozens of trucks left.</p><p>Others <b>stay</b>.</p></div></content>
</entry>
<entry><title>Use &lt;b&gt; sparingly</title><id>urn:uuid:2</id><updated>2019-02-20T08:00:00Z</updated>
<author><name>A. Reporter</name></author><content>If a &lt; b, then b &gt; a.</content></entry></feed>
"""

ATOM_03 = """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>The Daily Sample</title>
<entry><title>Trucks leave</title><id>1</id><issued>2019-02-19T10:30:00+02:00</issued><modified>2019-02-21T00:00:00Z</modified>
<content type="text/html" mode="escaped">&lt;p&gt;Dozens left.&lt;/p&gt;</content></entry></feed>
"""

ReadFeed = Callable[..., list[Article]]


@pytest.fixture
def read_feed(make_source: MakeSource) -> ReadFeed:
    """Reads a feed of which every entry is an article."""

    def read(content: bytes | str, name: str = "news.rss") -> list[Article]:
        results = read_list(feeds, make_source(content, name))
        assert_fit_for_an_index(results)
        articles = [result for result in results if isinstance(result, Article)]
        assert articles == results
        return articles

    return read


def rss(*items: str) -> str:
    return f'<rss version="2.0"><channel><title>The Daily Sample</title>{"".join(items)}</channel></rss>'


def item(number: int, text: str = "Dozens of trucks left.") -> str:
    return f"<item><title>Story {number}</title><guid>{number}</guid><description>{text}</description></item>"


def test_reads_rss_2(read_feed: ReadFeed) -> None:
    first, second = read_feed(RSS_20)
    assert (first.id, first.title) == ("news.rss#tag:news.example,2019:1", "Trucks leave the village & its fields")
    assert first.body == "Dozens of trucks left on Tuesday.\n\nCivilians & others followed."
    assert (first.date, first.time, first.date_source) == (DAY, dt.time(10, 30, tzinfo=PLUS_TWO), "metadata")
    assert (first.byline, first.topics) == ("A. Reporter, B. Writer", ("Syria", "Evacuation"))
    assert (first.language, first.publisher) == ("en-gb", "The Daily Sample")
    assert first.url == "https://news.example/trucks?a=1&b=2"
    assert first.extra == {
        "summary": "Dozens of trucks left.",
        "enclosures": ["https://news.example/trucks.mp3"],
        "date_field": "published",
    }
    assert (second.id, second.title, second.body) == ("news.rss#2", "A headline alone", "")


def test_the_feeds_own_date_is_not_the_entrys(read_feed: ReadFeed) -> None:
    assert [article.date for article in read_feed(RSS_20)] == [DAY, None]


def test_reads_rss_1(read_feed: ReadFeed) -> None:
    (article,) = read_feed(RSS_10, "news.rdf")
    assert (article.id, article.title, article.body) == (
        "news.rdf#https://news.example/1",
        "Trucks leave",
        "Dozens of trucks left.",
    )
    assert (article.date, article.time, article.topics) == (DAY, dt.time(10, 30, tzinfo=PLUS_TWO), ("Syria",))
    assert (article.publisher, article.language) == ("The Daily Sample", "en")


def test_reads_rss_0_91_with_the_entities_of_its_document_type(read_feed: ReadFeed) -> None:
    (article,) = read_feed(RSS_091.encode("latin-1"))
    assert (article.title, article.body) == ("Un café à Paris", "Le café\xa0est ouvert.")
    assert (article.language, article.extra) == ("fr", {})


def test_reads_rss_0_90(read_feed: ReadFeed) -> None:
    (article,) = read_feed(RSS_090)
    assert (article.title, article.url, article.publisher) == (
        "Trucks leave",
        "https://news.example/1",
        "The Daily Sample",
    )


def test_reads_atom_1(read_feed: ReadFeed) -> None:
    first, second = read_feed(ATOM_10, "news.atom")
    assert (first.id, first.title) == ("news.atom#urn:uuid:1", "Trucks leave")
    assert first.body == "Dozens of trucks left.\n\nOthers stay."
    assert (first.date, first.time) == (DAY, dt.time(10, 30, tzinfo=PLUS_TWO))
    assert (first.topics, first.language, first.url) == (("Syria",), "en", "https://news.example/1")
    assert first.extra == {"summary": "In short.", "date_field": "published"}
    # RFC 4287: the feed's authors are those of an entry that names none, and a text construct is plain text.
    assert (first.byline, second.byline) == ("The Foreign Desk", "A. Reporter")
    assert (second.title, second.body) == ("Use <b> sparingly", "If a < b, then b > a.")
    assert (second.date, second.extra) == (dt.date(2019, 2, 20), {"date_field": "updated"})


def test_reads_atom_0_3(read_feed: ReadFeed) -> None:
    (article,) = read_feed(ATOM_03)
    assert (article.title, article.body, article.date) == ("Trucks leave", "Dozens left.", DAY)


def test_reads_what_feedgen_writes(read_feed: ReadFeed) -> None:
    from feedgen.feed import FeedGenerator  # type: ignore[import-untyped]

    generator = FeedGenerator()
    generator.id("https://news.example/")
    generator.title("The Daily Sample")
    generator.link(href="https://news.example/")
    generator.description("News")
    for number in (1, 2):
        entry = generator.add_entry(order="append")
        entry.id(f"https://news.example/{number}")
        entry.title(f"Story {number} <of two> & more")
        entry.link(href=f"https://news.example/{number}")
        entry.content(f"<p>Text {number}.</p>", type="html")
        entry.published(dt.datetime(2019, 2, 19, 10, 30, tzinfo=PLUS_TWO))
    for content in (generator.rss_str(pretty=True), generator.atom_str(pretty=True)):
        articles = read_feed(content)
        assert [article.title for article in articles] == ["Story 1 <of two> & more", "Story 2 <of two> & more"]
        assert [article.body for article in articles] == ["Text 1.", "Text 2."]
        assert {(article.date, article.time) for article in articles} == {(DAY, dt.time(10, 30, tzinfo=PLUS_TWO))}


def test_an_entry_of_another_source_is_that_sources(read_feed: ReadFeed) -> None:
    source = '<item><title>Trucks leave</title><source url="https://wire.example/rss">The Wire</source></item>'
    (article,) = read_feed(rss(source))
    assert (article.publisher, article.extra) == ("The Wire", {"feed": "The Daily Sample"})


def test_plain_text_in_a_description_keeps_its_lines_and_signs(read_feed: ReadFeed) -> None:
    (article,) = read_feed(rss(item(1, "One line with 1 &lt; 2.\n\nAnother line.")))
    assert article.body == "One line with 1 < 2.\n\nAnother line."


def test_a_dateline_is_taken_from_the_text(read_feed: ReadFeed) -> None:
    (article,) = read_feed(rss(item(1, "&lt;p&gt;BEIRUT (AP) — Dozens of trucks left.&lt;/p&gt;")))
    assert (article.dateline, article.body) == ("BEIRUT", "Dozens of trucks left.")


def test_an_id_that_comes_twice_makes_two_articles(read_feed: ReadFeed) -> None:
    ids = [article.id for article in read_feed(rss(item(7), item(7), item(7)))]
    assert ids == ["news.rss#7", "news.rss#7.2", "news.rss#7.3"]


def test_an_id_is_no_address_unless_it_looks_like_one(read_feed: ReadFeed) -> None:
    plain, permanent = read_feed(
        rss(
            "<item><title>One</title><guid>urn:1</guid></item>",
            "<item><title>Two</title><guid>https://a.example/2</guid></item>",
        )
    )
    assert (plain.url, permanent.url) == (None, "https://a.example/2")


def test_a_date_that_is_none_is_noted(read_feed: ReadFeed) -> None:
    (article,) = read_feed(rss("<item><title>One</title><pubDate>last Tuesday</pubDate></item>"))
    assert article.date is None
    assert article.extra["date_note"] == 'published "last Tuesday" was not understood as a date'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_reads_the_encodings_of_feeds(read_feed: ReadFeed, encoding: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>{rss(item(1, "Десятки грузовиков уехали."))}'
    )
    (article,) = read_feed(text.encode(encoding))
    assert article.body == "Десятки грузовиков уехали."


@pytest.mark.parametrize("wrong", ["AT&T and R&D", "AT&T; and R&D", "AT&amp;T and R&D"])
def test_an_ampersand_that_stands_for_itself_is_read_as_one(read_feed: ReadFeed, wrong: str) -> None:
    before, article, after = read_feed(rss(item(1), item(2, wrong), item(3)))
    assert article.body.replace(";", "") == "AT&T and R&D"
    assert (before.title, after.title) == ("Story 1", "Story 3")


def test_what_stands_in_cdata_is_no_entry_and_is_not_mended(read_feed: ReadFeed) -> None:
    link = "<link><![CDATA[https://news.example/?a=1&b=2]]></link>"
    code = "<description><![CDATA[Feeds have <item> elements, and a&b too.]]></description>"
    (article,) = read_feed(rss(f"<item><title>R&D</title>{link}{code}</item>"))
    assert (article.title, article.url) == ("R&D", "https://news.example/?a=1&b=2")
    assert "elements, and a&b too." in article.body


def test_a_broken_entry_costs_no_other_and_is_reported_with_its_line(make_source: MakeSource) -> None:
    broken = "<item><title>Broken</title><guid>2</guid>\n<description>The <b>end is <i>wrong</b></description></item>"
    results = read_list(feeds, make_source(rss(item(1) + "\n", broken + "\n", item(3)), "news.rss"))
    assert_fit_for_an_index(results)
    *articles, skip = results
    assert [article.id for article in articles if isinstance(article, Article)] == [
        "news.rss#1",
        "news.rss#2",
        "news.rss#3",
    ]
    assert isinstance(articles[1], Article)
    assert "wrong" in articles[1].body
    assert articles[1].extra["incomplete"] == "is not well-formed XML (mismatched tag)"
    assert skip == Skip(
        "entry 2, line 3", "is not well-formed XML (mismatched tag): it was read as far as it goes", "broken"
    )


def test_broken_entries_are_reported_once(make_source: MakeSource) -> None:
    *_, skip = read_list(feeds, make_source(rss(*(item(n, "an <b>open tag") for n in range(40))), "news.rss"))
    assert isinstance(skip, Skip)
    assert (skip.where, skip.kind) == ("entry 1, line 1", "broken")
    assert "(and 39 more like it)" in skip.reason


@pytest.mark.parametrize("end", [0, len("</channel></rss>"), len("left.</description></item></channel></rss>") - 1, 70])
def test_a_feed_that_is_cut_off_gives_what_is_there(make_source: MakeSource, end: int) -> None:
    whole = rss(item(1), item(2))
    results = read_list(feeds, make_source(whole[: len(whole) - end], "news.rss"))
    assert_fit_for_an_index(results)
    articles = [result for result in results if isinstance(result, Article)]
    assert [article.title for article in articles] == ["Story 1", "Story 2"]
    assert articles[0].body == "Dozens of trucks left."
    skips = [result for result in results if isinstance(result, Skip)]
    assert [skip.kind for skip in skips] == ["broken"] * (end > 0)
    if end > len("</channel></rss>"):
        assert articles[1].extra["incomplete"] == "has no closing tag"
        assert skips[0].where == "entry 2, line 1"
        assert skips[0].reason == "has no closing tag: it was read as far as it goes"
    elif end:
        assert "it ends too early" in skips[0].reason


def test_a_text_that_is_cut_off_is_read_to_its_end(make_source: MakeSource) -> None:
    whole = rss(item(1, "Dozens of <![CDATA[<b>trucks</b> left & more]]> came."))
    for end in ("Dozens of", "<b>trucks", "left &", "]]> came"):
        article, _ = read_list(feeds, make_source(whole[: whole.index(end) + len(end)], "news.rss"))
        assert isinstance(article, Article)
        assert article.body.endswith(end.removeprefix("<b>").removeprefix("]]> "))


def test_an_entry_that_is_not_closed_ends_where_the_next_one_begins(make_source: MakeSource) -> None:
    content = rss(item(1).removesuffix("</item>"), item(2))
    first, second, skip = read_list(feeds, make_source(content, "news.rss"))
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.title, second.title) == ("Story 1", "Story 2")
    assert isinstance(skip, Skip)


def test_a_prefix_that_was_not_declared_is_no_loss(make_source: MakeSource) -> None:
    content = rss("<item><title>One</title><dc:creator>A. Reporter</dc:creator></item>")
    article, skip = read_list(feeds, make_source(content, "news.rss"))
    assert isinstance(article, Article)
    assert (article.title, article.byline) == ("One", "A. Reporter")
    assert isinstance(skip, Skip)


def test_what_a_server_wrote_before_the_feed_is_passed_over(read_feed: ReadFeed) -> None:
    (article,) = read_feed("\n\n<b>Warning</b>: out of memory\n" + rss(item(1)))
    assert article.title == "Story 1"


def test_an_entry_without_title_and_text_is_a_skip(make_source: MakeSource) -> None:
    results = read_list(feeds, make_source(rss("<item/>", "<item><guid>2</guid></item>", item(3)), "news.rss"))
    assert [result for result in results if isinstance(result, Skip)] == [
        Skip("entry 1", "it has neither a title nor a text", "empty"),
        Skip("entry 2", "it has neither a title nor a text", "empty"),
    ]
    assert isinstance(results[2], Article)


@pytest.mark.parametrize(
    ("content", "kind"), [(rss(), "empty"), ("<opml></opml>", "broken"), ("", "broken"), ("<rss", "broken")]
)
def test_a_file_without_entries_is_an_error(make_source: MakeSource, content: str, kind: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_list(feeds, make_source(content, "news.rss"))
    assert caught.value.kind == kind


def test_a_feed_beyond_the_limit_is_an_error(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "LIMIT", 1 << 20)
    source = make_source(rss(item(1, "long " * 300_000)), "news.rss")
    with pytest.raises(SourceError, match="more than 1 MB, too much for a feed") as caught:
        read_list(feeds, source)
    assert caught.value.kind == "too large"


def test_gives_the_entries_before_the_damage_of_a_gzip_file(make_source: MakeSource) -> None:
    content = gzip.compress(RSS_20.encode())[:-9]
    results = feeds.read(make_source(content, "news.rss.gz"), Options())
    article = next(results)
    assert isinstance(article, Article)
    assert article.title == "Trucks leave the village & its fields"
    with pytest.raises(SourceError, match="incomplete"):
        list(results)


def test_without_feedparser_the_error_says_what_to_install(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "feedparser", None)
    with pytest.raises(SourceError, match=r"pip install 'searchkit\[feeds\]'") as caught:
        read_list(feeds, make_source(RSS_20, "news.rss"))
    assert caught.value.kind == "missing extra"


@pytest.mark.parametrize("content", [RSS_20, RSS_10, RSS_091, RSS_090, ATOM_10, ATOM_03])
@pytest.mark.parametrize("name", ["news.xml", "news.rss", "news.txt", "news"])
def test_feeds_are_recognised_by_their_content(make_source: MakeSource, content: str, name: str) -> None:
    assert name_of(make_source(content, name)) == "feeds"
    assert name_of(make_source(gzip.compress(content.encode()), name + ".gz")) == "feeds"
    assert name_of(make_source(content.encode("utf-16"), name)) == "feeds"


def test_a_feed_is_recognised_behind_comments_and_instructions(make_source: MakeSource) -> None:
    before = '\ufeff<?xml version="1.0"?>\n<?xml-stylesheet href="a.xsl"?>\n<!-- made by <rss> & hand -->\n'
    subset = '<!DOCTYPE feed [<!ENTITY a "]>"> <!-- ]> -->]>'
    assert name_of(make_source(before + subset + ATOM_10[39:], "news.xml")) == "feeds"


@pytest.mark.parametrize(
    "content",
    [
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>&lt;rss&gt;</body></html>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://xmlns.com/foaf/0.1/"/>',
        '<feed xmlns="http://cattle.example/"><hay/></feed>',
        "<rssfeed>",
        "<opml version='2.0'></opml>",
        "In a text, <rss> is a word.",
        "",
    ],
)
def test_other_xml_is_no_feed(make_source: MakeSource, content: str) -> None:
    assert not feeds.recognises(content.encode(), make_source(content, "news.xml"))


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
HOSTILE = {
    "billion laughs": f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LAUGHS}]>' + rss(item(1, "&l11;")),
    # feedparser looks for entities before the first thing that looks like a tag.
    "hidden behind a comment": f'<!DOCTYPE rss [<!-- <a --><!ENTITY l0 "lol">{LAUGHS}]>' + rss(item(1, "&l11;")),
    "one large entity": f'<!DOCTYPE rss [<!ENTITY a "{"a" * 100_000}">]>' + rss(item(1, "&a;" * 10_000)),
    "in the middle": rss(item(1), f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LAUGHS}]>', item(2, "&l11;")),
    "parameter entities": '<!DOCTYPE rss [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>' + rss(item(1)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_entities_are_not_expanded(make_source: MakeSource, name: str) -> None:
    source = make_source(HOSTILE[name], "news.rss")
    with within(5):
        results = read_list(feeds, source)
    assert_fit_for_an_index(results)
    first = results[0]
    assert isinstance(first, Article)
    assert first.title == "Story 1"
    assert sum(len(result.body) for result in results if isinstance(result, Article)) < 100_000


@pytest.mark.parametrize("system", ["SYSTEM", 'PUBLIC "-//X//Y//EN"'])
def test_external_entities_are_not_fetched(make_source: MakeSource, system: str) -> None:
    secret = make_source("SECRET", "secret.txt").path
    doctype = f'<!DOCTYPE rss [<!ENTITY x {system} "{secret.as_uri()}">]>'
    results = read_list(feeds, make_source(doctype + rss(item(1, "before &x; after")), "news.rss"))
    assert isinstance(results[0], Article)
    assert results[0].body == "before &x; after"


def test_a_feed_that_is_the_name_of_a_file_is_not_opened(make_source: MakeSource) -> None:
    path = make_source(RSS_20, "news.rss").path
    with pytest.raises(SourceError, match="it is no feed"):
        read_list(feeds, make_source(str(path), "pointer.rss"))


LONG = 1 << 18


@pytest.mark.parametrize(
    "content",
    [
        "\n" * LONG + rss(item(1)),
        "<!DOCTYPE a [" + "<!--" * (LONG // 4),
        "<!DOCTYPE a [" + "'" * (LONG + 1) + rss(item(1)),
        "<!--" * (LONG // 4) + rss(item(1)),
        "<?" * (LONG // 2) + rss(item(1)),
        "<rss " * (LONG // 5),
        rss("<item>" * (LONG // 20)),
        rss("<item><title>" + "<![CDATA[" * (LONG // 9)),
        rss("<item>" + "<a " * (LONG // 8) + "</item>"),
        rss("<item><title>" + "&a" * (LONG // 4) + "</title></item>"),
        rss("<item><title>One</title><author>" + "a" * LONG + "</author></item>"),
        rss(
            "<item><title>One</title>"
            + "".join(f"<category>{n}</category>" for n in range(LONG // 22))
            + "</item>"
        ),
        rss("<item><title>One</title><keywords>" + "".join(f"{n}," for n in range(LONG // 6)) + "</keywords></item>"),
        rss("<item><title>One</title><description>" + "<div>" * (LONG // 5) + "</description></item>"),
        '<rss version="2.0" ' + " ".join(f'xmlns:a{n}="b{n}"' for n in range(LONG // 20)) + ">" + item(1) + "</rss>",
    ],
)  # fmt: skip
def test_takes_time_in_proportion(make_source: MakeSource, content: str) -> None:
    source = make_source(content, "news.rss")
    with within(8):
        assert feeds.recognises(content[:4096].encode(), source) in (True, False)
        try:
            results = read_list(feeds, source)
        except SourceError:
            results = []
    assert_fit_for_an_index(results)


def test_an_entry_that_is_too_long_costs_no_other(make_source: MakeSource) -> None:
    first, skip, last = read_list(feeds, make_source(rss(item(1), item(2, "x" * (8 << 20)), item(3)), "news.rss"))
    assert isinstance(first, Article)
    assert skip == Skip("entry 2", "is longer than 8 MB", "too large")
    assert isinstance(last, Article)


SAMPLES = [RSS_20, RSS_10, RSS_091, RSS_090, ATOM_10, ATOM_03]


@settings(max_examples=150 * MORE, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_mutated_feed_is_never_a_fault(make_source: MakeSource, data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(SAMPLES)).encode()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 60)))
        piece = data.draw(
            st.one_of(
                st.binary(max_size=12),
                st.sampled_from(
                    [b"&#1114112;", b"&#0;", b"<![CDATA[", b"]]>", b"<item>", b"</item>", b"<!--", b"\xff\xfe", b"&x;"]
                ),
            )
        )
        content = content[:start] + piece + content[end:]
    try:
        results = read_list(feeds, make_source(content, "news.rss"))
    except SourceError:
        return
    assert_fit_for_an_index(results)


@settings(max_examples=50 * MORE, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_any_text_in_an_entry_comes_out_as_text(make_source: MakeSource, text: str) -> None:
    from xml.sax.saxutils import escape

    content = rss(item(1, escape(text)), item(2)).encode("utf-8", "surrogatepass")
    results = read_list(feeds, make_source(content, "news.rss"))
    assert_fit_for_an_index(results)
    assert isinstance(results[0], Article)
    assert results[0].title == "Story 1"
