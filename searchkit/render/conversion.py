"""What a conversion did, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from searchkit.render import words

if TYPE_CHECKING:
    from searchkit.reports import Conversion


def write_text(conversion: Conversion, out: TextIO) -> None:
    """Write one line."""
    articles = words.count(conversion.articles, "article")
    if not conversion.rewritten:
        out.write(f"The index is on {conversion.engine} already, and stays there ({articles}).\n")
    else:
        seconds = words.duration(conversion.seconds)
        out.write(f"{articles} rewritten from {conversion.before} to {conversion.engine} in {seconds}\n")
