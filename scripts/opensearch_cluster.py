"""A real OpenSearch cluster on this machine, each node its own process: for the tests, and to try things on.

python scripts/opensearch_cluster.py up|down|status [--nodes 3] [--folder DIR] [--secure]

``up`` starts an empty cluster and prints its addresses, ``down`` stops it and throws its data away, ``status`` exits 1
when nothing runs. The distribution is OpenSearch's own for integration tests: the server and its network layer without
the modules, so no Painless, no ``_delete_by_query``, no ``_reindex``, and few analyzers beyond ``whitespace``.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import functools
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil  # type: ignore[import-untyped]
from opensearch_setup import ClusterError, cache, certificates, free_ports, home, java, missing

__all__ = ["PASSWORD", "READER", "USER", "Cluster", "ClusterError", "down", "missing", "running"]

USER, READER, PASSWORD = "admin", "reader", "searchkit-tests"
"""Who may do all and who may only read in a secure cluster, with the same password."""

_HASH = "$2b$04$searchkittestsabcdefguePUL4iFg/L6LnJyk0k/JiY.jwUp4dle"
_NOBODY = "65534"
_SETTINGS = {
    "cluster.name": "searchkit",
    "network.host": "127.0.0.1",
    "bootstrap.memory_lock": False,
    "discovery.find_peers_interval": "200ms",
    # In bytes: the shares of the disk that are the defaults keep replicas away from a developer's well-filled disk.
    "cluster.routing.allocation.disk.watermark.low": "500mb",
    "cluster.routing.allocation.disk.watermark.high": "300mb",
    "cluster.routing.allocation.disk.watermark.flood_stage": "100mb",
}
_SECURE_SETTINGS = {
    **{
        f"plugins.security.ssl.{layer}.{setting}_filepath": file
        for layer in ("http", "transport")
        for setting, file in {"pemcert": "node.pem", "pemkey": "node.key", "pemtrustedcas": "ca.pem"}.items()
    },
    "plugins.security.ssl.http.enabled": True,
    "plugins.security.ssl.transport.enforce_hostname_verification": False,
    "plugins.security.nodes_dn": ["CN=node"],
    "plugins.security.allow_default_init_securityindex": True,
    "plugins.security.audit.type": "noop",
}
# What OpenSearch's own launcher passes, which would need a second Java to find it out, and what makes a start short:
# neither the better compiler nor the parallel collectors are worth their start-up in a process of some minutes.
_JVM = [
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xshare:auto",
    "-Xms128m",
    "-Xss1m",
    "-XX:-OmitStackTraceInFastThrow",
    "-Djava.security.manager=allow",
    "-Djava.locale.providers=SPI,COMPAT",
    "-Djava.awt.headless=true",
    "-Dfile.encoding=UTF-8",
    "-Djna.nosys=true",
    "-Dio.netty.noUnsafe=true",
    "-Dio.netty.noKeySetOptimization=true",
    "-Dio.netty.recycler.maxCapacityPerThread=0",
    "-Dio.netty.allocator.numDirectArenas=0",
    "-Dlog4j.shutdownHookEnabled=false",
    "-Dlog4j2.disable.jmx=true",
    "-Dopensearch.distribution.type=zip",
    "-Dopensearch.bundled_jdk=false",
]
_MAIN = "org.opensearch.bootstrap.OpenSearch"
_CONF = "-Dopensearch.path.conf="
_LOGGING = """status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""


