"""A real cluster that is set up with what is in ``deploy/``: certificates, settings, user and role."""

from __future__ import annotations

import json
import os
import re
import shutil
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT, cannot_run
from tests.deploy.support import DEPLOY, NODES, run

from opensearch_cluster import Cluster, missing  # isort: skip; support.py makes it importable
from opensearch_setup import home, java  # isort: skip

PASSWORD = "not a password of anybody"
INDEX = "/searchkit-news-1a2b3c4d-000001"
ALIAS = "searchkit-news-1a2b3c4d"

# What is not the same in containers: addresses, and what the machine of a test does not allow.
_HERE = {"cluster.name", "network.host", "bootstrap.memory_lock", "discovery.seed_hosts", "path.repo",
         "cluster.initial_cluster_manager_nodes"}  # fmt: skip


class Deployed(Cluster):
    """Nodes as ``deploy/`` has them."""

    def __init__(self, folder: Path, certificates: Path) -> None:
        settings = yaml.safe_load((DEPLOY / "opensearch.yml").read_text())
        super().__init__(
            folder, secure=True, settings={name: value for name, value in settings.items() if name not in _HERE}
        )
        self.auth = ("searchkit", PASSWORD)
        self.certificates = certificates

    def start(self, node: int) -> None:
        config = self.folder / f"node-{node}" / "config"
        if not (config / "certificates").exists():
            (config / "certificates").mkdir()
            shutil.copy(self.certificates / "ca.pem", config / "certificates")
            for kind in ("pem", "key"):
                shutil.copyfile(self.certificates / f"{NODES[node]}.{kind}", config / "certificates" / f"node.{kind}")
            for file in (DEPLOY / "security").iterdir():
                shutil.copy(file, config / "opensearch-security")
            shutil.copy(self.certificates / "ca.pem", self.folder / "ca.pem")
        super().start(node)

    def ask(self, method: str, path: str, body: object = None, certificate: str | None = None) -> tuple[int, Any]:
        """The status and what was said, as whom a certificate is of, or as nobody."""
        trusted = ssl.create_default_context(cafile=self.certificates / "ca.pem")
        if certificate:
            trusted.load_cert_chain(self.certificates / f"{certificate}.pem", self.certificates / f"{certificate}.key")
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusted)
        )
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.urls[0] + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with opener.open(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def tool(name: str, *arguments: str, **env: str) -> str:
    """Run a tool of the security plugin, as the example and the compose file do."""
    script = home(True) / "plugins" / "opensearch-security" / "tools" / name
    return run(
        ["bash", str(script), *arguments], env={"OPENSEARCH_JAVA_HOME": str(java().command.parent.parent), **env}
    ).stdout


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, certificates: Path) -> Iterator[Deployed]:
    """Three nodes, with an index in which there is one article."""
    if why := missing(secure=True):
        cannot_run(why)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SEARCHKIT_PASSWORD_HASH", hashed(PASSWORD))
        with Deployed(tmp_path_factory.mktemp("deployed"), certificates) as cluster:
            cluster.request("PUT", INDEX, {"settings": {"number_of_shards": 3, "number_of_replicas": 1}})
            cluster.request("PUT", f"{INDEX}/_doc/1?refresh=true", {"title": "Volcano"})
            cluster.request("POST", "/_aliases", {"actions": [{"add": {"index": INDEX[1:], "alias": ALIAS}}]})
            cluster.request("GET", f"/_cluster/health/{INDEX[1:]}?wait_for_status=green&timeout=60s")
            yield cluster


def hashed(password: str) -> str:
    (line,) = re.findall(r"^\$2\S+$", tool("hash.sh", "-env", "PASSWORD", PASSWORD=password), re.MULTILINE)
    return line


def allowed(cluster: Deployed, method: str, path: str, body: object = None) -> Any:
    """What searchkit's user is answered; None: that it may not."""
    try:
        return cluster.request(method, path, body)
    except urllib.error.HTTPError as error:
        if error.code != 403:
            raise AssertionError(f"{method} {path}: {error.read().decode()}") from error
        return None


def test_the_nodes_know_each_other_by_their_certificates(cluster: Deployed) -> None:
    health = cluster.request("GET", f"/_cluster/health/{INDEX[1:]}")
    assert (health["number_of_nodes"], health["status"]) == (3, "green")


