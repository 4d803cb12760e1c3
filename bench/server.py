"""The server as `make run` starts it, and what its processes cost."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.live import MANAGE, free_port

TICKS = os.sysconf("SC_CLK_TCK")
STARTUP = 60  # seconds


Command = Callable[[int], list[str]]  # what serves on a port


def as_served(_port: int) -> list[str]:
    return [*MANAGE, "serve"]


class Server:
    """`manage.py serve`, or another command, on a port of its own, with the environment of this process."""

    def __init__(self, command: Command = as_served) -> None:
        self.port = free_port()
        environment = {**os.environ, "PORT": str(self.port)}
        started = time.perf_counter()
        self.process = subprocess.Popen(
            command(self.port),
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not self.answers():
            if self.process.poll() is not None or time.perf_counter() - started > STARTUP:
                self.stop()
                raise SystemExit("The server did not start.")
            time.sleep(0.01)
        self.seconds_to_first_answer = time.perf_counter() - started

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                return connection.recv(12) == b"HTTP/1.1 200"
        except OSError:
            return False

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def workers(self) -> list[int]:
        return workers_of(self.process.pid)

    def processor_seconds(self) -> float:
        return sum(processor_seconds(pid) for pid in [self.process.pid, *descendants(self.process.pid)])

    def memory(self) -> list[dict[str, float]]:
        """RSS and PSS of each worker, in MiB."""
        return [memory(pid) for pid in self.workers()]


def workers_of(server: int) -> list[int]:
    """The processes that answer: those below the first that have no children but threads."""
    below = [pid for pid in descendants(server) if not children(pid)]
    return [pid for pid in below if b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()]


def children(pid: int) -> list[int]:
    return [int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]


def descendants(pid: int) -> list[int]:
    return [below for child in children(pid) for below in (child, *descendants(child))]


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid: int) -> dict[str, float]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}
    return {"rss_mib": sizes["Rss"], "pss_mib": sizes["Pss"]}
