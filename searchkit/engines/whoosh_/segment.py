"""A segment: the articles of one batch, inverted. It is built whole in memory, written once, and never changed.

``NAME.skt``   the terms of each field, sorted, with their document frequencies and where their postings are; the postings
``NAME.skd``   the articles: length, day, instant, id, and the stored article

A posting list is the numbers of the articles, then how often (left out where it is once in each), then the positions
(exact form only), each in the smallest type that holds them.
"""

from __future__ import annotations

import heapq
import zlib
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from operator import itemgetter
from pathlib import Path

from searchkit.analysis import POSITION_GAP, Analyzer, index_fields
from searchkit.article import Article
from searchkit.engines.whoosh_.files import ArrayFile, ArrayFileWriter
from searchkit.errors import IndexCorrupt
from searchkit.fields import BY_NAME, FIELDS, Form, Kind, physical

TERMS_SUFFIX = ".skt"
DOCS_SUFFIX = ".skd"

KEY = "key"
"""The field of the ids as they are, by which articles are replaced and fetched."""

_NO_DAY = 0
_WIDTHS = ("", "B", "H", "I")


PHYSICAL = (*(physical(field.name, form) for field in FIELDS for form in field.forms), KEY)
"""Every field that a segment holds."""


@dataclass(slots=True)
class Postings:
    """The posting list of a term. ``freqs`` is None where it is once in each article, ``positions`` where none are kept.

    ``docs`` and ``freqs`` run in step; ``positions`` holds those of the first article, then of the second, and so on.
    """

    docs: Sequence[int]
    freqs: Sequence[int] | None
    positions: Sequence[int] | None

    def by_doc(self) -> dict[int, list[int]]:
        """The positions in each article."""
        assert self.positions is not None
        if self.freqs is None:
            return {doc: [position] for doc, position in zip(self.docs, self.positions, strict=True)}
        every, start, found = list(self.positions), 0, {}
        for doc, end in zip(self.docs, accumulate(self.freqs), strict=True):
            found[doc] = every[start:end]
            start = end
        return found


_Lists = tuple[list[int], list[int] | None, list[int] | None]
"""A posting list that grows: articles, frequencies, positions."""


def _width(largest: int) -> int:
    return 1 if largest < 1 << 8 else 2 if largest < 1 << 16 else 3


class TermsWriter:
    """Writes the terms file: fields in any order, the terms of each sorted."""

    def __init__(self, file: ArrayFileWriter) -> None:
        self._file = file

    def add_field(self, name: str, postings: Iterator[tuple[bytes, Postings]]) -> None:
        """Write a field from its terms in order, a posting list at a time."""
        terms: list[bytes] = []
        counts, starts, codes = array("I"), array("Q"), array("B")
        write = self._file.write
        for term, posting in postings:
            docs, freqs, positions = posting.docs, posting.freqs, posting.positions
            docs_width = _width(docs[-1])
            data = array(_WIDTHS[docs_width], docs).tobytes()
            freqs_width = positions_width = 0
            if freqs is not None and (most := max(freqs)) > 1:
                freqs_width = _width(most)
                data += array(_WIDTHS[freqs_width], freqs).tobytes()
            if positions:
                positions_width = _width(max(positions))
                data += array(_WIDTHS[positions_width], positions).tobytes()
            terms.append(term)
            counts.append(len(docs))
            starts.append(write(data))
            codes.append(docs_width | freqs_width << 2 | positions_width << 4)
        self._file.add_strings(name, terms)
        self._file.add(f"{name}.df", "I", counts)
        self._file.add(f"{name}.at", "Q", starts)
        self._file.add(f"{name}.code", "B", codes)


