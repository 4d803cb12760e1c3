"""Credentials as they are handed to programs: in plaintext, and as environment variables."""

from typing import Any

from llm_providers.api.schema.configurations import one_of, slug_schema
from llm_providers.api.schema.credentials import INT64, Schema, credentials_name, object_of, ref
from llm_providers.environment import environment_of
from llm_providers.providers import Provider, Registry


def delivered_name(provider: type[Provider]) -> str:
    return f"Delivered{provider.__name__}Credentials"


def delivery_schemas(registry: Registry) -> dict[str, Schema]:
    """By the names of their components."""
    branches = {provider.slug: delivered_name(provider) for provider in registry}
    return {
        "DeliveredCredentials": one_of(branches, "Credentials in plaintext. The provider decides which there are."),
        "EnvironmentVariables": {
            "type": "object",
            "description": "Environment variables by name, as the official SDKs and those around them read them.",
            "additionalProperties": {"type": "string", "description": "The value"},
        },
        **{delivered_name(provider): delivered_schema(provider) for provider in registry},
    }


def delivered_schema(provider: type[Provider]) -> Schema:
    return object_of(
        {
            "provider": slug_schema(provider),
            "version": INT64 | {"description": "The configuration's version at the last change of the credentials"},
            "credentials": ref(credentials_name(provider)) | {"description": "In plaintext"},
            "environment": ref("EnvironmentVariables"),
            "unset": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Variables that would override or misdirect the credentials: remove them",
            },
        },
        description=f"The credentials for {provider.label}, in plaintext.",
    )


def delivery_example(provider: type[Provider], name: str, masked: dict[str, Any]) -> Schema:
    """Of the right shape, and masked: no document holds what looks like a secret."""
    written, unset = environment_of(provider, masked)
    return {
        "summary": f"{name}; the answer itself is in plaintext",
        "value": {
            "provider": provider.slug,
            "version": 1,
            "credentials": masked,
            "environment": written,
            "unset": unset,
        },
    }
