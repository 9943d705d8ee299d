"""Reading what Whoosh pickles, without running what somebody else may have put there.

Whoosh keeps its table of contents (TOC) as a pickle, and a pickle can name any function and call it. An index may come from
anywhere, so it is read by an unpickler that knows the few classes that a TOC of searchkit holds and refuses all others.
The schema, which is pickled too, is never read: it is code (``codec.py``).
"""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

from searchkit.errors import IndexCorrupt

_KNOWN = frozenset(
    {
        ("whoosh.codec.whoosh3", "W3Segment"),
        ("searchkit.engines.whoosh_.codec", "ArrayCodec"),
        ("copyreg", "_reconstructor"),
        ("__builtin__", "object"),
        ("builtins", "object"),
        ("__builtin__", "set"),
        ("builtins", "set"),
    }
)


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: Any, name: str) -> None:
        super().__init__(file)
        self._name = name

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _KNOWN:
            return super().find_class(module, name)
        raise IndexCorrupt(
            f"{self._name} names {module}.{name}, which no index of searchkit holds: it was not made by searchkit, or was "
            "tampered with, and nothing in it was run. Make the index anew with: searchkit index --rebuild"
        )


class _File(StructFile):  # type: ignore[misc]
    def read_pickle(self) -> Any:
        return _Unpickler(self.file, self._name).load()


class SafeStorage(FileStorage):  # type: ignore[misc]
    """A folder of Whoosh's, whose pickles are read by an unpickler that knows only what belongs there."""

    def open_file(self, name: str, **kwargs: Any) -> StructFile:
        """Open a file for reading, whole: only TOCs are read this way, and they are small."""
        return _File(io.BytesIO((Path(self.folder) / name).read_bytes()), name=name, **kwargs)
