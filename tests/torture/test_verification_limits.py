"""How often providers are asked is counted by all processes of the server together."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier

import pytest

from llm_providers.providers import PROVIDERS
from tests.live import LiveServer
from tests.processes import worker_of, workers_of
from tests.verification.certificates import Authority
from tests.verification.conftest import authority, loopback  # noqa: F401  (fixtures)
from tests.verification.https_server import HTTPSServer, Reply
from tests.verification.service import asks_on_loopback

CLIENTS, LIMIT = 24, 7
VERIFY = ("/v1/llm-provider/openai/verify", "/v1/llm-provider/openai/models", "/v1/llm-providers/verify")
REFUSED = "Providers were asked too often. Wait as long as the Retry-After header says."
BODY = json.dumps({"provider": "openai", "credentials": PROVIDERS.get("openai").example})


@pytest.fixture(scope="module")
def provider(loopback: Path) -> Iterator[HTTPSServer]:  # noqa: F811
    """It is down, so that no list of models is remembered."""
    with HTTPSServer(loopback, lambda _request: Reply(503, {})) as listening:
        yield listening


@pytest.fixture(scope="module", params=["PROVIDER", pytest.param("USER", marks=pytest.mark.torture)])
def limited(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    authority: Authority,  # noqa: F811
    provider: HTTPSServer,
) -> Iterator[LiveServer]:
    environment = asks_on_loopback(authority, provider.port)
    environment[f"LLM_PROVIDERS_VERIFY_LIMIT_PER_{request.param}"] = str(LIMIT)
    server = LiveServer(tmp_path_factory.mktemp("limited"), WORKERS="3", **environment)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def connections(limited: LiveServer) -> Iterator[list[HTTPConnection]]:
    opened = [HTTPConnection("127.0.0.1", limited.port, timeout=60) for _client in range(CLIENTS)]
    yield opened
    for connection in opened:
        connection.close()


def ask(connection: HTTPConnection, token: str, path: str, body: str | None = None) -> str:
    """The outcome, or the sentence of an error."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("GET" if path.endswith("models") else "POST", path, body, headers)
    answer = connection.getresponse()
    told = json.load(answer)
    if answer.status == 429:
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
    return str(told.get("outcome") or told.get("error", {}).get("message"))


@pytest.mark.parametrize("rounds", [2, pytest.param(20, marks=pytest.mark.torture)])
def test_several_processes_ask_no_more_often_than_one(
    limited: LiveServer, provider: HTTPSServer, connections: list[HTTPConnection], rounds: int
) -> None:
    token, start = limited.token(), Barrier(CLIENTS)
    for connection in connections:
        ask(connection, token, "/v1/llm-providers", BODY)
    busy = Counter(worker_of(connection, workers_of(limited)) for connection in connections)
    assert len(busy) > 1

    def verify(client: int) -> str:
        path = VERIFY[client % len(VERIFY)]
        start.wait(30)
        return ask(connections[client], token, path, BODY if path == VERIFY[2] else None)

    with ThreadPoolExecutor(CLIENTS) as clients:
        for _round in range(rounds):
            with closing(limited.connect()) as database:
                database.execute("DELETE FROM llm_providers_outboundcount")
                database.commit()
            provider.received.clear()
            told = Counter(clients.map(verify, range(CLIENTS)))
            assert (len(provider.received), told.pop(REFUSED)) == (LIMIT, CLIENTS - LIMIT)
            assert told.keys() <= {"unreachable", "OpenAI has trouble of its own. Try again later."}
    print(f"{rounds} rounds by {len(busy)} processes: each asked {LIMIT} times and refused {CLIENTS - LIMIT}")
