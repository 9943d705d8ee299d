"""Snippets of HTML → text: the bodies of feeds, JSON records and XML stories, not whole web pages.

A page has navigation and advertisements around its article, and is read by ``html_.py``. What is here is no parser of the
HTML standard: it takes time in proportion to the text whatever that holds, which Python's own parser does not, and loses
no text to a mark that was never closed.
"""

from __future__ import annotations

import html
import re
from functools import cache

_BLOCKS = frozenset(
    """
    address article aside block blockquote body center details dialog dir div dl fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hl1 hl2 hr html legend main media menu nav ol p pre section summary table tbody tfoot thead
    ul
    """.split()  # noqa: SIM905
)
_LINES = frozenset(("caption", "dd", "dt", "li", "option", "tr"))
_CELLS = frozenset(("td", "th"))
_DROPPED = frozenset(("head", "iframe", "noscript", "object", "script", "style", "svg", "template"))
_INLINE = frozenset(
    """
    a abbr acronym b big br cite code del em font i img ins kbd mark nobr q s small span strike strong sub sup time tt u
    var wbr
    """.split()  # noqa: SIM905
)


def _any(*names: frozenset[str]) -> str:
    return "|".join(sorted(frozenset().union(*names)))


_TAG = re.compile(
    rf"<(?:/?(?=[a-z])(?:{_any(_BLOCKS, _LINES, _CELLS, _DROPPED, _INLINE)})\b[^<>]*+>|!--|!\[CDATA\[)", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_BLOCK_TAG = re.compile(rf"</?(?=[a-z])(?:br|{_any(_BLOCKS, _LINES)})\b", re.IGNORECASE)
_PARAGRAPH_TAG = re.compile(r"</?(?:p|br)\b", re.IGNORECASE)
_ESCAPED_TAG = re.compile(r"&lt;(?:/(?:blockquote|div|h[1-6]|li|ol|p|ul)|br[ \t]*/?)[ \t]*&gt;", re.IGNORECASE)
_HUGE_NUMBER = re.compile(r"&#\d{8,};?")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")

# A tag; ``whole`` if it ends before the next "<". A quoted value may hold ">". Nothing is given back, so that every
# character is looked at a few times at most.
_MARK = re.compile(
    r"""<(?:
          (?P<close>/?)(?P<name>[a-zA-Z][\w-]*+(?::[\w-]++)?)(?=[\s/>])
          (?P<whole>(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>)?
        | !--(?P<comment>)
        | !\[CDATA\[(?P<section>)
        | [!?][^<>]*+>
    )""",
    re.VERBOSE,
)
_TO_QUOTE = re.compile(r"""[^<>"']*+""")
_TO_END = re.compile(r"[^<>]*+>")
_CUT_OFF = re.compile(r"</[a-zA-Z]*\Z|<[a-zA-Z]+\s[^=]*=")
_LONGEST_TAG = 1 << 16


def looks_like_markup(text: str) -> bool:
    """Whether a text that may be either is HTML: it has a tag that texts of people do not have, or an entity."""
    return ("<" in text and _TAG.search(text) is not None) or ("&" in text and _ENTITY.search(text) is not None)


def has_blocks(markup: str) -> bool:
    """Whether the lines and paragraphs of some HTML are those of its tags. Otherwise its own line ends stand."""
    return "<" in markup and _BLOCK_TAG.search(markup) is not None


def flatten(markup: str) -> str:
    """The text of some HTML: a paragraph a block with a blank line between them, in-line tags out, entities decoded.

    Where no tag makes a line or paragraph, line ends are kept; where none of them is ``<p>`` or ``<br>``, blank lines part
    paragraphs, as in the raw texts of blogs.
    """
    if "\r" in markup:
        markup = markup.replace("\r\n", "\n").replace("\r", "\n")
    if "<" not in markup and "&lt;" in markup and _ESCAPED_TAG.search(markup):
        markup = _unescape(markup)
    if "<" not in markup:
        return _unescape(markup).strip()
    return _Flattener(markup).text()


def _unescape(text: str) -> str:
    if "&" not in text:
        return text
    # Python refuses to read numbers of thousands of digits.
    return html.unescape(_HUGE_NUMBER.sub("\ufffd", text) if "&#" in text else text)


class _Flattener:
    """HTML that is being taken apart: ``_words`` is the present line, ``_lines`` the present paragraph."""

    def __init__(self, markup: str) -> None:
        self._markup = markup
        self._keeps_lines = not has_blocks(markup)
        self._keeps_blank_lines = not self._keeps_lines and _PARAGRAPH_TAG.search(markup) is None
        self._has_sections = False
        self._verbatim = 0
        self._words: list[str] = []
        self._lines: list[str] = []
        self._paragraphs: list[str] = []
        self._never_closed: set[str] = set()
        # What may be looked at twice in all, so that no text takes more than its share of time.
        self._patience = 4 * len(markup) + _LONGEST_TAG

    def text(self) -> str:
        markup = self._markup
        position = shown = 0
        while (mark := _MARK.search(markup, position)) is not None:
            end = mark.end()
            name = mark["name"]
            if name is not None and mark["whole"] is None:
                end = self._end_of_tag(end)
                if end < 0:  # a sign of less than, or a tag that was cut off
                    position = mark.start() + 1
                    continue
            if mark.start() > shown:
                self._data(markup[shown : mark.start()])
            if name is not None:
                end = self._tag(name.lower(), bool(mark["close"]), end)
            elif mark["comment"] is not None:
                end = self._after("-->", end)
            elif mark["section"] is not None:
                self._has_sections = True
            position = shown = end
        self._data(_without_cut_off_tag(markup[shown:]))
        if self._keeps_lines:
            return "".join(self._words).strip()
        self._end_paragraph()
        return "\n\n".join(self._paragraphs)

    def _end_of_tag(self, start: int) -> int:
        """Where a tag ends that has "<" in a quoted value, or quotes that do not match. -1 if it does not end."""
        markup, position = self._markup, start
        most = min(len(markup), start + min(_LONGEST_TAG, self._patience))
        while position < most:
            position = _TO_QUOTE.match(markup, position, most).end()  # type: ignore[union-attr]
            sign = markup[position : position + 1]
            if sign == ">":
                return position + 1
            if sign in ("<", "") or markup[position - 1] != "=":
                break
            closing = markup.find(sign, position + 1, most)
            if closing < 0:
                position = most
                break
            position = closing + 1
        self._patience -= position - start
        simply = _TO_END.match(markup, start)
        return simply.end() if simply else -1

    def _tag(self, name: str, closes: bool, end: int) -> int:
        """What a tag does. Gives the offset at which reading goes on."""
        if name in _DROPPED:
            if not closes and self._markup[end - 2] != "/":
                return self._after(f"</{name}", end)
        elif name == "br":
            before = len(self._lines)
            self._end_line()
            if self._lines and len(self._lines) == before:  # the second one in a row
                self._end_paragraph()
        elif name in _BLOCKS:
            self._end_paragraph()
            if name == "pre":
                self._verbatim = max(0, self._verbatim + (-1 if closes else 1))
        elif name in _LINES:
            self._end_line()
        elif name in _CELLS:
            self._words.append(" ")
        return end

    def _after(self, closing: str, position: int) -> int:
        """The offset after what is left out, or where it begins if it has no end: then it is text."""
        if closing in self._never_closed:
            return position
        pattern = _closing(closing)
        found = pattern.search(self._markup, position)
        if found is None:
            self._never_closed.add(closing)
            return position
        return found.end()

    def _data(self, data: str) -> None:
        data = _unescape(data)
        if self._has_sections:
            data = data.replace("]]>", "")
        if self._keeps_lines:
            self._words.append(data)
        elif "\n" in data and (self._verbatim or self._keeps_blank_lines):
            self._lines_of(data)
        else:
            self._words.append(data)

    def _lines_of(self, data: str) -> None:
        """Text with line ends that count: each one, or in ordinary text those of blank lines."""
        if self._verbatim:
            first, *others = data.split("\n")
            self._words.append(first)
            for line in others:
                self._end_line()
                self._words.append(line)
            return
        first, *others = _BLANK_LINES.split(data)
        self._words.append(first)
        for paragraph in others:
            self._end_paragraph()
            self._words.append(paragraph)

    def _end_line(self) -> None:
        if line := " ".join("".join(self._words).split()):
            self._lines.append(line)
        self._words.clear()

    def _end_paragraph(self) -> None:
        self._end_line()
        if self._lines:
            self._paragraphs.append("\n".join(self._lines))
        self._lines.clear()


@cache
def _closing(closing: str) -> re.Pattern[str]:
    pattern = rf"{closing}(?=[\s/>]|\Z)[^<>]*+>?" if closing[0] == "<" else re.escape(closing)
    return re.compile(pattern, re.IGNORECASE)


def _without_cut_off_tag(rest: str) -> str:
    """The end of a text, without the tag that it was cut off in."""
    start = rest.rfind("<")
    return rest[:start] if start >= 0 and ">" not in rest[start:] and _CUT_OFF.match(rest, start) else rest
