"""The database refuses to change or delete an event, whatever asks; pruning is in test_retention."""

import json
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.db.models.sql import DeleteQuery
from django.test import Client
from django.utils import timezone

from llm_providers import migrations
from llm_providers.models import AuditEvent
from llm_providers.models.prepared import update
from llm_providers.retention import opened
from tests.admin.pages import EVENTS
from tests.trail import told

pytestmark = pytest.mark.django_db

SENTENCE = (
    "Audit events are neither changed nor deleted. "
    "Remove old ones with: python manage.py prune_audit_events --before DATE"
)
FIXTURE = {
    "model": "llm_providers.auditevent",
    "fields": {"created_at": timezone.now().isoformat(), "actor": "mallory", "action": "delete", "source": "api"},
}


@pytest.fixture
def event() -> AuditEvent:
    """Old enough to be pruned."""
    return AuditEvent.objects.get(pk=told(timezone.now() - timedelta(days=400), provider="openai"))


def plain(event: AuditEvent) -> Any:
    """Without what our own query set refuses."""
    return QuerySet(AuditEvent).filter(pk=event.pk)


def sql(statement: str) -> Callable[[AuditEvent], None]:
    def ask(event: AuditEvent) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement.replace("<id>", str(event.pk)))

    return ask


def save_base(event: AuditEvent) -> None:
    event.actor = "mallory"
    event.save_base()


def prepared(event: AuditEvent) -> None:
    event.actor = "mallory"
    update(event, ("actor",))


def upsert(event: AuditEvent) -> None:
    event.actor = "mallory"
    plain(event).bulk_create([event], update_conflicts=True, update_fields=["actor"], unique_fields=["id"])


def delete_query(event: AuditEvent) -> None:
    query: Any = DeleteQuery(AuditEvent)
    query.delete_batch([event.pk], "default")


COLUMNS = "id, created_at, actor, action, fields, source, request_id"
ANOTHER = f"INTO llm_providers_auditevent ({COLUMNS}) VALUES (<id>, '2020-01-01', 'mallory', 'delete', '[]', 'api', '')"
WAYS: dict[str, Callable[[AuditEvent], object]] = {
    "save_base": save_base,
    "prepared": prepared,
    "plain update": lambda event: plain(event).update(actor="mallory"),
    "plain delete": lambda event: plain(event).delete(),
    "_raw_delete": lambda event: plain(event)._raw_delete("default"),
    "delete query": delete_query,
    "bulk_update": lambda event: plain(event).bulk_update([AuditEvent(pk=event.pk, actor="mallory")], ["actor"]),
    "upsert": upsert,
    "UPDATE": sql("UPDATE llm_providers_auditevent SET actor = 'mallory'"),
    "UPDATE to the same": sql("UPDATE llm_providers_auditevent SET actor = actor WHERE id = <id>"),
    "UPDATE of its id": sql("UPDATE llm_providers_auditevent SET id = <id> + 1 WHERE id = <id>"),
    "DELETE": sql("DELETE FROM llm_providers_auditevent"),
    "DELETE of one": sql("DELETE FROM llm_providers_auditevent WHERE id = <id>"),
    "INSERT over it": sql(f"INSERT {ANOTHER} ON CONFLICT (id) DO UPDATE SET actor = 'mallory'"),
}
if connection.vendor == "sqlite":
    WAYS |= {
        "INSERT OR REPLACE": sql(f"INSERT OR REPLACE {ANOTHER}"),
        "REPLACE": sql(f"REPLACE {ANOTHER}"),
        "UPDATE OR REPLACE": sql("UPDATE OR REPLACE llm_providers_auditevent SET id = <id>"),
        "UPDATE OR IGNORE": sql("UPDATE OR IGNORE llm_providers_auditevent SET actor = 'mallory'"),
    }
else:
    WAYS |= {
        "TRUNCATE": sql("TRUNCATE llm_providers_auditevent"),
        "TRUNCATE, RESTART": sql("TRUNCATE llm_providers_auditevent RESTART IDENTITY CASCADE"),
        "MERGE": sql(
            "MERGE INTO llm_providers_auditevent AS event USING (SELECT 1) AS any_row ON event.id = <id> "
            "WHEN MATCHED THEN DELETE"
        ),
    }


