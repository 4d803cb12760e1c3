"""Rows go through copies, partial loads, refreshes and dumps without being opened on the way."""

import copy
import io
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.serializers.base import DeserializationError
from django.db import transaction

from llm_providers.models import LLMProviderConfig
from tests.factories import stored

pytestmark = pytest.mark.django_db

SECRET = {"api_key": "sk-canary"}


@pytest.fixture
def config() -> LLMProviderConfig:
    return stored("openai", SECRET)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda config: pickle.loads(pickle.dumps(config))])
def test_a_copy_is_as_readable_as_the_row(config: LLMProviderConfig, duplicate: Any) -> None:
    again = duplicate(LLMProviderConfig.objects.get())
    assert again.credentials == SECRET
    assert again == config


def test_deferred_credentials_are_loaded_as_they_are_when_they_are_read(config: LLMProviderConfig) -> None:
    stored = vars(config)["sealed_credentials"]
    for queryset in (LLMProviderConfig.objects.defer("credentials"), LLMProviderConfig.objects.only("provider")):
        deferred = queryset.get()
        assert "sealed_credentials" not in vars(deferred)
        assert deferred.credentials == SECRET
        assert vars(deferred)["sealed_credentials"] == stored


def test_only_the_credentials_can_be_loaded(config: LLMProviderConfig) -> None:
    assert LLMProviderConfig.objects.only("credentials").get().credentials == SECRET


def test_saving_a_row_without_its_deferred_credentials_keeps_them(config: LLMProviderConfig) -> None:
    deferred = LLMProviderConfig.objects.defer("credentials").get()
    deferred.enabled = False
    deferred.save()
    again = LLMProviderConfig.objects.get()
    assert (again.enabled, again.credentials) == (False, SECRET)


def test_a_refreshed_row_shows_what_is_stored_now(config: LLMProviderConfig) -> None:
    other = LLMProviderConfig.objects.get()
    other.credentials = {"api_key": "sk-new"}
    other.save()
    config.refresh_from_db()
    assert config.credentials == {"api_key": "sk-new"}


def test_a_refresh_of_other_fields_keeps_what_was_assigned(config: LLMProviderConfig) -> None:
    config.credentials = {"api_key": "sk-new"}
    config.refresh_from_db(fields=["enabled"])
    assert config.credentials == {"api_key": "sk-new"}
    config.refresh_from_db(fields=["credentials"])
    assert config.credentials == SECRET


def test_a_dump_can_be_loaded_and_read_and_holds_ciphertext(config: LLMProviderConfig, tmp_path: Path) -> None:
    dump = io.StringIO()
    call_command("dumpdata", "llm_providers.llmproviderconfig", stdout=dump)
    assert "canary" not in dump.getvalue()
    assert json.loads(dump.getvalue())[0]["fields"]["credentials"].startswith("gAAAA")
    fixture = tmp_path / "dump.json"
    fixture.write_text(dump.getvalue())
    config.delete()
    call_command("loaddata", str(fixture), verbosity=0)
    assert LLMProviderConfig.objects.get().credentials == SECRET


def test_a_dump_with_plaintext_is_not_loaded(tmp_path: Path) -> None:
    fixture = tmp_path / "dump.json"
    row = {"model": "llm_providers.llmproviderconfig", "fields": {"provider": "openai", "credentials": SECRET}}
    fixture.write_text(json.dumps([row]))
    with pytest.raises(DeserializationError, match="takes a JSON object"), transaction.atomic():
        call_command("loaddata", str(fixture), verbosity=0)
    assert not LLMProviderConfig.objects.exists()
