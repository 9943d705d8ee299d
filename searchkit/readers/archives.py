"""Archives: the members of .zip and .tar files (packed in any way that is known), as if they were files.

Nothing is written to the disk but temporary copies without a name, so that no member can land anywhere; a member's name is
only shown. What unpacks to far more than its size is refused: a member, and an archive as a whole.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator

from searchkit.readers.base import Skip, Source
from searchkit.readers.compression import Budget, bomb
from searchkit.readers.entries import Entry, Names, plain_name
from searchkit.readers.opening import Member, unreadable
from searchkit.readers.registry import is_candidate

_TAR_HEADER = 512
_CHECKSUM = slice(148, 156)
_RESOURCE_FORKS = "__MACOSX"


def archive_kind(head: bytes) -> str | None:
    """``"zip"`` or ``"tar"`` for an archive, by its first bytes, unpacked; None for another file."""
    # A member, or the end of an archive without any.
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    return "tar" if _is_tar(head[:_TAR_HEADER]) else None


def _is_tar(header: bytes) -> bool:
    """By the mark of POSIX.1-1988, which GNU's format has too; or by the checksum, which is all that older files have."""
    if header[257:262] == b"ustar":
        return True
    if len(header) < _TAR_HEADER or not header[0]:
        return False
    try:
        stated = int(header[_CHECKSUM].strip(b" \0"), 8)
    except ValueError:
        return False
    return stated == sum(header) - sum(header[_CHECKSUM]) + 8 * ord(" ")


def members(source: Source, kind: str) -> Generator[Source | Skip]:
    """The members that may be articles, in the archive's order; each can be opened until the next one is asked for.

    ``kind`` is what ``archive_kind`` says. Hidden files, READMEs, folders and symbolic links are left out. What cannot be
    read of an archive that is otherwise sound is a Skip. Raises SourceError when the archive cannot be read (further), of
    kind "unrecognised" where it is the document of an office program.
    """
    archive = _counted(source)
    names = Names()
    with contextlib.closing(_entries(archive, kind)) as entries:
        for entry in entries:
            name = plain_name(entry.name)
            if not is_candidate(name) or _RESOURCE_FORKS in name.split("/"):
                continue
            if entry.link is not None and plain_name(entry.link) in names:
                continue
            name, own = names.distinct(name)
            if entry.open is not None:
                relative, id = f"{source.relative}/{name}", f"{source.id}/{own}"
                yield Member(source.path, relative, id, entry.open, archive.budget)
            elif entry.refusal is not None:
                yield Skip(f"member {name}", *entry.refusal)
            else:
                yield Skip(f"member {name}", f"is a link to {plain_name(entry.link or '')}, which was not read", "link")
            if archive.budget is not None and archive.budget.is_spent:
                raise bomb()


def _entries(archive: Member, kind: str) -> Generator[Entry]:
    # Imported here, since most runs meet no archive.
    if kind == "zip":
        from searchkit.readers.zip_ import zip_entries

        return zip_entries(archive)
    from searchkit.readers.tar import tar_entries

    return tar_entries(archive)


def _counted(source: Source) -> Member:
    """The archive with a budget: that of the archive that it lies in, or its own."""
    if isinstance(source, Member):
        return source
    try:
        with source.open() as file:
            size = file.seek(0, os.SEEK_END)
    except OSError as error:
        raise unreadable(error) from error
    return Member(source.path, source.relative, source.id, source.opener, Budget(size))
