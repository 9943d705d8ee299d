"""A cluster that loses nodes, is stopped, fills its disks, or is slow: nothing acknowledged is lost, and no outage looks like
an empty archive.

Three real nodes. What takes longer is run with ``SEARCHKIT_KILL_ROUNDS`` (``make soak``).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, ClusterError
from tests.conftest import ROOT, cannot_run
from tests.indexing.support import ids, reuters, write

sys.path.append(str(ROOT / "scripts"))

from opensearch_cluster import Cluster, missing, running

BOUND = 120  # seconds for anything here: a hang, not a slow machine
RECOVERY = 30  # seconds in which a cluster that lost a node answers again
STORIES = 60
SETTINGS = {
    # A node that is gone is given up at once, and one that is paused within seconds.
    "cluster.fault_detection.follower_check.timeout": "1s",
    "cluster.fault_detection.leader_check.timeout": "1s",
    "cluster.info.update.interval": "10s",
    "cluster.routing.allocation.disk.reroute_interval": "1s",
}
_KILLS = int(os.environ.get("SEARCHKIT_KILL_ROUNDS", "3"))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if why := missing():
        cannot_run(why)
    with Cluster(tmp_path_factory.mktemp("cluster"), nodes=3, settings=SETTINGS) as cluster:
        yield cluster


@pytest.fixture(autouse=True)
def whole(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test begins with three nodes and their addresses in the environment, and leaves no index behind."""
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_URL", ",".join(cluster.urls))
    yield
    for node in {0, 1, 2} - running(cluster.folder).keys():
        cluster.start(node)
    cluster.wait(3)
    cluster.request("DELETE", "/searchkit-*")


@pytest.fixture
def make_archive(tmp_path: Path) -> Callable[[int], Archive]:
    """Makes an archive of some files of stories, on three shards with a copy of each."""

    def make(files: int) -> Archive:
        for number in range(files):
            write_file(tmp_path, number)
        archive = searchkit.create(tmp_path / "index", engine="opensearch", shards=3, replicas=1)
        archive.index([tmp_path / "wire"], jobs=1)
        return archive

    return make


def write_file(folder: Path, number: int) -> None:
    first = number * STORIES
    write(folder / "wire" / f"{number:03}.sgm", reuters(range(first, first + STORIES)))


def wait_for(cluster: Cluster, status: str) -> None:
    answering = min(running(cluster.folder))
    found = cluster.request(
        "GET",
        f"/_cluster/health?wait_for_status={status}&wait_for_no_initializing_shards=true&timeout=60s",
        node=answering,
    )
    assert not found["timed_out"], found


def start_index(folder: Path, *more: str) -> subprocess.Popen[str]:
    """Index what is new, in a process of its own that says when it has committed something."""
    program = (
        "import sys, searchkit\n"
        "from searchkit.indexing import batch\n"
        "from searchkit.engines.opensearch_.engine import OpenSearchEngine as engine\n"
        "batch.MAX_ARTICLES = 60\n"
        "engine.capabilities = engine.capabilities.changed(batch=60, commit_every=60)\n"
        "commit = batch.Batcher._commit_taken\n"
        "def committing(self):\n"
        "    commit(self)\n"
        "    print('committed', flush=True)\n"
        "batch.Batcher._commit_taken = committing\n"
        "from searchkit.cli import run as command\n"
        "sys.exit(command(sys.argv[1:]))\n"
    )
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            program,
            "index",
            str(folder / "wire"),
            "--index",
            str(folder / "index"),
            "--jobs",
            "1",
            *more,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_commits(process: subprocess.Popen[str], number: int) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        number -= line == "committed\n"
        if not number:
            return
    raise AssertionError(f"the run ended before that: {process.communicate()[1]}")


def expected(files: int) -> list[str]:
    return sorted(f"{number // STORIES:03}.sgm#{number}" for number in range(files * STORIES))


def test_a_node_that_is_killed_while_indexing_costs_no_article(
    cluster: Cluster, make_archive: Callable[[int], Archive], tmp_path: Path
) -> None:
    with make_archive(2) as archive:
        wait_for(cluster, "green")
        for number in range(2, 40):
            write_file(tmp_path, number)
        process = start_index(tmp_path)
        wait_for_commits(process, 2)
        cluster.kill(1)
        _, errors = process.communicate(timeout=BOUND)
        assert process.returncode in (0, 2)
        assert "Traceback" not in errors
        if process.returncode:
            assert errors.startswith("searchkit: ")
        archive.reload()
        verified = archive.verify()
        assert verified.whole, verified.problems  # whatever was noted as committed is there
        summary = archive.index([tmp_path / "wire"], jobs=1)
        assert summary.total == 40 * STORIES
        assert ids(archive) == expected(40)


def test_searches_go_on_or_say_why_not_while_a_node_is_killed(
    cluster: Cluster, make_archive: Callable[[int], Archive]
) -> None:
    with make_archive(3) as archive:
        wait_for(cluster, "green")
        outcomes: list[tuple[float, int | str]] = []
        stop = threading.Event()

        def ask() -> None:
            with searchkit.open(archive.path) as own:
                while not stop.is_set():
                    try:
                        outcomes.append((time.monotonic(), own.search("cocoa", limit=3).total))
                    except ClusterError as error:
                        outcomes.append((time.monotonic(), str(error)))

        asking = [threading.Thread(target=ask) for _ in range(2)]
        for thread in asking:
            thread.start()
        while len(outcomes) < 10:
            time.sleep(0.01)
        killed = time.monotonic()
        cluster.kill(0)
        while not (good := [at for at, found in outcomes if at > killed + 1 and found == 3 * STORIES]):
            assert time.monotonic() < killed + RECOVERY
            time.sleep(0.05)
        stop.set()
        for thread in asking:
            thread.join(BOUND)
        assert good[0] < killed + RECOVERY
        assert {found for _, found in outcomes if isinstance(found, int)} == {3 * STORIES}


