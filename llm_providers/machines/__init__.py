"""Machines: programs' accounts, what each may do, and the keys they prove themselves with."""

from llm_providers.machines.accounts import (
    MachineChanged,
    MachineExists,
    NoSuchMachine,
    change,
    create,
    delete,
    find,
    find_all,
)
from llm_providers.machines.giving import GivesMoreThanHeld
from llm_providers.machines.issuing import KEYS, SOON, Issued, NoSuchKey, TooManyKeys, issue, revoke

__all__ = [
    "KEYS",
    "SOON",
    "GivesMoreThanHeld",
    "Issued",
    "MachineChanged",
    "MachineExists",
    "NoSuchKey",
    "NoSuchMachine",
    "TooManyKeys",
    "change",
    "create",
    "delete",
    "find",
    "find_all",
    "issue",
    "revoke",
]
