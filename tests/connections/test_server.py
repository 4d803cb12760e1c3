"""The running server's connections: few after many clients, and fit for use whatever happened to the database."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.connections.crowd import CLIENTS, OF_THE_SERVER, burst, connections
from tests.live import LiveServer
from tests.torture.corpus.case import CREATE, LIST, Case
from tests.torture.wire import answers, converse

POOL = 3
WORKERS = 2


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    directory = tmp_path_factory.mktemp("small")
    live = LiveServer(directory, DATABASE_POOL_MAX=str(POOL * WORKERS), WORKERS=str(WORKERS))
    live.start()
    yield live
    live.stop()


@pytest.fixture
def small(started: LiveServer) -> LiveServer:
    """It runs, though a test before has stopped it, and nothing is stored."""
    if started.process.poll() is not None:
        started.start()
    started.clear()
    return started


def most(server: LiveServer, size: int) -> int:
    return size if server.database_path else size * WORKERS


def read(server: LiveServer, token: str) -> int:
    (answer,) = answers(converse(server.port, Case("list", 200, path=LIST).request(token)))
    return answer.status


@pytest.mark.parametrize("pause", [1, pytest.param(40, marks=pytest.mark.torture)])
def test_two_bursts_of_clients_leave_no_more_connections_than_the_pools_have(small: LiveServer, pause: int) -> None:
    token = small.token()
    for _burst in range(2):
        assert burst(small, token) == {200: 2 * CLIENTS}
        assert 1 <= connections(small) <= most(small, POOL)
        time.sleep(pause)  # granian's threads end after 30 idle seconds
    assert connections(small) <= most(small, POOL)


def test_a_lost_connection_fails_no_request(small: LiveServer) -> None:
    if small.database_path is not None:
        pytest.skip("a file is not lost by restarting a server")
    token = small.token()
    assert burst(small, token) == {200: 2 * CLIENTS}
    ended = [pid for pid, _ended in small.query(f"SELECT pid, pg_terminate_backend(pid) {OF_THE_SERVER}")]
    assert len(ended) >= WORKERS
    while small.query(f"SELECT 1 FROM pg_stat_activity WHERE pid IN ({', '.join(map(str, ended))})"):
        time.sleep(0.01)
    assert [read(small, token) for _request in range(20)] == [200] * 20


def test_a_replaced_file_is_what_is_read_and_written_from_the_next_request_on(
    small: LiveServer, tmp_path: Path
) -> None:
    if small.database_path is None:
        pytest.skip("PostgreSQL's files are its own")
    token = small.token()
    backup = tmp_path / "backup.sqlite3"
    with closing(small.connect()) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    assert create(small, token) == 200
    assert [create(small, token) for _request in range(20)] == [409] * 20
    backup.rename(small.database_path)
    assert create(small, token) == 200
    assert [create(small, token) for _request in range(20)] == [409] * 20
    assert small.query("PRAGMA integrity_check") == [("ok",)]


def test_a_stopped_server_leaves_its_database_in_one_file(small: LiveServer) -> None:
    if small.database_path is None:
        pytest.skip("PostgreSQL's files are its own")
    token = small.token()
    assert create(small, token) == 200
    small.stop()
    assert sorted(path.name for path in small.database_path.parent.glob("live.sqlite3*")) == ["live.sqlite3"]
    assert small.query("SELECT provider FROM llm_providers_llmproviderconfig") == [("xai",)]


def create(server: LiveServer, token: str) -> int:
    body = b'{"provider": "xai", "credentials": {"api_key": "xai-1"}}'
    (answer,) = answers(converse(server.port, Case("create", 200, "POST", CREATE, body=body).request(token)))
    return answer.status


def test_a_command_ends_at_once_and_says_nothing_of_its_connections(small: LiveServer) -> None:
    done = small.run("shell", "--no-imports", "-c", "from django.contrib.auth.models import User; User.objects.count()")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
