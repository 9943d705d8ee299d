"""Snippets of HTML become text: no word is lost, none is glued to another, and no text takes more than its time."""

from __future__ import annotations

import html
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.readers.markup import flatten, has_blocks, looks_like_markup
from tests.conftest import within


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One.</p><p>Two &amp; three.</p>", "One.\n\nTwo & three."),
        ("<P CLASS=x>One.\n  Still one.<P>Two.", "One. Still one.\n\nTwo."),
        ("<div>One<div>Two</div>Three</div>", "One\n\nTwo\n\nThree"),
        ("<h2>Head</h2>Text<hr>More", "Head\n\nText\n\nMore"),
        ("One<br>two<br/>three", "One\ntwo\nthree"),
        ("One<br><br />Two<br>\n<br>Three", "One\n\nTwo\n\nThree"),
        ("<ul><li>a</li>\n<li>b</li></ul>", "a\nb"),
        ("<ol><li>a<li>b<li>c</ol>d", "a\nb\nc\n\nd"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><th>3</th></tr></table>", "1 2\n3"),
        ("<dl><dt>term</dt><dd>what it is</dd></dl>", "term\nwhat it is"),
        ("<pre>one\n  two</pre>three", "one\ntwo\n\nthree"),
        ("<p>so <b>bo</b>ld, <a href='x'>a link</a> and<i> more</i></p>", "so bold, a link and more"),
        ("<p>a&nbsp;b &#8212; &#x2014; &eacute; &lt;b&gt;</p>", "a b — — é <b>"),
        ("<p>x</p><img src='a.jpg' alt='a > b'><p>y</p>", "x\n\ny"),
        ("<?xml version='1.0'?><!DOCTYPE html><html><body>x<p>y</body></html>", "x\n\ny"),
        ("<p>a <o:p>b</o:p> <my-tag x>c</my-tag></p>", "a b c"),
    ],
)
def test_blocks_are_paragraphs_and_inline_tags_go(markup: str, text: str) -> None:
    assert flatten(markup) == text
    assert has_blocks(markup)
    assert looks_like_markup(markup)


def test_nested_lists_keep_each_item_on_its_line() -> None:
    nested = "<ul><li>fruit<ul><li>apple<ul><li>green</li></ul></li><li>pear</li></ul></li><li>bread</li></ul>"
    assert flatten(nested).split() == ["fruit", "apple", "green", "pear", "bread"]
    assert [line for line in flatten(nested).split("\n") if line] == ["fruit", "apple", "green", "pear", "bread"]


@pytest.mark.parametrize(
    "name", ["script", "style", "SCRIPT", "noscript", "template", "svg", "iframe", "head", "object"]
)
def test_what_is_no_text_is_left_out(name: str) -> None:
    assert flatten(f"<p>One<{name} a='b'>x < y; <p>hidden</{name.lower()} ></p><p>Two</p>") == "One\n\nTwo"
    assert flatten(f"<p>One<{name}/></p><p>Two</p>") == "One\n\nTwo"


@pytest.mark.parametrize("name", ["script", "style", "head", "object"])
def test_a_part_that_is_never_closed_does_not_take_the_text_with_it(name: str) -> None:
    assert flatten(f"<p>One</p><{name}>x<p>Two</p>").endswith("Two")
    assert flatten(f"<{name}>a</{name}><p>One</p><{name}><p>Two</p>") == "One\n\nTwo"


def test_a_header_does_not_end_a_head() -> None:
    assert flatten("<head><title>x</title></head><header>Head</header>Text") == "Head\n\nText"


def test_comments_go_and_one_that_is_never_closed_is_text() -> None:
    assert flatten("<p>One <!-- not <p>this</p> -->two</p>") == "One two"
    assert flatten("<p>One</p><!--[if mso]><p>x</p><![endif]--><p>Two</p>") == "One\n\nTwo"
    assert flatten("<p>One</p><!-- Two <p>Three</p>") == "One\n\nTwo\n\nThree"


def test_the_html_in_a_cdata_section_is_read() -> None:
    assert flatten("<![CDATA[<p>One</p>]]><p>Two</p>") == "One\n\nTwo"
    assert flatten("<![CDATA[One]]>") == "One"
    assert flatten("<![CDATA[<p>One</p>") == "One"


def test_quoted_values_may_hold_tags() -> None:
    assert flatten('<p><a title="a > b" data-x=\'<p class="y">z</p>\'>One</a></p>') == "One"


def test_quotes_that_do_not_match_take_no_text_with_them() -> None:
    assert flatten('it\'s <p class="a>He said "yes".</p><p>"No".</p>') == 'it\'s\n\nHe said "yes".\n\n"No".'
    assert flatten('<p class="a>One" x "<b>two</b>" three> four') == 'One" x "two" three> four'
    assert flatten("<a href=x'>One</a> and <a href='y'>two</a><br>") == "One and two"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<b>5 < 6</b> and 7 > 3", "5 < 6 and 7 > 3"),
        ("<b>From</b> Ann <ann@example.com>", "From Ann <ann@example.com>"),
        ("<b>See</b> <http://example.com/a>", "See <http://example.com/a>"),
        ("<i>x</i> <- y", "x <- y"),
        ("<p>a <b this is not closed <i>c</i></p>", "a <b this is not closed c"),
    ],
)
def test_a_sign_that_begins_no_tag_stays(markup: str, text: str) -> None:
    assert flatten(markup) == text


