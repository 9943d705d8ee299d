"""Feeds: RSS 0.9x, 1.0 and 2.0, and Atom 0.3 and 1.0 (RFC 4287), each entry an article. feedparser says which element
means what.

A feed is taken apart into its entries first. An entry that is broken then costs no other one, and feedparser never sees a
document type with its entities, nor a text so long that its slower parts would take hours. Ids are ``news.rss#`` and the
entry's ``guid``, ``id`` or ``rdf:about``, or else its ordinal.

``Article.extra`` may hold ``summary`` (where the text is another one), ``feed`` (the feed's title, where the publisher is
somebody else), ``comments`` and ``enclosures`` (addresses), and ``incomplete`` (why the entry could be read in part only).
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.news.dating import Candidate
from searchkit.readers.assemble import DistinctIds, article_id, assemble
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.decoding import decode
from searchkit.readers.feed_parts import Frame, Piece, after_prolog, find_frame, in_portions, mended, outgrown, pieces
from searchkit.readers.markup import flatten, looks_like_markup
from searchkit.readers.opening import read_all

SUFFIXES: tuple[str, ...] = (".rss", ".atom", ".rdf", ".xml")

LIMIT = 64 << 20
"""Bytes of the largest feed: publishers' have a few hundred kilobytes."""

_MARKS = re.compile(
    rb"""<rss[\s>]|<(?:\w{1,20}:)?feed\s[^>]*(?:www\.w3\.org/2005/Atom|purl\.org/atom/)"""
    rb"""|<(?:\w{1,20}:)?RDF\s[^>]*(?:purl\.org/rss/1\.0/["']|my\.netscape\.com/rdf/simple/0\.9/)"""
    rb"""|<!DOCTYPE\s+rss[\s>]""",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_MESSAGES = {"no element found": "it ends too early"}
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
_AT_ONCE = 50
_AT_ONCE_LENGTH = 1 << 18

_Parse = Callable[[str], Mapping[str, Any]]


def recognises(head: bytes, source: Source) -> bool:
    """By content: the root element, behind whatever may stand before it. In UTF-16 too."""
    start = head.replace(b"\0", b"").lstrip(b"\xff\xfe\xef\xbb\xbf \t\r\n")
    if start[:1] != b"<":
        return False
    return _MARKS.match(start, after_prolog(start.decode("latin-1"))) is not None


def read(source: Source, options: Options) -> Iterator[Article | Skip]:
    """The entries in order. One that has neither title nor text, or cannot be read, is a Skip; what is no well-formed XML
    is read as far as it goes, and one Skip of kind "broken" at the end says where that was.

    Raises SourceError when the file cannot be read, is larger than ``LIMIT``, or holds no entry, and of kind "missing
    extra" where feedparser is not installed.
    """
    parse = _parser()
    try:
        data, damage = read_all(source, LIMIT)
    except SourceError as error:
        if error.kind == "too large":
            raise SourceError(f"holds more than {LIMIT >> 20} MB, too much for a feed: split it", error.kind) from None
        raise
    feed = _Feed(source, options, decode(data).text, parse)
    yield from feed.articles()
    if damage:
        raise damage
    if not feed.entries:
        raise SourceError("there is no entry in it", "empty")


def _parser() -> _Parse:
    """feedparser's, of a document that is text. It is given a stream, as it would open whatever looks like an address."""
    try:
        import feedparser  # type: ignore[import-untyped]
    except ImportError:
        raise SourceError("needs feedparser: pip install 'searchkit[feeds]'", "missing extra") from None

    def parse(document: str) -> Mapping[str, Any]:
        result: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(document.encode()), sanitize_html=False, resolve_relative_uris=False
        )
        return result

    return parse


@dataclass(slots=True)
class _Around:
    """What the feed says for all of its entries; only Atom's ``authors`` are theirs too (RFC 4287, section 4.2.1)."""

    title: str = ""
    language: str = ""
    authors: str = ""


