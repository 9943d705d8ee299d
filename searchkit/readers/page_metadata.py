"""What a web page says about itself, apart from its text.

In this order: JSON-LD with the types of schema.org, as search engines ask publishers for it; Open Graph
(https://ogp.me, with its "article" properties) and the usual meta elements (Dublin Core, Parse.ly, Google Scholar);
microdata of schema.org; and elements of HTML itself.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from searchkit.news.dates import date_from_path
from searchkit.news.dating import Candidate
from searchkit.readers.markup import flatten, looks_like_markup

HtmlElement = Any
"""An element of lxml.html, which comes without types."""

_PUBLISHED = (
    *("article:published_time", "og:article:published_time", "parsely-pub-date", "sailthru.date", "article.published"),
    *("article:published", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dcterms.date"),
    *("dc.date", "dc:date", "citation_publication_date", "citation_date", "citation_online_date", "datepublished"),
    *("cxenseparse:recs:publishtime", "bt:pubdate", "originalpublicationdate", "publication_date", "published_time"),
    *("publishdate", "publish_date", "publish-date", "pubdate", "pub_date", "published_at", "displaydate", "date"),
)
_MODIFIED = ("article:modified_time", "og:article:modified_time", "og:updated_time", "dcterms.modified", "datemodified")
_TITLES = ("og:title", "parsely-title", "sailthru.title", "dc.title", "citation_title", "twitter:title")
_AUTHORS = (
    *("article:author", "og:article:author", "author", "parsely-author", "sailthru.author", "byl", "dc.creator"),
    *("dcterms.creator", "citation_author"),
)
_SITES = ("og:site_name", "citation_journal_title", "dc.publisher", "dcterms.publisher", "application-name")
_SECTIONS = ("article:section", "og:article:section", "parsely-section", "cxenseparse:recs:category")
_TOPICS = (
    *("article:tag", "og:article:tag", "parsely-tags", "sailthru.tags", "news_keywords", "citation_keywords"),
    *("dc.subject", "dcterms.subject", "keywords"),
)
_LANGUAGES = ("og:locale", "dc.language", "dcterms.language", "content-language", "language")
_DESCRIPTIONS = ("og:description", "description", "dc.description", "twitter:description")

_ARTICLES = frozenset(("blogposting", "liveblogposting", "report", "socialmediaposting"))
_COLLECTIONS = frozenset(("collectionpage", "searchresultspage", "itemlist", "profilepage"))
_INSIDE = ("@graph", "mainEntity", "mainEntityOfPage")
_MAIN = frozenset(("article", "main"))
_ASIDE = frozenset(("aside", "nav", "footer", "li"))

_LOOKED_AT = 40
_LONGEST_HEADING = 300
_DEEPEST = 6
_MOST_NODES = 2000

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]|\Z)")
_BETWEEN = re.compile(r"\s+(?:[-–—|·•:»«/]+|::)\s+")
_FRONT = re.compile(r"/?(?:index\.\w{1,6})?")


@dataclass(slots=True)
class PageMetadata:
    """What was found; texts may be dirty, and are empty where nothing was. ``dates`` are candidates, best first.

    ``location`` says where the story was written, ``about`` which place it is about. ``text`` is the article's text where
    the JSON-LD has it. ``titles`` are all that could be the headline. ``is_article`` and ``is_collection`` are what the
    page calls itself.
    """

    title: str = ""
    titles: list[str] = field(default_factory=list)
    dates: list[Candidate] = field(default_factory=list)
    dateline: str = ""
    location: str = ""
    about: str = ""
    byline: str = ""
    section: str = ""
    topics: list[str] = field(default_factory=list)
    language: str = ""
    publisher: str = ""
    url: str = ""
    text: str = ""
    is_article: bool = False
    is_collection: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


def page_metadata(tree: HtmlElement, url: str = "") -> PageMetadata:
    """What the page says. ``url`` is where it was fetched from, as far as known."""
    meta = _Meta(tree)
    marked = _Microdata(tree)
    addresses = [meta.link("canonical"), *meta.all("og:url")]
    linked = _Linked(tree, {*addresses, url} - {""})
    found = PageMetadata()
    found.url = next((address for address in (*addresses, *linked.addresses()) if _is_inner(address)), "")
    site = linked.name("publisher") or linked.name("sourceOrganization") or meta.first(*_SITES)
    found.publisher = site
    found.titles = _titles(tree, meta, linked, marked, site)
    found.title = next(iter(found.titles), "")
    found.dates = list(_dates(tree, meta, linked, marked, found.url or url))
    found.dateline = linked.text("dateline")
    found.location = linked.name("locationCreated")
    found.about = linked.name("contentLocation")
    found.byline = linked.name("author") or linked.name("creator") or meta.names(*_AUTHORS) or marked.names("author")
    found.section = linked.text("articleSection") or meta.first(*_SECTIONS) or marked.first("articlesection")
    found.topics = linked.many("keywords") or meta.topics()
    found.language = _language(linked.text("inLanguage"), meta.declared_language, *map(meta.first, _LANGUAGES))
    found.text = linked.body()
    types = linked.types
    found.is_article = (
        bool(linked.article)
        or meta.first("og:type") == "article"
        or marked.is_article
        or bool(meta.first(_PUBLISHED[0]))
    )
    found.is_collection = not found.is_article and bool(types & _COLLECTIONS)
    modified = linked.text("dateModified") or meta.first(*_MODIFIED)
    description = linked.text("description") or meta.first(*_DESCRIPTIONS)
    kind = linked.type if linked.type.lower() not in ("newsarticle", "article") else ""
    found.extra = {"description": flat(description), "dateModified": modified, "type": kind}
    return found


def flat(text: str) -> str:
    """A short text on one line, without the markup and the entities that some publishers leave in it."""
    if "&" in text:
        text = html.unescape(text)
    if looks_like_markup(text):
        text = flatten(text)
    return " ".join(text.split())


def is_front(url: str) -> bool:
    """Whether an address is a site's front page, which has many stories and is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.netloc) and not parts.query and _FRONT.fullmatch(parts.path) is not None


