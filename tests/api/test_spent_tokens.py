"""A refresh token that is used again long after it was spent ends its login: somebody has a copy."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken

from llm_providers.access.tokens import RefreshToken
from llm_providers.models import AuditEvent
from tests.client import API

pytestmark = pytest.mark.django_db

LOGIN = {"username": "grace", "password": "correct horse battery"}
DEAD = {
    "error": {
        "code": "UNAUTHORIZED",
        "message": "The refresh token is not valid, or was used or revoked. Log in again.",
    }
}


@pytest.fixture(autouse=True)
def grace() -> User:
    return User.objects.create_superuser(**LOGIN)


def log_in() -> str:
    refresh: str = API().post("/v1/token", LOGIN).json()["refresh"]
    return refresh


def use(refresh: str, route: str = "refresh") -> Any:
    return API().post(f"/v1/token/{route}", {"refresh": refresh}, **{"X-Request-ID": "reuse-1"})


def renew(refresh: str) -> str:
    renewed: str = use(refresh).json()["refresh"]
    return renewed


def let_pass(seconds: int) -> None:
    BlacklistedToken.objects.update(blacklisted_at=F("blacklisted_at") - timedelta(seconds=seconds))


def events() -> list[dict[str, Any]]:
    names = ("actor", "action", "provider", "fields", "source", "request_id", "address")
    return list(AuditEvent.objects.exclude(action="login").values(*names))


@pytest.mark.parametrize("route", ["refresh", "revoke"])
def test_a_token_used_again_long_after_it_was_spent_ends_its_descendants(route: str) -> None:
    first = log_in()
    second = renew(first)
    third = renew(second)
    let_pass(31)
    reused = use(first, route)
    assert (reused.status_code, reused.json()) == (401, DEAD)
    again = use(third)
    assert (again.status_code, again.json()) == (401, DEAD)
    assert events() == [
        {
            "actor": "grace",
            "action": "token_reused",
            "provider": None,
            "fields": [],
            "source": "api",
            "request_id": "reuse-1",
            "address": "127.0.0.1",
        }
    ]


def test_a_retry_soon_after_is_only_refused() -> None:
    first = log_in()
    second = renew(first)
    let_pass(28)
    assert use(first).status_code == 401
    assert use(second).status_code == 200
    assert events() == []


def test_another_login_of_the_same_user_goes_on() -> None:
    first, other = log_in(), log_in()
    renew(first)
    let_pass(31)
    use(first)
    assert use(other).status_code == 200
    assert use(log_in()).status_code == 200


def test_the_end_of_a_login_is_told_once() -> None:
    first = log_in()
    second = renew(first)
    third = renew(second)
    let_pass(31)
    assert [use(token).status_code for token in (first, second, third, first)] == [401] * 4
    let_pass(31)
    assert [use(token).status_code for token in (first, second, third, first)] == [401] * 4
    assert len(events()) == 1


def test_what_was_issued_while_the_login_ended_is_dead_too() -> None:
    first = log_in()
    renew(first)
    let_pass(31)
    use(first)
    token = RefreshToken.for_user(User.objects.get(), RefreshToken(first, verify=False)["login"])  # type: ignore[arg-type]
    assert use(str(token)).status_code == 401


def test_the_end_of_a_login_is_remembered_longer_than_its_youngest_token_lives() -> None:
    first = log_in()
    login = RefreshToken(first)["login"]  # type: ignore[arg-type]
    renew(first)
    let_pass(31)
    use(first)
    youngest = OutstandingToken.objects.exclude(jti=login).latest("expires_at")
    assert OutstandingToken.objects.get(jti=login).expires_at > youngest.expires_at + timedelta(hours=1)


def test_a_spent_token_of_a_deleted_user_is_only_refused(grace: User) -> None:
    first = log_in()
    renew(first)
    let_pass(31)
    grace.delete()
    assert use(first).status_code == 401
    assert events() == []


@pytest.mark.parametrize("login", [["a"], {"a": 1}, "\0", True, None, "x" * 500, ...], ids=str)
def test_a_refresh_token_of_an_odd_login_is_unauthorized(grace: User, login: object) -> None:
    token = RefreshToken.for_user(grace)
    token.payload["login"] = login
    if login is ...:
        del token.payload["login"]
    assert use(str(token)).status_code == 401


def test_one_statement_says_whether_a_refresh_token_is_alive(grace: User) -> None:
    from django.db import connection

    token = str(RefreshToken.for_user(grace))
    with CaptureQueriesContext(connection) as statements:
        RefreshToken(token)  # type: ignore[arg-type]
    assert len(statements) == 1


def test_an_access_token_does_not_name_its_login() -> None:
    access = AccessToken(API().post("/v1/token", LOGIN).json()["access"])
    assert "login" not in access.payload
