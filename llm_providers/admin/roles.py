"""How a user's or a group's permissions are chosen: roles with a sentence each, single ones by what they are of."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.contrib.auth.models import Group, Permission
from django.forms.models import ModelChoiceIterator
from django.utils.html import format_html
from unfold.forms import UserCreationForm
from unfold.widgets import CHECKBOX_CLASSES

SENTENCES = {
    "LLM provider administrators": (
        "Create, change, delete and view configurations, masked; read the audit events; manage machines."
    ),
    "LLM provider viewers": "View configurations, masked.",
    "LLM provider consumers": "Use the credentials themselves, through the API.",
    "LLM provider auditors": "View configurations, masked, and read the audit events.",
}
SUBJECTS = {
    "llmproviderconfig": "Configurations",
    "auditevent": "Audit events",
    "machine": "Machines",
    "user": "Users",
    "group": "Groups",
}
OTHERS = "Without effect here"  # of tables that have no page and no route


class Checkboxes(forms.CheckboxSelectMultiple):
    template_name = "llm_providers/admin/checkboxes.html"

    def __init__(self) -> None:
        super().__init__({"class": " ".join(CHECKBOX_CLASSES)})


class RolesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    widget = Checkboxes

    def label_from_instance(self, obj: Any) -> Any:
        """The name of a role and what it is for; of another group, what it holds."""
        role: Group = obj
        held = (permission.name for permission in role.permissions.all())
        sentence = SENTENCES.get(role.name) or "; ".join(held) or "No permission."
        return format_html('<strong>{}</strong> <span class="quiet">{}</span>', role.name, sentence)


class BySubject(ModelChoiceIterator):  # type: ignore[type-arg]
    """Permissions under the names of what they are of, ours first."""

    def __iter__(self) -> Iterator[Any]:
        places = {subject: place for place, subject in enumerate([*SUBJECTS.values(), OTHERS])}
        permissions = sorted(self.queryset, key=lambda permission: (places[subject_of(permission)], permission.pk))
        for subject, several in groupby(permissions, key=subject_of):
            yield subject, [self.choice(permission) for permission in several]


class PermissionsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    widget = Checkboxes
    iterator = BySubject

    def label_from_instance(self, obj: Any) -> Any:
        permission: Permission = obj
        return permission.name


def subject_of(permission: Permission) -> str:
    return SUBJECTS.get(permission.content_type.model, OTHERS)


class NewUserForm(UserCreationForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["usable_password"]
        choice.label = "Log in with"
        choice.choices = {"true": "A password", "false": "Nothing"}
        choice.help_text = "Nobody can log in as a user without a password; manage.py issue_token makes tokens for one."
