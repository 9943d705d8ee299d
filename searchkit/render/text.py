"""For people: rank, title, date, location, id and passages, and how many articles there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from searchkit.render import Look, characters, explanation, words
from searchkit.render.marks import wrap
from searchkit.render.terminal import Style

if TYPE_CHECKING:
    from searchkit.results import Hit, Results

_PLAIN = Style(False)


def write(results: Results, out: TextIO, look: Look) -> None:
    """Write every hit, then a line that counts them."""
    style = Style(look.color)
    if results.explanation is not None:
        out.write(explanation.in_words(results.explanation) + "\n")
    shown = 0
    for hit in results:
        shown += 1
        for line in _hit(hit, style, look.width):
            out.write(line + "\n")
        out.write("\n")
    write_end(results, shown, out, look)


def write_end(results: Results, shown: int, out: TextIO, look: Look) -> None:
    """Write what stands below the articles: the line that counts them, and the facets that were asked for."""
    if shown:
        out.write(Style(look.color).dim(footer(results, shown, look.offset)) + "\n")
    if results.facets:
        from searchkit.render.facets import write_counts

        out.write("\n")
        write_counts(results.facets, out)


def footer(results: Results, shown: int, offset: int) -> str:
    """ "10 of 137 articles in 4 ms", "11–20 of 137 articles in 4 ms", "3 articles in 4 ms"."""
    total = words.count(results.total, "article")
    if offset:
        total = f"{offset + 1:,}–{offset + shown:,} of {total}"
    elif shown < results.total:
        total = f"{shown:,} of {total}"
    return f"{total} in {words.duration(results.seconds)}"


def _about(hit: Hit, style: Style) -> str:
    date = "undated" if hit.date is None else hit.date.isoformat()
    parts = [style.dim(date)]
    if hit.dateline:
        parts.append(style.marked(characters.one_line(hit.dateline), hit.dateline_highlights))
    elif hit.place is not None and str(hit.place):
        parts.append(characters.one_line(str(hit.place)))
    return " · ".join(parts)


def _hit(hit: Hit, style: Style, columns: int | None) -> Iterator[str]:
    number = f"{hit.rank}."
    indent = " " * (len(number) + 1)
    room = None if columns is None else max(10, columns - len(indent))
    before = number + " "
    for line, spans in wrap(hit.title or hit.id, hit.title_highlights if hit.title else (), room):
        yield before + style.marked(line, spans, bold=True)
        before = indent
    # The id goes on a line of its own where it has no room, and is never broken: it is there to be copied.
    about, id = _about(hit, style), characters.one_line(hit.id)
    together = room is None or characters.width(f"{_about(hit, _PLAIN)} · {id}") <= room
    yield indent + about + (" · " if together else f"\n{indent}") + style.dim(id)
    for snippet in hit.snippets:
        for line, spans in wrap(snippet.text, snippet.highlights, room):
            yield indent + style.marked(line, spans)
