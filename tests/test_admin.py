"""The admin shows what is stored, masked, and lets it be deleted; it takes no secret."""

import pytest
from django.test import Client

from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.providers import PROVIDERS
from tests.factories import stored

pytestmark = pytest.mark.django_db

CONFIGS = "/admin/llm_providers/llmproviderconfig/"
EVENTS = "/admin/llm_providers/auditevent/"


@pytest.fixture
def config() -> LLMProviderConfig:
    return stored(
        "azure",
        {
            "api_key": "canary-azure-key",
            "endpoint": "https://your-resource.openai.azure.com",
            "deployment_id": "blue",
        },
    )


def test_the_list_shows_masked_credentials(admin_client: Client, config: LLMProviderConfig) -> None:
    page = admin_client.get(CONFIGS).text
    assert "api_key: ***, endpoint: https://your-resource.openai.azure.com, deployment_id: blue" in page
    assert "canary-azure-key" not in page


def test_a_configuration_is_viewed_masked(admin_client: Client, config: LLMProviderConfig) -> None:
    page = admin_client.get(f"{CONFIGS}{config.pk}/change/").text
    assert "api_key: ***" in page
    assert "canary-azure-key" not in page
    assert "gAAAA" not in page


def test_an_unreadable_row_breaks_no_page_and_can_be_deleted(admin_client: Client, config: LLMProviderConfig) -> None:
    other = stored("xai", {"api_key": "xai-1"})
    LLMProviderConfig.objects.filter(pk=config.pk).update(credentials=vars(other)["sealed_credentials"])
    assert "Unreadable with the configured keys" in admin_client.get(CONFIGS).text
    assert "Unreadable with the configured keys" in admin_client.get(f"{CONFIGS}{config.pk}/change/").text
    assert admin_client.post(f"{CONFIGS}{config.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not LLMProviderConfig.objects.filter(pk=config.pk).exists()


@pytest.mark.parametrize("in_bulk", [False, True])
def test_a_deletion_leaves_an_audit_event(admin_client: Client, config: LLMProviderConfig, in_bulk: bool) -> None:
    if in_bulk:
        chosen = {"action": "delete_selected", "_selected_action": [config.pk], "post": "yes"}
        admin_client.post(CONFIGS, chosen)
    else:
        admin_client.post(f"{CONFIGS}{config.pk}/delete/", {"post": "yes"})
    assert not LLMProviderConfig.objects.exists()
    assert AuditEvent.objects.values_list("actor", "action", "provider", "source").get() == (
        "admin",
        "delete",
        "azure",
        "admin",
    )


def test_no_form_takes_a_secret(admin_client: Client, config: LLMProviderConfig) -> None:
    assert admin_client.get(f"{CONFIGS}add/").status_code == 403
    assert admin_client.post(f"{CONFIGS}{config.pk}/change/", {"enabled": ""}).status_code == 403


def test_audit_events_are_listed_and_never_changed(admin_client: Client) -> None:
    event = AuditEvent.objects.create(actor="grace", action="create", provider="openai", source="api")
    assert "grace" in admin_client.get(EVENTS).text
    assert admin_client.get(f"{EVENTS}{event.pk}/change/").status_code == 200
    assert admin_client.get(f"{EVENTS}add/").status_code == 403
    assert admin_client.post(f"{EVENTS}{event.pk}/change/", {"actor": "x"}).status_code == 403
    assert admin_client.post(f"{EVENTS}{event.pk}/delete/", {"post": "yes"}).status_code == 403


def test_every_provider_has_a_label_in_the_list(admin_client: Client) -> None:
    for provider in PROVIDERS:
        stored(provider.slug, provider.example)
    page = admin_client.get(CONFIGS).text
    assert [provider.label for provider in PROVIDERS if provider.label not in page] == []
