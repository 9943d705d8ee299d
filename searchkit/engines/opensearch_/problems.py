"""What goes wrong on a cluster, in words: what it is, where, and what to do about it."""

from __future__ import annotations

import re
from typing import Any

from opensearchpy.exceptions import ConnectionError, ConnectionTimeout, OpenSearchException, SSLError, TransportError

from searchkit.errors import ClusterError, IndexCorrupt, SearchkitError

USER = "SEARCHKIT_OPENSEARCH_USER"
PASSWORD = "SEARCHKIT_OPENSEARCH_PASSWORD"
API_KEY = "SEARCHKIT_OPENSEARCH_API_KEY"

_WHO = f"set {USER} and {PASSWORD}, or {API_KEY}"
_BUSY = (429, 502, 503, 504)
_PRESSURE = re.compile(r"_operation_bytes=(\d+), max_\w+_bytes=(\d+)")
_BLOCKS = ("cluster_block_exception", "index_create_block_exception")


def status_of(error: OpenSearchException) -> int | None:
    """The HTTP status that a request ended with; None where there was no answer."""
    status = error.status_code if isinstance(error, TransportError) else None
    return status if isinstance(status, int) else None


def is_passing(error: OpenSearchException) -> bool:
    """Whether the same request may succeed a little later."""
    if isinstance(error, SSLError):
        return False
    return isinstance(error, ConnectionError) or is_busy(error)


def is_busy(error: OpenSearchException) -> bool:
    """Whether the cluster answered that it cannot just now. A block on writing is none of these: somebody has to lift it."""
    return status_of(error) in _BUSY and not is_block(_info(error))


def why_too_large(error: OpenSearchException) -> str | None:
    """What the cluster says of a request that it would never take, since it is too large; None of any other error."""
    reason = _reason(error)
    return reason if status_of(error) == 413 or never_fits(reason) else None


def never_fits(reason: str) -> bool:
    """Whether a cluster that is too busy for something would have no room for it at any time: by itself, it is more than all
    that may be under way at once (a tenth of a node's heap, ``indexing_pressure.memory.limit``).
    """
    sizes = _PRESSURE.search(reason)
    return sizes is not None and int(sizes[1]) > int(sizes[2])


def is_block(problem: Any) -> bool:
    """Whether the cluster has blocked an index, as it does with all of a full disk."""
    return isinstance(problem, dict) and problem.get("type") in _BLOCKS


def reason_of(problem: Any) -> str:
    """Why, in the cluster's own words: the innermost cause that it gives."""
    if not isinstance(problem, dict):
        return str(problem)
    for key in ("caused_by", "root_cause", "failed_shards"):
        inner = problem.get(key)
        inner = inner[0] if isinstance(inner, list) and inner else inner
        if isinstance(inner, dict) and inner:
            return reason_of(inner.get("reason", inner) if key == "failed_shards" else inner)
    return str(problem.get("reason") or problem.get("type") or problem)


def blocked(url: str, problem: Any) -> ClusterError:
    """The error for an index that may only be read."""
    return ClusterError(
        f"the cluster at {url} lets nobody write: {reason_of(problem)}. Most often its disks are too full: make room there, "
        "or lift the block if somebody set it, then run the same command again"
    )


def explained(error: OpenSearchException, url: str, index: str, is_known: bool) -> SearchkitError:
    """The error that users see for one of the library's. ``is_known``: a user and password, or a key, were sent."""
    if isinstance(error, SSLError):
        return _untrusted(str(error.info), url)
    if isinstance(error, ConnectionTimeout):
        return ClusterError(f"the cluster at {url} did not answer in time; see that it is well, and try again")
    if isinstance(error, ConnectionError):
        hint = "see that it runs, and that the address is right"
        if url.startswith("http:") and "closed connection" in str(error.info):
            hint += "; if it wants TLS, write https://"
        return ClusterError(f"the cluster at {url} cannot be reached ({_short(str(error.info))}); {hint}")
    info, status, reason = _info(error), status_of(error), _reason(error)
    kind = info.get("type") if isinstance(info, dict) else None
    if status == 401:
        what = "does not know this user or password" if is_known else "wants to know who asks"
        return ClusterError(f"the cluster at {url} {what} ({reason}); {_WHO}")
    if is_block(info):
        return blocked(url, info)
    if status == 403:
        return ClusterError(f"the cluster at {url} does not allow this: {reason}; give the user the right to it there")
    if status == 404 and kind == "index_not_found_exception":
        return IndexCorrupt(
            f"the index {index} is not on the cluster at {url} any more; make it anew with: searchkit index --rebuild"
        )
    if "clause" in reason.lower() and status in (400, 500):
        return ClusterError(
            f"the query stands for more words than the cluster at {url} takes ({reason}); write more letters before a *, "
            "or raise indices.query.bool.max_clause_count there"
        )
    if status in _BUSY:
        return ClusterError(f"the cluster at {url} cannot answer now (HTTP {status}: {reason}); try again later")
    if status is None:
        return ClusterError(f"what answers at {url} is no OpenSearch: {_short(reason)}; see that the address is right")
    return ClusterError(f"the cluster at {url} refuses a request (HTTP {status}: {reason})")


def _info(error: OpenSearchException) -> Any:
    """What the cluster says of an error, if it says anything."""
    info = error.info if isinstance(error, TransportError) and len(error.args) > 2 else None
    return info.get("error", info) if isinstance(info, dict) else info


def _reason(error: OpenSearchException) -> str:
    """Why, in the cluster's words, or else in the library's."""
    info = _info(error)
    return reason_of(info) if info else str(error)


def _untrusted(reason: str, url: str) -> ClusterError:
    if "mismatch" in reason or "doesn't match" in reason:
        return ClusterError(
            f"the certificate of {url} is for another name ({_short(reason)}); use an address that the certificate has"
        )
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return ClusterError(
            f"the certificate of {url} is not trusted ({_short(reason)}); name the file with its authority's certificate: "
            "--ca-file FILE"
        )
    return ClusterError(f"no TLS connection to {url}: {_short(reason)}; see that it speaks TLS, or write http://")


def _short(reason: str) -> str:
    """The part of a library's message that tells something."""
    for mark in ("Failed to establish a new connection: ", "certificate verify failed: "):
        _, found, rest = reason.rpartition(mark)
        if found:
            return rest.split(" (_ssl.c")[0].rstrip("')\"")
    return reason.strip()
