"""The form for any provider's credentials, made from its declaration."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

from django import forms
from django.utils.text import slugify
from unfold.widgets import UnfoldBooleanSwitchWidget

from llm_providers import audit, store
from llm_providers.admin.boxes import CredentialBoxes
from llm_providers.admin.widgets import (
    Choice,
    Row,
    file_box,
    is_long,
    path,
    removal_box,
    shape,
    text_box,
    way_choice,
)
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import Provider
from llm_providers.providers.credentials import CredentialField
from llm_providers.providers.ways import Way
from llm_providers.sealing import CredentialsUnreadable
from llm_providers.strict.serializer import REQUIRED
from llm_providers.verification import stored


class CredentialsForm(CredentialBoxes):
    """Enters the credentials of a provider, or changes those of ``config``.

    What is stored is shown masked; an empty secret keeps it.
    """

    enabled = forms.BooleanField(
        required=False,
        initial=True,
        help_text="A disabled provider keeps its credentials.",
        widget=UnfoldBooleanSwitchWidget,
    )

    def __init__(
        self,
        provider: type[Provider],
        config: LLMProviderConfig | None = None,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
    ) -> None:
        super().__init__(provider, data, files)
        self.config = config
        self.readable = True
        self.stored: dict[str, Any] = {}
        self.entered_before: dict[str, str] = {}
        self.set_by: dict[str, str] = {}  # when each credential was, and by whom
        self.switched_before = ""
        self.chosen_before = ""
        self.unchanged = False  # by a save that found nothing to do
        if config:
            self.initial["enabled"] = config.enabled
            try:
                self.stored = config.masked_credentials()
            except CredentialsUnreadable:
                self.readable = False
        self.stored_way = provider.Credentials.way_of(self.stored)
        if provider.Credentials.ways:
            self.initial["way"] = slugify((self.stored_way or provider.Credentials.ways[0]).label)
            self.fields["way"] = way_choice(provider.Credentials.ways)
        for name, field in self.declared.items():
            self._add_fields(name, field)

    def _add_fields(self, name: str, field: CredentialField) -> None:
        if not field.masked:
            self.initial[path(name)] = self.stored.get(name, "")
        self.fields[path(name)] = text_box(
            field, required=self._is_required(name, field), placeholder=self._placeholder(name, field)
        )
        if is_long(field):
            self.fields[path(name, "file")] = file_box(field)
        if field.masked and not field.required and name in self.stored:
            self.fields[path(name, "remove")] = removal_box(field)

    def _is_required(self, name: str, field: CredentialField) -> bool:
        return field.required and not (field.masked and name in self.stored)

    def _placeholder(self, name: str, field: CredentialField) -> str:
        if field.masked and name in self.stored:
            return "Unchanged"
        way = self.provider.Credentials.belongs(name)
        examples = {**(way.example if way else {}), **self.provider.example}
        return shape(field, examples[name]) if name in examples else ""

    @property
    def way(self) -> Way | None:
        """The way that is chosen; with none said, the stored one or the published one."""
        ways = self.provider.Credentials.ways
        chosen = self.data.get("way") or self.initial.get("way")
        return next((way for way in ways if slugify(way.label) == chosen), None)

    @property
    def choices(self) -> Iterator[Choice]:
        """The ways in, each with its own boxes."""
        ways = self.provider.Credentials.ways
        for way, radio in zip(ways, self["way"] if ways else (), strict=True):
            leaves = self.stored_way and way != self.stored_way
            yield Choice(
                way=way,
                radio=radio,
                rows=[row for row in self.rows if row.name in way.fields],
                stored=way == self.stored_way,
                forgets=[str(self.declared[name].label) for name in self._left(way)] if leaves else [],
            )

    def _left(self, way: Way | None) -> list[str]:
        """What is stored for another way than this one."""
        return [name for name in self.stored if self.provider.Credentials.belongs(name) not in (None, way)]

    @property
    def common_rows(self) -> list[Row]:
        return [row for row in self.rows if self.provider.Credentials.belongs(row.name) is None]

    @property
    def rows(self) -> Iterator[Row]:
        credentials = self.provider.Credentials
        for name, field in self.declared.items():
            beside = credentials.declared_for(credentials.belongs(name)).values()
            destinations = [str(each.label) for each in beside if each.destination]
            upload, remove = path(name, "file"), path(name, "remove")
            yield Row(
                name=name,
                field=field,
                box=self[path(name)],
                upload=self[upload] if upload in self.fields else None,
                remove=self[remove] if remove in self.fields else None,
                required=self._is_required(name, field),
                stored=field.line(self.stored.get(name)),
                emptied=self.emptied[name],
                entered=self.entered_before.get(name, ""),
                set_by=self.set_by.get(name, "") if field.masked else "",
                travels_with=" or ".join(destinations) if field.masked else "",
            )

    def entered(self) -> dict[str, Any]:
        """The credentials that were entered or changed, as a patch: None removes.

        Of the ways in only the chosen one counts, whatever is in the boxes of the others.
        """
        patch: dict[str, Any] = dict.fromkeys(self._left(self.way))
        for name, field in self.provider.Credentials.declared_for(self.way).items():
            value = self.cleaned_data.get(path(name), "")
            emptied = not value and not field.masked and name in self.stored
            if emptied or self.cleaned_data.get(path(name, "remove")):
                patch[name] = None
            elif value and (field.masked or value != self.stored.get(name)):
                patch[name] = value
        return patch

    def store(self, author: audit.Author) -> None:
        door = stored if self.cleaned_data["verify_first"] else store
        slug, entered, enabled = self.provider.slug, self.entered(), self.cleaned_data["enabled"]
        if self.config is None:
            door.create(slug, enabled=enabled, credentials=entered, author=author)
            return
        expected = {str(self.data.get("etag", ""))}
        if self.readable:
            saved = door.update(slug, enabled=enabled, patch=entered or None, expected=expected, author=author)
        else:
            # Nothing to merge with: the credentials are entered whole. Switching needs none.
            switched = enabled != self.config.enabled
            whole = None if switched and not entered else entered
            saved = door.update(slug, enabled=enabled, credentials=whole, expected=expected, author=author)
        self.unchanged = saved.version == self.config.version

    def explain(self, detail: Any) -> None:
        whole = {**self.stored, **self.entered()}
        if self.way and all(whole.get(name) is None for name in self.way.fields):
            # Nothing of a way was entered; the page knows which one was meant.
            missing = {name: [REQUIRED] for name in self.way.fields if self.declared[name].required}
            detail = missing | {name: errors for name, errors in detail.items() if name in self.declared}
        super().explain(detail)

    def over(self, current: LLMProviderConfig) -> Self:
        """A fresh form on what is stored now, beside it what was entered here, but for the secrets."""
        fresh = type(self)(self.provider, current)
        fresh.emptied = self.emptied
        for name, field in self.declared.items():
            entered, shown = (self.data.get(key, "") for key in (path(name), self.add_initial_prefix(path(name))))
            if not field.masked and entered not in (shown, fresh.stored.get(name, "")):
                fresh.entered_before[name] = entered or "(nothing)"
        if self.way and self.way != fresh.stored_way:
            fresh.chosen_before = self.way.label
        if bool(self.data.get("enabled")) != current.enabled:
            fresh.switched_before = "off" if current.enabled else "on"
        return fresh
