"""The matrix of the contract: each route and method, asked by each kind of user."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from pytest_django import Settings

from llm_providers.models import LLMProviderConfig, Machine, MachineKey
from tests.client import API, api_for, holder_of, member_of
from tests.factories import stored

pytestmark = pytest.mark.django_db

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
OPEN = "open"  # needs no access token

# Route and method to the permission it needs.
NEEDS = {
    ("llm-providers", "GET"): "view_llmproviderconfig",
    ("llm-providers", "HEAD"): "view_llmproviderconfig",
    ("llm-providers", "POST"): "add_llmproviderconfig",
    ("llm-provider/<str:provider>", "GET"): "view_llmproviderconfig",
    ("llm-provider/<str:provider>", "HEAD"): "view_llmproviderconfig",
    ("llm-provider/<str:provider>", "PUT"): "change_llmproviderconfig",
    ("llm-provider/<str:provider>", "PATCH"): "change_llmproviderconfig",
    ("llm-provider/<str:provider>", "DELETE"): "delete_llmproviderconfig",
    ("llm-provider/<str:provider>/status", "GET"): "view_llmproviderconfig",
    ("llm-provider/<str:provider>/status", "HEAD"): "view_llmproviderconfig",
    ("llm-provider/<str:provider>/credentials", "GET"): "use_llmproviderconfig",
    ("llm-provider/<str:provider>/verify", "POST"): "verify_llmproviderconfig",
    ("llm-provider/<str:provider>/models", "GET"): "view_llmproviderconfig",
    ("llm-provider/<str:provider>/models", "HEAD"): "view_llmproviderconfig",
    ("llm-providers/verify", "POST"): "verify_llmproviderconfig",
    ("llm-provider/<str:provider>/rotation", "GET"): "view_llmproviderconfig",
    ("llm-provider/<str:provider>/rotation", "HEAD"): "view_llmproviderconfig",
    ("llm-provider/<str:provider>/rotation", "PATCH"): "change_llmproviderconfig",
    ("llm-provider/<str:provider>/rotation/undo", "POST"): "change_llmproviderconfig",
    ("llm-provider/<str:provider>/rotation/retire", "POST"): "change_llmproviderconfig",
    ("audit-events", "GET"): "view_auditevent",
    ("audit-events", "HEAD"): "view_auditevent",
    ("machines", "GET"): "manage_machine",
    ("machines", "HEAD"): "manage_machine",
    ("machines", "POST"): "manage_machine",
    ("machine/<str:name>", "GET"): "manage_machine",
    ("machine/<str:name>", "HEAD"): "manage_machine",
    ("machine/<str:name>", "PATCH"): "manage_machine",
    ("machine/<str:name>", "DELETE"): "manage_machine",
    ("machine/<str:name>/keys", "POST"): "manage_machine",
    ("machine/<str:name>/key/<str:id>", "DELETE"): "manage_machine",
    ("token", "POST"): OPEN,
    ("token/refresh", "POST"): OPEN,
    ("token/revoke", "POST"): OPEN,
}

ADMINISTRATOR = {
    "view_llmproviderconfig",
    "add_llmproviderconfig",
    "change_llmproviderconfig",
    "delete_llmproviderconfig",
    "verify_llmproviderconfig",
    "view_auditevent",
    "manage_machine",
}
EVERYTHING = ADMINISTRATOR | {"use_llmproviderconfig"}


def api_of(**attributes: Any) -> API:
    user = User.objects.create_user("odd", is_superuser=True)
    api = api_for(user)
    User.objects.filter(pk=user.pk).update(**attributes)
    return api


def api_of_a_deleted_user() -> API:
    user = User.objects.create_superuser("gone")
    api = api_for(user)
    user.delete()
    return api


def ordinary(user: Callable[[], User]) -> Callable[[], API]:
    return lambda: api_for(user())


# Who asks, and what they hold; None for those who are nobody.
ASKING: dict[str, tuple[Callable[[], API], set[str] | None]] = {
    "anonymous": (API, None),
    "wrong token": (lambda: API("a.b.c"), None),
    "inactive": (lambda: api_of(is_active=False), None),
    "deleted": (api_of_a_deleted_user, None),
    "without permissions": (ordinary(lambda: User.objects.create_user("nobody")), set()),
    "viewer": (ordinary(lambda: member_of("LLM provider viewers")), {"view_llmproviderconfig"}),
    "administrator": (ordinary(lambda: member_of("LLM provider administrators")), ADMINISTRATOR),
    "consumer": (ordinary(lambda: member_of("LLM provider consumers")), {"use_llmproviderconfig"}),
    "auditor": (
        ordinary(lambda: member_of("LLM provider auditors")),
        {"view_llmproviderconfig", "view_auditevent"},
    ),
    "superuser": (ordinary(lambda: User.objects.create_superuser("root")), EVERYTHING),
    **{name: (ordinary(lambda name=name: holder_of(name)), {name}) for name in sorted(EVERYTHING)},  # type: ignore[misc]
}


def routes() -> set[str]:
    """Every route under /v1, from the URL configuration."""
    (api,) = [item for item in get_resolver().url_patterns if str(item.pattern) == "v1/"]
    assert isinstance(api, URLResolver)
    return {str(pattern.pattern) for pattern in api.url_patterns if isinstance(pattern, URLPattern)} - {""}


def test_the_matrix_has_a_row_for_every_route() -> None:
    assert routes() == {route for route, _method in NEEDS}


@pytest.mark.parametrize("asking", ASKING)
def test_every_cell_is_as_the_contract_says(asking: str, settings: Settings) -> None:
    settings.LLM_PROVIDERS_DELIVERY = True
    make, held = ASKING[asking]
    api = make()
    differences = []
    for route in sorted(routes()):
        for method in METHODS:
            LLMProviderConfig.objects.all().delete()
            stored("xai", {"api_key": "xai-1"})
            Machine.objects.all().delete()
            MachineKey.objects.create(
                id="k1", machine=Machine.objects.create(name="billing"), digest="", expires_at=timezone.now()
            )
            answered = api.request(method, path_of(route), b"{}").status_code
            if answered not in allowed(NEEDS.get((route, method)), route, held):
                differences.append((route, method, answered))
    assert differences == []


def path_of(route: str) -> str:
    for parameter, value in {"<str:provider>": "xai", "<str:name>": "billing", "<str:id>": "k1"}.items():
        route = route.replace(parameter, value)
    return f"/v1/{route}"


def allowed(needed: str | None, route: str, held: set[str] | None) -> set[int]:
    if needed == OPEN:
        return {400}  # an empty body; nobody was asked for
    if needed is None and (route, "POST") in NEEDS and NEEDS[route, "POST"] == OPEN:
        return {405}
    if held is None:
        return {401}
    if needed is None:
        return {405}
    away = {502} if route.endswith("/models") else set()  # no test reaches a provider
    return {200, 400, *away} if needed in held else {403}


def test_a_permission_given_or_taken_works_on_the_next_request() -> None:
    user = User.objects.create_user("grace")
    api = api_for(user)
    assert api.get("/v1/llm-providers").status_code == 403
    user.user_permissions.set(holder_of("view_llmproviderconfig").user_permissions.all())
    assert api.get("/v1/llm-providers").status_code == 200
    user.user_permissions.clear()
    assert api.get("/v1/llm-providers").status_code == 403
