"""The log says who asked for what and from where, and nothing that was sent."""

import io
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from tests.admin.pages import CONFIGS
from tests.client import API
from tests.factories import stored

pytestmark = pytest.mark.django_db

CONFIG = {"provider": "openai", "credentials": {"api_key": "sk-your-api-key"}}


def lines(log: io.StringIO) -> list[str]:
    """What is logged, without time, request id and duration."""
    told = [line.partition("] ")[2] for line in log.getvalue().splitlines()]
    return [re.sub(r" \d+ ms ", " ", line) for line in told]


@pytest.mark.parametrize(
    ("asked", "body", "line"),
    [
        ("GET /v1/llm-providers", None, "GET /v1/llm-providers 200 user=admin {}-"),
        ("POST /v1/llm-providers", CONFIG, "POST /v1/llm-providers 200 user=admin {}openai"),
        ("GET /v1/llm-provider/xai", None, "GET /v1/llm-provider/<str:provider> 404 user=admin {}xai"),
        (
            "GET /v1/llm-provider/xai/credentials",
            None,
            "GET /v1/llm-provider/<str:provider>/credentials 403 user=admin {}xai",
        ),
        ("GET /v1/llm-provider/xai/models", None, "GET /v1/llm-provider/<str:provider>/models 404 user=admin {}xai"),
        ("POST /v1/llm-provider/xai/verify", None, "POST /v1/llm-provider/<str:provider>/verify 404 user=admin {}xai"),
        ("GET /v1/llm-provider/sk-pasted", None, "GET /v1/llm-provider/<str:provider> 404 user=admin {}-"),
        ("POST /v1/llm-providers", {"provider": "sk-pasted"}, "POST /v1/llm-providers 400 user=admin {}-"),
        ("SK-PASTED /v1/sk-pasted", None, "- /v1/ 404 user=- {}-"),
    ],
)
def test_an_answer_is_one_line(api: API, log: io.StringIO, asked: str, body: object, line: str) -> None:
    method, path = asked.split()
    api.request(method, path, body)
    assert lines(log) == [line.format("address=127.0.0.1 provider=")]


def test_the_provider_of_one_request_is_not_that_of_the_next(api: API, log: io.StringIO) -> None:
    api.get("/v1/llm-provider/xai")
    api.get("/v1/llm-providers")
    assert [line.rpartition(" ")[2] for line in lines(log)] == ["provider=xai", "provider=-"]


def test_nobody_is_named_whose_token_is_no_good(log: io.StringIO) -> None:
    API("sk-pasted").get("/v1/llm-provider/openai")
    assert lines(log) == ["GET /v1/llm-provider/<str:provider> 401 user=- address=127.0.0.1 provider=openai"]


def test_the_admin_is_told_alike(admin_client: Client, log: io.StringIO) -> None:
    config = stored("openai", {"api_key": "sk-your-api-key"})
    admin_client.get(f"{CONFIGS}{config.pk}/change/")
    admin_client.post(CONFIGS, {"_switch": f"openai on {config.etag}"})
    told = "user=admin address=127.0.0.1 provider=openai"
    assert lines(log) == [f"GET {CONFIGS}<path:object_id>/change/ 200 {told}", f"POST {CONFIGS} 302 {told}"]


def test_behind_proxies_the_address_is_the_client_s(api: API, log: io.StringIO, settings: Settings) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    api.get("/v1/llm-providers", **{"X-Forwarded-For": "sk-pasted, 192.0.2.7"})
    api.get("/v1/llm-providers", **{"X-Forwarded-For": "sk-pasted"})
    assert [re.findall(r"address=(\S+)", line) for line in lines(log)] == [["192.0.2.7"], ["-"]]


def test_for_whom_nobody_asks_the_database_is_not_asked(
    admin_client: Client, log: io.StringIO, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        admin_client.get("/healthz")
    assert lines(log) == ["GET /healthz 200 user=- address=127.0.0.1 provider=-"]


@pytest.mark.parametrize(("username", "named"), [("grace", "grace"), ("hunter2, my password", "-"), ("Grace", "-")])
@pytest.mark.parametrize("way", ["api", "admin"])
def test_a_failed_login_names_only_who_exists(log: io.StringIO, username: str, named: str, way: str) -> None:
    User.objects.create_user("grace", password="correct horse battery")
    sent = {"username": username, "password": "canary password"}
    if way == "api":
        API().post("/v1/token", sent)
    else:
        API().client.post("/admin/login/", sent)
    failed, answered = lines(log)
    assert failed == f"Login failed user={named} address=127.0.0.1"
    assert answered.endswith("user=- address=127.0.0.1 provider=-")
    assert "canary" not in log.getvalue()


def test_a_successful_login_is_no_failure(log: io.StringIO) -> None:
    User.objects.create_user("grace", password="correct horse battery")
    API().post("/v1/token", {"username": "grace", "password": "correct horse battery"})
    assert lines(log) == ["POST /v1/token 200 user=- address=127.0.0.1 provider=-"]


def test_a_name_cannot_write_a_line_of_its_own(log: io.StringIO) -> None:
    from tests.client import api_for

    api_for(User.objects.create_user("eve\n2026 INFO user=root", is_superuser=True)).get("/v1/llm-providers")
    assert lines(log) == ["GET /v1/llm-providers 200 user=eve?2026?INFO?user?root address=127.0.0.1 provider=-"]
