from contextvars import Context

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.http import HttpResponse
from django.test import Client
from django.test.utils import override_settings

from llm_providers.web.page_middleware import page_middleware
from tests.client import API

CHECKED = {
    "django.middleware.security.SecurityMiddleware": "security.W001",
    "django.contrib.sessions.middleware.SessionMiddleware": "admin.E410",
    "django.middleware.csrf.CsrfViewMiddleware": "security.W003",
    "django.contrib.auth.middleware.AuthenticationMiddleware": "admin.E408",
    "django.contrib.messages.middleware.MessageMiddleware": "admin.E409",
    "django.middleware.clickjacking.XFrameOptionsMiddleware": "security.W002",
}
OF_A_PAGE = ("_messages", "csp_nonce", "session")  # what its middlewares leave at a request
MACHINES = ["/v1", "/v1/token", "/v1/llm-providers", "/healthz", "/readyz"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", MACHINES)
@pytest.mark.parametrize("https", ["true", "false"])
def test_no_page_has_the_headers_of_one(path: str, https: str) -> None:
    secure = https == "true"
    client = Client()
    with override_settings(SECURE_SSL_REDIRECT=False):
        of_a_page = client.get("/docs", secure=secure).headers
        of_none = client.get(path, secure=secure).headers
    varying = {"Allow", "Content-Length", "Content-Type", "Set-Cookie", "Vary", "WWW-Authenticate", "X-Request-ID"}
    assert of_none["Content-Length"]
    assert {name: value for name, value in of_none.items() if name not in varying} == {
        name: value for name, value in of_a_page.items() if name not in varying
    }


@pytest.mark.django_db
@pytest.mark.parametrize("path", MACHINES)
def test_no_page_passes_the_middlewares_of_pages(path: str) -> None:
    assert [name for name in OF_A_PAGE if hasattr(Client().get(path).wsgi_request, name)] == []


@pytest.mark.once
@pytest.mark.parametrize("path", ["/docs", "/v1x", "/healthz/"])
def test_a_page_passes_them_all(path: str) -> None:
    request = Client().get(path).wsgi_request
    assert [name for name in OF_A_PAGE if not hasattr(request, name)] == []


@pytest.mark.django_db
def test_a_session_is_nobody_in_the_api(admin_user: User) -> None:
    client = Client()
    client.force_login(admin_user)
    assert client.get("/admin/").status_code == 200
    assert client.get("/v1/llm-providers").status_code == 401


@pytest.mark.once
@pytest.mark.parametrize("path", ["/v1/llm-providers", "/docs", "/healthz/"])
def test_a_foreign_host_is_refused(path: str) -> None:
    assert API().get(path, Host="evil.example").status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("host", ["10.1.2.3:8000", "evil.example", "not a name"])
def test_a_probe_is_answered_under_whatever_name_it_asks(path: str, host: str) -> None:
    answer = API().get(path, Host=host)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.once
@pytest.mark.parametrize(("middleware", "told"), CHECKED.items())
def test_djangos_checks_still_see_the_middlewares_of_pages(middleware: str, told: str) -> None:
    before = ids_of_checks()
    with override_settings(MIDDLEWARE=[name for name in settings.MIDDLEWARE if name != middleware]):
        assert told in ids_of_checks() - before


def ids_of_checks() -> set[str | None]:
    return {each.id for each in run_checks(include_deployment_checks=True)}


@pytest.mark.once
def test_made_in_another_order_the_middlewares_are_refused() -> None:
    """Django makes the innermost first; were it otherwise, no server would start."""
    with pytest.raises(LookupError):
        Context().run(page_middleware, lambda _request: HttpResponse())
