"""A request in clear, although HTTPS is on, is told so before anybody is asked who they are."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.client import API

SENTENCE = (
    "Send the request over https, and replace the token or password that was sent in clear. Where a proxy ends TLS, "
    "the operator says so with TRUSTED_PROXY_COUNT; without TLS, with HTTPS=false."
)


@pytest.fixture(autouse=True)
def https(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True


@pytest.mark.once
@pytest.mark.parametrize("path", ["/v1/llm-providers", "/api/v1/llm-providers", "/v1/token", "/v1/nothing", "/v1"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_request_in_clear_is_refused_and_not_redirected(path: str, method: str) -> None:
    answer = API("a-token").request(method, path, {})
    assert (answer.status_code, answer.json()) == (403, {"error": {"code": "HTTPS_REQUIRED", "message": SENTENCE}})
    assert "Location" not in answer.headers


@pytest.mark.django_db
def test_over_https_the_request_is_answered() -> None:
    assert Client().get("/v1/llm-providers", secure=True).status_code == 401


@pytest.mark.once
def test_a_page_is_redirected_as_before() -> None:
    assert Client().get("/docs").status_code == 301