@pytest.mark.parametrize("way", WAYS)
def test_an_event_is_neither_changed_nor_deleted(event: AuditEvent, way: str) -> None:
    before = AuditEvent.objects.values().get()
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        WAYS[way](event)
    assert str(refusal.value).splitlines()[0] == SENTENCE
    assert AuditEvent.objects.values().get() == before


def test_loaddata_overwrites_no_event(event: AuditEvent, tmp_path: Path) -> None:
    before = AuditEvent.objects.values().get()
    fixture = tmp_path / "events.json"
    fixture.write_text(json.dumps([{**FIXTURE, "pk": event.pk}]))
    with pytest.raises(IntegrityError, match=SENTENCE), transaction.atomic():
        call_command("loaddata", str(fixture))
    assert AuditEvent.objects.values().get() == before


def test_loaddata_brings_events_back_to_an_empty_trail(tmp_path: Path) -> None:
    fixture = tmp_path / "events.json"
    fixture.write_text(json.dumps([{**FIXTURE, "pk": 7}]))
    call_command("loaddata", str(fixture), verbosity=0)
    assert AuditEvent.objects.values_list("pk", "actor").get() == (7, "mallory")


def test_flush_is_refused(event: AuditEvent) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("flush", interactive=False, verbosity=0)
    assert str(refusal.value.__cause__).splitlines()[0] == SENTENCE
    assert AuditEvent.objects.get() == event


def test_the_admin_has_no_way(admin_client: Client, event: AuditEvent) -> None:
    before = AuditEvent.objects.values().get()
    answers = [
        admin_client.post(f"{EVENTS}{event.pk}/change/", {"actor": "mallory"}),
        admin_client.post(f"{EVENTS}{event.pk}/delete/", {"post": "yes"}),
        admin_client.post(EVENTS, {"action": "delete_selected", "_selected_action": [event.pk], "post": "yes"}),
    ]
    assert [answer.status_code for answer in answers[:2]] == [403, 403]
    assert AuditEvent.objects.values().get() == before


def test_an_open_door_lets_no_recent_event_go_and_none_be_changed(event: AuditEvent) -> None:
    recent = told(timezone.now() - timedelta(days=29))
    for statement in (
        f"DELETE FROM llm_providers_auditevent WHERE id = {recent}",
        "UPDATE llm_providers_auditevent SET id = id",
    ):
        with (
            pytest.raises(IntegrityError, match=SENTENCE),
            transaction.atomic(),
            opened(timezone.now()),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert set(AuditEvent.objects.values_list("pk", flat=True)) == {event.pk, recent}


def test_the_door_is_closed_again(event: AuditEvent) -> None:
    with transaction.atomic(), opened(timezone.now()):
        pass
    with pytest.raises(IntegrityError, match=SENTENCE), transaction.atomic():
        sql("DELETE FROM llm_providers_auditevent")(event)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="on PostgreSQL a setting opens it, which ends by itself")
@pytest.mark.django_db(transaction=True)
def test_the_row_that_opens_the_door_cannot_be_committed() -> None:
    with (
        pytest.raises(IntegrityError, match="FOREIGN KEY constraint failed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("INSERT INTO llm_providers_pruning (id, before) VALUES (1, '9999-01-01')")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM llm_providers_pruning")
        assert cursor.fetchall() == []


@pytest.mark.django_db(transaction=True)
def test_the_migration_goes_back_and_forth() -> None:
    told(timezone.now() - timedelta(days=400))
    (file,) = Path(migrations.__path__[0]).glob("*_append_only.py")
    migration = import_module(f"{migrations.__name__}.{file.stem}")
    with connection.schema_editor() as editor:
        migration.changeable(None, editor)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE llm_providers_auditevent SET actor = 'ada'")
    with connection.schema_editor() as editor:
        migration.append_only(None, editor)
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("UPDATE llm_providers_auditevent SET actor = 'mallory'")
    assert AuditEvent.objects.values_list("actor", flat=True).get() == "ada"
