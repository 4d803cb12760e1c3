"""The one door for writes: a row and its audit event, in one transaction."""

from dataclasses import dataclass
from typing import Any, Self

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from llm_providers import request_id
from llm_providers.client_address import client_address
from llm_providers.models import AuditEvent, LLMProviderConfig


class AlreadyConfigured(Exception):
    """The provider has a configuration already."""

    def __init__(self, provider: str) -> None:
        super().__init__(f"Configuration already exists for provider: {provider}")


@dataclass(frozen=True)
class Author:
    """Who makes a change, and by which way it came in."""

    name: str
    source: AuditEvent.Source
    request_id: str = ""
    address: str | None = None

    @classmethod
    def of_request(cls, request: HttpRequest, name: str, source: AuditEvent.Source) -> Self:
        return cls(name, source, request_id.current(), client_address(request))


def create(provider: str, *, enabled: bool, credentials: dict[str, Any], author: Author) -> LLMProviderConfig:
    """Store a configuration whose credentials were validated; raises AlreadyConfigured.

    Of simultaneous creates one wins: the database's unique index decides, not a look before.
    """
    with transaction.atomic():
        config = LLMProviderConfig(provider=provider, enabled=enabled, updated_by=author.name)
        config.credentials = credentials
        try:
            with transaction.atomic():
                config.save(force_insert=True)
        except IntegrityError:
            if LLMProviderConfig.objects.filter(provider=provider).exists():
                raise AlreadyConfigured(provider) from None
            raise
        _record(AuditEvent.Action.CREATE, config, ["enabled", *_paths(credentials)], author)
    return config


def delete(config: LLMProviderConfig, *, author: Author) -> None:
    """Remove a configuration, readable or not."""
    with transaction.atomic():
        _record(AuditEvent.Action.DELETE, config, [], author)
        config.delete()


def _paths(credentials: dict[str, Any]) -> list[str]:
    return [f"credentials.{name}" for name in credentials]


def _record(action: AuditEvent.Action, config: LLMProviderConfig, fields: list[str], author: Author) -> None:
    AuditEvent.objects.create(
        action=action,
        provider=config.provider,
        fields=fields,
        actor=author.name,
        source=author.source,
        request_id=author.request_id,
        address=author.address,
    )
