"""PostgreSQL stopped and started under the running server."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.live import LiveServer, restartable_postgresql
from tests.torture.corpus.case import LIST, Case
from tests.torture.wire import Answer, answers, converse

pytestmark = pytest.mark.torture

AT_ONCE = 2  # seconds


@pytest.fixture
def database(pytestconfig: pytest.Config) -> Iterator[Any]:
    if pytestconfig.getoption("--database") == "sqlite":
        pytest.skip("a file is not lost by restarting a server")
    with restartable_postgresql() as database:
        yield database


@pytest.fixture
def live(tmp_path: Path, database: Any) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path, DATABASE_URL=database.get_uri())
    live.start()
    yield live
    live.stop()


def ask(server: LiveServer, token: str) -> tuple[Answer, float]:
    started = time.monotonic()
    (answer,) = answers(converse(server.port, Case("list", 200, path=LIST).request(token)))
    return answer, time.monotonic() - started


def test_while_it_is_away_requests_are_told_to_retry_at_once_and_afterwards_all_is_right(
    live: LiveServer, database: Any
) -> None:
    token = live.token()
    with ThreadPoolExecutor(40) as clients:

        def ask_40() -> list[tuple[Answer, float]]:
            return list(clients.map(lambda _client: ask(live, token), range(40)))

        assert {answer.status for answer, _seconds in ask_40()} == {200}
        for _outage in range(3):
            database.stop()
            for answer, seconds in ask_40() + ask_40():
                assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
                assert seconds < AT_ONCE
            assert live.answers()
            database.ensure_postgres_running()
            assert {answer.status for answer, _seconds in ask_40()} == {200}


def test_a_restart_under_load_is_at_worst_a_503_with_retry_after(live: LiveServer, database: Any) -> None:
    token = live.token()
    seen: list[tuple[float, Answer]] = []
    until = time.monotonic() + 12

    def keep_asking(_client: int) -> None:
        while time.monotonic() < until:
            answer, _seconds = ask(live, token)
            seen.append((time.monotonic(), answer))

    with ThreadPoolExecutor(8) as clients:
        asking = clients.map(keep_asking, range(8))
        time.sleep(2)
        database.stop()
        database.ensure_postgres_running()
        back = time.monotonic()
        list(asking)
    refused = [(at, answer) for at, answer in seen if answer.status != 200]
    assert {(answer.status, answer.headers["Retry-After"]) for _at, answer in refused} <= {(503, "5")}
    assert [at for at, _answer in refused if at > back + AT_ONCE] == []
    assert [answer for at, answer in seen if at > back + AT_ONCE]
