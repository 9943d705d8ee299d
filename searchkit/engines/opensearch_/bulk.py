"""Sending many documents: in parts, several at a time, with patience, and with a look at what became of each of them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from opensearchpy.exceptions import OpenSearchException

from searchkit.engines.base import Refused
from searchkit.engines.opensearch_.client import THREADS, Client
from searchkit.engines.opensearch_.problems import blocked, is_block, is_passing, never_fits, reason_of, why_too_large
from searchkit.errors import ClusterError

BYTES = 4_000_000
"""Bytes of a request, unless one article has more."""

_WAITS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0, 30.0)
"""Seconds between the attempts for what a cluster cannot take now: two minutes in all."""

Item = tuple[str, bytes]
"""An article's id, and the lines that index or remove it."""


def send(client: Client, items: Sequence[Item]) -> list[Refused]:
    """Have a cluster take everything in but what it refuses. No id may be there twice: parts overtake each other.

    Raises ClusterError where the cluster is away or stays too busy. What it has taken by then stays.
    """
    parts = list(_parts(items))
    if len(parts) == 1:
        return _send(client, parts[0])
    with ThreadPoolExecutor(THREADS, "searchkit-bulk") as pool:
        futures = [pool.submit(_send, client, part) for part in parts]
        try:
            return [problem for future in futures for problem in future.result()]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _parts(items: Sequence[Item]) -> Iterator[list[Item]]:
    part: list[Item] = []
    size = 0
    for item in items:
        if part and size + len(item[1]) > BYTES:
            yield part
            part, size = [], 0
        part.append(item)
        size += len(item[1])
    if part:
        yield part


def _send(client: Client, part: list[Item]) -> list[Refused]:
    """Send one part until all of it is settled. What the cluster refuses, and why."""
    refused: list[Refused] = []
    waiting, reason = part, ""
    for wait in (*_WAITS, None):
        try:
            answer = client.raw(
                "POST",
                f"/{client.cluster.index}/_bulk",
                b"".join([lines for _, lines in waiting]),
                {"filter_path": "errors,items.*.status,items.*.error"},
            )
        except OpenSearchException as error:
            if (too_large := why_too_large(error)) is not None:
                return refused + _halves(client, waiting, too_large)
            if wait is None or not is_passing(error):
                raise client.explained(error) from error
        else:
            if not answer.get("errors"):
                return refused
            waiting, reason, wrong = _sorted(client, waiting, answer)
            refused += wrong
            if not waiting:
                return refused
            if never_fits(reason):
                return refused + _halves(client, waiting, reason)
        if wait is not None:
            time.sleep(wait)
    raise ClusterError(
        f"the cluster at {client.cluster.url} stays too busy to take {len(waiting)} articles in ({reason}); run the same "
        "command again later"
    )


def _halves(client: Client, part: list[Item], reason: str) -> list[Refused]:
    """The cluster says that the request is too large: each half of it may not be."""
    if len(part) == 1:
        return [Refused(part[0][0], f"it is larger than the cluster takes; give its nodes more memory ({reason})")]
    middle = len(part) // 2
    return _send(client, part[:middle]) + _send(client, part[middle:])


def _sorted(client: Client, part: list[Item], answer: dict[str, Any]) -> tuple[list[Item], str, list[Refused]]:
    """What to send again and why, and what is refused."""
    again: list[Item] = []
    refused: list[Refused] = []
    busy = ""
    for item, outcome in zip(part, answer["items"], strict=True):
        (result,) = outcome.values()
        problem = result.get("error")
        if problem is None:
            continue
        if is_block(problem):
            raise blocked(client.cluster.url, problem)
        if result["status"] in (429, 503):
            again.append(item)
            busy = reason_of(problem)
        else:
            refused.append(Refused(item[0], reason_of(problem)))
    return again, busy, refused
