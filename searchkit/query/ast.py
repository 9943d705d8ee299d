"""What a query says, as written: frozen nodes with spans. Nothing here knows of an index, a language or today's date."""

from __future__ import annotations

from enum import Enum

from searchkit.records import Record

Span = tuple[int, int]
"""Start and end of a node in the query's text, in characters."""


class Occur(Enum):
    """How a clause stands beside its neighbours."""

    PLAIN = "plain"
    REQUIRED = "required"
    PROHIBITED = "prohibited"


class Word(Record):
    """A bare word, as written. It may turn out to be several terms (``al-Omar``), or none (``&``)."""

    text: str
    span: Span


class Quoted(Record):
    """Words in quotes; with ``slop``, in any order within that many other words. For ``near:``, a place and its distance."""

    text: str
    slop: int | None
    span: Span


class Wildcard(Record):
    """A word with ``*`` and ``?``, which are held as the characters ANY_RUN and ANY_ONE."""

    text: str
    span: Span


class Fuzzy(Record):
    """A word and how many edits away a term may be."""

    text: str
    distance: int
    span: Span


class Regex(Record):
    """A regular expression, without its slashes."""

    pattern: str
    span: Span


class Bracketed(Record):
    """What stands in ``[ ]`` after a field: a range of dates."""

    text: str
    span: Span


class Everything(Record):
    """``*``: every article."""

    span: Span


class InField(Record):
    """A node in one field. ``field`` is the field's own name, or one of NO_FIELDS."""

    field: str
    node: Node
    span: Span


class Clauses(Record):
    """Clauses side by side, in the order in which they stand."""

    items: tuple[tuple[Occur, Node], ...]
    span: Span


class Either(Record):
    """Alternatives, joined by ``OR``."""

    items: tuple[Node, ...]
    span: Span


class Boosted(Record):
    """A node that counts ``factor`` times."""

    node: Node
    factor: float
    span: Span


Node = Word | Quoted | Wildcard | Fuzzy | Regex | Bracketed | Everything | InField | Clauses | Either | Boosted

NO_FIELDS = ("since", "until", "near", "bbox")
"""What is written like a field and is none: bounds of the date, and where the place lies."""

ANY_RUN = "\ue000"
"""Stands for ``*`` in a Wildcard. Private-use characters: they are taken out of a query's text before it is read."""

ANY_ONE = "\ue001"
"""Stands for ``?``."""
