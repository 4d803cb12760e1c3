"""The running server, asked over loopback by raw sockets: how many answers, how fast, for how much processor time."""

import selectors
import socket
import time
from dataclasses import dataclass
from typing import Any

from bench.server import Server

LONGEST = 15  # seconds that a busy machine may take until each connection had an answer


@dataclass
class Load:
    """What was seen of one request under load; times are in milliseconds, ``processor`` is the server's of each."""

    per_second: float
    p50: float
    p95: float
    p99: float
    processor: float
    refused: int


def load(server: Server, request: bytes, status: int, connections: int, seconds: float) -> Load:
    """Keep so many connections busy with a request for a while, after a short time of warming up."""
    with selectors.DefaultSelector() as selector:
        clients = [Client(server.port, request, status) for _client in range(connections)]
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
            client.send()
        turn(selector, seconds / 4)
        for client in clients:
            client.times.clear()
            client.refused = 0
        spent, started = server.processor_seconds(), time.perf_counter()
        turn(selector, seconds)
        while not all(client.times for client in clients) and time.perf_counter() - started < LONGEST:
            turn(selector, 0.1)
        elapsed, spent = time.perf_counter() - started, server.processor_seconds() - spent
        for client in clients:
            client.socket.close()
    times = sorted(each for client in clients for each in client.times)
    if not times:
        raise SystemExit("The server answered nothing in time.")
    p50, p95, p99 = (times[int(len(times) * part)] * 1000 for part in (0.5, 0.95, 0.99))
    refused = sum(client.refused for client in clients)
    return Load(len(times) / elapsed, p50, p95, p99, spent * 1000 / len(times), refused)


def turn(selector: Any, seconds: float) -> None:
    until = time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > 0:
        for key, _events in selector.select(left):
            key.data.receive()


class Client:
    """One connection that is kept, and asks again as soon as it has its answer."""

    def __init__(self, port: int, request: bytes, status: int) -> None:
        self.request, self.expected = request, b"HTTP/1.1 %d" % status
        self.times: list[float] = []
        self.refused = 0
        self.buffer = b""
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self) -> None:
        self.sent = time.perf_counter()
        self.socket.sendall(self.request)

    def receive(self) -> None:
        received = self.socket.recv(65536)
        if not received:
            raise SystemExit("The server closed a connection.")
        self.buffer += received
        head, end, body = self.buffer.partition(b"\r\n\r\n")
        if end and len(body) >= length(head):
            self.times.append(time.perf_counter() - self.sent)
            self.refused += not head.startswith(self.expected)
            self.buffer = b""
            self.send()


def length(head: bytes) -> int:
    if head.startswith(b"HTTP/1.1 304"):
        return 0
    _before, _name, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0])


def raw(asked: dict[str, Any]) -> bytes:
    """A request of in_process.environ() as bytes."""
    query = asked["QUERY_STRING"]
    lines = [f"{asked['REQUEST_METHOD']} {asked['PATH_INFO']}{'?' * bool(query)}{query} HTTP/1.1"]
    for name, value in asked.items():
        if name.startswith(("HTTP_", "CONTENT_")):
            lines.append(f"{name.removeprefix('HTTP_').replace('_', '-')}: {value}")
    return "\r\n".join([*lines, "", ""]).encode() + bytes(asked["wsgi.input"].getvalue())
