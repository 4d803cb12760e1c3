"""A real HTTPS server on loopback that answers as a test says, well-behaved or not."""

import json
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True)
class Received:
    """A request as it arrived; header names are in lower case, the target holds path and query."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """A dict or list is sent as JSON, bytes as they are."""

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)


# Instead of a reply, pieces that are written as they come: the status line, the headers and all.
Answering = Callable[[Received], Reply | Iterable[bytes]]


class HTTPSServer(ThreadingHTTPServer):
    """Serves between ``with`` and its end; ``received`` are the requests, ``connections`` how often it was reached."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, certificate: Path, answer: Answering) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self.answer = answer
        self.received: list[Received] = []
        self.connections = 0
        self.over = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def get_request(self) -> tuple[ssl.SSLSocket, Any]:
        connection, client = super().get_request()
        self.connections += 1
        # The handshake is left to the thread of the connection.
        return self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), client

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what many tests are about."""

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    server: HTTPSServer
    protocol_version = "HTTP/1.1"
    timeout = 20  # seconds

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        received = Received(self.command, self.path, headers, self.rfile.read(length))
        self.server.received.append(received)
        self.close_connection = True
        reply = self.server.answer(received)
        if isinstance(reply, Reply):
            self.write(reply)
            return
        for piece in reply:
            self.wfile.write(piece)
            if self.server.over.is_set():
                return

    def write(self, reply: Reply) -> None:
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))} | reply.headers
        self.send_response(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer  # noqa: N815  (http.server's names)

    def log_message(self, *_arguments: object) -> None:
        pass
