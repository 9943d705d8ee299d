"""TREC's SGML: files of ``DOC`` elements, as the disks of the Text Retrieval Conferences have news in.

After the collections of TREC disks 1 to 5 (NIST, 1992 to 1997): Associated Press, Wall Street Journal, San Jose
Mercury News, Financial Times, Los Angeles Times, Foreign Broadcast Information Service, Federal Register and Ziff. AQUAINT,
CLEF's English newspapers and LDC's Gigaword are marked up alike, and so are many collections of universities. It is no XML:
names begin with digits, ampersands stand alone, paragraphs may have no end. Files are read document by document: memory holds
one, whatever the size of the file.

``Article.extra`` holds the fields that an Article has no place for, under their names in small letters (``"1st_line"``,
``page``, ``correction``; ``f101`` is FBIS's ``<F P=101>``); ``subheadline``, ``original_language`` and ``article_type``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, NamedTuple

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.news.dating import Candidate
from searchkit.readers.assemble import DistinctIds, article_id, assemble
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.opening import read_chunks
from searchkit.readers.printed import printed_dateline, without_by
from searchkit.readers.sgml import decode_entities, decode_sgml, pieces

SUFFIXES: tuple[str, ...] = (".sgml", ".sgm", ".trec", ".trectext")

LONGEST_DOCUMENT = 1 << 20
"""Bytes."""


class Collection(NamedTuple):
    """Whose news it is, and what the digits in a document's number say: a day, or nothing."""

    publisher: str
    day: str = ""


# By the letters that a document's number begins with.
COLLECTIONS = {
    "AP": Collection("Associated Press", "ymd"),
    "WSJ": Collection("Wall Street Journal", "ymd"),
    "LA": Collection("Los Angeles Times", "mdy"),
    "GH": Collection("Glasgow Herald", "ymd"),
    "FR": Collection("Federal Register", "ymd"),
    "FT": Collection("Financial Times"),
    "SJMN": Collection("San Jose Mercury News"),
    "FBIS": Collection("Foreign Broadcast Information Service"),
    "ZF": Collection("Ziff-Davis"),
    "APW": Collection("Associated Press"),
    "NYT": Collection("New York Times"),
    "XIE": Collection("Xinhua"),
    "XIN": Collection("Xinhua"),
    "AFP": Collection("Agence France-Presse"),
    "LTW": Collection("Los Angeles Times/Washington Post"),
    "CNA": Collection("Central News Agency"),
}

_TITLES = ("HEADLINE", "HEAD", "HL", "TI", "H3", "TTL", "TITLE", "DOCTITLE")
_DATES = ("DATE", "DATE1", "DATE_TIME", "PUBDATE", "DD", "JOURNAL")
_BYLINES = ("BYLINE", "AUTHOR")
_PUBLISHERS = ("SOURCE", "PUB", "SO", "JOURNAL")
_TOPICS = ("SUBJECT", "IN", "DESCRIPT", "KEYWORD", "KEYWORDS")
_LEADS = ("LP", "LEADPARA")
_SPARE_BODIES = ("SUMMARY", "ABST", "ABSTRACT", "CORRECTION", "GRAPHIC")
_TEXTS = ("TEXT", *_LEADS)
_USED = frozenset(
    ("DOCNO", "DOCID", "DATELINE", "SECTION", "SOURCE", "PUB", *_TEXTS, *_DATES[:-1], *_BYLINES, *_TOPICS)
)  # fmt: skip
_LOOSE = ("P", "BR")
_CONTAINERS = ("DOC", "HEADER", "BODY")

_START = re.compile(rb"<DOC(?:\s[^<>]{0,200})?>", re.IGNORECASE)
_NUMBER_TAG = re.compile(rb"<DOCNO>", re.IGNORECASE)
_LDC_TAG = re.compile(rb'<DOC\s+id="[A-Z_]{3,12}\d{8}\.\d{1,6}"')
_MARK_ENDS = 300
"""Bytes before the first document: a declaration, or an element around them all."""

