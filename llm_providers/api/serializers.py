from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from llm_providers.api.fields import AnyCredentialsField
from llm_providers.models import LLMProviderConfig, Verification
from llm_providers.providers import PROVIDERS
from llm_providers.providers.slug import ProviderField
from llm_providers.sealing import CredentialsUnreadable
from llm_providers.strict.fields import StrictBooleanField
from llm_providers.strict.serializer import StrictSerializer
from llm_providers.web import access_log

MOMENT = serializers.DateTimeField()


def moment(value: datetime | None) -> str | None:
    """A moment as it is answered."""
    return None if value is None else MOMENT.to_representation(value)


@contextmanager
def credentials_errors() -> Iterator[None]:
    """Name what a provider says of its credentials by the path the client sent it under."""
    try:
        yield
    except serializers.ValidationError as error:
        raise serializers.ValidationError({"credentials": error.detail}) from None


class LLMProviderConfigSerializer(StrictSerializer):
    """A configuration: in with its credentials in full, out with them masked."""

    provider = ProviderField(help_text="The provider to use for LLM access")
    enabled = StrictBooleanField(default=True, help_text="Whether the provider is enabled")
    credentials = AnyCredentialsField(help_text="The credentials for the provider")

    def across(self, valid: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        """The provider decides what its credentials are."""
        if {"provider", "credentials"} <= valid.keys():
            try:
                valid["credentials"] = PROVIDERS.clean(valid["provider"], valid["credentials"])
            except serializers.ValidationError as error:
                return {"credentials": error.detail}
        return {}

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


CONFIG = LLMProviderConfigSerializer()


def answer(config: LLMProviderConfig) -> Response:
    """One configuration, masked, with its entity tag."""
    return Response(CONFIG.to_representation(config), headers={"ETag": config.etag})


def sent_configuration(request: Request) -> dict[str, Any]:
    """The configuration in a request's body; raises ValidationError."""
    sent = CONFIG.accepted(request.data)
    access_log.about(sent["provider"])
    return sent


class ChangeSerializer(StrictSerializer):
    """What a PUT or PATCH may say. Its ``context`` names the ``provider`` of the path.

    Its credentials are validated by the store: those of a PATCH once they are merged into what is stored.
    """

    provider = ProviderField(required=False)
    enabled = StrictBooleanField(required=False, help_text="Whether the provider is enabled")
    credentials = AnyCredentialsField(required=False, help_text="The credentials for the provider")

    default_error_messages = {
        "nothing": "Send enabled, credentials or both.",
        "provider": "The provider of a configuration cannot change. Omit it, or send the one of the path.",
    }

    def across(self, valid: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        provider = self.context["provider"]
        if valid.pop("provider", provider) != provider:
            return {"provider": [self.error_messages["provider"]]}
        return {}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            self.fail("nothing")
        return attrs


class StatusSerializer(serializers.ModelSerializer[LLMProviderConfig]):
    """What can be said of a configuration without its credentials."""

    readable = serializers.BooleanField(help_text="Whether the configured keys decrypt the credentials")
    provider = ProviderField(read_only=True)
    version = serializers.IntegerField(read_only=True, min_value=1, help_text="Counts the changes")
    verification = serializers.SerializerMethodField()
    due = serializers.BooleanField(read_only=True, help_text="Whether the provider's key is due for rotation")
    due_at = serializers.DateTimeField(read_only=True, help_text="When it will be, or has been since; null: never")

    class Meta:
        model = LLMProviderConfig
        fields = (
            "provider",
            "enabled",
            "readable",
            "version",
            "created_at",
            "updated_at",
            "updated_by",
            "verification",
            "due",
            "due_at",
        )
        read_only_fields = fields
        extra_kwargs: ClassVar = {
            "enabled": {"help_text": "Whether the provider is enabled"},
            "updated_by": {"help_text": "The user name of who changed it last, or `machine:` and its name"},
        }

    def get_verification(self, config: LLMProviderConfig) -> dict[str, Any] | None:
        verification = config.verification
        return represent(verification) if verification else None


def represent(verification: Verification) -> dict[str, Any]:
    """What came of a verification, as it is answered."""
    return {
        "outcome": verification.outcome,
        "message": verification.message,
        "field": verification.field,
        "checked_at": moment(verification.checked_at),
        "current": verification.current,
    }
