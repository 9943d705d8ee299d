"""Plan → hits. ``base.py`` is the contract; each engine is one module, the only one that imports its library."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from searchkit.engines.base import EngineModule, RemoteModule
from searchkit.errors import SearchkitError

if TYPE_CHECKING:
    from searchkit.engines.cluster import Cluster

_MODULES = {
    "memory": "searchkit.engines.memory",
    "whoosh": "searchkit.engines.whoosh_",
    "tantivy": "searchkit.engines.tantivy_",
    "opensearch": "searchkit.engines.opensearch_",
}

_PACKAGES = {"whoosh": "whoosh-reloaded", "tantivy": "tantivy", "opensearch": "searchkit[opensearch]"}

_ON_CLUSTER = "opensearch"
"""The engine that keeps its index on a cluster."""

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


def is_on_cluster(name: str) -> bool:
    """Whether an engine keeps its index on a cluster, and not in its folder."""
    return name == _ON_CLUSTER


def reach(name: str, cluster: Cluster) -> None:
    """Raises ClusterError where an engine cannot work with a cluster, SearchkitError where its library is missing."""
    cast(RemoteModule, load(name)).reach(cluster)


def activate(folder: Path) -> None:
    """Have the rest of the world see the index whose engine's folder this is. Raises ClusterError."""
    if module := _remote_module(folder):
        module.activate(folder)


def discard(folder: Path) -> None:
    """Remove what an engine keeps elsewhere; its folder is the caller's. Raises ClusterError, and then it is still there."""
    if module := _remote_module(folder):
        module.discard(folder)


def _remote_module(folder: Path) -> RemoteModule | None:
    """The engine whose folder this is, if it keeps its index on a cluster."""
    from searchkit.engines.cluster import is_remote  # nothing that a search should wait for

    return cast(RemoteModule, load(_ON_CLUSTER)) if is_remote(folder) else None