def _is_address(url: str) -> bool:
    return url[:8].lower().startswith(("http://", "https://"))


def _is_inner(url: str) -> bool:
    """Some sites name their front page as every page's own address."""
    return _is_address(url) and not is_front(url)


class _Meta:
    """The meta and link elements."""

    def __init__(self, tree: HtmlElement) -> None:
        self._values: dict[str, list[str]] = {}
        for element in tree.iter("meta"):
            get = element.get
            name = get("property") or get("name") or get("itemprop") or get("http-equiv")
            content = get("content")
            if name and content and (content := content.strip()):
                self._values.setdefault(name.strip().lower(), []).append(content)
        self._links: dict[str, str] = {}
        for element in tree.iter("link"):
            self._links.setdefault((element.get("rel") or "").strip().lower(), (element.get("href") or "").strip())
        self.declared_language = tree.get("lang") or tree.get("xml:lang") or ""

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def first(self, *names: str) -> str:
        return next((self._values[name][0] for name in names if name in self._values), "")

    def link(self, rel: str) -> str:
        return self._links.get(rel, "")

    def names(self, *names: str) -> str:
        """People; addresses of their profiles do not count."""
        for name in names:
            if people := [person for person in self.all(name) if not _is_address(person)]:
                return ", ".join(dict.fromkeys(people))
        return ""

    def topics(self) -> list[str]:
        for name in _TOPICS:
            if values := self.all(name):
                return [topic for value in values for topic in _split(value)]
        return []


