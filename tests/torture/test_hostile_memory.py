"""What a hostile provider sends does not stay in the server's memory, and takes little of it meanwhile."""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from pathlib import Path

import pytest

from llm_providers.providers import PROVIDERS
from tests.live import LiveServer
from tests.processes import workers_of
from tests.verification.certificates import Authority
from tests.verification.conftest import authority, loopback  # noqa: F401  (fixtures)
from tests.verification.https_server import HTTPSServer, Received, Reply
from tests.verification.service import asks_on_loopback

pytestmark = [pytest.mark.torture, pytest.mark.once]

TIMES = 6  # each route is asked
MEGABYTE = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SPACES = b" " * 65536
PEAK = 40  # megabytes more while it answers: a body of four, and what is read out of it
LEFT = 20  # megabytes more when all is over
BODY = json.dumps({"provider": "anthropic", "credentials": PROVIDERS.get("anthropic").example})
ROUTES = (
    ("POST", "/v1/llm-provider/anthropic/verify", None),
    ("PATCH", "/v1/llm-provider/anthropic", '{"enabled": false}'),  # a list of models is remembered until a change
    ("GET", "/v1/llm-provider/anthropic/models", None),
    ("POST", "/v1/llm-providers/verify", BODY),
    ("PATCH", "/v1/llm-provider/anthropic?verify=require", '{"enabled": true}'),
)


def json_of(size: int, item: bytes) -> bytes:
    """A list of models of about so many bytes, each of them this one; always with a next page."""
    rows = b",".join(repeat(item, size // (len(item) + 1)))
    return b'{"has_more":true,"last_id":"a","data":[' + rows + b"]}"


BOMB = gzip.compress(b"[" + b" " * 50 * MEGABYTE + b"]")
FIFTY = json_of(50 * MEGABYTE, b'{"id":"claude","display_name":"Claude"}')
LIMIT = 4 * MEGABYTE - 100
ANSWERS: dict[str, Callable[[Received], Reply | Iterable[bytes]]] = {
    "no end": lambda _request: [HEAD, b"\r\n", *repeat(SPACES, 10_000)],
    "chunks without end": lambda _request: [
        HEAD,
        b"Transfer-Encoding: chunked\r\n\r\n",
        *repeat(b"10000\r\n" + SPACES + b"\r\n", 10_000),
    ],
    "headers without end": lambda _request: [HEAD, *repeat(b"X-Header: " + b"x" * 1000 + b"\r\n", 10_000)],
    "50 MB": lambda _request: Reply(200, FIFTY),
    "50 MB packed": lambda _request: Reply(200, BOMB, {"Content-Encoding": "gzip"}),
    "50 MB packed in secret": lambda _request: Reply(200, BOMB),
    "many small models": lambda _request: Reply(200, json_of(LIMIT, b'{"id":"a"}')),
    "as many models as are read": lambda _request: Reply(200, json_of(48_000 * 11, b'{"id":"a"}')),
    "pages of them": lambda _request: Reply(200, json_of(400 * 540, b'{"id":"a","display_name":"%s"}' % (b"x" * 500))),
    "one long name": lambda _request: Reply(200, b'{"data":[{"id":"' + "\U0001f600".encode() * 1_000_000 + b'"}]}'),
    "many empty lists": lambda _request: Reply(200, json_of(LIMIT, b"[]")),
    "many empty lists in an error": lambda _request: Reply(401, json_of(LIMIT, b"[]")),
}


class Memory:
    """Of the one worker of a server, in megabytes."""

    def __init__(self, server: LiveServer) -> None:
        (self.worker,) = workers_of(server)

    def _read(self, name: str) -> float:
        lines = Path(f"/proc/{self.worker}/status").read_text().splitlines()
        (size,) = [line.split()[1] for line in lines if line.startswith(name)]
        return int(size) / 1024

    def now(self) -> float:
        return self._read("VmRSS:")

    def peak(self) -> float:
        """Since it was forgotten."""
        return self._read("VmHWM:")

    def forget_peak(self) -> None:
        Path(f"/proc/{self.worker}/clear_refs").write_text("5")


class Provider:
    """On loopback, and hostile in the way that is set."""

    def __init__(self) -> None:
        self.answer = ANSWERS["50 MB"]

    def __call__(self, request: Received) -> Reply | Iterable[bytes]:
        return self.answer(request)


@pytest.fixture(scope="module")
def hostile(
    tmp_path_factory: pytest.TempPathFactory,
    authority: Authority,  # noqa: F811
    loopback: Path,  # noqa: F811
) -> Iterator[tuple[LiveServer, Provider]]:
    provider = Provider()
    with HTTPSServer(loopback, provider) as listening:
        environment = asks_on_loopback(authority, listening.port)
        server = LiveServer(tmp_path_factory.mktemp("hostile"), WORKERS="1", **environment)
        server.start()
        yield server, provider
        server.stop()


def test_memory_stays_flat_whatever_a_provider_sends(hostile: tuple[LiveServer, Provider]) -> None:
    httpx = pytest.importorskip("httpx")
    server, provider = hostile
    memory = Memory(server)
    headers = {"Authorization": f"Bearer {server.token()}", "Content-Type": "application/json"}
    with httpx.Client(base_url=server.url, headers=headers, trust_env=False, timeout=60) as client:

        def ask(times: int) -> None:
            for method, route, body in ROUTES * times:
                assert client.request(method, route, content=body).status_code in (200, 422, 502)

        assert client.post("/v1/llm-providers", content=BODY).status_code == 200
        ask(3)  # warm
        start = memory.now()
        for name, answer in ANSWERS.items():
            provider.answer = answer
            before = memory.now()
            memory.forget_peak()
            ask(TIMES)
            after, peak = memory.now(), memory.peak()
            print(f"{name:30} before {before:.0f} MB, after {after:.0f} MB, at most {peak:.0f} MB")
            assert peak - before < PEAK
        assert memory.now() - start < LEFT
