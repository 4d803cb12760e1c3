"""One credential of a form: its boxes, made from the declaration, and what stands beside them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.text import slugify
from unfold.widgets import CHECKBOX_CLASSES, INPUT_CLASSES, RADIO_CLASSES, TEXTAREA_CLASSES

from llm_providers.providers.credentials import MASK, CredentialField
from llm_providers.providers.ways import Way
from llm_providers.web.uploads import UPLOAD_LIMIT

# No maxlength: a browser would cut what is pasted, without a word.
DISCREET = {"spellcheck": "false", "autocapitalize": "none", "autocorrect": "off"}


@dataclass
class Row:
    """One credential as the page shows it."""

    name: str
    field: CredentialField
    box: forms.BoundField
    upload: forms.BoundField | None
    remove: forms.BoundField | None
    required: bool
    stored: str  # masked; empty when there is nothing
    emptied: str  # how a secret was sent that the page does not hold any more: "pasted", "chosen", or not at all
    entered: str  # what was entered over a state that is no longer the stored one; never a secret
    set_by: str  # when, and by whom, as far as it is known
    travels_with: str  # the labels of the destinations that take this secret again


@dataclass
class Choice:
    """A way in as the page offers it."""

    way: Way
    radio: BoundWidget
    rows: list[Row]
    stored: bool
    forgets: list[str]  # the labels of what is stored for another way, and is forgotten when this one is saved


class SecretTextarea(forms.Textarea):
    """Empty in every page, like a password input."""

    def format_value(self, _value: Any) -> None:
        return None


def path(name: str, part: str = "") -> str:
    """The name of a credential's form field; no declared name can collide with another field's."""
    return ".".join(filter(None, ("credentials", name, part)))


def way_choice(ways: Sequence[Way]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Way in",
        required=False,  # with none said it stays the stored one
        error_messages={"invalid_choice": "Choose one of the ways in."},
        choices=[(slugify(way.label), way.label) for way in ways],
        widget=forms.RadioSelect({"class": " ".join(RADIO_CLASSES)}),
    )


def text_box(field: CredentialField, *, required: bool, placeholder: str) -> forms.CharField:
    return forms.CharField(
        label=field.label,
        help_text=str(field.help_text or "") or " ",  # never empty: the page always describes the field
        required=False,  # the declaration's rules say so, in the form's save()
        strip=False,
        show_hidden_initial=not field.masked,  # tells what was changed here from what was changed elsewhere
        widget=widget(field, {"required": required, "placeholder": placeholder}),
    )


def file_box(field: CredentialField) -> forms.FileField:
    """``data-tells`` names what the page may show of a chosen file, before it is sent."""
    attrs = {"accept": "application/json,text/plain,.json,.pem,.txt", "data-limit": UPLOAD_LIMIT}
    if field.told:
        attrs["data-tells"] = " ".join(field.told)
    return forms.FileField(
        label=f"{field.label} from a file",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs),
    )


def removal_box(field: CredentialField) -> forms.BooleanField:
    return tick(f"Remove {field.label}")


def tick(label: str, help_text: str = "") -> forms.BooleanField:
    widget = forms.CheckboxInput({"class": " ".join(CHECKBOX_CLASSES)})
    return forms.BooleanField(label=label, help_text=help_text, required=False, widget=widget)


def is_long(field: CredentialField) -> bool:
    """Whether the declaration asks for a text area; one also takes a file."""
    return field.style.get("base_template") == "textarea.html"


def widget(field: CredentialField, attrs: dict[str, Any]) -> forms.Widget:
    attrs = DISCREET | attrs
    if is_long(field):
        area = SecretTextarea if field.masked else forms.Textarea
        look = [*TEXTAREA_CLASSES, "secret-text"] if field.masked else TEXTAREA_CLASSES
        return area({**attrs, "rows": 8, "autocomplete": "off", "class": " ".join(look)})
    attrs["class"] = " ".join(INPUT_CLASSES)
    if field.masked:
        return forms.PasswordInput({**attrs, "autocomplete": "new-password"}, render_value=False)
    return forms.TextInput({**attrs, "autocomplete": "off"})


def shape(field: CredentialField, example: Any) -> str:
    """What a value looks like, for an empty box."""
    shown: Any = field.to_representation(example)
    text = shown if isinstance(shown, str) else json.dumps(shown, indent=2)
    return "Paste it here" if text == MASK else text.replace(MASK, "…")


def sent_as(field: CredentialField, box: str, data: Mapping[str, Any], files: Mapping[str, Any]) -> str:
    """How a secret was sent in the box of this name, if it was."""
    if not field.masked:
        return ""
    return "chosen" if files.get(f"{box}.file") else "pasted" if data.get(box) else ""
