"""PostgreSQL on two hosts, of which one writes: the service finds it, and follows when they change places."""

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from tests.live import LiveServer, restartable_postgresql

pytestmark = pytest.mark.torture


@pytest.fixture
def hosts(pytestconfig: pytest.Config) -> Iterator[list[Any]]:
    if pytestconfig.getoption("--database") == "sqlite":
        pytest.skip("a file is on one host")
    with ExitStack() as running:
        yield [running.enter_context(restartable_postgresql()) for _host in range(2)]


def let_write(host: Any, *, writes: bool) -> None:
    """Make a host take writes or, as a standby does, refuse them; connections made before are ended."""
    with psycopg.connect(host.get_uri(), autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {'off' if writes else 'on'}")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")


def create(server: LiveServer) -> int:
    body = json.dumps({"provider": "xai", "credentials": {"api_key": "xai-your-api-key"}}).encode()
    headers = {"Authorization": f"Bearer {server.token()}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.url}/v1/llm-providers", data=body, headers=headers)
    with urllib.request.urlopen(request) as answer:
        status: int = answer.status
        return status


def test_the_host_that_writes_is_found_and_followed(hosts: list[Any], tmp_path: Path) -> None:
    sockets = ",".join(parse_qs(urlsplit(host.get_uri()).query)["host"][0] for host in hosts)
    address = f"postgres://postgres:@/postgres?host={sockets}&target_session_attrs=read-write"
    for first, second in (hosts, reversed(hosts)):
        let_write(first, writes=False)
        let_write(second, writes=True)
        server = LiveServer(tmp_path, DATABASE_URL=address)
        server.manage("migrate")
        server.start()
        try:
            assert create(server) == 200
        finally:
            server.stop()
    server.start()
    let_write(hosts[0], writes=False)
    let_write(hosts[1], writes=True)
    time.sleep(1)
    assert server.answers()
    with urllib.request.urlopen(f"{server.url}/readyz") as ready:
        assert ready.status == 200
    with psycopg.connect(hosts[1].get_uri()) as connection:
        (users,) = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = 'postgres'"
        ).fetchone() or (0,)
    assert users > 1
    server.stop()
