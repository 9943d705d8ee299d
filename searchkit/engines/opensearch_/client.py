"""The connection to a cluster: requests that give an answer which is whole, or raise an error for the user."""

from __future__ import annotations

import logging
import os
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import orjson
from opensearchpy import Transport, Urllib3HttpConnection
from opensearchpy.exceptions import OpenSearchException, SerializationError, TransportError
from opensearchpy.serializer import JSONSerializer
from urllib3 import Timeout

from searchkit.engines.cluster import Cluster
from searchkit.engines.opensearch_.problems import API_KEY, PASSWORD, USER, explained, is_busy, reason_of
from searchkit.errors import ClusterError

CONNECT, ANSWER = 5.0, 30.0
"""Seconds that a connection and an answer may take."""

THREADS = 4
"""Requests that are under way at the same time, when an index is written."""

_OLDEST = (2, 4)
_WHOLE = {"allow_partial_search_results": "false"}
_DFS = {"search_type": "dfs_query_then_fetch"}
_WAITS = (0.1, 0.3, 1.0, 2.0)
"""Seconds between the attempts of a request that finds the cluster busy."""


T = TypeVar("T")

# The library warns of every request that fails, which would stand on the terminal beside the error that says it.
logging.getLogger("opensearch").addHandler(logging.NullHandler())


class Client:
    """Asks one cluster, at whichever of its addresses answers."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        headers, auth = _credentials()
        self._is_known = bool(headers or auth)
        self._transport = Transport(
            [_host(url) for url in _addresses(cluster.url)],
            connection_class=Urllib3HttpConnection,
            serializer=_Json(),
            max_retries=max(len(_addresses(cluster.url)) - 1, 1),
            retry_on_status=(),
            pool_maxsize=THREADS,
            # urllib3 takes its own kind of timeout, which has both of them.
            timeout=cast(float, Timeout(connect=CONNECT, read=ANSWER)),
            http_auth=auth,
            headers=headers,
            ssl_context=_trust(cluster),
        )

    def ask(
        self, method: str, path: str, body: object = None, params: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """What the cluster answers, which is asked again for some seconds if it is busy. ``body`` is sent as JSON, or as it is
        where it is bytes. Raises ClusterError, and IndexCorrupt where the index is gone.
        """
        return self._patiently(lambda: self.raw(method, path, body, params))

    def raw(self, method: str, path: str, body: object, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """What the cluster answers at once. The library's errors come through."""
        data = body if body is None or isinstance(body, bytes) else orjson.dumps(body)
        return cast("dict[str, Any]", self._transport.perform_request(method, path, dict(params or {}), data))

    def _patiently(self, attempt: Callable[[], T]) -> T:
        for wait in (*_WAITS, None):
            try:
                return attempt()
            except OpenSearchException as error:
                if wait is None or not is_busy(error):
                    raise self.explained(error) from error
                time.sleep(wait)
        raise AssertionError

    def explained(self, error: OpenSearchException) -> Exception:
        """The error that users see for one of the library's."""
        return explained(error, self.cluster.url, self.cluster.index, self._is_known)

    def search(self, target: str | None, body: Mapping[str, Any], dfs: bool = False) -> dict[str, Any]:
        """The answer to a search of all shards: in ``target``, or in the point in time that the body names (None)."""
        path = f"/{target}/_search" if target else "/_search"
        return self.whole(self.ask("POST", path, body, _WHOLE | _DFS if dfs else _WHOLE))

    def searches(self, target: str, bodies: Sequence[Mapping[str, Any]], dfs: bool = False) -> list[dict[str, Any]]:
        """The answers to several searches by one request; ``dfs`` is meant for the first one."""
        headers = [_WHOLE | _DFS if dfs else _WHOLE, *[_WHOLE] * (len(bodies) - 1)]
        lines = [orjson.dumps(line) for pair in zip(headers, bodies, strict=True) for line in pair]

        def attempt() -> list[dict[str, Any]]:
            answers = self.raw("POST", f"/{target}/_msearch", b"\n".join([*lines, b""]))["responses"]
            for answer in answers:
                if "error" in answer:
                    raise TransportError(answer["status"], answer["error"].get("type", "error"), answer)
            return cast("list[dict[str, Any]]", answers)

        return [self.whole(answer) for answer in self._patiently(attempt)]

    def whole(self, answer: dict[str, Any]) -> dict[str, Any]:
        """An answer that comes from all shards. Raises ClusterError for any other: a part of an index is not less of it."""
        shards = answer.get("_shards", {})
        if shards.get("failed"):
            why = reason_of((shards.get("failures") or [{"reason": "no reason was given"}])[0].get("reason", ""))
            raise ClusterError(
                f"{shards['failed']} of {shards['total']} shards of {self.cluster.index} at {self.cluster.url} did not "
                f"answer ({why}); see that all nodes of the cluster run, and try again"
            )
        if answer.get("timed_out"):
            raise ClusterError(
                f"the cluster at {self.cluster.url} gave a search up that took too long; try again later"
            )
        return answer

    def check_version(self) -> None:
        """Raises ClusterError where it is no OpenSearch, or one that is too old."""
        version = self.ask("GET", "/").get("version", {})
        number = str(version.get("number", "?"))
        if version.get("distribution") != "opensearch":
            raise ClusterError(
                f"what answers at {self.cluster.url} is no OpenSearch (it says: version {number}); searchkit needs "
                f"OpenSearch {_OLDEST[0]}.{_OLDEST[1]} or newer"
            )
        parts = [int(part) for part in number.split(".")[:2] if part.isdigit()]
        if tuple(parts) < _OLDEST:
            raise ClusterError(
                f"the cluster at {self.cluster.url} runs OpenSearch {number}; searchkit needs {_OLDEST[0]}.{_OLDEST[1]} or "
                "newer"
            )

    def close(self) -> None:
        """Let go of the connections."""
        self._transport.close()


