"""Rows that the version before stored, without any of the fields that came with the ways in."""

from typing import Any

import pytest
from django.test import Client

from llm_providers.environment import environment_of
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS
from tests.admin.pages import CONFIGS, change
from tests.client import API
from tests.factories import stored

pytestmark = pytest.mark.django_db

KEY_FILE = PROVIDERS.get("google-vertex").example["service_account"]
# As they lie in databases, sealed. A declaration that changes must not change these.
BEFORE: dict[str, dict[str, Any]] = {
    "openai": {"api_key": "sk-stored-before", "organization": "org-stored-before"},
    "anthropic": {"api_key": "sk-ant-stored-before"},
    "google": {"api_key": "stored-before"},
    "google-vertex": {"service_account": KEY_FILE, "project_id": "your-project", "location": "global"},
    "azure": {
        "api_key": "stored-before",
        "endpoint": "https://before.openai.azure.com",
        "deployment_id": "before",
    },
    "amazon-bedrock": {
        "aws_access_key_id": "ASIASTOREDBEFORE",
        "aws_secret_access_key": "stored-before",
        "region": "us-west-2",
        "aws_session_token": "stored-before-too",
    },
    "xai": {"api_key": "xai-stored-before"},
}
MASKED: dict[str, dict[str, Any]] = {
    "openai": {"api_key": "sk-***", "organization": "org-***"},
    "anthropic": {"api_key": "sk-ant-***"},
    "google": {"api_key": "***"},
    "google-vertex": {
        "service_account": {**KEY_FILE, "private_key": "***", "private_key_id": "***"},
        "project_id": "your-project",
        "location": "global",
    },
    "azure": {"api_key": "***", "endpoint": "https://before.openai.azure.com", "deployment_id": "before"},
    "amazon-bedrock": {
        "aws_access_key_id": "ASIA***",
        "aws_secret_access_key": "***",
        "region": "us-west-2",
        "aws_session_token": "***",
    },
    "xai": {"api_key": "***"},
}
# A field of each, with another value.
CHANGES: dict[str, dict[str, Any]] = {
    "openai": {"organization": "org-next"},
    "anthropic": {"api_key": "sk-ant-next"},
    "google": {"api_key": "next"},
    "google-vertex": {"location": "eu"},
    "azure": {"deployment_id": "next"},
    "amazon-bedrock": {"region": "eu-central-1"},
    "xai": {"api_key": "xai-next"},
}
each_row = pytest.mark.parametrize("slug", PROVIDERS.slugs())


def answer(slug: str) -> dict[str, Any]:
    return {"provider": slug, "enabled": True, "credentials": MASKED[slug]}


@each_row
def test_it_is_read(api: API, slug: str) -> None:
    stored(slug, BEFORE[slug])
    response = api.get(f"/v1/llm-provider/{slug}")
    assert (response.status_code, response.json()) == (200, answer(slug))


def test_all_are_listed(api: API) -> None:
    for slug, credentials in BEFORE.items():
        stored(slug, credentials)
    assert api.get("/v1/llm-providers").json() == {"providers": [answer(slug) for slug in PROVIDERS.slugs()]}


@each_row
def test_one_field_of_it_is_patched_and_nothing_is_added(api: API, slug: str) -> None:
    stored(slug, BEFORE[slug])
    response = api.patch(f"/v1/llm-provider/{slug}", {"credentials": CHANGES[slug]})
    assert response.status_code == 200
    assert LLMProviderConfig.objects.get().credentials == BEFORE[slug] | CHANGES[slug]


@each_row
def test_what_it_holds_already_changes_nothing(api: API, slug: str) -> None:
    stored(slug, BEFORE[slug])
    before = api.get(f"/v1/llm-provider/{slug}").headers["ETag"]
    response = api.patch(f"/v1/llm-provider/{slug}", {"enabled": True})
    assert (response.status_code, response.headers["ETag"]) == (200, before)


@each_row
def test_it_is_replaced_by_the_same_and_by_each_way(api: API, slug: str) -> None:
    stored(slug, BEFORE[slug])
    examples = [way.example for way in PROVIDERS.get(slug).Credentials.ways[1:]]
    for whole in [BEFORE[slug], *examples, BEFORE[slug]]:
        response = api.put(f"/v1/llm-provider/{slug}", {"credentials": dict(whole)})
        assert response.status_code == 200
        assert LLMProviderConfig.objects.get().credentials == whole


@each_row
def test_it_is_shown_in_the_admin(admin_client: Client, slug: str) -> None:
    config = stored(slug, BEFORE[slug])
    assert PROVIDERS.get(slug).label in admin_client.get(CONFIGS).text
    page = admin_client.get(change(config.pk)).text
    assert "stored-before" not in page
    first = PROVIDERS.get(slug).Credentials.ways[:1]
    assert [way.label for way in first if f"<strong>{way.label}</strong>" not in page] == []


@each_row
def test_it_gives_an_environment(slug: str) -> None:
    written, unset = environment_of(PROVIDERS.get(slug), BEFORE[slug])
    assert written
    assert set(written).isdisjoint(unset)