def test_an_outage_is_never_an_empty_answer_and_nothing_is_lost_in_it(
    cluster: Cluster, make_archive: Callable[[int], Archive]
) -> None:
    with make_archive(2) as archive:
        for node in range(3):
            cluster.kill(node)
        for ask in (
            lambda: archive.search("cocoa"),
            lambda: archive.facets("cocoa"),
            lambda: archive.stats(),
            lambda: searchkit.open(archive.path),
            lambda: archive.verify(),
            lambda: archive.search("nothing-of-the-kind"),
        ):
            with pytest.raises(ClusterError, match=r"cannot be reached"):
                ask()
        for node in range(3):
            cluster.start(node)
        cluster.wait(3)
        wait_for(cluster, "green")
        assert ids(archive) == expected(2)
        assert archive.verify().whole


def test_a_full_disk_is_said_and_the_run_after_it_completes(
    cluster: Cluster, make_archive: Callable[[int], Archive], tmp_path: Path
) -> None:
    names = [f"cluster.routing.allocation.disk.watermark.{name}" for name in ("low", "high", "flood_stage")]
    with make_archive(1) as archive:
        wait_for(cluster, "green")
        # More free space than any disk has: all of them are over the mark.
        cluster.request("PUT", "/_cluster/settings", {"transient": dict.fromkeys(names, "900tb")})
        (index,) = cluster.request("GET", "/searchkit-*")
        wait_until(lambda: "read_only_allow_delete" in str(cluster.request("GET", f"/{index}/_settings")))
        write_file(tmp_path, 1)
        process = start_index(tmp_path)
        _, errors = process.communicate(timeout=BOUND)
        assert process.returncode == 2
        assert "Traceback" not in errors
        assert "read-only" in errors
        archive.reload()
        assert ids(archive) == expected(1)
        cluster.request("PUT", "/_cluster/settings", {"transient": dict.fromkeys(names, None)})
        wait_until(lambda: "read_only_allow_delete" not in str(cluster.request("GET", f"/{index}/_settings")))
        wait_until(lambda: "create_index" not in str(cluster.request("GET", "/_cluster/settings")))
        archive.index([tmp_path / "wire"], jobs=1)
        assert ids(archive) == expected(2)


def wait_until(so: Callable[[], bool]) -> None:
    until = time.monotonic() + BOUND
    while not so():
        assert time.monotonic() < until
        time.sleep(0.2)


@pytest.mark.parametrize("seed", range(_KILLS))
def test_an_index_run_that_is_killed_and_run_again_gives_what_one_run_gives(
    seed: int, cluster: Cluster, make_archive: Callable[[int], Archive], tmp_path: Path
) -> None:
    chosen = random.Random(seed)
    more = ("--rebuild",) if chosen.random() < 0.3 else ()
    with make_archive(1) as archive:
        for number in range(1, 12):
            write_file(tmp_path, number)
        process = start_index(tmp_path, *more)
        wait_for_commits(process, chosen.randrange(1, 8))
        time.sleep(chosen.random() / 20)  # somewhere within the next commit
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=BOUND)
        archive.reload()
        assert set(ids(archive)) >= set(expected(1))
        archive.index([tmp_path / "wire"], jobs=1)
        assert ids(archive) == expected(12)
        assert archive.verify().whole
        found = {
            query: archive.search(query, limit=1).total for query in ("cocoa", '"report 17"', "oil trade", "strik*")
        }
    with searchkit.create(tmp_path / "whole", engine="whoosh") as whole:
        whole.index([tmp_path / "wire"], jobs=1)
        assert found == {query: whole.search(query, limit=1).total for query in found}
    (left,) = cluster.request("GET", "/searchkit-*")  # what a killed rebuild left is gone
    assert left.startswith("searchkit-")


_SLOW = """
import subprocess, sys
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/scripts"]
from pathlib import Path
subprocess.run("ip link set lo up mtu 1500".split(), check=True)
import searchkit
from opensearch_cluster import Cluster
folder = Path(sys.argv[2])
with Cluster(folder / "nodes", nodes=3) as cluster:
    subprocess.run("tc qdisc add dev lo root tbf rate 8mbit burst 16kb latency 200ms".split(), check=True)
    url = ",".join(cluster.urls)
    with searchkit.create(folder / "index", engine="opensearch", url=url, shards=3, replicas=1) as archive:
        archive.index([folder / "wire"], jobs=1)
        print(len(archive), archive.search("cocoa", limit=1).total, archive.verify().whole)
    subprocess.run("tc qdisc del dev lo root".split(), check=True)
"""


def test_a_slow_network_takes_longer_and_loses_nothing(cluster: Cluster, tmp_path: Path) -> None:
    """All that goes between the nodes and to us goes at 8 Mbit/s, in a network of its own."""
    limit = "tc qdisc add dev lo root tbf rate 1mbit burst 32kbit latency 1s"
    try:
        tried = subprocess.run(["unshare", "-n", "sh", "-c", limit], capture_output=True, check=False)
        allowed = tried.returncode == 0
    except OSError:
        allowed = False
    if not allowed:
        pytest.skip("this machine does not let the tests make a slow network (unshare -n, tc)")
    for number in range(10):
        write_file(tmp_path, number)
    ran = subprocess.run(
        ["unshare", "-n", sys.executable, "-c", _SLOW, str(ROOT), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=BOUND,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == f"{10 * STORIES} {10 * STORIES} True\n"
