"""Plan → hits. ``base.py`` is the contract; each engine is one module, the only one that imports its library."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import cast

from searchkit.engines.base import EngineModule
from searchkit.errors import SearchkitError

_MODULES = {
    "memory": "searchkit.engines.memory",
    "whoosh": "searchkit.engines.whoosh_",
    "tantivy": "searchkit.engines.tantivy_",
}

_PACKAGES = {"whoosh": "whoosh-reloaded", "tantivy": "tantivy"}

CHOICES = tuple(_PACKAGES)
"""The engines that an index can be kept on."""

POLICIES = ("auto", *CHOICES)
"""What can be asked for: one engine whatever the size, or the one that suits the size."""


def load(name: str) -> EngineModule:
    """The module of an engine, imported now. Raises KeyError for a name that is none, SearchkitError where its library
    cannot be imported.
    """
    try:
        return cast(EngineModule, import_module(_MODULES[name]))
    except ImportError as error:
        if (error.name or "").partition(".")[0] == "searchkit":  # a fault of ours, which no installing mends
            raise
        raise SearchkitError(
            f"the {name} engine cannot be used ({error}); install it with: pip install {_PACKAGES[name]}"
        ) from error


def available(name: str) -> bool:
    """Whether the library of an engine can be imported here."""
    try:
        load(name)
    except SearchkitError:
        return False
    return True


def require(name: str, among: Sequence[str] = POLICIES) -> None:
    """Raises SearchkitError for a name that is not among those that can be asked for, or an engine that cannot be used."""
    if name not in among:
        raise SearchkitError(f"there is no engine {name!r}; there are {', '.join(among)}")
    if name != "auto":
        load(name)
