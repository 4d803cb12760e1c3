from typing import Any

from rest_framework import serializers

from llm_providers.providers import PROVIDERS
from llm_providers.strict.serializer import NOT_NULL, REQUIRED


class ProviderField(serializers.Field):  # type: ignore[type-arg]
    """The slug of a registered provider."""

    default_error_messages = {
        "required": REQUIRED,
        "null": NOT_NULL,
        "unknown": "Choose one of: {slugs}.",
    }

    def to_internal_value(self, data: Any) -> str:
        if data not in PROVIDERS:
            self.fail("unknown", slugs=", ".join(PROVIDERS.slugs()))
        slug: str = data
        return slug

    def to_representation(self, value: str) -> str:
        return value
