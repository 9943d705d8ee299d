"""Titles: a first line that is a headline, and what stands in where there is none."""

from __future__ import annotations

import re

TITLE_LENGTH = 90
"""Characters of a title that was taken from the text, about."""

_LONGEST_HEADLINE = 150
_HEADING = re.compile(r"#{1,6}[ \t]+")
_NOT_AT_THE_END = ".,;:…"
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.)+$")

_STOP = re.compile(r"""(?:[.!?…]["'”’»)\]]*(?=\s+["'“‘«(\[]?[^\sa-z])|[。！？]|\n)""")
# Words whose full stop ends no sentence; single letters and dotted initials are told by their look.
_ABBREVIATIONS = frozenset(
    """
    adm amb apr assn aug ave blvd brig capt cdr cmdr co col corp cpl dec dept dr esq feb fig fr ft gen gov hon inc jan
    jr jul jun lt ltd maj mar mme mr mrs ms mt no nov oct pfc pres prof pvt rep reps rev sec sen sens sep sept sgt sr st
    supt vol vs
    """.split()  # noqa: SIM905  # a list of seventy strings is no better to read
)
_NO_WORDS = re.compile(r"\A(?:[^\w\n]*\n)*[ \t]*")
_LAST_WORD = re.compile(r"([A-Za-z.]+)\.$")


def take_headline(text: str) -> tuple[str, str] | None:
    """The headline that ``text`` begins with, and the text after it; None where it begins with ordinary text.

    A headline is a first line that is short, has no closing full stop, and stands before a blank line and more text;
    or a Markdown heading.
    """
    line, _, rest = text.partition("\n")
    heading = _HEADING.match(line)
    if heading:
        title = " ".join(line[heading.end() :].rstrip("# \t").split())
        return (title, rest.lstrip()) if title else None
    blank, _, rest = rest.partition("\n")
    line, rest = " ".join(line.split()), rest.lstrip()
    closes = line[-1:] in _NOT_AT_THE_END and not _INITIALS.search(line)
    if blank.strip() or not rest or closes or len(line) > _LONGEST_HEADLINE or not any(map(str.isalnum, line)):
        return None
    return line, rest


def derive_title(text: str) -> str:
    """The first sentence of ``text``, cut at a word when it is longer than ``TITLE_LENGTH``, with "…"."""
    text = text.strip()
    start = (_NO_WORDS.sub("", text[: TITLE_LENGTH * 8], count=1) or text)[: TITLE_LENGTH * 4]
    for stop in _STOP.finditer(start):
        sentence = start[: stop.end()]
        if stop[0] == "\n" or not _abbreviated(sentence):
            start = sentence
            break
    return shorten(" ".join(start.split()))


def shorten(line: str) -> str:
    """``line``, cut at a word and ended with "…" when it is longer than ``TITLE_LENGTH``."""
    if len(line) <= TITLE_LENGTH:
        return line
    cut = line.rfind(" ", TITLE_LENGTH // 2, TITLE_LENGTH)
    # A text without spaces, such as Chinese, is cut between characters.
    return line[: cut if cut > 0 else TITLE_LENGTH - 1].rstrip(" ,;:–—-") + "…"


def _abbreviated(sentence: str) -> bool:
    """Whether the last full stop of ``sentence`` belongs to an abbreviation: "Gen.", "U.S.", "J."."""
    match = _LAST_WORD.search(sentence)
    if not match:
        return False
    word = match[1]
    return len(word) == 1 or "." in word or word.lower() in _ABBREVIATIONS
