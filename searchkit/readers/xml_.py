"""XML, read safely and an element at a time: what NITF and NewsML-G2 have in common.

The elements that are wanted are found by their tags (see ``sgml.py``) and parsed one by one. So memory holds one, whatever
the size of the file; one that is broken costs no other; and the parser never sees a document type, which is where XML's
attacks come from: entities that multiply, that read files, or that call other machines. Of a DTD's entities, those of
XHTML, which are NITF's too, are decoded before; others stay as they are written. Nothing is ever fetched.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Container, Iterable, Iterator
from html.entities import html5
from importlib import import_module
from typing import Any, NamedTuple

from searchkit.errors import SourceError
from searchkit.readers.base import Skip, Source
from searchkit.readers.decoding import decode
from searchkit.readers.markup import flatten, looks_like_markup
from searchkit.readers.opening import read_chunks
from searchkit.readers.sgml import pieces

LONGEST_ELEMENT = 16 << 20
"""Bytes; no article is longer, and a tree may take forty times as much memory."""

Node = Any
"""An lxml element, its name without a namespace."""

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?\s*(<\?xml\b[^<>]{0,200}\?>)")
_ROOT = re.compile(r"<(?:[\w.-]{1,30}:)?([A-Za-z_][\w.-]{0,99})(?=[\s/>]|\Z)")
_NAME = re.compile(rb"<([^\s/>]{1,128})")
_REFERENCE = re.compile(
    r"<!\[CDATA\[|\]\]>|&(?:#[0-9]{1,8};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)?|[\ufffe\uffff]"
)
_SPECIAL = "<>&\"'"

_TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]*)([^<>]*?)(/?)>")
_ATTRIBUTE = re.compile(r"""(?<![\w.:-])([A-Za-z_][\w.:-]*+)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'=]+))""")
_SECTIONS = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))
_VOID = frozenset(("br", "hr", "img", "col", "meta", "link", "input", "wbr"))
_DEEPEST = 200  # libxml2 gives up at 256
_MENDED_UP_TO = 4 << 20

# NITF's elements and XHTML's.
_BLOCKS = frozenset(
    """
    abstract address article aside block blockquote body body.content body.end body.head bq byline caption dateline
    distributor div dl figcaption figure fn footer h1 h2 h3 h4 h5 h6 header hl1 hl2 hr main media media-caption
    media-producer nitf-table note ol p pre section table tagline ul
    """.split()  # noqa: SIM905
)
_LINES = frozenset(("br", "credit", "datasource", "dd", "dt", "li", "tr"))
_CELLS = frozenset(("td", "th"))
_DROPPED = frozenset(
    "head iframe media-metadata nitf-table-metadata media-object media-reference noscript object script style svg".split()  # noqa: SIM905
)


class Element(NamedTuple):
    """A parsed element, its ordinal, and whether the source has no other. ``notes`` are for ``Article.extra``: an
    ``encoding`` that was guessed, and what is wrong with the XML (``xml_note``).
    """

    ordinal: int
    alone: bool
    root: Node
    notes: dict[str, str]


def root_name(head: bytes) -> str:
    """The name of the root element in the first bytes of a document, without a prefix; "" where there is none."""
    text = decode(head).text.lstrip()
    while text.startswith(("<?", "<!")):
        text = text[_end_of_declaration(text) :].lstrip()
    found = _ROOT.match(text)
    return found[1] if found else ""


def _end_of_declaration(text: str) -> int:
    ends = "?>" if text.startswith("<?") else "-->" if text.startswith("<!--") else ">"
    end = text.find(ends)
    if ends == ">" and 0 <= text.find("[") < end:  # the internal subset of a document type
        ends = "]>"
        end = text.find(ends)
    return end + len(ends) if end >= 0 else len(text)


