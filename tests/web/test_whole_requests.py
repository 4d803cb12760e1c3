"""Requests as the server hands them on: whole, with headers that are what they are called."""

import asyncio
import json
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from llm_providers.web.whole_requests import PIECE, WholeRequests
from refactor_site.wsgi import readable_requests
from tests.live import LiveServer

pytestmark = pytest.mark.once

Message = dict[str, Any]
LOGIN = b'{"username": "nobody", "password": "-"}'
PROXY, CLIENT = b"X-Forwarded-For: 192.0.2.1\r\n", b"X_Forwarded_For: 192.0.2.66\r\n"
JSON = b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(LOGIN)


def ask(port: int, head: bytes, body: bytes = b"") -> tuple[int, Any]:
    """Send a request whose lines are given as they are; return the status and the JSON that came."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as connection:
        connection.sendall(head + b"Host: 127.0.0.1\r\nConnection: close\r\n\r\n" + body)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return int(answer[9:12]), json.loads(answer.partition(b"\r\n\r\n")[2])


@pytest.fixture(scope="module")
def behind_a_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("proxied"), TRUSTED_PROXY_COUNT="1")
    live.start()
    yield live
    live.stop()


@pytest.mark.parametrize("headers", [JSON + PROXY + CLIENT, JSON + CLIENT + PROXY, PROXY + CLIENT + JSON])
def test_an_underscore_does_not_pass_for_the_proxy(behind_a_proxy: LiveServer, headers: bytes) -> None:
    behind_a_proxy.clear()
    assert ask(behind_a_proxy.port, b"POST /v1/token HTTP/1.1\r\n" + headers, LOGIN)[0] == 401
    assert behind_a_proxy.query("SELECT address FROM llm_providers_auditevent") == [("192.0.2.1",)]


def probe(server: LiveServer) -> None:
    """Twenty requests, each on a connection of its own, that do not wait for those who hold others."""
    token = server.token().encode()
    started = time.monotonic()
    for _request in range(20):
        status, _answer = ask(server.port, b"GET /v1/llm-providers HTTP/1.1\r\nAuthorization: Bearer %s\r\n" % token)
        assert status == 200
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("framing", [b"Content-Length: 900", b"Transfer-Encoding: chunked"])
def test_two_hundred_stalled_bodies_hold_nobody_up(server: LiveServer, framing: bytes) -> None:
    server.token()
    head = b"POST /v1/token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n%s\r\n\r\n" % framing
    with ExitStack() as held:
        for _client in range(200):
            connection = held.enter_context(closing(socket.create_connection(("127.0.0.1", server.port))))
            connection.sendall(head + b"9\r\n{")
        probe(server)


def test_twelve_hundred_idle_connections_hold_nobody_up(server: LiveServer) -> None:
    server.token()
    with ExitStack() as held:
        for _client in range(1200):
            held.enter_context(closing(socket.create_connection(("127.0.0.1", server.port))))
        probe(server)


def call(application: Any, received: Iterable[Message], method: str = "POST", path: str = "/", **headers: str) -> Any:
    """The answer of the application to one request: its messages but for the first, and that one's status."""
    sent: list[Message] = []
    waiting = iter(received)

    async def receive() -> Message:
        for message in waiting:
            return message
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "raw_path": path.encode(),
        "query_string": b"",
        "server": ("127.0.0.1", 8000),
        "client": ("192.0.2.7", 50000),
        "headers": [
            (name.encode(), value.encode("latin-1")) for name, value in {"host": "localhost", **headers}.items()
        ],
    }
    asyncio.run(WholeRequests(application, threads=1, body_timeout=0.05)(scope, receive, send))
    return sent[0]["status"], [(len(message["body"]), message["more_body"]) for message in sent[1:]], sent[1]["body"]


BEGINNING = {"type": "http.request", "body": b"{", "more_body": True}
CUT = {"type": "http.disconnect"}


@pytest.mark.parametrize("received", [[], [BEGINNING], [BEGINNING, CUT]])
def test_a_body_that_does_not_arrive_is_a_request_that_cannot_be_read(received: list[Message]) -> None:
    headers = {"content-type": "application/json", "content-length": "900", "x-forwarded-proto": "https"}
    status, _pieces, body = call(https(readable_requests), received, path="/v1/token", **headers)
    assert (status, json.loads(body)["error"]["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/v1/llm-providers", 401), ("PUT", "/v1/llm-provider/openai", 401), ("POST", "/v1/nope", 404)],
)
def test_where_no_body_is_taken_none_has_to_arrive(method: str, path: str, status: int) -> None:
    headers = {"content-type": "application/json", "transfer-encoding": "chunked"}
    assert call(https(readable_requests), [], method, path, **headers)[0] == status


def https(application: Any) -> Any:
    return lambda environ, start: application(environ | {"wsgi.url_scheme": "https"}, start)


def test_the_environment_of_a_request_is_that_of_wsgi() -> None:
    seen: list[Message] = []

    def application(environ: Message, start: Any) -> list[bytes]:
        seen.append({name: text for name, text in environ.items() if not name.startswith("wsgi.")})
        start("204 No Content", [])
        return []

    headers = {
        "cookie": "a=1",
        "Cookie": "b=2",
        "x-a": "\xe9",
        "X-A": "2",
        "content-length": "3",
        "content_length": "4",
    }
    assert call(application, [], "GET", "/%C3%A9", **headers) == (204, [(0, False)], b"")
    assert seen == [
        {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/\xc3\xa9",
            "QUERY_STRING": "",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "REMOTE_ADDR": "192.0.2.7",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": "a=1; b=2",
            "HTTP_X_A": "\xe9,2",
            "CONTENT_LENGTH": "3",
        }
    ]


def test_a_large_answer_is_sent_as_it_is_made() -> None:
    def application(_environ: Message, start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        for _part in range(5):
            yield b"x" * (PIECE // 2)

    assert call(application, [], "GET")[:2] == (200, [(PIECE, True), (PIECE, True), (PIECE // 2, False)])


def test_a_body_is_read_no_further_than_anybody_reads_it() -> None:
    pieces = iter([{"type": "http.request", "body": b"x" * 65536, "more_body": True}] * 10)

    def application(environ: Message, start: Any) -> list[bytes]:
        start("200 OK", [])
        return [str(len(environ["wsgi.input"].read())).encode()]

    assert call(application, pieces)[2] == b"196608"
    assert len(list(pieces)) == 7
