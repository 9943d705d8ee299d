"""Which cluster an index is on: what was said of it, and what that changes about an index that is on one already."""

from __future__ import annotations

import os

from searchkit import engines
from searchkit.analysis import Analyzer
from searchkit.engines.cluster import Cluster, Where, is_remote, read_cluster, write_cluster
from searchkit.errors import SearchkitError
from searchkit.store import Manifest, Store


def where(
    engine: str | None,
    url: str | None,
    shards: int | None,
    replicas: int | None,
    ca_file: str | os.PathLike[str] | None,
) -> Where | None:
    """What was said of a cluster; None where nothing was. Raises SearchkitError where the engine needs none."""
    given = Where(url, shards, replicas, None if ca_file is None else os.path.abspath(ca_file))
    if given == Where():
        return None
    if engine is None or not engines.is_on_cluster(engine):
        raise SearchkitError("url, shards, replicas and ca_file are for the engine opensearch")
    return given


def moves(store: Store, manifest: Manifest, given: Where | None) -> bool:
    """Whether an index that is on a cluster would be on another one, or otherwise, by what was said."""
    folder = store.engine_folder(manifest.generation)
    if given is None or not is_remote(folder):
        return False
    now = read_cluster(folder)
    return given.url not in (None, now.url) or _is_other(now, given)


def _is_other(now: Cluster, given: Where) -> bool:
    """Whether an index would have other parts or copies than it has."""
    return given.shards not in (None, now.shards) or given.replicas not in (None, now.replicas)


def readdress(store: Store, manifest: Manifest, given: Where, wait: float) -> None:
    """Note that the cluster of an index is at another address, or known by other certificates. An index that is on no cluster
    is left as it is.

    Raises SearchkitError where the index is not there, or shards and replicas are to be others, which needs a new index.
    """
    folder = store.engine_folder(manifest.generation)
    if not is_remote(folder):
        return
    now = read_cluster(folder)
    if _is_other(now, given):
        raise SearchkitError(
            f"this index was made with {now.shards} shards and {now.replicas} replicas; to change that, add --rebuild, or: "
            "searchkit convert --engine opensearch --shards N --replicas N"
        )
    there = now.changed(url=given.url or now.url, ca_file=given.ca_file or now.ca_file)
    if there == now:
        return
    with store.lock(wait):
        write_cluster(folder, there)
        try:
            engines.load(manifest.engine).open(folder, Analyzer(manifest.settings.language)).close()
        except SearchkitError as error:
            write_cluster(folder, now)
            raise SearchkitError(
                f"this index is at {now.url}, and not at {there.url}: {error}. To have it rewritten there: "
                f"searchkit convert --engine opensearch --url {there.url}"
            ) from error