_TAG = re.compile(r"<(/?)([A-Za-z0-9][\w.-]{0,30})((?:[\s=][^<>]{0,300})?)/?>")
_COMMENT = re.compile(r"<!--[^<>]{0,300}-->")
_ATTRIBUTE = re.compile(r"""\b(id|type|P)\s*=\s*["']?([^\s"'<>]{1,100})""", re.IGNORECASE)
_PARAGRAPHS = re.compile(
    r"P|H\d|TI|TTL|TEXT|TABLE|FIG|TITLE|HEADLINE|LP|LEADPARA|SUMMARY|DOCTITLE|USDEPT|AGENCY|ACTION|BLOCKQUOTE"
)
_LINES = frozenset(("BR", "LI", "USBUREAU", "CFRNO", "RINDOCK"))
_DROPPED = frozenset(("F", "S", "B", "I", "EM", "HT"))
_TABLE_TAGS = re.compile(
    r"(?:\s{0,50}</?(?:TABLEROW|TABLECELL|ROWRULE|CELLRULE|ROW|CELL|TR|TD|TH)\b[^<>]{0,300}>)+\s{0,50}", re.IGNORECASE
)
_ROW_TAG = re.compile(r"<(?:TABLE)?(?:ROW|TR)\b", re.IGNORECASE)
# The Federal Register's own entities; the others are HTML's too.
_ENTITIES = {"&blank;": " ", "&hyph;": "-", "&cir;": "°", "&bull;": "•"}

_SIX_DIGITS = re.compile(r"(\d\d)(\d\d)(\d\d)\b")
_SLASHED = re.compile(r"(\d\d?)/(\d\d?)/(\d\d(?:\d\d)?)\b(.*)", re.DOTALL)
_NUMBER = re.compile(r"([A-Z]{2,4})(?:_[A-Z]{3}_)?[-_]?(\d{6}|\d{8})[-.]")
_FILE_ID = re.compile(r"(\d\d)-(\d\d)-(\d\d) (\d\d)(\d\d)([A-Z]{3})\b")
_IN_JOURNAL = re.compile(
    r"(.*?)\s+((?:Jan|Feb|March|April|May|June|July|Aug|Sept|Oct|Nov|Dec)[a-z]*\.? \d{1,2},? \d{4})\b.*", re.DOTALL
)
_TITLE_INSIDE = re.compile(r"<(DOCTITLE|TTL|H3|HEADLINE|TITLE)>([^<]{1,2000})</\1>")
_TITLE_ENDS = 10_000
_FT_HEADLINE = re.compile(r"\AFT\s+\d{1,2} [A-Z]{3} \d\d / ")
_RULE = re.compile(r"\n[ \t]*(?:-{3,}|@)[ \t]*(?:\n|\Z)")
_EDITION = re.compile(r"([^,]{1,60} Edition)\b")
_CODE = re.compile(r"\s*\([A-Z0-9]{1,5}\).*", re.DOTALL)
_FBIS = re.compile(
    r"\s*(?:Language:[ \t]{0,9}(?P<language>[^\n]{1,100})\n)?\s*(?:Article Type:[ \t]{0,9}(?P<kind>[^\n]{1,100})\n)?\s*"
    r"(?:\[(?:Text|Excerpts?)\])?"
)


def recognises(head: bytes, source: Source) -> bool:
    """By content: a ``DOC`` with a ``DOCNO``, or with an id as LDC has it. Files of TREC often have no ending."""
    del source
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    document = _START.search(start[:_MARK_ENDS]) if start[:1] == b"<" else None
    return document is not None and (
        _NUMBER_TAG.search(start, document.end()) is not None or _LDC_TAG.match(start, document.start()) is not None
    )


def read(source: Source, options: Options) -> Iterator[Article | Skip]:
    """The documents in order, with ids such as ``la010189#LA010189-0001``: the document's number, or without one its ordinal.

    A document that never ends, or that has neither title nor text, is a Skip; the rest goes on. Raises SourceError when the
    file cannot be read, or holds no document.
    """
    ids = DistinctIds()
    ordinal = 0
    for ordinal, (content, problem) in enumerate(pieces(read_chunks(source), "DOC|doc", LONGEST_DOCUMENT), 1):
        where = f"document {ordinal}"
        if not content:
            yield Skip(where, f"{problem}", "too large")
            continue
        if problem:
            yield Skip(where, problem, "broken")
            continue
        fields = _fields(decode_sgml(content))
        own = " ".join(_plain(fields.one("DOCNO") or fields.one("DOCID")).split()) or fields.attributes.get("id", "")
        key = article_id(source, own, ordinal)
        yield ids.distinct(_article(fields, own, source, options, where, key), ordinal)
    if not ordinal:
        raise SourceError("there is no <DOC> element in it", "empty")


