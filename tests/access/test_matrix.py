"""Whichever way somebody proves who they are, each route is open to what they hold, and for which providers."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone
from pytest_django import Settings

from llm_providers import machine_keys
from llm_providers.models import CODENAMES, AuditEvent, LLMProviderConfig, Machine, MachineKey
from tests.access.issuers import AUDIENCE, Issuer
from tests.api.test_permissions import NEEDS, OPEN, allowed, path_of, routes
from tests.client import API, api_for
from tests.factories import stored

pytestmark = pytest.mark.django_db

WAYS = ("user", "key", "workload")
LIMITS: dict[str, list[str] | None] = {
    "all providers": None,
    "xai among others": ["openai", "xai"],
    "others": ["openai", "azure"],
    "no provider": [],
}
HELD: dict[str, list[str]] = {"nothing": [], "everything": list(CODENAMES), **{word: [word] for word in CODENAMES}}
SUBJECT = "repo:acme/billing:environment:production"
BODIES = {
    ("llm-providers", "POST"): {"provider": "xai", "credentials": {"api_key": "xai-2"}},
    ("llm-providers/verify", "POST"): {"provider": "xai", "credentials": {"api_key": "xai-2"}},
    ("llm-provider/<str:provider>", "PUT"): {"enabled": False},
    ("llm-provider/<str:provider>", "PATCH"): {"provider": "xai", "enabled": False},
}


def asking(way: str, held: list[str], limit: list[str] | None, issuer: Issuer) -> API:
    if way == "user":
        user = User.objects.create_user(f"may {'-'.join(held)}")
        user.user_permissions.set(Permission.objects.filter(codename__in=[CODENAMES[word] for word in held]))
        return api_for(user)
    Machine.objects.all().delete()
    machine = Machine.objects.create(name="invoices", permissions=held, providers=limit)
    if way == "key":
        key = machine_keys.make()
        expires_at = timezone.now() + timedelta(days=1)
        MachineKey.objects.create(id=key.id, machine=machine, digest=key.digest, expires_at=expires_at)
        return API(key.text)
    machine.identities = [{"issuer": issuer.url, "audience": AUDIENCE, "subject": SUBJECT, "claims": {}}]
    machine.save()
    return API(issuer.token())


@pytest.mark.parametrize(
    ("way", "limit"), [("user", "all providers"), *((way, limit) for way in WAYS[1:] for limit in LIMITS)]
)
def test_every_cell_is_as_the_contract_says(way: str, limit: str, settings: Settings, issuer: Issuer) -> None:
    settings.LLM_PROVIDERS_DELIVERY = True
    settings.LLM_PROVIDERS_VERIFY_LIMIT_PER_USER = settings.LLM_PROVIDERS_VERIFY_LIMIT_PER_PROVIDER = 10_000
    differences = []
    for words in HELD.values():
        api, held = asking(way, words, LIMITS[limit], issuer), {CODENAMES[word] for word in words}
        for (route, method), needed in NEEDS.items():
            LLMProviderConfig.objects.all().delete()
            stored("xai", {"api_key": "xai-1"})
            answered = api.request(method, path_of(route), BODIES.get((route, method), b"{}")).status_code
            expected = expected_of(route, method, needed, held, LIMITS[limit])
            if answered not in expected:
                differences.append((words, route, method, answered, expected))
    assert differences == []
    assert {route for route, _method in NEEDS} == routes()


def expected_of(route: str, method: str, needed: str, held: set[str], limit: list[str] | None) -> set[int]:
    if needed != OPEN and needed in held and limit is not None and "xai" not in limit:
        if "<str:provider>" in route:
            return {404}
        if BODIES.get((route, method)):
            return {403}
    if (route, method) == ("llm-providers", "POST") and needed in held:
        return {409}
    return allowed(needed, route, held)


# --- What is not of one provider


@pytest.fixture
def limited(issuer: Issuer) -> API:
    """A machine that may do everything, with two providers."""
    return asking("key", list(CODENAMES), ["azure", "openai"], issuer)


def events_of(*providers: str | None) -> None:
    for provider in providers:
        AuditEvent.objects.create(actor="grace", action="update", provider=provider, source="api")


def test_a_list_holds_the_machines_own_providers(limited: API) -> None:
    for provider in ("xai", "openai", "anthropic"):
        stored(provider, {"api_key": "k"})
    assert [config["provider"] for config in limited.get("/v1/llm-providers").json()["providers"]] == ["openai"]
    assert limited.get("/v1/llm-providers?enabled=false").json() == {"providers": []}


def seen(api: API, query: str = "") -> list[str | None]:
    return [event["provider"] for event in api.get(f"/v1/audit-events?{query}").json()["events"]]


def test_the_trail_holds_the_machines_own_providers(limited: API, api: API) -> None:
    events_of("openai", "xai", "azure", None, "google", "openai")
    assert seen(limited) == ["openai", None, "azure", "openai"]
    assert seen(limited, "provider=xai") == []
    assert seen(limited, "provider=azure") == ["azure"]
    assert seen(limited, "actor=grace&action=update") == ["openai", None, "azure", "openai"]
    assert len(seen(api)) == 6


def test_the_trail_of_a_limited_machine_is_read_page_by_page(limited: API) -> None:
    events_of(*["openai", "xai"] * 5)
    pages, query = [], "limit=2"
    while True:
        answer = limited.get(f"/v1/audit-events?{query}").json()
        pages.append([event["provider"] for event in answer["events"]])
        if answer["next"] is None:
            break
        query = f"limit=2&cursor={answer['next']}"
    assert pages == [["openai"] * 2, ["openai"] * 2, ["openai"]]


def test_without_any_provider_a_machine_sees_the_events_of_none(issuer: Issuer) -> None:
    api = asking("key", ["view_audit"], [], issuer)
    events_of("openai", None)
    assert seen(api) == [None]


OUT_OF_REACH = {
    "error": {
        "code": "FORBIDDEN",
        "message": "This machine is limited to other providers."
        " Name one of its own, or ask an administrator for this one.",
    }
}


@pytest.mark.parametrize("path", ["/v1/llm-providers", "/v1/llm-providers/verify"])
@pytest.mark.parametrize("rest", [{}, {"credentials": {"api_key": "xai-1"}}, {"unknown": 1}])
def test_a_body_that_names_another_provider_is_a_403_before_it_is_read(
    limited: API, path: str, rest: dict[str, Any]
) -> None:
    answer = limited.post(path, {"provider": "xai", **rest})
    assert (answer.status_code, answer.json()) == (403, OUT_OF_REACH)
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("named", ["nobody", ["xai"], None, 1, {"xai": 1}])
def test_a_body_that_names_no_provider_is_invalid_as_ever(limited: API, named: Any) -> None:
    assert limited.post("/v1/llm-providers", {"provider": named, "credentials": {}}).status_code == 400
    assert limited.request("POST", "/v1/llm-providers", b"[").status_code == 400


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_another_provider_in_the_body_than_in_the_path_is_a_403_too(limited: API, method: str) -> None:
    stored("openai", {"api_key": "sk-1"})
    answer = limited.request(method, "/v1/llm-provider/openai", {"provider": "xai", "enabled": False})
    assert answer.json() == OUT_OF_REACH


def test_another_provider_is_as_if_it_were_not_configured(limited: API) -> None:
    missing = limited.get("/v1/llm-provider/azure")
    stored("xai", {"api_key": "xai-1"})
    hidden = limited.get("/v1/llm-provider/xai")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json()["error"]["message"] == "No configuration found for provider: xai"
    assert missing.json()["error"]["message"] == "No configuration found for provider: azure"


def test_what_a_limited_machine_may_not_even_ask_is_a_403_or_405_as_ever(issuer: Issuer) -> None:
    api = asking("key", ["view"], ["openai"], issuer)
    assert api.delete("/v1/llm-provider/xai").status_code == 403
    assert api.post("/v1/llm-provider/xai/status", b"{").status_code == 405
    assert api.get("/v1/llm-provider/nobody").status_code == 404
