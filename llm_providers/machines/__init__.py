"""Machines: programs' accounts, what each may do, and the keys they prove themselves with."""

from llm_providers.machines.accounts import (
    MachineExists,
    NoSuchMachine,
    change,
    create,
    delete,
    find,
    find_all,
)
from llm_providers.machines.giving import GivesMoreThanHeld
from llm_providers.machines.issuing import KEYS, Issued, NoSuchKey, TooManyKeys, issue, revoke

__all__ = [
    "KEYS",
    "GivesMoreThanHeld",
    "Issued",
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
