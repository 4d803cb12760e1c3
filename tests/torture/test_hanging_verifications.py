"""Providers that never answer take nothing from whoever asks for something else."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.live import LiveServer

pytestmark = pytest.mark.torture

HANGING, CLIENTS, SECONDS = 20, 8, 4.0
SHARE = 0.7  # of the undisturbed rate


@pytest.fixture
def silent() -> Iterator[tuple[int, list[socket.socket]]]:
    """A port that takes connections and says nothing; the connections that were taken."""
    taken: list[socket.socket] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        listener.settimeout(0.2)
        over = threading.Event()

        def take() -> None:
            while not over.is_set():
                try:
                    taken.append(listener.accept()[0])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=take)
        thread.start()
        yield listener.getsockname()[1], taken
        over.set()
        thread.join()
        for connection in taken:
            connection.close()


@pytest.fixture
def hanging_server(tmp_path: Path, silent: tuple[int, list[socket.socket]]) -> Iterator[LiveServer]:
    server = LiveServer(
        tmp_path,
        LLM_PROVIDERS_ORIGINS=f"openai=https://127.0.0.1:{silent[0]}",
        LLM_PROVIDERS_OUTBOUND_ALLOW="127.0.0.0/8",
        LLM_PROVIDERS_OUTBOUND_TIMEOUT="10",
        LLM_PROVIDERS_VERIFY_LIMIT_PER_USER="1000",
        LLM_PROVIDERS_VERIFY_LIMIT_PER_PROVIDER="1000",
    )
    server.start()
    yield server
    server.stop()


def rate(server: LiveServer, headers: dict[str, str]) -> float:
    """Lists a second that eight clients get; each of them is a 200."""
    httpx = pytest.importorskip("httpx")
    end = time.monotonic() + SECONDS

    def ask(_client: int) -> int:
        with httpx.Client(base_url=server.url, headers=headers, trust_env=False, timeout=30) as client:
            answered = 0
            while time.monotonic() < end:
                assert client.get("/v1/llm-providers").status_code == 200
                answered += 1
            return answered

    with ThreadPoolExecutor(CLIENTS) as clients:
        return sum(clients.map(ask, range(CLIENTS))) / SECONDS


def test_verifications_that_hang_slow_nobody(
    hanging_server: LiveServer, silent: tuple[int, list[socket.socket]]
) -> None:
    httpx = pytest.importorskip("httpx")
    headers = {"Authorization": f"Bearer {hanging_server.token()}"}
    body = {"provider": "openai", "enabled": True, "credentials": {"api_key": "sk-your-api-key"}}
    with httpx.Client(base_url=hanging_server.url, headers=headers, trust_env=False, timeout=60) as client:
        assert client.post("/v1/llm-providers", json=body).status_code == 200
        rate(hanging_server, headers)  # warm

        def verify(_number: int) -> Any:
            return client.post("/v1/llm-provider/openai/verify")

        undisturbed = rate(hanging_server, headers)
        with ThreadPoolExecutor(HANGING) as verifying:
            asked = [verifying.submit(verify, number) for number in range(HANGING)]
            while len(silent[1]) < HANGING // 2 and not all(each.done() for each in asked):
                time.sleep(0.05)
            disturbed = rate(hanging_server, headers)
            hung = sum(not each.done() for each in asked)
            answers = [each.result() for each in asked]
    print(f"undisturbed {undisturbed:.0f}/s, with {hung} hanging {disturbed:.0f}/s: {disturbed / undisturbed:.0%}")
    assert hung >= HANGING // 2
    assert disturbed >= SHARE * undisturbed
    assert {answer.status_code for answer in answers} <= {200, 429}
    assert {answer.json()["outcome"] for answer in answers if answer.status_code == 200} == {"unreachable"}