class Cluster:
    """Nodes of one cluster, numbered from 0, in a folder that they have for themselves.

    ``heap`` is the most that a node may have; ``settings`` go before those of this module (None: OpenSearch's own
    default). Unless the nodes are to ``outlive`` this process, they end with it, however it ends.
    """

    def __init__(
        self,
        folder: Path,
        *,
        nodes: int = 3,
        secure: bool = False,
        heap: str = "512m",
        settings: Mapping[str, object] | None = None,
        outlive: bool = False,
    ) -> None:
        self.folder, self.secure = folder.resolve(), secure
        self._lock, ports = free_ports(2 * nodes)
        self._http, self._transport = ports[:nodes], ports[nodes:]
        self._heap, self._settings, self._outlive = heap, settings or {}, outlive
        self._processes: dict[int, Any] = {}
        self._paused: set[int] = set()
        self.ca = self.folder / "ca.pem" if secure else None
        self.auth = (USER, PASSWORD) if secure else None
        self.urls = [f"http{'s' if secure else ''}://127.0.0.1:{port}" for port in self._http]
        if not outlive:
            atexit.register(self.stop)

    def __enter__(self) -> Cluster:
        self.up()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def up(self, seconds: float = 120) -> None:
        """Start every node, without data, and wait until they are one cluster. Raises ClusterError."""
        self._end(signal.SIGKILL)
        down(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        pems = certificates() if self.secure else {}
        if self.ca:
            self.ca.write_bytes(pems["ca.pem"])
        for node in range(len(self.urls)):
            self._configure(node, pems)
        (self.folder / "cluster.json").write_text(json.dumps({"urls": self.urls}))
        try:
            for node in range(len(self.urls)):
                self.start(node)
            self.wait(seconds=seconds)
        except BaseException:
            self._end(signal.SIGKILL)
            raise

    def start(self, node: int) -> None:
        """Start a node (again, with the data that it had) and return at once; see ``wait``."""
        folder, archive, learned = self._folder(node), *self._archives()
        # A start takes half as long when the classes come from an archive, which a Java writes when it is told to end.
        learns = node == len(self.urls) - 1 and not archive.exists() and not self._outlive
        command = [
            *_wrapped(self._outlive),
            str(java().command),
            *_JVM,
            f"-XX:ArchiveClassesAtExit={learned}" if learns else f"-XX:SharedArchiveFile={archive}",
            f"-Xmx{self._heap}",
            f"-Djava.io.tmpdir={folder / 'tmp'}",
            f"-Dopensearch.path.home={home(self.secure)}",
            f"{_CONF}{folder / 'config'}",
            "-cp",
            f"{home(self.secure) / 'lib'}/*",
            _MAIN,
        ]
        with self.log(node).open("ab") as log:
            self._processes[node] = psutil.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self, nodes: int | None = None, seconds: float = 60) -> None:
        """Until each node that runs is in one cluster of so many (None: of all that run). Raises ClusterError."""
        deadline = time.monotonic() + seconds
        awake = [node for node in self._processes if node not in self._paused]
        for node in awake:
            while (seen := self._sees(node)) != (nodes or len(awake)):
                for other in awake:
                    if (code := self._processes[other].poll()) is not None:
                        raise ClusterError(f"node {other} ended with {code}; {self._tail(other)}")
                if time.monotonic() > deadline:
                    raise ClusterError(f"node {node} sees {seen} nodes after {seconds} s; {self._tail(node)}")
                time.sleep(0.1)

    def kill(self, node: int) -> None:
        """End a node at once, as a power cut would."""
        self._end(signal.SIGKILL, node)

    def pause(self, node: int) -> None:
        """Let a node answer no more while its connections stay open. The others drop it after half a minute."""
        self._processes[node].suspend()
        self._paused.add(node)

    def resume(self, node: int) -> None:
        """Let a paused node go on."""
        self._processes[node].resume()
        self._paused.discard(node)

    def stop(self) -> None:
        """End every node in good order; what does not end in 30 seconds is killed."""
        learner = self._processes.get(len(self.urls) - 1)
        self._end(signal.SIGTERM)
        if learner and learner.returncode == 128 + signal.SIGTERM:
            archive, learned = self._archives()
            with contextlib.suppress(FileNotFoundError):
                learned.replace(archive)

    def log(self, node: int) -> Path:
        """The file that a node's log goes to."""
        return self._folder(node) / "logs" / "node.log"

    def pid(self, node: int) -> int:
        """The process of a node that runs."""
        return int(self._processes[node].pid)

    def request(self, method: str, path: str, body: object = None, *, node: int = 0, seconds: float = 30) -> Any:
        """What a node answers, parsed. A ``str`` is sent as it is, as ``_bulk`` wants it. Raises OSError."""
        data = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
        request = urllib.request.Request(
            self.urls[node] + path, data, {"Content-Type": "application/json"}, method=method
        )
        if self.auth:
            request.add_header("Authorization", f"Basic {b64encode(':'.join(self.auth).encode()).decode()}")
        with self._opener.open(request, timeout=seconds) as answer:
            return json.load(answer)

    @functools.cached_property
    def _opener(self) -> urllib.request.OpenerDirector:
        trusted = ssl.create_default_context(cafile=self.ca) if self.ca else None
        # The proxies of the environment are for the world outside.
        return urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusted)
        )

    def _folder(self, node: int) -> Path:
        return self.folder / f"node-{node}"

    def _archives(self) -> tuple[Path, Path]:
        """The archive of classes, and where this cluster writes one, which may be cut short."""
        archive = home(self.secure) / f"classes-{java().version}.jsa"
        return archive, archive.with_name(f"{archive.name}.{self._http[0]}")

    def _configure(self, node: int, pems: Mapping[str, bytes]) -> None:
        folder, names = self._folder(node), [f"node-{n}" for n in range(len(self.urls))]
        for name in ("config", "data", "logs", "tmp"):
            (folder / name).mkdir(parents=True)
        settings: dict[str, object] = {
            **_SETTINGS,
            **(_SECURE_SETTINGS if self.secure else {}),
            "node.name": names[node],
            "path.data": str(folder / "data"),
            "path.logs": str(folder / "logs"),
            "path.repo": str(self.folder / "snapshots"),
            "http.port": self._http[node],
            "transport.port": self._transport[node],
            "discovery.seed_hosts": [f"127.0.0.1:{port}" for port in self._transport],
            "cluster.initial_cluster_manager_nodes": names,
            **self._settings,
        }
        # JSON is YAML too.
        text = json.dumps({name: value for name, value in settings.items() if value is not None}, indent=1)
        (folder / "config" / "opensearch.yml").write_text(text)
        (folder / "config" / "log4j2.properties").write_text(_LOGGING)
        for name, pem in pems.items():
            (folder / "config" / name).write_bytes(pem)
        if self.secure:
            security = folder / "config" / "opensearch-security"
            shutil.copytree(home(True) / "plugins" / "opensearch-security" / "config", security)
            users = {USER: "admin", READER: "readall"}
            text = json.dumps(
                {"_meta": {"type": "internalusers", "config_version": 2}}
                | {user: {"hash": _HASH, "backend_roles": [role]} for user, role in users.items()}
            )
            (security / "internal_users.yml").write_text(text)

    def _sees(self, node: int) -> int:
        """How many nodes are in the cluster of this one; 0: it does not answer, or has no cluster manager."""
        with contextlib.suppress(OSError, ValueError):
            health = self.request("GET", "/_cluster/health?local=true", node=node, seconds=5)
            return int(health["number_of_nodes"]) if health["discovered_cluster_manager"] else 0
        return 0

    def _tail(self, node: int) -> str:
        lines = self.log(node).read_text(errors="replace").splitlines()
        return "the end of its log:\n" + "\n".join(lines[-20:])

    def _end(self, signal_: signal.Signals, *nodes: int) -> None:
        _ended([self._processes.pop(node) for node in nodes or list(self._processes)], signal_)
        self._paused &= self._processes.keys()