class _Microdata:
    """Elements with an ``itemprop``, and whether one of them is an article."""

    def __init__(self, tree: HtmlElement) -> None:
        self._elements: dict[str, HtmlElement] = {}
        for element in tree.xpath("//*[@itemprop]"):
            for name in element.get("itemprop", "").lower().split():
                self._elements.setdefault(name, element)
        types = tree.xpath("//*[@itemtype]/@itemtype")
        self.is_article = "articlebody" in self._elements or any(_is_article(_short(kind)) for kind in types)

    def first(self, name: str) -> str:
        element = self._elements.get(name)
        if element is None:
            return ""
        return element.get("content") or element.get("datetime") or " ".join(element.text_content().split())

    def names(self, name: str) -> str:
        element = self._elements.get(name)
        if element is None:
            return ""
        inner = element.xpath(".//*[@itemprop='name']")
        person = " ".join(inner[0].text_content().split()) or inner[0].get("content", "") if inner else self.first(name)
        return "" if _is_address(person) else person


class _Linked:
    """The article in a page's JSON-LD. A page without one is as if it were empty."""

    def __init__(self, tree: HtmlElement, addresses: set[str]) -> None:
        nodes: list[Mapping[str, Any]] = []
        for script in tree.iter("script"):
            if script.get("type", "").strip().lower().startswith("application/ld+json") and script.text:
                _collect(_parsed(script.text), nodes, _DEEPEST)
        self._by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
        self.types = {kind.lower() for node in nodes for kind in _types(node)}
        articles = [node for node in nodes if any(map(_is_article, _types(node)))]
        self.article: Mapping[str, Any] = next(
            (node for node in articles if len(articles) > 1 and not addresses.isdisjoint(self._addresses(node))),
            next((node for node in articles if node.get("headline")), articles[0] if articles else {}),
        )
        self.type = next(filter(_is_article, _types(self.article)), "")

    def _addresses(self, node: Mapping[str, Any]) -> Iterator[str]:
        for key in ("url", "mainEntityOfPage", "@id"):
            value = node.get(key)
            if isinstance(value, Mapping):
                value = value.get("@id") or value.get("url")
            if isinstance(value, str):
                yield value.strip()

    def addresses(self) -> list[str]:
        return list(self._addresses(self.article))

    def text(self, key: str) -> str:
        """A value as text: of a list the first."""
        return next(iter(self._texts(self.article.get(key))), "")

    def name(self, key: str) -> str:
        """The names of people, organisations or places, with commas."""
        names = [flat(name) for name in self._texts(self.article.get(key)) if not _is_address(name)]
        return ", ".join(dict.fromkeys(filter(None, names)))

    def many(self, key: str) -> list[str]:
        value = self.article.get(key)
        return _split(value) if isinstance(value, str) else list(self._texts(value))

    def body(self) -> str:
        """The text, and the entries of a live blog."""
        updates = self.article.get("liveBlogUpdate")
        parts = [self.text("articleBody")]
        for update in updates[:_MOST_NODES] if isinstance(updates, list) else ():
            if isinstance(update, Mapping):
                parts += [text for key in ("headline", "articleBody") for text in self._texts(update.get(key))]
        return "\n\n".join(flatten(part) if looks_like_markup(part) else part for part in parts if part.strip())

    def _texts(self, value: Any, depth: int = 3) -> Iterator[str]:
        if isinstance(value, str):
            if text := value.strip():
                yield text
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield str(value)
        elif isinstance(value, list) and depth:
            for item in value[:_MOST_NODES]:
                yield from self._texts(item, depth - 1)
        elif isinstance(value, Mapping) and depth:
            whole = value
            if "name" not in value and isinstance(value.get("@id"), str):
                whole = self._by_id.get(value["@id"], value)
            for key in ("name", "@value", "alternateName", "address", "addressLocality"):
                if texts := list(self._texts(whole.get(key), depth - 1)):
                    yield from texts
                    return


def _collect(value: Any, nodes: list[Mapping[str, Any]], depth: int) -> None:
    """The nodes that stand by themselves, but not those that another one only mentions, as the entries of a list."""
    if not depth or len(nodes) >= _MOST_NODES:
        return
    if isinstance(value, list):
        for item in value:
            _collect(item, nodes, depth - 1)
    elif isinstance(value, Mapping):
        nodes.append(value)
        for key in _INSIDE:
            if isinstance(inner := value.get(key), list | Mapping):
                _collect(inner, nodes, depth - 1)


