"""What holds for every answer under /v1, whatever was asked. The contract's table, written a second time."""

import json
import re

from tests.torture.wire import Answer

CODES = {
    400: {"BAD_REQUEST"},
    401: {"UNAUTHORIZED"},
    403: {"FORBIDDEN"},
    404: {"NOT_FOUND"},
    405: {"METHOD_NOT_ALLOWED"},
    406: {"NOT_ACCEPTABLE"},
    409: {"CONFLICT", "PROVIDER_DISABLED", "NOTHING_TO_UNDO", "NOTHING_TO_RETIRE"},
    412: {"PRECONDITION_FAILED"},
    413: {"PAYLOAD_TOO_LARGE"},
    415: {"UNSUPPORTED_MEDIA_TYPE"},
    422: {"VERIFICATION_FAILED"},
    429: {"TOO_MANY_REQUESTS"},
    431: {"HEADERS_TOO_LARGE"},
    502: {"PROVIDER_ERROR"},
    503: {"SERVICE_UNAVAILABLE", "CREDENTIALS_UNREADABLE"},
}
FIELD = re.compile(r"[a-z_][a-z0-9_]*(\.([a-z_][a-z0-9_]*|[0-9]+))*")  # or a place in a list
TRACES = (" ERROR ", "[ERROR]", "Traceback", " CRITICAL ", '"level": "ERROR"', '"level": "CRITICAL"')


def assert_contract(answer: Answer, *, body_expected: bool = True) -> None:
    """The status is one of the contract's, the headers are there, an error has the one body."""
    assert answer.status in (200, 304) or answer.status in CODES
    assert answer.headers.get_all("Cache-Control") == ["no-store"]
    assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", answer.headers["X-Request-ID"])
    assert "X-Injected" not in answer.headers
    assert ("WWW-Authenticate" in answer.headers) == (answer.status == 401)
    assert answer.status != 405 or "Allow" in answer.headers
    if answer.status in (429, 503):
        assert int(answer.headers["Retry-After"]) > 0
    if answer.status == 304:
        assert "ETag" in answer.headers
        assert "Content-Type" not in answer.headers
    if answer.status == 304 or not body_expected:
        assert answer.body == b""
        return
    assert answer.headers["Content-Type"] == "application/json"
    body = json.loads(answer.body)
    if answer.status != 200:
        assert_envelope(answer.status, body)


def assert_envelope(status: int, body: object) -> None:
    assert isinstance(body, dict)
    assert list(body) == ["error"]
    error = body["error"]
    assert list(error) in (["code", "message"], ["code", "message", "details"])
    assert error["code"] in CODES[status]
    assert isinstance(error["message"], str)
    for path, sentences in error.get("details", {}).items():
        assert FIELD.fullmatch(path)
        assert sentences
        assert all(isinstance(sentence, str) for sentence in sentences)


def assert_silent(text: str, *secrets: str) -> None:
    """None of the secrets is in the text, in whatever case."""
    for secret in secrets:
        assert secret.lower() not in text.lower()


def assert_calm(log: str, *secrets: str) -> None:
    """The log tells of no mistake of ours, and holds none of the secrets."""
    assert [line for line in log.splitlines() if any(trace in line for trace in TRACES)] == []
    assert_silent(log, *secrets)