class SegmentBuilder:
    """Inverts a batch of articles."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._fields: dict[str, dict[str, _Lists]] = {name: {} for name in PHYSICAL}
        self._lengths = array("I")
        self._days = array("I")
        self._instants = array("d")
        self._keys: list[bytes] = []
        self._stored: list[bytes] = []

    def add(self, article: Article) -> None:
        """Add one article. No two in a segment may have the same id."""
        doc = len(self._keys)
        fields = index_fields(article, self._analyzer)
        length = 0
        for name, indexed in fields.items():
            if indexed.whole:
                self._add_counts(physical(name, Form.WHOLE), doc, dict.fromkeys(indexed.whole, 1), scored=False)
            if BY_NAME[name].kind is Kind.KEYWORD:
                self._add_positions(name, doc, [[value] for value in indexed.exact])
                continue
            pieces = [piece.split() for piece in indexed.exact]
            self._add_positions(name, doc, pieces)
            if name == "text":
                length = sum(map(len, pieces))
            if indexed.stems:
                counts = Counter(" ".join(indexed.stems).split())
                self._add_counts(physical(name, Form.STEM), doc, counts, scored=name == "text")
        key = article.id
        self._fields[KEY][key] = ([doc], None, None)
        self._keys.append(_encode(key))
        self._lengths.append(length)
        self._days.append(article.day or _NO_DAY)
        self._instants.append(article.instant)
        self._stored.append(zlib.compress(article.to_json(), 3))

    def _add_positions(self, name: str, doc: int, pieces: list[list[str]]) -> None:
        places: dict[str, list[int]] = {}
        position = 0
        for piece in pieces:
            for term in piece:
                if term in places:
                    places[term].append(position)
                else:
                    places[term] = [position]
                position += 1
            position += POSITION_GAP
        field = self._fields[name]
        for term, found in places.items():
            posting = field.get(term)
            if posting is None:
                field[term] = ([doc], [len(found)], found)
                continue
            docs, freqs, positions = posting
            assert freqs is not None
            assert positions is not None
            docs.append(doc)
            freqs.append(len(found))
            positions += found

    def _add_counts(self, name: str, doc: int, counts: Mapping[str, int], scored: bool) -> None:
        field = self._fields[name]
        for term, count in counts.items():
            posting = field.get(term)
            if posting is None:
                field[term] = ([doc], [count] if scored else None, None)
                continue
            docs, freqs, _ = posting
            docs.append(doc)
            if freqs is not None:
                freqs.append(count)

    def write(self, folder: Path, name: str) -> int:
        """Write the segment's files; returns the number of articles."""
        with ArrayFileWriter(folder / (name + TERMS_SUFFIX)) as file:
            writer = TermsWriter(file)
            for field, postings in self._fields.items():
                # Bytes, not code points, are compared in the file; in UTF-8 both orders are the same.
                writer.add_field(field, ((_encode(term), Postings(*postings[term])) for term in sorted(postings)))
        write_docs(folder / (name + DOCS_SUFFIX), self._lengths, self._days, self._instants, self._keys, self._stored)
        return len(self._keys)


def write_docs(
    path: Path,
    lengths: Sequence[int],
    days: Sequence[int],
    instants: Sequence[float],
    keys: Iterable[bytes],
    stored: Iterable[bytes],
) -> None:
    """Write the file of the articles, column by column."""
    with ArrayFileWriter(path) as file:
        file.add("length", "I", lengths)
        file.add("day", "I", days)
        file.add("instant", "d", instants)
        file.add_strings("key", keys)
        file.add_strings("stored", stored)


