"""What a document of the index is: its fields, and text that a cluster can take."""

from __future__ import annotations

import base64
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import orjson

from searchkit.analysis import POSITION_GAP, IndexedField
from searchkit.article import Article
from searchkit.engines import bm25
from searchkit.engines.cluster import Cluster
from searchkit.engines.wire import wire
from searchkit.fields import BY_NAME, FIELDS, Form, Kind, physical

LAYOUT = 1
"""Raised when documents look otherwise: an index of a newer layout is refused."""

KEY = "key"
"""The field of the ids as they are, by which hits are sorted."""

DAY = "day"
INSTANT = "instant"
LENGTH = "length"
PLACE = "place"
STORED = "article"

NO_WORDS = "-"
"""Stands in the text of an article without any word, so that it counts in the statistics. It is no term of the analyzer's."""

_LONGEST_VALUE = 8_000
"""Characters of a value: Lucene refuses terms of more than 32,766 bytes."""

_DIGEST = 64
"""Characters of a digest."""

_LONGEST_ID = 512
"""Bytes of a document's name on the cluster."""


def column(field: str, form: Form) -> str:
    """The field that holds each term of an article once, to be counted and listed."""
    if form is Form.EXACT and BY_NAME[field].kind is not Kind.KEYWORD:
        return f"{field}_words"
    return physical(field, form)


def _words(name: str, form: Form) -> dict[str, Any]:
    ranked = name == "text"
    options = "positions" if form is Form.EXACT else "freqs" if ranked else "docs"
    made: dict[str, Any] = {"type": "text", "analyzer": "whitespace", "index_options": options, "norms": ranked}
    if ranked:
        made["similarity"] = "ranking"
    if form is Form.EXACT:
        made["position_increment_gap"] = POSITION_GAP
    return made


def make_index(cluster: Cluster) -> dict[str, Any]:
    """Settings and mapping of an index, from the one table of fields. It has no copies until it is filled."""
    properties: dict[str, Any] = {}
    for field in FIELDS:
        for form in field.forms:
            whole = form is Form.WHOLE or field.kind is Kind.KEYWORD
            properties[physical(field.name, form)] = {"type": "keyword"} if whole else _words(field.name, form)
            if form is not Form.STEM:
                properties[column(field.name, form)] = {"type": "keyword"}
    properties |= {
        KEY: {"type": "keyword", "similarity": "ranking"},
        DAY: {"type": "integer"},
        INSTANT: {"type": "long", "index": False},
        LENGTH: {"type": "integer", "index": False},
        PLACE: {"type": "geo_point", "ignore_malformed": True},
        STORED: {"type": "object", "enabled": False},
    }
    return {
        "settings": {
            "number_of_shards": cluster.shards,
            "number_of_replicas": 0,
            "refresh_interval": "-1",
            "similarity": {"ranking": {"type": "BM25", "k1": bm25.K1, "b": bm25.B}},
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": {"searchkit": {"alias": cluster.alias, "version": LAYOUT}},
            "_source": {"includes": [STORED]},
            "properties": properties,
        },
    }


def value(term: str) -> str:
    """A whole value as the index has it: the end of a very long one is a digest. Made of what the index has, it is the same."""
    return wire(term if len(term) <= _LONGEST_VALUE else term[: _LONGEST_VALUE - _DIGEST] + _digest(term))


def term_of(field: str, form: Form, text: str) -> str:
    """A term of a plan as the index has it. The white-space tokenizer cuts words at 255 UTF-16 units, but not inside of a
    character: the longest of the analyzer's, 128 characters of two units each, just stays whole.
    """
    return value(text) if form is Form.WHOLE or BY_NAME[field].kind is Kind.KEYWORD else text


def document_id(id: str) -> str:
    """The name of an article's document: its id, or where that is too long the beginning of it and a digest."""
    name = wire(id)
    if len(name) * 4 <= _LONGEST_ID or len(name.encode()) <= _LONGEST_ID:
        return name
    return name[:100] + _digest(id)


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def lines(article: Article, fields: dict[str, IndexedField]) -> bytes:
    """The two lines of a bulk request that index an article."""
    made: dict[str, Any] = {KEY: value(article.id), INSTANT: round(article.instant * 1e6), STORED: _store(article)}
    if article.day is not None:
        made[DAY] = article.day
    place = article.place
    if place is not None and place.latitude is not None and place.longitude is not None:
        made[PLACE] = {"lat": place.latitude, "lon": place.longitude}
    for name, indexed in fields.items():
        if BY_NAME[name].kind is Kind.KEYWORD:
            made[name] = [value(term) for term in indexed.exact]
        else:
            terms = [term for text in indexed.exact for term in text.split()]
            made[name] = indexed.exact
            made[column(name, Form.EXACT)] = list(dict.fromkeys(terms))
            if indexed.stems:
                made[physical(name, Form.STEM)] = indexed.stems
            if name == "text":
                made[LENGTH] = len(terms)
                if not terms:
                    made[name] = made[physical(name, Form.STEM)] = NO_WORDS
        if indexed.whole:
            made[physical(name, Form.WHOLE)] = [value(one) for one in indexed.whole]
    return b"%b\n%b\n" % (orjson.dumps({"index": {"_id": document_id(article.id)}}), orjson.dumps(made))


def deletion(id: str) -> bytes:
    """The line of a bulk request that removes an article."""
    return orjson.dumps({"delete": {"_id": document_id(id)}}) + b"\n"


def _store(article: Article) -> str:
    """The article as the cluster keeps it: its JSON, or where that is no text the bytes of it in base 64."""
    stored = article.to_json()
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return base64.b64encode(stored).decode()


def restore(stored: Any, corrupt: Callable[[object], Exception]) -> Article:
    """The inverse: an article from a document's source. Raises what ``corrupt`` makes where it is none."""
    try:
        text = stored[STORED]
        return Article.from_json(text.encode() if text.startswith("{") else base64.b64decode(text, validate=True))
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise corrupt(repr(error)) from error
