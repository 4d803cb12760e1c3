"""Which machine asks, and may it: one statement, asked anew for each request, whichever way it proves who it is.

What is revoked, deactivated or deleted is therefore refused from the next request on. A wrong key costs one look-up
by its id and one comparison; nobody is locked out for it, since what is random is not guessed.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hmac import compare_digest
from typing import Any, ClassVar

from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from rest_framework_simplejwt.exceptions import AuthenticationFailed

from llm_providers import machine_keys
from llm_providers.access import workload_tokens
from llm_providers.access.callers import Caller
from llm_providers.access.subjects import fits
from llm_providers.models import CODENAMES, MachineKey
from llm_providers.strict import json

logger = logging.getLogger(__name__)

USED_AGAIN = timedelta(minutes=1)  # that a key is used is written down no more often

OF_KEY = """
SELECT machine.name, machine.permissions, machine.providers, used.digest, machine.enabled AND used.expires_at > %s
FROM llm_providers_machinekey AS used
JOIN llm_providers_machine AS machine ON machine.id = used.machine_id
WHERE used.id = %s
"""
WITH_IDENTITIES = """
SELECT machine.name, machine.permissions, machine.providers, machine.enabled, machine.identities
FROM llm_providers_machine AS machine
WHERE machine.identities <> '[]'
"""
WORDS = {codename: word for word, codename in CODENAMES.items()}


class MachineRefused(AuthenticationFailed):
    """``reason`` is for the log: it holds nothing that was sent, but the id of a key. ``kind`` is for the metrics."""

    kind: ClassVar = "key"
    sentence = "The machine key is not valid: it is unknown, revoked or expired, or its machine is switched off."

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class Mistyped(MachineRefused):
    kind = "mistyped"
    sentence = "The machine key has a typing error, or is not whole: its checksum is wrong. Copy it again."


class WorkloadRefused(MachineRefused):
    kind = "workload"
    sentence = (
        "The workload's token is not accepted. Its issuer and audience must be configured, its time not be over and end"
        " within 24 hours, and it must fit exactly one machine."
    )


def by_key(text: bytes, permission: str | None, address: Callable[[], str | None]) -> Caller:
    """The machine that this key is of; raises MachineRefused."""
    try:
        key = machine_keys.parse(text.decode("latin-1"))
    except machine_keys.Mistyped:
        raise Mistyped("mistyped") from None
    with connection.cursor() as cursor:
        cursor.execute(OF_KEY, [next_second(int(time.time())), key.id])
        row = cursor.fetchone()
    if row is None:
        raise MachineRefused(f"unknown, id={key.id}")
    name, permissions, providers, digest, alive = row
    if not compare_digest(key.digest, digest):
        raise MachineRefused(f"wrong secret, id={key.id}")
    if not alive:
        raise MachineRefused(f"expired, or its machine is switched off, id={key.id}")
    note_use(key.id, address)
    return found(name, permission, permissions, providers, (f"key {key.id}",))


def by_workload(token: bytes, permission: str | None) -> Caller:
    """The one machine that this workload is; raises MachineRefused."""
    try:
        workload = workload_tokens.read(token)
    except workload_tokens.NotAccepted as why:
        raise WorkloadRefused(str(why)) from None
    with connection.cursor() as cursor:
        cursor.execute(WITH_IDENTITIES)
        fitting = [row for row in cursor.fetchall() if any(fits(each, workload) for each in value_of(row[-1]))]
    if len(fitting) != 1:
        raise WorkloadRefused("it fits several machines" if fitting else "it fits no machine")
    name, permissions, providers, enabled, _identities = fitting[0]
    if not enabled:
        raise WorkloadRefused("its machine is switched off")
    proof = (f"issuer {workload.issuer}", f"subject {workload.subject}")
    return found(name, permission, permissions, providers, proof)


def found(name: str, permission: str | None, permissions: str, providers: str | None, proof: tuple[str, ...]) -> Caller:
    permitted = permission is None or WORDS.get(permission) in value_of(permissions)
    limit = None if providers is None else value_of(providers)
    return Caller(f"machine:{name}", permitted, None if limit is None else frozenset(limit), proof)


@lru_cache(maxsize=1)
def next_second(second: int) -> Any:
    """The one after this, since the epoch, as the database takes it: making it takes as long as all else but asking."""
    return connection.ops.adapt_datetimefield_value(datetime.fromtimestamp(second + 1, UTC))


@lru_cache(maxsize=4096)
def value_of(text: str) -> Any:
    """A JSON column as both databases give it to a cursor; read once, and not to be changed."""
    return json.loads(text)


_noted: dict[str, float] = {}  # when this process last tried, by the id of a key that is good


def note_use(key_id: str, address: Callable[[], str | None]) -> None:
    """Write down when and from where a key was used last. That this may fail must not become the request's failure.

    Each process tries it once a minute, and of those the first writes.
    """
    now, before = time.monotonic(), _noted.get(key_id)
    if before is not None and now - before < USED_AGAIN.total_seconds():
        return
    _noted[key_id] = now
    moment = timezone.now()
    unnoted = Q(last_used_at=None) | Q(last_used_at__lte=moment - USED_AGAIN)
    try:
        with transaction.atomic():
            MachineKey.objects.filter(unnoted, id=key_id).update(last_used_at=moment, last_used_from=address())
    except DatabaseError as error:
        logger.warning("The use of the machine key %s was not written down: %s", key_id, type(error).__name__)
