"""Searchkit's segments as a Whoosh codec: what makes the folder a Whoosh index, that Whoosh's own searcher can open.

Whoosh's W3 codec pickles and compresses every block of 128 postings and looks up a length for each posting, which takes
half of its indexing time; here a posting list is a few arrays (``segment.py``). Searchkit itself reads those arrays
directly (``search.py``); the classes here show them to Whoosh.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whoosh import columns, fields, formats
from whoosh.codec import base
from whoosh.codec.whoosh3 import W3Segment
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from searchkit.engines.whoosh_.segment import KEY, PHYSICAL, SegmentFiles

INDEX_NAME = "MAIN"
_SCORED = ("text", "text_stem")


def make_schema() -> fields.Schema:
    """The schema, from the one table of fields. Terms reach it finished, so no field has an analyzer of its own."""
    schema = fields.Schema(date=fields.COLUMN(columns.NumericColumn("I")))
    for name in PHYSICAL:
        kind = fields.ID(unique=True) if name == KEY else fields.KEYWORD(scorable=name in _SCORED)
        schema.add(name, kind)
    return schema


class ArrayCodec(base.Codec):  # type: ignore[misc]
    """Reads segments of named arrays. It writes none: ``SegmentBuilder`` and ``merge`` do."""

    def new_segment(self, storage: Any, indexname: str) -> W3Segment:
        """A segment with a new random name, and no articles yet."""
        segment = W3Segment(self, indexname)
        segment._fieldlengths = {}
        return segment

    def terms_reader(self, storage: Any, segment: W3Segment) -> TermsReader:
        """The terms of a segment."""
        return TermsReader(open_files(storage, segment))

    def per_document_reader(self, storage: Any, segment: W3Segment) -> DocsReader:
        """The articles of a segment."""
        return DocsReader(open_files(storage, segment), segment)


def open_files(storage: Any, segment: W3Segment) -> SegmentFiles:
    """Open the files of a segment."""
    return SegmentFiles(Path(storage.folder), segment.segment_id())


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """Terms and postings, as Whoosh asks for them."""

    def __init__(self, files: SegmentFiles) -> None:
        self._files = files

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._files.find(term[0], term[1].decode()) is not None

    def indexed_field_names(self) -> tuple[str, ...]:
        """The names of the fields that have terms."""
        return PHYSICAL

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Every term, field by field."""
        return ((field, term) for field in sorted(PHYSICAL) for term, _ in self._files.vocabulary(field))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """The terms from a prefix on."""
        return (term for term in self.terms() if term >= (fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """The statistics of a term."""
        posting = self._files.postings(fieldname, text.decode())
        if posting is None:
            raise TermNotFound(f"no term {fieldname}:{text!r}")
        weights = posting.freqs if posting.freqs is not None else [1] * len(posting.docs)
        return TermInfo(
            weight=sum(weights),
            df=len(posting.docs),
            minid=posting.docs[0],
            maxid=posting.docs[-1],
            maxweight=max(weights),
        )

    def frequency(self, fieldname: str, text: bytes) -> int:
        """How often a term occurs in all."""
        return int(self.term_info(fieldname, text).weight())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """The number of articles with a term."""
        return self._files.doc_freq(fieldname, text.decode())

    def matcher(self, fieldname: str, text: bytes, format_: formats.Format, scorer: Any = None) -> ListMatcher:
        """The postings of a term."""
        posting = self._files.postings(fieldname, text.decode())
        if posting is None:
            raise TermNotFound(f"no term {fieldname}:{text!r}")
        docs = list(posting.docs)
        weights = [float(freq) for freq in posting.freqs] if posting.freqs is not None else [1.0] * len(docs)
        return ListMatcher(docs, weights, format=format_, scorer=scorer, term=(fieldname, text))

    def close(self) -> None:
        """Let go of the files."""
        self._files.close()


class DocsReader(base.PerDocumentReader):  # type: ignore[misc]
    """Articles, as Whoosh asks for them."""

    def __init__(self, files: SegmentFiles, segment: W3Segment) -> None:
        self._files = files
        self._segment = segment

    def close(self) -> None:
        """Let go of the files."""
        self._files.close()

    def doc_count(self) -> int:
        """The number of articles."""
        return self._files.size - int(self._segment.deleted_count())

    def doc_count_all(self) -> int:
        """The number of articles, deleted ones included."""
        return self._files.size

    def has_deletions(self) -> bool:
        """Whether any article was deleted."""
        return bool(self._segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        """Whether an article was deleted."""
        return bool(self._segment.is_deleted(docnum))

    def deleted_docs(self) -> Iterator[int]:
        """The articles that were deleted."""
        return iter(self._segment.deleted_docs())

    def supports_columns(self) -> bool:
        """There is a column of days."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Whether a field has a column."""
        return fieldname == "date"

    def column_reader(self, fieldname: str, column: columns.Column) -> columns.ColumnReader:
        """The days, as numbers; 0 is undated."""
        return _Days(self._files)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """The exact length of the text, in terms. Other fields do not score."""
        return int(self._files.lengths[docnum]) if fieldname in _SCORED else default

    def field_length(self, fieldname: str) -> int:
        """The sum of the lengths of a field."""
        return int(self._segment._fieldlengths.get("text", 0)) if fieldname in _SCORED else 0

    def min_field_length(self, fieldname: str) -> int:
        """The shortest length of a field."""
        return min(self._files.lengths, default=0) if fieldname in _SCORED else 0

    def max_field_length(self, fieldname: str) -> int:
        """The longest length of a field."""
        return max(self._files.lengths, default=0) if fieldname in _SCORED else 0

    def stored_fields(self, docnum: int) -> dict[str, str]:
        """The id of an article; the rest is in the stored article."""
        return {KEY: self._files.key(docnum)}


class _Days(columns.ColumnReader):  # type: ignore[misc]
    def __init__(self, files: SegmentFiles) -> None:
        self._days = files.days
        self._doccount = files.size

    def __getitem__(self, docnum: int) -> int:
        return int(self._days[docnum])
