"""CSV after RFC 4180: a header line, fields quoted where they must be, lines that end in CR LF, UTF-8.

For spreadsheets: a text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return gets an apostrophe
before it, so that an article cannot put a formula into a sheet; control characters are replaced. The JSON formats have
the text as it is.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, TextIO

from searchkit.render import Look, characters

if TYPE_CHECKING:
    from searchkit.results import Hit, Results

COLUMNS = (
    "rank", "id", "title", "date", "time", "dateline", "city", "region", "country", "code", "latitude", "longitude",
    "byline", "section", "topics", "language", "publisher", "url", "path", "score", "snippet",
)  # fmt: skip


def write(results: Results, out: TextIO, look: Look) -> None:
    """Write the header, then a row for each hit."""
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for hit in results:
        rows.writerow(_row(hit))


def _row(hit: Hit) -> list[object]:
    article = hit.article
    place = article.place
    where: list[object] = [None] * 6
    if place is not None:
        where = [*map(cell, (place.city, place.region, place.country, place.code)), place.latitude, place.longitude]
    return [
        hit.rank,
        *map(cell, (article.id, article.title)),
        article.date,
        article.time,
        cell(article.dateline),
        *where,
        *map(cell, (article.byline, article.section, "; ".join(article.topics), article.language)),
        *map(cell, (article.publisher, article.url, article.path)),
        hit.score,
        cell(" … ".join(snippet.text for snippet in hit.snippets)),
    ]


def cell(text: str | None) -> str | None:
    """A text as a spreadsheet shows it, and does not take for a formula."""
    if not text:
        return None
    return characters.data(f"'{text}" if text[0] in "=+-@\t\r" else text)