def running(folder: Path) -> dict[int, Any]:
    """The processes of the nodes in a folder, by number, whoever started them.

    They are known by their command lines: a number in a file might be another process by now.
    """
    found = {}
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        for word in words if _MAIN in words else []:
            config = Path(word.removeprefix(_CONF))
            if word.startswith(_CONF) and config.parent.parent == folder.resolve():
                found[int(config.parent.name.removeprefix("node-"))] = process
    return found


def down(folder: Path) -> None:
    """End what runs in a folder, and remove what a cluster left there; nothing else in it is touched."""
    _ended(list(running(folder).values()), signal.SIGKILL)
    for left in [*folder.glob("node-[0-9]*"), folder / "snapshots"]:
        shutil.rmtree(left, ignore_errors=True)
    for name in ("cluster.json", "ca.pem"):
        (folder / name).unlink(missing_ok=True)


def _ended(processes: list[Any], signal_: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal_)
            process.send_signal(signal.SIGCONT)  # what is paused hears of nothing else
    _, stubborn = psutil.wait_procs(processes, timeout=30)
    for process in stubborn:
        process.kill()
        process.wait()


def _wrapped(outlive: bool) -> list[str]:
    """What goes before the command: another user than root, who may still read and write what root may; and, where the
    kernel can, the order to die with the thread that starts it, which the main thread alone may be trusted with.
    """
    options = []
    if os.geteuid() == 0:
        # Without the last one the right would be there for open() and not for access(), which Java asks first.
        options += [f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", "--inh-caps=+dac_override"]
        options += ["--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
    if not outlive and threading.current_thread() is threading.main_thread() and shutil.which("setpriv"):
        options += ["--pdeathsig", "KILL"]
    return ["setpriv", *options] if options else []


def main() -> int:
    """Start, stop or show a cluster that outlives the command."""
    summary, _, details = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=summary, epilog=details, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["up", "down", "status"])
    parser.add_argument("--nodes", type=int, default=3, metavar="N")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="where the nodes keep their data, and nothing else is"
    )
    parser.add_argument("--secure", action="store_true", help="with TLS and users")
    arguments = parser.parse_args()
    folder: Path = arguments.folder or cache() / ("cluster-secure" if arguments.secure else "cluster")
    if arguments.what == "down":
        down(folder)
        return 0
    try:
        if arguments.what == "up" and not running(folder):
            Cluster(folder, nodes=arguments.nodes, secure=arguments.secure, outlive=True).up()
    except ClusterError as error:
        print(error, file=sys.stderr)
        return 1
    return _status(folder)


def _status(folder: Path) -> int:
    processes = running(folder)
    if not processes:
        print(f"nothing runs in {folder}; start it with: {Path(__file__).name} up", file=sys.stderr)
        return 1
    for node, url in enumerate(json.loads((folder / "cluster.json").read_text())["urls"]):
        print(url, f"process {processes[node].pid}" if node in processes else "does not run")
    if (ca := folder / "ca.pem").exists():
        print(f"users {USER} and {READER}, password {PASSWORD}, authority {ca}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
