"""Who holds which version of a provider's credentials, and what else there is to know of its rotation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from llm_providers import store
from llm_providers.models import Consumer, LLMProviderConfig, Previous
from llm_providers.models.prepared import Prepared

# A consumer that polls is written down once a minute at most, so it may have been seen that much later.
SEEN_WITHIN = timedelta(days=30, minutes=1)

# One filter after the other: Django sorts those of one by their names.
SEEN = Prepared(
    Consumer.objects.filter(provider="").filter(last_seen_at__gte=timezone.now()).order_by("name", "kind", "instance")
)


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
    return look(provider)[1]


def look(provider: str) -> tuple[LLMProviderConfig, Rotation]:
    """A configuration and its rotation; raises NotConfigured."""
    # In this order: a change between the two shows who holds the version before it, and nobody as holding the new one.
    seen = seen_of(provider)
    config = store.find(provider)
    return config, rotation_of(config, seen)


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
