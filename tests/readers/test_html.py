"""Web pages: what they say about themselves, their text among all the rest, and pages that are broken or hostile."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import logging
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers import html_, page_text
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.opening import read_head
from searchkit.readers.registry import find_reader
from tests.conftest import MORE, within

from .support import MakeSource, assert_fit_for_an_index

DAY = dt.date(2019, 2, 19)
LEAD = "The harbour bridge closed on Tuesday, and it will stay closed until the autumn, the port authority said."
SECOND = "Engineers had found cracks in two of its cables a week ago, when they looked at it after the storm."
THIRD = "Ferries cross the harbour every ten minutes while the bridge is closed, and they take bicycles too."
NAVIGATION = "<nav><ul><li><a href='/world'>World</a></li><li><a href='/sport'>Sport</a></li></ul></nav>"


def article(data: str | bytes, options: Options | None = None, **given: Any) -> Article:
    result = page(data, options, **given)
    assert isinstance(result, Article), result
    assert_fit_for_an_index([result])
    return result


def page(data: str | bytes, options: Options | None = None, path: str = "page.html", **given: Any) -> Article | Skip:
    content = data.encode() if isinstance(data, str) else data
    return html_.page_article(
        Source(Path(path), path, path), options or Options(), "page", id=path, data=content, **given
    )


def html(head: str = "", body: str = "", opening: str = "<html>") -> str:
    story = body or f"<article><h1>Bridge closes</h1><p>{LEAD}</p><p>{SECOND}</p><p>{THIRD}</p></article>"
    return f"<!DOCTYPE html>{opening}<head>{head}</head><body>{NAVIGATION}{story}<footer>(c) 2024 Us</footer></body></html>"


def linked(*nodes: Any, kind: str = "application/ld+json") -> str:
    return f'<script type="{kind}">{json.dumps(nodes[0] if len(nodes) == 1 else list(nodes))}</script>'


NEWS = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Harbour bridge closes",
    "datePublished": "2019-02-19T10:30:00+02:00",
    "dateModified": "2019-02-20T08:00:00+02:00",
    "author": [{"@type": "Person", "name": "Ann Writer"}, {"@type": "Person", "name": "Bo Reporter"}],
    "publisher": {"@type": "Organization", "name": "The Sample"},
    "articleSection": "Local",
    "keywords": ["bridges", "ferries"],
    "inLanguage": "de-DE",
    "mainEntityOfPage": {"@type": "WebPage", "@id": "https://news.example/bridge"},
    "description": "It is closed until autumn.",
}


# ---- what a page says about itself -------------------------------------------


def test_json_ld_gives_the_fields_of_an_article() -> None:
    found = article(html(linked(NEWS)))
    assert (found.id, found.title, found.title_derived) == ("page.html", "Harbour bridge closes", False)
    assert (found.date, found.date_source, found.extra["date_field"]) == (DAY, "metadata", "json-ld datePublished")
    assert found.time == dt.time(10, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert (found.byline, found.publisher, found.section) == ("Ann Writer, Bo Reporter", "The Sample", "Local")
    assert (found.topics, found.language) == (("bridges", "ferries"), "de")
    assert (found.url, found.captured) == ("https://news.example/bridge", None)
    assert found.extra["dateModified"] == "2019-02-20T08:00:00+02:00"
    assert found.extra["description"] == "It is closed until autumn."
    assert "type" not in found.extra


def test_json_ld_goes_before_open_graph_and_that_before_the_heading() -> None:
    head = '<meta property="og:title" content="Open Graph"><title>Whole</title>'
    assert article(html(head + linked(NEWS))).title == "Harbour bridge closes"
    assert article(html(head)).title == "Open Graph"
    assert article(html("<title>Whole</title>")).title == "Bridge closes"


@pytest.mark.parametrize(
    "kind", ["NewsArticle", "ReportageNewsArticle", "Article", "BlogPosting", "https://schema.org/OpinionNewsArticle"]
)
def test_every_type_of_article_is_one(kind: str) -> None:
    assert article(html(linked({"@type": ["Thing", kind], "headline": "A type"}))).title == "A type"


def test_another_type_than_news_is_noted() -> None:
    assert article(html(linked({**NEWS, "@type": "LiveBlogPosting"}))).extra["type"] == "LiveBlogPosting"


def test_an_article_in_a_graph_names_its_people_by_reference() -> None:
    graph = [
        {"@type": "WebPage", "@id": "https://news.example/bridge", "name": "Not the headline"},
        {"@type": "Organization", "@id": "#us", "name": "The Sample"},
        {"@type": "Person", "@id": "#ann", "name": "Ann Writer"},
        {"@type": "Article", "headline": "In a graph", "author": {"@id": "#ann"}, "publisher": {"@id": "#us"}},
    ]
    found = article(html(linked({"@context": "https://schema.org", "@graph": graph})))
    assert (found.title, found.byline, found.publisher) == ("In a graph", "Ann Writer", "The Sample")


def test_of_several_articles_the_one_with_the_pages_address_counts() -> None:
    other = {**NEWS, "headline": "Another story", "mainEntityOfPage": "https://news.example/other"}
    assert article(html('<link rel="canonical" href="https://news.example/bridge">' + linked(other, NEWS))).title == (
        "Harbour bridge closes"
    )
    assert article(html(linked(other, NEWS))).title == "Another story"


@pytest.mark.parametrize(
    "script",
    [
        '//<![CDATA[\n{"@type":"NewsArticle","headline":"A\tscript"}\n//]]>',
        '<!-- {"@type":"NewsArticle","headline":"A\nscript"} -->',
        '{"@type":"NewsArticle","headline":"A script"};',
        '{"@type":"NewsArticle","headline":"A &lt;em&gt;script&lt;/em&gt;"}',
    ],
)
def test_json_ld_is_read_in_what_stands_around_it(script: str) -> None:
    assert article(html(f'<script type="application/ld+json">{script}</script>')).title == "A script"


@pytest.mark.parametrize(
    "script", ["{broken", "[" * 100_000, "nothing", "", '"a text"', "[1, null, [[[[[[[[1]]]]]]]]]"]
)
def test_broken_json_ld_leaves_the_rest_of_the_page(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script><meta property="og:title" content="Open Graph">'
    assert article(html(head)).title == "Open Graph"


def test_json_ld_that_is_nested_too_deeply_is_left() -> None:
    script = "[" * 500 + json.dumps(NEWS) + "]" * 500
    assert article(html(f'<script type="application/ld+json">{script}</script>')).title == "Bridge closes"


@pytest.mark.parametrize(
    "value", [None, 1, True, [], {}, [None, {"name": None}], {"name": {"name": {"name": {"name": "x"}}}}, "", " "]
)
def test_json_ld_values_of_any_shape_are_taken_or_left(value: Any) -> None:
    node = dict.fromkeys(NEWS, value) | {"@type": "NewsArticle", "liveBlogUpdate": value, "contentLocation": value}
    assert article(html(linked(node))).body.startswith(LEAD)


def test_open_graph_gives_what_json_ld_does_not() -> None:
    head = """
    <meta property="og:title" content="Bridge closes – The Sample"><meta property="og:site_name" content="The Sample">
    <meta property="og:url" content="https://news.example/og"><meta property="og:locale" content="fr_CA">
    <meta property="article:published_time" content="2019-02-19T10:30:00Z">
    <meta property="article:author" content="https://social.example/ann"><meta name="author" content="Ann Writer">
    <meta property="article:section" content="Local"><meta property="article:tag" content="bridges">
    <meta property="article:tag" content="ferries, cables"><meta property="og:description" content="It is closed.">
    """
    found = article(html(head))
    assert (found.title, found.publisher, found.url) == ("Bridge closes", "The Sample", "https://news.example/og")
    assert (found.date, found.extra["date_field"]) == (DAY, "article:published_time")
    assert (found.byline, found.section, found.topics) == ("Ann Writer", "Local", ("bridges", "ferries", "cables"))
    assert (found.language, found.extra["description"]) == ("fr", "It is closed.")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("parsely-pub-date", "2019-02-19T10:30:00Z"),
        ("DC.date.issued", "2019-02-19"),
        ("citation_publication_date", "2019/02/19"),
        ("pubdate", "Tue, 19 Feb 2019 10:30:00 GMT"),
        ("date", "20190219"),
    ],
)
def test_usual_names_of_meta_elements_say_the_date(name: str, written: str) -> None:
    found = article(html(f'<meta name="{name}" content="{written}">'))
    assert (found.date, found.extra["date_field"]) == (DAY, name.lower())


def test_authors_of_a_meta_element_each_are_one_byline() -> None:
    head = '<meta name="citation_author" content="Ann Writer"><meta name="citation_author" content="Bo Reporter">'
    assert article(html(head)).byline == "Ann Writer, Bo Reporter"


def test_microdata_say_who_and_when() -> None:
    body = f"""<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">Bridge closes</h1>
    <span itemprop="author" itemscope><a href="/ann"><span itemprop="name">Ann Writer</span></a></span>
    <time itemprop="datePublished" datetime="2019-02-19T10:30">yesterday</time>
    <div itemprop="articleBody"><p>{LEAD}</p><p>{SECOND}</p></div></div>"""
    found = article(html(body=body))
    assert (found.title, found.byline) == ("Bridge closes", "Ann Writer")
    assert (found.date, found.extra["date_field"]) == (DAY, "itemprop datePublished")


def test_a_time_element_says_the_date_but_not_that_of_another_story() -> None:
    body = f"""<aside><time datetime="2018-01-01">1 Jan</time></aside><time datetime="2020-01-01">today</time>
    <article><ul><li><time datetime="2018-01-02"></time></li></ul><h1>Bridge closes</h1>
    <time datetime="2019-02-19">19 February</time><p>{LEAD}</p><p>{SECOND}</p></article>"""
    found = article(html(body=body))
    assert (found.date, found.extra["date_field"]) == (DAY, "time element")


def test_the_address_says_the_date_before_the_day_of_a_change() -> None:
    head = '<meta property="article:modified_time" content="2019-03-01">'
    found = article(html(head + '<link rel="canonical" href="https://news.example/2019/02/19/bridge">'))
    assert (found.date, found.extra["date_field"]) == (DAY, "url")
    found = article(html(head))
    assert (found.date, found.extra["date_field"]) == (dt.date(2019, 3, 1), "article:modified_time")


def test_htmldate_guesses_where_nothing_else_says_the_date() -> None:
    body = (
        f'<article><h1>Bridge</h1><p class="date">Published 19 February 2019</p><p>{LEAD}</p><p>{SECOND}</p></article>'
    )
    found = article(html(body=body), path="2020-01-01/page.html")
    assert (found.date, found.date_source, found.extra["date_field"]) == (DAY, "metadata", "htmldate")


def test_htmldate_is_not_asked_where_the_page_says_the_date(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("htmldate.find_date", lambda *given, **_: asked.append(given))
    article(html(linked(NEWS)))
    assert not asked
    article(html())
    assert asked


def test_htmldate_looks_for_no_day_that_cannot_be() -> None:
    body = f"<article><p class=date>1 March 2019</p><p class=date>19 February 2019</p><p>{LEAD}</p></article>"
    assert article(html(body=body), Options(latest=dt.date(2019, 2, 20))).date == DAY


def test_a_future_date_is_refused() -> None:
    head = linked({**NEWS, "datePublished": "2031-01-01"}) + '<meta name="date" content="2019-02-19">'
    found = article(html(head), Options(latest=dt.date(2026, 1, 1)))
    assert (found.date, found.extra["date_field"]) == (DAY, "date")
    assert "future" in found.extra["date_note"]


def test_the_path_is_the_last_to_say_the_date() -> None:
    found = article(html(), path="2019-02-19/page.html")
    assert (found.date, found.date_source) == (DAY, "path")
    assert article(html()).date is None


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Bridge closes - The Sample</title>", "<p>", "Bridge closes - The Sample"),
        ("<title>Bridge closes - The Sample</title>", "", "Bridge closes"),
        ("<meta property='og:site_name' content='The Sample'><title>Road | the sample</title>", "<p>", "Road"),
        (
            "<meta property='og:site_name' content='The Sample'><title>The Sample: Road</title>",
            "<p>",
            "The Sample: Road",
        ),
        ("<meta property='og:site_name' content='The Sample'><title>The Sample</title>", "<p>", LEAD[:20]),
        ("<meta property='og:site_name' content='The Sample'><title>The Sample | Road</title>", "<p>", "Road"),
        ("<title>A &amp; B\n  closes</title>", "<p>", "A & B closes"),
        (linked({**NEWS, "headline": "Tom &amp; Jerry"}), "", "Tom & Jerry"),
    ],
)
def test_the_headline_is_cut_from_the_sites_name(head: str, body: str, title: str) -> None:
    found = article(html(head, f"{body}{LEAD}<p>{SECOND}<p>{THIRD}" if body else ""))
    assert found.title.startswith(title)
    assert len(title) > 18 or found.title == title


def test_a_heading_that_is_never_closed_is_no_headline() -> None:
    assert article(f"<html><title>Bridge</title><body><h1>{LEAD}<br>{SECOND}<br>{THIRD}<br>{LEAD}").title == "Bridge"


def test_the_heading_of_the_story_goes_before_that_of_the_site() -> None:
    body = f"<h1>The Sample</h1><article><h1>Bridge closes</h1><p>{LEAD}</p><p>{SECOND}</p></article>"
    assert article(html(body=body)).title == "Bridge closes"


@pytest.mark.parametrize(
    ("opening", "head", "language"),
    [
        ('<html lang="de-DE">', "", "de"),
        ('<html xml:lang="pt_BR">', "", "pt"),
        ("<html>", '<meta http-equiv="Content-Language" content="sv, en">', None),
        ("<html>", '<meta http-equiv="Content-Language" content="sv">', "sv"),
        ('<html lang="">', '<meta name="dc.language" content="German">', None),
    ],
)
def test_the_language_is_a_code(opening: str, head: str, language: str | None) -> None:
    assert article(html(head, opening=opening)).language == language


@pytest.mark.parametrize("url", ["http://[broken/2019/02/19/a", "http://", "https://news.example:port/a", "\x00\ud800"])
def test_an_address_that_is_none_does_no_harm(url: str) -> None:
    canonical = f'<link rel="canonical" href="{url}">'.encode("utf-8", "replace")
    assert article(html().encode().replace(b"</head>", canonical + b"</head>"), url=url).body.startswith(LEAD)


def test_a_front_page_is_nobodys_own_address() -> None:
    head = '<link rel="canonical" href="https://news.example/"><link rel="canonical" href="/relative">'
    assert article(html(head + linked(NEWS))).url == "https://news.example/bridge"
    assert article(html('<link rel="canonical" href="/relative">')).url is None


def test_the_place_that_an_article_is_about_is_its_place_only_without_a_dateline() -> None:
    about = {**NEWS, "contentLocation": [{"@type": "Place", "name": "Norway"}]}
    assert article(html(linked(about))).dateline == "Norway"
    filed = html(linked(about), f"<article><p>DOHA, Qatar (AP) — {LEAD}</p><p>{SECOND}</p></article>")
    found = article(filed)
    assert (found.dateline, found.extra["about"], found.extra["agency"]) == ("DOHA, Qatar", "Norway", "AP")
    assert found.body.startswith("The harbour bridge")
    found = article(html(linked({**about, "dateline": "Oslo, Norway"})))
    assert found.dateline == "Oslo, Norway"
    written = {**NEWS, "locationCreated": {"name": "Doha"}}
    assert article(html(linked(written))).dateline == "Doha"


# ---- pages as they are saved -------------------------------------------------


def test_a_browser_that_saved_the_page_says_from_where() -> None:
    saved = "<!DOCTYPE html>\n<!-- saved from url=(0030)https://news.example/2019/02/19/b -->\n<html>"
    found = article(html().replace("<!DOCTYPE html><html>", saved))
    assert (found.url, found.captured) == ("https://news.example/2019/02/19/b", None)


def test_singlefile_says_from_where_and_when() -> None:
    comment = """<html><!--
 Page saved with SingleFile
 url: https://news.example/bridge
 saved date: Thu Jan 06 2022 12:00:00 GMT+0100 (Central European Standard Time)
