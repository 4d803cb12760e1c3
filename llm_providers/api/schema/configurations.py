"""A configuration as it is sent, stored and changed: one branch for each provider."""

from llm_providers.api.schema.credentials import Schema, credentials_name, nullable, object_of, ref
from llm_providers.api.serializers import LLMProviderConfigSerializer
from llm_providers.providers import Provider

ENABLED = {"type": "boolean", "description": LLMProviderConfigSerializer().fields["enabled"].help_text}


def one_of(branches: dict[str, str], description: str) -> Schema:
    """A union told apart by its provider."""
    refs = {slug: ref(name) for slug, name in branches.items()}
    mapping = {slug: branch["$ref"] for slug, branch in refs.items()}
    return {
        "description": description,
        "oneOf": list(refs.values()),
        "discriminator": {"propertyName": "provider", "mapping": mapping},
    }


def config_name(provider: type[Provider]) -> str:
    return f"{provider.__name__}Config"


def stored_name(provider: type[Provider]) -> str:
    return f"Stored{config_name(provider)}"


def stored_schema(provider: type[Provider]) -> Schema:
    return object_of(
        {
            "provider": slug_schema(provider),
            "enabled": ENABLED,
            "credentials": nullable(
                ref(credentials_name(provider))
                | {"description": "Masked; null when the configured keys do not decrypt them"}
            ),
        },
        description=f"{provider.label}, as it is stored.",
    )


def slug_schema(provider: type[Provider]) -> Schema:
    return {"type": "string", "const": provider.slug, "description": provider.label}


def config_schema(provider: type[Provider]) -> Schema:
    return object_of(
        {
            "provider": slug_schema(provider),
            "enabled": {**ENABLED, "default": True},
            "credentials": ref(credentials_name(provider)),
        },
        optional=("enabled",),
        description=f"{provider.label}. {provider.summary}",
        externalDocs={"url": provider.docs_url},
    )


def change_schema(credentials: str, description: str) -> Schema:
    """What a change may say. The path names the provider, so the credentials are any provider's here."""
    properties = {
        "provider": {**ref("LLMProvidersEnum"), "description": "That of the path, if it is sent"},
        "enabled": ENABLED,
        "credentials": ref(credentials),
    }
    return object_of(properties, optional=tuple(properties), description=description, minProperties=1)
