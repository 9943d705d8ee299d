"""One whole article, for people or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from searchkit.render import Look, characters
from searchkit.render.marks import overlapping, wrap
from searchkit.render.terminal import Style

if TYPE_CHECKING:
    from searchkit.results import Hit, Span


def write_text(hit: Hit, out: TextIO, look: Look) -> None:
    """Write the headline, what is known about the article, and its paragraphs, each broken to the width."""
    style = Style(look.color)
    for line, spans in wrap(hit.title, hit.title_highlights, look.width):
        out.write(style.marked(line, spans, bold=True) + "\n")
    for name, value in _about(hit, style):
        out.write(style.dim(f"{name}:") + f" {value}\n")
    # The body is the one snippet; an article without a body has none.
    for body in hit.snippets:
        for start, end in _paragraphs(body.text):
            out.write("\n")
            spans = [(left - start, right - start) for left, right in overlapping(body.highlights, start, end)]
            for line, marked in wrap(body.text[start:end], spans, look.width):
                out.write(style.marked(line, marked) + "\n")


def write_json(hit: Hit, out: TextIO) -> None:
    """Write the article as one JSON object, schema ``searchkit.article/1``."""
    from searchkit.render.records import article_record, dumps

    out.write(dumps(article_record(hit)) + "\n")


def _about(hit: Hit, style: Style) -> list[tuple[str, str]]:
    article = hit.article
    date = "undated" if article.date is None else article.date.isoformat()
    if article.time is not None:
        date += f" {article.time.isoformat()}"
    found = [("date", date)]
    if article.dateline:
        found.append(("dateline", style.marked(characters.one_line(article.dateline), hit.dateline_highlights)))
    plain = (
        ("place", str(article.place or "")),
        ("byline", article.byline),
        ("publisher", article.publisher),
        ("section", article.section),
        ("topics", ", ".join(article.topics)),
        ("language", article.language),
        ("url", article.url),
        ("id", article.id),
    )
    found += [(name, characters.one_line(value)) for name, value in plain if value]
    if article.captured:
        found.append(("captured", article.captured))
    found += [("version", f"{version.captured} {characters.one_line(version.id)}") for version in hit.versions]
    # What else the format gave; the values are JSON of any shape.
    found += [(characters.one_line(name), characters.one_line(str(value))) for name, value in article.extra.items()]
    return found


def _paragraphs(text: str) -> list[Span]:
    found = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            found.append((start, start + len(line)))
        start += len(line) + 1
    return found
