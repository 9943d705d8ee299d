"""What the values of JSON say in words: texts, lists of them, and objects in which one part is the name.

A number alone is no name: it is the key of some table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from searchkit.readers.markup import flatten, looks_like_markup

# Which part of an object says it in words, best first.
TITLES = ("rendered", "main", "value", "text", "title", "name", "#text", "@value", "default")
BODIES = ("rendered", "text", "plain", "value", "content", "body", "html", "#text", "@value", "default")
_TOPICS = ("value", "label", "name", "title", "term", "tag", "text", "prefLabel", "slug", "#text", "@value", "rendered")
_NAMES = ("name", "label", "title", "value", "text", "original", "main", "displayName", "fullName", "#text", "@value")
_LINKS = ("url", "href", "@id", "value", "canonical")
_KEYS = ("$oid", "value", "id", "#text", "@value", "$t", "rendered")
_DATES = ("$date", "$numberLong", "value", "date", "iso", "#text", "@value", "rendered")
_GIVEN = ("firstName", "first_name", "firstname", "first", "givenName")
_FAMILY = ("lastName", "last_name", "lastname", "last", "familyName")
_PARTS = {"language": ("code", *_NAMES), "url": _LINKS, "id": _KEYS}

_DEEPEST = 8
_QUOTED = re.compile(r"""'([^']*)'|"([^"]*)\"""")


def topics_of(value: Any) -> list[str]:
    """Topics: a list, or a text with semicolons, bars or commas between them, or a list written as text."""
    if isinstance(value, str):
        if listed := _listed(value):
            return listed
        return plain(value).split(next((sign for sign in (";", "|") if sign in value), ","))
    if isinstance(value, list | tuple):
        return [plain(text) for item in value if (text := text_of(item, _TOPICS, numbers=False))]
    return [plain(text)] if (text := text_of(value, _TOPICS, numbers=False)) else []


def names_of(value: str) -> str:
    """Authors in a text, which may be a list written as text."""
    return ", ".join(listed) if (listed := _listed(value)) else plain(value)


def _listed(text: str) -> list[str]:
    """The items of a list written as Python or JSON write it, as tables have them: ``"['a', 'b']"``."""
    if text[:1] != "[" or text.rstrip()[-1:] != "]":
        return []
    return [one or other for one, other in _QUOTED.findall(text)]


def worded(role: str, value: Any) -> str:
    """What is no text as the text of a role of ``records.ROLES``, empty if it says nothing in words."""
    if role == "location":
        return _place(value)
    if role in ("url", "language", "publisher") and isinstance(value, list | tuple):
        value = next((item for item in value if item), None)
    if role == "byline":
        return ", ".join(filter(None, map(_person, value))) if isinstance(value, list | tuple) else _person(value)
    return text_of(value, _PARTS.get(role, _NAMES), numbers=role == "id")


def _person(value: Any) -> str:
    if text := text_of(value, _NAMES, numbers=False):
        return text
    if not isinstance(value, Mapping):
        return ""
    names = (next((value[key] for key in keys if isinstance(value.get(key), str)), "") for keys in (_GIVEN, _FAMILY))
    return " ".join(filter(None, names))


def _place(value: Any) -> str:
    """A place, as a dateline would print it: "Beirut, Lebanon", "LONDON/PARIS"."""
    if isinstance(value, Mapping):
        city, country = (text_of(value.get(key), _NAMES, numbers=False) for key in ("city", "country"))
        name = city or text_of(value, _NAMES, numbers=False)
        return f"{name}, {country}" if name and country and "," not in name else name or country
    if isinstance(value, list | tuple):
        places = [text for item in value[:10] if isinstance(item, str | Mapping) and (text := _place(item))]
        return places[0] if any("," in place for place in places) else "/".join(places)
    return value if isinstance(value, str) else ""


@lru_cache(maxsize=1024)
def country_name(written: str) -> str:
    """A country's name: two letters are its code in ISO 3166-1."""
    if len(written) != 2 or not written.isascii():
        return written
    import pycountry

    found = pycountry.countries.get(alpha_2=written.upper())
    return str(found.name) if found else written


def text_of(
    value: Any, parts: tuple[str, ...], joint: str = ", ", depth: int = _DEEPEST, *, numbers: bool = True
) -> str:
    """A value as text: of a list its items, of an object the first of ``parts`` that says something."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None or not depth:
        return ""
    if isinstance(value, int | float):
        if not numbers or value != value:
            return ""
        return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)
    if isinstance(value, list | tuple):
        texts = (text_of(item, parts, joint, depth - 1, numbers=numbers) for item in value)
        return joint.join(filter(None, texts))
    if isinstance(value, Mapping):
        for key in parts:
            if text := text_of(value.get(key), parts, joint, depth - 1, numbers=numbers):
                return text
    return ""


def plain(text: str) -> str:
    """A text that may be HTML, without tags and entities."""
    return flatten(text) if ("<" in text or "&" in text) and looks_like_markup(text) else text


def date_of(value: Any) -> str | int | float | None:
    """A value as ``dating`` reads dates; None if there is nothing in it."""
    if isinstance(value, str | int | float):
        return None if value == "" or isinstance(value, bool) else value
    return text_of(value, _DATES) or None
