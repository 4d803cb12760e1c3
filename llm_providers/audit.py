"""The trail: who did what. Recording, and reading page by page, as fast at its end as at its start."""

import base64
import binascii
import struct
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, Self

from django.db.models import Q

from llm_providers.models import AuditEvent
from llm_providers.models.prepared import Prepared, insert

FIELDS = ("id", "created_at", "actor", "action", "provider", "fields", "source", "request_id", "address")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Author:
    """Who does something, and by which way they came in; of a machine also how it proved who it is."""

    name: str
    source: AuditEvent.Source
    request_id: str = ""
    address: str | None = None
    proof: tuple[str, ...] = ()


def switched(name: str, on: bool) -> str:
    """A field of an event whose value everybody may know."""
    return f"{name}={str(on).lower()}"


def record(
    action: AuditEvent.Action, author: Author, *, provider: str | None = None, fields: Sequence[str] = ()
) -> None:
    """Add an event to the trail, in the transaction of what it tells of.

    ``fields`` are names; a value is with one only where everybody may know it, as in ``enabled=true``. Among them is
    how the author proved who they are: ``key k7f3q9``, or ``issuer ...`` and ``subject ...``.
    """
    event = AuditEvent(
        action=action,
        provider=provider,
        fields=[*fields, *author.proof],
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


def page(*, limit: int, **query: Any) -> tuple[list[AuditEvent], Cursor | None]:
    """At most ``limit`` events, newest first, and where the next page starts, if there is one.

    ``since`` is included, ``until`` is not; ``cursor`` is the place behind the page before; the others are exact:
    ``provider``, ``action``, ``actor``.
    """
    found = _events(limit, tuple(query)).rows(*_values(query))
    shown = found[:limit]
    return shown, Cursor(shown[-1].created_at, shown[-1].id) if len(found) > limit else None


def entries(
    *, limit: int, within: Collection[str] | None = None, **query: Any
) -> tuple[list[dict[str, Any]], Cursor | None]:
    """A page as plain dictionaries, which take half the time; ``within`` leaves out events of other providers."""
    only = None if within is None else len(within)
    found = _events(limit, tuple(query), only).dictionaries(*_values(query), *(within or ()))
    shown = found[:limit]
    return shown, Cursor(shown[-1]["created_at"], shown[-1]["id"]) if len(found) > limit else None


# What each argument of a page asks for; the values stand for others.
CONDITIONS = {
    "provider": [Q(provider="")],
    "action": [Q(action="")],
    "actor": [Q(actor="")],
    "since": [Q(created_at__gte=EPOCH)],
    "until": [Q(created_at__lt=EPOCH)],
    # The first condition bounds the index; the second leaves out what was seen of its last moment.
    "cursor": [Q(created_at__lte=EPOCH), Q(created_at__lt=EPOCH) | Q(created_at=EPOCH, id__lt=0)],
}


@lru_cache(maxsize=128)
def _events(limit: int, names: tuple[str, ...], within: int | None = None) -> Prepared[AuditEvent]:
    """One more than the limit, so that it is seen whether there is a next page.

    ``within`` is how many providers there are whose events are looked for, beside those of none.
    """
    events = AuditEvent.objects.order_by("-created_at", "-id")
    for name in names:
        for condition in CONDITIONS[name]:
            events = events.filter(condition)
    if within is not None:
        events = events.filter(Q(provider=None) | Q(provider__in=[str(place) for place in range(within)]))
    return Prepared(events[: limit + 1])


def _values(query: dict[str, Any]) -> Iterator[Any]:
    """The values of the conditions, in their order."""
    for value in query.values():
        if isinstance(value, Cursor):
            yield from (value.created_at, value.created_at, *value)
        else:
            yield value
