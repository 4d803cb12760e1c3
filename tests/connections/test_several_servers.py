"""Three servers on addresses of their own share one PostgreSQL, and nothing else."""

import json
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import cycle
from typing import Any

import pytest

from tests.live import LiveServer

SERVERS, WORKERS, CONNECTIONS = 3, 2, 4
CLIENTS = 12
BODY = {"provider": "openai", "credentials": {"api_key": "sk-shared"}}


class Host(LiveServer):
    """A server on a loopback address of its own."""

    def __init__(self, number: int, **options: Any) -> None:
        address = f"127.0.0.{number}"
        super().__init__(HOST=address, WORKERS=str(WORKERS), DATABASE_POOL_MAX=str(CONNECTIONS), **options)
        self.url = f"http://{address}:{self.port}"

    def ask(self, method: str, path: str, token: str = "", body: Any = None) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.loads(refusal.read())


@pytest.fixture(scope="module")
def hosts(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Host]]:
    if pytestconfig.getoption("--database") == "sqlite":
        pytest.skip("a file is on one machine")
    shared = {"LLM_PROVIDERS_DELIVERY": "true", "ALLOWED_HOSTS": ",".join(f"127.0.0.{n + 1}" for n in range(SERVERS))}
    with ExitStack() as running:
        started: list[Host] = []
        for number in range(1, SERVERS + 1):
            host = Host(number, directory=tmp_path_factory.mktemp(f"host{number}"), **shared)
            shared["DATABASE_URL"] = host.database_url
            host.start()
            running.callback(host.stop)
            started.append(host)
        yield started


@pytest.fixture(autouse=True)
def token(hosts: list[Host]) -> str:
    hosts[0].clear()
    return hosts[0].token()


def from_all(hosts: list[Host], *asked: Any) -> list[tuple[int, Any]]:
    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(lambda host: host.ask(*asked), [host for host, _ in zip(cycle(hosts), range(CLIENTS))]))


def statuses(answers: list[tuple[int, Any]]) -> Counter[int]:
    return Counter(status for status, _answer in answers)


def test_of_simultaneous_creates_one_wins(hosts: list[Host], token: str) -> None:
    for _round in range(5):
        hosts[0].clear()
        assert statuses(from_all(hosts, "POST", "/v1/llm-providers", token, BODY)) == {200: 1, 409: CLIENTS - 1}


def test_what_one_has_changed_the_others_answer(hosts: list[Host], token: str) -> None:
    assert hosts[0].ask("POST", "/v1/llm-providers", token, BODY)[0] == 200
    for number, host in enumerate(hosts * 2):
        changed = {"credentials": {"organization": f"org-{number}", "api_key": f"sk-{number}"}}
        assert host.ask("PATCH", "/v1/llm-provider/openai", token, changed)[0] == 200
        read = [each.ask("GET", "/v1/llm-provider/openai/credentials", token)[1] for each in hosts]
        assert [answer["credentials"]["api_key"] for answer in read] == [f"sk-{number}"] * SERVERS


def test_failed_logins_are_counted_together(hosts: list[Host]) -> None:
    wrong = {"username": "admin", "password": "wrong"}
    found = statuses(from_all(hosts, "POST", "/v1/token", "", wrong))
    assert found[401] == 4  # and the fifth is refused
    assert statuses(from_all(hosts, "POST", "/v1/token", "", wrong)) == {429: CLIENTS}


def test_a_key_that_one_has_revoked_is_refused_by_all(hosts: list[Host], token: str) -> None:
    machine = {"name": "billing", "permissions": ["view"], "providers": None}
    assert hosts[0].ask("POST", "/v1/machines", token, machine)[0] == 200
    for host in hosts:
        issued = hosts[0].ask("POST", "/v1/machine/billing/keys", token, {"expires_in_days": 1})[1]
        key = issued["key"]
        assert statuses(from_all(hosts, "GET", "/v1/llm-providers", key)) == {200: CLIENTS}
        assert host.ask("DELETE", f"/v1/machine/billing/key/{issued['id']}", token)[0] in (200, 204)
        assert statuses(from_all(hosts, "GET", "/v1/llm-providers", key)) == {401: CLIENTS}


def test_together_they_keep_no_more_connections_than_each_may(hosts: list[Host], token: str) -> None:
    for _round in range(5):
        assert statuses(from_all(hosts, "GET", "/v1/llm-providers", token)) == {200: CLIENTS}
    [[count]] = hosts[0].query(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    assert 0 < count <= SERVERS * CONNECTIONS