def read_elements(source: Source, names: str, what: str) -> Iterator[Element | Skip]:
    """The elements called ``names`` (an expression) in order, each a Skip where it cannot be parsed at all. ``what`` names
    one for people ("item").

    Raises SourceError when the source cannot be read or has no such element, and when lxml is not installed.
    """
    try:
        etree: Any = import_module("lxml.etree")
    except ImportError:
        raise SourceError("needs lxml: pip install 'searchkit[xml]'", "missing extra") from None
    chunks = _in_ascii(read_chunks(source))
    first = next(chunks, b"")
    declared = _DECLARATION.match(first)
    declaration = declared[1] if declared else b""

    def parsed(ordinal: int, alone: bool, content: bytes, problem: str | None) -> Element | Skip:
        where = f"{what} {ordinal}"
        if not content:
            return Skip(where, f"{problem}: split it, or leave it out", "too large")
        if problem is None:
            content += b"</" + _NAME.match(content)[1] + b">"  # type: ignore[index]  # it was found by its tag
        root, notes = _parse(etree, declaration, content)
        if root is None:
            return Skip(where, f"is not XML that can be read: {notes['xml_note']}", "broken")
        if problem:
            notes["xml_note"] = problem
        return Element(ordinal, alone, root, notes)

    # Whether there is another one decides on the first one's id.
    waiting: tuple[bytes, str | None] | None = None
    ordinal = 0
    try:
        for ordinal, piece in enumerate(pieces(_and(first, chunks), names, LONGEST_ELEMENT), 1):
            if ordinal == 1:
                waiting = piece
                continue
            if waiting is not None:
                first_piece, waiting = waiting, None
                yield parsed(1, False, *first_piece)
            yield parsed(ordinal, False, *piece)
    except SourceError:
        if waiting is not None:
            yield parsed(1, True, *waiting)
        raise
    if waiting is not None:
        yield parsed(1, True, *waiting)
    if not ordinal:
        raise SourceError(f"there is no {what} in it", "empty")


