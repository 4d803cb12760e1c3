"""What may be said of who looks after a key and when it is due, by a request or a form."""

from datetime import UTC, datetime
from typing import Any

from llm_providers.strict.fields import MomentField, PrintableText, WholeNumberField
from llm_providers.strict.serializer import StrictSerializer

OWNER_LENGTH = 150  # characters
DAYS = 10 * 365  # between two rotations, at most
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # no key of a provider is older


class ExpiryField(MomentField):
    default_error_messages = {"early": "Send a date and time after 1999."}

    def to_internal_value(self, value: Any) -> datetime:
        moment = super().to_internal_value(value)
        return moment if moment >= EARLIEST else self.fail("early")


class PolicySerializer(StrictSerializer):
    """Who looks after a provider's key, and when it is due: what is left out stays, null removes."""

    owner = PrintableText(
        required=False,
        allow_null=True,
        max_length=OWNER_LENGTH,
        help_text="Who looks after the key, a team for example",
    )
    expires_at = ExpiryField(
        required=False, allow_null=True, help_text="When the provider ends the key; it is due 7 days before"
    )
    rotate_every_days = WholeNumberField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=DAYS,
        help_text="It is due as many days after the last change of a secret",
    )

    default_error_messages = {"nothing": "Send owner, expires_at or rotate_every_days."}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            self.fail("nothing")
        return attrs
