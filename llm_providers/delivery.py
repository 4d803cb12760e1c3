"""Handing credentials to programs outside: what they get, and who holds which version."""

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from llm_providers import audit, environment, vault
from llm_providers.models import AuditEvent, Consumer, LLMProviderConfig
from llm_providers.providers import PROVIDERS
from llm_providers.sealing import Sealed

CANONICAL = json.JSONEncoder(sort_keys=True)
SEEN_AGAIN = timedelta(minutes=1)  # a consumer that polls is written down no more often

# One statement for what is handed out and what is known of who asks.
FIND = """
SELECT config.id, config.enabled, config.credentials, config.credentials_version, (
    seen.configuration = config.id AND seen.version = config.credentials_version AND seen.last_seen_at > %s
) AS known
FROM llm_providers_llmproviderconfig AS config
LEFT JOIN llm_providers_consumer AS seen
ON seen.provider = config.provider AND seen.kind = %s AND seen.name = %s AND seen.instance = %s
WHERE config.provider = %s
"""

FOUND = ("id", "provider", "enabled", "sealed_credentials", "credentials_version")


class Overtaken(Exception):
    """The configuration changed between the reading of its credentials and their handing over: read them anew."""


@dataclass(frozen=True)
class Asking:
    """Who fetches credentials; ``instance`` tells replicas apart, where they say so."""

    kind: Consumer.Kind
    name: str
    instance: str = ""


class Delivery:
    """The credentials of a provider for one consumer, not yet handed over."""

    def __init__(self, config: LLMProviderConfig, asking: Asking, *, known: bool) -> None:
        self.config = config
        self.asking = asking
        self.known = known  # the consumer's row says already what this delivery would make it say
        self.credentials = vault.opened(config)

    @cached_property
    def body(self) -> dict[str, Any]:
        written, unset = environment.environment_of(PROVIDERS.get(self.config.provider), self.credentials)
        return {
            "provider": self.config.provider,
            "version": self.config.credentials_version,
            "credentials": self.credentials,
            "environment": written,
            "unset": unset,
        }

    @cached_property
    def etag(self) -> str:
        """Made of what is handed out, with a key: nobody can try a guess on it. ``enabled`` has no part in it."""
        text = CANONICAL.encode([self.config.pk, self.body])
        return f'"{salted_hmac("llm_providers.delivery", text, algorithm="sha256").hexdigest()}"'

    def record(self, author: audit.Author) -> None:
        """Write down that this is handed over, before it is.

        Raises Overtaken, and the database's errors where it cannot be written down.
        """
        if self.known:
            self._record(author)
        else:
            with transaction.atomic():
                self._hold()
                self._note()
                self._record(author)

    def confirm(self) -> None:
        """Write down that the consumer holds this version, having proved it by the entity tag; raises Overtaken."""
        if not self.known:
            with transaction.atomic():
                self._hold()
                self._note()

    def _hold(self) -> None:
        """See that this is what is current, and keep it so until it is written down who holds it.

        Otherwise somebody who was not known yet could be handed the key before, after it was said that it may go.
        """
        current = LLMProviderConfig.objects.select_for_update().filter(
            pk=self.config.pk, enabled=True, credentials_version=self.config.credentials_version
        )
        if not current.values_list("pk").first():
            raise Overtaken

    def _record(self, author: audit.Author) -> None:
        audit.record(AuditEvent.Action.DELIVER, author, provider=self.config.provider)

    def _note(self) -> None:
        seen = Consumer(
            provider=self.config.provider,
            kind=self.asking.kind,
            name=self.asking.name,
            instance=self.asking.instance,
            configuration=self.config.pk,
            version=self.config.credentials_version,
            last_seen_at=timezone.now(),
        )
        Consumer.objects.bulk_create(
            [seen],
            update_conflicts=True,
            unique_fields=["provider", "kind", "name", "instance"],
            update_fields=["configuration", "version", "last_seen_at"],
        )


def tell_of_switch(author: audit.Author) -> None:
    """Write down whether credentials are handed out over HTTP, when that is not what was written down last."""
    told = AuditEvent.objects.filter(action=AuditEvent.Action.SETTING).values_list("fields", flat=True).first()
    now = [audit.switched("LLM_PROVIDERS_DELIVERY", settings.LLM_PROVIDERS_DELIVERY)]
    if now != (told or ["LLM_PROVIDERS_DELIVERY=false"]):
        audit.record(AuditEvent.Action.SETTING, author, fields=now)


def prepare(provider: str, asking: Asking) -> Delivery:
    """Raises UnknownProvider, ProviderNotConfigured, ProviderDisabled, CredentialsUnreadable, in this order."""
    slug = PROVIDERS.get(provider).slug
    since = connection.ops.adapt_datetimefield_value(timezone.now() - SEEN_AGAIN)
    with connection.cursor() as cursor:
        cursor.execute(FIND, [since, asking.kind, asking.name, asking.instance, slug])
        row = cursor.fetchone()
    if row is None:
        raise vault.ProviderNotConfigured(slug)
    pk, enabled, token, version, known = row
    values = [pk, slug, bool(enabled), Sealed(bytes(token)), version]
    config = LLMProviderConfig.from_db(DEFAULT_DB_ALIAS, FOUND, values)  # what is not found is deferred
    return Delivery(config, asking, known=bool(known))
