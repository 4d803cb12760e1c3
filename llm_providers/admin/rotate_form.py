"""The form that takes a new key."""

from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework.exceptions import ValidationError

from llm_providers import audit, rotation, store
from llm_providers.admin.boxes import CredentialBoxes
from llm_providers.admin.policy_form import beginning, expiry
from llm_providers.admin.widgets import Row, file_box, is_long, path, shape, text_box, tick
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS, get_provider
from llm_providers.providers.credentials import CredentialField
from llm_providers.verification import stored


class RotateForm(CredentialBoxes):
    """Takes a new key whole: what is secret in the stored way in, and what names it.

    An optional part that is left empty belonged to the old key alone, and is removed.
    """

    prefix = "new"

    expires_at = expiry("The new key expires on")
    forget = tick(
        "The old key has leaked: keep no copy of it",
        "Then there is no undo, and nobody can bring it back.",
    )

    def __init__(self, config: LLMProviderConfig, data: Mapping[str, Any] | None = None, files: Any = None) -> None:
        """Raises CredentialsUnreadable: with what cannot be read, nothing can be merged."""
        super().__init__(get_provider(config.provider), data, files)
        self.config = config
        self.masked = config.masked_credentials()
        self.initial["verify_first"] = True
        self.unchanged = False  # the key that was sent is the stored one
        self.undated = False  # somebody was faster than the day it expires
        self.parts = self._parts()
        for name, field in self.parts.items():
            example = self.provider.example.get(name)
            self.fields[path(name)] = text_box(
                field, required=field.required, placeholder=shape(field, example) if example else "Paste it here"
            )
            if is_long(field):
                self.fields[path(name, "file")] = file_box(field)

    def _parts(self) -> dict[str, CredentialField]:
        credentials = self.provider.Credentials
        fields = credentials.declared_for(credentials.way_of(self.masked))
        return {name: field for name, field in fields.items() if field.masked and (field.required or field.secret)}

    @property
    def rows(self) -> Iterator[Row]:
        for name, field in self.parts.items():
            upload = path(name, "file")
            yield Row(
                name=name,
                field=field,
                box=self[path(name)],
                upload=self[upload] if upload in self.fields else None,
                remove=None,
                required=field.required,
                stored="",
                emptied=self.emptied[name],
                entered="",
                set_by="",
                travels_with="",
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:  # what the provider's rules say of the rest is told with them
            try:
                PROVIDERS.merge(self.provider.slug, self.config.credentials, self.entered())
            except ValidationError as refusal:
                self.explain(refusal.detail)
        return cleaned

    def entered(self) -> dict[str, Any]:
        """The new key as a patch: None removes what it has no part of."""
        patch: dict[str, Any] = {}
        for name, field in self.parts.items():
            value = self.cleaned_data.get(path(name), "")
            if value or field.required:
                patch[name] = value
            elif name in self.masked:
                patch[name] = None
        return patch

    def store(self, author: audit.Author) -> None:
        door = stored if self.cleaned_data["verify_first"] else store
        saved = door.update(
            self.provider.slug,
            patch=self.entered(),
            forget=self.cleaned_data["forget"],
            expected={str(self.data.get("etag", ""))},
            author=author,
        )
        self.unchanged = saved.secrets_version == self.config.secrets_version
        if day := self.cleaned_data["expires_at"]:
            policy = {"expires_at": beginning(day)}
            try:
                rotation.set_policy(self.provider.slug, policy, expected={saved.etag}, author=author)
            except store.ChangedMeanwhile:  # the new key is in; that day may be another key's by now
                self.undated = True
