from typing import Any

from rest_framework import serializers

from llm_providers.fields import CredentialsUnreadable
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS
from llm_providers.providers.credentials import NOT_NULL, REQUIRED, CredentialField, StrictSerializer


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


class StrictBooleanField(serializers.Field):  # type: ignore[type-arg]
    """``true`` or ``false``, and nothing that merely looks like it."""

    default_error_messages = {"null": NOT_NULL, "invalid": "Send true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data

    def to_representation(self, value: bool) -> bool:
        return value


class AnyCredentialsField(serializers.Field):  # type: ignore[type-arg]
    """Credentials before it is known whose: the provider's own serializer looks at them."""

    default_error_messages = {"required": REQUIRED, "null": NOT_NULL}

    def to_internal_value(self, data: Any) -> Any:
        return data


class LLMProviderConfigSerializer(StrictSerializer):
    """A configuration: in with its credentials in full, out with them masked."""

    provider = ProviderField(help_text="The provider to use for LLM access")
    enabled = StrictBooleanField(default=True, help_text="Whether the provider is enabled")
    credentials = AnyCredentialsField(help_text="The credentials for the provider")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            credentials = PROVIDERS.clean(attrs["provider"], attrs["credentials"])
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"credentials": error.detail}) from None
        return {**attrs, "credentials": credentials}

    def to_representation(self, instance: LLMProviderConfig) -> dict[str, Any]:
        """Masked; ``credentials`` is null when the row cannot be decrypted."""
        try:
            credentials = instance.masked_credentials()
        except CredentialsUnreadable:
            credentials = None
        return {
            "provider": instance.provider,
            "enabled": instance.enabled,
            "credentials": credentials,
        }


class Text(CredentialField):
    """A string of a token request, taken as it is: a password may hold anything."""

    def check(self, value: str) -> None:
        """Nothing but the type and the length matters."""


class TokenRequestSerializer(StrictSerializer):
    username = Text(max_length=150)
    password = Text(max_length=4096, trim_whitespace=False, write_only=True, style={"input_type": "password"})


class RefreshSerializer(StrictSerializer):
    refresh = Text(max_length=4096, help_text="A refresh token.")
