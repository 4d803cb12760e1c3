"""What outbound sends, and what it makes of answers that are well-behaved."""

import json
import logging
import socket
from pathlib import Path

import pytest
from pytest_django import Settings

from llm_providers.providers.probe import Answer, Kind, Question
from llm_providers.verification.outbound import ask, placed
from tests.verification.certificates import Authority
from tests.verification.conftest import HOST, Serve, ask_openai, to_loopback
from tests.verification.https_server import HTTPSServer, Received, Reply

pytestmark = pytest.mark.once

CANARY = "sk-canary-5f0b7a"


def test_a_json_answer_is_read(serve: Serve) -> None:
    server = serve(lambda _request: Reply(200, {"data": []}, {"X-Request-Id": "req-1"}))
    answer = ask_openai()
    assert (answer.kind, answer.status, answer.json) == (Kind.JSON, 200, {"data": []})
    assert answer.headers["x-request-id"] == "req-1"
    assert server.connections == 1


def test_the_request_holds_what_was_asked_and_nothing_of_the_environment(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server = serve(lambda _request: Reply(200, {}))
    url = "https://api.openai.com/v1/models?limit=1&after=a%2Fb"
    assert ask_openai(url, method="POST", headers={"Authorization": "Bearer x"}, body=b"a=b").kind == Kind.JSON
    assert server.received == [
        Received(
            "POST",
            "/v1/models?limit=1&after=a%2Fb",
            {
                "host": f"{HOST}:{server.port}",
                "accept": "application/json",
                "accept-encoding": "identity",
                "connection": "close",
                "user-agent": "refactor-llm-providers",
                "authorization": "Bearer x",
                "content-length": "3",
            },
            b"a=b",
        )
    ]


@pytest.mark.parametrize("status", [200, 404, 529])
@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff\xfe", b"NaN", b"[" * 100_000, b"9" * 5_000])
def test_what_is_not_json_keeps_its_status(serve: Serve, status: int, body: bytes) -> None:
    serve(lambda _request: Reply(status, body, {"Retry-After": "7"}))
    answer = ask_openai()
    assert (answer.kind, answer.status, answer.json) == (Kind.NOT_JSON, status, None)
    assert answer.headers["retry-after"] == "7"


@pytest.mark.parametrize("value", [None, [], 0, "", {"data": {"data": 1}}, [[]]])
def test_any_shape_of_json_is_handed_on(serve: Serve, value: object) -> None:
    serve(lambda _request: Reply(200, json.dumps(value).encode()))
    answer = ask_openai()
    assert (answer.kind, answer.json) == (Kind.JSON, value)


def test_a_body_as_long_as_its_limit_is_read(serve: Serve) -> None:
    serve(lambda _request: Reply(200, b'"' + b"x" * 998 + b'"'))
    assert ask_openai(limit=1000).kind == Kind.JSON
    assert ask_openai(limit=999).kind == Kind.TOO_LARGE


@pytest.mark.parametrize("item", [b"[]", b"{}", b"0", b'{"a":0}'])
def test_a_body_of_too_many_members_is_not_read(serve: Serve, item: bytes) -> None:
    serve(lambda _request: Reply(200, b"[" + b",".join([item] * 100_001) + b"]"))
    assert ask_openai(limit=4 * 1024 * 1024).kind == Kind.TOO_LARGE
    serve(lambda _request: Reply(200, b"[" + b",".join([item] * 45_000) + b"]"))
    assert ask_openai(limit=4 * 1024 * 1024).kind == Kind.JSON


def test_an_operators_origin_takes_the_place_of_scheme_host_and_port(settings: Settings) -> None:
    settings.LLM_PROVIDERS_ORIGINS = {"azure": "https://gateway.corp:8443"}
    question = Question("GET", "https://r.openai.azure.com/openai/models?api-version=1", "azure", {"api-key": "x"})
    there = placed(question)
    assert there.url == "https://gateway.corp:8443/openai/models?api-version=1"
    assert (there.headers, placed(there)) == (question.headers, there)
    assert placed(Question("GET", question.url, "openai")).url == question.url


def test_an_origin_may_be_an_address(settings: Settings, authority: Authority) -> None:
    with HTTPSServer(authority.issue("127.0.0.1"), lambda _request: Reply(200, {})) as server:
        settings.LLM_PROVIDERS_ORIGINS = {"xai": f"https://127.0.0.1:{server.port}"}
        assert ask(Question("GET", "https://api.x.ai/v1/api-key", "xai")).kind == Kind.JSON


def test_the_next_address_is_tried_when_one_does_not_answer(serve: Serve) -> None:
    server = serve(lambda _request: Reply(200, {}))
    question = Question("GET", "https://api.openai.com/", "openai")
    assert ask(question, look_up=lambda _host, _port: ["127.0.0.9", "127.0.0.1"]).kind == Kind.JSON
    assert server.connections == 1


def test_a_closed_port_is_unreachable(settings: Settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.LLM_PROVIDERS_ORIGINS = {"openai": f"https://{HOST}:{closed.getsockname()[1]}"}
        assert ask_openai() == Answer(Kind.UNREACHABLE)


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer a\r\nHost: evil"}, {"Authorization": "ключ"}])
def test_a_header_that_would_be_two_is_not_sent(serve: Serve, headers: dict[str, str]) -> None:
    server = serve(lambda _request: Reply(200, {}))
    assert ask_openai(headers=headers) == Answer(Kind.REFUSED)
    assert server.connections == 0


def test_neither_question_nor_answer_shows_what_it_holds() -> None:
    question = Question("POST", "https://api.openai.com/", "openai", {"Authorization": CANARY}, CANARY.encode())
    answer = Answer(Kind.JSON, 401, {"x-echo": CANARY}, {"error": CANARY})
    assert CANARY not in f"{question!r} {answer!r} {question} {answer}"


def test_nothing_of_a_request_is_logged(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    serve(lambda _request: Reply(401, {"error": CANARY}, {"X-Echo": CANARY}))
    assert ask_openai(headers={"Authorization": CANARY}, body=CANARY.encode(), method="POST").kind == Kind.JSON
    assert caplog.records == []


def test_a_question_that_the_provider_ends_early_is_unreachable(serve: Serve, certificate: Path) -> None:
    serve(lambda _request: [b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"], certificate)
    assert ask_openai() == Answer(Kind.UNREACHABLE)


def test_loopback_is_refused_unless_the_operator_allows_it(serve: Serve, settings: Settings) -> None:
    server = serve(lambda _request: Reply(200, {}))
    settings.LLM_PROVIDERS_OUTBOUND_ALLOW = []
    assert ask(Question("GET", "https://api.openai.com/", "openai"), look_up=to_loopback) == Answer(Kind.REFUSED)
    assert server.connections == 0
