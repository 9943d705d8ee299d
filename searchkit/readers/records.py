"""Records with named fields (JSON, CSV) → Articles: which of the usual names mean what.

``Article.extra`` holds every field that has no role, those of a role that another field had already (a summary beside a
text), and values that say nothing in words (the number of an author in another table). Besides these it may hold what
``assemble`` notes, and ``id_note`` where an earlier record had the same id.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.news.dating import Candidate, read_written
from searchkit.readers.assemble import Ids, assemble
from searchkit.readers.base import Options, Skip, Source
from searchkit.readers.markup import flatten, has_blocks, looks_like_markup
from searchkit.readers.values import BODIES, TITLES, country_name, date_of, names_of, plain, text_of, topics_of, worded

# What an article needs, and the names that archives, crawlers, publishers' interfaces and data sets give it, best first:
# news-please, Common Crawl extractions, the APIs of the Guardian and the New York Times, NewsAPI, WordPress, schema.org,
# JSON Feed, ninjs, and the usual CSV files. Case, "_", "-" and spaces in a name do not count.
ROLES: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline", "webtitle", "articletitle", "headlinetext", "hl1", "head", "name", "subject"),
    "body": (
        *("body", "text", "maintext", "articlebody", "bodytext", "fulltext", "articletext", "contenttext", "content"),
        *("contents", "story", "storytext", "article", "contenthtml", "bodyxhtml", "bodyhtml", "html", "leadparagraph"),
        *("description", "summary", "abstract", "snippet", "excerpt"),
    ),
    "date": (
        *(
            "published",
            "publishedat",
            "datepublished",
            "datepublish",
            "publicationdate",
            "publisheddate",
            "publishdate",
        ),
        *("pubdate", "webpublicationdate", "firstpublished", "date", "datetime", "articledate"),
        *("versioncreated", "issued", "dategmt", "created", "createdat", "datecreated", "timestamp", "time"),
        *("updated", "updatedat", "modified", "datemodified", "datemodify"),
    ),
    "dateline": ("dateline",),
    "location": ("location", "place", "located", "locationcreated", "contentlocation"),
    "city": ("city",),
    "country": ("country", "countryname"),
    "byline": ("byline", "authors", "author", "creator", "writer", "reporter"),
    "section": ("section", "sectionname", "articlesection", "newsdesk", "category", "desk", "rubric", "column"),
    "topics": ("topics", "topic", "tags", "tag", "keywords", "subjects", "categories"),
    "language": ("language", "lang", "languagecode", "inlanguage"),
    "publisher": (
        *("publisher", "source", "sourcedomain", "sourcename", "publication", "outlet", "site", "sitename", "domain"),
        "newspaper",
    ),
    "url": ("url", "link", "weburl", "sourceurl", "articleurl", "permalink", "uri", "href", "mainentityofpage"),
    "captured": (
        *("datedownload", "captured", "capturedat", "crawled", "crawledat", "crawldate", "fetchedat", "scrapedat"),
        *("retrieved", "retrievedat"),
    ),
    "id": ("id", "docid", "articleid", "guid", "uuid", "docno", "key"),
}

EXTRA = "extra"
"""As the role of a field in ``Options.fields``: it has none, whatever its name."""

_ROLE_OF = {name: (role, rank) for role, names in ROLES.items() for rank, name in enumerate(names)}
_ROLE_OF["_id"] = ("id", 99)
_MANY = ("date", "captured", "body", "title")
"""Roles for which a second field stands in where the first is empty or not understood."""

# Things other than articles have these too: alone, they are no sign of one.
_WEAK = frozenset(("head", "name", "subject", "description", "summary", "abstract", "snippet", "excerpt"))
_SURE_DATES = frozenset(ROLES["date"][: ROLES["date"].index("created")])

_CONTAINERS = (
    "_source",
    "fields",
    "attributes",
    "properties",
    "article",
    "document",
    "doc",
    "post",
    "node",
    "data",
    "content",
)
"""Fields whose objects hold the rest of a record's fields: hits of Elasticsearch, the Guardian's, JSON:API's."""

_CLOCK = re.compile(r"\d{1,2}:\d\d")

_Named = tuple[tuple[str, str], ...]


class _Plan(NamedTuple):
    """For each role the keys that have it, best first, and the keys that have none. ``sure``: one of them is a title or a
    text, and not only by a name that other things have too; ``text``: that one is a text.
    """

    many: Mapping[str, tuple[str, ...]]
    one: Mapping[str, str]
    others: tuple[str, ...]
    sure: bool
    text: bool


