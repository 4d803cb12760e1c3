from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken

from llm_providers.access.tokens import RefreshToken
from llm_providers.models import LoginCount
from tests.client import API, api_for

pytestmark = pytest.mark.django_db

LOGIN = {"username": "grace", "password": "correct horse battery"}


@pytest.fixture
def grace() -> User:
    return User.objects.create_superuser(**LOGIN)


def log_in(password: str = LOGIN["password"]) -> object:
    return API().post("/v1/token", {**LOGIN, "password": password})


def tokens() -> dict[str, str]:
    return log_in().json()  # type: ignore[attr-defined,no-any-return]


def test_a_login_gives_an_access_token_that_works(grace: User) -> None:
    pair = tokens()
    assert sorted(pair) == ["access", "refresh"]
    assert API(pair["access"]).get("/v1/llm-providers").status_code == 200


@pytest.mark.parametrize("login", [{**LOGIN, "password": "wrong"}, {**LOGIN, "username": "nobody"}])
def test_a_wrong_login_says_the_same_whoever_it_is(grace: User, login: dict[str, str]) -> None:
    response = API().post("/v1/token", login)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json() == {
        "error": {
            "code": "UNAUTHORIZED",
            "message": "Wrong username or password, or the account is not active.",
        }
    }


def test_the_fifth_failure_locks_the_login_even_for_the_right_password(grace: User) -> None:
    statuses = [log_in("wrong").status_code for _attempt in range(5)]  # type: ignore[attr-defined]
    assert statuses == [401, 401, 401, 401, 429]
    locked = log_in()
    assert locked.status_code == 429  # type: ignore[attr-defined]
    assert 0 < int(locked.headers["Retry-After"]) <= 900  # type: ignore[attr-defined]
    assert locked.json()["error"]["code"] == "TOO_MANY_REQUESTS"  # type: ignore[attr-defined]


def test_the_lock_out_says_how_long_it_lasts_still(grace: User) -> None:
    for _attempt in range(5):
        log_in("wrong")
    LoginCount.objects.update(ends_at=timezone.now() + timedelta(minutes=5))
    assert 295 <= int(log_in().headers["Retry-After"]) <= 300  # type: ignore[attr-defined]


def test_a_good_login_ends_the_count_of_failures(grace: User) -> None:
    for _attempt in range(4):
        log_in("wrong")
    log_in()
    assert [log_in("wrong").status_code for _attempt in range(4)] == [401] * 4  # type: ignore[attr-defined]


def test_what_was_sent_beside_a_failed_login_is_not_kept(grace: User) -> None:
    login = {**LOGIN, "password": "wrong", "api_key": "sk-canary"}
    API().client.post("/admin/login/?key=sk-canary", login)
    kept = str(LoginCount.objects.values())
    assert "127.0.0.1" in kept
    assert "canary" not in kept
    assert "grace" not in kept


def test_a_claimed_forwarding_address_does_not_evade_the_lock_out(grace: User) -> None:
    for attempt in range(5):
        API().post("/v1/token", {**LOGIN, "password": "wrong"}, **{"X-Forwarded-For": f"192.0.2.{attempt}"})
    assert log_in().status_code == 429  # type: ignore[attr-defined]


def test_a_locked_login_on_the_admin_page_says_so(grace: User) -> None:
    page = API().client
    for _attempt in range(5):
        response = page.post("/admin/login/", {**LOGIN, "password": "wrong"})
    assert response.status_code == 429
    assert "Too many failed logins" in response.text
    assert log_in().status_code == 429  # type: ignore[attr-defined]


def test_a_refresh_token_is_renewed_once(grace: User) -> None:
    first = tokens()["refresh"]
    renewed = API().post("/v1/token/refresh", {"refresh": first})
    assert renewed.status_code == 200
    assert API(renewed.json()["access"]).get("/v1/llm-providers").status_code == 200
    again = API().post("/v1/token/refresh", {"refresh": first})
    assert again.status_code == 401
    assert again.json()["error"]["message"] == ("The refresh token is not valid, or was used or revoked. Log in again.")


def test_a_refresh_token_of_a_user_whom_nobody_knows_is_refused_when_it_is_revoked(grace: User) -> None:
    token = RefreshToken.for_user(grace)
    token.set_jti()
    token["user_id"] = "999999999"
    assert API().post("/v1/token/revoke", {"refresh": str(token)}).status_code == 401


