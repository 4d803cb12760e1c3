"""Examples of what is sent and answered when nothing went wrong, by component."""

from typing import Any

from llm_providers.api.schema.credentials import Schema
from llm_providers.api.schema.deliveries import delivery_example
from llm_providers.api.schema.machine_examples import machine_answers, machine_requests
from llm_providers.api.schema.rotation import WHEN, rotation_example
from llm_providers.models import AuditEvent
from llm_providers.providers import Provider, Registry
from llm_providers.providers.probe import Finding, Reading
from llm_providers.verification.outcomes import verdict

TOKENS = {"access": "your-access-token", "refresh": "your-refresh-token"}
DISABLE = {"summary": "Switch off", "value": {"enabled": False}}


def config_example(provider: type[Provider], name: str, credentials: dict[str, Any]) -> Schema:
    return {
        "summary": name,
        "value": {"provider": provider.slug, "enabled": True, "credentials": credentials},
    }


def each_way(provider: type[Provider]) -> dict[str, tuple[str, dict[str, Any]]]:
    """By the example's key what it is called and its credentials: the published way under the slug."""
    ways = provider.Credentials.ways
    first = f"{provider.label}, {ways[0].label}" if ways else provider.label
    others = {
        f"{provider.slug}-{way.label.lower().replace(' ', '-')}": (f"{provider.label}, {way.label}", dict(way.example))
        for way in ways[1:]
    }
    return {provider.slug: (first, provider.example)} | others


def requests(registry: Registry) -> dict[str, Schema]:
    """Examples of what is sent, by component: complete, with credentials that open nothing."""
    configs = {
        key: config_example(provider, name, credentials)
        for provider in registry
        for key, (name, credentials) in each_way(provider).items()
    }
    changes = {
        key: {
            "summary": f"Replace {example['summary']} credentials",
            "value": {"credentials": example["value"]["credentials"]},
        }
        for key, example in configs.items()
    }
    return {
        "LLMProviderConfig": configs,
        "LLMProviderConfigUpdate": {"disable": DISABLE} | changes,
        "LLMProviderConfigPatch": {"disable": DISABLE} | changes,
        **machine_requests(),
        "RotationPolicy": {
            "policy": {
                "value": {"owner": "ml-platform", "expires_at": "2027-01-31T00:00:00Z", "rotate_every_days": 90}
            },
            "no-date": {
                "summary": "No longer due at any time",
                "value": {"expires_at": None, "rotate_every_days": None},
            },
        },
        "TokenRequest": {"login": {"value": {"username": "admin", "password": "your-password"}}},
        "RefreshRequest": {"refresh": {"value": {"refresh": TOKENS["refresh"]}}},
    }


def verdicts(registry: Registry) -> Schema:
    """What is said of credentials that are accepted, and of some that are not."""
    first = next(iter(registry))
    found = (Finding(Reading.ACCEPTED), Finding(Reading.REFUSED_KEY, next(iter(first.Credentials.declared()))))
    said = [verdict(first, each) for each in found]
    return {
        each.outcome.value: {"outcome": each.outcome.value, "message": each.message, "field": each.field}
        for each in said
    }


def answers(registry: Registry) -> dict[str, Schema]:
    """Examples of what is answered, by component: masked."""
    first = registry.slugs()[0]
    masked = {
        key: config_example(provider, name, registry.mask(provider.slug, credentials))
        for provider in registry
        for key, (name, credentials) in each_way(provider).items()
    }
    delivered = {
        key: delivery_example(provider, name, registry.mask(provider.slug, credentials))
        for provider in registry
        for key, (name, credentials) in each_way(provider).items()
    }
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
        "due": False,
        "due_at": None,
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
    stored = [masked[slug]["value"] for slug in registry.slugs()]
    return {
        "LLMProviderConfig": masked,
        "StoredLLMProviderConfig": {**masked, "unreadable": unreadable},
        "LLMProviderConfigList": {"all": {"value": {"providers": stored}}, "none": {"value": {"providers": []}}},
        "DeliveredCredentials": delivered,
        "DeletedLLMProviderConfig": {"deleted": {"value": {"provider": first}}},
        "LLMProviderStatus": {"status": {"value": status}},
        "Verification": {
            outcome: {"value": {**came_of_it, "checked_at": WHEN, "current": True}}
            for outcome, came_of_it in verdicts(registry).items()
        },
        "Rotation": {"rotation": {"value": rotation_example(first)}},
        "ModelList": {
            "models": {
                "value": {"provider": first, "models": [{"id": "your-model", "name": "Your model"}], "fetched_at": WHEN}
            }
        },
        **machine_answers(),
        "AuditEventPage": {"last": {"value": {"events": [event], "next": None}}},
        "TokenPair": {"tokens": {"value": TOKENS}},
        "Nothing": {"done": {"value": {}}},
    }
