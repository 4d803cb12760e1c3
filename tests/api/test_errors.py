"""Whatever arrives under /v1, the answer is the one error body."""

import io

import pytest
from django.db import OperationalError
from django.http import HttpResponse

from llm_providers.api import errors
from llm_providers.models import LLMProviderConfig
from llm_providers.sealing import CredentialsUnreadable
from tests.client import API

pytestmark = pytest.mark.django_db

LIST = "/v1/llm-providers"


def code(response: object) -> tuple[int, str]:
    body = response.json()  # type: ignore[attr-defined]
    assert list(body) == ["error"]
    assert list(body["error"]) in (["code", "message"], ["code", "message", "details"])
    return response.status_code, body["error"]["code"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v1/nope", "/v1/llm-providers/", "/v1/llm-provider/", "/v1/llm-provider/a/b"]
)
def test_an_unknown_path_is_not_found_for_anybody(path: str) -> None:
    assert code(API().get(path)) == (404, "NOT_FOUND")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_a_method_a_path_does_not_take_is_named_in_allow(api: API, method: str) -> None:
    response = api.request(method, LIST)
    assert code(response) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["Allow"] == "GET, HEAD, POST"


def test_401_comes_before_anything_else_is_looked_at() -> None:
    response = API().request("PUT", f"{LIST}?x=1", b"\xff", Accept="text/html")
    assert code(response) == (401, "UNAUTHORIZED")


def test_another_answer_than_json_is_not_acceptable(api: API) -> None:
    assert code(api.get(LIST, Accept="text/html")) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "x"])
def test_another_body_than_json_is_unsupported(api: API, media_type: str) -> None:
    response = api.client.generic("POST", LIST, b"{}", content_type=media_type, headers=api.headers)
    assert code(response) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"null",
        b"\xff",
        '{"provider": "openai"}'.encode("utf-16"),
        b"\xef\xbb\xbf{}",
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": 1e400}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": "\\ud800"}',
        b'{"a": "\\u0000"}',
        b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}",
        b"[" * 5000,
    ],
    ids=lambda body: repr(body[:20]),
)
def test_a_body_that_is_no_strict_json_object_is_refused(api: API, body: bytes) -> None:
    assert code(api.post(LIST, body)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("charset", ["utf-16", "latin-1"])
def test_a_body_in_another_charset_is_refused(api: API, charset: str) -> None:
    media_type = f"application/json; charset={charset}"
    response = api.client.generic("POST", LIST, b"{}", content_type=media_type, headers=api.headers)
    assert response.json()["error"]["message"] == "Send the body in UTF-8."


def test_a_body_over_64_kib_is_too_large(api: API) -> None:
    assert code(api.post(LIST, b" " * (64 * 1024) + b"{")) == (413, "PAYLOAD_TOO_LARGE")
    assert code(api.post(LIST, b" " * (64 * 1024 - 1) + b"{")) == (400, "BAD_REQUEST")


def test_a_host_that_is_not_ours_gets_the_error_body_too(api: API) -> None:
    assert code(api.get(LIST, Host="evil.example")) == (400, "BAD_REQUEST")


def test_a_debug_page_never_replaces_the_error_body(api: API, settings: object) -> None:
    settings.DEBUG = True  # type: ignore[attr-defined]
    response = api.get(LIST, Host="evil.example")
    assert code(response) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (OperationalError("database is locked: sk-canary"), (503, "SERVICE_UNAVAILABLE")),
        (CredentialsUnreadable("openai"), (503, "CREDENTIALS_UNREADABLE")),
        (RuntimeError("sk-canary"), (500, "INTERNAL_ERROR")),
    ],
)
def test_an_exception_is_answered_without_its_text(error: Exception, answer: tuple[int, str]) -> None:
    problem = errors.describe(error)
    assert (problem.status, problem.body()["error"]["code"]) == answer
    assert "sk-canary" not in str(problem)


def test_a_database_that_is_away_is_a_503_that_says_when_to_try_again(api: API) -> None:
    from django.db import connection

    def away(*_args: object) -> None:
        raise OperationalError

    with connection.execute_wrapper(away):
        response = api.get(LIST)
    assert code(response) == (503, "SERVICE_UNAVAILABLE")
    assert response.headers["Retry-After"] == "5"


def test_a_bug_is_a_500_with_the_request_id_and_its_text_is_not_logged(api: API, log: io.StringIO) -> None:
    from django.db import connection

    def bug(*_args: object) -> None:
        raise RuntimeError("sk-" + "canary")  # the traceback shows this line

    with connection.execute_wrapper(bug):
        response = api.get(LIST, **{"X-Request-ID": "lost-1"})
    assert code(response) == (500, "INTERNAL_ERROR")
    assert response.json()["error"]["message"] == "Something went wrong on our side. Request id: lost-1"
    logged = log.getvalue()
    assert "[lost-1] Unhandled exception" in logged
    assert "RuntimeError" in logged
    assert "sk-canary" not in logged
    assert not LLMProviderConfig.objects.exists()


def test_an_error_that_is_put_into_the_envelope_does_not_end_the_request_before_its_answer() -> None:
    from django.core.signals import request_finished
    from django.test import RequestFactory

    from llm_providers.api.middleware import EnvelopeMiddleware

    ended: list[object] = []

    def end(**_signal: object) -> None:
        ended.append(None)

    request_finished.connect(end)
    answer = EnvelopeMiddleware(lambda _request: HttpResponse("Bad", status=400))(RequestFactory().get("/v1/x"))
    request_finished.disconnect(end)
    assert (answer.status_code, answer.headers["Content-Type"], ended) == (400, "application/json", [])
