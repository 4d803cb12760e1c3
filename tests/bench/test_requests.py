import pytest
from django.contrib.auth.models import User

from bench.bare import bare_application
from bench.in_process import Timed, ask, environ, measure
from bench.load import length, raw
from refactor_site.wsgi import application

pytestmark = pytest.mark.once


@pytest.mark.django_db(transaction=True)  # as each request does, it looks for connections to close
def test_the_bare_view_answers_json_without_middleware() -> None:
    answer = ask(bare_application(), environ("GET", "/bare"))

    assert (answer.status, answer.body) == (200, b'{"status": "ok"}')
    assert answer.headers == {"Content-Type": "application/json"}


def test_a_request_is_sent_as_it_is_asked_in_process() -> None:
    asked = environ("PATCH", "/v1/x?a=b", "token", {"a": 1}, if_match='"1-1"')

    assert raw(asked) == (
        b"PATCH /v1/x?a=b HTTP/1.1\r\n"
        b'IF-MATCH: "1-1"\r\n'
        b"AUTHORIZATION: Bearer token\r\n"
        b"CONTENT-TYPE: application/json\r\n"
        b"CONTENT-LENGTH: 8\r\n"
        b"HOST: 127.0.0.1:8000\r\n"
        b"ACCEPT: */*\r\n"
        b"\r\n"
        b'{"a": 1}'
    )


def test_the_length_of_an_answer_is_read_from_its_head() -> None:
    assert length(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nX: 1") == 12
    assert length(b"HTTP/1.1 304 Not Modified\r\nETag: x") == 0


@pytest.mark.django_db(transaction=True)
def test_an_unexpected_status_ends_the_measuring() -> None:
    with pytest.raises(SystemExit, match="health: 200 instead of 404"):
        measure(application, bare_application(), [Timed("health", environ("GET", "/healthz"), 404)], 1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_statements_of_a_request_are_counted(admin_user: User) -> None:
    health = measure(application, bare_application(), [Timed("health", environ("GET", "/healthz"), 200)], 1, 1)
    ready = measure(application, bare_application(), [Timed("ready", environ("GET", "/readyz"), 200)], 1, 1)

    assert health["health"].statements == 0
    assert ready["ready"].statements > 0
    assert ready["ready"].ratio > health["health"].ratio > 1
