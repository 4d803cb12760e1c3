from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import F, Value

from llm_providers.models import LLMProviderConfig, ProviderIsImmutable
from llm_providers.providers import PROVIDERS
from tests.factories import cleaned_example, stored, unsaved

pytestmark = pytest.mark.django_db

SECRET = {"api_key": "sk-canary"}


@pytest.fixture
def config() -> LLMProviderConfig:
    return stored("openai", SECRET)


def test_a_configuration_is_called_after_its_provider(config: LLMProviderConfig) -> None:
    assert (str(config), repr(config)) == ("OpenAI", "<LLMProviderConfig: OpenAI>")


def test_a_provider_has_one_configuration(config: LLMProviderConfig) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        stored("openai", SECRET)


def fresh(_config: LLMProviderConfig) -> LLMProviderConfig:
    return LLMProviderConfig.objects.get()


def deferred(_config: LLMProviderConfig) -> LLMProviderConfig:
    return LLMProviderConfig.objects.defer("provider").get()


def deferred_and_read(_config: LLMProviderConfig) -> LLMProviderConfig:
    config = LLMProviderConfig.objects.only("enabled").get()
    assert config.provider == "openai"
    return config


def refreshed(config: LLMProviderConfig) -> LLMProviderConfig:
    config.refresh_from_db()
    return config


def made_with_the_same_key(config: LLMProviderConfig) -> LLMProviderConfig:
    again = unsaved("openai", SECRET)
    again.pk, again.created_at = config.pk, config.created_at
    return again


def created(config: LLMProviderConfig) -> LLMProviderConfig:
    return config


@pytest.mark.parametrize("loaded", [created, fresh, deferred, deferred_and_read, refreshed, made_with_the_same_key])
def test_the_provider_cannot_be_changed(
    config: LLMProviderConfig, loaded: Callable[[LLMProviderConfig], LLMProviderConfig]
) -> None:
    row = loaded(config)
    row.provider = "xai"
    with pytest.raises(ProviderIsImmutable, match="Delete it and create another"):
        row.save()
    assert LLMProviderConfig.objects.get().provider == "openai"


@pytest.mark.parametrize("loaded", [created, fresh, deferred, deferred_and_read, refreshed, made_with_the_same_key])
def test_the_rest_can_be_changed(
    config: LLMProviderConfig, loaded: Callable[[LLMProviderConfig], LLMProviderConfig]
) -> None:
    row = loaded(config)
    row.enabled = False
    row.save()
    again = LLMProviderConfig.objects.get()
    assert (again.provider, again.enabled, again.credentials) == ("openai", False, SECRET)


@pytest.mark.parametrize("value", ["xai", F("updated_by"), Value("xai")])
def test_no_update_changes_the_provider(config: LLMProviderConfig, value: Any) -> None:
    with pytest.raises(ProviderIsImmutable):
        LLMProviderConfig.objects.update(provider=value)
    with pytest.raises(ProviderIsImmutable):
        LLMProviderConfig.objects.filter(pk=config.pk).update(enabled=False, provider=value)
    row = LLMProviderConfig.objects.get()
    assert (row.provider, row.enabled) == ("openai", True)


def test_no_bulk_update_changes_the_provider(config: LLMProviderConfig) -> None:
    config.provider = "xai"
    with pytest.raises(ProviderIsImmutable), transaction.atomic():
        LLMProviderConfig.objects.bulk_update([config], ["provider"])
    assert LLMProviderConfig.objects.get().provider == "openai"


def test_the_models_need_no_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_what_was_shown_of_a_ciphertext_cannot_be_changed_by_who_saw_it() -> None:
    config = stored("google-vertex", cleaned_example(PROVIDERS.get("google-vertex")))
    before = config.masked_credentials()
    before["service_account"]["private_key"] = "changed"
    assert config.masked_credentials()["service_account"]["private_key"] == "***"