class Fields:
    """The elements of a document by their names in capitals, and the text between them."""

    def __init__(self) -> None:
        self.attributes: dict[str, str] = {}
        self.loose = ""
        self._contents: dict[str, list[str]] = {}

    def add(self, name: str, content: str) -> None:
        self._contents.setdefault(name, []).append(content)

    def all(self, *names: str) -> list[str]:
        """The contents of the elements with these names, in the order of the names."""
        return [content for name in names for content in self._contents.get(name, ())]

    def one(self, *names: str) -> str:
        """The first of them that is not blank."""
        return next((content for content in self.all(*names) if content.strip()), "")

    def names(self) -> Iterator[str]:
        return iter(self._contents)


def _fields(document: str) -> Fields:
    fields = Fields()
    tags = list(_TAG.finditer(document))
    ends: dict[str, list[int]] = {}
    for tag in tags:
        if tag[1]:
            ends.setdefault(tag[2].upper(), []).append(tag.start())
    loose: list[str] = []
    position = 0
    for place, tag in enumerate(tags):
        if tag.start() < position:
            continue
        loose.append(document[position : tag.start()])
        position = tag.end()
        name = tag[2].upper()
        if name in _LOOSE:
            loose.append("\n\n")
        if tag[1] or name in _LOOSE:
            continue
        attributes = {key.lower(): value for key, value in _ATTRIBUTE.findall(tag[3])}
        if name in _CONTAINERS:
            fields.attributes.update(attributes)
            continue
        following = ends.get(name, [])
        nearest = bisect_left(following, position)
        if nearest < len(following):
            end = following[nearest]
        elif name in _TEXTS:
            end = len(document)
        else:
            # It never ends: so it does where the next one begins.
            end = tags[place + 1].start() if place + 1 < len(tags) else len(document)
        fields.add(f"F{attributes.get('p', '')}" if name == "F" else name, document[position:end])
        position = end
    loose.append(document[position:])
    fields.loose = _plain("".join(loose)).strip()
    return fields


def _article(fields: Fields, number: str, source: Source, options: Options, where: str, key: str) -> Article | Skip:
    found = _NUMBER.match(number)
    prefix = re.match(r"[A-Z]*", number)
    collection = COLLECTIONS.get(prefix[0] if prefix else "", Collection(""))
    extra: dict[str, Any] = {}
    used = set(_USED)

    name = next((name for name in _TITLES if fields.one(name)), "")
    used.add(name)
    headlines = fields.all(name) if name else []
    text = "\n\n".join(fields.all("TEXT"))
    if not headlines and (inside := _TITLE_INSIDE.search(text[:_TITLE_ENDS])):
        # The Federal Register has its titles in the text.
        headlines = [inside[2]]
        text = text[: inside.start()] + text[inside.end() :]
    title, below, byline = _headline(headlines)
    extra["subheadline"] = below

    lead = [_plain(content) for content in fields.all(*_LEADS)]
    body = _plain(text)
    if collection.publisher == COLLECTIONS["FBIS"].publisher and (front := _FBIS.match(body)):
        extra["original_language"] = (front["language"] or "").strip()
        extra["article_type"] = (front["kind"] or "").strip()
        body = body[front.end() :]
    body = "\n\n".join(filter(str.strip, (*lead, body)))
    if not body.strip():
        spare = next((name for name in _SPARE_BODIES if fields.one(name)), "")
        body = _plain(fields.one(spare)) if spare else fields.loose
        used.add(spare)
    elif fields.loose:
        extra["other"] = fields.loose

    publisher = _publisher(fields)
    dateline = printed_dateline(_line(fields.one("DATELINE")), body.lstrip())
    bylines = [_line(content) for content in fields.all(*_BYLINES)]
    extra["agency"] = dateline.agency
    edition = _EDITION.search(_line(fields.one("DATE")))
    extra["edition"] = edition[1].strip() if edition else None
    extra["type"] = fields.attributes.get("type")
    for name in fields.names():
        if name not in used:
            values = list(filter(None, map(_line, fields.all(name))))
            extra[name.lower()] = values[0] if len(values) == 1 else values
    return assemble(
        source,
        options,
        where,
        id=key,
        title=title,
        body=body,
        dates=_dates(fields, found, collection),
        dateline=dateline.dateline,
        location=dateline.location,
        byline=without_by(", ".join(filter(None, bylines)) or byline),
        section=_line(fields.one("SECTION")),
        topics=_topics(fields),
        language="en" if collection.publisher else "",
        publisher=publisher or collection.publisher,
        extra=extra,
    )


