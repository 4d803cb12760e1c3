"""The processes of a running server, as Linux tells of them."""

from http.client import HTTPConnection
from pathlib import Path

from tests.live import LiveServer

ESTABLISHED = "01"


def workers_of(server: LiveServer) -> list[int]:
    pid = server.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def worker_of(connection: HTTPConnection, workers: list[int]) -> int:
    """The process that holds the other end."""
    address, peer = connection.sock.getsockname(), connection.sock.getpeername()
    (inode,) = [
        columns[9]
        for columns in map(str.split, Path("/proc/net/tcp").read_text().splitlines()[1:])
        if (port_of(columns[1]), port_of(columns[2])) == (peer[1], address[1]) and columns[3] == ESTABLISHED
    ]
    (worker,) = [pid for pid in workers if f"socket:[{inode}]" in sockets_of(pid)]
    return worker


def port_of(column: str) -> int:
    return int(column.partition(":")[2], 16)


def sockets_of(pid: int) -> set[str]:
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.add(str(descriptor.readlink()))
        except FileNotFoundError:  # closed meanwhile
            continue
    return found
