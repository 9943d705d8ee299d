"""The fields that can be searched, for people or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from searchkit.fields import Field


def write_text(fields: tuple[Field, ...], out: TextIO) -> None:
    """Write one field a line: its name and other names, how it is searched, and what it holds."""
    from tabulate import tabulate

    rows = [(field.name, ", ".join(field.aliases), field.kind.value, field.help) for field in fields]
    out.write(tabulate(rows, headers=("field", "also", "kind", "what it holds"), tablefmt="simple") + "\n")


def write_json(fields: tuple[Field, ...], out: TextIO) -> None:
    """Write the fields as one JSON object, schema ``searchkit.fields/1``."""
    from searchkit.render.records import dumps, fields_record

    out.write(dumps(fields_record(fields)) + "\n")
