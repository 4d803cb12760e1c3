"""A key pasted where it would be shown is refused, in words that do not repeat it."""

from typing import Any

import pytest
from django.test import Client

from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS
from llm_providers.providers.google_vertex import GoogleVertex
from tests.admin.pages import add, entries
from tests.client import API
from tests.providers.refusals import clean, refusal, refused


def looks_like_a_key(owner: str, name: str = "deployment_id") -> str:
    return (
        f"This looks like a key of {owner}, and {name} is not masked. "
        f"Send {name} its own value, and keys in masked fields only."
    )


def repeats(secret: str, name: str) -> str:
    return f"This is the value of {secret} too, and {name} is not masked. Send {name} its own value."


@pytest.mark.once
@pytest.mark.parametrize(
    ("key", "owner"),
    [
        ("sk-" + "a" * 30, "OpenAI"),
        ("sk-ant-" + "a" * 30, "Anthropic"),
        ("xai-" + "a" * 30, "xAI"),
        ("AIza" + "a" * 35, "Google"),
    ],
)
def test_a_plain_value_that_looks_like_a_key_is_refused(key: str, owner: str) -> None:
    assert refused("azure", deployment_id=key) == {"credentials.deployment_id": [looks_like_a_key(owner)]}


@pytest.mark.once
@pytest.mark.parametrize("name", ["sk-" + "a" * 29, "sk-ant-" + "a" * 29, "xai-" + "a" * 29, "xai-", "AIza" + "a" * 34])
def test_a_name_that_only_begins_like_a_key_is_accepted(name: str) -> None:
    assert clean("azure", deployment_id=name)["deployment_id"] == name


@pytest.mark.once
@pytest.mark.parametrize("name", ["sk-gpt-4o-customer-support-bratislava", "xai-grok-4-fast-reasoning-prod-eastus2"])
def test_a_long_name_made_of_words_is_accepted(name: str) -> None:
    assert clean("azure", deployment_id=name)["deployment_id"] == name


@pytest.mark.once
def test_so_is_the_address_of_an_account_that_begins_like_a_key() -> None:
    key_file = {
        **GoogleVertex.example["service_account"],
        "client_email": "sk-vertex@acme-prod.iam.gserviceaccount.com",
    }
    assert clean("google-vertex", service_account=key_file)["service_account"] == key_file


@pytest.mark.once
@pytest.mark.parametrize("typed", ["0123456789abcdef", " 0123456789abcdef\n"])
def test_a_plain_value_that_is_the_secret_beside_it_is_refused(typed: str) -> None:
    refusals = refused("azure", api_key="0123456789abcdef", deployment_id=typed)
    assert refusals == {"credentials.deployment_id": [repeats("api_key", "deployment_id")]}


@pytest.mark.once
def test_it_is_told_together_with_what_else_is_wrong() -> None:
    refusals = refused(
        "azure", api_key="0123456789abcdef", deployment_id="0123456789abcdef", endpoint="http://a.openai.azure.com"
    )
    assert refusals == {
        "credentials.deployment_id": [repeats("api_key", "deployment_id")],
        "credentials.endpoint": ["The endpoint must be an https:// URL."],
    }


@pytest.mark.once
def test_a_stored_secret_counts_when_a_plain_field_changes() -> None:
    from rest_framework.exceptions import ValidationError

    stored = clean("azure", api_key="0123456789abcdef")
    with pytest.raises(ValidationError) as refused_change:
        PROVIDERS.merge("azure", stored, {"deployment_id": "0123456789abcdef"})
    assert refused_change.value.detail == {"deployment_id": [repeats("api_key", "deployment_id")]}


@pytest.mark.once
@pytest.mark.parametrize("key", ["sk-" + "a" * 30, "0123456789abcdef"])
def test_the_members_of_a_key_file_have_the_same_rule(key: str) -> None:
    key_file: dict[str, Any] = {
        **GoogleVertex.example["service_account"],
        "private_key_id": "0123456789abcdef",
        "client_id": key,
    }
    sentence = looks_like_a_key("OpenAI", "client_id") if key[0] == "s" else repeats("private_key_id", "client_id")
    assert refused("google-vertex", service_account=key_file) == {"credentials.service_account.client_id": [sentence]}


@pytest.mark.once
def test_a_secret_inside_the_key_file_counts_beside_it() -> None:
    key_file = {**GoogleVertex.example["service_account"], "private_key_id": "your-project"}
    credentials = {"service_account": key_file, "project_id": "your-project"}
    assert "credentials.project_id" in refusal("google-vertex", credentials)


@pytest.mark.django_db
def test_the_api_refuses_it_and_stores_nothing(api: API) -> None:
    credentials = {
        "api_key": "0123456789abcdef",
        "endpoint": "https://your-resource.openai.azure.com",
        "deployment_id": "0123456789abcdef",
    }
    response = api.post("/v1/llm-providers", {"provider": "azure", "credentials": credentials})
    assert response.status_code == 400
    assert response.json()["error"]["details"] == {"credentials.deployment_id": [repeats("api_key", "deployment_id")]}
    assert not LLMProviderConfig.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["sk-" + "a" * 30, "0123456789abcdef"])
@pytest.mark.parametrize("endpoint", ["https://your-resource.openai.azure.com", "http://a"])
def test_the_admin_refuses_it_and_does_not_show_it_again(admin_client: Client, key: str, endpoint: str) -> None:
    typed = {"api_key": "0123456789abcdef", "endpoint": endpoint, "deployment_id": key}
    page = admin_client.post(add("azure"), entries(typed)).content.decode()
    assert "and deployment_id is not masked." in page
    assert key not in page
    assert not LLMProviderConfig.objects.exists()
