"""What an OpenSearch cluster for tests needs: a Java, the distribution, free ports, and certificates."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import urllib.request
import zipfile
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

VERSION = "2.19.4"
JAVA = range(17, 24)
"""The versions of Java that run it: from 24 on there is no SecurityManager, without which 2.x does not start."""

_SERVER = ("org.opensearch.distribution.integ-test-zip", "opensearch", VERSION)
_SECURITY = ("org.opensearch.plugin", "opensearch-security", f"{VERSION}.0")
_SHA256 = {
    _SERVER: "3902e642715210d1d9d7cbdcc8f5abd6f931d1d7a679cea3750937becf16c406",
    _SECURITY: "1f673622c462c4171a8c53f9b1ad20e5b839834cb79b0d3b388da180a0e514e8",
}
_CENTRAL = "https://repo1.maven.org/maven2"
_PORTS = range(20000, 30000, 40)  # below those that the kernel gives to outgoing connections


class ClusterError(Exception):
    """A cluster cannot run here, or did not come up. Says why, with the end of a node's log."""


class Java(NamedTuple):
    """A Java that can run OpenSearch: its command, and its full version."""

    command: Path
    version: str


@functools.cache
def missing(secure: bool = False) -> str | None:
    """Why a cluster cannot run here, in one sentence; None: it can. The first call may download 60 MB (secure: 100)."""
    try:
        java()
        home(secure)
    except (ClusterError, OSError) as error:
        return str(error)
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        return "OpenSearch does not run as root, and setpriv, which would give it another user, is not installed"
    return None


@functools.cache
def java() -> Java:
    """The first fit Java: $SEARCHKIT_JAVA_HOME, $JAVA_HOME, PATH, /usr/lib/jvm. Raises ClusterError."""
    named = [
        Path(os.environ[name]) / "bin/java" for name in ("SEARCHKIT_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)
    ]
    found = shutil.which("java")
    for command in [*named, *([Path(found)] if found else []), *sorted(Path("/usr/lib/jvm").glob("*/bin/java"))]:
        with contextlib.suppress(OSError):
            said = subprocess.run([command, "-version"], capture_output=True, text=True).stderr
            version = re.search(r'version "((\d+)[^"]*)"', said)
            if version and int(version[2]) in JAVA:
                return Java(command.resolve(), version[1])
    raise ClusterError(f"no Java {JAVA[0]} to {JAVA[-1]} was found; $SEARCHKIT_JAVA_HOME can name one")


def cache() -> Path:
    """Where the distribution is kept: $SEARCHKIT_OPENSEARCH_CACHE, or a folder in the user's cache."""
    named = os.environ.get("SEARCHKIT_OPENSEARCH_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "searchkit" / "opensearch"


def home(secure: bool) -> Path:
    """The unpacked distribution, downloaded if need be. Raises ClusterError."""
    folder = cache() / f"opensearch-{VERSION}{'-secure' if secure else ''}"
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(cache() / "lock"):
        for left in cache().glob("part-*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix="part-", dir=cache()) as part:
            if not folder.exists():
                unpacked = Path(part) / f"opensearch-{VERSION}"
                with zipfile.ZipFile(_fetched(_SERVER)) as archive:
                    archive.extractall(part)
                if secure:
                    with zipfile.ZipFile(_fetched(_SECURITY)) as archive:
                        archive.extractall(unpacked / "plugins" / "opensearch-security")
                unpacked.rename(folder)
    return folder


def _fetched(artifact: tuple[str, str, str]) -> Path:
    group, name, version = artifact
    file = cache() / f"{name}-{version}.zip"
    if not file.exists():
        with tempfile.TemporaryDirectory(prefix="part-", dir=cache()) as part:
            got = Path(part) / file.name
            if shutil.which("mvn"):  # it knows of the user's mirrors and proxies
                problem = _copied(f"{group}:{name}:{version}:zip", got)
            else:
                problem = _downloaded(f"{_CENTRAL}/{group.replace('.', '/')}/{name}/{version}/{file.name}", got)
            if not got.exists():
                raise ClusterError(f"{file.name} could not be downloaded: {problem}")
            with got.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
            if digest != _SHA256[artifact]:
                raise ClusterError(f"{file.name} was downloaded damaged: its SHA-256 is {digest}")
            got.rename(file)
    return file


def _copied(artifact: str, file: Path) -> str:
    command = ["mvn", "-q", "-B", "-C", "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={file.parent}"]
    try:
        said = subprocess.run(command, cwd=file.parent, capture_output=True, text=True, timeout=300).stdout
    except subprocess.TimeoutExpired as error:
        return str(error)
    return said.partition("[ERROR] ")[2].partition("\n")[0] or "Maven does not say why"


def _downloaded(url: str, file: Path) -> str:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer, file.open("wb") as out:
            shutil.copyfileobj(answer, out)
    except OSError as error:
        file.unlink(missing_ok=True)
        return f"{url}: {error}"
    return ""


def certificates() -> dict[str, bytes]:
    """A certificate for 127.0.0.1 with its key, and that of the authority made for it, by file name; for 30 days."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    now = datetime.now(UTC)
    pem = serialization.Encoding.PEM
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

    def builder(name: str, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ca")]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
            .add_extension(x509.BasicConstraints(ca=name == "ca", path_length=None), critical=True)
        )

    # Python 3.13 refuses an authority that does not say that it may sign.
    others = "digital_signature content_commitment key_encipherment data_encipherment key_agreement crl_sign"
    unsaid = dict.fromkeys([*others.split(), "encipher_only", "decipher_only"], False)
    ca = builder("ca", ca_key.public_key()).add_extension(x509.KeyUsage(key_cert_sign=True, **unsaid), critical=True)
    here = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))])
    node = builder("node", key.public_key()).add_extension(here, critical=False)
    return {
        "ca.pem": ca.sign(ca_key, hashes.SHA256()).public_bytes(pem),
        "node.pem": node.sign(ca_key, hashes.SHA256()).public_bytes(pem),
        "node.key": key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    }


def free_ports(count: int) -> tuple[FileLock, list[int]]:
    """Free ports, and the lock that keeps them from the other processes that ask here."""
    folder = cache() / "ports"
    folder.mkdir(parents=True, exist_ok=True)
    for first in _PORTS:
        lock, ports = FileLock(folder / f"{first}"), list(range(first, first + count))
        with contextlib.suppress(Timeout):
            lock.acquire(blocking=False)
            if all(map(_free, ports)):
                return lock, ports
            lock.release()
    raise ClusterError(f"no {count} ports from {_PORTS[0]} on are free")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
