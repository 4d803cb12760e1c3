"""The processes of a running server, as Linux tells of them."""

from http.client import HTTPConnection
from pathlib import Path

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
    address, peer = connection.sock.getsockname(), connection.sock.getpeername()
    (socket,) = [
        f"socket:[{columns[9]}]"
        for columns in connections()
        if (port_of(columns[1]), port_of(columns[2])) == (peer[1], address[1]) and columns[3] == ESTABLISHED
    ]
    (worker,) = [pid for pid in workers if socket in sockets_of(pid)]
    return worker


def listens(pid: int, port: int) -> bool:
    listening = {
        f"socket:[{columns[9]}]" for columns in connections() if port_of(columns[1]) == port and columns[3] == LISTENING
    }
    return bool(listening & sockets_of(pid))


def connections() -> list[list[str]]:
    """The lines of the table of TCP connections, as columns."""
    return [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]


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
