"""The steps of a rotation after the first: undo, retire, and the policy."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from llm_providers import audit, replacement, store
from llm_providers.models import AuditEvent, LLMProviderConfig, prepared
from llm_providers.providers import PROVIDERS
from llm_providers.rotation.holders import Rotation, rotation_of

POLICY = ("owner", "expires_at", "rotate_every_days")


class NothingToUndo(Exception):
    """No previous credentials are kept."""

    def __init__(self, provider: str) -> None:
        super().__init__(f"No previous credentials of {provider} are kept: there is nothing to undo.")


class NothingToRetire(Exception):
    """No previous credentials are kept."""

    def __init__(self, provider: str) -> None:
        super().__init__(f"No previous credentials of {provider} are kept: there is nothing to retire.")


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
        before = replacement.readable_credentials(config)
        fields = replacement.paths(replacement.changed_names(provider, before, credentials))
        replacement.replace_credentials(config, before, credentials, by=author.name)
        config.expires_at = expires_at
        config.version += 1
        config.updated_by = author.name
        prepared.update(config, replacement.CHANGEABLE + replacement.PREVIOUS + replacement.ROTATED)
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
    if not kept:  # after the transaction, so that what was over stays erased
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
    prepared.update(config, replacement.PREVIOUS)


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
        wanted = {name: policy[name] for name in POLICY if name in policy}
        if "owner" in wanted:
            wanted["owner"] = wanted["owner"] or ""  # the column takes no null
        changed = tuple(name for name, value in wanted.items() if value != getattr(config, name))
        for name in changed:
            setattr(config, name, wanted[name])
        if changed:
            prepared.update(config, changed)
            audit.record(AuditEvent.Action.POLICY, author, provider=provider, fields=changed)
        return rotation_of(config)