class SegmentFiles:
    """A segment on disk: its terms, postings and articles. Raises IndexCorrupt where a file is missing or not whole."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.terms = ArrayFile(folder / (name + TERMS_SUFFIX))
        self.docs = ArrayFile(folder / (name + DOCS_SUFFIX))
        self.lengths = self.docs.array("length")
        self.days = self.docs.array("day")
        self.instants = self.docs.array("instant")
        self.size = len(self.lengths)

    def find(self, field: str, term: str) -> int | None:
        """The number of a term in its field, or None."""
        if f"{field}.df" not in self.terms:
            return None
        ends, data, wanted = self.terms.array(f"{field}.ends"), self.terms.array(field), _encode(term)

        def at(index: int) -> bytes:
            return bytes(data[ends[index - 1] if index else 0 : ends[index]])

        found = bisect_left(range(len(ends)), wanted, key=at)
        return found if found < len(ends) and at(found) == wanted else None

    def doc_freq(self, field: str, term: str) -> int:
        """The number of articles in this segment with a term, deleted ones included."""
        index = self.find(field, term)
        return 0 if index is None else int(self.terms.array(f"{field}.df")[index])

    def postings(self, field: str, term: str) -> Postings | None:
        """The posting list of a term, or None where it has none."""
        index = self.find(field, term)
        return None if index is None else self.postings_at(field, index)

    def postings_at(self, field: str, index: int) -> Postings:
        """The posting list of the term with this number."""
        count = self.terms.array(f"{field}.df")[index]
        start = self.terms.array(f"{field}.at")[index]
        code = self.terms.array(f"{field}.code")[index]
        view, docs_type = self.terms.view, _WIDTHS[code & 3]
        docs = view(docs_type, start, count)
        start += docs.nbytes
        freqs = positions = None
        total = count
        if freqs_type := _WIDTHS[code >> 2 & 3]:
            freqs = view(freqs_type, start, count)
            start += freqs.nbytes
            total = sum(freqs)
        if positions_type := _WIDTHS[code >> 4 & 3]:
            positions = view(positions_type, start, total)
        return Postings(docs, freqs, positions)

    def vocabulary(self, field: str, prefix: str = "") -> list[tuple[bytes, int]]:
        """The terms of a field that begin with a prefix, in order, with their document frequencies."""
        if f"{field}.df" not in self.terms:
            return []
        counts, start = self.terms.array(f"{field}.df"), _encode(prefix)
        if not start:
            return list(zip(self.terms.strings(field), counts, strict=True))
        ends, data = self.terms.array(f"{field}.ends"), self.terms.array(field)

        def at(index: int) -> bytes:
            return bytes(data[ends[index - 1] if index else 0 : ends[index]])

        index, found = bisect_left(range(len(ends)), start, key=at), []
        while index < len(ends) and (term := at(index)).startswith(start):
            found.append((term, counts[index]))
            index += 1
        return found

    def key(self, doc: int) -> str:
        """The id of an article."""
        return _decode(self.docs.string("key", doc))

    def doc(self, key: str) -> int | None:
        """The number of the article with an id, or None."""
        posting = self.postings(KEY, key)
        return None if posting is None else posting.docs[0]

    def article(self, doc: int) -> Article:
        """A stored article. Raises IndexCorrupt where it cannot be read."""
        try:
            return Article.from_json(zlib.decompress(self.docs.string("stored", doc)))
        except (zlib.error, ValueError, TypeError, KeyError) as error:
            raise IndexCorrupt(f"article {doc} of segment {self.name} cannot be read: {error}") from error

    def close(self) -> None:
        """Let go of the files."""
        self.terms.close()
        self.docs.close()


def merge(folder: Path, name: str, parts: Sequence[tuple[SegmentFiles, frozenset[int]]]) -> int:
    """Write one segment from several, without the articles that were deleted from each; returns the number of articles.

    Streams: a posting list and a stored article at a time.
    """
    numbers: list[list[int | None]] = []
    size = 0
    for part, deleted in parts:
        mapped: list[int | None] = []
        for doc in range(part.size):
            if doc in deleted:
                mapped.append(None)
            else:
                mapped.append(size)
                size += 1
        numbers.append(mapped)
    live = [(part, [doc for doc in range(part.size) if doc not in deleted]) for part, deleted in parts]
    with ArrayFileWriter(folder / (name + TERMS_SUFFIX)) as file:
        writer = TermsWriter(file)
        for field in PHYSICAL:
            writer.add_field(field, _merged_field(field, parts, numbers))
    write_docs(
        folder / (name + DOCS_SUFFIX),
        array("I", (part.lengths[doc] for part, docs in live for doc in docs)),
        array("I", (part.days[doc] for part, docs in live for doc in docs)),
        array("d", (part.instants[doc] for part, docs in live for doc in docs)),
        (part.docs.string("key", doc) for part, docs in live for doc in docs),
        (part.docs.string("stored", doc) for part, docs in live for doc in docs),
    )
    return size


def _merged_field(
    field: str, parts: Sequence[tuple[SegmentFiles, frozenset[int]]], numbers: Sequence[Sequence[int | None]]
) -> Iterator[tuple[bytes, Postings]]:
    def entries(which: int) -> Iterator[tuple[bytes, int, int]]:
        return ((term, which, index) for index, (term, _) in enumerate(parts[which][0].vocabulary(field)))

    ordered = heapq.merge(*(entries(which) for which in range(len(parts))))
    for term, group in groupby(ordered, key=itemgetter(0)):
        docs: list[int] = []
        freqs: list[int] = []
        positions: list[int] = []
        for _, which, index in group:
            part, deleted = parts[which]
            posting = part.postings_at(field, index)
            mapped = numbers[which]
            if not deleted:
                docs += [mapped[doc] for doc in posting.docs]  # type: ignore[misc]
                freqs += posting.freqs if posting.freqs is not None else [1] * len(posting.docs)
                positions += posting.positions or ()
                continue
            start = 0
            for at, doc in enumerate(posting.docs):
                freq = 1 if posting.freqs is None else posting.freqs[at]
                number = mapped[doc]
                if number is not None:
                    docs.append(number)
                    freqs.append(freq)
                    positions += (posting.positions or ())[start : start + freq]
                start += freq
        if docs:
            yield term, Postings(docs, freqs, positions or None)


def _encode(text: str) -> bytes:
    # Ids are file names, which need not be text: whatever they hold must come back as it was.
    return text.encode("utf-8", "surrogatepass")


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
