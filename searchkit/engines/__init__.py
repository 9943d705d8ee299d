"""Plan → hits. ``base.py`` is the contract; each engine is one module, the only one that imports its library."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from searchkit.engines.base import EngineModule

_MODULES = {
    "memory": "searchkit.engines.memory",
    "whoosh": "searchkit.engines.whoosh_",
    "tantivy": "searchkit.engines.tantivy_",
}


def load(name: str) -> EngineModule:
    """The module of an engine, imported now. Raises KeyError for a name that is none."""
    return cast(EngineModule, import_module(_MODULES[name]))
