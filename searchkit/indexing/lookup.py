"""What SQLite is asked more than once, in a way of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

_CHUNK = 500
"""Values in one IN (…): SQLite's lowest limit for parameters is 999."""


def select_in(db: sqlite3.Connection, select: str, values: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query that ends with the name of a column, where that is one of the values, however many they are."""
    for start in range(0, len(values), _CHUNK):
        chunk = values[start : start + _CHUNK]
        yield from db.execute(f"{select} IN ({','.join('?' * len(chunk))})", chunk)
