import pytest

from llm_providers.models import AuditEvent, LLMProviderConfig
from tests.client import API

pytestmark = pytest.mark.django_db

PUBLISHED = {
    "provider": "openai",
    "enabled": True,
    "credentials": {"api_key": "sk-your-api-key", "organization": "org-your-org-id"},
}
ANSWER = {
    "provider": "openai",
    "enabled": True,
    "credentials": {"api_key": "sk-***", "organization": "org-***"},
}


def test_the_published_request_is_answered_as_published(api: API) -> None:
    response = api.post("/v1/llm-providers", PUBLISHED)
    assert (response.status_code, response.json()) == (200, ANSWER)


def test_a_second_create_is_the_published_conflict_and_changes_nothing(api: API) -> None:
    api.post("/v1/llm-providers", PUBLISHED)
    before = LLMProviderConfig.objects.values().get()
    response = api.post("/v1/llm-providers", {**PUBLISHED, "credentials": {"api_key": "sk-other"}})
    assert response.status_code == 409
    assert response.json() == {
        "error": {
            "code": "CONFLICT",
            "message": "Configuration already exists for provider: openai",
        }
    }
    assert LLMProviderConfig.objects.values().get() == before
    assert AuditEvent.objects.count() == 1


def test_what_is_stored_are_the_real_credentials(api: API) -> None:
    api.post("/v1/llm-providers", PUBLISHED)
    assert LLMProviderConfig.objects.get().credentials == PUBLISHED["credentials"]


def test_enabled_is_true_when_it_is_left_out(api: API) -> None:
    response = api.post("/v1/llm-providers", {"provider": "xai", "credentials": {"api_key": "xai-1"}})
    assert response.json()["enabled"] is True


def test_a_configuration_can_be_created_disabled(api: API) -> None:
    response = api.post("/v1/llm-providers", {**PUBLISHED, "enabled": False})
    assert response.json() == {**ANSWER, "enabled": False}


def test_a_create_leaves_an_audit_event_with_names_only(api: API) -> None:
    api.request("POST", "/v1/llm-providers", PUBLISHED, **{"X-Request-ID": "deploy-7"})
    event = vars(AuditEvent.objects.get())
    assert {name: event[name] for name in event if name not in ("_state", "id", "created_at")} == {
        "actor": "admin",
        "action": "create",
        "provider": "openai",
        "fields": ["enabled=true", "credentials.api_key", "credentials.organization"],
        "source": "api",
        "request_id": "deploy-7",
        "address": "127.0.0.1",
    }


def test_a_refused_create_stores_nothing(api: API) -> None:
    api.post("/v1/llm-providers", {**PUBLISHED, "credentials": {"api_key": "sk-***"}})
    assert not LLMProviderConfig.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("enabled", ["yes", "true", 1, 0, None, [], {}])
def test_enabled_takes_only_true_and_false(api: API, enabled: object) -> None:
    response = api.post("/v1/llm-providers", {**PUBLISHED, "enabled": enabled})
    assert response.status_code == 400
    assert list(response.json()["error"]["details"]) == ["enabled"]


@pytest.mark.parametrize("provider", ["OpenAI", "", None, 1, True, ["openai"], {"openai": 1}, "sk-pasted-here"])
def test_a_provider_that_is_not_in_the_list_is_refused_without_repeating_it(api: API, provider: object) -> None:
    response = api.post("/v1/llm-providers", {**PUBLISHED, "provider": provider})
    assert response.status_code == 400
    assert list(response.json()["error"]["details"]) == ["provider"]
    assert "sk-pasted-here" not in response.text


@pytest.mark.parametrize("credentials", ["sk-pasted-here", ["sk-pasted-here"], 1, True, None])
def test_credentials_that_are_no_object_are_refused(api: API, credentials: object) -> None:
    response = api.post("/v1/llm-providers", {**PUBLISHED, "credentials": credentials})
    assert response.status_code == 400
    assert list(response.json()["error"]["details"]) == ["credentials"]
    assert "sk-pasted-here" not in response.text


def test_an_unknown_field_is_refused_with_the_name_that_was_meant(api: API) -> None:
    response = api.post("/v1/llm-providers", {**PUBLISHED, "enable": True})
    assert response.status_code == 400
    assert response.json()["error"]["details"] == {
        "body": ["Unknown field. Did you mean enabled? Accepted here: provider, enabled, credentials."]
    }


def test_a_secret_pasted_as_a_field_name_is_not_repeated(api: API) -> None:
    response = api.post("/v1/llm-providers", {**PUBLISHED, "credentials": {"sk-pasted-here": "api_key"}})
    assert response.status_code == 400
    assert "sk-pasted-here" not in response.text


def test_every_missing_field_is_named_at_once(api: API) -> None:
    response = api.post("/v1/llm-providers", {})
    assert response.json() == {
        "error": {
            "code": "BAD_REQUEST",
            "message": "Some fields are invalid. See details.",
            "details": {
                "provider": ["This field is required."],
                "credentials": ["This field is required."],
            },
        }
    }


def test_a_query_parameter_that_means_nothing_here_is_refused(api: API) -> None:
    response = api.post("/v1/llm-providers?dry_run=true", PUBLISHED)
    assert response.status_code == 400
    assert not LLMProviderConfig.objects.exists()


def test_all_that_is_wrong_with_a_request_is_told_at_once(api: API) -> None:
    credentials = {"aws_access_key_id": "ASIAIOSFODNN7EXAMPLE", "region": "nowhere"}
    body = {"provider": "amazon-bedrock", "enabled": "yes", "credentials": credentials}
    assert api.post("/v1/llm-providers", body).json()["error"]["details"] == {
        "enabled": ["Send true or false."],
        "credentials.aws_secret_access_key": ["This field is required."],
        "credentials.aws_session_token": ["This field is required: an ASIA access key id is temporary."],
        "credentials.region": ["An AWS region looks like us-west-2."],
    }
