import http.client
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from refactor_site.wsgi import application
from tests.live import LiveServer

pytestmark = pytest.mark.once


def ask_in_chunks(server: LiveServer, chunks: Iterator[bytes]) -> tuple[int, object]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request(
            "POST", "/v1/token", body=chunks, headers={"Content-Type": "application/json"}, encode_chunked=True
        )
        answer = connection.getresponse()
        return answer.status, json.load(answer)
    finally:
        connection.close()


def test_a_body_sent_in_chunks_is_read(server: LiveServer) -> None:
    server.clear()
    status, answer = ask_in_chunks(server, iter([b'{"username": "nobody", ', b'"password": "no password of anybody"}']))
    assert status == 401
    assert isinstance(answer, dict)
    assert answer["error"]["code"] == "UNAUTHORIZED"


def test_a_body_sent_in_chunks_has_the_same_limit(server: LiveServer) -> None:
    status, answer = ask_in_chunks(server, (b" " * 1024 for _ in range(65)))
    assert status == 413
    assert isinstance(answer, dict)
    assert answer["error"]["code"] == "PAYLOAD_TOO_LARGE"


def ask_without_sending(server: LiveServer, method: str, path: str, token: str | None) -> int:
    """Announce chunks and send none; return the status that comes all the same."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.putrequest(method, path)
        connection.putheader("Transfer-Encoding", "chunked")
        connection.putheader("Content-Type", "application/json")
        if token:
            connection.putheader("Authorization", f"Bearer {token}")
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/llm-providers"), ("PUT", "/v1/llm-provider/openai"), ("GET", "/v1/llm-providers")],
)
def test_of_nobody_no_chunk_is_awaited(server: LiveServer, method: str, path: str) -> None:
    assert ask_without_sending(server, method, path, token="no-token") == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/llm-providers", 200),
        ("GET", "/v1/audit-events", 200),
        ("PUT", "/v1/llm-providers", 405),
        ("POST", "/v1/nope", 404),
        ("DELETE", "/v1/llm-provider/openai", 404),
        ("POST", "/admin/login/", 403),
    ],
)
def test_where_no_body_is_taken_no_chunk_is_awaited(server: LiveServer, method: str, path: str, status: int) -> None:
    server.clear()
    assert ask_without_sending(server, method, path, server.token()) == status


class Endless(io.RawIOBase):
    """A body without an end, and how much of it was asked for."""

    asked = 0

    def read(self, size: int = -1) -> bytes:
        self.asked += size
        return b" " * size


@pytest.mark.django_db
def test_of_an_endless_body_one_byte_more_than_the_limit_is_read(settings: Settings) -> None:
    body = Endless()
    environ: dict[str, Any] = {"REQUEST_METHOD": "POST", "PATH_INFO": "/v1/token", "CONTENT_TYPE": "application/json"}
    environ |= {"SERVER_NAME": "localhost", "SERVER_PORT": "443", "HTTP_HOST": "localhost"}
    environ |= {"wsgi.url_scheme": "https"}
    environ |= {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": body, "wsgi.input_terminated": True}
    answered: list[str] = []
    b"".join(application(environ, lambda line, _headers: answered.append(line)))
    assert [line[:3] for line in answered] == ["413"]
    assert body.asked == settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1


@pytest.mark.django_db
def test_a_length_spelled_with_an_underscore_is_none() -> None:
    """Servers hand it on beside the real ones, as a header; rest_framework would take it for a length."""
    environ: dict[str, Any] = {"REQUEST_METHOD": "POST", "PATH_INFO": "/v1/token", "CONTENT_TYPE": "application/json"}
    environ |= {"SERVER_NAME": "localhost", "SERVER_PORT": "443", "HTTP_HOST": "localhost"}
    environ |= {"wsgi.url_scheme": "https", "wsgi.input": io.BytesIO(b"")}
    environ |= {"HTTP_CONTENT_LENGTH": "5", "HTTP_CONTENT_TYPE": "text/plain"}
    answered: list[str] = []
    body = b"".join(application(environ, lambda line, _headers: answered.append(line)))
    assert [line[:3] for line in answered] == ["400"]
    assert json.loads(body)["error"]["details"] == {
        "username": ["This field is required."],
        "password": ["This field is required."],
    }
