"""What a document of the index is: its fields, its sort keys, and text that Tantivy can take."""

from __future__ import annotations

import tantivy

from searchkit.article import Article
from searchkit.engines.wire import wire
from searchkit.fields import BY_NAME, FIELDS, Form, Kind, physical

KEY = "key"
"""The field of the ids as they are, by which articles are replaced and fetched."""

DAY = "day"
LENGTH = "length"
STORED = "stored"
ORDER = "order"

ORDER_WIDTH = 20
"""Characters of a sort key before the id: whether it is undated, the day, the instant."""

_INSTANT_SHIFT = 2 * 86_400
"""Seconds: an instant can lie a day before its civil day's midnight, in UTC, and one after its end."""

_MOST_DAYS = 9_999_999
_MOST_INSTANT = 999_999_999_999  # microseconds


def option(field: str, form: Form) -> str:
    """What is kept of each posting: positions for phrases, frequencies for ranking, or that it is there."""
    if BY_NAME[field].kind is Kind.KEYWORD or form is Form.WHOLE:
        return "basic"
    if form is Form.EXACT:
        return "position"
    return "freq" if field == "text" else "basic"


def make_schema() -> tantivy.Schema:
    """The schema, from the one table of fields."""
    builder = tantivy.SchemaBuilder()
    for field in FIELDS:
        for form in field.forms:
            whole = form is Form.WHOLE
            builder.add_text_field(
                physical(field.name, form),
                tokenizer_name="raw" if whole or field.kind is Kind.KEYWORD else "whitespace",
                index_option=option(field.name, form),
                fast=whole,
            )
    builder.add_text_field(KEY, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_unsigned_field(DAY, indexed=True, fast=True)
    builder.add_unsigned_field(LENGTH, fast=True)
    # Newest first, the undated last, with ties broken by id, as a string that sorts so.
    builder.add_text_field(ORDER, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_bytes_field(STORED, stored=True)
    return builder.build()


def order_key(article: Article) -> str:
    """The sort key of an article: digits that sort as the dates do, newest first, then the id."""
    if article.day is None:
        return f"{1:<0{ORDER_WIDTH}}{wire(article.id)}"
    instant = round((article.instant + _INSTANT_SHIFT) * 1e6)
    return f"0{_MOST_DAYS - article.day:07}{_MOST_INSTANT - instant:012}{wire(article.id)}"
