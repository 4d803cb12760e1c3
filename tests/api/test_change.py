"""PUT, PATCH and DELETE: what changes, what stays, and what is refused."""

from typing import Any

import pytest

from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider
from llm_providers.providers.google_vertex import GoogleVertex
from tests.client import API
from tests.factories import stored as stored_before_the_rule

pytestmark = pytest.mark.django_db

OPENAI = {"api_key": "sk-first", "organization": "org-first"}
AZURE = {"api_key": "azure-first", "endpoint": "https://one.openai.azure.com", "deployment_id": "blue"}


def path(provider: str) -> str:
    return f"/v1/llm-provider/{provider}"


@pytest.fixture
def stored(api: API) -> None:
    for provider, credentials in (("openai", OPENAI), ("azure", AZURE)):
        assert api.post("/v1/llm-providers", {"provider": provider, "credentials": credentials}).status_code == 200


def credentials_of(provider: str) -> dict[str, Any]:
    credentials: dict[str, Any] = LLMProviderConfig.objects.get(provider=provider).credentials
    return credentials


def state() -> list[Any]:
    return [*LLMProviderConfig.objects.values().order_by("pk"), AuditEvent.objects.count()]


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_enabled_alone_changes_nothing_else(api: API, method: str) -> None:
    response = api.request(method, path("openai"), {"enabled": False})
    assert response.status_code == 200
    assert response.json() == {
        "provider": "openai",
        "enabled": False,
        "credentials": {"api_key": "sk-***", "organization": "org-***"},
    }
    assert credentials_of("openai") == OPENAI


@pytest.mark.usefixtures("stored")
def test_put_replaces_the_credentials_whole(api: API) -> None:
    response = api.put(path("openai"), {"credentials": {"api_key": "sk-second"}})
    assert response.json() == {"provider": "openai", "enabled": True, "credentials": {"api_key": "sk-***"}}
    assert credentials_of("openai") == {"api_key": "sk-second"}


@pytest.mark.usefixtures("stored")
def test_patch_keeps_what_is_left_out(api: API) -> None:
    response = api.patch(path("openai"), {"credentials": {"api_key": "sk-second"}})
    assert response.status_code == 200
    assert credentials_of("openai") == {"api_key": "sk-second", "organization": "org-first"}


@pytest.mark.usefixtures("stored")
def test_patch_removes_an_optional_field_by_null(api: API) -> None:
    response = api.patch(path("openai"), {"credentials": {"organization": None}})
    assert response.json()["credentials"] == {"api_key": "sk-***"}
    assert credentials_of("openai") == {"api_key": "sk-first"}


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("credentials", "field"),
    [
        ({"api_key": None}, "credentials.api_key"),
        ({"organisation": None}, "credentials"),
        ({"organisation": "org-1"}, "credentials"),
        ({"api_key": "sk-***"}, "credentials.api_key"),
        ({"api_key": 1}, "credentials.api_key"),
        ({}, "credentials"),
        ([], "credentials"),
        ("sk-x", "credentials"),
        (None, "credentials"),
    ],
    ids=str,
)
def test_a_patch_that_is_refused_leaves_everything_as_it_was(api: API, credentials: object, field: str) -> None:
    before = state()
    response = api.patch(path("openai"), {"enabled": False, "credentials": credentials})
    assert response.status_code == 400
    assert list(response.json()["error"]["details"]) == [field]
    assert state() == before


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"provider": "openai"},
        {"provider": "azure", "enabled": False},
        {"enabled": "false"},
        {"enabled": None},
        {"enable": False},
        {"enabled": False, "version": 7},
    ],
    ids=str,
)
def test_a_change_that_says_nothing_or_too_much_is_refused(api: API, method: str, body: object) -> None:
    before = state()
    assert api.request(method, path("openai"), body).status_code == 400
    assert state() == before


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_provider_of_the_path_may_be_repeated(api: API, method: str) -> None:
    assert api.request(method, path("openai"), {"provider": "openai", "enabled": False}).status_code == 200