def test_the_health_check_needs_no_password_and_says_when_users_are_known(cluster: Deployed) -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    *_, url = compose["services"][NODES[0]]["healthcheck"]["test"]
    status, said = cluster.ask("GET", url.partition(":9200")[2])
    assert (status, said["status"]) == (200, "UP")


def test_nobody_else_gets_in(cluster: Deployed) -> None:
    known = cluster.auth
    try:
        for cluster.auth in (("searchkit", "wrong"), ("admin", "admin"), ("kibanaserver", "kibanaserver"), None):
            with pytest.raises(urllib.error.HTTPError, match="401"):
                cluster.request("GET", "/")
    finally:
        cluster.auth = known


def test_the_certificate_of_a_node_is_not_trusted_by_others_and_gives_no_rights(cluster: Deployed) -> None:
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(cluster.urls[0], context=ssl.create_default_context(), timeout=10)
    assert cluster.ask("GET", "/_cat/indices", certificate=NODES[1])[0] == 401


def test_searchkit_may_do_all_that_it_has_to(cluster: Deployed) -> None:
    index, new = INDEX, f"/{ALIAS}-000002"
    bulk = '{"index": {"_id": "2"}}\n{"title": "Ash"}\n{"delete": {"_id": "2"}}\n'
    for method, path, body in (
        ("GET", "/", None),
        ("GET", "/_cluster/health", None),
        ("PUT", new, {"settings": {"number_of_replicas": 0, "refresh_interval": "-1"}}),
        ("PUT", f"{new}/_mapping", {"properties": {"title": {"type": "keyword"}}}),
        ("GET", new, None),
        ("POST", f"{new}/_bulk", bulk),
        ("POST", "/_bulk", bulk.replace('"_id"', f'"_index": "{new[1:]}", "_id"')),
        ("PUT", f"{new}/_settings", {"index": {"refresh_interval": "1s", "number_of_replicas": 1}}),
        ("GET", f"{new}/_settings", None),
        ("POST", f"{new}/_refresh", None),
        ("GET", f"{new}/_stats", None),
        ("POST", "/_aliases", {"actions": [{"remove": {"index": index[1:], "alias": ALIAS}},
                                           {"add": {"index": new[1:], "alias": ALIAS}}]}),
        ("GET", f"/{ALIAS}/_count", None),
        ("GET", f"/searchkit-*/_alias/{ALIAS}", None),
        ("POST", "/_aliases", {"actions": [{"remove": {"index": new[1:], "alias": ALIAS}},
                                           {"add": {"index": index[1:], "alias": ALIAS}}]}),
        ("DELETE", new, None),
        ("POST", f"{index}/_search", {"query": {"match_all": {}}, "aggs": {"n": {"value_count": {"field": "_id"}}}}),
        ("POST", f"{index}/_msearch", '{}\n{"query": {"match_all": {}}}\n'),
        ("GET", f"{index}/_doc/1", None),
    ):  # fmt: skip
        answer = allowed(cluster, method, path, body)
        assert answer is not None, f"{method} {path}"
        assert not answer.get("errors"), answer
    point = allowed(cluster, "POST", f"{index}/_search/point_in_time?keep_alive=1m")["pit_id"]
    assert allowed(cluster, "POST", "/_search", {"pit": {"id": point}})["hits"]["total"]["value"] == 1
    assert allowed(cluster, "DELETE", "/_search/point_in_time", {"pit_id": [point]})


def test_searchkit_may_do_nothing_else(cluster: Deployed) -> None:
    for method, path, body in (
        ("PUT", "/other", {}),
        ("GET", "/_search", None),
        ("GET", "/.opendistro_security/_search", None),
        ("GET", "/_nodes", None),
        ("GET", "/_cluster/settings", None),
        ("PUT", "/_cluster/settings", {"persistent": {"action.destructive_requires_name": False}}),
        ("PUT", "/_snapshot/mine", {"type": "fs", "settings": {"location": "mine"}}),
        ("GET", "/_plugins/_security/api/internalusers", None),
    ):
        assert allowed(cluster, method, path, body) is None, f"{method} {path}"


