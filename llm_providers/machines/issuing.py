"""The keys of machines: issued once, revoked one by one."""

import re
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from llm_providers import audit, machine_keys
from llm_providers.machines.accounts import locked
from llm_providers.machines.giving import require_all_of
from llm_providers.models import AuditEvent, Machine, MachineKey

KEYS = 10  # of one machine; two overlap while one is exchanged, and answers list them all
SOON = timedelta(days=14)  # before its end a key is said to expire soon
KEY_ID = re.compile(r"[a-z0-9]{1,16}")


class NoSuchKey(Exception):
    """The machine has no key of this id."""

    def __init__(self) -> None:
        super().__init__("This machine has no key of this id.")


class TooManyKeys(Exception):
    """The machine has as many keys as one may have."""

    def __init__(self) -> None:
        super().__init__(f"This machine has {KEYS} keys. Revoke one that is not used any more first.")


class Issued(NamedTuple):
    """A new key, in the only moment in which it is known, and what is kept of it."""

    key: machine_keys.Key
    kept: MachineKey


def issue(name: str, *, days: int, author: audit.Author) -> Issued:
    """Give a machine one more key; raises NoSuchMachine, TooManyKeys, and GivesMoreThanHeld."""
    with transaction.atomic():
        machine = locked(name)
        require_all_of(machine, author)
        if machine.keys.count() >= KEYS:
            raise TooManyKeys
        key = machine_keys.make()
        kept = machine.keys.create(
            id=key.id,
            digest=key.digest,
            created_by=author.name,
            expires_at=timezone.now() + timedelta(days=days),
        )
        record(machine, key.id, author, "issued")
    return Issued(key, kept)


def revoke(name: str, key_id: str, *, author: audit.Author) -> None:
    """Forget a key, which is refused from then on; raises NoSuchMachine, and NoSuchKey."""
    with transaction.atomic():
        machine = locked(name)
        key = machine.keys.filter(id=key_id).first() if KEY_ID.fullmatch(key_id) else None
        if key is None:
            raise NoSuchKey
        record(machine, key.id, author, "revoked")
        key.delete()


def record(machine: Machine, key_id: str, author: audit.Author, what: str) -> None:
    fields = [f"machine {machine.name}", f"key {key_id}", what]
    audit.record(AuditEvent.Action.MACHINE_KEY, author, fields=fields)
