"""Several processes that ask at the same moment."""

import socket
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from threading import Barrier
from typing import Any

from tests.torture.wire import PATIENCE, answers

START = 60  # seconds until every process must be there

_start: Barrier


def _join(start: Barrier) -> None:
    global _start  # noqa: PLW0603  (a barrier is inherited by a new process, it cannot be sent to one)
    _start = start


def _ask(port: int, requests: list[bytes]) -> list[int]:
    """Open every connection, wait for the other processes, then send; return the statuses."""
    connections = [socket.create_connection(("127.0.0.1", port), timeout=3 * PATIENCE) for _ in requests]
    _start.wait(START)
    for connection, request in zip(connections, requests, strict=True):
        connection.sendall(request)
    return [answer.status for connection in connections for answer in answers(_read(connection))]


def _read(connection: socket.socket) -> bytes:
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


class Crowd:
    def __init__(self, pool: ProcessPoolExecutor, size: int) -> None:
        self.pool = pool
        self.size = size

    def ask(self, port: int, requests: list[bytes]) -> list[int]:
        """Share the requests out among the processes and send them at once; return all statuses, in their order."""
        share = len(requests) // self.size
        asked = [self.pool.submit(_ask, port, requests[i * share : (i + 1) * share]) for i in range(self.size)]
        return [status for statuses in asked for status in statuses.result()]


@contextmanager
def crowd(size: int) -> Iterator[Crowd]:
    context: Any = get_context("spawn")
    with ProcessPoolExecutor(size, context, _join, (context.Barrier(size),)) as pool:
        yield Crowd(pool, size)
