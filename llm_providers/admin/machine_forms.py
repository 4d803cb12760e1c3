"""The form of a machine. The rules are ``machines.sent``'s, as for requests."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from rest_framework.exceptions import ValidationError
from unfold.widgets import UnfoldBooleanSwitchWidget

from llm_providers import machines
from llm_providers.admin.identity_forms import Identities, IdentityForm, text
from llm_providers.admin.roles import Checkboxes
from llm_providers.admin.widgets import tick
from llm_providers.audit import Author
from llm_providers.machines.sent import MachineChangeSerializer, MachineSerializer
from llm_providers.models import CODENAMES, Machine
from llm_providers.providers import PROVIDERS
from llm_providers.strict.serializer import sentences

SENTENCES = {
    "view": "See configurations, masked, with their status and their models.",
    "add": "Store configurations.",
    "change": "Change configurations, and switch them on and off.",
    "delete": "Delete configurations.",
    "verify": "Ask providers whether credentials work.",
    "use": "Fetch the credentials themselves, in plaintext.",
    "view_audit": "Read the audit events.",
}


class MachineForm(forms.Form):
    """Makes a machine, or changes one."""

    name = text("Name", "1 to 63 of a-z, 0-9 and hyphen. It stays for good: the audit events name it.", "billing")
    description = text("Description", "What it is for.", "Invoices nightly")
    owner = text("Owner", "Who looks after it.", "ml-platform")
    enabled = forms.BooleanField(
        required=False,
        initial=True,
        help_text="A disabled machine keeps its keys; they are refused.",
        widget=UnfoldBooleanSwitchWidget,
    )
    permissions = forms.MultipleChoiceField(required=False, label="What it may do", widget=Checkboxes())
    all_providers = tick("All providers, those to come too")
    providers = forms.MultipleChoiceField(required=False, label="With which providers", widget=Checkboxes())

    def __init__(self, held: Iterable[str], machine: Machine | None = None, data: Any = None) -> None:
        """``held`` are the permissions of who sees the form, by a machine's words for them."""
        super().__init__(data, initial=shown(machine) if machine else {}, prefix="machine", label_suffix="")
        self.machine = machine
        self.identities = Identities(data, initial=machine.identities if machine else [], prefix="identities")
        choices: dict[str, Any] = {
            "permissions": [(word, option(word, held)) for word in CODENAMES],
            "providers": [(provider.slug, provider.label) for provider in PROVIDERS],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        if machine:
            del self.fields["name"]

    def is_valid(self) -> bool:
        own, of_identities = super().is_valid(), self.identities.is_valid()
        return own and bool(of_identities)

    def entered(self) -> dict[str, Any]:
        """What was entered, as a request would send it."""
        values = {name: self.cleaned_data[name] for name in self.fields if name != "all_providers"}
        providers = None if self.cleaned_data["all_providers"] else values["providers"]
        identities = [form.entered() for form in self.entered_identities()]
        return values | {"providers": providers, "identities": identities}

    def entered_identities(self) -> list[IdentityForm]:
        return [
            form for form in self.identities if any(form.entered().values()) and not form.cleaned_data.get("DELETE")
        ]

    def save(self, author: Author) -> Machine | None:
        """Store what was entered; None when it is refused, and the errors say why.

        Raises NoSuchMachine, and MachineChanged when the machine is not the one that the form has shown.
        """
        if not self.is_valid():
            return None
        try:
            return self._store(author)
        except ValidationError as refusal:
            self._explain(refusal.detail)
        except machines.MachineExists as refusal:
            self.add_error("name", str(refusal))
        except machines.GivesMoreThanHeld as refusal:
            self.add_error(None, str(refusal))
        return None

    def _store(self, author: Author) -> Machine:
        if self.machine is None:
            return machines.create(author=author, **MachineSerializer().accepted(self.entered()))
        name = self.machine.name
        sent = MachineChangeSerializer().accepted(self.entered(), name=name)
        return machines.change(name, author=author, read_at=self._read_at(), **sent)

    def _read_at(self) -> datetime:
        """When the machine had been changed last, as the page was made; raises MachineChanged."""
        try:
            return datetime.fromisoformat(str(self.data.get("read_at")))
        except ValueError:
            raise machines.MachineChanged from None

    def _explain(self, detail: Any) -> None:
        """Put what is wrong beside what it is about."""
        for name, errors in detail.items():
            if name != "identities" or not isinstance(errors, Mapping):
                for sentence in sentences(errors):
                    self.add_error(name if name in self.fields else None, sentence)
                continue
            entered = self.entered_identities()
            for place, of_identity in errors.items():
                entered[place].explain(of_identity)

    @property
    def refused(self) -> bool:
        return bool(self.errors) or any(self.identities.errors) or bool(self.identities.non_form_errors())


def shown(machine: Machine) -> dict[str, Any]:
    """The values that a form of this machine begins with."""
    return {
        "description": machine.description,
        "owner": machine.owner,
        "enabled": machine.enabled,
        "permissions": machine.permissions,
        "all_providers": machine.providers is None,
        "providers": machine.providers or [],
    }


def option(word: str, held: Iterable[str]) -> SafeString:
    """A permission, what it is for, and whether it can be given at all."""
    lacking = "" if word in held else " You do not hold it yourself, so you cannot give it."
    return format_html('<strong>{}</strong> <span class="quiet">{}{}</span>', word, SENTENCES[word], lacking)
