"""The workloads of a machine's form: as many as there are, and an empty one."""

from typing import Any

from django import forms
from unfold.widgets import CHECKBOX_CLASSES, INPUT_CLASSES, TEXTAREA_CLASSES

from llm_providers.admin.widgets import DISCREET
from llm_providers.machines.sent import IDENTITIES
from llm_providers.strict.serializer import sentences


def text(label: str, help_text: str, placeholder: str) -> forms.CharField:
    attrs = {**DISCREET, "autocomplete": "off", "class": " ".join(INPUT_CLASSES), "placeholder": placeholder}
    return forms.CharField(label=label, required=False, help_text=help_text, widget=forms.TextInput(attrs))


class ClaimsField(forms.CharField):
    """Claims as lines of ``name=value``."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{name}={each}" for name, each in value.items()) if isinstance(value, dict) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def to_python(self, value: Any) -> Any:
        lines = [line.strip() for line in str(super().to_python(value)).splitlines() if line.strip()]
        claims = [(name.strip(), each.strip()) for name, _, each in (line.partition("=") for line in lines)]
        if not all("=" in line for line in lines) or len(dict(claims)) < len(claims):
            raise forms.ValidationError("Write each claim once, in a line of its own, as name=value.")
        return dict(claims)


class IdentityForm(forms.Form):
    """One workload; left empty, none. The rules are applied by the form of the machine."""

    issuer = text("Issuer", "The iss of its tokens, exactly.", "https://token.actions.githubusercontent.com")
    audience = text("Audience", "The only aud of its tokens, exactly.", "llm-providers")
    subject = text(
        "Subject",
        "The sub of its tokens. * stands for a run of characters that crosses neither : nor /.",
        "repo:acme/billing:environment:production",
    )
    claims = ClaimsField(
        required=False,
        label="Further claims",
        help_text="One a line, as in repository_owner_id=123456.",
        widget=forms.Textarea({**DISCREET, "rows": 2, "class": " ".join(TEXTAREA_CLASSES)}),
    )

    def entered(self) -> dict[str, Any]:
        """As a request would send it; a field that is empty is none."""
        values = {name: self.cleaned_data.get(name) for name in IdentityForm.base_fields}
        return {name: value for name, value in values.items() if value}

    def explain(self, detail: Any) -> None:
        for name, errors in detail.items():
            for sentence in sentences(errors):
                self.add_error(name if name in self.fields else None, sentence)


class IdentityFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if removal := form.fields.get("DELETE"):  # the empty one has none
            removal.label = "Remove this workload"
            removal.widget.attrs["class"] = " ".join(CHECKBOX_CLASSES)


Identities = forms.formset_factory(
    IdentityForm,
    formset=IdentityFormSet,
    extra=1,
    can_delete=True,
    can_delete_extra=False,
    max_num=IDENTITIES,
    absolute_max=IDENTITIES + 1,
)
