"""Where an engine keeps its index that does not keep it in its folder: the folder then holds ``cluster.json``, and nothing
else.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from searchkit.errors import IndexCorrupt, SearchkitError
from searchkit.records import Record

_FILE = "cluster.json"

URL_VARIABLE = "SEARCHKIT_OPENSEARCH_URL"


class Where(Record):
    """What was said of the cluster that an index is to be kept on; None: what it has, or else the usual. ``url`` is one
    address or several with commas between them. ``ca_file`` is a PEM file with certificates to trust, absolute.
    """

    url: str | None = None
    shards: int | None = None
    replicas: int | None = None
    ca_file: str | None = None

    def checked(self) -> Where:
        """The same, with an address. Raises SearchkitError where there is none, and for numbers and files that cannot be."""
        url = self.url or os.environ.get(URL_VARIABLE)
        if not url:
            raise SearchkitError(f"the opensearch engine needs to know where the cluster is: --url, or ${URL_VARIABLE}")
        if (self.shards is not None and self.shards < 1) or (self.replicas is not None and self.replicas < 0):
            raise SearchkitError("an index has at least 1 shard, and 0 or more replicas")
        if self.ca_file is not None and not os.path.isfile(self.ca_file):
            raise SearchkitError(f"there is no file {self.ca_file} with certificates")
        return self.changed(url=url)


class Cluster(Record):
    """An index on a cluster. ``url`` is one address or several with commas between them, without user and password.
    ``alias`` is the archive's name on the cluster, ``index`` that of one generation of it. ``ca_file`` is a PEM file with the
    certificates to trust, beside the system's.
    """

    url: str
    alias: str
    index: str
    shards: int = 1
    replicas: int = 1
    ca_file: str | None = None


def is_remote(folder: Path) -> bool:
    """Whether the engine whose folder this is keeps its index on a cluster."""
    return (folder / _FILE).exists()


def read_cluster(folder: Path) -> Cluster:
    """The cluster that an engine's folder names. Raises IndexCorrupt where it does not."""
    file = folder / _FILE
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        ca_file = data["ca_file"]
        return Cluster(
            str(data["url"]),
            str(data["alias"]),
            str(data["index"]),
            int(data["shards"]),
            int(data["replicas"]),
            None if ca_file is None else str(ca_file),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexCorrupt(
            f"{file} does not say which cluster the index is on ({error}); make it anew with: searchkit index --rebuild"
        ) from error


def write_cluster(folder: Path, cluster: Cluster) -> None:
    """Note down where an engine is to keep its index, in its folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _FILE).write_text(json.dumps(cluster.as_dict(), indent=1) + "\n", encoding="utf-8")


def cluster_for(index: Path, where: Where | None, live: Path, number: int) -> Cluster:
    """Where a generation of the index in a folder is to be kept: as was said, or else where the ``live`` one (the folder of
    its engine) is. Raises SearchkitError where neither says so.
    """
    before = read_cluster(live) if is_remote(live) else None
    if before is not None:
        given = where or Where()
        where = Where(
            given.url or before.url,
            before.shards if given.shards is None else given.shards,
            before.replicas if given.replicas is None else given.replicas,
            given.ca_file or before.ca_file,
        )
    where = (where or Where()).checked()
    assert where.url is not None
    alias = before.alias if before is not None else _new_alias(index)
    return Cluster(
        where.url, alias, f"{alias}-{number:06}", where.shards or 1, 1 if where.replicas is None else where.replicas,
        where.ca_file,
    )  # fmt: skip


def _new_alias(index: Path) -> str:
    """A name on the cluster that tells people which archive it is, and that no other archive has."""
    import secrets  # which imports more than a search from a cold start does

    folder = index.resolve()
    name = folder.parent.name if folder.name == "index" else folder.name
    words = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    return "-".join(filter(None, ("searchkit", words, secrets.token_hex(4))))
