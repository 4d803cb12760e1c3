"""The trail: who did what. Recording, and reading page by page, as fast at its end as at its start."""

import base64
import binascii
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

from django.db.models import Q, QuerySet

from llm_providers.models import AuditEvent
from llm_providers.models.prepared import insert

FIELDS = ("id", "created_at", "actor", "action", "provider", "fields", "source", "request_id", "address")

EVENTS = AuditEvent.objects.all()
ENTRIES = EVENTS.values(*FIELDS)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Author:
    """Who does something, and by which way they came in."""

    name: str
    source: AuditEvent.Source
    request_id: str = ""
    address: str | None = None


def record(
    action: AuditEvent.Action, author: Author, *, provider: str | None = None, fields: Sequence[str] = ()
) -> None:
    """Add an event to the trail; ``fields`` are names, never values. In the transaction of what it tells of."""
    event = AuditEvent(
        action=action,
        provider=provider,
        fields=list(fields),
        actor=author.name,
        source=author.source,
        request_id=author.request_id,
        address=author.address,
    )
    insert(event, FIELDS[1:])


class Cursor(NamedTuple):
    """The place in the trail behind one event."""

    created_at: datetime
    id: int

    @classmethod
    def behind(cls, row: AuditEvent | dict[str, Any]) -> Self:
        return cls(row["created_at"], row["id"]) if isinstance(row, dict) else cls(row.created_at, row.id)

    @classmethod
    def read(cls, text: str) -> Self:
        """Take back what str() gave; raises ValueError."""
        try:
            microseconds, event_id = struct.unpack(">qq", base64.b64decode(text + "==", "-_", validate=True))
            return cls(EPOCH + timedelta(microseconds=microseconds), event_id)
        except (binascii.Error, struct.error, OverflowError):
            raise ValueError from None

    def __str__(self) -> str:
        microseconds = (self.created_at - EPOCH) // timedelta(microseconds=1)
        return base64.urlsafe_b64encode(struct.pack(">qq", microseconds, self.id)).decode().rstrip("=")


def page(
    rows: QuerySet[AuditEvent, Any],
    *,
    limit: int,
    cursor: Cursor | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    **filters: Any,
) -> tuple[list[Any], Cursor | None]:
    """At most ``limit`` events, newest first, and where the next page starts, if there is one.

    ``rows`` says as what: ``EVENTS``, or ``ENTRIES``, which are plain dictionaries and come in half the time.
    ``since`` is included, ``until`` is not; ``filters`` are exact: provider, action, actor.
    """
    events = rows.filter(**filters)
    if since:
        events = events.filter(created_at__gte=since)
    if until:
        events = events.filter(created_at__lt=until)
    if cursor:
        same_moment = Q(created_at=cursor.created_at, id__lt=cursor.id)
        # The first condition bounds the index; the second leaves out what was seen of its last moment.
        events = events.filter(created_at__lte=cursor.created_at)
        events = events.filter(Q(created_at__lt=cursor.created_at) | same_moment)
    found = list(events.order_by("-created_at", "-id")[: limit + 1])
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return shown, Cursor.behind(last) if last else None
