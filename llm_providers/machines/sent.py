"""What may be said of a machine, by a request, a form or a command."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from llm_providers.machines.accounts import NAME
from llm_providers.machines.identities import IdentitySerializer
from llm_providers.models import CODENAMES
from llm_providers.providers import PROVIDERS
from llm_providers.providers.slug import ProviderField
from llm_providers.strict.fields import ListOf, PrintableText, StrictBooleanField, Text, WholeNumberField
from llm_providers.strict.serializer import NOT_NULL, StrictSerializer

IDENTITIES = 20
DAYS = range(1, 367)  # for which a key may be good
DAYS_UNLESS_TOLD = 90


class NameField(Text):
    default_error_messages = {"pattern": "Send 1 to 63 of a-z, 0-9 and hyphen."}

    def to_internal_value(self, data: str) -> str:
        if not NAME.fullmatch(data):
            self.fail("pattern")
        return data


class PermissionWordField(serializers.Field):  # type: ignore[type-arg]
    default_error_messages = {"null": NOT_NULL, "unknown": f"Choose one of: {', '.join(CODENAMES)}."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in CODENAMES:
            self.fail("unknown")
        return data


class MachineSerializer(StrictSerializer):
    """A new machine; what is left out is empty, so that it may do nothing yet."""

    name = NameField(help_text="What it is called, for good: 1 to 63 of a-z, 0-9 and hyphen")
    description = PrintableText(required=False, allow_blank=True, max_length=500, help_text="What it is for")
    owner = PrintableText(required=False, allow_blank=True, max_length=150, help_text="Who looks after it")
    enabled = StrictBooleanField(required=False, help_text="Whether it is let in")
    permissions = ListOf(PermissionWordField(), required=False, help_text="What it may do")
    providers = ListOf(
        ProviderField(),
        required=False,
        allow_null=True,
        help_text="The providers it may do that with; null is all of them, and those to come",
    )
    identities = ListOf(
        IdentitySerializer(),
        required=False,
        most=IDENTITIES,
        help_text="The workloads that are let in as it with a token of their platform",
    )

    def across(self, valid: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        """Put into one order what has none."""
        if "permissions" in valid:
            valid["permissions"] = [word for word in CODENAMES if word in valid["permissions"]]
        if valid.get("providers"):
            valid["providers"] = [slug for slug in PROVIDERS.slugs() if slug in valid["providers"]]
        return {}


class MachineChangeSerializer(MachineSerializer):
    """What changes of a machine; what is left out stays. Its ``context`` has the ``name`` of the path."""

    name = NameField(required=False, help_text="That of the path, if it is sent")

    default_error_messages = {
        "name": "The name of a machine cannot change. Omit it, or send the one of the path.",
        "nothing": "Send what changes: description, owner, enabled, permissions, providers or identities.",
    }

    def across(self, valid: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        errors = super().across(valid, sent)
        if valid.pop("name", self.context["name"]) != self.context["name"]:
            errors["name"] = [self.error_messages["name"]]
        return errors

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            self.fail_whole(str(self.error_messages["nothing"]))
        return attrs


class KeySerializer(StrictSerializer):
    """What may be said of a new key."""

    expires_in_days = WholeNumberField(
        default=DAYS_UNLESS_TOLD,
        min_value=DAYS[0],
        max_value=DAYS[-1],
        help_text=f"Days until it is refused, {DAYS[0]} to {DAYS[-1]}",
    )
