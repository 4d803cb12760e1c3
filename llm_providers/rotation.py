"""Rotating a provider's key: the way back, who still holds which version, and what is due."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, transaction
from django.db.models import Q
from django.utils import timezone

from llm_providers import audit, store
from llm_providers.models import AuditEvent, Consumer, LLMProviderConfig, Previous, prepared
from llm_providers.models.prepared import Prepared
from llm_providers.providers import PROVIDERS

logger = logging.getLogger(__name__)

POLICY = ("owner", "expires_at", "rotate_every_days")
# A consumer that polls is written down once a minute at most, so it may have been seen that much later.
SEEN_WITHIN = timedelta(days=30, minutes=1)
WARNED_EVERY = timedelta(days=1)

# One filter after the other: Django sorts those of one by their names.
SEEN = Prepared(
    Consumer.objects.filter(provider="").filter(last_seen_at__gte=timezone.now()).order_by("name", "kind", "instance")
)


class NothingToUndo(Exception):
    """No previous credentials are kept."""

    def __init__(self, provider: str) -> None:
        super().__init__(f"No previous credentials of {provider} are kept: there is nothing to undo.")


class NothingToRetire(Exception):
    """No previous credentials are kept."""

    def __init__(self, provider: str) -> None:
        super().__init__(f"No previous credentials of {provider} are kept: there is nothing to retire.")


@dataclass(frozen=True)
class Holding:
    """A consumer, and which version it holds as far as is known."""

    consumer: str
    kind: str
    instance: str | None
    version: int
    last_seen_at: datetime
    current: bool


@dataclass(frozen=True)
class Rotation:
    """What there is to know before a provider's old key is revoked."""

    provider: str
    version: int
    previous: Previous | None
    owner: str | None
    expires_at: datetime | None
    rotate_every_days: int | None
    due_at: datetime | None
    due: bool
    consumers: list[Holding]
    safe_to_revoke: bool | None


def find(provider: str) -> Rotation:
    """Raises NotConfigured."""
    # In this order: a change between the two shows who holds the version before it, and nobody as holding the new one.
    seen = seen_of(provider)
    return rotation_of(store.find(provider), seen)


def rotation_of(config: LLMProviderConfig, seen: Iterable[Consumer] | None = None) -> Rotation:
    """Of a configuration that was read after its consumers, or is held."""
    consumers = [holding(each, config) for each in (seen_of(config.provider) if seen is None else seen)]
    return Rotation(
        provider=config.provider,
        version=config.credentials_version,
        previous=config.previous,
        owner=config.owner or None,
        expires_at=config.expires_at,
        rotate_every_days=config.rotate_every_days,
        due_at=config.due_at,
        due=config.due,
        consumers=consumers,
        safe_to_revoke=safe_to_revoke(consumers),
    )


def seen_of(provider: str) -> list[Consumer]:
    """Who fetched the credentials of a provider in the last 30 days, its configuration before included."""
    return SEEN.rows(provider, timezone.now() - SEEN_WITHIN)


def holding(seen: Consumer, config: LLMProviderConfig) -> Holding:
    """Current is a version with the present secrets: plain values alone revoke nothing."""
    return Holding(
        consumer=seen.name,
        kind=seen.kind,
        instance=seen.instance or None,
        version=seen.version,
        last_seen_at=seen.last_seen_at,
        current=seen.configuration == config.pk and seen.version >= config.secrets_version,
    )


def safe_to_revoke(consumers: Sequence[Holding]) -> bool | None:
    """True when every one of them holds the current version, false when one does not, null when there is none.

    It is never true while a consumer that was served an older version in the last 30 days has not been served the
    current one.
    """
    return all(each.current for each in consumers) if consumers else None


