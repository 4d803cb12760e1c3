"""The trail tells of logins, tokens and lock-outs; a name that was only typed is not in it, and nobody floods it."""

import re
from collections import Counter
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from llm_providers.management.shell_user import shell_user
from llm_providers.models import AuditEvent, LoginCount
from llm_providers.web.lockout import LockedOut
from tests.client import API

pytestmark = pytest.mark.django_db

LOGIN = {"username": "grace", "password": "correct horse battery"}
DOORS = {"api": "/v1/token", "admin": "/admin/login/"}
CANARY = "hunter2-canary-typed-as-a-name"


@pytest.fixture(autouse=True)
def grace() -> User:
    return User.objects.create_superuser(**LOGIN)


def log_in(door: str = "api", address: str = "192.0.2.1", **changes: str) -> int:
    body = LOGIN | {"password": "wrong"} | changes
    content = {"content_type": "application/json"} if door == "api" else {}
    headers = {"X-Request-ID": "login-1"}
    client = Client()
    answer: Any = client.post(DOORS[door], body, REMOTE_ADDR=address, headers=headers, **content)  # type: ignore[arg-type]
    return int(answer.status_code)


def events() -> list[dict[str, Any]]:
    names = ("actor", "action", "provider", "fields", "source", "request_id", "address")
    return list(AuditEvent.objects.order_by("id").values(*names))


def event(action: str, actor: str = "grace", source: str = "api", **changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"actor": actor, "action": action, "provider": None, "fields": [], "source": source}
    return {**told, "request_id": "login-1", "address": "192.0.2.1", **changes}


@pytest.mark.parametrize(("door", "status"), [("api", 200), ("admin", 302)])
def test_a_login_is_told(door: str, status: int) -> None:
    assert log_in(door, password=LOGIN["password"]) == status
    assert events() == [event("login", source=door)]


@pytest.mark.parametrize(("door", "status"), [("api", 401), ("admin", 200)])
def test_a_failed_login_is_told(door: str, status: int) -> None:
    assert log_in(door) == status
    assert events() == [event("login_failed", source=door)]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", [CANARY, "Grace", f"grace\n{CANARY}", "x" * 150])
def test_a_name_that_nobody_has_is_not_told(door: str, name: str) -> None:
    log_in(door, username=name)
    assert events() == [event("login_failed", actor="", source=door)]


def test_who_may_not_enter_the_admin_has_not_logged_in() -> None:
    User.objects.create_user("ada", password=LOGIN["password"])
    assert log_in("admin", username="ada", password=LOGIN["password"]) == 200
    assert events() == []


def test_an_inactive_user_fails(grace: User) -> None:
    User.objects.filter(pk=grace.pk).update(is_active=False)
    assert log_in(password=LOGIN["password"]) == 401
    assert events() == [event("login_failed")]


def test_the_page_of_somebody_who_is_in_is_no_login(client: Client, grace: User) -> None:
    client.force_login(grace)
    assert client.get("/admin/login/").status_code == 302
    assert client.post("/admin/login/", LOGIN | {"password": "wrong"}).status_code == 200
    assert Counter(each["action"] for each in events()) == {"login_failed": 1}


def test_a_lock_out_is_told_once_and_what_is_refused_after_it_not_at_all() -> None:
    assert [log_in() for _attempt in range(9)] == [401] * 4 + [429] * 5
    assert log_in(password=LOGIN["password"]) == 429
    assert events() == [event("login_failed")] * 5 + [event("lock_out", fields=["user"])]


def test_a_lock_out_of_a_name_that_nobody_has_is_told_without_it() -> None:
    for _attempt in range(9):
        log_in(username=CANARY)
    nobody = [event("login_failed", actor="")] * 5 + [event("lock_out", actor="", fields=["user"])]
    assert events() == nobody


def test_the_next_lock_out_is_told_again() -> None:
    for _attempt in range(5):
        log_in()
    LoginCount.objects.update(ends_at=F("ends_at") - timedelta(minutes=15))
    for _attempt in range(7):
        log_in()
    assert Counter(each["action"] for each in events()) == {"login_failed": 10, "lock_out": 2}


def test_a_flood_of_names_from_one_address_leaves_no_more_than_may_fail(settings: Settings) -> None:
    settings.LOGIN_FAILURE_LIMIT_PER_ADDRESS = 10
    for number in range(40):
        log_in(username=f"fresh-{number}")
    assert events() == [event("login_failed", actor="")] * 10 + [event("lock_out", actor="", fields=["address"])]


def test_a_login_without_a_request_is_a_command_s() -> None:
    for _attempt in range(4):
        assert authenticate(None, **LOGIN | {"password": "wrong"}) is None
    with pytest.raises(LockedOut):
        authenticate(None, **LOGIN | {"password": "wrong"})
    without: dict[str, Any] = {"source": "command", "request_id": "", "address": None}
    assert events() == [event("login_failed", **without)] * 5 + [event("lock_out", **without, fields=["user"])]


def test_the_database_is_asked_the_same_of_names_that_exist_and_that_do_not() -> None:
    asked = []
    for name in ("grace", CANARY):
        with CaptureQueriesContext(connection) as queries:
            log_in(username=name)
        asked.append(
            [(query["sql"].split()[0], *re.findall(r'"((?:llm|auth)_\w+)"', query["sql"])) for query in queries]
        )
    assert asked[0] == asked[1]


def test_a_renewal_is_not_told_and_a_revocation_is() -> None:
    pair = API().post("/v1/token", LOGIN).json()
    renewed = API().post("/v1/token/refresh", {"refresh": pair["refresh"]}).json()
    revoke = {"refresh": renewed["refresh"]}
    assert API().post("/v1/token/revoke", revoke, **{"X-Request-ID": "login-1"}).status_code == 200
    assert API().post("/v1/token/revoke", revoke).status_code == 401
    _login, *rest = events()
    assert rest == [event("token_revoked", address="127.0.0.1")]


def test_a_revocation_of_a_user_who_is_gone_names_nobody(grace: User) -> None:
    pair = API().post("/v1/token", LOGIN).json()
    grace.delete()
    assert API().post("/v1/token/revoke", {"refresh": pair["refresh"]}).status_code == 200
    assert [(each["action"], each["actor"]) for each in events()[1:]] == [("token_revoked", "")]


def test_a_token_that_a_command_makes_is_told_without_it() -> None:
    out = StringIO()
    call_command("issue_token", "grace", "--lifetime", "90s", stdout=out)
    (told,) = events()
    user, expires = told.pop("fields")
    assert user == "user grace"
    assert expires.startswith("expires=20")
    assert told == {
        "actor": shell_user(),
        "action": "token_issued",
        "provider": None,
        "source": "command",
        "request_id": "",
        "address": None,
    }
    assert out.getvalue().strip() not in str(told) + expires
