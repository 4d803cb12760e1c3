"""One request over a raw socket, and what came back."""

import socket
import time
from contextlib import closing

from bench.load import length

TIMEOUT = 5  # seconds


def ask(port: int, request: bytes, timeout: float = TIMEOUT) -> str:
    """The status; ``cut`` when the connection ended without one, ``hangs`` when nothing came in time."""
    try:
        with closing(socket.create_connection(("127.0.0.1", port), timeout=timeout)) as connection:
            connection.sendall(request)
            return status(receive(connection, timeout))
    except TimeoutError:
        return "hangs"
    except OSError:
        return "cut"


def status(answer: bytes) -> str:
    return answer[9:12].decode("ascii", "replace") or "cut"


def receive(connection: socket.socket, timeout: float) -> bytes:
    """A whole answer, or as much as came before the connection ended."""
    until = time.monotonic() + timeout
    received = b""
    while not whole(received):
        connection.settimeout(max(0.001, until - time.monotonic()))
        more = connection.recv(65536)
        if not more:
            break
        received += more
    return received


def whole(received: bytes) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    return bool(end) and len(body) >= length(head)


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]