def undo(provider: str, *, author: audit.Author, expected: store.Expected = None) -> LLMProviderConfig:
    """Make the previous credentials current again, as a new version, and what was current the previous.

    Raises NotConfigured, ChangedMeanwhile, NothingToUndo, CredentialsUnreadable, and rest_framework's ValidationError
    where the rules have changed.
    """
    with transaction.atomic():
        config = store.locked(provider, expected)
        if config.previous is None:
            raise NothingToUndo(provider)
        credentials = PROVIDERS.clean(provider, config.previous_credentials)
        expires_at = config.previous_expires_at
        fields = store.paths(store.changed_names(config, credentials))
        store.replace_credentials(config, credentials, author)
        config.expires_at = expires_at
        config.version += 1
        config.updated_by = author.name
        prepared.update(config, store.CHANGEABLE + store.PREVIOUS + store.ROTATED)
        audit.record(AuditEvent.Action.UNDO, author, provider=provider, fields=fields)
    return config


def retire(provider: str, *, author: audit.Author, expected: store.Expected = None) -> Rotation:
    """Forget the previous credentials now; raises NotConfigured, ChangedMeanwhile, NothingToRetire."""
    with transaction.atomic():
        config = store.locked(provider, expected)
        kept = config.previous is not None
        if config.previous_version is not None:
            erase(config)
        if kept:
            audit.record(AuditEvent.Action.RETIRE, author, provider=provider)
        rotation = rotation_of(config)
    if not kept:
        raise NothingToRetire(provider)
    return rotation


def retire_expired() -> list[str]:
    """Erase the previous credentials whose time is over, and tell of which providers."""
    erased = []
    for provider in waiting():
        with transaction.atomic():
            config = LLMProviderConfig.objects.select_for_update().filter(provider=provider).first()
            if config and config.previous_is_over:  # still
                erase(config)
                erased.append(provider)
    return erased


def waiting() -> list[str]:
    """The providers whose previous credentials are to be erased: their time is over, and nothing was written since."""
    over = LLMProviderConfig.objects.filter(kept_until__lte=timezone.now())
    return list(over.order_by("pk").values_list("provider", flat=True))


def erase(config: LLMProviderConfig) -> None:
    config.forget_previous()
    prepared.update(config, store.PREVIOUS)


def set_policy(
    provider: str, policy: Mapping[str, Any], *, author: audit.Author, expected: store.Expected = None
) -> Rotation:
    """Change who owns the key and when it is due: ``policy`` holds some of POLICY, None removes.

    Raises NotConfigured, ChangedMeanwhile.
    """
    with transaction.atomic():
        config = store.locked(provider, expected)
        if config.previous_is_over:
            erase(config)
        wanted = {**policy, **({"owner": policy["owner"] or ""} if "owner" in policy else {})}
        changed = tuple(name for name in POLICY if name in wanted and wanted[name] != getattr(config, name))
        for name in changed:
            setattr(config, name, wanted[name])
        if changed:
            prepared.update(config, changed)
            audit.record(AuditEvent.Action.POLICY, author, provider=provider, fields=changed)
        return rotation_of(config)


def due(configs: Iterable[LLMProviderConfig], within: timedelta = timedelta()) -> list[LLMProviderConfig]:
    """Of these, those whose key is due now or will be so soon, the most urgent first."""
    return sorted((each for each in configs if each.due_within(within)), key=lambda each: str(each.due_at))


def warn(configs: Iterable[LLMProviderConfig]) -> None:
    """Say in the log which of these are due: of each once a day, whichever process looks first.

    Where that cannot be noted it is left to the next who looks; reading goes on.
    """
    now = timezone.now()
    unsaid = Q(due_warned_at=None) | Q(due_warned_at__lte=now - WARNED_EVERY)
    for config in due(configs):
        if config.due_warned_at and config.due_warned_at > now - WARNED_EVERY:
            continue
        with suppress(Error):
            if LLMProviderConfig.objects.filter(unsaid, pk=config.pk).update(due_warned_at=now):
                since = f"{config.due_at:%Y-%m-%d}"
                logger.warning("The key of %s is due for rotation since %s.", config.provider, since)
