"""The project's pages, taken apart: fenced blocks, and tables under headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PAGES = [
    *("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "DIVERGENCES.md"),
    *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md")),
]

_FENCE = re.compile(r"^```([\w-]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the offset of that text in its page."""

    language: str
    text: str
    start: int


def read(page: str) -> str:
    """A page's text."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [Block(match[1], match[2], match.start(2)) for match in _FENCE.finditer(text)]


def scripts(text: str) -> list[tuple[Block, Block]]:
    """The blocks of Python, each with the block of text right after it, which is what it prints; or an empty one."""
    found = blocks(text)
    pairs = []
    for block, following in zip_longest(found, found[1:]):
        if block.language == "python":
            between = text[block.start + len(block.text) : following.start] if following else ""
            follows = following and following.language == "text" and not between.replace("```text", "").strip("`\n")
            pairs.append((block, following if following and follows else Block("text", "", block.start)))
    return pairs


def prose(text: str) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", text)


def headings(text: str) -> list[str]:
    """The headings of a page, in order."""
    return _HEADING.findall(prose(text))


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one of any level; without fenced blocks."""
    text = prose(text)
    found = re.search(rf"^#+ +{re.escape(heading)}$", text, re.MULTILINE)
    assert found is not None, f"there is no heading {heading!r}"
    following = _HEADING.search(text, found.end())
    return text[found.end() : following.start() if following else len(text)]


def table(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, a list a row, without the row of column names."""
    rows = []
    for line in section(text, heading).splitlines():
        if line.startswith("|"):
            rows.append([cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
        elif rows:
            break
    assert len(rows) > 2, f"there is no table under {heading!r}"
    return rows[2:]


def code(cell: str) -> str:
    """The one piece of code in a cell."""
    (found,) = codes(cell)
    return found


def codes(cell: str) -> list[str]:
    """The pieces of code in a cell. Those that hold a backtick themselves stand in two."""
    return [two or one for two, one in re.findall(r"``\s?(.+?)\s?``|`([^`]+)`", cell)]