def _parsed(script: str) -> Any:
    """The JSON in a script, whatever stands around it: comments, CDATA marks, a semicolon. None where there is none."""
    script = script.replace("<![CDATA[", "")
    start = re.search(r"[{\[]", script)
    if start is None:
        return None
    try:
        return json.JSONDecoder(strict=False).raw_decode(script, start.start())[0]
    except (ValueError, RecursionError):
        return None


def _types(node: Mapping[str, Any]) -> list[str]:
    kinds = node.get("@type")
    return [_short(kind) for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]


def _short(kind: str) -> str:
    """``"http://schema.org/NewsArticle"`` → ``"NewsArticle"``."""
    return re.split(r"[/#:]", kind.strip())[-1]


def _is_article(kind: str) -> bool:
    kind = kind.lower()
    return kind.endswith("article") or kind in _ARTICLES


def _titles(tree: HtmlElement, meta: _Meta, linked: _Linked, marked: _Microdata, site: str) -> list[str]:
    """What may be the headline, best first."""
    headings = list(islice(tree.iter("h1"), _LOOKED_AT))
    heading = next((heading for heading in headings if _is_inside(heading, _MAIN)), headings[0] if headings else None)
    shown = " ".join(heading.text_content().split()) if heading is not None else ""
    whole = next((title.text_content() for title in tree.iter("title")), "")
    # A heading that was never closed has the whole story in it.
    shown = shown if len(shown) <= _LONGEST_HEADING else ""
    titles = [linked.text("headline"), meta.first(*_TITLES), marked.first("headline"), shown, whole]
    titles = [without_site(flat(title), site) for title in titles]
    return list(dict.fromkeys(title for title in titles if title and title.casefold() != site.casefold()))


def without_site(title: str, site: str) -> str:
    """``"Bridge closes – The Example"`` → ``"Bridge closes"``, if ``site`` is "The Example"."""
    cuts = list(_BETWEEN.finditer(title)) if site else []
    for cut in cuts[:1] + cuts[-1:]:
        before, after = title[: cut.start()], title[cut.end() :]
        if after.casefold() == site.casefold():
            return before
        if before.casefold() == site.casefold():
            return after
    return title


def _dates(tree: HtmlElement, meta: _Meta, linked: _Linked, marked: _Microdata, url: str) -> Iterator[Candidate]:
    def say(name: str, written: str) -> Iterator[Candidate]:
        if written:
            yield Candidate("metadata", name, written)

    yield from say("json-ld datePublished", linked.text("datePublished"))
    for name in _PUBLISHED:
        yield from say(name, meta.first(name))
    yield from say("itemprop datePublished", marked.first("datepublished"))
    yield from say("time element", _time_element(tree))
    yield from say("json-ld dateCreated", linked.text("dateCreated"))
    try:
        day = date_from_path(urlsplit(url).path)
    except ValueError:
        day = None
    if day:
        yield Candidate("metadata", "url", day)
    yield from say("json-ld dateModified", linked.text("dateModified"))
    for name in _MODIFIED:
        yield from say(name, meta.first(name))


def _time_element(tree: HtmlElement) -> str:
    """The first time that is the article's: not the masthead's, nor one in a list of other stories."""
    times = list(islice(tree.iter("time"), _LOOKED_AT))
    marked = [time for time in times if time.get("pubdate") is not None]
    main = (time for time in times if time.get("datetime") and _is_inside(time, _MAIN) and not _is_inside(time, _ASIDE))
    time = marked[0] if marked else next(main, None)
    return "" if time is None else (time.get("datetime") or time.text_content()).strip()


def _is_inside(element: HtmlElement, tags: frozenset[str]) -> bool:
    return any(ancestor.tag in tags for ancestor in element.iterancestors())


def _language(*written: str) -> str:
    """``"de-DE"`` → ``"de"``, of the first that is a language's code."""
    found = (_LANGUAGE.match(text.strip()) for text in written)
    return next((match[1].lower() for match in found if match), "")


def _split(value: str) -> list[str]:
    parts = value.split("," if "," in value else ";")
    return [topic for part in parts if (topic := flat(part))]
