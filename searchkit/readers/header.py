"""What may stand before the text of an article: YAML front matter, or a block of ``key: value`` lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from searchkit.readers.decoding import clean

# The key as written → the one it is known by. Keys that are not here go to Article.extra.
_KEYS = {
    **dict.fromkeys(("title", "headline"), "title"),
    **dict.fromkeys(("date", "published"), "date"),
    **dict.fromkeys(("location", "dateline", "place"), "location"),
    **dict.fromkeys(("byline", "author", "authors"), "byline"),
    **dict.fromkeys(("source", "publisher"), "publisher"),
    "section": "section",
    "url": "url",
    **dict.fromkeys(("topics", "topic", "tags"), "topics"),
    **dict.fromkeys(("language", "lang"), "language"),
}
# Keys that may begin a block of lines; "encoding" is for the decoding of the file and stays in Article.extra.
_FIRST_KEYS = _KEYS.keys() | {"encoding", "charset"}
# Keys whose single line needs no blank line after it.
_SURE_KEYS = {"title", "headline", "date", "encoding", "charset"}
_LONGEST_VALUE = 2000
_MOST_LINES = 200
_LONGEST_FRONT_MATTER = 1 << 16
_DEEPEST = 20

_LINE = re.compile(r"[ \t]*([A-Za-z][A-Za-z0-9_-]{0,30}(?: [A-Za-z0-9_-]{1,20})?)[ \t]*:(?!//)[ \t]*([^\n]*)(?:\n|\Z)")
_SENTENCE = re.compile(r"""[ \t]*[A-Z][^\n]{40,}[.!?…]["'”’»)]*\s*""")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(slots=True)
class Header:
    """What a header says. ``known`` has the keys that an Article has a field for (``topics`` as a list), ``other`` the
    rest as JSON values, ``note`` a remark on how the header had to be read.
    """

    known: dict[str, str] = field(default_factory=dict)
    topics: list[str] = field(default_factory=list)
    other: dict[str, Any] = field(default_factory=dict)
    note: str | None = None

    def add(self, key: str, value: Any) -> None:
        """Take in a key and its value: text, or lists and mappings of text."""
        name = _KEYS.get(key.strip().lower())
        parts = [value] if isinstance(value, str) else value
        if name is None or not (isinstance(parts, list) and all(isinstance(part, str) for part in parts)):
            self._add_other(key.strip(), value)
            return
        if name == "topics":
            topics = parts if isinstance(value, list) else value.split("," if "," in value else ";")
            self.topics += [" ".join(topic.split()) for topic in topics if topic.strip()]
            return
        text = ", ".join(" ".join(part.split()) for part in parts if part.strip())
        if text:
            self.known[name] = f"{self.known[name]}, {text}" if name in self.known else text

    def _add_other(self, key: str, value: Any) -> None:
        if key not in self.other:
            self.other[key] = value
        elif isinstance(self.other[key], list):
            self.other[key].append(value)
        else:
            self.other[key] = [self.other[key], value]


def take_header(text: str) -> tuple[Header, str] | None:
    """The header that ``text`` begins with, and the text after it; None where it begins with none.

    Front matter stands between lines of three dashes. A block of lines begins with a key that is known (``title``,
    ``date``, ``location``, …), so that "Note: this is …" in ordinary prose is no header.
    """
    if text.startswith("---"):
        return _take_front_matter(text)
    return _take_lines(text)


def _take_lines(text: str) -> tuple[Header, str] | None:
    lines: list[re.Match[str]] = []
    position = 0
    while len(lines) < _MOST_LINES and (match := _LINE.match(text, position)):
        if (not lines and match[1].lower() not in _FIRST_KEYS) or len(match[2]) > _LONGEST_VALUE:
            break
        lines.append(match)
        position = match.end()
    at_end = not text[position:].partition("\n")[0].strip()
    # Only a blank line makes the end of a block certain. Without it, "Washington: …" may be the beginning of the text,
    # and so may a single "Source: …"; a whole sentence is text in any case.
    while lines and lines[-1][1].lower() not in _FIRST_KEYS and (not at_end or _SENTENCE.fullmatch(lines[-1][0])):
        lines.pop()
    if not lines or (len(lines) == 1 and not at_end and lines[0][1].lower() not in _SURE_KEYS):
        return None
    header = Header()
    for line in lines:
        header.add(line[1], line[2].strip())
    return header, text[lines[-1].end() :]


def _take_front_matter(text: str) -> tuple[Header, str] | None:
    match = _FRONT_MATTER.match(text[:_LONGEST_FRONT_MATTER])
    if not match:
        return None
    rest = text[match.end() :]
    try:
        data = _load_yaml(match[1])
    except ValueError as error:
        # Most often an unquoted colon in a title: what has the shape of "key: value" lines is still read as such.
        taken = _take_lines(match[1].strip("\n"))
        if not taken or taken[1].strip():
            return None
        taken[0].note = f"not valid YAML, read line by line: {error}"
        return taken[0], rest
    if not isinstance(data, dict):
        return None
    header = Header()
    for key, value in data.items():
        header.add(key, value)
    return header, rest


def _load_yaml(text: str) -> Any:
    """A YAML document as strings, lists and dicts; ValueError when it is broken, too deep, or has aliases."""
    import yaml

    class Loader(yaml.BaseLoader):
        def compose_node(self, parent: Any, index: Any) -> Any:
            # A few aliases of aliases make a document of gigabytes.
            if self.check_event(yaml.AliasEvent):
                raise yaml.YAMLError("aliases are not read")
            return super().compose_node(parent, index)

    try:
        return _plain(yaml.load(text, Loader), 0)
    except yaml.YAMLError as error:
        raise ValueError(getattr(error, "problem", None) or str(error).partition("\n")[0]) from error
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _plain(value: Any, depth: int) -> Any:
    """``value`` as JSON values: text is cleaned, as YAML can write any character in ASCII."""
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, dict):
        return {_key(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value]
    return clean(value) if isinstance(value, str) else value


def _key(value: Any) -> str:
    return clean(value if isinstance(value, str) else repr(value))
