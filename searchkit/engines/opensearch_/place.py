"""Where an index is on the cluster: making it, finding it, making it the live one, and removing it. Nobody else's is touched."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from searchkit.engines.cluster import Cluster, read_cluster
from searchkit.engines.opensearch_.client import Client
from searchkit.engines.opensearch_.schema import LAYOUT, make_index
from searchkit.errors import ClusterError, IndexCorrupt, IndexTooNew
from searchkit.records import Record

_ASKED = "*.aliases,*.mappings._meta,*.settings.index.refresh_interval,*.settings.index.number_of_replicas"


class Place(Record):
    """``target``: the name that an index is read by. ``is_resting``: it is not kept ready for readers, since it is being
    filled, or was when that ended halfway.
    """

    target: str
    is_resting: bool


def make(client: Client) -> Place:
    """Make the index of an empty generation. What a run that was killed left of it is removed first. Raises ClusterError
    where it is the live one, or somebody else's.
    """
    cluster = client.cluster
    there = _look(client)
    _spare(cluster, there)
    if cluster.index in there:
        if cluster.alias in there[cluster.index].get("aliases", {}):
            raise ClusterError(
                f"the index {cluster.index} is already on the cluster at {cluster.url}, and searched as {cluster.alias}; "
                "choose another name, or remove it there if no archive is left that needs it"
            )
        client.ask("DELETE", f"/{cluster.index}")
    client.ask("PUT", f"/{cluster.index}", make_index(cluster))
    return Place(cluster.index, True)


def find(client: Client) -> Place:
    """Where the index is. Raises IndexCorrupt where it is gone or somebody else's, IndexTooNew for one of a newer layout."""
    cluster = client.cluster
    there = _look(client)
    held = there.get(cluster.index)
    if held is None:
        raise IndexCorrupt(
            f"the index {cluster.index} is not on the cluster at {cluster.url}; make it anew with: "
            "searchkit index --rebuild"
        )
    if not _is_ours(held, cluster):
        raise IndexCorrupt(
            f"the index {cluster.index} on the cluster at {cluster.url} was not made by searchkit for {cluster.alias}; "
            "make the archive's anew with: searchkit index --rebuild"
        )
    version = held["mappings"]["_meta"]["searchkit"].get("version")
    if not isinstance(version, int) or version > LAYOUT:
        raise IndexTooNew(f"the index {cluster.index} on the cluster at {cluster.url} was made by a newer searchkit")
    settings = held.get("settings", {}).get("index", {})
    # Where the alias means other indexes too, they would be searched with it.
    is_live = set(there) == {cluster.index} and cluster.alias in held.get("aliases", {})
    return Place(cluster.alias if is_live else cluster.index, str(settings.get("refresh_interval")) == "-1")


def settle(client: Client, resting: bool) -> None:
    """Have an index rest while it is filled, or kept ready for readers, with its copies."""
    cluster = client.cluster
    settings: dict[str, Any] = {"refresh_interval": "-1"}
    if not resting:
        settings = {"refresh_interval": None, "number_of_replicas": cluster.replicas}
    client.ask("PUT", f"/{cluster.index}/_settings", {"index": settings})


def reach(cluster: Cluster) -> None:
    """Raises ClusterError where the cluster is away, does not let us in, or is none that can be used."""
    client = Client(cluster)
    try:
        client.check_version()
    finally:
        client.close()


def activate(folder: Path) -> None:
    """Make this index the one that the alias means, in one step. Raises ClusterError where the alias is somebody else's."""
    with _connected(folder) as client:
        cluster = client.cluster
        there = _look(client)
        _spare(cluster, there)
        others = [name for name in there if name != cluster.index]
        actions = [{"remove": {"index": name, "alias": cluster.alias}} for name in others]
        actions.append({"add": {"index": cluster.index, "alias": cluster.alias}})
        client.ask("POST", "/_aliases", {"actions": actions})


def discard(folder: Path) -> None:
    """Remove the index, if it is there and ours. Raises ClusterError where the cluster is away."""
    with _connected(folder) as client:
        cluster = client.cluster
        held = _look(client).get(cluster.index)
        if held is not None and _is_ours(held, cluster):
            # Another may have removed it since.
            client.ask("DELETE", f"/{cluster.index}", params={"ignore_unavailable": "true"})


class _connected:  # noqa: N801
    """A connection for a few requests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Client:
        self._client = Client(read_cluster(self._folder))
        return self._client

    def __exit__(self, *_: object) -> None:
        self._client.close()


def _look(client: Client) -> Mapping[str, Any]:
    """Our index and all that the alias means, by their own names, as far as they are there."""
    cluster = client.cluster
    params = {"ignore_unavailable": "true", "filter_path": _ASKED}
    return client.ask("GET", f"/{cluster.index},{cluster.alias}", params=params)


def _spare(cluster: Cluster, there: Mapping[str, Any]) -> None:
    """Raises ClusterError where one of these indexes is not ours."""
    for name, held in there.items():
        if not _is_ours(held, cluster):
            what = f"the index {name}" if name in (cluster.index, cluster.alias) else f"an alias of the index {name}"
            raise ClusterError(
                f"{cluster.alias} means {what} on the cluster at {cluster.url}, which searchkit did not make; choose another "
                "name for the archive there"
            )


def _is_ours(held: Mapping[str, Any], cluster: Cluster) -> bool:
    meta = (held.get("mappings", {}).get("_meta") or {}).get("searchkit")
    return isinstance(meta, dict) and meta.get("alias") == cluster.alias
