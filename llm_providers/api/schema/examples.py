"""Examples of what is sent and answered when nothing went wrong, by component."""

from typing import Any

from llm_providers.api.schema.credentials import Schema, masked_example
from llm_providers.models import AuditEvent
from llm_providers.providers import Provider, Registry

TOKENS = {"access": "your-access-token", "refresh": "your-refresh-token"}
WHEN = "2026-01-31T08:00:00Z"
DISABLE = {"summary": "Switch off", "value": {"enabled": False}}


def config_example(provider: type[Provider], credentials: dict[str, Any]) -> Schema:
    return {
        "summary": provider.label,
        "value": {"provider": provider.slug, "enabled": True, "credentials": credentials},
    }


def requests(registry: Registry) -> dict[str, Schema]:
    """Examples of what is sent, by component: complete, with credentials that open nothing."""
    changes = {
        provider.slug: {"summary": f"Replace {provider.label} credentials", "value": {"credentials": provider.example}}
        for provider in registry
    }
    return {
        "LLMProviderConfig": {provider.slug: config_example(provider, provider.example) for provider in registry},
        "LLMProviderConfigUpdate": {"disable": DISABLE} | changes,
        "LLMProviderConfigPatch": {"disable": DISABLE} | changes,
        "TokenRequest": {"login": {"value": {"username": "admin", "password": "your-password"}}},
        "RefreshRequest": {"refresh": {"value": {"refresh": TOKENS["refresh"]}}},
    }


def answers(registry: Registry) -> dict[str, Schema]:
    """Examples of what is answered, by component: masked."""
    first = registry.slugs()[0]
    masked = {provider.slug: config_example(provider, masked_example(registry, provider)) for provider in registry}
    unreadable: Schema = {
        "summary": "Cannot be decrypted",
        "value": {"provider": first, "enabled": True, "credentials": None},
    }
    status = {
        "provider": first,
        "enabled": True,
        "readable": True,
        "version": 1,
        "created_at": WHEN,
        "updated_at": WHEN,
        "updated_by": "admin",
        "verification": None,
    }
    event = {
        "id": 1,
        "created_at": WHEN,
        "actor": "admin",
        "action": AuditEvent.Action.CREATE.value,
        "provider": first,
        "fields": ["enabled=true", "credentials.api_key"],
        "source": AuditEvent.Source.API.value,
        "request_id": "deploy-7",
        "address": "192.0.2.1",
    }
    stored = [example["value"] for example in masked.values()]
    return {
        "LLMProviderConfig": masked,
        "StoredLLMProviderConfig": {**masked, "unreadable": unreadable},
        "LLMProviderConfigList": {"all": {"value": {"providers": stored}}, "none": {"value": {"providers": []}}},
        "DeletedLLMProviderConfig": {"deleted": {"value": {"provider": first}}},
        "LLMProviderStatus": {"status": {"value": status}},
        "AuditEventPage": {"last": {"value": {"events": [event], "next": None}}},
        "TokenPair": {"tokens": {"value": TOKENS}},
        "Nothing": {"done": {"value": {}}},
    }