def test_a_revoked_refresh_token_is_dead(grace: User) -> None:
    refresh = tokens()["refresh"]
    revoked = API().post("/v1/token/revoke", {"refresh": refresh})
    assert (revoked.status_code, revoked.json()) == (200, {})
    assert API().post("/v1/token/refresh", {"refresh": refresh}).status_code == 401
    assert API().post("/v1/token/revoke", {"refresh": refresh}).status_code == 401


def test_the_database_does_not_keep_refresh_tokens(grace: User) -> None:
    API().post("/v1/token/refresh", {"refresh": tokens()["refresh"]})
    assert list(OutstandingToken.objects.values_list("token", flat=True)) == ["", ""]


@pytest.mark.parametrize("change", ["deactivated", "deleted", "password"])
def test_a_user_who_is_gone_or_changed_is_out_at_once(grace: User, change: str) -> None:
    pair = tokens()
    if change == "deleted":
        grace.delete()
    elif change == "deactivated":
        grace.is_active = False
        grace.save()
    else:
        grace.set_password("another")
        grace.save()
    assert API(pair["access"]).get("/v1/llm-providers").status_code == 401
    assert API().post("/v1/token/refresh", {"refresh": pair["refresh"]}).status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"user_id": ["1"]},
        {"user_id": {"id": "1"}},
        {"user_id": True},
        {"user_id": 1},
        {"user_id": "1\0"},
        {"user_id": "9" * 2500},
        {"user_id": "\u0661"},
        {"user_id": "-1"},
        {"user_id": None},
        {"exp": "tomorrow"},
        {"exp": 10**400},
        {"exp": [1]},
        {"jti": ["a"]},
        {"token_type": "refresh"},
        {"token_type": {}},
        {"nbf": 10**11},
        {"hash_password": "wrong"},
        {"hash_password": []},
        {"jti": "\0"},
    ],
    ids=str,
)
def test_odd_but_validly_signed_claims_are_unauthorized(grace: User, claims: dict[str, object]) -> None:
    token = AccessToken.for_user(grace)
    token.payload.update(claims)
    assert API(str(token)).get("/v1/llm-providers").status_code == 401


@pytest.mark.parametrize("jti", [["a"], {"a": 1}, "\0", True, None, "x" * 500])
def test_a_refresh_token_with_an_odd_id_is_unauthorized(grace: User, jti: object) -> None:
    token = RefreshToken.for_user(grace)
    token.payload["jti"] = jti
    assert API().post("/v1/token/refresh", {"refresh": str(token)}).status_code == 401


def test_an_expired_token_is_told_as_expired(grace: User) -> None:
    token = AccessToken.for_user(grace)
    token.set_exp(lifetime=-timedelta(seconds=1))
    answer = API(str(token)).get("/v1/llm-providers")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["error"] == {
        "code": "UNAUTHORIZED",
        "message": "The access token has expired. Exchange a refresh token for a new one, or log in again.",
    }


def test_an_expired_token_with_another_signature_is_only_unauthorized(grace: User) -> None:
    token = AccessToken.for_user(grace)
    token.set_exp(lifetime=-timedelta(seconds=1))
    head, claims, signature = str(token).split(".")
    answer = API(f"{head}.{claims}.{signature[::-1]}").get("/v1/llm-providers")
    assert (answer.status_code, "expired" in answer.json()["error"]["message"]) == (401, False)


@pytest.mark.parametrize("path", ["/v1/token/refresh", "/v1/token/revoke"])
def test_an_expired_refresh_token_is_told_as_expired(grace: User, path: str) -> None:
    token = RefreshToken.for_user(grace)
    token.set_exp(lifetime=-timedelta(seconds=1))
    answer = API().post(path, {"refresh": str(token)})
    assert (answer.status_code, answer.json()) == (
        401,
        {"error": {"code": "UNAUTHORIZED", "message": "The refresh token has expired. Log in again."}},
    )


def test_a_refresh_token_is_no_access_token(grace: User) -> None:
    assert API(tokens()["refresh"]).get("/v1/llm-providers").status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer a b", "Basic YTpi", "Bearer \u00e9", "bearer x.y.z"])
def test_a_header_without_a_token_is_unauthorized(header: str) -> None:
    response = API().get("/v1/llm-providers", Authorization=header)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_permission_taken_away_works_on_the_next_request(grace: User) -> None:
    api = api_for(grace)
    assert api.get("/v1/llm-providers").status_code == 200
    User.objects.filter(pk=grace.pk).update(is_superuser=False)
    assert api.get("/v1/llm-providers").status_code == 403
