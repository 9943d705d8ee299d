"""What every format with fields has in common on the way to an Article: clean texts, paragraphs, dateline, date, title."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from searchkit.article import Article
from searchkit.news.dateline import parse_dateline
from searchkit.news.dating import Candidate, choose_date
from searchkit.news.resolve import resolve
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.decoding import clean
from searchkit.readers.paragraphs import paragraphs
from searchkit.readers.titles import derive_title, shorten

DATELINE_ENDS = 1000
"""Characters of the text that the dateline parser is shown: the dateline and some of the story."""

LONGEST_TITLE = 1000
LONGEST_ID = 300
_LONGEST_LINE = 2000
_REMEMBERED = 10_000
"""Ids of one source that are kept to tell where one is given twice; the index, which knows all, sees to the rest."""

_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")


def assemble(
    source: Source,
    options: Options,
    where: str,
    *,
    id: str,
    body: str,
    title: str = "",
    dates: Sequence[Candidate] = (),
    dateline: str = "",
    location: str = "",
    byline: str = "",
    section: str = "",
    topics: Iterable[str] = (),
    language: str = "",
    publisher: str = "",
    url: str = "",
    captured: str | None = None,
    extra: Mapping[str, Any] | None = None,
    wrapped: bool = True,
) -> Article | Skip:
    """The article that some texts make, or a Skip of kind "empty" where there is neither a title nor a body.

    Texts may be dirty. ``where`` is the place in the source, for the Skip. ``id`` is the whole id. ``dateline`` is a printed
    dateline that the format keeps apart; without one, the body's own is taken from its beginning. ``location`` says the place
    without being printed. ``captured`` is when the article was fetched, in ISO 8601. ``wrapped``: lines of the body may be
    cut as on a wire; otherwise each is a paragraph. ``extra`` gets, besides what is given, ``date_note`` (remarks on the
    date), ``date_field`` (the field that it was taken from) and ``agency`` (the dateline's).
    """
    kept: dict[str, Any] = {}
    if extra:
        kept = {key: value for key, value in cleaned(extra).items() if value not in (None, "", [], {})}
    body = clean(body).strip()
    if title := _line(title):
        if len(title) > LONGEST_TITLE:
            # A text in the field of the title is no reason to lose it.
            title, body = f"{title[: LONGEST_TITLE - 1]}…", body or title
    elif not body:
        return Skip(where, "it has neither a title nor a text", "empty")
    printed = _line(dateline, _LONGEST_LINE) or None
    column = 0
    if printed is None and body:
        found = parse_dateline(body[:DATELINE_ENDS])
        if found is not None:
            printed = found.printed
            line = body.rfind("\n", 0, found.end) + 1
            column, body = found.end - line, body[found.end :].lstrip()
            if found.agency:
                kept["agency"] = found.agency
    if location := _line(location, _LONGEST_LINE):
        if printed is not None:
            kept["location"] = location
        else:
            printed = location
    placed = location or printed
    if "\n" in body:
        body = _paragraphs(body, column) if wrapped else _BLANK_LINES.sub("\n\n", body)
    if not body and not title:
        return Skip(where, "there is nothing in it but a dateline", "empty")
    dated = choose_date(dates, options.dates, source.relative)
    if dated.notes:
        kept["date_note"] = _line("; ".join(dict.fromkeys(dated.notes)), _LONGEST_LINE)
    if dated.name:
        kept["date_field"] = _line(dated.name, _LONGEST_LINE)
    return Article(
        id=clean(id),
        title=title or derive_title(body) or shorten(" ".join(body.split())),
        body=body,
        title_derived=not title,
        date=dated.date,
        time=dated.time,
        date_source=dated.source,
        dateline=printed,
        place=resolve(placed, (title, body)) if placed else None,
        byline=_line(byline, _LONGEST_LINE) or None,
        section=_line(section, _LONGEST_LINE) or None,
        topics=tuple(dict.fromkeys(filter(None, (_line(topic, _LONGEST_LINE) for topic in topics)))) if topics else (),
        language=_line(language, _LONGEST_LINE).lower() or None,
        publisher=_line(publisher, _LONGEST_LINE) or kept.get("agency"),
        url=_line(url, _LONGEST_LINE) or None,
        path=source.relative,
        captured=captured,
        extra=kept,
    )


def _line(text: str, most: int | None = None) -> str:
    """A text on one line, clean, cut at ``most`` characters."""
    if not text:
        return ""
    line = " ".join(clean(text).split())
    return line if most is None or len(line) <= most else f"{line[: most - 1]}…"


def _paragraphs(body: str, column: int) -> str:
    """What ``paragraphs`` makes of a text; of one that has a blank line at every line end, in less time."""
    parts = body.split("\n\n")
    if 2 * (len(parts) - 1) == body.count("\n"):
        return "\n\n".join(filter(None, map(str.strip, parts)))
    return paragraphs(body, column)


def article_id(source: Source, own: str, ordinal: int) -> str:
    """The id of an article in a source of many: the source's, and the article's own or its ordinal. Of an own id longer
    than ``LONGEST_ID`` the end becomes a digest.
    """
    own = _line(own)
    if not own:
        return f"{source.id}#{ordinal}"
    if len(own) > LONGEST_ID:
        digest = hashlib.blake2b(own.encode(), digest_size=12).hexdigest()
        own = f"{own[: LONGEST_ID - len(digest) - 1]}~{digest}"
    return f"{source.id}#{own}"


class DistinctIds:
    """The ids of one source's articles. Two must not have one: the second would take the place of the first."""

    def __init__(self) -> None:
        # Hashes, as a source may have millions of ids.
        self._given: set[int] = set()

    def distinct(self, article: Article | Skip, ordinal: int) -> Article | Skip:
        """An article as it is; or where an earlier one has its id, with its ordinal in that and a note of it."""
        if isinstance(article, Skip):
            return article
        id = article.id
        while hash(id) in self._given:
            id = f"{id}.{ordinal}"
        self._given.add(hash(id))
        if id == article.id:
            return article
        return replace(
            article, id=id, extra={**article.extra, "id_note": f"an earlier article is known as {article.id}"}
        )


class Ids:
    """The same for records, whose own ids may be numbers, and of which an id that was given before is reported."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._given: set[str] = set()
        self._numbered = False

    def of(self, own: str, ordinal: int) -> tuple[str, bool]:
        """The id of an article, and whether an earlier one has that by right: then its ordinal is added."""
        id = article_id(self._source, own, ordinal)
        own = own.strip()
        # An own id that is a number may be the ordinal of an article before it.
        taken = id in self._given or (self._numbered and own.isdecimal() and len(own) < 10 and int(own) < ordinal)
        if taken:
            id = f"{id}.{ordinal}"
            while id in self._given:
                id += "+"
        if not own:
            self._numbered = True
        elif len(self._given) < _REMEMBERED:
            self._given.add(id)
        return id, taken


def cleaned(value: Any, depth: int = 20) -> Any:
    """A JSON value with every text in it clean, and nothing nested deeper than ``depth``. What JSON has no way to write
    becomes text (numbers of more than 64 bits, and any other type), or None (NaN and infinity).
    """
    kind = type(value)
    if kind is str:
        return clean(value)
    if value is None or kind is bool:
        return value
    if kind is int:
        return value if -(1 << 63) <= value < 1 << 64 else clean(_digits(value))
    if kind is float:
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        if not depth:
            return "…"
        return {clean(str(key)): cleaned(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(item, depth - 1) for item in value] if depth else "…"
    return clean(str(value))


def _digits(number: int) -> str:
    try:
        return str(number)
    except ValueError:  # thousands of digits, which Python refuses to write in decimal
        return hex(number)
