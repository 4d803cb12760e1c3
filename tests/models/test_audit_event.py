"""The trail is only added to."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Value

from llm_providers.models import AuditEvent, AuditEventIsImmutable

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> AuditEvent:
    return AuditEvent.objects.create(actor="grace", action="create", provider="openai", source="api")


def test_an_event_says_who_did_what(event: AuditEvent) -> None:
    assert str(event) == "create openai by grace"


def save(event: AuditEvent) -> None:
    event.actor = "mallory"
    event.save()


def save_one_field(event: AuditEvent) -> None:
    event.actor = "mallory"
    event.save(update_fields=["actor"])


def save_with_its_key(event: AuditEvent) -> None:
    AuditEvent(pk=event.pk, created_at=event.created_at, actor="mallory", action="delete", provider="xai").save()


def bulk_update(event: AuditEvent) -> None:
    event.actor = "mallory"
    AuditEvent.objects.bulk_update([event], ["actor"])


def bulk_create_over(event: AuditEvent) -> None:
    event.actor = "mallory"
    every_way: Any = AuditEvent.objects
    with suppress(TypeError):
        every_way.bulk_create([event], update_conflicts=True, update_fields=["actor"], unique_fields=["id"])
    with suppress(TypeError):
        every_way.bulk_create(*([event], None, False, True, ["actor"], ["id"]))
    raise AuditEventIsImmutable  # neither was possible; what is stored is compared below


def through_the_base_manager(event: AuditEvent) -> None:
    AuditEvent._base_manager.filter(pk=event.pk).update(actor="mallory")


def deleted_through_the_base_manager(event: AuditEvent) -> None:
    AuditEvent._base_manager.filter(pk=event.pk).delete()


@pytest.mark.parametrize(
    "change",
    [
        save,
        save_one_field,
        save_with_its_key,
        bulk_update,
        bulk_create_over,
        through_the_base_manager,
        deleted_through_the_base_manager,
        lambda event: AuditEvent.objects.update(actor="mallory"),
        lambda event: AuditEvent.objects.filter(pk=event.pk).update(actor=Value("mallory")),
        lambda event: AuditEvent.objects.update_or_create({"actor": "mallory"}, pk=event.pk),
        lambda event: event.delete(),
        lambda event: AuditEvent.objects.all().delete(),
        lambda event: AuditEvent.objects.filter(pk=event.pk).delete(),
        lambda event: AuditEvent.objects.all()._raw_delete("default"),
    ],
)
def test_an_event_is_neither_changed_nor_deleted(event: AuditEvent, change: Callable[[AuditEvent], object]) -> None:
    before = AuditEvent.objects.values().get()
    with pytest.raises((AuditEventIsImmutable, IntegrityError)), transaction.atomic():
        change(event)
    assert AuditEvent.objects.values().get() == before


def test_the_newest_event_comes_first(event: AuditEvent) -> None:
    later = AuditEvent.objects.create(actor="grace", action="delete", provider="openai", source="api")
    assert list(AuditEvent.objects.all()) == [later, event]


def test_events_can_be_added_together(event: AuditEvent) -> None:
    more = [AuditEvent(actor="grace", action="delete", provider=slug, source="api") for slug in ("xai", "azure")]
    AuditEvent.objects.bulk_create(more)
    assert AuditEvent.objects.count() == 3