@pytest.mark.parametrize("provider", list(PROVIDERS), ids=lambda provider: provider.slug)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_was_read_and_is_written_back_is_refused(api: API, provider: type[Provider], method: str) -> None:
    api.post("/v1/llm-providers", {"provider": provider.slug, "credentials": provider.example})
    before = LLMProviderConfig.objects.values().get()
    read = api.get(path(provider.slug)).json()
    response = api.request(method, path(provider.slug), read)
    assert response.status_code == 400
    assert "masked value" in response.text
    assert LLMProviderConfig.objects.values().get() == before


@pytest.mark.usefixtures("stored")
def test_a_changed_destination_needs_its_secret_again(api: API) -> None:
    response = api.patch(path("azure"), {"credentials": {"endpoint": "https://two.openai.azure.com"}})
    assert response.status_code == 400
    assert response.json()["error"]["details"] == {
        "credentials.api_key": ["Send this secret again: endpoint changes, and a secret belongs to its destination."]
    }
    assert credentials_of("azure") == AZURE


@pytest.mark.usefixtures("stored")
def test_a_secret_is_asked_for_together_with_what_else_is_wrong(api: API) -> None:
    change = {"endpoint": "https://two.openai.azure.com", "deployment_id": "-"}
    response = api.patch(path("azure"), {"credentials": change})
    assert response.status_code == 400
    assert response.json()["error"]["details"] == {
        "credentials.api_key": ["Send this secret again: endpoint changes, and a secret belongs to its destination."],
        "credentials.deployment_id": ["A deployment name is 1 to 64 letters, digits, dots, hyphens or underscores."],
    }


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("endpoint", ["http://one.openai.azure.com", None])
def test_of_a_refused_destination_it_is_not_said_that_it_changes(api: API, endpoint: object) -> None:
    response = api.patch(path("azure"), {"credentials": {"endpoint": endpoint}})
    assert list(response.json()["error"]["details"]) == ["credentials.endpoint"]


@pytest.mark.usefixtures("stored")
def test_a_changed_destination_is_accepted_with_its_secret(api: API) -> None:
    change = {"endpoint": "https://two.openai.azure.com", "api_key": "azure-second"}
    assert api.patch(path("azure"), {"credentials": change}).status_code == 200
    assert credentials_of("azure") == {**AZURE, **change}


@pytest.mark.usefixtures("stored")
def test_the_same_destination_written_otherwise_is_no_change(api: API) -> None:
    change = {"endpoint": "https://ONE.openai.azure.com:443/openai/", "deployment_id": "green"}
    assert api.patch(path("azure"), {"credentials": change}).status_code == 200
    assert credentials_of("azure") == {**AZURE, "deployment_id": "green"}


@pytest.mark.usefixtures("stored")
def test_a_delete_is_answered_as_published(api: API) -> None:
    response = api.delete(path("openai"))
    assert (response.status_code, response.json()) == (200, {"provider": "openai"})
    assert api.get(path("openai")).status_code == 404
    assert api.get(path("azure")).status_code == 200


@pytest.mark.parametrize(
    ("method", "body"), [("PUT", {"enabled": True}), ("PATCH", {"enabled": True}), ("DELETE", None)]
)
def test_what_is_not_configured_is_not_found(api: API, method: str, body: object) -> None:
    response = api.request(method, path("openai"), body)
    assert response.status_code == 404
    assert response.json() == {"error": {"code": "NOT_FOUND", "message": "No configuration found for provider: openai"}}


