"""Web pages: one saved page is one article.

What the page says about itself comes first (``page_metadata.py``); the text is what trafilatura finds among navigation,
advertisements and comments, and a date that nothing on the page says in so many words is htmldate's. ``Article.extra`` may
hold ``description``, ``dateModified``, ``type`` (of schema.org, where it is not simply a news article), ``about`` (the
place that the article is about, where its dateline is of another) and ``encoding`` (where it was guessed).

``warc.py`` reads the pages of a crawl with the same function.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from itertools import islice
from typing import Any

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.news.dateline import parse_dateline
from searchkit.news.dating import Candidate, choose_date
from searchkit.readers.assemble import assemble
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.compression import without_compression
from searchkit.readers.decoding import decode
from searchkit.readers.opening import HEAD, read_all
from searchkit.readers.page_decoding import decode_page
from searchkit.readers.page_metadata import HtmlElement, PageMetadata, is_front, page_metadata
from searchkit.readers.page_text import is_unwieldy, page_text
from searchkit.readers.records import captured_at

SUFFIXES: tuple[str, ...] = (".html", ".htm", ".xhtml")

LARGEST_PAGE = 32 << 20
"""Bytes: no page is larger, with all its scripts."""

_MOST_TAGS = 1_000_000

_BEFORE = r"(?>\s+|<!--.*?-->|<\?xml\b[^>]*>)*+"
_MARK = re.compile(_BEFORE + r"(?:<!doctype\s+html\b|<html\b|<head\b|<body\b)", re.IGNORECASE | re.DOTALL)
_OTHER_ROOT = re.compile(
    r"\s*<\?xml\b|" + _BEFORE + r"<(?:!doctype\b|(?:[a-z]+:)?(?:rss|feed|nitf|newsml|newsitem|newsmessage|rdf|sgml)\b)",
    re.IGNORECASE | re.DOTALL,
)
_ANY_TAG = re.compile(
    r"<(?:p|div|span|a|b|br|h[1-6]|title|meta|table|font|center|article|main|section|pre)\b[^<>]*>", re.IGNORECASE
)

# Programs that save pages say in a comment from where: Internet Explorer and Chrome, and SingleFile, which says when too.
_SAVED = re.compile(r"<!--[^>]{0,200}?(?:saved from url=\(\d+\)|\burl:\s)\s*(https?://[^\s<>]+)", re.IGNORECASE)
_SAVED_DATE = re.compile(r"saved date:\s*\w{3} (\w{3} \d\d \d{4} \d\d:\d\d:\d\d) GMT([+-]\d{4})")
_SAVED_ENDS = 4096
_WAYBACK = re.compile(r"https?://web\.archive\.org/web/(\d{14})(?:[a-z]{2}_)?/(https?://.+)", re.IGNORECASE)

# SingleFile keeps pictures inside of the page; they would be most of the tree.
_EMBEDDED = re.compile(r"data:[\w/+.;=-]{0,100};base64,[A-Za-z0-9+/=%]{500,}")

_MUCH_MORE = 3
"""The text that a page's JSON-LD has is preferred where the page shows so many times less."""

_SHORT = 300
_SHELL = re.compile(
    r"java\s?script.{0,60}(?:enable|disable|require|turn)|(?:enable|requires?|turn on).{0,40}java\s?script",
    re.IGNORECASE,
)

_LOOKED_AT = 200
_TEASERS = 5
_ONE_STORY = 0.3
"""Of the text: in a story, more of the paragraphs stand in one element; in a list of stories each has its own."""


def recognises(head: bytes, source: Source) -> bool:
    """By content: HTML or XHTML, and no other XML. A fragment needs the name of a page."""
    start = decode(head).text
    if _MARK.match(start):
        return True
    named = without_compression(source.relative).lower().endswith(SUFFIXES)
    return named and not _OTHER_ROOT.match(start) and _ANY_TAG.search(start) is not None


def is_page(data: bytes) -> bool:
    """Whether data of an unknown kind begin as a page does."""
    return _MARK.match(decode(data[:HEAD]).text) is not None


def read(source: Source, options: Options) -> Iterator[Article | Skip]:
    """The page. Raises SourceError when the file cannot be read, is too large, or the libraries are not installed."""
    data, damage = read_all(source, LARGEST_PAGE)
    yield page_article(source, options, "page", id=source.id, data=data)
    if damage:
        raise damage


