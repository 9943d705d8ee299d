"""Reading many articles: page after page by their keys, however many there are, each page of a bounded size."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from searchkit.article import Article
from searchkit.engines.opensearch_.client import Client
from searchkit.engines.opensearch_.schema import KEY, STORED, restore
from searchkit.errors import SearchkitError

_FIRST, _MOST = 100, 5_000
"""Articles of the first page, and of the largest."""

_BYTES = 8_000_000
"""Characters of stored articles that a page should have at most."""

KEEP = "5m"
"""How long a cluster keeps a point in time that nobody asks for."""


class Moment:
    """A point in time of an index: what is read there does not change while it is."""

    def __init__(self, client: Client, target: str) -> None:
        self._client = client
        params = {"keep_alive": KEEP, "allow_partial_pit_creation": "false"}
        self._id = client.whole(client.ask("POST", f"/{target}/_search/point_in_time", params=params))["pit_id"]

    def search(self, body: dict[str, Any], dfs: bool = False) -> dict[str, Any]:
        """The answer to a search in it."""
        answer = self._client.search(None, body | {"pit": {"id": self._id, "keep_alive": KEEP}}, dfs)
        self._id = answer.get("pit_id", self._id)
        return answer

    def close(self) -> None:
        """Have the cluster forget it, which it does by itself in the end."""
        with contextlib.suppress(SearchkitError):
            self._client.ask("DELETE", "/_search/point_in_time", {"pit_id": [self._id]})


def read_all(
    search: Callable[[dict[str, Any]], dict[str, Any]], query: dict[str, Any], corrupt: Callable[[object], Exception]
) -> Iterator[Article]:
    """The articles that match a query, by their keys, which ``search`` is asked for."""
    size = _FIRST
    body: dict[str, Any] = {"query": query, "sort": [{KEY: "asc"}], "track_total_hits": False}
    while True:
        hits = search(body | {"size": size})["hits"]["hits"]
        for hit in hits:
            yield restore(hit["_source"], corrupt)
        if len(hits) < size:
            return
        body["search_after"] = hits[-1]["sort"]
        mean = sum(len(hit["_source"][STORED]) for hit in hits) / len(hits)
        size = max(min(int(_BYTES / mean), _MOST), 1)
