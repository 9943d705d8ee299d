"""What is in ``deploy/`` can be used as it is: the compose file, the certificates, and the container of searchkit."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shutil
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import searchkit
from tests.conftest import ROOT, cannot_run
from tests.deploy.support import DEPLOY, NODES, make_certificates, run

COMPOSE_TEXT = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
LASTING = [name for name, service in SERVICES.items() if service["restart"] != "no"]
EXAMPLE = (DEPLOY / ".env.example").read_text(encoding="utf-8")
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")


def example() -> dict[str, str]:
    """The variables of the example, with what it sets them to."""
    return dict(re.findall(r"^(\w+)=(.*)$", EXAMPLE, re.MULTILINE))


def instructions(name: str) -> list[str]:
    """What follows an instruction of the Containerfile, each time."""
    joined = re.sub(r"\\\n\s*", " ", CONTAINERFILE)
    return [line.partition(" ")[2] for line in joined.splitlines() if line.split(" ")[0] == name]


def test_three_nodes_last_and_the_other_services_run_once() -> None:
    assert tuple(LASTING) == NODES
    assert [name for name in SERVICES if name not in LASTING] == ["prepare", "security", "searchkit"]
    assert "version" not in COMPOSE


@pytest.mark.parametrize("node", NODES)
def test_a_node_comes_back_keeps_its_data_and_has_limits(node: str) -> None:
    service = SERVICES[node]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["mem_limit"]
    assert service["ulimits"] == {"memlock": {"soft": -1, "hard": -1}, "nofile": {"soft": 65536, "hard": 65536}}
    assert f"data-{node[-1]}:/usr/share/opensearch/data" in service["volumes"]
    assert service["environment"]["node.name"] == node
    assert service["environment"]["DISABLE_INSTALL_DEMO_CONFIG"] == "true"


def test_the_nodes_do_not_wait_for_each_other_and_searchkit_waits_for_all() -> None:
    for node in NODES:
        assert SERVICES[node]["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}
    assert SERVICES["searchkit"]["depends_on"] == {node: {"condition": "service_healthy"} for node in NODES}


def test_every_volume_has_a_name_and_every_name_is_used() -> None:
    mounted = [volume for service in SERVICES.values() for volume in service.get("volumes", ())]
    named = {volume.partition(":")[0] for volume in mounted if volume[0] not in "./$"}
    assert named == set(COMPOSE["volumes"])


def test_every_file_that_is_mounted_is_in_the_repository_or_made_by_the_script(certificates: Path) -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            file = volume.partition(":")[0]
            if file.startswith("./certificates/"):
                assert (certificates / file.removeprefix("./certificates/")).is_file(), file
            elif file.startswith("./"):
                assert (DEPLOY / file).is_file(), file


def test_ports_are_published_on_this_machine_alone() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert len(published) == len(NODES)
    assert all(port.startswith("${OPENSEARCH_BIND:-127.0.0.1}:") for port in published)
    assert example()["OPENSEARCH_BIND"] == "127.0.0.1"


def test_images_have_a_full_version_and_it_is_the_one_that_the_tests_run() -> None:
    from tests.deploy.support import VERSION

    used = {service["image"] for service in SERVICES.values() if "build" not in service}
    assert used == {f"opensearchproject/opensearch:{VERSION}"}
    assert f"opensearchproject/opensearch:{VERSION}" in EXAMPLE
    assert instructions("FROM") == ["python:3.13-slim AS build", "python:3.13-slim"]


def test_every_variable_is_in_the_example_and_none_besides() -> None:
    used = set(re.findall(r"\$\{(\w+)", re.sub(r"^ *#.*$", "", COMPOSE_TEXT, flags=re.MULTILINE)))
    used |= set(re.findall(r"\$\{env\.(\w+)", (DEPLOY / "security" / "internal_users.yml").read_text()))
    assert used == set(example())


def test_no_password_is_anywhere_and_nothing_starts_without_one() -> None:
    assert example()["SEARCHKIT_PASSWORD"] == ""
    assert example()["SEARCHKIT_PASSWORD_HASH"] == "''"
    for secret in ("SEARCHKIT_PASSWORD", "SEARCHKIT_PASSWORD_HASH"):
        assert re.findall(rf"\$\{{{secret}\W[^}}]*", COMPOSE_TEXT) == [
            f"${{{secret}:?see .env.example"
        ] * COMPOSE_TEXT.count(f"${{{secret}:")
    for file in DEPLOY.rglob("*"):
        if file.is_file() and "certificates" not in file.parts and file.name != ".env":
            text = file.read_text(encoding="utf-8")
            assert not re.search(r"\$2[aby]\$\d\d\$", text), file
            assert "PRIVATE KEY" not in text, file
    users = yaml.safe_load((DEPLOY / "security" / "internal_users.yml").read_text())
    assert {name: user["hash"] for name, user in users.items() if name != "_meta"} == {
        "searchkit": "${env.SEARCHKIT_PASSWORD_HASH}"
    }


def test_what_is_secret_is_not_committed_and_does_not_get_into_the_image() -> None:
    assert {".env", "certificates/"} <= set((DEPLOY / ".gitignore").read_text().split())
    assert not copied("deploy/.env")
    assert not copied(".git/config")
    assert not copied("searchkit/cli/__pycache__/x.pyc")


def test_docker_takes_the_compose_file(tmp_path: Path) -> None:
    command = ["docker", "compose"] if shutil.which("docker") else []
    if not command or run([*command, "version"], check=False).returncode:
        pytest.skip("there is no Docker Compose here (nor on the machines that test every change)")
    (tmp_path / ".env").write_text("SEARCHKIT_PASSWORD=a\nSEARCHKIT_PASSWORD_HASH='$2y$12$a.b/c'\n")
    command += ["--file", str(DEPLOY / "compose.yaml"), "--profile", "*", "--env-file"]
    done = run([*command, str(tmp_path / ".env"), "config", "--format", "json"])
    services = json.loads(done.stdout)["services"]
    assert set(services) == set(SERVICES)
    # As it would be written into a compose file, where a dollar sign is two.
    assert services[NODES[0]]["environment"]["SEARCHKIT_PASSWORD_HASH"] == "$$2y$$12$$a.b/c"
    refused = run([*command, str(DEPLOY / ".env.example"), "config"], check=False)
    assert refused.returncode
    assert "see .env.example" in refused.stderr


@pytest.mark.parametrize("script", ["deploy/make-certificates.sh", ".ci/run"])
def test_the_scripts_of_the_shell_have_no_known_faults(script: str) -> None:
    shellcheck = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if shellcheck is None:
        cannot_run("shellcheck is not installed")
    else:
        run([shellcheck, str(ROOT / script)])


# The certificates


@pytest.mark.parametrize("name", [*NODES, "admin"])
def test_a_certificate_is_signed_by_the_authority_and_fits_its_key(certificates: Path, name: str) -> None:
    pem, key = certificates / f"{name}.pem", certificates / f"{name}.key"
    purpose = ["-purpose", "sslclient"] if name == "admin" else ["-purpose", "sslserver"]
    run(["openssl", "verify", "-x509_strict", *purpose, "-CAfile", str(certificates / "ca.pem"), str(pem)])
    public = run(["openssl", "x509", "-in", str(pem), "-noout", "-pubkey"]).stdout
    assert public == run(["openssl", "pkey", "-in", str(key), "-pubout"]).stdout
    assert key.read_text().startswith("-----BEGIN PRIVATE KEY-----"), "PKCS#8"
    run(["openssl", "x509", "-in", str(pem), "-noout", "-checkend", str(800 * 86400)])


def test_a_node_is_called_by_its_names_and_nobody_takes_it_for_the_administrator(certificates: Path) -> None:
    shown = described(certificates / "opensearch-2.pem")
    assert names(shown) == {"DNS:localhost", "IP Address:127.0.0.1", "DNS:opensearch-2"}
    assert re.search(r"subject=CN ?= ?opensearch-2\n", shown)
    assert "CA:FALSE" in shown
    settings = yaml.safe_load((DEPLOY / "opensearch.yml").read_text())
    (nodes,) = settings["plugins.security.nodes_dn"]
    (admin,) = settings["plugins.security.authcz.admin_dn"]
    assert fnmatch.fnmatch("CN=opensearch-2", nodes)
    assert not fnmatch.fnmatch(admin, nodes)
    assert re.search(rf"subject={admin.replace('=', ' ?= ?')}\n", described(certificates / "admin.pem"))
    assert "Server Authentication" not in described(certificates / "admin.pem")


def test_only_those_who_need_a_key_can_read_it(certificates: Path) -> None:
    assert {stat.S_IMODE(key.stat().st_mode) for key in certificates.glob("*.key")} == {0o600}
    assert {stat.S_IMODE(pem.stat().st_mode) for pem in certificates.glob("*.pem")} == {0o644}
    if os.geteuid() == 0:
        owners = {key.stem: key.stat().st_uid for key in certificates.glob("*.key")}
        assert owners == dict.fromkeys(NODES, 1000) | dict.fromkeys(("ca", "admin"), int(os.environ.get("SUDO_UID", 0)))


def test_what_is_there_stays_and_what_was_removed_is_made_with_more_names(tmp_path: Path) -> None:
    make_certificates(tmp_path, "opensearch-1", "opensearch-2")
    (tmp_path / "opensearch-2.pem").unlink()
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    said = make_certificates(tmp_path, "opensearch-1", "opensearch-2,search2.example.org,10.0.0.12,fd00::12")
    assert "opensearch-1.pem is there already" in said
    after = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert {name for name in after if after[name] != before.get(name)} == {"opensearch-2.pem", "opensearch-2.key"}
    assert names(described(tmp_path / "opensearch-2.pem")) == {
        *("DNS:localhost", "IP Address:127.0.0.1", "DNS:opensearch-2", "DNS:search2.example.org"),
        *("IP Address:10.0.0.12", "IP Address:FD00:0:0:0:0:0:0:12"),
    }
    run(["openssl", "verify", "-CAfile", str(tmp_path / "ca.pem"), str(tmp_path / "opensearch-2.pem")])


def described(pem: Path) -> str:
    return run(["openssl", "x509", "-in", str(pem), "-noout", "-subject", "-text"]).stdout


def names(shown: str) -> set[str]:
    found = re.search(r"Subject Alternative Name: *\n *(.*)", shown)
    return set(found[1].split(", ")) if found else set()


# The container of searchkit


def copied(path: str) -> bool:
    """Whether .dockerignore lets a file into the image: of its lines, the last that fits decides."""
    allowed = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        parts = Path(path).parts
        places = range(len(parts)) if line.startswith("**/") else [0]
        if pattern and not pattern.startswith("#") and any(fnmatch.fnmatch(parts[place], pattern) for place in places):
            allowed = line.startswith("!")
    return allowed


def test_the_container_is_not_root_and_its_entry_is_searchkit() -> None:
    (user,) = instructions("USER")
    assert int(user.partition(":")[0]) > 0
    assert instructions("ENTRYPOINT") == ['["searchkit"]']
    assert instructions("VOLUME") == ["/index"]
    assert "SEARCHKIT_INDEX=/index" in CONTAINERFILE
    assert SERVICES["searchkit"]["read_only"]
    assert SERVICES["searchkit"]["build"] == {"context": "..", "dockerfile": "deploy/Containerfile"}


def test_what_the_container_copies_is_there_and_enough_to_install_searchkit(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for line in instructions("COPY"):
        *files, target = line.split()
        for name in [] if files[0].startswith("--") else files:
            assert (ROOT / name).exists(), name
            assert copied(name), f".dockerignore leaves out {name}"
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, source / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, source)

    # The steps of the file, in other folders: a wheel of what was copied, and a fresh environment with it. Without [all],
    # which takes twice as long, and is what whoever runs these tests has installed.
    build, install = instructions("RUN")[:2]
    assert build == "python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheels ."
    assert 'pip install --no-cache-dir "$(echo /wheels/searchkit-*.whl)[all]"' in install
    quiet = ["--quiet", "--disable-pip-version-check"]
    installed([sys.executable, "-m", "pip", "wheel", *quiet, "--no-deps", "--wheel-dir", str(tmp_path), "."], source)
    (wheel,) = tmp_path.glob("searchkit-*.whl")
    run([sys.executable, "-m", "venv", str(tmp_path / "venv")])
    python = str(tmp_path / "venv" / "bin" / "python")
    installed([python, "-m", "pip", "install", *quiet, str(wheel)], tmp_path)
    run([python, "-m", "pip", "uninstall", "--yes", "pip"])

    said = run([str(tmp_path / "venv" / "bin" / "searchkit"), "--version"], cwd=tmp_path).stdout
    assert said == f"searchkit {searchkit.__version__}\n"
    shutil.copytree(ROOT / "articles", tmp_path / "articles")
    run([str(tmp_path / "venv" / "bin" / "searchkit"), "index", "articles"], cwd=tmp_path)
    found = run([str(tmp_path / "venv" / "bin" / "searchkit"), "query", "evacuation", "--format", "ids"], cwd=tmp_path)
    assert len(found.stdout.split()) > 5


def installed(command: list[str], folder: Path) -> None:
    """Run pip. Whoever is offline is not told that the Containerfile is at fault; in CI nothing is let pass."""
    done = run(command, cwd=folder, check=False)
    offline = re.search(r"Temporary failure in name resolution|Failed to establish a new connection", done.stderr)
    if done.returncode and offline and not os.environ.get("CI"):
        pytest.skip("pip cannot reach where it gets packages from")
    assert done.returncode == 0, done.stderr
