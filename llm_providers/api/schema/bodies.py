"""What is sent and answered when nothing went wrong: schemas, and examples of them."""

from typing import Any

from llm_providers.api.audit_events import AuditEventSerializer
from llm_providers.api.schema.credentials import (
    Schema,
    credentials_name,
    credentials_schemas,
    masked_example,
    object_of,
    patch_name,
    patch_schema,
    ref,
    serializer_schema,
)
from llm_providers.api.schema.derived import derived
from llm_providers.api.serializers import LLMProviderConfigSerializer, StatusSerializer
from llm_providers.api.tokens import RefreshSerializer, TokenRequestSerializer
from llm_providers.models import AuditEvent
from llm_providers.providers import Provider, Registry

TOKENS = {"access": "your-access-token", "refresh": "your-refresh-token"}
WHEN = "2026-01-31T08:00:00Z"
VERIFICATION = {"type": "null", "description": "The last verification"}
FIELD_NAMES = {
    "type": "array",
    "items": {"type": "string"},
    "description": "The names of what changed, of an account behind its own name, and what enabled was switched to",
}
DISABLE = {"summary": "Switch off", "value": {"enabled": False}}
ENABLED = {"type": "boolean", "description": LLMProviderConfigSerializer().fields["enabled"].help_text}


def schemas(registry: Registry) -> dict[str, Schema]:
    """The schemas by the names of their components."""
    named: dict[str, Schema] = {
        "LLMProvidersEnum": {
            "type": "string",
            "enum": registry.slugs(),
            "description": LLMProviderConfigSerializer().fields["provider"].help_text,
        },
        "LLMProviderConfig": {
            "description": "The provider decides which credentials there are. Answers show them masked.",
            "oneOf": [ref(config_name(provider)) for provider in registry],
            "discriminator": {
                "propertyName": "provider",
                "mapping": {provider.slug: ref(config_name(provider))["$ref"] for provider in registry},
            },
        },
        "UnreadableLLMProviderConfig": object_of(
            {"provider": ref("LLMProvidersEnum"), "enabled": ENABLED, "credentials": {"type": "null"}},
            description="A stored configuration that cannot be decrypted with the configured keys.",
        ),
        "StoredLLMProviderConfig": {"oneOf": [ref("LLMProviderConfig"), ref("UnreadableLLMProviderConfig")]},
        "LLMProviderConfigList": object_of(
            {"providers": {"type": "array", "items": ref("StoredLLMProviderConfig")}},
        ),
        "LLMProviderConfigUpdate": change_schema([ref(credentials_name(provider)) for provider in registry]),
        "LLMProviderConfigPatch": change_schema([ref(patch_name(provider)) for provider in registry]),
        "DeletedLLMProviderConfig": object_of({"provider": ref("LLMProvidersEnum")}),
        "LLMProviderStatus": object_of(derived(StatusSerializer(), verification=VERIFICATION)),
        "AuditEvent": object_of(derived(AuditEventSerializer(), fields=FIELD_NAMES)),
        "AuditEventPage": object_of(
            {
                "events": {"type": "array", "items": ref("AuditEvent")},
                "next": {"type": ["string", "null"], "description": "The cursor of the next page"},
            }
        ),
        "TokenRequest": serializer_schema(TokenRequestSerializer()),
        "RefreshRequest": serializer_schema(RefreshSerializer()),
        "TokenPair": object_of({name: {"type": "string"} for name in TOKENS}),
        "Nothing": object_of({}, description="An empty object."),
    }
    for provider in registry:
        named[config_name(provider)] = config_schema(provider)
        named |= credentials_schemas(registry, provider)
        named[patch_name(provider)] = patch_schema(registry, provider)
    return named


def config_name(provider: type[Provider]) -> str:
    return f"{provider.__name__}Config"


def config_schema(provider: type[Provider]) -> Schema:
    return object_of(
        {
            "provider": {"type": "string", "const": provider.slug},
            "enabled": {**ENABLED, "default": True},
            "credentials": ref(credentials_name(provider)),
        },
        optional=("enabled",),
        description=f"{provider.label}. {provider.summary}",
        externalDocs={"url": provider.docs_url},
    )


def change_schema(credentials: list[Schema]) -> Schema:
    """What a change may say. The path names the provider, so the credentials are any provider's here."""
    properties = {
        "provider": {**ref("LLMProvidersEnum"), "description": "That of the path, if it is sent"},
        "enabled": ENABLED,
        "credentials": {"anyOf": credentials},
    }
    return object_of(properties, optional=tuple(properties), minProperties=1)


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
    unreadable = {
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