@dataclass(slots=True)
class _Feed:
    """A feed that is being read."""

    source: Source
    options: Options
    text: str
    parse: _Parse
    frame: Frame = field(init=False)
    around: _Around = field(default_factory=_Around)
    entries: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)
    ids: DistinctIds = field(default_factory=DistinctIds)

    def articles(self) -> Iterator[Article | Skip]:
        """Raises SourceError where there is no root element of a feed."""
        frame = find_frame(self.text)
        if frame is None:
            raise SourceError("has no element <rss>, <feed> or <rdf:RDF>: it is no feed", "broken")
        if reason := outgrown(frame.opening):
            raise SourceError(f"its first element {reason}", "broken")
        self.frame = frame
        fault = self._read_around()
        closed = True
        for portion in in_portions(pieces(self.text, frame.inside), _AT_ONCE, _AT_ONCE_LENGTH):
            self.entries += len(portion)
            closed = portion[-1].closed
            yield from self._entries(portion)
        # Where the last entry is cut off, so is what comes after it, and that has been said.
        if fault and closed:
            self.faults.append(("around the entries", fault))
        if self.faults:
            (where, reason), more = self.faults[0], len(self.faults) - 1
            yield Skip(
                where,
                f"{reason}{f' (and {more} more like it)' if more else ''}: it was read as far as it goes",
                "broken",
            )

    def _read_around(self) -> str | None:
        """Take in what stands around the entries. What is wrong with it is returned."""
        parts: list[str] = []
        position = self.frame.start
        for piece in pieces(self.text, self.frame.inside):
            parts.append(self.text[position : piece.start])
            position = piece.end
        rest = "".join([*parts, self.text[position:]])
        if reason := outgrown(rest):
            return reason
        result, fault = self._parsed(_DECLARATION + rest)
        if fault:
            result, fault = self._parsed(_DECLARATION + mended(rest, True))
        info = dict(result.get("feed", {}))
        atom = str(result.get("version")).startswith("atom")
        self.around = _Around(_text(info, "title"), info.get("language") or "", _names(info) if atom else "")
        return fault[1] if fault else None

    def _entries(self, portion: list[Piece]) -> Iterator[Article | Skip]:
        """Some entries, which are parsed together where all of them are sound, and else one by one."""
        texts = [self.text[piece.start : piece.end] for piece in portion]
        reasons = [outgrown(text) for text in texts]
        if all(piece.closed for piece in portion) and not any(reasons):
            result, fault = self._parsed(self._document("".join(texts)))
            found = result.get("entries", ())
            if not fault and len(found) == len(portion):
                for piece, entry in zip(portion, found, strict=True):
                    yield self._article(piece, entry)
                return
        for piece, text, reason in zip(portion, texts, reasons, strict=True):
            yield Skip(f"entry {piece.ordinal}", reason, "too large") if reason else self._mended(piece, text)

    def _document(self, entries: str) -> str:
        return f"{_DECLARATION}{self.frame.opening}{entries}{self.frame.closing}"

    def _mended(self, piece: Piece, text: str) -> Article | Skip:
        """The article of an entry that may be unsound, as far as it can be read."""
        if not piece.closed and (end := text.find(self.frame.closing.partition(">")[0])) >= 0:
            text = text[:end]
        result, fault = self._parsed(self._document(mended(text, piece.closed)))
        found = result.get("entries")
        if not piece.closed:
            fault = (0, "has no closing tag")
        where = f"entry {piece.ordinal}"
        if fault is None and found:
            return self._article(piece, found[0])
        line, reason = fault or (0, "is no entry of a feed")
        if not found:
            return Skip(where, reason, "broken")
        # Lines are counted for the first fault only: a feed of many would be gone through as often.
        if not self.faults:
            line = max(line - self.frame.opening.count("\n"), 0) + self.text.count("\n", 0, piece.start) + 1
            where = f"{where}, line {line}"
        self.faults.append((where, reason))
        return self._article(piece, found[0], reason)

    def _parsed(self, document: str) -> tuple[Mapping[str, Any], tuple[int, str] | None]:
        """What feedparser makes of a document, and the line (from 0) and reason where that is no well-formed XML."""
        try:
            result = self.parse(document)
        except Exception as error:  # its parser of broken feeds raises whatever a feed leads it to
            return {}, (0, f"is not well-formed XML, and feedparser failed on it ({type(error).__name__})")
        if not result.get("bozo"):
            return result, None
        wrong = result.get("bozo_exception")
        line = getattr(wrong, "getLineNumber", lambda: 1)() or 1
        message = getattr(wrong, "getMessage", lambda: str(wrong))()
        return result, (line - 1, f"is not well-formed XML ({_MESSAGES.get(message, message)})")

    def _article(self, piece: Piece, entry: Mapping[str, Any], incomplete: str | None = None) -> Article | Skip:
        # Its own get() would give one date for another, with a warning.
        get = dict(entry).get
        content, wrapped, language = _content(get("content") or ())
        summary, summary_wrapped = _plain(get("summary") or "", (get("summary_detail") or {}).get("type") or "")
        body = content or summary
        feed = self.around.title
        publisher = get("publisher") or _text(get("source") or {}, "title") or feed
        links = get("links") or ()
        url = get("feedburner_origlink") or get("link") or ""
        dates = [(name, get(name)) for name in ("published", "created", "updated")]
        article = assemble(
            self.source,
            self.options,
            f"entry {piece.ordinal}",
            id=article_id(self.source, get("id") or url, piece.ordinal),
            title=_text(entry, "title"),
            body=body,
            dates=[Candidate("metadata", name, written) for name, written in dates if written],
            byline=_names(entry) or self.around.authors,
            topics=[tag.get("label") or tag.get("term") or "" for tag in get("tags") or ()],
            language=get("language") or language or self.around.language,
            publisher=publisher,
            # An id stands in for a link that is missing, whether it is an address or not.
            url=url if _ADDRESS.match(url) else "",
            extra={
                "summary": "" if " ".join(summary.split()) in " ".join(body.split()) else summary,
                "feed": "" if feed == publisher else feed,
                "comments": get("comments"),
                "enclosures": [
                    link.get("href") for link in links if link.get("rel") == "enclosure" and link.get("href")
                ],
                "incomplete": incomplete,
            },
            wrapped=wrapped if content else summary_wrapped,
        )
        return self.ids.distinct(article, piece.ordinal)


