"""The cluster that the tests of OpenSearch run against: its nodes are processes, which can be killed and come back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, cannot_run

sys.path.append(str(ROOT / "scripts"))

from opensearch_cluster import Cluster, ClusterError, down, missing, running


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three nodes, and an index with a copy of every document on two of them."""
    if why := missing():
        cannot_run(why)
    with Cluster(tmp_path_factory.mktemp("opensearch")) as cluster:
        shards = {"number_of_shards": 3, "number_of_replicas": 1, "unassigned.node_left.delayed_timeout": "0"}
        cluster.request("PUT", "/news", {"settings": shards})
        actions = [line for n in range(30) for line in ({"index": {"_id": str(n)}}, {"day": n})]
        bulk = "".join(json.dumps(action) + "\n" for action in actions)
        assert not cluster.request("POST", "/news/_bulk?refresh=true", bulk)["errors"]
        cluster.request("GET", "/_cluster/health?wait_for_status=green&timeout=60s")
        yield cluster


def count(cluster: Cluster, node: int) -> int:
    """How many documents a node says there are."""
    return int(cluster.request("GET", "/news/_count", node=node)["count"])


def test_three_nodes_are_three_processes_and_one_cluster(cluster: Cluster) -> None:
    assert len({cluster.pid(node) for node in range(3)}) == 3
    assert running(cluster.folder).keys() == {0, 1, 2}
    assert len({cluster.request("GET", "/", node=node)["cluster_uuid"] for node in range(3)}) == 1
    names = {node["name"] for node in cluster.request("GET", "/_cat/nodes?format=json")}
    assert names == {"node-0", "node-1", "node-2"}


def test_when_the_cluster_manager_is_killed_the_others_go_on_and_it_comes_back_with_its_data(cluster: Cluster) -> None:
    manager = cluster.request("GET", "/_cat/cluster_manager?format=json")[0]["node"]
    killed = int(manager.removeprefix("node-"))
    cluster.kill(killed)
    others = {0, 1, 2} - {killed}
    assert running(cluster.folder).keys() == others
    cluster.wait()
    assert [count(cluster, node) for node in others] == [30, 30]
    cluster.request("PUT", "/news/_doc/30?refresh=true", {"day": 30}, node=min(others))
    with pytest.raises(OSError):
        count(cluster, killed)

    cluster.start(killed)
    cluster.wait()
    assert count(cluster, killed) == 31


def test_a_paused_node_does_not_answer_and_then_does(cluster: Cluster) -> None:
    cluster.pause(2)
    with pytest.raises(TimeoutError):
        cluster.request("GET", "/", node=2, seconds=0.5)
    cluster.resume(2)
    assert cluster.request("GET", "/", node=2)["name"] == "node-2"


def test_a_node_that_cannot_start_says_why_and_leaves_no_process(tmp_path: Path) -> None:
    if why := missing():
        cannot_run(why)
    with pytest.raises(ClusterError, match=r"node 0 ended with 1(?s:.*)unknown setting \[no\.such\]"):
        Cluster(tmp_path, nodes=1, settings={"no.such": "thing"}).up()
    assert not running(tmp_path)


def test_down_removes_what_a_cluster_left_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "node-0" / "data").mkdir(parents=True)
    (tmp_path / "mine").write_text("")
    down(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
