"""Bylines and datelines in fields of their own, as they are printed: the name without "By", the place without agency,
date and dash, and never twice.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from searchkit.news.dateline import parse_dateline
from searchkit.readers.assemble import DATELINE_ENDS

_BY = re.compile(r"\s*by[\s:]+", re.IGNORECASE)
_DASHES = " \t\n-–—―_"
_SLUG_STARTS = ("BC-", "AM-", "PM-", "BN-")


class PrintedDateline(NamedTuple):
    """What ``assemble`` is to be given: a ``dateline``, or else a ``location`` where the text has a dateline itself."""

    dateline: str = ""
    location: str = ""
    agency: str | None = None


def printed_dateline(written: str, body: str) -> PrintedDateline:
    """A dateline as a field has it ("WASHINGTON (AP) --") before the text that it belongs to.

    Where the text begins with a dateline too, that one is left to be taken from there; where it is of another place, the
    field's is the location.
    """
    written = " ".join(written.split()).strip(_DASHES)
    if not written:
        return PrintedDateline()
    # The parser wants the dash, and after it what may follow one.
    found = parse_dateline(f"{written} -- The")
    place = found.printed if found else written
    agency = found.agency if found and not (found.agency or "").startswith(_SLUG_STARTS) else None
    own = parse_dateline(body[:DATELINE_ENDS])
    if own is None:
        return PrintedDateline(place, agency=agency)
    same = own.printed.casefold() == place.casefold()
    return PrintedDateline(location="" if same else place, agency=None if own.agency else agency)


def without_by(written: str) -> str:
    """``"By ANN LEE, Staff Writer"`` → ``"ANN LEE, Staff Writer"``."""
    found = _BY.match(written)
    return written[found.end() :] if found else written
