"""Bodies made from what the providers declare."""

from typing import Any

from llm_providers.providers import PROVIDERS

LIST = "/v1/llm-providers"
EXAMPLES: dict[str, dict[str, Any]] = {provider.slug: provider.example for provider in PROVIDERS}


def item(slug: str) -> str:
    return f"/v1/llm-provider/{slug}"


def body(slug: str, **changed: Any) -> dict[str, Any]:
    return {"provider": slug, "enabled": True, "credentials": EXAMPLES[slug], **changed}


def masked(slug: str) -> list[str]:
    """The names of the example whose values are never shown."""
    declared = next(provider for provider in PROVIDERS if provider.slug == slug).Credentials().fields
    return [name for name in EXAMPLES[slug] if getattr(declared[name], "masked", False)]


def second(value: Any) -> Any:
    """Another valid value of the same field, where it may be any text."""
    return {**value, "private_key_id": "second"} if isinstance(value, dict) else f"{value}2"
