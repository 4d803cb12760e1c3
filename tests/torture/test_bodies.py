"""Bodies that never end, and bodies without measure, cost nobody else anything."""

import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from llm_providers.providers import PROVIDERS
from tests.live import LiveServer
from tests.torture.conftest import Target
from tests.torture.corpus.case import CREATE, Case
from tests.torture.invariants import assert_contract

MIB = 1024 * 1024


@pytest.mark.parametrize("framing", [b"Content-Length: 1000", b"Transfer-Encoding: chunked"])
def test_40_stalled_bodies_block_nobody(target: Target, framing: bytes) -> None:
    target.server.clear()
    head = b"POST /v1/token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n%s\r\n\r\n" % framing
    with ExitStack() as stalled:
        for _ in range(40):
            connection = socket.create_connection(("127.0.0.1", target.server.port), timeout=10)
            stalled.enter_context(connection)
            connection.sendall(head + b'9\r\n{"userna')
        time.sleep(0.5)  # seconds; time for all of them to reach a thread
        started = time.monotonic()
        for provider in PROVIDERS:
            answer = target.post(CREATE, {"provider": provider.slug, "credentials": provider.example})
            assert answer.status == 200
        assert target.ask(Case("alive", 200, path="/healthz")).status == 200
        assert time.monotonic() - started < 5


def test_a_body_of_50_mib_is_refused_and_not_kept_in_memory(target: Target) -> None:
    before = memory(target.server)
    answer = target.ask(Case("50 MiB", 413, "POST", CREATE, body=b"x" * 50 * MIB))
    assert answer.status == 413
    assert_contract(answer)
    print(f"\nThe server grew by {(memory(target.server) - before) / MIB:.1f} MiB")
    assert memory(target.server) - before < 25 * MIB


def memory(server: LiveServer) -> int:
    """Resident bytes of the server and its workers, at their highest."""
    processes = [server.process.pid, *children(server.process.pid)]
    return sum(peak(pid) for pid in processes)


def children(pid: int) -> list[int]:
    task = Path(f"/proc/{pid}/task/{pid}/children")
    if not task.exists():
        pytest.skip("This system has no /proc that tells of child processes.")
    found = [int(child) for child in task.read_text().split()]
    assert found
    return found


def peak(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024
