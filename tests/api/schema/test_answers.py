"""What the service really answers is what the OpenAPI document says."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS
from tests.api.schema.test_openapi import complaints, find, resolve
from tests.client import API, api_for, holder_of
from tests.ways import through_each_way

pytestmark = pytest.mark.django_db


def hold_to_the_document(operation: str, response: Any) -> int:
    """Check a real answer, and return its status."""
    documented = resolve(find(operation)["responses"][str(response.status_code)])
    assert list(documented["content"]) == [response.headers["Content-Type"]]
    assert complaints(documented["content"]["application/json"]["schema"], response.json()) == []
    for name, header in documented["headers"].items():
        assert name in response.headers or not resolve(header).get("required")
    return int(response.status_code)


def test_what_the_configurations_answer_is_documented(api: API) -> None:
    create, listed, get = "POST /v1/llm-providers", "GET /v1/llm-providers", "GET /v1/llm-provider/{provider}"
    path = "/v1/llm-providers"
    for provider in [each for declared in PROVIDERS for each in reversed(through_each_way(declared))]:
        LLMProviderConfig.objects.filter(provider=provider.slug).delete()  # that of another way
        config = {"provider": provider.slug, "credentials": provider.example}
        assert hold_to_the_document(create, api.post(path, config)) == 200
        assert hold_to_the_document(get, api.get(f"/v1/llm-provider/{provider.slug}")) == 200
        assert hold_to_the_document(create, api.post(path, config)) == 409
    LLMProviderConfig.objects.filter(provider="xai").update(
        credentials=LLMProviderConfig.objects.values_list("credentials", flat=True).get(provider="openai")
    )
    assert hold_to_the_document(listed, api.get(path)) == 200
    assert hold_to_the_document(get, api.get("/v1/llm-provider/xai")) == 200
    assert hold_to_the_document(get, api.get("/v1/llm-provider/nope")) == 404
    assert hold_to_the_document(listed, api.get(f"{path}?enabled=yes")) == 400
    assert hold_to_the_document(listed, api.get(path, Accept="text/html")) == 406
    assert hold_to_the_document(listed, api.put(path)) == 405
    assert hold_to_the_document(listed, api.get(path, Cookie="a" * 5000)) == 431
    assert hold_to_the_document(listed, API().get(path)) == 401
    assert hold_to_the_document(listed, api_for(holder_of("add_llmproviderconfig")).get(path)) == 403
    assert hold_to_the_document(create, api.post(path, b"[]")) == 400
    assert hold_to_the_document(create, api.post(path, b" " * (64 * 1024 + 1))) == 413
    form = api.client.generic("POST", path, b"{}", content_type="text/plain", headers=api.headers)
    assert hold_to_the_document(create, form) == 415


def test_what_the_tokens_answer_is_documented() -> None:
    User.objects.create_user("ada", password="a-long-password")
    login, refresh, revoke = "POST /v1/token", "POST /v1/token/refresh", "POST /v1/token/revoke"
    api = API()
    pair = api.post("/v1/token", {"username": "ada", "password": "a-long-password"})
    assert hold_to_the_document(login, pair) == 200
    renewed = api.post("/v1/token/refresh", {"refresh": pair.json()["refresh"]})
    assert hold_to_the_document(refresh, renewed) == 200
    assert hold_to_the_document(refresh, api.post("/v1/token/refresh", {"refresh": pair.json()["refresh"]})) == 401
    assert hold_to_the_document(revoke, api.post("/v1/token/revoke", {"refresh": renewed.json()["refresh"]})) == 200
    wrong = {"username": "ada", "password": "wrong"}
    statuses = [hold_to_the_document(login, api.post("/v1/token", wrong)) for _attempt in range(6)]
    assert (statuses[0], statuses[-1]) == (401, 429)


def test_what_the_machines_answer_is_documented(api: API) -> None:
    listed, create, one = "GET /v1/machines", "POST /v1/machines", "{} /v1/machine/{{name}}"
    issue, revoke = "POST /v1/machine/{name}/keys", "DELETE /v1/machine/{name}/key/{id}"
    for name, example in find(create)["requestBody"]["content"]["application/json"]["examples"].items():
        sent = {**example["value"], "name": name}
        assert hold_to_the_document(create, api.post("/v1/machines", sent)) == 200
        assert hold_to_the_document(create, api.post("/v1/machines", sent)) == 409
    issued = api.post("/v1/machine/identity/keys", {})
    assert hold_to_the_document(issue, issued) == 200
    assert hold_to_the_document(issue, api.post("/v1/machine/identity/keys", {"expires_in_days": 0})) == 400
    assert hold_to_the_document(listed, api.get("/v1/machines")) == 200
    assert hold_to_the_document(one.format("GET"), api.get("/v1/machine/identity")) == 200
    assert hold_to_the_document(one.format("PATCH"), api.patch("/v1/machine/identity", {"providers": None})) == 200
    assert hold_to_the_document(one.format("PATCH"), api.patch("/v1/machine/identity", {"permissions": ["?"]})) == 400
    manager = api_for(holder_of("manage_machine"))
    assert hold_to_the_document(issue, manager.post("/v1/machine/identity/keys", {})) == 403
    path = f"/v1/machine/identity/key/{issued.json()['id']}"
    assert [hold_to_the_document(revoke, api.delete(path)) for _twice in range(2)] == [200, 404]
    assert hold_to_the_document(one.format("DELETE"), api.delete("/v1/machine/identity")) == 200
    for method in ("GET", "PATCH", "DELETE"):
        assert hold_to_the_document(one.format(method), api.request(method, "/v1/machine/identity")) == 404
