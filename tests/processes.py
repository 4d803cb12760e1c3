"""The processes of a running server, as Linux tells of them."""

import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from socket import inet_aton
from typing import NamedTuple

from tests.live import LiveServer

ESTABLISHED, LISTENING = "01", "0A"


def children(pid: int) -> list[int]:
    """The processes that one has started; none of one that is gone."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except FileNotFoundError:
        return []
    return [int(child) for child in listed.split()]


def workers_of(server: LiveServer) -> list[int]:
    return children(server.process.pid)


def worker_of(connection: HTTPConnection, workers: list[int]) -> int:
    """The process that holds the other end."""
    ends = as_listed(connection.sock.getpeername()), as_listed(connection.sock.getsockname())
    return holder(lambda entry: (entry.local, entry.remote, entry.state) == (*ends, ESTABLISHED), workers)


def listening_worker(port: int, workers: list[int]) -> int:
    return holder(lambda entry: entry.local == as_listed(("127.0.0.1", port)) and entry.state == LISTENING, workers)


class Entry(NamedTuple):
    socket: str
    local: str
    remote: str
    state: str


def holder(wanted: Callable[[Entry], bool], workers: list[int]) -> int:
    """The worker that holds a wanted socket.

    Linux does not read its table at one moment: while others connect and close, a line may be missed or come twice.
    """
    deadline = time.monotonic() + 10
    while True:
        sockets = {entry.socket for entry in tcp_table() if wanted(entry)}
        found = [pid for pid in workers if sockets & sockets_of(pid)]
        if found or time.monotonic() > deadline:
            assert len(found) == 1, found
            return found[0]
        time.sleep(0.01)


def tcp_table() -> list[Entry]:
    lines = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return [Entry(f"socket:[{line[9]}]", line[1], line[2], line[3]) for line in lines]


def as_listed(end: tuple[str, int]) -> str:
    """In hexadecimal, the address in the machine's order of bytes, on which tests run: little-endian."""
    address, port = end
    return f"{int.from_bytes(inet_aton(address), 'little'):08X}:{port:04X}"


def sockets_of(pid: int) -> set[str]:
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.add(str(descriptor.readlink()))
        except FileNotFoundError:  # closed meanwhile
            continue
    return found
