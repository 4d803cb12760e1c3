"""The form that says whose a key is, and when it is due."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from unfold.widgets import INPUT_CLASSES

from llm_providers import audit, rotation
from llm_providers.models import LLMProviderConfig
from llm_providers.rotation.sent import DAYS, EARLIEST, OWNER_LENGTH

LOOK = {"class": " ".join(INPUT_CLASSES)}


def printable(text: str) -> None:
    if not text.isprintable():
        raise ValidationError("Enter one line of text, without control characters.")


def expiry(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text="As the provider tells it. The key counts as expired from the beginning of that day, in UTC.",
        validators=[MinValueValidator(EARLIEST.date(), "Enter a day after 1999.")],
        widget=forms.DateInput({**LOOK, "type": "date"}, format="%Y-%m-%d"),
    )


class PolicyForm(forms.Form):
    """Whose the key is, and when it is due. What was not touched here is not written over what others entered."""

    prefix = "policy"

    owner = forms.CharField(
        required=False,
        max_length=OWNER_LENGTH,
        validators=[printable],
        help_text="Who rotates it: a team, a person, an address.",
        show_hidden_initial=True,
        widget=forms.TextInput(LOOK),
    )
    expires_at = expiry("Expires on")
    rotate_every_days = forms.IntegerField(
        label="Rotate every so many days",
        required=False,
        min_value=1,
        max_value=DAYS,
        help_text="Counted from the last change of the key.",
        show_hidden_initial=True,
        widget=forms.NumberInput({**LOOK, "inputmode": "numeric"}),
    )

    def __init__(self, config: LLMProviderConfig, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, label_suffix="")
        self.provider = config.provider
        self.initial = {
            "owner": config.owner,
            "expires_at": config.expires_at and config.expires_at.astimezone(UTC).date(),
            "rotate_every_days": config.rotate_every_days,
        }
        self.fields["expires_at"].show_hidden_initial = True

    def save(self, author: audit.Author) -> bool:
        """Store what was changed; False when it is refused. Raises NotConfigured and ChangedMeanwhile."""
        if not self.is_valid():
            return False
        policy = {name: self.cleaned_data[name] or None for name in self.changed_data}
        if day := policy.get("expires_at"):
            policy["expires_at"] = beginning(day)
        rotation.set_policy(self.provider, policy, expected={str(self.data.get("etag", ""))}, author=author)
        return True


def beginning(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
