"""NewsML-G2: a ``newsItem`` alone, or many in a ``newsMessage``, with their text in NITF, XHTML or plain.

After NewsML-G2 2.34 (IPTC, 2024); documents without the namespace
``http://iptc.org/std/nar/2006-10-01/`` are read as well. Catalogues are not fetched, so that a subject without a name is its
code ("medtop:20000002"). Messages are read item by item: memory holds one, whatever the size of the file.

``Article.extra`` may hold ``guid``, ``version``, ``headlines`` (others than the title), ``slugline``, ``description``,
``genre``, ``creditline``, ``source`` (``infoSource``), ``located`` (further places), ``copyright``, ``urgency``, ``status``,
``editor_note``, ``signals``, ``embargoed``, what ``nitf.py`` says of NITF, and what ``xml_.py`` has to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.news.dating import Candidate
from searchkit.readers.assemble import DistinctIds, article_id, assemble
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.markup import flatten
from searchkit.readers.nitf import WITHHELD, Story, read_story
from searchkit.readers.opening import read_head
from searchkit.readers.printed import printed_dateline, without_by
from searchkit.readers.xml_ import Node, block, language_of, line, lines, read_elements, root_name

SUFFIXES: tuple[str, ...] = (".xml", ".newsml")

_OTHER_ITEMS = ("packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem")
_ITEMS = "|".join(("newsItem", *_OTHER_ITEMS))
_ROOTS = frozenset(("newsItem", "newsMessage", "NewsML", *_OTHER_ITEMS))
_TEXT = re.compile(r"\s*(?:text/|application/[\w.+-]*xml|\Z)", re.IGNORECASE)
_MARKUP = re.compile(r"html|xml", re.IGNORECASE)
_DATES = (
    "contentMeta/contentCreated",
    "itemMeta/firstCreated",
    "contentMeta/contentModified",
    "itemMeta/versionCreated",
)


def recognises(head: bytes, source: Source) -> bool:
    """By the root element. NewsML 1 is recognised too, and then refused, so that no other reader takes it apart."""
    del source
    return root_name(head) in _ROOTS


def read(source: Source, options: Options) -> Iterator[Article | Skip]:
    """The articles in order. One alone has the source's id; several have their guid and version in it.

    Items that are no news are a Skip, and so are those that are withheld or have no text of their own. Raises SourceError
    when the file cannot be read, holds no item, or is NewsML 1.
    """
    if root_name(read_head(source)) == "NewsML":
        raise SourceError(
            "is NewsML 1, which searchkit does not read: convert it to NewsML-G2, or take the NITF documents out of it",
            "unrecognised",
        )
    ids = DistinctIds()
    for found in read_elements(source, _ITEMS, "item"):
        if isinstance(found, Skip):
            yield found
            continue
        item = found.root
        where = f"item {found.ordinal}"
        if refusal := _refusal(item, where):
            yield refusal
            continue
        own = ":".join(filter(None, (item.get("guid", ""), item.get("version", ""))))
        key = source.id if found.alone else article_id(source, own, found.ordinal)
        yield ids.distinct(_article(item, source, options, where, key, found.notes), found.ordinal)


def _refusal(item: Node, where: str) -> Skip | None:
    """Why an item is no article, if it is none."""
    if item.tag != "newsItem":
        return Skip(where, f"it is a {item.tag}, which holds no article itself", "not news")
    status = _code(item.find("itemMeta/pubStatus"))
    if status.lower() in WITHHELD:
        return Skip(where, f"it is not to be published: its status is {status}", "withheld")
    if _inline(item):
        return None
    others = {node.get("contenttype", "") or node.tag for node in item.iterfind("contentSet/*")}
    if not others:
        return Skip(where, "it has no content", "empty")
    return Skip(where, f"its content is no text, or in other files: {', '.join(sorted(others))}", "empty")


def _article(
    item: Node, source: Source, options: Options, where: str, key: str, notes: dict[str, str]
) -> Article | Skip:
    language = _language(item)
    story, wrapped = _content(item)
    language = language or story.language

    def name(node: Node) -> str:
        return _label(node, language) or node.get("qcode", "") or node.get("uri", "")

    def names(path: str) -> list[str]:
        return list(filter(None, map(name, item.iterfind(path))))

    def text(path: str) -> str:
        return line(item.find(path))

    headlines = list(item.iterfind("contentMeta/headline"))
    title = _own(headlines, language) or _own(list(item.iterfind("itemMeta/title")), language) or story.title
    body = story.body.removeprefix(f"{title}\n\n")
    dateline = printed_dateline(text("contentMeta/dateline"), body)
    if not any(dateline):
        dateline = story.dateline
    located = [place for node in item.iterfind("contentMeta/located") if (place := _located(node, language))]
    provider = item.find("itemMeta/provider")
    extra: dict[str, Any] = {
        **story.extra,
        "doc_id": story.id,
        "guid": item.get("guid"),
        "version": item.get("version"),
        "headlines": [other for other in dict.fromkeys([*lines(headlines), story.title]) if other not in ("", title)],
        "slugline": text("contentMeta/slugline"),
        "description": "\n\n".join(filter(None, map(block, item.iterfind("contentMeta/description")))),
        "genre": names("contentMeta/genre"),
        "creditline": text("contentMeta/creditline"),
        "source": ", ".join(names("contentMeta/infoSource")),
        "services": names("itemMeta/service"),
        "located": located[1:],
        "copyright": "; ".join(lines(item.iterfind("rightsInfo/copyrightNotice"))),
        "urgency": text("contentMeta/urgency"),
        "editor_note": "\n".join(lines(item.iterfind("itemMeta/edNote"))),
        "signals": [_code(node) for node in item.iterfind("itemMeta/signal")],
        "embargoed": text("itemMeta/embargoed"),
        "agency": dateline.agency,
        **notes,
    }
    creators = [label for node in item.iterfind("contentMeta/creator") if (label := _label(node, language))]
    dates = [Candidate("metadata", path.partition("/")[2], text(path)) for path in _DATES if text(path)]
    return assemble(
        source,
        options,
        where,
        id=key,
        title=title,
        body=body,
        # What the text says goes first.
        dates=sorted((*dates, *story.dates), key=lambda date: date.source != "header"),
        dateline=dateline.dateline,
        location=located[0] if located else dateline.location,
        byline=without_by(", ".join(lines(item.iterfind("contentMeta/by"))) or story.byline or ", ".join(creators)),
        section=story.section,
        topics=[*names("contentMeta/subject"), *names("contentMeta/keyword"), *story.topics],
        language=language,
        publisher=_label(provider, language) or _code(provider) or story.publisher,
        url=story.url,
        extra=extra,
        wrapped=wrapped,
    )


def _inline(item: Node) -> list[Node]:
    """The contents that have text in them here."""
    return [
        node
        for node in item.iterfind("contentSet/*")
        if node.tag == "inlineXML"
        or (node.tag == "inlineData" and _TEXT.match(node.get("contenttype", "")) and not node.get("encoding"))
    ]


def _content(item: Node) -> tuple[Story, bool]:
    """The first content that has text, and whether its lines may be wrapped as on a wire."""
    story, wrapped = Story(), False
    for node in _inline(item):
        story, wrapped = _story(node)
        if story.body:
            break
    return story, wrapped


def _story(content: Node) -> tuple[Story, bool]:
    if content.tag == "inlineXML":
        if (nitf := next(content.iter("nitf"), None)) is not None:
            return read_story(nitf), False
        # A page has its title twice, and its head is no text.
        return Story(title=line(content.find("html/head/title")), body=block(content)), False
    text = "".join(content.itertext())
    if len(content):
        return Story(body=block(content)), False
    if _MARKUP.search(content.get("contenttype", "")):
        return Story(body=flatten(text)), False
    return Story(body=text), True


def _language(item: Node) -> str:
    found = item.find("contentMeta/language")
    return (found.get("tag", "") if found is not None else "") or language_of(item)


def _own(nodes: list[Node], language: str) -> str:
    """The text in the item's own language, of elements that say the same in several; "" where there is none."""
    wanted = language.lower()

    def rank(node: Node) -> tuple[int, bool]:
        of = language_of(node).lower()
        fits = 0 if of == wanted else 1 if not of else 2 if of.partition("-")[0] == wanted.partition("-")[0] else 3
        # Headlines have roles, such as "short" and "subtitle".
        return fits, not node.get("role", "main").endswith("main")

    return next(filter(None, map(line, sorted(nodes, key=rank))), "")


def _label(node: Node | None, language: str) -> str:
    """What a concept is called: its name, else what stands in it; "" for a bare code."""
    if node is None:
        return ""
    named = list(node.iterfind("name"))
    if named:
        return _own(named, language)
    return str(node.get("literal", "")) or ("" if len(node) else line(node))


def _code(node: Node | None) -> str:
    """The last part of a concept's code: ``"stat:usable"`` and ``"http://…/pubstatusg2/usable"`` are "usable"."""
    if node is None:
        return ""
    return str(node.get("qcode", "").rpartition(":")[2] or node.get("uri", "").rpartition("/")[2])


def _located(node: Node, language: str) -> str:
    """A place with what it lies in, the country last: "Baghouz, Syria"."""
    wider = sorted(node.iterfind("broader"), key=lambda broader: "country" in broader.get("type", "").lower())
    names = (_label(part, language) for part in (node, *wider))
    return ", ".join(dict.fromkeys(filter(None, names)))
