"""The one door for writes: a row and its audit event, in one transaction."""

from collections.abc import Collection, Container
from typing import Any

from django.conf import settings
from django.db import transaction

from llm_providers import audit
from llm_providers.models import AuditEvent, LLMProviderConfig, prepared
from llm_providers.models.prepared import Prepared
from llm_providers.providers import PROVIDERS
from llm_providers.sealing import CredentialsUnreadable


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


CHANGEABLE = ("enabled", "credentials", "version", "credentials_version", "updated_at", "updated_by")
PREVIOUS = (
    "previous_credentials",
    "previous_version",
    "previous_expires_at",
    "replaced_at",
    "replaced_by",
    "kept_until",
)
ROTATED = ("secrets_version", "secrets_changed_at", "expires_at")

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
        audit.record(AuditEvent.Action.CREATE, author, provider=provider, fields=[_switched(enabled), *paths(cleaned)])
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
            fields.append(_switched(enabled))
        if cleaned is not None:
            fields += paths(changed_names(config, cleaned, sent=patch or cleaned))
            rotated = replace_credentials(config, cleaned, author, keep=not forget)
        if fields:
            config.version += 1
            config.updated_by = author.name
            audit.record(AuditEvent.Action.UPDATE, author, provider=provider, fields=fields)
        if (
            columns := (CHANGEABLE if fields else ())
            + (PREVIOUS if erased or rotated else ())
            + (ROTATED if rotated else ())
        ):
            prepared.update(config, columns)
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


def changed_names(config: LLMProviderConfig, credentials: dict[str, Any], sent: Container[str] = ()) -> list[str]:
    """The names whose values differ from what is stored, and those of all secrets that were sent.

    A secret sent again is told like a new one: otherwise the trail would say whether a guess was
    right. When what is stored cannot be read, all names count as changed.
    """
    stored = _readable(config)
    declared = PROVIDERS.get(config.provider).Credentials.declared()
    return [
        name
        for name in {**stored, **credentials}
        if stored.get(name) != credentials.get(name) or (name in sent and declared[name].masked)
    ]


def replace_credentials(
    config: LLMProviderConfig, credentials: dict[str, Any], author: audit.Author, *, keep: bool = True
) -> bool:
    """Give a configuration these with its next version, and tell whether a secret changed.

    Then what was stored is kept as the previous credentials, where it can be read and is to be.
    """
    stored = _readable(config)
    config.credentials = credentials
    if stored == credentials:
        return False
    secrets_of = PROVIDERS.get(config.provider).Credentials.secrets_of
    rotated = secrets_of(stored) != secrets_of(credentials)
    if rotated:
        hours = settings.LLM_PROVIDERS_PREVIOUS_HOURS if keep and stored else 0
        config.rotate(stored, by=author.name, hours=hours)
    config.credentials_version = config.version + 1
    return rotated


def _readable(config: LLMProviderConfig) -> dict[str, Any]:
    """The credentials of a row; none where they cannot be read."""
    try:
        stored: dict[str, Any] = config.credentials
    except CredentialsUnreadable:
        return {}
    return stored


def _switched(enabled: bool) -> str:
    return f"enabled={str(enabled).lower()}"


def paths(names: Collection[str]) -> list[str]:
    return [f"credentials.{name}" for name in names]
