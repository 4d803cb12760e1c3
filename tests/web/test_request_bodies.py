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


def test_the_end_of_a_body_that_nobody_takes_is_not_awaited(server: LiveServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.putrequest("GET", "/v1/llm-providers")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        assert connection.getresponse().status == 401
    finally:
        connection.close()


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
