"""How long the trail is kept: it can be written out, and old events may go, of which the trail tells."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from llm_providers import audit
from llm_providers.models import AuditEvent

KEPT = timedelta(days=30)  # at least; the database's own triggers hold to it, too
BATCH = 500  # events that are deleted in one transaction, or read at once
PAUSE = 0.02  # seconds between transactions, in which waiting writers get their turn

DELETE_BATCH = """
DELETE FROM llm_providers_auditevent WHERE id IN (
    SELECT id FROM llm_providers_auditevent WHERE created_at < %s ORDER BY created_at, id LIMIT %s
)
"""


class TooRecent(Exception):
    """What happened in the last 30 days is kept."""


def count(before: datetime) -> int:
    """How many events pruning would delete; raises TooRecent."""
    if before > timezone.now() - KEPT:
        raise TooRecent
    return AuditEvent.objects.filter(created_at__lt=before).count()


def prune(before: datetime, author: audit.Author) -> Iterator[int]:
    """Delete the events before this moment, and give how many are gone after each batch; raises TooRecent.

    Can be interrupted and repeated. The event that tells of it is written with the first batch.
    """
    found, gone = count(before), 0
    while gone < found:
        with transaction.atomic():
            if not gone:
                told = [f"before={before:%Y-%m-%dT%H:%M:%SZ}", f"events={found}"]
                audit.record(AuditEvent.Action.PRUNE, author, fields=told)
            deleted = _delete_batch(before)
        if not deleted:  # somebody else prunes, too
            return
        gone += deleted
        yield gone
        time.sleep(PAUSE)


def _delete_batch(before: datetime) -> int:
    with opened(before), connection.cursor() as cursor:
        cursor.execute(DELETE_BATCH, [connection.ops.adapt_datetimefield_value(before), BATCH])
        deleted: int = cursor.rowcount
    return deleted


@contextmanager
def opened(before: datetime) -> Iterator[None]:
    """Within this transaction, let events before this moment be deleted."""
    opening, closing = DOOR[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(opening, [str(connection.ops.adapt_datetimefield_value(before))])
        yield
        cursor.execute(closing)


# What the triggers of the migration look at; neither outlives the transaction.
DOOR = {
    "postgresql": (
        "SELECT set_config('llm_providers.prune_before', %s, true)",
        "SELECT set_config('llm_providers.prune_before', '', true)",
    ),
    "sqlite": (
        "INSERT INTO llm_providers_pruning (id, before) VALUES (1, %s)",
        "DELETE FROM llm_providers_pruning",
    ),
}


def exported(since: datetime | None = None, until: datetime | None = None) -> Iterator[dict[str, Any]]:
    """The events at or after ``since`` and before ``until``, oldest first, as the API names them.

    Page by page, so that neither memory nor a transaction grows with the trail.
    """
    events = AuditEvent.objects.order_by("created_at", "id").values(*audit.FIELDS)
    if since is not None:
        events = events.filter(created_at__gte=since)
    if until is not None:
        events = events.filter(created_at__lt=until)
    page = list(events[:BATCH])
    while page:
        yield from page
        moment, last = page[-1]["created_at"], page[-1]["id"]
        rest = events.filter(created_at__gte=moment).filter(Q(created_at__gt=moment) | Q(id__gt=last))
        page = list(rest[:BATCH])