def _content(contents: Any) -> tuple[str, bool, str]:
    """The longest text of an entry's contents, whether its lines may be wrapped, and its language."""
    best, wrapped, language = "", True, ""
    for content in contents:
        kind = content.get("type") or ""
        if kind.startswith("text/") or kind.endswith(("xml", "html")) or not kind:
            text, is_wrapped = _plain(content.get("value") or "", kind)
            if len(text) > len(best):
                best, wrapped, language = text, is_wrapped, content.get("language") or ""
    return best, wrapped, language


def _plain(value: str, kind: str) -> tuple[str, bool]:
    """A text without markup, and whether its lines may be wrapped. What is declared as plain text is taken for HTML only
    where it has tags that close.
    """
    if looks_like_markup(value) and (kind != "text/plain" or "</" in value or "<br" in value):
        return flatten(value), False
    return value, True


def _text(parent: Mapping[str, Any], name: str) -> str:
    detail = dict(parent).get(f"{name}_detail") or {}
    return _plain(dict(parent).get(name) or "", detail.get("type") or "")[0]


def _names(parent: Mapping[str, Any]) -> str:
    """The authors of an entry or a feed."""
    authors = dict(parent).get("authors") or ()
    names = [author.get("name") or author.get("email") or "" for author in authors]
    return ", ".join(dict.fromkeys(filter(None, names))) or dict(parent).get("author") or ""
