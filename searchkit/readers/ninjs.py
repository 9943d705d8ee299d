"""ninjs: the IPTC's News in JSON, versions 1.0 to 3.3. One item a file, or many as JSON Lines or in arrays.

Written from the schemas and examples of the standard (https://iptc.org/standards/ninjs/). Version 1 has ``headline`` and
``body_text``, version 2 lists of them with roles, and version 3 the same with capital letters inside the names
(``versionCreated``), which do not count here. Ids are the item's ``uri``. An item that its publisher has withheld or
canceled is no article, nor is a picture without a text.

``Article.extra`` holds everything that no field of an article is for under the standard's names, and ``place_names``, those
of the places that a story is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.news.dateline import parse_dateline
from searchkit.news.dating import Candidate
from searchkit.readers import json_
from searchkit.readers.assemble import DATELINE_ENDS, Ids, assemble
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.decoding import clean
from searchkit.readers.json_ import json_records
from searchkit.readers.markup import flatten, has_blocks, looks_like_markup
from searchkit.readers.records import Records, has_text, says_something
from searchkit.readers.streams import wide_encoding

SUFFIXES: tuple[str, ...] = (".json", ".jsonl")

_DATES = ("versioncreated", "firstcreated", "contentcreated")
_TEXTS = ("headline", "headlines", "bodies", "descriptions", "slugline", "title", "renditions")
_PREFIXES = ("body_", "description_")
_PLAIN = ("text/plain", "text", "")
_MARKUP = ("text/html", "application/xhtml+xml")
_TEXT_TYPES = ("text", "composite", "")

_MARKS = re.compile(rb'ninjs-schema_|"(?:headlines|bodies)"\s*:\s*\[\s*\{[^{}]*"value"', re.IGNORECASE)
_DATE_MARK = re.compile(rb'"(?:version|first|content)created"\s*:', re.IGNORECASE)
_TEXT_MARK = re.compile(rb'"(?:headline|(?:body|description)_\w{1,40})"\s*:', re.IGNORECASE)


def recognises(head: bytes, source: Source) -> bool:
    """By content: JSON with names that are those of the standard."""
    if not json_.recognises(head, source):
        return False
    if wide := wide_encoding(head):
        mark, encoding = wide
        head = head[len(mark) :].decode(encoding, "replace").encode()
    if _MARKS.search(head):
        return True
    return _DATE_MARK.search(head) is not None and _TEXT_MARK.search(head) is not None


def read(source: Source, options: Options) -> Iterator[Article | Skip]:
    """The items in order. A record that is none is read by the usual names of fields.

    Raises SourceError when the file cannot be read, or holds no record.
    """
    records = Records(source, options)
    ids = Ids(source)
    ordinal = 0
    for ordinal, record in enumerate(json_records(source, _is_record, _is_text), 1):
        if isinstance(record, Skip):
            yield record
            continue
        notes = {"encoding": record.encoding} if record.encoding else {}
        if is_item(record.value):
            yield _article(record.value, record.where, ordinal, source, options, ids, notes)
        else:
            yield records.article(record.value, record.where, ordinal, notes)
    if not ordinal:
        raise SourceError("there is no record in it", "empty")


def is_item(record: Mapping[str, Any]) -> bool:
    """Whether an object is a ninjs item: it has the one property that is required, and some that others do not have."""
    names = {name.lower() for name in record}
    if "uri" not in names:
        return False
    if "bodies" in names or "headlines" in names:
        return True
    dated = "pubstatus" in names or not names.isdisjoint(_DATES)
    return dated and (not names.isdisjoint(_TEXTS) or any(name.startswith(_PREFIXES) for name in names))


def _is_record(record: Mapping[str, Any]) -> bool:
    return is_item(record) or says_something(record)


def _is_text(record: Mapping[str, Any]) -> bool:
    return is_item(record) or has_text(record)


def _article(
    record: Mapping[str, Any],
    where: str,
    ordinal: int,
    source: Source,
    options: Options,
    ids: Ids,
    notes: Mapping[str, Any],
) -> Article | Skip:
    item = _Item(record)
    uri = item.text("uri")
    status = item.text("pubstatus").lower()
    if status in ("canceled", "cancelled", "withheld"):
        return Skip(where, f"{_shown(uri)} is {status}: its publisher does not want it to be used", "withheld")
    kind = item.text("type").lower()
    title, body, wrapped = item.title(), *item.body()
    if not body and kind not in _TEXT_TYPES:
        return Skip(where, f"{_shown(uri)} is of the type {_shown(kind)} and has no text", "empty")
    dates = [Candidate("metadata", name, written) for name in _DATES if (written := item.text(name))]
    places = item.names("place", "places")
    located = item.text("located")
    # What a story mentions is not where it was filed from, unless that is the one place it names at all.
    if not located and len(places) == 1 and not parse_dateline(body[:DATELINE_ENDS]):
        located = places[0]
    sources = item.names("infosource", "infosources")
    publisher = sources[0] if sources else item.text("copyrightholder")
    byline, language = item.text("byline") or item.text("by"), item.text("language")
    id, taken = ids.of(uri, ordinal)
    extra = {**item.rest(), **notes}
    if places:
        extra["place_names"] = places
    if taken:
        extra["id_note"] = f'an earlier item has the uri "{uri}" too'
    return assemble(
        source,
        options,
        where,
        id=id,
        title=title,
        body=body,
        dates=dates,
        location=located,
        byline=byline,
        topics=item.names("subject", "subjects"),
        language=language,
        publisher=publisher,
        url=uri if uri.startswith(("http://", "https://")) else "",
        extra=extra,
        wrapped=wrapped,
    )


class _Item:
    """An item whose properties are asked for by the names of version 1 and 2; which ones were used, it remembers."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self._record = record
        self._keys = {key.lower(): key for key in record}
        self._used: set[str] = set()

    def _get(self, name: str) -> Any:
        key = self._keys.get(name)
        return None if key is None else self._record[key]

    def text(self, name: str) -> str:
        """A property that is a text; empty if it is not there, or something else."""
        value = self._get(name)
        if not isinstance(value, str):
            return ""
        self._used.add(name)
        return value.strip()

    def names(self, *properties: str) -> list[str]:
        """The names in lists of people, places, subjects, ..."""
        found: list[str] = []
        for name in properties:
            value = self._get(name)
            for each in value if isinstance(value, list) else ():
                text = each.get("name") or each.get("literal") if isinstance(each, Mapping) else each
                if isinstance(text, str) and text.strip():
                    found.append(text.strip())
        return found

    def title(self) -> str:
        """The main headline."""
        headlines = self._valued("headlines")
        main = next((text for role, _, text in headlines if role == "main"), "")
        title = main or next((text for _, _, text in headlines), "") or self.text("headline") or self.text("title")
        if len(headlines) == 1:
            self._used.add("headlines")
        return flatten(title) if looks_like_markup(title) else title

    def body(self) -> tuple[str, bool]:
        """The text, and whether its lines may be cut as on a wire: the body, or else the description."""
        for listed, prefix in (("bodies", "body_"), ("descriptions", "description_")):
            texts = [(kind, text) for _, kind, text in self._valued(listed)]
            names = sorted((name for name in self._keys if name.startswith(prefix)), key=_words)
            # "body_text" and "body_xhtml" are forms of one text, "body_caption_text" is another.
            for name in names:
                if (_words(name) == 1 or not texts) and (text := self.text(name)):
                    texts.append((_kind_of(name.removeprefix(prefix)), text))
            if texts:
                self._used.add(listed)
                return _best(texts)
        return "", True

    def rest(self) -> dict[str, Any]:
        """The properties that were not used."""
        # The url and the id are made of the uri, and the other dates are as good as lost without their names.
        used = self._used - {"type", "version", "pubstatus", *_DATES[1:]}
        return {key: self._record[key] for name, key in self._keys.items() if name not in used}

    def _valued(self, name: str) -> list[tuple[str, str, str]]:
        """Role, content type and text of the entries of a list of version 2 and 3."""
        value = self._get(name)
        found: list[tuple[str, str, str]] = []
        for entry in value if isinstance(value, list) else ():
            if isinstance(entry, Mapping):
                given = {key.lower(): text.strip() for key, text in entry.items() if isinstance(text, str)}
                if given.get("value"):
                    found.append((given.get("role", ""), given.get("contenttype", "").lower(), given["value"]))
        return found


def _words(name: str) -> int:
    return name.count("_")


def _kind_of(suffix: str) -> str:
    """``"text"`` → ``"text/plain"``, ``"xhtml"`` → a type of HTML, anything else as it is."""
    words = suffix.split("_")
    if "text" in words:
        return "text/plain"
    return "text/html" if not {"xhtml", "html", "html5"}.isdisjoint(words) else suffix


def _best(texts: list[tuple[str, str]]) -> tuple[str, bool]:
    """Of several forms of a text the one to read: plain, unless only the marked-up one has paragraphs."""
    plain = next((text for kind, text in texts if kind.partition(";")[0].strip() in _PLAIN), "")
    marked = next((text for kind, text in texts if kind.partition(";")[0].strip() in _MARKUP), "")
    text = plain if plain and ("\n" in plain or not marked) else marked or texts[0][1]
    if looks_like_markup(text):
        return flatten(text), not has_blocks(text)
    return text, True


def _shown(text: str) -> str:
    shown = " ".join(clean(text[:121]).split())
    return f"{shown[:120]}…" if len(shown) > 120 else shown or "an item without a uri"
