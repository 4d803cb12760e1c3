"""Tokens of workloads, as the API sees them: what is right is let in, and nothing else."""

import io
import time
from typing import Any

import pytest
from pytest_django import Settings

from llm_providers.models import Machine
from tests.access.forged import FORGED
from tests.access.issuers import ALGORITHMS, DISCOVERY, KEYS, Issuer
from tests.client import API

pytestmark = pytest.mark.django_db

LIST = "/v1/llm-providers"
REFUSED = {
    "error": {
        "code": "UNAUTHORIZED",
        "message": "The workload's token is not accepted. Its issuer and audience must be configured, its time not be"
        " over and end within 24 hours, and it must fit exactly one machine.",
    }
}


def status(token: str) -> int:
    found: int = API(token).get(LIST).status_code
    return found


@pytest.mark.parametrize("kid", ALGORITHMS)
def test_a_workload_is_let_in_by_a_key_of_each_kind(billing: Machine, issuer: Issuer, kid: str) -> None:
    assert API(issuer.token(kid)).get(LIST).json() == {"providers": []}


RIGHT: dict[str, dict[str, Any]] = {
    "an audience in a list": {"aud": ["llm-providers"]},
    "a time with a fraction": {"exp": time.time() + 3600.5},
    "no beginning": {"nbf": None, "iat": None},
    "a clock a little ahead": {"nbf": int(time.time()) + 20, "iat": int(time.time()) + 20},
    "further claims": {"jti": "x", "kubernetes.io": {"pod": {"name": "x"}}, "run_attempt": "1"},
    "a repository of the same owner": {"sub": "repo:acme/invoices:environment:production"},
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_usual_among_issuers_is_let_in(billing: Machine, issuer: Issuer, name: str) -> None:
    assert status(issuer.token(**RIGHT[name])) == 200


def test_headers_that_say_nothing_of_keys_are_passed_over(billing: Machine, issuer: Issuer) -> None:
    """GitHub's tokens name the digest of a certificate."""
    assert status(issuer.token(header={"x5t": "eBZ_cn3sXYAd0ch4THBKHIgOwOE", "typ": "jwt"})) == 200


def test_there_are_many_ways_to_forge_a_token() -> None:
    assert sum(map(len, FORGED.values())) >= 250


@pytest.mark.parametrize("what", FORGED)
def test_no_forged_token_is_let_in(billing: Machine, issuer: Issuer, what: str) -> None:
    assert status(issuer.token()) == 200  # so that nothing else stands in the way, and the keys are known
    tokens = {name: make(issuer) for name, make in FORGED[what].items()}
    answers = {name: status(token) for name, token in tokens.items()}
    assert answers == {name: 431 if len(token) > 4000 else 401 for name, token in tokens.items()}
    assert issuer.asked == [DISCOVERY, KEYS]


def test_why_a_token_is_refused_is_told_in_the_log_alone(billing: Machine, issuer: Issuer, log: io.StringIO) -> None:
    token = issuer.token(aud="another")
    assert API(token).get(LIST).json() == REFUSED
    assert API(issuer.token(sub="repo:evil/x")).get(LIST).json() == REFUSED
    lines = [line for line in log.getvalue().splitlines() if "WorkloadRefused" in line]
    assert [line.partition("] ")[2] for line in lines] == [
        "WorkloadRefused: it is for another audience, address=127.0.0.1",
        "WorkloadRefused: it fits no machine, address=127.0.0.1",
    ]
    assert not [part for part in token.split(".") if part in log.getvalue()]


def test_a_token_that_fits_several_machines_is_refused(billing: Machine, issuer: Issuer) -> None:
    Machine.objects.create(name="second", enabled=False, identities=billing.identities)
    assert status(issuer.token()) == 401


def test_a_token_that_fits_a_machine_in_two_ways_is_let_in(billing: Machine, issuer: Issuer) -> None:
    Machine.objects.update(identities=billing.identities * 2)
    assert status(issuer.token()) == 200


@pytest.mark.parametrize("change", [{"enabled": False}, {"identities": []}])
def test_a_workload_is_refused_once_its_machine_is_switched_off(
    billing: Machine, issuer: Issuer, change: dict[str, Any]
) -> None:
    assert status(issuer.token()) == 200
    Machine.objects.update(**change)
    assert status(issuer.token()) == 401


def test_of_an_issuer_that_is_not_configured_nobody_is_asked(
    billing: Machine, issuer: Issuer, settings: Settings
) -> None:
    settings.LLM_PROVIDERS_OIDC_ISSUERS = {"https://another.example": {"audience": "llm-providers", "jwks": ""}}
    assert status(issuer.token()) == 401
    settings.LLM_PROVIDERS_OIDC_ISSUERS = {}
    assert status(issuer.token()) == 401
    assert issuer.asked == []


def test_no_issuer_is_asked_for_a_token_that_is_wrong_without_its_key(billing: Machine, issuer: Issuer) -> None:
    for changes in ({"aud": "another"}, {"exp": 1}, {"sub": None}):
        assert status(issuer.token(**changes)) == 401
    assert issuer.asked == []


def test_the_wrong_permission_is_a_403(billing: Machine, issuer: Issuer) -> None:
    Machine.objects.update(permissions=["verify"])
    assert status(issuer.token()) == 403