def _headline(contents: list[str]) -> tuple[str, list[str], str]:
    """The title, what stands below it, and the byline if it stands there. The Wall Street Journal has all in one element, with
    rules between.
    """
    if not contents:
        return "", [], ""
    parts = [_equals(part) for part in _RULE.split(_plain(contents[0]).strip())]
    title = _FT_HEADLINE.sub("", " ".join(parts[0].split()), count=1)
    byline = next((part for part in parts[1:] if part.lower().startswith("by ")), "")
    below = [" ".join(part.split()) for part in parts[1:] if part != byline]
    return title, list(filter(None, (*below, *map(_line, contents[1:])))), byline


def _publisher(fields: Fields) -> str:
    """``"WALL STREET JOURNAL (J), PAGE A1"`` → ``"WALL STREET JOURNAL"``; a magazine without its issue."""
    for name in _PUBLISHERS:
        if written := _line(fields.one(name)):
            issue = _IN_JOURNAL.match(written) if name == "JOURNAL" else None
            return issue[1] if issue else _CODE.sub("", written)
    return ""


def _topics(fields: Fields) -> list[str]:
    topics: list[str] = []
    for name in _TOPICS:
        for content in fields.all(name):
            text = _equals(_plain(content))
            # Lines are wrapped unless nothing else separates.
            parts = text.split(";") if ";" in text else text.split("\n")
            topics += (part.strip(" .") for part in map(_line, parts))
    return topics


def _dates(fields: Fields, number: re.Match[str] | None, collection: Collection) -> list[Candidate]:
    """The dates that there are. All of the collections are of the twentieth century where a year has two digits."""
    dates: list[Candidate] = []
    for name in _DATES:
        if written := _line(fields.one(name)):
            dates.append(Candidate("metadata", name, _spelled_out(written, name)))
    if file_id := _FILE_ID.search(fields.one("FILEID")):
        month, day, year, hour, minute, zone = file_id.groups()
        dates.append(Candidate("metadata", "FILEID", f"19{year}-{month}-{day} {hour}:{minute} {zone}"))
    if number:
        digits = number[2]
        if len(digits) == 8:
            dates.append(Candidate("metadata", "DOCNO", f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"))
        elif collection.day:
            part = dict(zip(collection.day, (digits[:2], digits[2:4], digits[4:]), strict=True))
            dates.append(Candidate("metadata", "DOCNO", f"19{part['y']}-{part['m']}-{part['d']}"))
    return dates


def _spelled_out(written: str, name: str) -> str:
    """``"910514"`` → ``"1991-05-14"``, ``"03/24/87"`` → ``"1987-03-24"``; others as they are."""
    if six := _SIX_DIGITS.fullmatch(written.rstrip(".")):
        return f"19{six[1]}-{six[2]}-{six[3]}"
    if slashed := _SLASHED.match(written):
        month, day, year, rest = slashed.groups()
        return f"{year if len(year) == 4 else f'19{year}'}-{month:0>2}-{day:0>2}{rest}"
    issue = _IN_JOURNAL.match(written) if name == "JOURNAL" else None
    return issue[2] if issue else written


def _equals(text: str) -> str:
    """Later years of the Wall Street Journal have ``<HL> = …``."""
    text = text.strip()
    return text.removeprefix("=").lstrip()


def _line(content: str) -> str:
    return " ".join(_equals(_plain(content)).split())


def _plain(content: str) -> str:
    """The text of an element with its line ends: tags out, the cells of a table three spaces apart, entities decoded."""
    if "<" in content:
        content = _COMMENT.sub("", content)
        closed = {tag[2].upper() for tag in _TAG.finditer(content) if tag[1]}

        def replaced(tag: re.Match[str]) -> str:
            name = tag[2].upper()
            if _PARAGRAPHS.fullmatch(name):
                return "\n\n"
            if name in _LINES:
                return "" if tag[1] else "\n"
            # What is no mark-up that anybody closes is text: "<IBM>".
            return "" if name in _DROPPED or name in closed else tag[0]

        content = _TAG.sub(replaced, _TABLE_TAGS.sub(_gap, content))
    if "&" in content:
        for entity, char in _ENTITIES.items():
            content = content.replace(entity, char)
    return decode_entities(content)


def _gap(tags: re.Match[str]) -> str:
    return "\n" if _ROW_TAG.search(tags[0]) else "   "