class _Json(JSONSerializer):
    """The library's JSON, read faster. What is sent is bytes already."""

    def loads(self, s: Any) -> Any:
        try:
            return orjson.loads(s)
        except ValueError as error:
            raise SerializationError(f"it answers {s[:80]!r}") from error


def _addresses(url: str) -> list[str]:
    return [one.strip() for one in url.split(",")]


def _host(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ClusterError(f"{url} is no address of a cluster: {error}") from None
    if parts.username is not None or parts.password is not None:
        raise ClusterError(
            f"the address of the cluster at {parts.hostname} has a user or password in it, which is no place for secrets: "
            f"leave them out, and set {USER} and {PASSWORD}"
        )
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ClusterError(f"{url} is no address of a cluster; write it like https://search.example.org:9200")
    secure = parts.scheme == "https"
    host: dict[str, Any] = {"host": parts.hostname, "port": port or (443 if secure else 9200), "use_ssl": secure}
    if parts.path.strip("/"):
        host["url_prefix"] = parts.path.strip("/")
    return host


def _secret(name: str) -> str | None:
    """A secret from the environment, or from the file that the environment names."""
    if value := os.environ.get(name):
        return value
    file = os.environ.get(f"{name}_FILE")
    if not file:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise ClusterError(f"{name}_FILE names a file that cannot be read: {error}") from None


def _credentials() -> tuple[dict[str, str] | None, tuple[str, str] | None]:
    key = _secret(API_KEY)
    if key:
        return {"Authorization": f"ApiKey {key}"}, None
    user = os.environ.get(USER)
    if not user:
        return None, None
    password = _secret(PASSWORD)
    if password is None:
        raise ClusterError(f"{USER} is set, but neither {PASSWORD} nor {PASSWORD}_FILE: set one of them")
    return None, (user, password)


def _trust(cluster: Cluster) -> ssl.SSLContext | None:
    if "https:" not in cluster.url:
        return None
    context = ssl.create_default_context()
    if cluster.ca_file is not None:
        try:
            context.load_verify_locations(cluster.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ClusterError(f"the certificates in {cluster.ca_file} cannot be read: {error}") from None
    return context
