"""What a PDF file says about itself, in XMP (ISO 16684-1) and in the document information (ISO 32000-1, section 14.3.3)."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from searchkit.news.dating import Candidate
from searchkit.readers.base import Source
from searchkit.readers.compression import without_compression
from searchkit.readers.decoding import clean

if TYPE_CHECKING:
    from pypdf import PdfReader

_PROGRAM_TITLES = re.compile(
    r"""\s*(?:
        (?:microsoft\s+(?:office\s+)?(?:word|powerpoint|excel|publisher)|powerpoint)\s+-\s.* | powerpoint\ presentation
        | (?:untitled|unbenannt|unnamed|unspecified|anonymous|none|null|title|no\ title|document|layout|slide|page|print|blank
          |unknown|new)[\s_-]*\d*
        | .*\.(?:docx?|dotx?|rtf|odt|wpd|indd|qx[dp]|pptx?|xlsx?|pdf|e?ps|tex|dvi|txt|html?|pmd|p65|cdr|jpe?g
          |tiff?|png)
        | [\W\d_]*
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)  # fmt: skip
_WITHOUT_BRACKETS = re.compile(r"[()\[\]<>]")
_LONGEST_META = 2000
_PDF_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?\s*(?:(Z)|([+-])(\d\d)'?(\d\d)?)?")

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC = "http://purl.org/dc/elements/1.1/"
_XMP_DATES = (
    ("prism:publicationDate", "http://prismstandard.org/namespaces/basic/2.0/"),
    ("dc:date", _DC),
    ("xmp:CreateDate", "http://ns.adobe.com/xap/1.0/"),
)
_MOST_VALUES = 100


class Meta:
    """The metadata of a file: each field a text, "" where there is none, and ``dates`` the candidates, best first."""

    def __init__(self, reader: PdfReader) -> None:
        info = _tried(lambda: reader.metadata) or {}
        xmp = _tried(lambda: reader.xmp_metadata.rdf_root)  # type: ignore[union-attr]
        self.title = next(iter(_xmp(xmp, _DC, "title")), "") or _one(info.get("/Title"))
        self.author = ", ".join(_xmp(xmp, _DC, "creator")) or _one(info.get("/Author"))
        self.keywords = _one(info.get("/Keywords"))
        self.subject = _one(info.get("/Subject"))
        self.language = _one(_tried(lambda: reader.root_object.get("/Lang")))
        # Not by pypdf's own properties, which turn a day in another zone into that of UTC.
        self.dates = [
            Candidate("metadata", name, value)
            for name, namespace in _XMP_DATES
            for value in _xmp(xmp, namespace, name.partition(":")[2])[:3]
        ]
        if written := _one(info.get("/CreationDate")):
            self.dates.append(Candidate("metadata", "CreationDate", _pdf_date(written) or written))


def _xmp(root: Any, namespace: str, name: str) -> list[str]:
    """The values of a property: an element, the items of one, or an attribute (ISO 16684-1, section 7)."""
    return _tried(lambda: _xmp_values(root, namespace, name)) or []


def _xmp_values(root: Any, namespace: str, name: str) -> list[str]:
    elements = root.getElementsByTagNameNS(namespace, name)[:_MOST_VALUES]
    texts = [
        "".join(child.data for child in item.childNodes if child.nodeType == child.TEXT_NODE)
        for element in elements
        for item in element.getElementsByTagNameNS(_RDF, "li")[:_MOST_VALUES] or [element]
    ]
    described = root.getElementsByTagNameNS(_RDF, "Description")[:_MOST_VALUES]
    texts += [description.getAttributeNS(namespace, name) for description in described]
    return [text for text in map(_one, texts) if text]


def _tried(get: Any) -> Any:
    """A part of the metadata, or None: no article is lost for the lack of it."""
    try:
        return get()
    except Exception:
        return None


def _one(value: Any) -> str:
    """A value as text on one line. pypdf gives other objects where a file has them in place of text."""
    value = _tried(value.get_object) if hasattr(value, "get_object") else value
    return " ".join(clean(str(value)[:_LONGEST_META]).split()) if isinstance(value, str) else ""


def _pdf_date(written: str) -> dt.datetime | None:
    """A date as PDF writes it: ``D:20190219103000+02'00'`` (section 7.9.4). One without a day is none."""
    match = _PDF_DATE.match(written)
    if match is None or match[3] is None:
        return None
    zone: dt.tzinfo | None = dt.UTC if match[7] else None
    offset = dt.timedelta(hours=int(match[9] or 0), minutes=int(match[10] or 0))
    if match[8] and offset < dt.timedelta(days=1):
        zone = dt.timezone(-offset if match[8] == "-" else offset)
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        return dt.datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
    except ValueError:
        return None


def is_programs(text: str, source: Source) -> bool:
    """Whether a title or name was not written by a person: a file's name, or what a program puts there by itself."""
    file = PurePosixPath(without_compression(source.relative)).stem
    words = _WITHOUT_BRACKETS.sub(" ", text).strip()
    return _PROGRAM_TITLES.fullmatch(words) is not None or words.casefold() == file.casefold()
