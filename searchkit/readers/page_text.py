"""The text of a web page's article, among navigation, advertisements and comments, as trafilatura finds it.

Its rules are for the pages of today. Those from before about 2005 are helped on: they were laid out with tables, and their
first paragraph stands loose before the first ``<p>``.
"""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any

from searchkit.readers.markup import flatten
from searchkit.readers.page_metadata import HtmlElement

if TYPE_CHECKING:
    from trafilatura.settings import Extractor

# trafilatura takes the square of these, or more. Pages that never close a tag are deep; the others are long lists, and
# tables of data. Of such a page everything is taken.
_DEEPEST = 400
_MOST_ELEMENTS = 60_000
_MOST_IN_ONE = 5_000

_NEAR = 8
_PARTS = frozenset(("tbody", "thead", "tfoot", "tr", "td", "th"))
_INLINE = frozenset(
    ("a", "abbr", "acronym", "b", "big", "br", "cite", "em", "font", "i", "q", "s", "small", "span", "strong", "u")
)
_MOST_PREFORMATTED = 0.8
_CELLS = "   "
"""Between the cells of a table's row, as on a wire."""

_ITEM = re.compile(r"\s*(?:[-•]|\d{1,3}\.)\s")


def page_text(tree: HtmlElement, markup: str, known: Set[str]) -> tuple[str, bool]:
    """The article's text, empty where the page has none, and whether its lines may be cut as on a wire.

    ``tree`` is changed. ``markup`` is what it was parsed from; ``known`` are lines that are left out at the beginning, such
    as the title.
    """
    if is_unwieldy(tree):
        return flatten(markup), False
    preformatted = "\n\n".join(element.text_content() for element in tree.iter("pre"))
    _unfold_layout_tables(tree)
    _wrap_loose_text(tree)
    extracted = _extracted(tree, markup)
    if len(preformatted) > _MOST_PREFORMATTED * len(extracted) > 0:
        return preformatted, True
    return _paragraphs(extracted, known), False


def is_unwieldy(tree: HtmlElement) -> bool:
    """Whether elements are so deeply nested, or so many, that looking for the story among them would take too long."""
    return bool(_unwieldy()(tree))


@lru_cache(maxsize=1)
def _unwieldy() -> Any:
    steps = "/*" * _DEEPEST
    return import_module("lxml.etree").XPath(
        f"boolean({steps}) or count(//*) > {_MOST_ELEMENTS} or boolean(//*[*[{_MOST_IN_ONE}]])"
    )


def _extracted(tree: HtmlElement, markup: str) -> str:
    from trafilatura import bare_extraction

    try:
        document = bare_extraction(tree, options=_extractor())
    except Exception:
        # A library that stumbles over markup must not cost the page.
        return flatten(markup)
    return getattr(document, "text", None) or ""


@lru_cache(maxsize=1)
def _extractor() -> Extractor:
    from trafilatura.settings import Extractor

    options = Extractor(output_format="python", comments=False)
    # With less text than this it would take everything on the page, on one line: short news is often shorter, and a page
    # without a story has none.
    options.min_extracted_size = 0
    return options


def _paragraphs(text: str, known: Set[str]) -> str:
    """The extracted lines with blank ones between them, but for lists and tables."""
    folded = {line.casefold() for line in known}
    lines = [_row(line) if line.startswith("|") and line.rstrip().endswith("|") else line for line in text.split("\n")]
    lines = [line for line in lines if line.strip()]
    first = next((place for place, line in enumerate(lines) if line.strip().casefold() not in folded), len(lines))
    parts: list[str] = []
    before = ""
    for line in lines[first:]:
        kind = "table" if _CELLS in line else "list" if _ITEM.match(line) else ""
        if parts:
            parts.append("\n" if kind and kind == before else "\n\n")
        parts.append(line)
        before = kind
    return "".join(parts)


def _row(line: str) -> str:
    """``"| One | 12 | "`` → ``"One   12"``; nothing of the line below a head."""
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    return "" if all(set(cell) == {"-"} for cell in cells) else _CELLS.join(filter(None, cells))


# ---- pages of old ------------------------------------------------------------


def _unfold_layout_tables(tree: HtmlElement) -> None:
    """Make divisions of tables with cells that hold paragraphs or other tables."""
    blocks: dict[HtmlElement, int] = {}
    for block in tree.iter("p", "br", "table") if next(tree.iter("td"), None) is not None else ():
        near = islice(block.iterancestors(), _NEAR)
        cell = next((ancestor for ancestor in near if ancestor.tag in ("td", "table")), None)
        if cell is not None and cell.tag == "td":
            blocks[cell] = blocks.get(cell, 0) + (2 if block.tag == "table" else 1)
    cells = [cell for cell, count in blocks.items() if count > 1]
    for table in {table for cell in cells if (table := next(cell.iterancestors("table"), None)) is not None}:
        level = [table]
        while level:
            inner = [part for element in level for part in element if part.tag in _PARTS]
            for element in level:
                element.tag = "div"
            level = inner


def _wrap_loose_text(tree: HtmlElement) -> None:
    """Make paragraphs of text that stands beside paragraphs: ``Text<p>Text<p>Text``."""
    parents = dict.fromkeys(parent for paragraph in tree.iter("p") if (parent := paragraph.getparent()) is not None)
    for parent in parents:
        run: list[HtmlElement] = []
        start: HtmlElement | None = None  # the element whose tail the run begins with; None is the parent's text
        loose = _is_text(parent.text)
        for child in [*parent, None]:
            if child is not None and child.tag in _INLINE and child not in parents:
                run.append(child)
                loose = loose or _is_text(child.tail)
                continue
            if loose:
                _wrap(parent, start, run)
            run, start = [], child
            loose = child is not None and _is_text(child.tail)


def _is_text(text: str | None) -> bool:
    return text is not None and text.strip() != ""


def _wrap(parent: HtmlElement, start: HtmlElement | None, run: list[HtmlElement]) -> None:
    paragraph = parent.makeelement("p")
    if start is None:
        paragraph.text, parent.text = parent.text, None
        parent.insert(0, paragraph)
    else:
        paragraph.text, start.tail = start.tail, None
        start.addnext(paragraph)
    paragraph.extend(run)
