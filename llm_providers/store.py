"""The one door for writes: a row and its audit event, in one transaction."""

from collections.abc import Container
from itertools import chain
from typing import Any

from django.db import transaction

from llm_providers import audit
from llm_providers.models import AuditEvent, LLMProviderConfig, prepared
from llm_providers.models.prepared import Prepared
from llm_providers.providers import PROVIDERS
from llm_providers.replacement import (
    CHANGEABLE,
    PREVIOUS,
    ROTATED,
    changed_names,
    paths,
    readable_credentials,
    replace_credentials,
)


class AlreadyConfigured(Exception):
    """The provider has a configuration already."""

    def __init__(self, provider: str) -> None:
        super().__init__(f"Configuration already exists for provider: {provider}")


class NotConfigured(Exception):
    """The provider has no configuration."""

    def __init__(self, provider: str) -> None:
        super().__init__(f"No configuration found for provider: {provider}")


class ChangedMeanwhile(Exception):
    """The configuration is not, or no longer, in the state its author read."""

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"The configuration of {provider} is not the one you read. Read it again, then repeat the change."
        )


class AnyState:
    """Contains every entity tag: the configuration must exist, in whichever state."""

    def __contains__(self, _etag: object) -> bool:
        return True


# Whoever only reads has no use for the credentials before.
ALL = Prepared(LLMProviderConfig.objects.defer("previous_credentials"))
OF_PROVIDER = Prepared(LLMProviderConfig.objects.defer("previous_credentials").filter(provider=""))
# Held until the transaction ends; on SQLite the whole database is held already.
LOCKED = Prepared(LLMProviderConfig.objects.filter(provider="").select_for_update())

ANY = AnyState()
# The entity tags of the states a change may start from; None: it may even be missing.
Expected = Container[str] | None


def find(provider: str, expected: Expected = None) -> LLMProviderConfig:
    """The stored configuration; raises NotConfigured, and where a state is expected ChangedMeanwhile instead."""
    return _one(provider, OF_PROVIDER, expected)


def find_all() -> list[LLMProviderConfig]:
    """All that is stored, in no order."""
    return ALL.rows()


def create(provider: str, *, enabled: bool, credentials: Any, author: audit.Author) -> LLMProviderConfig:
    """Store a configuration; raises AlreadyConfigured, and rest_framework's ValidationError.

    Of simultaneous creates one wins: the insert itself decides, not a look before or after it.
    """
    cleaned = PROVIDERS.clean(provider, credentials)
    config = LLMProviderConfig(provider=provider, enabled=enabled, updated_by=author.name)
    config.credentials = cleaned
    with transaction.atomic():
        if not config.insert():
            raise AlreadyConfigured(provider)
        fields = [audit.switched("enabled", enabled), *paths(cleaned)]
        audit.record(AuditEvent.Action.CREATE, author, provider=provider, fields=fields)
    return config


def update(
    provider: str,
    *,
    author: audit.Author,
    enabled: bool | None = None,
    credentials: Any = None,
    patch: Any = None,
    expected: Expected = None,
    forget: bool = False,
) -> LLMProviderConfig:
    """Change a configuration; None leaves a value as it is.

    ``credentials`` replace the whole object, ``patch`` is merged into what is stored: both as they
    were sent. Simultaneous changes wait for each other; one that changes nothing leaves no trace.
    A changed secret keeps the credentials before, where they can be read; with ``forget`` none are kept
    afterwards, whatever changes.
    Raises NotConfigured, ChangedMeanwhile, rest_framework's ValidationError, and for a patch
    CredentialsUnreadable.
    """
    cleaned = None if credentials is None else PROVIDERS.clean(provider, credentials)
    with transaction.atomic():
        config = locked(provider, expected)
        if patch is not None:
            cleaned = PROVIDERS.merge(provider, config.credentials, patch)
        erased = config.previous_version is not None and (forget or config.previous_is_over)
        if erased:
            if config.previous:
                audit.record(AuditEvent.Action.RETIRE, author, provider=provider)
            config.forget_previous()
        fields = []
        rotated = False
        if enabled is not None and enabled != config.enabled:
            config.enabled = enabled
            fields.append(audit.switched("enabled", enabled))
        if cleaned is not None:
            before = readable_credentials(config)
            fields += paths(changed_names(provider, before, cleaned, sent=patch or cleaned))
            rotated = replace_credentials(config, before, cleaned, by=author.name, keep=not forget)
        if fields:
            config.version += 1
            config.updated_by = author.name
            audit.record(AuditEvent.Action.UPDATE, author, provider=provider, fields=fields)
        columns = [CHANGEABLE] * bool(fields) + [PREVIOUS] * (erased or rotated) + [ROTATED] * rotated
        if columns:
            prepared.update(config, tuple(chain(*columns)))
    return config


def delete(provider: str, *, author: audit.Author, expected: Expected = None) -> None:
    """Remove a configuration, readable or not; raises NotConfigured, ChangedMeanwhile."""
    with transaction.atomic():
        config = locked(provider, expected)
        audit.record(AuditEvent.Action.DELETE, author, provider=provider)
        config.delete()


def _one(provider: str, query: Prepared[LLMProviderConfig], expected: Expected) -> LLMProviderConfig:
    found = query.rows(provider)
    if not found and expected is None:
        raise NotConfigured(provider)
    if not found or (expected is not None and found[0].etag not in expected):
        raise ChangedMeanwhile(provider)
    return found[0]


def locked(provider: str, expected: Expected = None) -> LLMProviderConfig:
    """As ``find``, held until the transaction ends."""
    return _one(provider, LOCKED, expected)
