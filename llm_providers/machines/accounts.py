"""The one door for writes to machines: a row and its audit event, in one transaction.

Values come as ``sent`` has cleaned them.
"""

import re
from datetime import datetime
from typing import Any

from django.db import transaction

from llm_providers import audit
from llm_providers.machines.giving import require_all_of, widens
from llm_providers.models import AuditEvent, Machine

NAME = re.compile(r"[a-z0-9-]{1,63}")


class MachineExists(Exception):
    """The name is taken."""

    def __init__(self) -> None:
        super().__init__("A machine of this name exists already. Choose another name, or change that machine.")


class MachineChanged(Exception):
    """The machine is not, or no longer, in the state its author read."""

    def __init__(self) -> None:
        super().__init__("The machine is not the one you read. Read it again, then repeat the change.")


class NoSuchMachine(Exception):
    """The name is no machine's, or none at all."""

    def __init__(self) -> None:
        super().__init__("There is no machine of this name.")


def find(name: str) -> Machine:
    """A machine with its keys; raises NoSuchMachine."""
    machine = Machine.objects.filter(name=checked(name)).prefetch_related("keys").first()
    if machine is None:
        raise NoSuchMachine
    return machine


def find_all() -> list[Machine]:
    """All machines with their keys, by name."""
    return list(Machine.objects.prefetch_related("keys"))


def create(name: str, *, author: audit.Author, **values: Any) -> Machine:
    """Make a machine; raises MachineExists, and GivesMoreThanHeld. Of simultaneous creates one wins."""
    with transaction.atomic():
        require_all_of(Machine(name=name, **values), author)
        machine, created = Machine.objects.get_or_create(name=name, defaults=values)
        if not created:
            raise MachineExists
        told = [name for name in values if name != "enabled"]
        record(machine, author, "created", audit.switched("enabled", machine.enabled), *told)
    return machine


def change(name: str, *, author: audit.Author, read_at: datetime | None = None, **values: Any) -> Machine:
    """Change a machine to these values; raises NoSuchMachine, MachineChanged, and GivesMoreThanHeld.

    ``read_at`` is the ``updated_at`` of the state that the change starts from; None: whichever it is. Simultaneous
    changes wait for each other; one that changes nothing leaves no trace.
    """
    with transaction.atomic():
        machine = locked(name)
        if read_at not in (None, machine.updated_at):
            raise MachineChanged
        changes = {name: value for name, value in values.items() if getattr(machine, name) != value}
        wider = widens(machine, changes)
        for field, value in changes.items():
            setattr(machine, field, value)
        if wider:
            require_all_of(machine, author)
        if changes:
            machine.save(update_fields=[*changes, "updated_at"])
            told = [audit.switched(name, machine.enabled) if name == "enabled" else name for name in changes]
            record(machine, author, *told)
    return machine


def delete(name: str, *, author: audit.Author) -> None:
    """Remove a machine; what it holds is dead from then on. Raises NoSuchMachine."""
    with transaction.atomic():
        machine = locked(name)
        keys = [f"key {key}" for key in machine.keys.values_list("id", flat=True)]
        record(machine, author, "deleted", *keys)
        machine.delete()


def locked(name: str) -> Machine:
    """The machine, held until the transaction ends; raises NoSuchMachine."""
    machine = Machine.objects.select_for_update().filter(name=checked(name)).first()
    if machine is None:
        raise NoSuchMachine
    return machine


def checked(name: str) -> str:
    """A name that may be a machine's: no database is asked for another."""
    if not NAME.fullmatch(name):
        raise NoSuchMachine
    return name


def record(machine: Machine, author: audit.Author, *fields: str) -> None:
    audit.record(AuditEvent.Action.MACHINE, author, fields=[f"machine {machine.name}", *fields])
