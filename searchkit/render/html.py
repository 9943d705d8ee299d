"""One complete HTML page: needs nothing else, runs nothing, and everything that an article says is escaped."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from searchkit.render import Look, characters, words
from searchkit.render.marks import pieces

if TYPE_CHECKING:
    from searchkit.results import Hit, Results, Span

# The policy keeps scripts, frames and pictures out even if something here forgot to escape.
_HEAD = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{query} – searchkit</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.25rem; }}
h2 {{ font-size: 1.05rem; margin: 0; }}
ol {{ padding-left: 2.5rem; }}
li {{ margin-bottom: 1.25rem; }}
p {{ margin: 0.2rem 0; overflow-wrap: anywhere; }}
.about {{ font-size: 0.875rem; opacity: 0.75; }}
mark {{ background: #ffe58a; color: #000; padding: 0 0.1em; border-radius: 0.15em; }}
</style>
</head>
<body>
<main>
<h1>{query}</h1>
<p class="about">{total} in {duration}</p>
<ol start="{start}">
"""
_FOOT = """\
</ol>
</main>
</body>
</html>
"""


def write(results: Results, out: TextIO, look: Look) -> None:
    """Write the page, hit by hit."""
    out.write(
        _HEAD.format(
            query=_text(results.query),
            total=words.count(results.total, "article"),
            duration=words.duration(results.seconds),
            start=look.offset + 1,
        )
    )
    for hit in results:
        _write_hit(hit, out)
    out.write(_FOOT)


def _write_hit(hit: Hit, out: TextIO) -> None:
    language = hit.article.language
    # What is wrong here makes a screen reader speak in the wrong voice; only what looks like a language tag is one.
    lang = f' lang="{language}"' if language and language.isascii() and language.replace("-", "").isalnum() else ""
    title = _marked(hit.title, hit.title_highlights) if hit.title else _text(hit.id)
    url = hit.article.url
    if url and url.lower().startswith(("http://", "https://")):
        title = f'<a href="{_text(url)}" rel="noopener noreferrer">{title}</a>'
    out.write(f'<li value="{hit.rank}">\n<article{lang}>\n<h2 dir="auto">{title}</h2>\n')
    out.write(f'<p class="about">{_about(hit)}</p>\n')
    for snippet in hit.snippets:
        out.write(f'<p dir="auto">{_marked(snippet.text, snippet.highlights)}</p>\n')
    out.write("</article>\n</li>\n")


def _about(hit: Hit) -> str:
    parts = []
    if hit.date is None:
        parts.append("undated")
    else:
        parts.append(f'<time datetime="{hit.date.isoformat()}">{hit.date.isoformat()}</time>')
    if hit.dateline:
        parts.append(_marked(hit.dateline, hit.dateline_highlights))
    elif hit.place is not None and str(hit.place):
        parts.append(_text(str(hit.place)))
    parts.append(_text(hit.id))
    return " · ".join(parts)


def _marked(text: str, spans: Sequence[Span]) -> str:
    return "".join(f"<mark>{_text(piece)}</mark>" if marked else _text(piece) for piece, marked in pieces(text, spans))


def _text(text: str) -> str:
    return html.escape(characters.data(text))
