"""Each request in process, as a ratio to a bare view: through the WSGI application, as the server calls it."""

import io
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext

Environ = dict[str, Any]


def environ(method: str, path: str, token: str = "", body: Any = None, **headers: str) -> Environ:
    raw = b"" if body is None else json.dumps(body).encode()
    path, _, query = path.partition("?")
    given = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    if token:
        given["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    if raw:
        given |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(raw))}
    return given | {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_ACCEPT": "*/*",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(raw),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float
    processor: float  # seconds, too


def ask(application: Any, asked: Environ) -> Answer:
    """Call the application once; the connection is opened, kept or closed as its settings say."""
    answer = Answer(0, {}, b"", 0, 0)

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        answer.status, answer.headers = int(status[:3]), dict(headers)

    asked = {**asked, "wsgi.input": io.BytesIO(asked["wsgi.input"].getvalue())}
    started, spent = time.perf_counter(), time.process_time()
    response = application(asked, start_response)
    answer.body = b"".join(response)
    response.close()
    answer.seconds, answer.processor = time.perf_counter() - started, time.process_time() - spent
    return answer


@dataclass
class Timed:
    """A request to be timed. ``before`` puts the store into the state it starts from, and is not timed."""

    name: str
    asked: Environ
    status: int
    before: Callable[[], Any] | None = None


@dataclass
class Figures:
    """What a request costs; ``processor`` is the ratio of processor time, which a busy machine changes less."""

    ratio: float
    processor: float
    milliseconds: float
    statements: int


def measure(application: Any, bare: Any, requests: list[Timed], rounds: int, calls: int) -> dict[str, Figures]:
    """Medians over rounds; in each round the fastest of the calls, and its ratio to the bare view's."""
    statements = {request.name: count_statements(application, request) for request in requests}
    nothing = Timed("bare", environ("GET", "/bare"), 200)
    seen: dict[str, list[tuple[float, float, float]]] = {request.name: [] for request in requests}
    for _round in range(rounds):
        base, base_processor = fastest(bare, nothing, calls * 4)
        for request in requests:
            spent, processor = fastest(application, request, calls)
            seen[request.name].append((spent / base, processor / base_processor, spent * 1000))
    figures = {}
    for name, rows in seen.items():
        ratio, processor, milliseconds = (statistics.median(column) for column in zip(*rows, strict=True))
        figures[name] = Figures(ratio, processor, milliseconds, statements[name])
    return figures


def fastest(application: Any, request: Timed, calls: int) -> tuple[float, float]:
    """The least time and the least processor time of some calls, in seconds."""
    answers = [once(application, request) for _call in range(calls)]
    return min(answer.seconds for answer in answers), min(answer.processor for answer in answers)


def once(application: Any, request: Timed) -> Answer:
    if request.before:
        request.before()
    answer = ask(application, request.asked)
    if answer.status != request.status:
        raise SystemExit(f"{request.name}: {answer.status} instead of {request.status}: {answer.body[:300]!r}")
    return answer


def count_statements(application: Any, request: Timed) -> int:
    """What Django sends to the database, beginnings and ends of transactions included; those of connecting are not."""
    once(application, request)  # what is made once, is made now
    if request.before:
        request.before()
    with CaptureQueriesContext(connection) as captured:
        ask(application, request.asked)
    close_old_connections()
    return len(captured)
