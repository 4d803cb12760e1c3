"""Row and audit event are one: both are written, or neither."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from rest_framework.exceptions import ValidationError

from llm_providers import store
from llm_providers.audit import Author
from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.providers.azure import Azure
from llm_providers.store import AlreadyConfigured
from tests.factories import stored, unsaved

pytestmark = pytest.mark.django_db

SECRET = {"api_key": "sk-canary", "organization": "org-canary"}
GRACE = Author("grace", AuditEvent.Source.COMMAND, "request-1", "2001:db8::1")
# What the table of events does not take, although the table of configurations would.
NOWHERE: Any = None
UNRECORDABLE = Author("grace", NOWHERE)


def event_of(row: AuditEvent) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name not in ("_state", "id", "created_at")}


def test_a_create_stores_the_row() -> None:
    config = store.create("openai", enabled=False, credentials=SECRET, author=GRACE)
    row = LLMProviderConfig.objects.get()
    assert row == config
    assert (row.provider, row.enabled, row.credentials) == ("openai", False, SECRET)
    assert (row.version, row.updated_by) == (1, "grace")


def test_a_create_leaves_an_event_that_names_fields_and_holds_no_value() -> None:
    store.create("openai", enabled=True, credentials=SECRET, author=GRACE)
    assert event_of(AuditEvent.objects.get()) == {
        "actor": "grace",
        "action": "create",
        "provider": "openai",
        "fields": ["enabled=true", "credentials.api_key", "credentials.organization"],
        "source": "command",
        "request_id": "request-1",
        "address": "2001:db8::1",
    }


def test_an_update_that_changes_nothing_gives_back_the_same_version() -> None:
    created = store.create("azure", enabled=True, credentials=Azure.example, author=GRACE)
    before = LLMProviderConfig.objects.values().get()
    patch = {"deployment_id": Azure.example["deployment_id"]}
    unchanged = store.update("azure", enabled=True, patch=patch, author=UNRECORDABLE)
    assert unchanged.etag == created.etag
    assert LLMProviderConfig.objects.values().get() == before


@pytest.mark.parametrize("way", ["credentials", "patch"])
def test_what_replaces_is_cleaned_as_what_is_merged(way: str) -> None:
    stored("openai", SECRET)
    sent: Any = {way: {"api_key": "sk-***"}}
    with pytest.raises(ValidationError) as refused:
        store.update("openai", author=GRACE, **sent)
    assert list(refused.value.detail) == ["api_key"]
    assert LLMProviderConfig.objects.get().credentials == SECRET


@pytest.mark.parametrize(
    ("change", "version", "credentials_version"),
    [
        ({"enabled": False}, 2, 1),
        ({"patch": {"api_key": "sk-canary"}}, 2, 1),
        ({"credentials": SECRET}, 2, 1),
        ({"patch": {"api_key": "sk-next"}}, 2, 2),
        ({"patch": {"organization": None}}, 2, 2),
        ({"enabled": False, "patch": {"api_key": "sk-next"}}, 2, 2),
        ({"credentials": {"api_key": "sk-canary"}}, 2, 2),
        ({"enabled": True}, 1, 1),
    ],
    ids=repr,
)
def test_the_version_of_the_credentials_is_that_of_the_last_change_of_a_value(
    change: dict[str, Any], version: int, credentials_version: int
) -> None:
    store.create("openai", enabled=True, credentials=SECRET, author=GRACE)
    store.update("openai", author=GRACE, **change)
    row = LLMProviderConfig.objects.get()
    assert (row.version, row.credentials_version) == (version, credentials_version)


def test_credentials_that_take_the_place_of_unreadable_ones_are_a_change() -> None:
    stored("openai", SECRET)
    LLMProviderConfig.objects.update(credentials=unsaved("xai", SECRET).__dict__["sealed_credentials"], version=5)
    store.update("openai", author=GRACE, credentials=SECRET)
    assert LLMProviderConfig.objects.get().credentials_version == 6


def test_a_delete_leaves_an_event() -> None:
    stored("openai", SECRET)
    store.delete("openai", author=GRACE)
    assert not LLMProviderConfig.objects.exists()
    assert event_of(AuditEvent.objects.get()) == {
        "actor": "grace",
        "action": "delete",
        "provider": "openai",
        "fields": [],
        "source": "command",
        "request_id": "request-1",
        "address": "2001:db8::1",
    }


def test_a_second_create_is_refused_and_changes_nothing() -> None:
    store.create("openai", enabled=True, credentials=SECRET, author=GRACE)
    before = LLMProviderConfig.objects.values().get()
    with pytest.raises(AlreadyConfigured, match=r"^Configuration already exists for provider: openai$"):
        store.create("openai", enabled=False, credentials={"api_key": "sk-other"}, author=GRACE)
    assert LLMProviderConfig.objects.values().get() == before
    assert AuditEvent.objects.count() == 1


def test_a_create_is_refused_though_what_stood_in_its_way_is_gone_at_once() -> None:
    stored("openai", SECRET)

    def gone_when_looked_for(execute: Any, sql: str, *args: Any) -> Any:
        if sql.startswith("SELECT"):
            connection.connection.cursor().execute("DELETE FROM llm_providers_llmproviderconfig")
        return execute(sql, *args)

    with connection.execute_wrapper(gone_when_looked_for), pytest.raises(AlreadyConfigured):
        store.create("openai", enabled=True, credentials=SECRET, author=GRACE)


def test_after_a_refused_create_the_callers_transaction_goes_on() -> None:
    store.create("openai", enabled=True, credentials=SECRET, author=GRACE)
    with transaction.atomic():
        with pytest.raises(AlreadyConfigured):
            store.create("openai", enabled=True, credentials=SECRET, author=GRACE)
        store.create("xai", enabled=True, credentials={"api_key": "xai-1"}, author=GRACE)
    assert sorted(LLMProviderConfig.objects.values_list("provider", flat=True)) == ["openai", "xai"]


def test_a_create_whose_event_cannot_be_written_stores_no_row() -> None:
    with pytest.raises(IntegrityError):
        store.create("openai", enabled=True, credentials=SECRET, author=UNRECORDABLE)
    assert not LLMProviderConfig.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_create_whose_row_cannot_be_written_leaves_no_event() -> None:
    neither: Any = None
    with pytest.raises(IntegrityError):
        store.create("openai", enabled=neither, credentials=SECRET, author=GRACE)
    assert not LLMProviderConfig.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite does not check the length of a text")
def test_a_create_whose_event_has_too_long_a_value_stores_no_row() -> None:
    with pytest.raises(DatabaseError):
        store.create(
            "openai", enabled=True, credentials=SECRET, author=Author("grace", AuditEvent.Source.API, "r" * 65)
        )
    assert connection.vendor == "postgresql"
    assert not LLMProviderConfig.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_delete_whose_event_cannot_be_written_keeps_the_row() -> None:
    stored("openai", SECRET)
    with pytest.raises(IntegrityError):
        store.delete("openai", author=UNRECORDABLE)
    assert LLMProviderConfig.objects.get().credentials == SECRET
    assert not AuditEvent.objects.exists()


def test_a_delete_of_what_is_not_there_leaves_no_event() -> None:
    with pytest.raises(store.NotConfigured):
        store.delete("openai", author=GRACE)
    assert not AuditEvent.objects.exists()


def test_a_row_whose_provider_is_no_longer_declared_can_be_deleted() -> None:
    stored("gone", SECRET)
    store.delete("gone", author=GRACE)
    assert not LLMProviderConfig.objects.exists()


def test_an_unreadable_row_can_be_deleted() -> None:
    config = stored("openai", SECRET)
    other = unsaved("xai", SECRET)
    LLMProviderConfig.objects.update(credentials=vars(other)["sealed_credentials"])
    store.delete("openai", author=GRACE)
    assert not LLMProviderConfig.objects.filter(pk=config.pk).exists()
    assert AuditEvent.objects.count() == 1
