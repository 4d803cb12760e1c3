"""Every host there is, as one proxy on loopback: it answers in their names, notes what arrives, and asks nobody."""

import json
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple, Self

from tests.verification.certificates import Authority
from tests.verification.https_server import Received, Reply


class Arrival(NamedTuple):
    """A request, and the host that its connection was asked for."""

    host: str
    request: Received

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.request.target}"


Answer = Callable[[str, Received], Reply]


class Internet(ThreadingHTTPServer):
    """Answers between ``with`` and its end, to whoever takes it for a proxy and trusts its authority."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, authority: Authority, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Tunnel)
        self.authority = authority
        self.answer = answer
        self.arrivals: list[Arrival] = []
        self.lost: list[str] = []  # what came in clear
        self.contexts: dict[str, ssl.SSLContext] = {}
        self.lock = threading.Lock()

    @property
    def environment(self) -> dict[str, str]:
        """What leads the clients of both languages here."""
        url = f"http://127.0.0.1:{self.server_address[1]}"
        trust = str(self.authority.file)
        files = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]
        return {"HTTPS_PROXY": url, "HTTP_PROXY": url, "https_proxy": url, **dict.fromkeys(files, trust)}

    def context(self, host: str) -> ssl.SSLContext:
        with self.lock:
            if host not in self.contexts:
                self.contexts[host] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self.contexts[host].load_cert_chain(self.authority.issue(host))
            return self.contexts[host]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away has said what it had to say."""

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.shutdown()
        self.server_close()


class Tunnel(BaseHTTPRequestHandler):
    server: Internet
    protocol_version = "HTTP/1.1"
    timeout = 30  # seconds
    host = ""

    def do_CONNECT(self) -> None:
        """From here on this connection is one with that host."""
        self.host = self.path.rpartition(":")[0]
        self.send_response(200)
        self.end_headers()
        self.connection = self.server.context(self.host).wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb")
        self.close_connection = False

    def answer(self) -> None:
        if not self.host:
            self.server.lost.append(f"{self.command} {self.path}")
            self.send_error(502)
            return
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Received(self.command, self.path, headers, self.rfile.read(length))
        self.server.arrivals.append(Arrival(self.host, request))
        reply = self.server.answer(self.host, request)
        body = json.dumps(reply.body).encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    do_GET = do_POST = do_PUT = answer  # noqa: N815  (http.server's names)

    def log_message(self, *_arguments: object) -> None:
        pass
