"""Other credentials in the place of those before: which names change, whether it is a rotation, and what is kept."""

from collections.abc import Collection, Container
from typing import Any

from django.conf import settings

from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS
from llm_providers.sealing import CredentialsUnreadable

# What to store afterwards: of each change, of one that touches the previous credentials, and of a rotation.
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


def readable_credentials(config: LLMProviderConfig) -> dict[str, Any]:
    """The credentials of a row; none where they cannot be read."""
    try:
        stored: dict[str, Any] = config.credentials
    except CredentialsUnreadable:
        return {}
    return stored


def changed_names(
    provider: str, before: dict[str, Any], credentials: dict[str, Any], sent: Container[str] = ()
) -> list[str]:
    """The names whose values differ from those before, and those of all secrets that were sent.

    A secret sent again is told like a new one: otherwise the trail would say whether a guess was
    right. When what is stored cannot be read, all names count as changed.
    """
    declared = PROVIDERS.get(provider).Credentials.declared()
    return [
        name
        for name in {**before, **credentials}
        if before.get(name) != credentials.get(name) or (name in sent and declared[name].masked)
    ]


def replace_credentials(
    config: LLMProviderConfig, before: dict[str, Any], credentials: dict[str, Any], *, by: str, keep: bool = True
) -> bool:
    """Give a configuration these with its next version, and tell whether a secret changed.

    Then those before are kept as the previous credentials, where they could be read and are to be.
    """
    config.credentials = credentials
    if before == credentials:
        return False
    secrets_of = PROVIDERS.get(config.provider).Credentials.secrets_of
    rotated = secrets_of(before) != secrets_of(credentials)
    if rotated:
        hours = settings.LLM_PROVIDERS_PREVIOUS_HOURS if keep and before else 0
        config.rotate(before, by=by, hours=hours)
    config.credentials_version = config.version + 1
    return rotated


def paths(names: Collection[str]) -> list[str]:
    return [f"credentials.{name}" for name in names]
