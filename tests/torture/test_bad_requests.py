"""Whatever is asked under /v1: the contract's status, the one error body, no echo, no harm."""

import json

import pytest

from llm_providers.providers import PROVIDERS
from llm_providers.web.header_bounds import HEADER_LIMIT
from tests.torture.conftest import Target, mostly_torture
from tests.torture.corpus import CASES
from tests.torture.corpus.case import ALL, CANARY, ITEM, LIST, REFRESH, REVOKE, STATUS, TRAIL, Case
from tests.torture.corpus.tokens import AUTHORIZATIONS, ODD, Odd
from tests.torture.invariants import assert_contract, assert_silent

pytestmark = [pytest.mark.usefixtures("unharmed"), pytest.mark.once]

LATER = [(method, path) for method, path in ALL if path in (ITEM, STATUS, TRAIL)]
TELLING = ("alg none", "another key", "exp past", "user_id true", "jti missing", "token_type something else")


def later(method: str, path: str, token: str, status: int = 401) -> Case:
    """A request that only its token makes a bad one."""
    body = b'{"enabled": false}' if method in ("PUT", "PATCH") else None
    return Case("", status, method, path, {"Authorization": f"Bearer {token}"}, body, canary=token)


def assert_refused(target: Target, case: Case) -> None:
    answer = target.ask(case)
    assert answer.status == case.status, answer.body
    assert_contract(answer, body_expected=case.method != "HEAD")
    assert_silent(answer.text, case.canary, target.access)


@pytest.mark.parametrize("case", mostly_torture(CASES, 8), ids=lambda case: case.id)
def test_a_bad_request_is_refused_as_the_contract_says(target: Target, case: Case) -> None:
    assert_refused(target, case)


@pytest.mark.parametrize("name", AUTHORIZATIONS)
def test_a_bad_authorization_is_a_401(target: Target, name: str) -> None:
    assert_refused(target, Case(name, 401, path=LIST, headers={"Authorization": AUTHORIZATIONS[name]}))


@pytest.mark.parametrize("odd", mostly_torture(ODD), ids=lambda odd: odd.id)
def test_an_odd_access_token_is_a_401(target: Target, odd: Odd) -> None:
    token = odd.token(target.access, target.signing_key)
    status = 431 if len(f"Bearer {token}") > HEADER_LIMIT else 401
    assert_refused(target, Case(odd.id, status, headers={"Authorization": f"Bearer {token}"}, canary=token))


@pytest.mark.parametrize("odd", [odd for odd in ODD if odd.id in TELLING], ids=lambda odd: odd.id)
@pytest.mark.parametrize(("method", "path"), LATER)
def test_an_odd_access_token_opens_no_route(target: Target, method: str, path: str, odd: Odd) -> None:
    assert_refused(target, later(method, path, odd.token(target.access, target.signing_key)))


@pytest.mark.parametrize(("method", "path"), LATER)
def test_a_token_for_something_else_opens_no_route(
    target: Target, alices: dict[str, str], dead_tokens: list[str], method: str, path: str
) -> None:
    for token in (alices["refresh"], *dead_tokens):
        assert_refused(target, later(method, path, token))


@pytest.mark.parametrize(("method", "path"), LATER)
def test_who_may_do_nothing_is_told_nothing(target: Target, alices: dict[str, str], method: str, path: str) -> None:
    for query in ("", f"?{CANARY}={CANARY}"):
        assert_refused(target, later(method, path + query, alices["access"], 403))


@pytest.mark.parametrize("path", [REFRESH, REVOKE])
@pytest.mark.parametrize("odd", mostly_torture(ODD), ids=lambda odd: odd.id)
def test_an_odd_refresh_token_is_refused(target: Target, alices: dict[str, str], path: str, odd: Odd) -> None:
    if path == REVOKE and "hash_password" in odd.claims:
        pytest.skip("Whoever changed the password since may still revoke.")
    token = odd.token(alices["refresh"], target.signing_key)
    too_long = len(token) > 4096
    body = json.dumps({"refresh": token}).encode()
    assert_refused(target, Case(odd.id, 400 if too_long else 401, "POST", path, body=body, canary=token))


@pytest.mark.parametrize("path", [REFRESH, REVOKE])
def test_an_access_token_is_no_refresh_token(target: Target, alices: dict[str, str], path: str) -> None:
    body = json.dumps({"refresh": alices["access"]}).encode()
    assert_refused(target, Case("an access token", 401, "POST", path, body=body, canary=alices["access"]))


def test_a_refresh_token_is_no_access_token(target: Target, alices: dict[str, str]) -> None:
    headers: dict[str, str | bytes | None] = {"Authorization": f"Bearer {alices['refresh']}"}
    assert_refused(target, Case("a refresh token", 401, headers=headers, canary=alices["refresh"]))


@pytest.mark.parametrize("user", ["inactive", "deleted"])
def test_a_token_of_a_user_who_is_not_there_any_more_is_a_401(
    target: Target, dead_tokens: list[str], user: str
) -> None:
    token = dict(zip(["inactive", "deleted"], dead_tokens, strict=True))[user]
    assert_refused(target, Case(user, 401, headers={"Authorization": f"Bearer {token}"}, canary=token))


@pytest.mark.parametrize(
    "path", ["/admin/$", "/admin/login/?next=/$", "/docs/$", "/healthz/$", "/$", "//$", "/static/$"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_secret_in_a_path_outside_the_api_is_not_logged(target: Target, method: str, path: str) -> None:
    headers: dict[str, str | bytes | None] = {
        "Content-Type": "text/plain; charset=hex",
        "Origin": f"https://{CANARY}.example",
        "Authorization": None,
    }
    answer = target.ask(Case("elsewhere", 404, method, path.replace("$", f"{CANARY}?a=%41"), headers))
    assert answer.status in (200, 302, 403, 404, 405)


def test_at_the_end_every_provider_can_be_read(target: Target) -> None:
    for provider in PROVIDERS:
        answer = target.ask(Case(provider.slug, 200, path=f"/v1/llm-provider/{provider.slug}"))
        assert answer.status == 200