-->"""
    picture = f'<img src="data:image/png;base64,{"iVBORw0KGgo" * 60_000}">'
    found = article(html().replace("<html>", comment).replace("<article>", f"<article>{picture}"))
    assert (found.url, found.captured) == ("https://news.example/bridge", "2022-01-06T11:00:00Z")
    assert found.body == f"{LEAD}\n\n{SECOND}\n\n{THIRD}"


def test_embedded_pictures_are_left_out_before_the_page_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    parse = html_._parse

    def measured(text: str, parser: Any) -> Any:
        lengths.append(len(text))
        return parse(text, parser)

    monkeypatch.setattr(html_, "_parse", measured)
    article(html(f'<style>@font-face {{ src: url("data:font/woff2;base64,{"QUJD" * 10_000}") }}</style>'))
    assert lengths[0] < 1000


def test_a_page_of_the_wayback_machine_is_the_one_that_it_had_fetched() -> None:
    head = '<link rel="canonical" href="https://web.archive.org/web/20190219103000/https://news.example/bridge">'
    found = article(html(head), Options(zone=dt.timezone(dt.timedelta(hours=5))))
    assert (found.url, found.captured) == ("https://news.example/bridge", "2019-02-19T10:30:00Z")


def test_a_crawls_address_is_the_articles_and_its_own_is_kept() -> None:
    found = article(html(linked(NEWS)), url="https://news.example/bridge?a=1", captured="2019-02-21T00:00:00Z")
    assert (found.url, found.captured) == ("https://news.example/bridge?a=1", "2019-02-21T00:00:00Z")
    assert found.extra["canonical_url"] == "https://news.example/bridge"
    assert "canonical_url" not in article(html(linked(NEWS)), url="https://news.example/bridge").extra


# ---- the text ----------------------------------------------------------------


def test_the_text_is_the_storys_alone() -> None:
    teasers = "".join(f"<li><a href='/{n}'><h3>Another story, number {n}</h3></a></li>" for n in range(9))
    body = f"""<header>{NAVIGATION}</header><main><article><h1>Bridge closes</h1><p>{LEAD}</p>
    <aside class="ad"><script>show("an advertisement")</script></aside><p>{SECOND} <a href="/x">A link.</a></p>
    <h2>On the water</h2><ul><li>by ferry</li><li>by boat</li></ul>
    <table><tr><th>Ferry</th><th>Minutes</th></tr><tr><td>North</td><td>12</td></tr></table>
    <p>{THIRD}</p></article><section class="related"><ul>{teasers}</ul></section>
    <div id="comments"><div class="comment"><p>I never liked that bridge, to be honest with you.</p></div></div></main>"""
    assert article(html(body=body)).body.split("\n\n") == [
        LEAD,
        f"{SECOND} A link.",
        "On the water",
        "- by ferry\n- by boat",
        "Ferry   Minutes\nNorth   12",
        THIRD,
    ]


def test_the_title_is_not_repeated_in_the_text() -> None:
    assert article(html("<title>Bridge closes</title>")).body.startswith(LEAD)
    assert article(html(linked({**NEWS, "headline": "BRIDGE CLOSES"}))).body.startswith(LEAD)


def test_short_news_is_news() -> None:
    found = article(html(body="<article><h1>Bridge</h1><p>OSLO, Norway (AP) — It closed.</p></article>"))
    assert (found.title, found.dateline, found.body) == ("Bridge", "OSLO, Norway", "It closed.")


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>Bridge</h1>{LEAD}<p>{SECOND}<p>{THIRD}",
        f"<div><h1>Bridge</h1><font size=2>{LEAD}<p>{SECOND}<p>{THIRD}</font></div>",
        f"<table><tr><td>{NAVIGATION}</td><td><h1>Bridge</h1>{LEAD}<p>{SECOND}<p>{THIRD}</td></tr></table>",
        f"<table><tr><td><table><tr><td><font>{LEAD}<br><br>{SECOND}<br><br>{THIRD}</table></table>",
        f"<table><tr><td>{LEAD[:40]}<b>{LEAD[40:50]}</b>{LEAD[50:]}<p>{SECOND}</p>{THIRD}<hr><p></table>",
    ],
)
def test_pages_of_old_keep_all_their_paragraphs(body: str) -> None:
    assert article(f"<html><body bgcolor=white>{body}").body == f"{LEAD}\n\n{SECOND}\n\n{THIRD}"


def test_a_line_with_bars_is_no_table() -> None:
    body = f"<article><p>{LEAD}</p><p>| Ferries | run every ten minutes, day and night.</p><p>{SECOND}</p></article>"
    assert "\n\n| Ferries | run every ten minutes, day and night.\n\n" in article(html(body=body)).body


def test_a_table_of_data_stays_one() -> None:
    rows = "".join(f"<tr><td>Ferry {n}</td><td>{n}</td></tr>" for n in range(3))
    body = f"<table><tr><td>{LEAD}<p>{SECOND}<p>{THIRD}<table>{rows}</table></td></tr></table>"
    assert "Ferry 0   0\nFerry 1   1\nFerry 2   2" in article(f"<html><body>{body}").body


def test_a_wire_story_in_pre_keeps_its_lines_until_they_are_joined() -> None:
    lines = (
        "OSLO, Norway (AP) - The harbour bridge closed on Tuesday, and will stay\n"
        "closed until the autumn, and the authority said no more\n\nA second."
    )
    found = article(f"<html><body><pre>{lines}\n</pre></body></html>")
    assert found.dateline == "OSLO, Norway"
    assert found.body == (
        "The harbour bridge closed on Tuesday, and will stay closed until the autumn, and the authority said no more\n\nA second."
    )


def test_the_text_in_json_ld_stands_in_for_one_that_the_page_does_not_show() -> None:
    shell = '<div id="root"></div>'
    found = article(html(linked({**NEWS, "articleBody": f"<p>{LEAD}</p><p>{SECOND}</p>"}), shell))
    assert found.body == f"{LEAD}\n\n{SECOND}"
    assert article(html(linked({**NEWS, "articleBody": "Something short."}))).body.startswith(LEAD)


def test_the_entries_of_a_live_blog_stand_in_too() -> None:
    entry = {"@type": "BlogPosting", "headline": "10:00", "articleBody": LEAD}
    node = {**NEWS, "@type": "LiveBlogPosting", "liveBlogUpdate": [entry, {"articleBody": SECOND}, 7]}
    found = article(html(linked(node), "<div></div>"))
    assert found.title == "Harbour bridge closes"
    assert found.body == f"10:00\n\n{LEAD}\n\n{SECOND}"


def test_a_library_that_fails_does_not_cost_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr("trafilatura.bare_extraction", fail)
    monkeypatch.setattr("htmldate.find_date", fail)
    assert LEAD in article(html()).body


# ---- pages without an article ------------------------------------------------

TEASERS = "".join(
    f"<div><h2><a href='/{n}'>Story number {n}</a></h2><p>{sentence}</p></div>"
    for n, sentence in enumerate([LEAD, SECOND, THIRD] * 3)
)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "<!-- nothing -->",
        "<html><body></body></html>",
        html(body="<div id='root'></div><noscript>You need to enable JavaScript to run this app.</noscript>"),
        html(body="<div>You need to enable JavaScript to run this app.</div>"),
        "<html><frameset cols='20%,80%'><frame src='a.html'><frame src='b.html'></frameset></html>",
        html(body=TEASERS),
        html(linked({"@type": "CollectionPage", "name": "Local news"})),
        html('<link rel="canonical" href="/x"><!-- saved from url=(0021)https://news.example/ -->'),
    ],
)
def test_a_page_without_a_story_is_skipped_as_empty(data: str) -> None:
    result = page(data)
    assert isinstance(result, Skip), result
    assert result.kind == "empty"
    assert result.reason


def test_a_front_page_is_skipped_by_its_address() -> None:
    assert isinstance(page(html(), url="https://news.example/"), Skip)
    assert isinstance(page(html(), url="https://news.example/index.html"), Skip)
    assert isinstance(page(html(), url="https://news.example/?story=1"), Article)
    assert isinstance(page(html(linked(NEWS)), url="https://news.example/"), Article)


def test_a_list_of_stories_that_calls_itself_an_article_is_one() -> None:
    assert isinstance(page(html('<meta property="og:type" content="article">', TEASERS)), Article)


# ---- encodings ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "declared", "text"),
    [
        ("utf-8", "utf-8", "Zürich – Москва – 東京"),
        ("utf-8", "iso-8859-1", "Zürich – Москва"),
        ("cp1252", "iso-8859-1", "Zürich – “quoted”"),
        ("cp1251", "windows-1251", "Мост закрыт до осени"),
        ("koi8-r", "koi8-r", "Мост закрыт до осени"),
        ("cp932", "Shift_JIS", "橋は秋まで閉鎖①"),
        ("cp932", "x-sjis", "橋は秋まで閉鎖"),
        ("iso2022_jp", "iso-2022-jp", "橋は秋まで閉鎖"),
        ("gb18030", "gb2312", "大桥关闭至秋季镕"),
        ("big5", "big5", "大橋關閉至秋季"),
        ("cp949", "euc-kr", "다리는 가을까지 폐쇄된다"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_or_the_header_declares(encoding: str, declared: str, text: str) -> None:
    body = f"<article><p>{text}. {text}. {text}.</p></article>"
    in_page = html(f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">', body)
    assert article(in_page.encode(encoding)).body == f"{text}. {text}. {text}."
    assert article(html(body=body).encode(encoding), charset=declared).body == f"{text}. {text}. {text}."


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_byte_order_mark_goes_before_what_is_declared(encoding: str) -> None:
    body = "<p>Zürich – Москва, and some more of a text.</p>"
    assert "Zürich – Москва" in article(html('<meta charset="cp1251">', body).encode(encoding)).body


def test_a_damaged_byte_does_not_make_another_encoding() -> None:
    data = html('<meta charset="shift_jis">', f"<p>橋は秋まで閉鎖 {LEAD}</p><p>{SECOND}</p>").encode("cp932")
    assert "橋は秋まで閉鎖" in article(data.replace(b"authority", b"\xffauthority")).body


def test_a_damaged_byte_of_a_rare_encoding_too() -> None:
    data = html('<meta charset="windows-874">', f"<p>สะพานปิด {LEAD}</p><p>{SECOND}</p>").encode("cp874")
    assert "สะพานปิด" in article(data.replace(b"authority", b"\xffauthority")).body


@pytest.mark.parametrize("declared", ["idna", "rot13", "utf-7", "nonsense", "utf-16", "", "x" * 500])
def test_what_is_no_encoding_of_pages_is_guessed(declared: str) -> None:
    found = article(html(f'<meta charset="{declared}">', f"<p>Zürich. {LEAD}</p>").encode("cp1252"), charset=declared)
    assert found.body.startswith("Zürich")
    assert "windows-1252" in found.extra["encoding"]


# ---- files -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "name", "expected"),
    [
        ("<!DOCTYPE html><p>x", "a", True),
        ("\ufeff \n<!doctype HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'>", "a.txt", True),
        ("<!-- a > b --><html lang=en>", "a", True),
        ('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html>', "a.xml", True),
        ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "a", True),
        ("<HEAD><TITLE>x</TITLE>", "a", True),
        ("<p>A fragment</p>", "a.html", True),
        ("<p>A fragment</p>", "a.htm.gz", True),
        ("<p>A fragment</p>", "a.txt", False),
        ("Some news.", "a.html", False),
        ('<?xml version="1.0"?><rss version="2.0"><p>', "a.html", False),
        ("<rss version='2.0'><title>x</title>", "a.html", False),
        ("<!DOCTYPE nitf><nitf><head><p>", "a.html", False),
        ("<header>x</header>", "a", False),
        ("<htmlx>", "a", False),
        ("", "a.html", False),
    ],
)
def test_recognises_pages_by_their_content(make_source: MakeSource, start: str, name: str, expected: bool) -> None:
    assert html_.recognises(start.encode(), make_source(start, name)) is expected


def test_recognises_a_page_in_utf_16(make_source: MakeSource) -> None:
    assert html_.recognises(html().encode("utf-16"), make_source("", "a"))


def test_comments_without_end_are_seen_through_in_linear_time() -> None:
    with within(1):
        assert not html_.is_page(b"<!--a-->" * 500 + b"<x")
        assert not html_.is_page(b"<!--" * 1000)


def test_the_registry_finds_the_reader(make_source: MakeSource) -> None:
    source = make_source(html(), "2019/story.html")
    found = find_reader(read_head(source), source, Options())
    assert found is not None
    assert found[0] == "html"
    assert [item.id for item in found[1].read(source, Options()) if isinstance(item, Article)] == ["2019/story.html"]


def test_a_damaged_file_gives_its_page_and_the_damage(make_source: MakeSource) -> None:
    results = html_.read(make_source(gzip.compress(html().encode())[:-8], "a.html.gz"), Options())
    assert isinstance(next(results), Article)
    with pytest.raises(SourceError, match="too early"):
        next(results)


def test_a_page_that_is_too_large_is_an_error(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_, "LARGEST_PAGE", 1000)
    with pytest.raises(SourceError, match="too much for one article"):
        list(html_.read(make_source(html() + " " * 1000, "a.html"), Options()))


@pytest.mark.parametrize("missing", ["trafilatura", "htmldate", "lxml.html"])
def test_without_the_libraries_the_error_says_what_to_install(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    html_._parser.cache_clear()
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SourceError, match=r"pip install 'searchkit\[html\]'") as caught:
        list(html_.read(make_source(html(), "a.html"), Options()))
    assert caught.value.kind == "missing extra"


def test_the_libraries_say_nothing(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for data in (html(), "<html><body></body></html>", "<p>", html(linked({"a": 1}), "<h1>x")):
        page(data)
    assert not [record for record in caplog.records if record.name.startswith(("trafilatura", "htmldate"))]
    assert capfd.readouterr() == ("", "")


# ---- hostile pages -----------------------------------------------------------

PARAGRAPH = f"<p>{LEAD}</p>"


@pytest.mark.parametrize(
    "data",
    [
        "<html><body>" + "<div>" * 300 + PARAGRAPH + "</div>" * 300,
        "<html><body>" + "<div>" * 100_000 + PARAGRAPH + "</div>" * 100_000,
        "<html><body>" + "<p><font size=2>The bridge is closed, and nothing here is. " * 3000,
        "<html><body>" + "<table><tr><td>bridge" * 3000,
        "<html><body><table><tr>" + "<td>bridge" * 20_000,
        "<html><body><ul>" + "<li>bridge" * 50_000,
        "<html><body>" + "The bridge<br>" * 50_000,
        "<html><body>" + "<a href=x>bridge" * 20_000,
        "<html><body>" + ("<span>" * 150 + "bridge" + "</span>" * 150) * 300,
        "<html><body>" + '<time datetime="x">a</time>' * 20_000 + PARAGRAPH,
        "<html><head>" + '<meta name="date" content="x">' * 20_000 + "</head><body>" + PARAGRAPH,
        "<html><body>" + '<b itemprop="author">' * 20_000 + PARAGRAPH,
        "<html><head>" + linked(NEWS) * 5000 + "</head><body>" + PARAGRAPH,
        "<html><head>" + linked({**NEWS, "author": [{"name": "x"}] * 100_000}) + "</head><body>" + PARAGRAPH,
        "<html><body>" + "<" * 500_000 + PARAGRAPH,
        "<html><body><pre>" + "bridge\n" * 50_000,
        "<html><body><p>bridge " + "&amp;&#1;&#0;&#xD800;&#x110000;&#x85;" * 10_000,
        "<html><body>;base64," + "data:" * 200_000 + PARAGRAPH,
        "<html><body><p>" + "bridge " * 400_000,
        '<html><body><a href="' + 'x="' * 100_000 + PARAGRAPH,
    ],
    ids=range(20),
)
def test_pages_that_are_made_to_hang_do_not(data: str) -> None:
    with within(10):
        result = page(data)
    if isinstance(result, Article):
        assert "bridge" in result.body
        assert_fit_for_an_index([result])


def test_nothing_is_lost_of_a_page_that_is_nested_too_deeply() -> None:
    data = html(linked(NEWS), "<div>" * 5000 + PARAGRAPH + "</div>" * 5000 + f"<p>{THIRD}</p>")
    found = article(data)
    assert LEAD in found.body
    assert THIRD in found.body


def test_a_page_of_too_many_tags_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_, "_MOST_TAGS", 5)
    result = page(html())
    assert isinstance(result, Skip)
    assert result.kind == "too large"


def test_a_long_list_is_taken_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_text, "_MOST_IN_ONE", 50)
    page_text._unwieldy.cache_clear()
    try:
        assert article(html(body="<ol>" + "<li>bridge</li>" * 60 + "</ol>")).body.count("bridge") == 60
    finally:
        page_text._unwieldy.cache_clear()


def test_memory_does_not_grow_with_the_pages() -> None:
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("needs /proc")

    def anonymous() -> int:
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("RssAnon"))

    def read(first: int, count: int) -> None:
        for number in range(first, first + count):
            story = "".join(f"<p>{LEAD} {number} {paragraph} {SECOND}</p>" for paragraph in range(30))
            page(html(linked({**NEWS, "headline": f"Story {number}"}), f"<article>{story}</article>"))

    read(0, 150)
    before = anonymous()
    read(150, 600)
    assert anonymous() - before < 8 << 10


FRAGMENTS = [
    *(
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<article>",
        "</article>",
        "<h1>",
        "<br>",
    ),
    *(
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<pre>",
        "</pre>",
        "<ul><li>",
        "<svg><title>",
        "&#0;",
    ),
    *(
        "&#xD800;",
        "&amp;",
        "<html>",
        "<body>",
        "</body>",
        "<frameset>",
        "<textarea>",
        "<a href='",
        '">',
        "\x00",
        "\ufeff",
    ),
    *(
        LEAD,
        "\ud7ff\U0010ffff",
        "<time datetime='2019-02-19'>",
        linked(NEWS),
        linked(NEWS)[:40],
        "<meta charset=utf-16>",
    ),
    *('<meta property="og:title" content="', "<font>", "<title>", "\r\n", "DOHA, Qatar (AP) — ", "<select><option>"),
]


@settings(max_examples=150 * MORE)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25), st.binary(max_size=20), st.integers(0, 2000))
def test_markup_of_any_kind_is_an_article_or_a_skip(parts: list[str], junk: bytes, place: int) -> None:
    for data in ("".join(parts), html(linked(NEWS), "".join(parts))):
        content = data.encode("utf-8", "replace")
        content = content[:place] + junk + content[place:]
        result = page(content)
        assert isinstance(result, Article | Skip)
        if isinstance(result, Article):
            assert_fit_for_an_index([result])


@pytest.mark.parametrize("reference", ["&#2;", "&#x3;", "&#0;", "&#xFFFE;", "&#55296;", "&#31"])
def test_a_reference_to_a_character_that_cannot_be_costs_nothing(make_source: MakeSource, reference: str) -> None:
    loose = f"{reference} Loose words before the first paragraph of the story.{reference}"
    story = f"<article>{loose}<p>{LEAD}</p>{loose}<p>{SECOND}</p><p>{THIRD}</p></article>"
    source = make_source(f"<html><head><title>Bridge</title></head><body>{story}</body></html>", "a.html")
    (article,) = html_.read(source, Options())
    assert isinstance(article, Article)
    assert "Loose words" in article.body
