"""A server between searchkit and a node of OpenSearch, which can be made to answer otherwise than the node would."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.conformance.conftest import node

Answer = tuple[int, object] | None


class Between:
    """A server between searchkit and the node, which answers what ``answers`` says, or else what the node does."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.is_closed = False
        self.answers: Callable[[str, str, bytes], Answer] = lambda method, path, body: None
        between = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                self.close_connection = between.is_closed
                if between.is_closed:
                    return
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                between.asked.append((self.command, self.path))
                made = between.answers(self.command, self.path, body)
                if made is None:
                    status, data = between.node(self.command, self.path, body)
                else:
                    status, data = made[0], made[1] if isinstance(made[1], bytes) else json.dumps(made[1]).encode()
                self.send_response(status)
                kind = "text/html" if data.startswith(b"<") else "application/json"
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def node(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """What the node answers: its status, and the body."""
        there = urlsplit(node().urls[0])
        connection = http.client.HTTPConnection(str(there.hostname), there.port or 80)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        got = connection.getresponse()
        status, data = got.status, got.read()
        connection.close()
        return status, data

    def close(self) -> None:
        self.is_closed = True
        self.server.shutdown()
        self.server.server_close()
