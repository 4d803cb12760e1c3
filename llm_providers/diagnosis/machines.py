"""Machines: which will be refused soon, which are not let in at all, which reach everything."""

from collections.abc import Iterator

from django.utils import timezone

from llm_providers.diagnosis.finding import Finding
from llm_providers.machines import SOON
from llm_providers.models import Machine


def machines() -> Iterator[Finding]:
    stored = list(Machine.objects.prefetch_related("keys"))
    for machine in stored:
        yield from of_machine(machine)
    enabled = sum(machine.enabled for machine in stored)
    if stored:
        yield Finding.fine("machines", f"{len(stored)}, {enabled} of them enabled.")


def of_machine(machine: Machine) -> Iterator[Finding]:
    now = timezone.now()
    subject, keys = f"machine {machine.name}", list(machine.keys.all())
    live = [key for key in keys if key.expires_at > now]
    if expired := [key.id for key in keys if key not in live]:
        message = f"Expired, and still listed: {', '.join(expired)}."
        yield Finding.warning(subject, message, "Revoke them, once nothing sends them any more.")
    if not machine.enabled:
        return
    if not live and not machine.identities:
        message = "It is enabled, and has neither a key that is good nor an identity."
        yield Finding.warning(subject, message, f"Run manage.py create_machine_key {machine.name}, or disable it.")
    for key in live:
        if key.expires_at - now < SOON:
            days = (key.expires_at - now).days
            message = f"Its key {key.id} expires in {days} day{'' if days == 1 else 's'}."
            yield Finding.warning(subject, message, "Issue another, hand that over, then revoke this one.")
    if "use" in machine.permissions and machine.providers is None:
        yield Finding.fine(subject, "It may use the credentials of all providers, those to come too.")
