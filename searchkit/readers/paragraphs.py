"""Lines → paragraphs: undoes the hard line breaks of wires and typewriters, and leaves tables and lists their lines."""

from __future__ import annotations

import re

# Wire and e-mail lines stay below this; a text with longer lines was not wrapped, and each line is a paragraph.
_WRAPPED = 130
# Shorter lines than these are a list or verse.
_NARROW = 40
# An editor breaks a line when the next word does not fit; people do so a little earlier.
_SLACK = 4

_COLUMNS = re.compile(r"\S(?:\t| {3})")
_ITEM_STARTS = "-*•–—+(0123456789"
_ITEM = re.compile(r"(?:[-*•–—+]|\(?\d{1,3}[.)])\s")
_ENDS = ".!?:…。！？"
_CLOSERS = "\"'”’»)]"


def paragraphs(text: str, before: int = 0) -> str:
    r"""``text`` with its paragraphs on one line each and a blank line between them.

    A line break is taken for a wrapped line when the next word would not have fitted, for the end of a paragraph when
    the sentence has ended there; a break that is neither stays, as do those between the rows of a table (columns set
    with three spaces or a tab) and the items of a list. ``text`` has ``\n`` as its line end; ``before`` is how many
    characters, such as a dateline, stood before it on its first line.
    """
    lines = [line.rstrip() for line in text.split("\n")]
    before = before if lines[0] else 0
    lines[0] = "\0" * before + lines[0]
    width = max(map(len, lines))
    # Looking for the pattern takes longer than all the rest, and most texts cannot hold it.
    columns = ("\t" in text or "   " in text.strip()) and _COLUMNS.search(text.strip()) is not None
    full, half = width - _SLACK - 1, width // 2
    wrapped = _NARROW <= width <= _WRAPPED
    result: list[str] = []
    previous = ""
    # One loop without calls: an archive has forty lines of wire text for each article.
    for line in lines:
        words = line if line[:1] > " " else line.lstrip()
        if not words:
            previous = ""
            continue
        if not previous:
            gap = "\n\n"
        elif columns and (_COLUMNS.search(line) or _COLUMNS.search(previous)):
            # Within a table the spaces before the first column are part of it.
            gap, words = "\n", line
        elif width > _WRAPPED:
            gap = "\n" if _ITEM.match(words) else "\n\n"
        else:
            gap = ""
            if wrapped and line[0] != " " and not (words[0] in _ITEM_STARTS and _ITEM.match(words)):
                space = words.find(" ")
                first = space if space > 0 else len(words.split(None, 1)[0])
                # The word would not have fitted, or a sentence goes on well into the line.
                if len(previous) + first > full or (
                    len(previous) > half and words[0].islower() and not _ended(previous)
                ):
                    gap = " "
            gap = gap or ("\n\n" if _ended(previous) else "\n")
        if result:
            result.append(gap)
        result.append(words)
        previous = line
    return "".join(result)[before:]


def _ended(line: str) -> bool:
    """Whether a sentence ends with this line."""
    last = line.rstrip(_CLOSERS)[-1:]
    return last != "" and last in _ENDS