def test_the_page_and_the_role_name_the_same_permissions() -> None:
    roles = yaml.safe_load((DEPLOY / "security" / "roles.yml").read_text())
    role = roles["searchkit"]
    (patterns,) = role["index_permissions"]
    assert patterns["index_patterns"] == ["searchkit-*"]
    page = (ROOT / "docs" / "opensearch.md").read_text(encoding="utf-8")
    listed = re.findall(r"`((?:cluster|indices):[^`…]*)`", page.partition("## Security")[2].partition("## Trouble")[0])
    assert set(listed) == {*role["cluster_permissions"], *patterns["allowed_actions"]}
    assert len(listed) == len(set(listed))
    (reader,) = roles["searchkit_reader"]["index_permissions"]
    assert set(reader["allowed_actions"]) < set(patterns["allowed_actions"])
    assert not [action for action in reader["allowed_actions"] if re.search("write|create|delete|put|update", action)]


def test_a_snapshot_brings_back_the_index_and_its_alias(cluster: Deployed) -> None:
    def administrator(method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        status, said = cluster.ask(method, path, body, certificate="admin")
        assert status == 200, said
        return said

    where = str(cluster.folder / "snapshots")
    administrator("PUT", "/_snapshot/backup", {"type": "fs", "settings": {"location": where}})
    wanted = {"indices": "searchkit-*", "include_global_state": False}
    made = administrator("PUT", "/_snapshot/backup/2026-03-01?wait_for_completion=true", wanted)
    assert (made["snapshot"]["state"], made["snapshot"]["indices"]) == ("SUCCESS", [INDEX[1:]])
    administrator("DELETE", INDEX)
    back = administrator("POST", "/_snapshot/backup/2026-03-01/_restore?wait_for_completion=true", wanted)
    assert back["snapshot"]["shards"]["failed"] == 0
    assert cluster.request("GET", f"/{ALIAS}/_count")["count"] == 1


def test_searchkit_works_with_its_role_and_searches_with_that_of_readers(cluster: Deployed, tmp_path: Path) -> None:
    assert cluster.auth
    (tmp_path / "password").write_text(cluster.auth[1])
    (tmp_path / "password").chmod(0o600)
    shutil.copytree(ROOT / "articles", tmp_path / "articles")
    env = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SEARCHKIT_OPENSEARCH_URL": ",".join(cluster.urls),
        "SEARCHKIT_OPENSEARCH_USER": "searchkit",
        "SEARCHKIT_OPENSEARCH_PASSWORD_FILE": str(tmp_path / "password"),
    }
    ca_file = str(cluster.certificates / "ca.pem")
    for line in (
        f"index articles --engine opensearch --ca-file {ca_file} --shards 3",
        "query evacuation",
        "index articles --rebuild",
        "remove 1940-06-04-dunkirk.txt",
        "verify",
        f"convert --engine opensearch --ca-file {ca_file} --replicas 0",
    ):
        run(["searchkit", *line.split()], cwd=tmp_path, env=env)

    for path, body in (
        ("internalusers/reader", {"password": cluster.auth[1]}),
        ("rolesmapping/searchkit_reader", {"users": ["reader"]}),
    ):
        assert cluster.ask("PUT", f"/_plugins/_security/api/{path}", body, certificate="admin")[0] == 201
    env["SEARCHKIT_OPENSEARCH_USER"] = "reader"
    for line in (
        "query evacuation",
        "facets evacuation --by country",
        "show 1902-05-09-martinique-mont-pelee.txt",
        "stats",
    ):
        run(["searchkit", *line.split()], cwd=tmp_path, env=env)
    refused = run(["searchkit", "index", "articles", "--rebuild"], cwd=tmp_path, env=env, check=False)
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr


def test_the_cluster_is_told_of_a_new_password(cluster: Deployed) -> None:
    """Last, since it changes it."""
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    _, script, *arguments = compose["services"]["security"]["entrypoint"]
    there = "/usr/share/opensearch/config/"
    config = cluster.folder / "node-0" / "config"
    for kind in ("pem", "key"):
        shutil.copy(cluster.certificates / f"admin.{kind}", config / "certificates")
    arguments = [argument.replace(there, f"{config}/").replace(NODES[0], "localhost") for argument in arguments]
    port = cluster.urls[0].rpartition(":")[2]
    said = tool(Path(script).name, *arguments, "--port", port, SEARCHKIT_PASSWORD_HASH=hashed("another one"))
    assert "Done with success" in said
    with pytest.raises(urllib.error.HTTPError, match="401"):
        cluster.request("GET", "/")
    cluster.auth = ("searchkit", "another one")
    assert cluster.request("GET", f"/{ALIAS}/_count")["count"] == 1
