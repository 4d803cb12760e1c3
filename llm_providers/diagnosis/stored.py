"""What is stored: can it be read, does it keep the rules, who may have it, what should be cleared."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from llm_providers import key_ring, leftovers
from llm_providers.diagnosis.finding import Finding
from llm_providers.diagnosis.surroundings import in_clear
from llm_providers.models import LLMProviderConfig, Machine
from llm_providers.providers import PROVIDERS
from llm_providers.sealing import CredentialsUnreadable
from llm_providers.verification.outcomes import Outcome

STALE = timedelta(days=30)  # since the last verification
REMEDIES = {  # of what cannot be decrypted, by its column
    "credentials": "Add the key it was sealed with to FERNET_KEYS, or send the credentials again.",
    "previous_credentials": "Add the key it was sealed with to FERNET_KEYS, or retire it.",
}


def configurations() -> Iterator[Finding]:
    fingerprints = key_ring.key_ring().fingerprints
    unreadable = set()
    for column in key_ring.look():
        subject = column.provider if column.column == "credentials" else f"{column.provider}, {column.column}"
        if not column.readable:
            unreadable.add((column.provider, column.column))
            message = (
                f"What is stored cannot be decrypted: {'no key fits' if not column.place else 'it was moved here'}."
            )
            yield Finding.fault(subject, message, REMEDIES[column.column])
        elif column.old and column.place:
            message = f"Sealed with key {column.place} of the ring, {fingerprints[column.place - 1]}."
            yield Finding.warning(subject, message, "Run manage.py rotate_encryption.")
    for config in LLMProviderConfig.objects.order_by("pk"):
        if (config.provider, "credentials") not in unreadable:
            yield kept_rules(config)
            if config.enabled and config.provider in PROVIDERS:
                yield from verified(config)
        yield from rotating(config)


def kept_rules(config: LLMProviderConfig) -> Finding:
    if config.provider not in PROVIDERS:
        remedy = "Register the provider again. Until then readiness reports a failure."
        return Finding.fault(config.provider, "It is stored, and no such provider is registered.", remedy)
    try:
        PROVIDERS.clean(config.provider, config.credentials)
    except CredentialsUnreadable:  # changed since it was looked at
        return Finding.fault(config.provider, "What is stored cannot be decrypted.", "Run this again.")
    except ValidationError as error:
        fields = ", ".join(map(str, error.detail))  # names, never the sentences: they are about values
        message = f"What is stored breaks a rule of today: {fields}."
        return Finding.warning(config.provider, message, "Send the credentials again.")
    switched = "" if config.enabled else ", disabled"
    return Finding.fine(config.provider, f"Readable, version {config.version}{switched}.")


def verified(config: LLMProviderConfig) -> Iterator[Finding]:
    """Whether the credentials are known to work; only what deserves a look."""
    subject, remedy = f"{config.provider}, verified", f"Run manage.py verify_providers {config.provider}."
    verification = config.verification
    if verification is None:
        yield Finding.warning(subject, "Never.", remedy)
    elif not verification.current:
        yield Finding.warning(subject, "Not since the credentials changed.", remedy)
    elif verification.outcome == Outcome.INVALID:
        yield Finding.fault(subject, "The provider refused the credentials.", verification.message)
    elif verification.outcome != Outcome.VALID:
        yield Finding.warning(subject, f"The last outcome was {verification.outcome}.", verification.message)
    elif (age := timezone.now() - verification.checked_at) > STALE:
        yield Finding.warning(subject, f"{age.days} days ago.", remedy)


def rotating(config: LLMProviderConfig) -> Iterator[Finding]:
    """Whether the provider's key is due for rotation, and whether one that was replaced waits to be erased."""
    if config.previous_is_over:
        message = f"Kept until {config.kept_until:%Y-%m-%d %H:%M} UTC, and not yet erased."
        remedy = "Run manage.py retire_previous, best every hour."
        yield Finding.warning(f"{config.provider}, previous", message, remedy)
    subject, remedy = f"{config.provider}, rotation", "Replace the key: the README has the steps."
    if config.expires_at and config.expires_at <= timezone.now():
        yield Finding.fault(subject, f"The key expired on {config.expires_at:%Y-%m-%d}.", remedy)
    elif config.due:
        expiry = f", it expires on {config.expires_at:%Y-%m-%d}" if config.expires_at else ""
        yield Finding.warning(subject, f"The key is due since {config.due_at:%Y-%m-%d}{expiry}.", remedy)


def expired() -> Iterator[Finding]:
    now = timezone.now()
    for subject in ("sessions", "tokens"):  # of the others there are few
        if count := leftovers.KINDS[subject](now).count():
            remedy = "Run manage.py clear_expired, best every day."
            yield Finding.warning(subject, f"{count} expired and not yet cleared.", remedy)
        else:
            yield Finding.fine(subject, "None has expired.")


def delivery() -> Iterator[Finding]:
    backend = "django.contrib.auth.backends.ModelBackend"
    users = get_user_model().objects.with_perm("llm_providers.use_llmproviderconfig", backend=backend)
    machines = Machine.objects.filter(enabled=True).values_list("permissions", flat=True)
    count = users.count() + sum("use" in permissions for permissions in machines)
    accounts = f"{count} account{'' if count == 1 else 's'} may fetch credentials"
    if not settings.LLM_PROVIDERS_DELIVERY:
        yield Finding.fine("delivery", "Off: no plaintext is answered over HTTP.")
    elif in_clear():
        message = "On, while HTTPS is off and other machines are let in: credentials pass in clear."
        yield Finding.fault("delivery", message, "Set HTTPS=true, or LLM_PROVIDERS_DELIVERY=false.")
    else:
        yield Finding.fine("delivery", f"On: {accounts}.")
