"""Hits and results to render, made by hand: no index is needed to look at what people will see."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from searchkit import render
from searchkit.article import Article, Place
from searchkit.render import Look
from searchkit.results import Hit, Results, Snippet

TRUCKS = Hit(
    1,
    7.25,
    Article(
        "2019/baghouz.txt",
        "Trucks arrive for evacuation of last pocket",
        "Dozens of trucks arrived for the evacuation of civilians.\n\nMore are on their way.",
        date=dt.date(2019, 2, 19),
        time=dt.time(10, 30, tzinfo=dt.UTC),
        date_source="header",
        dateline="AL-OMAR OIL FIELD BASE, Syria",
        place=Place("Al-Omar Oil Field Base", None, "Syria", "SY"),
        byline="Jane O'Brien",
        topics=("war", "aid"),
        language="en",
        url="https://news.example/1?a=1&b=2",
        path="2019/baghouz.txt",
        extra={"desk": "foreign"},
    ),
    (Snippet("Dozens of trucks arrived for the evacuation of civilians.", ((33, 43),)),),
    title_highlights=((18, 28),),
)
LIGHTHOUSE = Hit(2, 0.0, Article("lighthouse.txt", "The keepers", "They left."), (Snippet("They left."),))


def hostile(text: str, **more: Any) -> Hit:
    """A hit in which every text is the given one."""
    article = Article(
        text, text, text, dateline=text, byline=text, topics=(text,), publisher=text, language=text, **more
    )
    return Hit(1, 1.0, article, (Snippet(text, ((0, len(text)),)),), ((0, len(text)),), ((0, len(text)),))


def results(*hits: Hit, total: int | None = None, **more: Any) -> Results:
    return Results("evacuation", len(hits) if total is None else total, hits, 0.004, "relevance", **more)


def rendered(format: str, found: Results, look: Look | None = None) -> str:
    out = io.StringIO()
    render.write(found, out, format, look or Look())
    return out.getvalue()