def page_article(
    source: Source,
    options: Options,
    where: str,
    *,
    id: str,
    data: bytes,
    url: str = "",
    charset: str | None = None,
    captured: str | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Article | Skip:
    """The article of a page, or a Skip of kind "empty" where it has none.

    ``where`` is the page's place in the source, ``id`` the article's whole id. ``url``, ``charset`` (of the HTTP header)
    and ``captured`` (ISO 8601) are those of a crawl: then ``Article.url`` is that address, so that captures of a page
    belong together, and what the page calls itself is ``canonical_url`` in ``Article.extra``, which begins with ``extra``.
    Raises SourceError of kind "missing extra".
    """
    parser = _parser()
    decoded = decode_page(data, charset)
    text = decoded.text
    if ";base64," in text:
        text = _EMBEDDED.sub("data:,", text)
    if text.count("<") > _MOST_TAGS:
        return Skip(where, f"has more than {_MOST_TAGS:,} tags, too many for one article: split it", "too large")
    tree = _parse(text, parser)
    if tree is None:
        return Skip(where, "there is no text on the page", "empty")
    saved_from, saved_at = _saved(text, options)
    page = page_metadata(tree, url or saved_from)
    own, archived_at = _without_archive(page.url or saved_from, options)
    dates = page.dates if is_unwieldy(tree) else _with_guess(page.dates, tree, options)
    body, wrapped = page_text(tree, text, {*page.titles, page.byline, f"By {page.byline}"})
    if len(page.text) > _MUCH_MORE * len(body):
        body, wrapped = page.text, False
    if refusal := _no_story(tree, page, body, url or own):
        return Skip(where, refusal, "empty")
    kept = {**(extra or {}), **page.extra}
    if url and own and own != url:
        kept["canonical_url"] = own
    if decoded.guessed:
        kept["encoding"] = decoded.guessed
    location = page.location
    if page.about and not location and not page.dateline and parse_dateline(body[:1000]) is None:
        location = page.about
    elif page.about:
        kept["about"] = page.about
    return assemble(
        source,
        options,
        where,
        id=id,
        title=page.title,
        body=body,
        dates=dates,
        dateline=page.dateline,
        location=location,
        byline=page.byline,
        section=page.section,
        topics=page.topics,
        language=page.language,
        publisher=page.publisher,
        url=url or own,
        captured=captured or archived_at or saved_at,
        extra=kept,
        wrapped=wrapped,
    )


_REFERENCE = re.compile(r"&#(?:(\d{1,7})|x([0-9a-f]{1,6}))(?![0-9a-f]);?", re.IGNORECASE)


@lru_cache(maxsize=1)
def _parser() -> Any:
    """The parser of lxml, when everything that pages need is there."""
    try:
        html, _, _ = map(import_module, ("lxml.html", "trafilatura", "htmldate"))
    except ImportError as error:
        name = (error.name or "trafilatura").partition(".")[0]
        raise SourceError(f"needs {name}: pip install 'searchkit[html]'", "missing extra") from None
    # They log what they think of each page, and without a configuration Python prints that.
    for library in ("trafilatura", "htmldate"):
        if (logger := logging.getLogger(library)).level == logging.NOTSET:
            logger.setLevel(logging.CRITICAL + 1)
    # Without limits on depth and on text, which is bounded here: the parser drops the rest of a page at the first excess.
    return html.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
        huge_tree=True,
    )


def _sound(reference: re.Match[str]) -> str:
    code = int(reference[1]) if reference[1] else int(reference[2], 16)
    return (
        reference[0] if code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code > 0xFFFF else " "
    )


def _parse(text: str, parser: Any) -> HtmlElement | None:
    html = import_module("lxml.html")
    # lxml reads references to characters that it then refuses to move about.
    text = _REFERENCE.sub(_sound, text) if "&#" in text else text
    try:
        return html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (html.etree.LxmlError, ValueError):
        return None


def _saved(text: str, options: Options) -> tuple[str, str | None]:
    """The address that a program which saved the page wrote into it, and when it was saved."""
    start = text[:_SAVED_ENDS]
    match = _SAVED.search(start)
    if match is None:
        return "", None
    date = _SAVED_DATE.search(start)
    return match[1], captured_at(f"{date[1]} {date[2]}", options) if date else None


def _without_archive(url: str, options: Options) -> tuple[str, str | None]:
    """The address of a page that was saved from the Wayback Machine, and when that had fetched it."""
    match = _WAYBACK.match(url)
    return (match[2], captured_at(f"{match[1][:8]}T{match[1][8:]}Z", options)) if match else (url, None)


def _with_guess(dates: list[Candidate], tree: HtmlElement, options: Options) -> list[Candidate]:
    """The candidates, and htmldate's guess where none of them is a day that can be."""
    if choose_date(dates, options.dates).date is not None:
        return dates
    from htmldate import find_date

    latest = options.latest.isoformat() if options.latest else None
    try:
        guess = find_date(tree, extensive_search=False, original_date=True, max_date=latest)
    except Exception:
        # A library that stumbles over markup must not cost the page.
        return dates
    return [*dates, Candidate("metadata", "htmldate", guess)] if guess else dates


# ---- what is no story --------------------------------------------------------


def _no_story(tree: HtmlElement, page: PageMetadata, body: str, url: str) -> str:
    """Why a page has no article of its own; empty if it has one."""
    if not body.strip() or (len(body) < _SHORT and not page.is_article and _SHELL.search(body)):
        return "there is no article on the page, only navigation, or a place that scripts would fill"
    if page.is_article:
        return ""
    if is_front(url):
        return "is the front page of a site"
    if page.is_collection or _lists_stories(tree):
        return "is a list of stories, and none itself"
    return ""


def _is_link(element: HtmlElement | None) -> bool:
    return element is not None and element.tag == "a"


def _lists_stories(tree: HtmlElement) -> bool:
    headings = islice(tree.iter("h2", "h3", "h4"), _LOOKED_AT)
    linked = sum(
        1 for heading in headings if next(heading.iter("a"), None) is not None or _is_link(heading.getparent())
    )
    if linked < _TEASERS:
        return False
    lengths: dict[HtmlElement | None, int] = {}
    for paragraph in tree.iter("p"):
        parent = paragraph.getparent()
        lengths[parent] = lengths.get(parent, 0) + len(paragraph.text_content())
    return max(lengths.values(), default=0) < _ONE_STORY * sum(lengths.values())
