"""NITF, the News Industry Text Format: one ``nitf`` element an article, alone in its file or several in a wrapper.

After NITF 3.6 (IPTC, 2012), and for the New York Times Annotated Corpus (LDC2008T19), whose
dialect has each article's lead and its full text side by side. ``newsml_g2.py`` reads the NITF inside NewsML-G2 with this.

``Article.extra`` may hold ``doc_id``, ``subheadline``, ``document_title``, ``byline_title``, ``normalized_byline``,
``distributor``, ``abstract``, ``captions`` (of pictures: they are no part of the story), ``tagline``, ``series``,
``people``, ``orgs``, ``places``, ``events``, ``objects``, ``classifiers`` (those that are no topics, by their type),
``event_location``, ``copyright``, ``urgency``, ``status``, ``editor_note``, ``slug``, ``edition``, ``page``, ``length``,
``meta``, the other blocks of the corpus (``correction_text``), and what ``xml_.py`` has to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from searchkit.article import Article
from searchkit.news.dating import Candidate
from searchkit.readers.assemble import DistinctIds, article_id, assemble
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.printed import PrintedDateline, printed_dateline, without_by
from searchkit.readers.xml_ import Node, block, language_of, line, lines, read_elements, root_name

SUFFIXES: tuple[str, ...] = (".nitf", ".xml")

WITHHELD = frozenset(("canceled", "cancelled", "withheld"))
"""States in which an article is not to be published."""

_ELEMENT = re.compile(rb"<(?:[\w.-]{1,30}:)?nitf[\s>]")
# Roots of formats that may hold NITF, and have readers of their own.
_OTHERS = frozenset(("feed", "rss", "RDF", "html", "NewsML", "newsItem", "newsMessage", "packageItem"))

_NAMED = {
    "person": "people",
    "org": "orgs",
    "location": "places",
    "event": "events",
    "object.title": "objects",
}
_TOPIC_TYPES = frozenset(("", "descriptor", "general_descriptor", "category", "keyword", "subject", "topic"))
_LEADS = frozenset(("lead_paragraph", "online_lead_paragraph"))
_PUBLICATION = ("publication_year", "publication_month", "publication_day_of_month")
_YEAR = re.compile(r"\b(?:1[6-9]|20)\d\d")
_MIDNIGHT = re.compile(r"T0{4,6}$")


@dataclass(slots=True)
class Story:
    """What a ``nitf`` element says, in the terms of ``assemble``."""

    id: str = ""
    title: str = ""
    body: str = ""
    dates: list[Candidate] = field(default_factory=list)
    dateline: PrintedDateline = field(default_factory=PrintedDateline)
    byline: str = ""
    section: str = ""
    topics: list[str] = field(default_factory=list)
    language: str = ""
    publisher: str = ""
    url: str = ""
    status: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


def recognises(head: bytes, source: Source) -> bool:
    """By content: the root element, or one inside a root that is of no other format."""
    del source
    if head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")[:1] != b"<":
        return False
    root = root_name(head)
    return root == "nitf" or (root not in _OTHERS and _ELEMENT.search(head) is not None)


def read(source: Source, options: Options) -> Iterator[Article | Skip]:
    """The articles in order. One alone has the source's id; several have their ``doc-id`` in it, or their ordinals.

    Raises SourceError when the file cannot be read, or holds no ``nitf`` element.
    """
    ids = DistinctIds()
    for found in read_elements(source, "nitf", "nitf element"):
        if isinstance(found, Skip):
            yield found
            continue
        where = f"nitf element {found.ordinal}"
        story = read_story(found.root)
        if story.status in WITHHELD:
            yield Skip(where, f"it is not to be published: its status is {story.status}", "withheld")
            continue
        key = source.id if found.alone else article_id(source, story.id, found.ordinal)
        article = assemble(
            source,
            options,
            where,
            id=key,
            title=story.title,
            body=story.body,
            dates=story.dates,
            dateline=story.dateline.dateline,
            location=story.dateline.location,
            byline=story.byline,
            section=story.section,
            topics=story.topics,
            language=story.language,
            publisher=story.publisher,
            url=story.url,
            extra={**story.extra, "agency": story.dateline.agency, "doc_id": story.id, **found.notes},
            wrapped=False,
        )
        yield ids.distinct(article, found.ordinal)


def read_story(nitf: Node) -> Story:
    """What a ``nitf`` element says."""
    story = Story(language=language_of(nitf) or nitf.get("baselang", ""))
    if (head := nitf.find("head")) is not None:
        _read_head(head, story)
    if (body := nitf.find("body")) is not None:
        story.language = story.language or language_of(body)
        story.body = _body(body, story.extra)
        if (body_head := body.find("body.head")) is not None:
            _read_body_head(body_head, story)
        story.extra["tagline"] = lines(body.iterfind("body.end/tagline"))
        story.extra["captions"] = lines(body.iterfind(".//media-caption"))
    story.dates += _dates(nitf, story.extra.get("meta", {}))
    return story


def _read_head(head: Node, story: Story) -> None:
    extra = story.extra
    story.title = line(head.find("title"))
    meta = {node.get("name", ""): node.get("content", "") for node in head.iterfind("meta") if node.get("name")}
    extra["meta"] = meta
    for node in head.iterfind("tobject/tobject.subject"):
        story.topics += (node.get(f"tobject.subject.{part}", "") for part in ("type", "matter", "detail"))
    if (docdata := head.find("docdata")) is not None:
        _read_docdata(docdata, story)
    story.section = meta.pop("online_sections", "") or meta.get("dsk", "")
    if (published := head.find("pubdata")) is not None:
        get = published.get
        story.section = get("position.section") or story.section
        story.publisher = get("name", "")
        story.url = get("ex-ref", "")
        extra["page"] = get("position.sequence")
        extra["edition"] = get("edition.name")
        extra["length"] = " ".join(filter(None, (get("item-length"), get("unit-of-measure"))))


def _read_docdata(docdata: Node, story: Story) -> None:
    def of(name: str, attribute: str) -> str:
        node = docdata.find(name)
        return "" if node is None else node.get(attribute, "") or line(node)

    extra = story.extra
    story.id = of("doc-id", "id-string")
    story.status = docdata.get("management-status", "").lower()
    if story.status != "usable":
        extra["status"] = story.status
    extra["urgency"] = of("urgency", "ed-urg")
    extra["editor_note"] = of("ed-msg", "info")
    extra["slug"] = of("du-key", "key")
    extra["series"] = of("series", "series.name")
    extra["copyright"] = " ".join(filter(None, (of("doc.copyright", "year"), of("doc.copyright", "holder"))))
    if (event := docdata.find("evloc")) is not None:
        parts = (event.get(name) for name in ("city", "county-dist", "state-prov", "iso-cc"))
        extra["event_location"] = line(event) or ", ".join(filter(None, parts))
    story.topics += (node.get("key", "") or line(node) for node in docdata.iterfind("key-list/keyword"))
    classifiers: dict[str, list[str]] = {}
    for node in docdata.iterfind("identified-content/*"):
        kind = node.get("type", "")
        if (name := _NAMED.get(node.tag)) is not None:
            extra.setdefault(name, []).append(_place(node) if name == "places" else line(node))
        elif node.tag == "classifier" and kind in _TOPIC_TYPES:
            story.topics.append(line(node) or node.get("value", ""))
        elif text := line(node) or node.get("value", ""):
            classifiers.setdefault(kind or node.tag, []).append(text)
    for named in _NAMED.values():
        # Indexers and editors name the same ones.
        extra[named] = list(dict.fromkeys(filter(None, extra.get(named, ()))))
    extra["classifiers"] = classifiers


def _read_body_head(head: Node, story: Story) -> None:
    extra = story.extra
    headlines = lines(head.iterfind("hedline/hl1")) or lines(head.iterfind("hedline"))
    below = [*headlines[1:], *lines(head.iterfind("hedline/hl2"))]
    if headlines:
        if story.title not in ("", headlines[0]):
            extra["document_title"] = story.title
        story.title = headlines[0]
    extra["subheadline"] = [text for text in dict.fromkeys(below) if text != story.title]
    bylines = list(head.iterfind("byline"))
    normalized = [node for node in bylines if node.get("class") == "normalized_byline"]
    extra["normalized_byline"] = "; ".join(lines(normalized))
    written = [node for node in bylines if node not in normalized] or normalized
    names = [" ".join(block(node, ("byttl",)).split()) for node in written]
    titles = lines(title for node in written for title in node.iterfind(".//byttl"))
    # Some systems put the whole line where the author's office belongs.
    story.byline = without_by(", ".join(filter(None, names)) or ", ".join(titles))
    extra["byline_title"] = ", ".join(titles) if any(names) else ""
    distributor = ", ".join(lines(head.iterfind("distributor")))
    extra["distributor"] = distributor if story.publisher else ""
    story.publisher = story.publisher or distributor
    extra["abstract"] = "\n\n".join(filter(None, map(block, head.iterfind("abstract"))))
    if (dateline := head.find("dateline")) is not None:
        location = dateline.find("location")
        rest = " ".join(block(dateline, ("location", "story.date")).split())
        written_line = f"{_place(location)} {rest}" if location is not None else rest
        story.dateline = printed_dateline(written_line, story.body)


def _place(location: Node) -> str:
    """A place as it is printed; its parts with commas where nothing is printed between them."""
    parts = list(location)
    between = [location.text, *(part.tail for part in parts)]
    if len(parts) > 1 and not any((text or "").strip() for text in between):
        return ", ".join(lines(parts))
    return line(location)


def _body(body: Node, extra: dict[str, Any]) -> str:
    contents = list(body.iterfind("body.content"))
    blocks = [node for content in contents for node in content.iterfind("block") if node.get("class")]
    full = [node for node in blocks if node.get("class") == "full_text"]
    if full:
        for node in blocks:
            name = node.get("class")
            if name not in _LEADS and node not in full:
                extra[name] = block(node)
        contents = full
    if contents:
        return "\n\n".join(filter(None, (block(node, ("media",)) for node in contents)))
    return block(body, ("body.head", "body.end", "media"))


def _dates(nitf: Node, meta: dict[str, str]) -> list[Candidate]:
    """The dates that there are, the story's own first."""
    dates: list[Candidate] = []
    for node in nitf.iterfind("body/body.head/dateline//story.date"):
        written = node.get("norm") or line(node)
        # What is printed is often "March 3", which no reader of the archive takes for a date of this year.
        if _YEAR.search(written):
            dates.append(Candidate("header", "story.date", written))
    for name in ("date.issue", "date.release"):
        for node in nitf.iterfind(f"head/docdata/{name}"):
            if written := node.get("norm") or line(node):
                dates.append(Candidate("metadata", name, written))
    for node in nitf.iterfind("head/pubdata"):
        if written := node.get("date.publication"):
            # The New York Times writes midnight for a day without a time.
            dates.append(Candidate("metadata", "date.publication", _MIDNIGHT.sub("", written)))
    parts = [meta.pop(name, "") for name in _PUBLICATION]
    if all(part.isdigit() for part in parts):
        year, month, day = map(int, parts)
        dates.append(Candidate("metadata", "publication_day_of_month", f"{year:04}-{month:02}-{day:02}"))
    return dates