def _and(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _in_ascii(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes in an encoding that has ASCII's letters where ASCII has them: UTF-16 and UTF-32 become UTF-8."""
    decoder = None
    for number, chunk in enumerate(chunks):
        if number == 0 and (encoding := _wide_encoding(chunk)):
            decoder = codecs.getincrementaldecoder(encoding)("replace")
        yield decoder.decode(chunk).encode("utf-8", "replace") if decoder else chunk


def _wide_encoding(start: bytes) -> str | None:
    # XML 1.0, appendix F.1: a byte order mark, or what "<?" and "<n" are in each.
    for mark, encoding in ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32")):
        if start.startswith(mark):
            return encoding
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start[:1] == b"<" and start[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if start[:2] == b"\0<" else None


def _parse(etree: Any, declaration: bytes, content: bytes) -> tuple[Node | None, dict[str, str]]:
    notes: dict[str, str] = {}
    decoded = decode(declaration + content)
    text = decoded.text[decoded.text.find("?>") + 2 :] if declaration else decoded.text
    if decoded.guessed:
        notes["encoding"] = decoded.guessed
    text = _without_entities(text)
    root, error = _tree(etree, text)
    if error and len(text) <= _MENDED_UP_TO:
        root, _ = _tree(etree, _mended(text))
    if error:
        notes["xml_note"] = f"damaged XML, read as far as it goes: {error}"
    if root is not None:
        _drop_namespaces(root)
    return root, notes


def _tree(etree: Any, text: str) -> tuple[Node | None, str]:
    """The tree, and the first thing that is wrong with the XML."""
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        return None, str(error)
    # A prefix that is declared outside the element is no damage.
    faults = [entry for entry in parser.error_log if entry.domain_name != "NAMESPACE"]
    wrong = f"{faults[0].message} (line {faults[0].line})" if faults else ""
    return root, wrong if root is not None else wrong or "it has no element"


def _drop_namespaces(root: Node) -> None:
    for node in root.iter("*"):
        name = node.tag.rpartition("}")[2].rpartition(":")[2]
        if name != node.tag:
            try:
                node.tag = name
            except ValueError:
                # No name at all, such as "x:1"; nobody looks for it.
                continue


def _without_entities(text: str) -> str:
    """``text`` with no references but XML's own five: others decoded, unknown ones and bare ampersands as text."""
    if "&" not in text and "\ufffe" not in text and "\uffff" not in text:
        return text
    in_cdata = False
    last_end = text.rfind("]]>")

    def replaced(match: re.Match[str]) -> str:
        nonlocal in_cdata
        found = match[0]
        if found in ("<![CDATA[", "]]>"):
            # One that never ends is text.
            in_cdata = found == "<![CDATA[" and match.start() < last_end
            return found
        if found[0] != "&":
            return "\ufffd"
        if in_cdata:
            return found
        if found == "&":
            return "&amp;"
        char = html.unescape(found) if found[1] == "#" else html5.get(found[1:])
        if char is None:
            return f"&amp;{found[1:]}"
        if char in _SPECIAL and char:
            return f"&#{ord(char)};"
        return " " if char == "\x0c" else char

    return _REFERENCE.sub(replaced, text)


def _mended(text: str) -> str:
    """``text`` with its tags balanced: ends without a beginning out, missing ends where an outer element ends, other "<"
    as text. libxml2 alone would end the document at a stray end tag; and what is nested too deeply for it keeps its text.
    """
    result: list[str] = []
    stack: list[str] = []
    opened: dict[str, int] = {}
    position = 0
    no_end: set[str] = set()
    while (start := text.find("<", position)) >= 0:
        result.append(text[position:start])
        section = next((pair for pair in _SECTIONS if text.startswith(pair[0], start)), None)
        if section and section[1] not in no_end:
            end = text.find(section[1], start)
            if end >= 0:
                position = end + len(section[1])
                result.append(text[start:position])
                continue
            no_end.add(section[1])
        tag = _TAG.match(text, start)
        if tag is None:
            result.append("&lt;")
            position = start + 1
            continue
        position = tag.end()
        closing, name, attributes, empty = tag.groups()
        if closing:
            while opened.get(name):
                inner = stack.pop()
                opened[inner] -= 1
                result.append(f"</{inner}>")
                if inner == name:
                    break
        elif empty or name.lower() in _VOID:
            result.append(f"<{name}{_mended_attributes(attributes)}/>")
        elif len(stack) < _DEEPEST:
            stack.append(name)
            opened[name] = opened.get(name, 0) + 1
            result.append(f"<{name}{_mended_attributes(attributes)}>")
    result.append(text[position:])
    result += (f"</{name}>" for name in reversed(stack))
    return "".join(result)


def _mended_attributes(written: str) -> str:
    values: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(written) if "=" in written else ():
        values.setdefault(name, (double or single or bare).replace('"', "&quot;"))
    return "".join(f' {name}="{value}"' for name, value in values.items())


def block(node: Node | None, without: Container[str] = ()) -> str:
    """The text in an element, with a blank line between its paragraphs and a line for each row and item; "" for None.

    Elements called as in ``without`` are left out. Text that is HTML itself (in CDATA, as some systems write it) is
    flattened too.
    """
    if node is None:
        return ""
    if not len(node):
        text: str = node.text or ""
        return flatten(text) if looks_like_markup(text) else " ".join(text.split())
    paragraphs: list[str] = []
    words: list[str] = []
    verbatim = 0

    def end_paragraph() -> None:
        lines = [" ".join(line.split()) for line in "".join(words).split("\n")]
        if text := "\n".join(filter(None, lines)):
            paragraphs.append(text)
        words.clear()

    def add(text: str | None) -> None:
        if text:
            words.append(text if verbatim else text.replace("\n", " "))

    walker = import_module("lxml.etree").iterwalk(node, events=("start", "end"))
    for event, inner in walker:
        name = inner.tag
        if name in _BLOCKS:
            end_paragraph()
            verbatim += (1 if event == "start" else -1) if name == "pre" else 0
        if event == "end":
            if inner is not node:
                add(inner.tail)
        elif name in _DROPPED or name in without:
            walker.skip_subtree()
        else:
            if name in _LINES:
                words.append("\n")
            elif name in _CELLS:
                words.append(" ")
            add(inner.text)
    end_paragraph()
    return "\n\n".join(paragraphs)


def line(node: Node | None) -> str:
    """The text in an element on one line; "" for None."""
    return " ".join(block(node).split())


def lines(nodes: Iterable[Node]) -> list[str]:
    """The text of each element that has one, on a line."""
    return [text for node in nodes if (text := line(node))]


def language_of(node: Node) -> str:
    """What the element's own ``xml:lang`` says, or ""."""
    return str(node.get(_LANGUAGE) or node.get("xml:lang") or "")
