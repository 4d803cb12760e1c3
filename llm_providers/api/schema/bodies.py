"""What is sent and answered when nothing went wrong: schemas, and examples of them."""

from typing import Any

from llm_providers.api.schema.credentials import (
    Schema,
    credentials_name,
    credentials_schemas,
    masked_example,
    object_of,
    ref,
    serializer_schema,
)
from llm_providers.api.serializers import LLMProviderConfigSerializer, RefreshSerializer, TokenRequestSerializer
from llm_providers.providers import Provider, Registry

TOKENS = {"access": "your-access-token", "refresh": "your-refresh-token"}
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
        "TokenRequest": serializer_schema(TokenRequestSerializer()),
        "RefreshRequest": serializer_schema(RefreshSerializer()),
        "TokenPair": object_of({name: {"type": "string"} for name in TOKENS}),
        "Nothing": object_of({}, description="An empty object."),
    }
    for provider in registry:
        named[config_name(provider)] = config_schema(provider)
        named |= credentials_schemas(registry, provider)
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


def config_example(provider: type[Provider], credentials: dict[str, Any]) -> Schema:
    return {
        "summary": provider.label,
        "value": {"provider": provider.slug, "enabled": True, "credentials": credentials},
    }


def requests(registry: Registry) -> dict[str, Schema]:
    """Examples of what is sent, by component: complete, with credentials that open nothing."""
    return {
        "LLMProviderConfig": {provider.slug: config_example(provider, provider.example) for provider in registry},
        "TokenRequest": {"login": {"value": {"username": "admin", "password": "your-password"}}},
        "RefreshRequest": {"refresh": {"value": {"refresh": TOKENS["refresh"]}}},
    }


def answers(registry: Registry) -> dict[str, Schema]:
    """Examples of what is answered, by component: masked."""
    masked = {provider.slug: config_example(provider, masked_example(registry, provider)) for provider in registry}
    unreadable = {
        "summary": "Cannot be decrypted",
        "value": {"provider": registry.slugs()[0], "enabled": True, "credentials": None},
    }
    stored = [example["value"] for example in masked.values()]
    return {
        "LLMProviderConfig": masked,
        "StoredLLMProviderConfig": {**masked, "unreadable": unreadable},
        "LLMProviderConfigList": {"all": {"value": {"providers": stored}}, "none": {"value": {"providers": []}}},
        "TokenPair": {"tokens": {"value": TOKENS}},
        "Nothing": {"done": {"value": {}}},
    }
