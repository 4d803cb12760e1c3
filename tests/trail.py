"""What only tests do with the trail: write events of any moment, and empty it between each other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import TransactionTestCase

TABLE = "llm_providers_auditevent"
TRIGGERS = f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{TABLE}'"


@contextmanager
def unguarded(cursor: Any, vendor: str) -> Iterator[None]:
    """With the rights of the table's owner, for everybody who asks meanwhile."""
    if vendor == "postgresql":
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
        yield
        cursor.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")
        return
    triggers = cursor.execute(TRIGGERS).fetchall()
    for name, _statement in triggers:
        cursor.execute(f"DROP TRIGGER {name}")
    yield
    for _name, statement in triggers:
        cursor.execute(statement)


GROUPS = (("0002_groups", "create_groups"), ("0008_machines", "give_to_administrators"))


def emptying(teardown: Callable[[TransactionTestCase], None]) -> Callable[[TransactionTestCase], None]:
    """Django empties every table after a test that has transactions of its own; the groups come back."""

    def torn_down(test: TransactionTestCase) -> None:
        with connection.cursor() as cursor, unguarded(cursor, connection.vendor):
            teardown(test)
        for migration, make in GROUPS:
            getattr(import_module(f"llm_providers.migrations.{migration}"), make)(apps, None)

    return torn_down


def told(moment: datetime, **event: Any) -> int:
    """An event as if it had happened then; return its id."""
    from llm_providers.models import AuditEvent
    from llm_providers.models.prepared import insert

    fields = {"actor": "grace", "action": "update", "source": "api", "fields": [], "request_id": "", **event}
    returned = insert(AuditEvent(created_at=moment, **fields), ("created_at", *fields), "RETURNING id", raw=True)
    assert returned is not None
    return int(returned[0])
