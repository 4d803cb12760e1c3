"""The rule that no machine is given more than its giver holds: who may not fetch credentials makes no machine that may.

Narrowing, revoking and deleting are never refused: in an emergency nobody looks for somebody who holds more.
"""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, User

from llm_providers.audit import Author
from llm_providers.models import CODENAMES, AuditEvent, Machine


class GivesMoreThanHeld(Exception):
    """Who would widen a machine lacks a permission that it has, or would have."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            "What a machine may do is widened only by somebody who holds all of its permissions. "
            f"You lack: {', '.join(missing)}."
        )


def widens(machine: Machine, changes: dict[str, object]) -> bool:
    """Whether these new values let a machine, or somebody as it, do more than before."""
    after = Machine(**{name: getattr(machine, name) for name in WIDENING} | changes)
    return (
        (after.enabled and not machine.enabled)
        or any(each not in machine.permissions for each in after.permissions)
        or _reaches_further(machine.providers, after.providers)
        or any(each not in machine.identities for each in after.identities)
    )


WIDENING = ("enabled", "permissions", "providers", "identities")


def _reaches_further(before: list[str] | None, after: list[str] | None) -> bool:
    """Null stands for all."""
    if before is None:
        return False
    return after is None or any(each not in before for each in after)


def require_all_of(machine: Machine, author: Author) -> None:
    """See that the author holds each permission of the machine now; raises GivesMoreThanHeld.

    In the transaction that gives, with the machine locked. Who runs a command on this host holds everything.
    """
    if author.source == AuditEvent.Source.COMMAND:
        return
    user = get_user_model().objects.filter(username=author.name).first()
    held = permitted_words(user) if user else []
    missing = [permission for permission in machine.permissions if permission not in held]
    if missing:
        raise GivesMoreThanHeld(missing)


def permitted_words(user: User | AnonymousUser) -> list[str]:
    """What somebody may do, in the words for machines."""
    return [word for word, codename in CODENAMES.items() if user.has_perm(f"llm_providers.{codename}")]
