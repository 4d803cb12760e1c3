"""A prepared query gives what the query set gives that it was made of."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.models.prepared import Prepared, insert, update
from llm_providers.providers import PROVIDERS
from tests.factories import cleaned_example, stored

pytestmark = pytest.mark.django_db

OF_PROVIDER = Prepared(LLMProviderConfig.objects.filter(provider=""))


def told(config: LLMProviderConfig) -> dict[str, Any]:
    return {**vars(config), "_state": vars(config._state)}


def test_the_rows_are_those_of_the_query_set() -> None:
    for provider in PROVIDERS:
        stored(provider.slug, cleaned_example(provider))
    for provider in PROVIDERS:
        (config,) = OF_PROVIDER.rows(provider.slug)
        assert told(config) == told(LLMProviderConfig.objects.get(provider=provider.slug))
        assert config.credentials == cleaned_example(provider)


def test_a_row_is_read_each_time() -> None:
    config = stored("openai", {"api_key": "sk-1"})
    assert OF_PROVIDER.rows("openai")[0].enabled
    config.enabled = False
    config.save()
    assert not OF_PROVIDER.rows("openai")[0].enabled
    config.delete()
    assert OF_PROVIDER.rows("openai") == []


def test_a_row_can_be_locked() -> None:
    stored("openai", {"api_key": "sk-1"})
    locked = Prepared(LLMProviderConfig.objects.filter(provider="").select_for_update())
    with transaction.atomic():
        assert locked.rows("openai") == [LLMProviderConfig.objects.get()]


def test_a_row_that_was_prepared_is_saved_like_any() -> None:
    stored("openai", {"api_key": "sk-1"})
    (config,) = OF_PROVIDER.rows("openai")
    config.credentials = {"api_key": "sk-2"}
    config.save()
    assert LLMProviderConfig.objects.get().credentials == {"api_key": "sk-2"}


EVENT = {
    "actor": "grace",
    "action": "update",
    "provider": "openai",
    "fields": ["enabled=false"],
    "source": "api",
    "request_id": "r1",
    "address": "2001:db8::1",
}


def test_what_is_inserted_is_what_save_inserts() -> None:
    saved = AuditEvent.objects.create(**EVENT)
    insert(AuditEvent(**EVENT), ("created_at", *EVENT))
    inserted = AuditEvent.objects.values().get(pk=saved.pk + 1)
    assert inserted["created_at"] >= saved.created_at
    assert inserted == {**EVENT, "id": saved.pk + 1, "created_at": inserted["created_at"]}


def test_what_is_updated_is_what_save_updates() -> None:
    names = ("enabled", "credentials", "version", "updated_at", "updated_by")
    config, other = stored("openai", {"api_key": "sk-1"}), stored("xai", {"api_key": "xai-1"})
    before = LLMProviderConfig.objects.get(pk=config.pk)
    config.enabled, config.version, config.updated_by = False, 7, "grace"
    config.credentials = {"api_key": "sk-2"}
    config.provider = "anthropic"  # is not among the names

    update(config, names)

    after = LLMProviderConfig.objects.get(pk=config.pk)
    assert (after.enabled, after.credentials, after.version, after.updated_by) == (
        False,
        {"api_key": "sk-2"},
        7,
        "grace",
    )
    assert (after.provider, after.created_at) == ("openai", before.created_at)
    assert after.updated_at == config.updated_at > before.updated_at
    assert told(LLMProviderConfig.objects.get(pk=other.pk)) == told(other)


def test_rows_come_as_dictionaries_too() -> None:
    for hour in range(3):
        AuditEvent.objects.create(**{**EVENT, "request_id": f"r{hour}"})
    newest = AuditEvent.objects.order_by("-id")
    prepared = Prepared(newest.filter(created_at__lte=datetime(1970, 1, 1, tzinfo=UTC), provider="")[:2])
    assert prepared.dictionaries(timezone.now(), "openai") == list(newest.values()[:2])
    assert prepared.dictionaries(datetime(2001, 1, 1, tzinfo=UTC), "openai") == []
    assert prepared.rows(timezone.now(), "xai") == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite takes no time to plan")
def test_what_is_asked_again_and_again_is_planned_once() -> None:
    for slug in PROVIDERS.slugs():  # more often than the threshold
        OF_PROVIDER.rows(slug)
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        planned = [statement for (statement,) in cursor.fetchall()]
    assert [
        statement for statement in planned if 'WHERE "llm_providers_llmproviderconfig"."provider" = $1' in statement
    ]