@pytest.mark.parametrize("cut", ['<a href="http://exam', "</", "</p", "<img src=x"])
def test_a_tag_that_was_cut_off_at_the_end_goes(cut: str) -> None:
    assert flatten(f"<p>One two {cut}") == "One two"


def test_without_tags_for_lines_the_texts_own_stand() -> None:
    assert flatten("AT&amp;T said.\n\nSecond <b>part</b>.\n  indented") == "AT&T said.\n\nSecond part.\n  indented"
    assert not has_blocks("AT&amp;T said.\n\nSecond <b>part</b>.")


def test_without_tags_for_paragraphs_blank_lines_part_them() -> None:
    assert (
        flatten("One\nstill one.\n\nTwo.\n \n<blockquote>Three</blockquote>\n\nFour")
        == "One still one.\n\nTwo.\n\nThree\n\nFour"
    )
    assert flatten("<p>One\n\nstill one</p>") == "One still one"


def test_line_ends_of_all_systems_are_alike() -> None:
    assert flatten("One &amp;\r\n\r\ntwo\rthree") == "One &\n\ntwo\nthree"


def test_html_that_was_escaped_as_a_whole_is_read() -> None:
    assert flatten("&lt;p&gt;One &amp;amp; two&lt;/p&gt;&lt;p&gt;Three&lt;/p&gt;") == "One & two\n\nThree"
    assert flatten("Write &lt;b&gt; for bold &amp; so on.") == "Write <b> for bold & so on."


def test_numbers_of_any_length_may_stand_for_a_character() -> None:
    assert flatten(f"<p>a&#{'9' * 6000};b&#x{'f' * 6000};c</p>") == "a\ufffdb\ufffdc"


@pytest.mark.parametrize(
    "text", ["<p>x", "a<br/>b", "&amp;", "&#8217;", "x &nbsp; y", "<IMG src=x>", "a <!-- b", "<![CDATA[x]]>"]
)
def test_html_is_told_from_text(text: str) -> None:
    assert looks_like_markup(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "a < b > c",
        "AT&T; R&D;",
        "<ann@example.com>",
        "<http://example.com>",
        "&",
        "<",
        "<3",
        "a <- b -> c",
    ],
)
def test_text_is_told_from_html(text: str) -> None:
    assert not looks_like_markup(text)


UNITS = [
    *("<", "<a", "<a ", '<a "', "<a '\"", "<!--", "<script>", "<![CDATA[", "&", "&#", "&lt;", "<p>", "<br> ", "</", "<li>"),
    *('<a "<a" ', '<a x="<" ', "\"'<a ", "<p\n\n", "<pre>\n", "<div>\n\n", "<a b=", "<!x", "<? ", "]]>", "<svg><svg>"),
    *("&lt;br", "<a '<b \"", "<b><c", '<a ="', "<AB>", "</script>"),
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_time_is_in_proportion_to_the_text(unit: str) -> None:
    def taken(length: int) -> float:
        text = unit * (length // len(unit))
        start = time.process_time()
        looks_like_markup(text)
        flatten(text)
        return time.process_time() - start

    # Sixteen times the text in sixteen times the time, and not in 256 times; the clock is coarse.
    assert taken(800_000) < 0.1 + 60 * taken(50_000)


def test_five_megabytes_of_nothing_are_read() -> None:
    with within(20):
        assert flatten("<" * (5 << 20)) == "<" * (5 << 20)


PIECES = st.sampled_from(
    [
        *("<p>", "</p>", "<br>", "<b>", "</b>", "<a href='x'>", '<a title="', "</a>", "<script>", "</script>", "<!--", "-->"),
        *("<![CDATA[", "]]>", "&amp;", "&#0;", "&#xd800;", "&#133;", "&", "<", ">", '"', "'", "\n", "\n\n", " ", "<li>", "<pre>"),
        *("</pre>", "<td>", "<T>", "word", "é", "\0", "\ud800", "<style", "/>", "=", "<?", "<!"),
    ]
)  # fmt: skip


@given(st.lists(PIECES | st.text(), max_size=40).map("".join))
def test_any_text_is_read(markup: str) -> None:
    text = flatten(markup)
    assert text == text.strip()
    assert flatten(markup) == text


@given(st.lists(st.text("abc é—", min_size=1).filter(str.strip), min_size=1, max_size=8))
def test_paragraphs_come_out_as_they_went_in(paragraphs: list[str]) -> None:
    markup = "\n".join(f"<p>{html.escape(text)}</p>" for text in paragraphs)
    assert flatten(markup) == "\n\n".join(" ".join(text.split()) for text in paragraphs)
