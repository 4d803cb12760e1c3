"""What each server has to withstand; each trial returns what the table says of it."""

import json
import selectors
import socket
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing
from typing import Any

from bench.load import load
from bench.server import Server
from bench.servers.connection import ask, body_of, receive, status

PROBES = 20
PATIENCE = 5  # seconds that a probe waits
STALLED, IDLE = 200, 1200
HOST = b"Host: 127.0.0.1\r\n"
LOGIN = b'{"username": "%d", "password": "-"}'  # each time another, who is not locked out
FORWARDED = (b"X-Forwarded-For: 192.0.2.1\r\n", b"X_Forwarded_For: 192.0.2.66\r\n")  # the proxy's, the client's
BROKEN = (  # chunked bodies
    b"zz\r\n{}\r\n0\r\n\r\n",
    b"-2\r\n{}\r\n0\r\n\r\n",
    b"2\r\n{}0\r\n\r\n",
    b"fffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    b"2;" + b"x" * 20000 + b"\r\n{}\r\n0\r\n\r\n",
    b"2\n{}\n0\n\n",
)


class Trials:
    def __init__(self, server: Server, token: str) -> None:
        self.server, self.port = server, server.port
        self.authorised = HOST + b"Authorization: Bearer %s\r\n" % token.encode()
        self.one = b"GET /v1/llm-provider/openai HTTP/1.1\r\n" + self.authorised + b"\r\n"

    def probes(self) -> str:
        """Some requests, each on a connection of its own, while something else holds the server."""
        times, refused = [], 0
        for _probe in range(PROBES):
            started = time.monotonic()
            refused += ask(self.port, self.one, PATIENCE) != "200"
            times.append(time.monotonic() - started)
            if refused > PROBES // 4:  # enough is seen
                return f"{len(times) - refused} of {len(times)}"
        return f"{PROBES - refused} of {PROBES}, {max(times):.2f} s"

    def stalled_bodies(self) -> str:
        """Clients without a token who begin to send what everybody may send."""
        head = b"POST /v1/token HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
        with ExitStack() as held:
            for _client in range(STALLED):
                held.enter_context(closing(socket.create_connection(("127.0.0.1", self.port)))).sendall(head)
            time.sleep(1)
            return self.probes()

    def idle_connections(self) -> str:
        with Idle(self.port, IDLE):
            return self.probes()

    def underscore(self) -> str:
        """Whose address the trail tells: it is asked in both orders, with and without a body before them."""
        believed = set()
        for lines in (FORWARDED, FORWARDED[::-1]):
            login = LOGIN % time.monotonic_ns()
            sized = b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(login)
            for headers in (sized + b"".join(lines), b"".join(lines) + sized):
                ask(self.port, b"POST /v1/token HTTP/1.1\r\n" + HOST + headers + b"\r\n" + login)
                believed.add(self.last_address())
        return {frozenset({"192.0.2.1"}): "the proxy's", frozenset({"192.0.2.66"}): "the client's"}.get(
            frozenset(believed), f"by their order: {believed}"
        )

    def last_address(self) -> Any:
        request = b"GET /v1/audit-events?action=login_failed&limit=1 HTTP/1.1\r\n" + self.authorised + b"\r\n"
        with closing(socket.create_connection(("127.0.0.1", self.port))) as connection:
            connection.sendall(request)
            (event,) = json.loads(body_of(receive(connection, PATIENCE)))["events"]
        return event["address"]

    def broken_chunks(self) -> str:
        head = (
            b"POST /v1/token HTTP/1.1\r\n"
            + HOST
            + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        seen = Counter(ask(self.port, head + body) for body in BROKEN)
        return ", ".join(f"{count} x {answer}" for answer, count in sorted(seen.items()))

    def rates(self) -> str:
        seen = [load(self.server, self.one, 200, connections, 2) for connections in (1, 16)]
        return " / ".join(f"{each.per_second:.0f}" for each in seen)

    def memory(self) -> str:
        seen = self.server.memory()
        return " / ".join(f"{max(each[kind] for each in seen):.0f}" for kind in ("rss_mib", "pss_mib"))

    def stop_under_load(self) -> str:
        """The last: a request counts as failed when a connection took it and no whole answer came."""
        with Clients(self.port, self.one, 8) as clients:
            time.sleep(1.5)
            started = time.monotonic()
            self.server.stop()
            seconds = time.monotonic() - started
        return f"{clients.failed} of {clients.asked}, {seconds:.1f} s"


class Idle:
    """Holds connections on which nothing is sent, and opens each anew that is cut."""

    def __init__(self, port: int, count: int) -> None:
        self.port, self.count = port, count
        self.selector = selectors.DefaultSelector()
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.hold)

    def open(self) -> None:
        connection = socket.socket()
        connection.settimeout(0)
        connection.connect_ex(("127.0.0.1", self.port))
        self.selector.register(connection, selectors.EVENT_READ)

    def hold(self) -> None:
        while not self.done.is_set():
            for key, _events in self.selector.select(0.1):
                connection: Any = key.fileobj
                try:
                    cut = not connection.recv(4096)
                except OSError:
                    cut = True
                if cut:
                    self.selector.unregister(connection)
                    connection.close()
                    self.open()

    def __enter__(self) -> None:
        for _connection in range(self.count):
            self.open()
        self.thread.start()
        time.sleep(1)

    def __exit__(self, *_error: object) -> None:
        self.done.set()
        self.thread.join()
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()


class Clients:
    """Ask without pause on connections that are kept, until the server takes no more of them."""

    def __init__(self, port: int, request: bytes, count: int) -> None:
        self.port, self.request = port, request
        self.asked = self.failed = 0
        self.count = threading.Lock()
        self.threads = [threading.Thread(target=self.act) for _client in range(count)]

    def act(self) -> None:
        while True:
            try:
                connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
            except OSError:
                return
            with closing(connection):
                while self.answered(connection):
                    pass

    def answered(self, connection: socket.socket) -> bool:
        try:
            connection.sendall(self.request)
            answer = receive(connection, PATIENCE)
        except OSError:
            answer = b""
        right = status(answer) == "200"
        with self.count:
            self.asked += 1
            self.failed += not right
        return right and b"\nconnection: close" not in answer.lower()

    def __enter__(self) -> "Clients":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for thread in self.threads:
            thread.join()