def _squeezed(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


_PLANS: dict[tuple[tuple[str, ...], _Named], _Plan] = {}
_MOST_PLANS = 1000
_LARGEST_PLAN = 10_000


def _plan(keys: tuple[str, ...], chosen: _Named) -> _Plan:
    """What the fields of a record are, from a table, as most sources have few kinds of records."""
    plan = _PLANS.get((keys, chosen))
    if plan is None:
        plan = _make_plan(keys, chosen)
        # Objects with a field for each of a million things must not stay in memory.
        if sum(map(len, keys)) <= _LARGEST_PLAN:
            if len(_PLANS) >= _MOST_PLANS:
                _PLANS.clear()
            _PLANS[keys, chosen] = plan
    return plan


def _make_plan(keys: tuple[str, ...], chosen: _Named) -> _Plan:
    wanted = dict(chosen)
    wanted.update((_squeezed(name), role) for name, role in chosen)
    ranked: dict[str, list[tuple[int, int, str]]] = {}
    others: list[str] = []
    signs: set[str] = set()
    for place, key in enumerate(keys):
        squeezed = _squeezed(key) if key != "_id" else key
        role, rank = _ROLE_OF.get(squeezed, ("", 0))
        if named := wanted.get(key) or wanted.get(squeezed):
            role, rank = ("" if named == EXTRA else named), -1
        if not role:
            others.append(key)
            continue
        ranked.setdefault(role, []).append((rank, place, key))
        if rank < 0 or squeezed not in _WEAK:
            signs.add(role)
        if squeezed in _SURE_DATES:
            signs.add("sure date")
    many: dict[str, tuple[str, ...]] = {}
    one: dict[str, str] = {}
    for role, found in ranked.items():
        names = [key for _, _, key in sorted(found)]
        if role in _MANY:
            many[role] = tuple(names)
        else:
            one[role] = names[0]
            others += names[1:]
    # A JSON schema has a title, too.
    sure = "body" in signs or ("title" in signs and "$schema" not in keys)
    weakly = ("title" in many or "body" in many) and "sure date" in signs
    return _Plan(many, one, tuple(others), sure or weakly, "body" in signs)


def role_of(name: str) -> str | None:
    """What a field of this name means for an article, by the usual names."""
    return _ROLE_OF.get(_squeezed(name), (None, 0))[0]


def says_something(record: Mapping[str, Any], fields: Mapping[str, str] | None = None) -> bool:
    """Whether a record has a field that could be a title or a text, by the usual names or by ``fields`` (as in Options).

    A mere "name" or "description" is no sign of an article, but beside a date.
    """
    return _plan(tuple(record), tuple(sorted(fields.items())) if fields else ()).sure


def has_text(record: Mapping[str, Any], fields: Mapping[str, str] | None = None) -> bool:
    """Whether a record has a field that is a text by its name, and not only by one such as "description"."""
    return _plan(tuple(record), tuple(sorted(fields.items())) if fields else ()).text


def unpacked(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """A record with the fields that an object inside it holds for it, as in a dump of Elasticsearch; None if there is no
    such object.
    """
    for key in _CONTAINERS:
        inner = record.get(key)
        if isinstance(inner, Mapping) and (has_text(inner) or (key == "_source" and says_something(inner))):
            # What stands around it is about the storage, but for the id.
            kept = {name: value for name, value in record.items() if name != key and (name[:1] != "_" or name == "_id")}
            return {**inner, **kept}
    return None


class Records:
    """Turns the records of one source into articles, with ids of their own fields or of their ordinals.

    Raises SourceError where ``options.fields`` name a role that there is not.
    """

    def __init__(self, source: Source, options: Options) -> None:
        self._source = source
        self._options = options
        self._chosen: _Named = tuple(sorted(options.fields.items()))
        for name, role in self._chosen:
            if role not in ROLES and role != EXTRA:
                known = ", ".join((*ROLES, EXTRA))
                raise SourceError(f'the field "{name}" cannot be "{role}": there are {known}', "options")
        self._paths = [(name, name.split(".")) for name, _ in self._chosen if "." in name]
        self._ids = Ids(source)

    def recognises(self, record: Mapping[str, Any]) -> bool:
        """Whether a record has a title or a text, by the usual names or the chosen ones."""
        return _plan(tuple(record), self._chosen).sure or any(_at(record, path) is not None for _, path in self._paths)

    def has_text(self, record: Mapping[str, Any]) -> bool:
        """Whether a record has a text, by the same names."""
        return _plan(tuple(record), self._chosen).text

    def article(
        self, record: Mapping[str, Any], where: str, ordinal: int, notes: Mapping[str, Any] | None = None
    ) -> Article | Skip:
        """The article of one record. ``where`` is its place in the source; fields without a role go to ``Article.extra``,
        and ``notes`` with them.
        """
        for name, path in self._paths:
            if name not in record and (found := _at(record, path)) is not None:
                record = {**record, name: found}
        plan = _plan(tuple(record), self._chosen)
        many = plan.many.get
        extra: dict[str, Any] = {key: record[key] for key in plan.others}
        bodies = many("body", ())
        key, body = _first(record, bodies, BODIES, "\n\n", extra)
        if (not key or isinstance(record[key], Mapping)) and (inner := unpacked(record)) is not None:
            return self.article(inner, where, ordinal, notes)
        wrapped = True
        if ("<" in body or "&" in body) and looks_like_markup(body):
            wrapped = not has_blocks(body)
            body = flatten(body)
        if len(bodies) > 1:
            for other in bodies:
                if other in extra and _says_the_same(text_of(extra[other], BODIES), body):
                    del extra[other]
        key, title = _first(record, many("title", ()), TITLES, ", ", extra)
        one: dict[str, str] = {}
        topics: list[str] = []
        for role, key in plan.one.items():
            value = record[key]
            if role == "topics":
                topics = topics_of(value)
                if not topics:
                    extra[key] = value
                continue
            if type(value) is not str:
                value = worded(role, value)
                if not value:
                    extra[key] = record[key]
            one[role] = value
        get = one.get
        captured = None
        for key in many("captured", ()):
            if captured is None:
                captured = captured_at(record[key], self._options)
            if captured is None:
                extra[key] = record[key]
        own = get("id", "").strip()
        id, taken = self._ids.of(own, ordinal)
        if taken:
            extra["id_note"] = f'an earlier record is known as "{own or ordinal}"'
        if notes:
            extra.update(notes)
        url = get("url", "")
        return assemble(
            self._source,
            self._options,
            where,
            id=id,
            title=plain(title),
            body=body,
            dates=_dates(record, many("date", ()), extra),
            dateline=plain(get("dateline", "")),
            location=self._location(plan, record, one, extra),
            byline=names_of(get("byline", "")),
            section=plain(get("section", "")),
            topics=topics,
            language=get("language", ""),
            publisher=plain(get("publisher", "")),
            url=url if url or not own.startswith(("http://", "https://")) else own,
            captured=captured,
            extra=extra,
            wrapped=wrapped,
        )

    def _location(self, plan: _Plan, record: Mapping[str, Any], one: Mapping[str, str], extra: dict[str, Any]) -> str:
        location, city, country = one.get("location", ""), one.get("city", ""), one.get("country", "")
        if location and city:
            extra[plan.one["city"]] = record[plan.one["city"]]
        location = plain(location or city).strip()
        if not country:
            return location
        # A country alone is more often that of the paper than of the story.
        if not location or "," in location:
            extra[plan.one["country"]] = record[plan.one["country"]]
            return location
        name = country_name(country.strip()[:100])
        return location if name.casefold() == location.casefold() else f"{location}, {name}"


def captured_at(value: Any, options: Options) -> str | None:
    """When something was fetched, in ISO 8601 and UTC, so that such texts sort as the moments do; None where that is not
    understood.
    """
    written = date_of(value)
    read = read_written(written, options.dates) if written is not None else None
    if read is None or read.date is None:
        return None
    moment = dt.datetime.combine(read.date, read.time or dt.time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    try:
        return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except OverflowError:  # the last hours of the year 9999
        return None


def _first(
    record: Mapping[str, Any], keys: tuple[str, ...], parts: tuple[str, ...], joint: str, extra: dict[str, Any]
) -> tuple[str, str]:
    """The first of these fields that says something, and its text. What the others hold goes to ``extra``."""
    chosen = text = ""
    for key in keys:
        value = record[key]
        if not chosen:
            found = value if type(value) is str else text_of(value, parts, joint)
            if found and not found.isspace():
                chosen, text = key, found
                continue
        elif value == record[chosen]:
            continue
        extra[key] = value
    return chosen, text


def _dates(record: Mapping[str, Any], keys: tuple[str, ...], extra: dict[str, Any]) -> list[Candidate]:
    dates = [Candidate("metadata", key, value) for key in keys if (value := date_of(record[key])) is not None]
    if len(keys) > 1:
        extra.update((key, record[key]) for key in keys[1:])
        clock = next((date.written for date in dates if _squeezed(date.name) == "time"), None)
        if isinstance(clock, str) and _CLOCK.match(clock):
            # A day in one field, and the time of day in another.
            day = dates[0].written
            if isinstance(day, str) and len(day) <= 12 and ":" not in day:
                dates.insert(0, Candidate("metadata", dates[0].name, f"{day} {clock}"))
    return dates


def _says_the_same(other: str, body: str) -> bool:
    """Whether another text of a record is the body again, or its beginning: as HTML, or cut to a summary."""
    words = "".join(plain(other).split()).rstrip("….")
    return bool(words) and "".join(body[: 2 * len(other) + 100].split()).startswith(words)


def _at(record: Mapping[str, Any], path: list[str]) -> Any:
    """The value at a path of names ("fields.headline")."""
    value: Any = record
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value
