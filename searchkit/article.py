"""Article and Place: the records that every part speaks."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_TEXTS = ("date_source", "dateline", "byline", "section", "language", "publisher", "url", "path", "captured")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a story was filed from, as far as known.

    ``city`` and ``region`` are display names ("Al-Omar Oil Field Base", "Missouri"), ``country`` a country's common name,
    ``code`` its ISO 3166-1 alpha-2 code, ``latitude`` and ``longitude`` degrees. ``confidence``, from 0 to 1, is how likely
    this is the place meant and not a namesake; None where it was not resolved, and everything is as printed.
    """

    city: str | None = None
    region: str | None = None
    country: str | None = None
    code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    confidence: float | None = None

    def __str__(self) -> str:
        # Many a province is called after its capital, and a city may be a country.
        return ", ".join(dict.fromkeys(part for part in (self.city, self.region, self.country) if part))


@dataclass(frozen=True, slots=True)
class Article:
    """One story.

    ``date`` is the civil day that it is searched by, ``time`` the time of that day with its zone where one was given,
    ``date_source`` where the day came from: ``"header"`` (the text says so), ``"metadata"`` (the format says so) or
    ``"path"`` (the file's or folder's name). ``dateline`` is the place line as printed, without its dash; ``place`` what it
    was understood to mean. ``captured`` is when a crawler fetched it (ISO 8601, UTC), which says nothing about its date:
    successive captures of one ``url`` are versions of one article. ``extra`` holds whatever else the format gave, as JSON
    values: kept and shown, not searched.
    """

    id: str
    title: str
    body: str
    title_derived: bool = False
    date: dt.date | None = None
    time: dt.time | None = None
    date_source: str | None = None
    dateline: str | None = None
    place: Place | None = None
    byline: str | None = None
    section: str | None = None
    topics: tuple[str, ...] = ()
    language: str | None = None
    publisher: str | None = None
    url: str | None = None
    path: str | None = None
    captured: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def day(self) -> int | None:
        """The civil day as a day number (``datetime.date.toordinal``), or None."""
        return None if self.date is None else self.date.toordinal()

    @property
    def instant(self) -> float:
        """Seconds since midnight UTC of the civil day, for ordering stories within one day. No time counts as midnight;
        a time without a zone counts as UTC.
        """
        if self.time is None:
            return 0.0
        t = self.time
        seconds = t.hour * 3600 + t.minute * 60 + t.second + t.microsecond / 1e6
        # A fixed offset needs no date; a named zone does, and the civil day is there whenever a time is.
        moment = dt.datetime.combine(self.date, t) if self.date else None
        offset = moment.utcoffset() if moment else t.utcoffset()
        return seconds - (offset.total_seconds() if offset else 0.0)

    def to_json(self) -> bytes:
        """The article as compact JSON, for an index to store."""
        data: dict[str, Any] = {"id": self.id, "title": self.title, "body": self.body}
        if self.title_derived:
            data["title_derived"] = True
        if self.date is not None:
            data["date"] = self.date.isoformat()
        if self.time is not None:
            data["time"] = self.time.isoformat()
        if self.place is not None:
            place = self.place
            data["place"] = (
                place.city, place.region, place.country, place.code, place.latitude, place.longitude, place.confidence,
            )  # fmt: skip
        if self.topics:
            data["topics"] = self.topics
        for name in _TEXTS:
            value = getattr(self, name)
            if value is not None:
                data[name] = value
        if self.extra:
            data["extra"] = dict(self.extra)
        # Imported here, since a search from a cold start only reads, and stays with what is there already.
        import orjson

        try:
            return orjson.dumps(data)
        except TypeError:  # lone surrogates in names of files; numbers that 64 bits do not hold
            return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")

    @classmethod
    def from_json(cls, stored: bytes) -> Article:
        """The inverse of :meth:`to_json`."""
        data = json.loads(stored.decode("utf-8", "surrogatepass"))
        if "date" in data:
            data["date"] = dt.date.fromisoformat(data["date"])
        if "time" in data:
            data["time"] = dt.time.fromisoformat(data["time"])
        if "place" in data:
            data["place"] = Place(*data["place"])
        if "topics" in data:
            data["topics"] = tuple(data["topics"])
        return cls(**data)
