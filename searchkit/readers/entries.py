"""What an archive's members have in common: an entry for each, and names that are fit for paths and ids."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from searchkit.readers.compression import without_compression
from searchkit.readers.decoding import clean

LONGEST_NAME = 1000

_BYTE = re.compile("[\udc80-\udcff]")
_DRIVE = re.compile(r"[A-Za-z]:(?! )")
_SUFFIX = re.compile(r"(?:\.(?=[a-z0-9]*[a-z])[a-z0-9]{1,8})?\Z", re.IGNORECASE)


class Refusal(NamedTuple):
    """Why a member cannot be read, as a Skip says it."""

    reason: str
    kind: str


class Entry(NamedTuple):
    """A member. ``name`` is as the archive has it; a lone surrogate in it stands for a byte that is no UTF-8. ``open`` gives
    its bytes as they are stored, in a file that can seek, any number of times until the next entry is asked for; or else
    there is a ``refusal``, or a ``link`` to the name of the member that has the bytes.
    """

    name: str
    open: Callable[[], BinaryIO] | None = None
    refusal: Refusal | None = None
    link: str | None = None


def plain_name(name: str) -> str:
    r"""A member's name as a path below the archive: with ``/``, on one line, without what leads out of it. Bytes that are no
    UTF-8 are shown as ``\xe9``.
    """
    name = _BYTE.sub(lambda match: f"\\x{ord(match[0]) - 0xDC00:02x}", name.replace("\\", "/"))
    name = clean(name).replace("\n", " ").replace("\t", " ")
    parts = [part for part in _DRIVE.sub("", name, count=1).split("/") if part not in ("", ".", "..")]
    plain = "/".join(parts) or "(unnamed)"
    return plain if len(plain) <= LONGEST_NAME else "…" + plain[1 - LONGEST_NAME :]


class Names:
    """The names in one archive that were given out."""

    def __init__(self) -> None:
        # Hashes: an archive may have millions of members.
        self._used: set[int] = set()
        self._copies: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        return hash(name) in self._used

    def distinct(self, name: str) -> tuple[str, str]:
        """A member's name and the one for ids, which has no compression suffix, both made distinct where another member
        has them: ``("a.txt.gz", "a.txt")``, ``("a~2.txt.gz", "a~2.txt")``.
        """
        plain = without_compression(name)
        if plain in self:
            # As for files beside each other, the whole name is the id of the second of a.txt and a.txt.gz.
            if name in self:
                name, plain = self._numbered(name, plain)
            else:
                plain = name
        self._used.update((hash(name), hash(plain)))
        return name, plain

    def _numbered(self, name: str, plain: str) -> tuple[str, str]:
        """The ending says what a file is, so the number stands before it."""
        packed = name[len(plain) :]
        end = _SUFFIX.search(plain).start()  # type: ignore[union-attr]
        number = self._copies.get(name, 1)
        while True:
            number += 1
            candidate = f"{plain[:end]}~{number}{plain[end:]}"
            if candidate not in self and candidate + packed not in self:
                self._copies[name] = number
                return candidate + packed, candidate
