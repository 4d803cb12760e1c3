"""Several processes that ask the same thing at the same moment."""

import socket
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from threading import Barrier
from typing import Any

from tests.torture.wire import PATIENCE, answers

PROCESSES = 8
EACH = 25  # requests
START = 60  # seconds until every process must be there

_start: Barrier


def _join(start: Barrier) -> None:
    global _start  # noqa: PLW0603  (a barrier is inherited by a new process, it cannot be sent to one)
    _start = start


def _ask(port: int, request: bytes) -> list[int]:
    """Open every connection, wait for the other processes, then send; return the statuses."""
    connections = [socket.create_connection(("127.0.0.1", port), timeout=3 * PATIENCE) for _ in range(EACH)]
    _start.wait(START)
    for connection in connections:
        connection.sendall(request)
    return [answer.status for connection in connections for answer in answers(_read(connection))]


def _read(connection: socket.socket) -> bytes:
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


class Crowd:
    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self.pool = pool

    def ask(self, port: int, request: bytes) -> list[int]:
        """Send PROCESSES x EACH equal requests at once; return the statuses of all answers."""
        asked = [self.pool.submit(_ask, port, request) for _ in range(PROCESSES)]
        return [status for statuses in asked for status in statuses.result()]


@contextmanager
def crowd() -> Iterator[Crowd]:
    context: Any = get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, context, _join, (context.Barrier(PROCESSES),)) as pool:
        yield Crowd(pool)