@pytest.mark.usefixtures("stored")
def test_each_write_is_told_in_the_trail_by_names_only(api: API) -> None:
    api.put(path("openai"), {"enabled": False})
    api.put(path("openai"), {"enabled": True})
    api.patch(path("openai"), {"credentials": {"api_key": "sk-second", "organization": None}})
    api.delete(path("openai"))
    told = AuditEvent.objects.filter(provider="openai").order_by("pk").values_list("action", "fields", "actor")
    assert list(told) == [
        ("create", ["enabled=true", "credentials.api_key", "credentials.organization"], "admin"),
        ("update", ["enabled=false"], "admin"),
        ("update", ["enabled=true"], "admin"),
        ("update", ["credentials.api_key", "credentials.organization"], "admin"),
        ("delete", [], "admin"),
    ]


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("PUT", {"enabled": True}),
        ("PATCH", {"enabled": True}),
        ("PATCH", {"provider": "openai", "enabled": True}),
    ],
)
def test_a_change_that_changes_nothing_leaves_no_trace(api: API, method: str, body: object) -> None:
    before = api.get(path("openai"))
    status = api.get(f"{path('openai')}/status").json()
    told = AuditEvent.objects.count()
    answer = api.request(method, path("openai"), body, **{"If-Match": before.headers["ETag"]})
    assert (answer.status_code, answer.json(), answer.headers["ETag"]) == (200, before.json(), before.headers["ETag"])
    assert api.get(f"{path('openai')}/status").json() == status
    assert AuditEvent.objects.count() == told
    stale = api.request(method, path("openai"), body, **{"If-Match": '"other"'})
    assert stale.status_code == 412


def test_a_plain_field_sent_again_with_its_value_leaves_no_trace(api: API) -> None:
    azure = {
        "api_key": "your-azure-api-key",
        "endpoint": "https://your-resource.openai.azure.com",
        "deployment_id": "blue",
    }
    created = api.post("/v1/llm-providers", {"provider": "azure", "credentials": azure})
    again = api.patch(path("azure"), {"credentials": {"deployment_id": "blue", "endpoint": azure["endpoint"] + "/"}})
    assert (again.status_code, again.headers["ETag"]) == (200, created.headers["ETag"])
    assert AuditEvent.objects.count() == 1


@pytest.mark.usefixtures("stored")
def test_the_trail_does_not_say_whether_a_secret_was_sent_again(api: API) -> None:
    fields = []
    for key in ("sk-first", "sk-second"):
        api.patch(path("openai"), {"credentials": {"api_key": key}})
        fields.append(AuditEvent.objects.latest("pk").fields)
    assert fields == [["credentials.api_key"]] * 2


def test_a_field_that_is_no_longer_declared_does_not_stand_in_the_way_of_a_new_key(api: API) -> None:
    stored_before_the_rule("openai", {"api_key": "sk-first", "old_field": "x"})
    assert api.patch(path("openai"), {"credentials": {"api_key": "sk-second"}}).status_code == 200
    assert credentials_of("openai") == {"api_key": "sk-second"}


def test_the_project_of_a_new_key_file_is_taken_when_the_old_one_is_removed(api: API) -> None:
    api.post("/v1/llm-providers", {"provider": "google-vertex", "credentials": GoogleVertex.example})
    key_file = {**GoogleVertex.example["service_account"], "project_id": "other-project"}
    patch = {"service_account": key_file, "project_id": None}
    assert api.patch(path("google-vertex"), {"credentials": patch}).status_code == 200
    assert credentials_of("google-vertex")["project_id"] == "other-project"


@pytest.mark.usefixtures("stored")
def test_a_change_whose_event_cannot_be_written_does_not_happen(api: API) -> None:
    from django.db import DatabaseError, connection

    def refuse_events(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('INSERT INTO "llm_providers_auditevent"'):
            raise DatabaseError
        return execute(sql, *rest)

    before = state()
    with connection.execute_wrapper(refuse_events):
        assert api.put(path("openai"), {"enabled": False}).status_code == 500
        assert api.delete(path("openai")).status_code == 500
        created = api.post("/v1/llm-providers", {"provider": "xai", "credentials": {"api_key": "xai-1"}})
        assert created.status_code == 500
    assert state() == before
