from dataclasses import replace
from html.parser import HTMLParser

import pytest

from searchkit.render import Look

from .samples import LIGHTHOUSE, TRUCKS, hostile, rendered, results

_HITS = """\
<body>
<main>
<h1>evacuation</h1>
<p class="about">137 articles in 4 ms</p>
<ol start="1">
<li value="1">
<article lang="en">
<h2 dir="auto"><a href="https://news.example/1?a=1&amp;b=2" rel="noopener noreferrer">Trucks arrive for \
<mark>evacuation</mark> of last pocket</a></h2>
<p class="about"><time datetime="2019-02-19">2019-02-19</time> · AL-OMAR OIL FIELD BASE, Syria · 2019/baghouz.txt</p>
<p dir="auto">Dozens of trucks arrived for the <mark>evacuation</mark> of civilians.</p>
</article>
</li>
<li value="2">
<article>
<h2 dir="auto">The keepers</h2>
<p class="about">undated · lighthouse.txt</p>
<p dir="auto">They left.</p>
</article>
</li>
</ol>
</main>
</body>
</html>
"""


class _Page(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags = []
        self.open = []
        self.attributes = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_html_is_a_page_with_the_hits_marked():
    page = rendered("html", results(TRUCKS, LIGHTHOUSE, total=137))
    assert page[page.index("<body>") :] == _HITS


def test_html_is_complete_and_needs_nothing_else():
    page = _Page(rendered("html", results(TRUCKS, LIGHTHOUSE)))
    assert page.open == []
    assert page.tags[:2] == ["html", "head"]
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert ("lang", "en") in page.attributes
    assert ("charset", "utf-8") in page.attributes


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title></mark><script>", "' onload='x"]
)
def test_what_an_article_says_is_inert(text):
    found = results(hostile(text, url=f"https://x/{text}")).changed(query=text)
    page = _Page(rendered("html", found))
    assert page.open == []
    assert not {"script", "img"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert page.text.count(text) == 6  # page title, heading, headline, dateline, id, snippet


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "JAVASCRIPT:x", "//evil.example", "file:x"])
def test_only_web_addresses_are_links(url):
    page = _Page(rendered("html", results(TRUCKS.changed(article=replace(TRUCKS.article, url=url)))))
    assert "a" not in page.tags


def test_a_language_that_is_no_tag_is_left_out():
    page = _Page(rendered("html", results(TRUCKS.changed(article=replace(TRUCKS.article, language='en" x="')))))
    assert [value for name, value in page.attributes if name == "lang"] == ["en"]


def test_numbers_go_on_from_the_offset():
    assert '<ol start="11">\n' in rendered("html", results(TRUCKS), Look(offset=10))


def test_controls_and_lone_surrogates_are_replaced():
    rendered("html", results(hostile("a\x00\x1b\ud800b"))).encode()
    assert "a\ufffd\ufffd\ufffdb" in rendered("html", results(hostile("a\x00\x1b\ud800b")))


def test_no_hit_is_a_page_that_says_so():
    assert "0 articles in 4 ms" in rendered("html", results())
