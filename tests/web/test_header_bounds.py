"""Long headers are refused before anything parses them: what parses them may take quadratic time."""

import io
import time
from typing import Any

import pytest

from refactor_site.wsgi import application
from tests.client import API

pytestmark = pytest.mark.django_db

LIST = "/v1/llm-providers"
REFUSED = {
    "error": {
        "code": "HEADERS_TOO_LARGE",
        "message": "The headers are too large: send at most 4 KiB in one and 16 KiB together.",
    }
}
PARSED = [
    *("Accept", "Accept-Encoding", "Authorization", "Cookie", "Forwarded", "Host", "If-Match", "If-Modified-Since"),
    *("If-None-Match", "Origin", "Range", "Referer", "User-Agent", "X-Forwarded-For", "X-Forwarded-Proto", "X-Other"),
]


@pytest.mark.parametrize("name", PARSED)
def test_a_header_over_4_kib_is_refused(api: API, name: str) -> None:
    response = api.get(LIST, **{name: "sk-canary" + "a" * 4096})
    assert (response.status_code, response.json()) == (431, REFUSED)
    assert response.headers["Cache-Control"] == "no-store"
    assert len(response.headers["X-Request-ID"]) == 32


def test_a_header_of_4_kib_is_taken(api: API) -> None:
    assert api.get(LIST, Cookie="a" * 4096).status_code == 200


def test_headers_over_16_kib_together_are_refused(api: API) -> None:
    response = api.get(LIST, **{f"X-Part-{number}": "a" * 4000 for number in range(3)})
    assert response.status_code == 200
    response = api.get(LIST, **{f"X-Part-{number}": "a" * 4000 for number in range(4)})
    assert (response.status_code, response.json()) == (431, REFUSED)


def test_names_count_as_well(api: API) -> None:
    response = api.get(LIST, **{"X-" + "a" * 1000 + str(number): "" for number in range(17)})
    assert (response.status_code, response.json()) == (431, REFUSED)


@pytest.mark.parametrize("path", ["/healthz", "/admin/", "/docs", "/static/llm_providers/admin.css"])
def test_outside_the_api_the_refusal_is_a_line_of_text(path: str) -> None:
    response = API().get(path, Cookie="sk-canary" + "a" * 4096)
    assert (response.status_code, response.headers["Content-Type"]) == (431, "text/plain; charset=utf-8")
    assert response.content == (
        b"The headers are too large: send at most 4 KiB in one and 16 KiB together. "
        b"In a browser, delete the cookies of this site.\n"
    )


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("CONTENT_TYPE", 'application/json; a="' + ";" * 60 * 1024 + '"', 401),
        ("HTTP_COOKIE", 'sessionid="' + r"\"" * 30 * 1024 + '"', 431),
    ],
    ids=["Content-Type", "Cookie"],
)
def test_a_header_made_to_be_slow_costs_next_to_nothing(name: str, value: str, status: int) -> None:
    environ: dict[str, Any] = {"REQUEST_METHOD": "GET", "PATH_INFO": LIST, "HTTP_HOST": "localhost", name: value}
    environ |= {"SERVER_NAME": "localhost", "SERVER_PORT": "443"}
    environ |= {"wsgi.input": io.BytesIO(), "wsgi.url_scheme": "https"}
    answered: list[str] = []
    started = time.process_time()
    b"".join(application(environ, lambda line, _headers: answered.append(line)))
    assert time.process_time() - started < 0.5  # seconds; quadratic, it is four and more
    assert [int(line[:3]) for line in answered] == [status]
