"""Rotating a provider's key: the way back, who still holds which version, and what is due."""

from llm_providers.rotation.changes import (
    NothingToRetire,
    NothingToUndo,
    retire,
    retire_expired,
    set_policy,
    undo,
    waiting,
)
from llm_providers.rotation.holders import Holding, Rotation, find, look, safe_to_revoke
from llm_providers.rotation.reminders import due, warn

__all__ = [
    "Holding",
    "NothingToRetire",
    "NothingToUndo",
    "Rotation",
    "due",
    "find",
    "look",
    "retire",
    "retire_expired",
    "safe_to_revoke",
    "set_policy",
    "undo",
    "waiting",
    "warn",
]
