"""With LOG_FORMAT=json each line is an object, and holds nothing that was sent."""

import json
import logging
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.server import workers_of
from llm_providers.observability.logs import DiscreetFilter, JSONFormatter
from llm_providers.providers import PROVIDERS
from tests.factories import canaries, canary_credentials, found
from tests.live import LiveServer

CANARY = "sk-canary-8d1f0c2b"
LINE_BREAKS = "\n\r\x0b\x0c\x1c\x85\u2028\u2029"


def logged(message: object, *arguments: object, error: BaseException | None = None, **extra: Any) -> dict[str, Any]:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("a.logger", logging.INFO, __file__, 1, message, arguments, info)
    vars(record).update({"request_id": "-", **extra})
    assert DiscreetFilter().filter(record)
    (line,) = JSONFormatter().format(record).splitlines()
    told: dict[str, Any] = json.loads(line)
    assert datetime.now(UTC) - datetime.fromisoformat(told.pop("time")) < timedelta(seconds=10)
    return told


PLAIN = {"level": "INFO", "logger": "a.logger", "request_id": None}


def test_a_line_says_when_who_and_what() -> None:
    assert logged("%d of %s", 1, "two") == {**PLAIN, "message": "1 of two"}


def test_what_has_a_name_in_the_message_has_it_in_the_object() -> None:
    told = logged("%(status)d user=%(user)s address=%(address)s", {"status": 200, "user": "grace", "address": "-"})
    assert told == {
        **PLAIN,
        "message": "200 user=grace address=-",
        "status": 200,
        "user": "grace",
        "address": None,
    }


def test_no_value_breaks_the_line() -> None:
    told = logged("%(user)s", {"user": f'a{LINE_BREAKS}b", "level": "ERROR'})
    assert told["user"] == told["message"] == f'a{LINE_BREAKS}b", "level": "ERROR'
    assert told["level"] == "INFO"


def test_of_an_error_its_type_and_frames_are_told_and_not_its_text() -> None:
    try:
        int(CANARY)
    except ValueError as error:
        told = logged("It failed", error=error)
    assert told["exception"].endswith("\nValueError")
    assert "test_json_logs.py" in told["exception"]
    assert CANARY not in json.dumps(told)


def test_what_else_hangs_on_a_record_is_left_out() -> None:
    assert logged("A message", request=f"<WSGIRequest: GET '/{CANARY}'>", status_code=500) == {
        **PLAIN,
        "message": "A message",
    }


def test_an_object_is_told_by_its_type() -> None:
    assert logged("A message", {"of": Path(CANARY)}) == {**PLAIN, "message": "A message", "of": "PosixPath"}


# --- The running service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("json"), LOG_FORMAT="json", LLM_PROVIDERS_DELIVERY="true")
    live.start()
    yield live
    live.stop()


def ask(service: LiveServer, method: str, path: str, body: object = None, **headers: str) -> int:
    data = None if body is None else json.dumps(body).encode()
    url = f"{service.url}{path}"
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def lines_after(service: LiveServer, size: int) -> list[dict[str, Any]]:
    """Each line, every one of which has to be an object."""
    return [json.loads(line) for line in service.log_path.read_bytes()[size:].decode().splitlines()]


def test_a_request_is_one_line_with_all_there_is_to_say(service: LiveServer) -> None:
    token, size = service.token(), service.log_path.stat().st_size
    headers = {"Authorization": f"Bearer {token}", "X-Request-ID": "deploy-7"}
    assert ask(service, "GET", "/v1/llm-provider/xai?%0a", **headers) == 400
    (line,) = lines_after(service, size)
    milliseconds = line.pop("ms")
    assert 0 < milliseconds < 30_000
    assert datetime.fromisoformat(line.pop("time")).tzinfo == UTC
    assert line.pop("message").startswith("GET /v1/llm-provider/<str:provider> 400 ")
    assert line == {
        "level": "INFO",
        "logger": "llm_providers.web.access_log",
        "request_id": "deploy-7",
        "method": "GET",
        "route": "/v1/llm-provider/<str:provider>",
        "status": 400,
        "user": "admin",
        "address": "127.0.0.1",
        "provider": "xai",
    }


def test_no_canary_is_in_the_lines_whatever_is_asked(service: LiveServer) -> None:
    credentials = {provider.slug: canary_credentials(provider) for provider in PROVIDERS}
    pieces = [piece for slug, each in credentials.items() for piece in canaries(PROVIDERS.get(slug), each)]
    token, size = service.token(), service.log_path.stat().st_size
    bearer = {"Authorization": f"Bearer {token}"}
    statuses = set()
    for slug, each in credentials.items():
        body = {"provider": slug, "credentials": each}
        statuses |= {
            ask(service, "POST", "/v1/llm-providers", body, **bearer),
            ask(service, "POST", "/v1/llm-providers", {**body, "credentials": {**each, "api_kye": CANARY}}, **bearer),
            ask(service, "PATCH", f"/v1/llm-provider/{slug}", {"credentials": {"region": CANARY}}, **bearer),
            ask(service, "POST", f"/v1/llm-provider/{slug}/verify", **bearer),
            ask(service, "GET", f"/v1/llm-provider/{slug}/credentials", **bearer),
        }
    statuses |= {
        ask(service, "GET", f"/v1/llm-provider/{CANARY}", **bearer),
        ask(service, "GET", f"/{CANARY}?key={CANARY}", **bearer),
        ask(service, "GET", "/v1/llm-providers", Authorization=f"Bearer {CANARY}"),
        ask(service, "GET", "/v1/llm-providers", **bearer, **{"X-Request-ID": f"{CANARY}/"}, Referer=CANARY),
        ask(service, "GET", "/v1/llm-providers", **bearer, Host=CANARY),
        ask(service, CANARY.upper(), "/v1/llm-providers", **bearer),
        ask(service, "POST", "/v1/token", {"username": CANARY, "password": CANARY}),
        ask(service, "POST", "/v1/token", {"username": f"admin\r\n{CANARY}", "password": CANARY}),
        ask(service, "POST", "/v1/token/refresh", {"refresh": CANARY}),
        ask(service, "POST", "/admin/login/", {"username": CANARY}),
    }
    lines = lines_after(service, size)
    assert {200, 400, 401, 403, 404, 405} <= statuses
    assert len(lines) >= 45
    assert found([*pieces, CANARY], json.dumps(lines).lower(), service.log_text()) == []
    assert {line["level"] for line in lines} == {"INFO", "WARNING"}


def test_the_server_s_own_lines_are_objects_too(tmp_path: Path) -> None:
    service = LiveServer(tmp_path, LOG_FORMAT="json", LOG_LEVEL="WARNING")
    service.start()
    try:
        size = service.log_path.stat().st_size
        os.kill(workers_of(service.process.pid)[0], signal.SIGKILL)
        deadline = time.monotonic() + 30
        while service.log_path.stat().st_size == size and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        service.stop()
    line, *_more = lines_after(service, size)
    assert (line["logger"], line["level"], line["request_id"]) == ("_granian", "ERROR", None)
    assert line["message"].startswith("Unexpected exit from worker-")
