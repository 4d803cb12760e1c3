"""Boxes for credentials, and what every form that has some does with them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from rest_framework.exceptions import Throttled, ValidationError

from llm_providers import audit
from llm_providers.admin.widgets import path, sent_as, tick
from llm_providers.providers import Provider
from llm_providers.providers.credentials import SECRET_IN_CLEAR
from llm_providers.strict.serializer import sentences
from llm_providers.verification.stored import NotVerified
from llm_providers.web.uploads import UPLOAD_LIMIT


class CredentialBoxes(forms.Form):
    """A secret that was typed is never in the page again. The rules are the provider's, applied by ``save``."""

    verify_first = tick("Verify before saving", "Asks the provider, and saves only what it accepts.")

    def __init__(self, provider: type[Provider], data: Mapping[str, Any] | None, files: Any) -> None:
        super().__init__(data, files, label_suffix="")
        self.provider = provider
        self.declared = provider.Credentials.declared()
        self.emptied = {
            name: sent_as(field, self.add_prefix(path(name)), self.data, self.files)
            for name, field in self.declared.items()
        }

    def clean(self) -> dict[str, Any]:
        """A file takes the place of what was pasted; it is read here, once and bounded."""
        for name in self.declared:
            upload = self.cleaned_data.get(path(name, "file"))
            if upload:
                self._read(path(name), upload)
            if self.cleaned_data.get(path(name, "remove")) and self.cleaned_data.get(path(name)):
                self.add_error(path(name), "Enter a new value or remove the stored one, not both.")
        return self.cleaned_data

    def _read(self, box: str, upload: "UploadedFile[Any]") -> None:
        if upload.size is None or upload.size > UPLOAD_LIMIT:
            self.add_error(box, f"The file is larger than {UPLOAD_LIMIT // 1024} KiB. Choose the downloaded key file.")
            return
        try:
            self.cleaned_data[box] = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add_error(box, "The file is not UTF-8 text. Choose the downloaded key file.")
            return
        if not self.cleaned_data[box]:
            self.add_error(box, "The file is empty. Choose the downloaded key file.")

    def save(self, author: audit.Author) -> bool:
        """Store what was entered; False when it is refused, and the errors say why.

        A change is made to the state whose entity tag was submitted, or raises ChangedMeanwhile;
        a new configuration raises AlreadyConfigured.
        """
        if not self.is_valid():
            return False
        try:
            self.store(author)
        except ValidationError as refusal:
            self.explain(refusal.detail)
        except NotVerified as refusal:
            blamed = path(refusal.verdict.field or "")
            self.add_error(blamed if blamed in self.fields else None, refusal.verdict.message)
        except Throttled as refusal:
            self.add_error(None, getattr(refusal, "sentence", "Try again later."))
        return self.is_valid()

    def store(self, author: audit.Author) -> None:
        raise NotImplementedError

    def explain(self, detail: Any) -> None:
        """Put what the provider says of its fields beside them; its sentences hold no value."""
        for name, errors in detail.items():
            box = path(name) if path(name) in self.fields else None
            label = f"{self.declared[name].label}: " if name in self.declared and not box else ""
            for sentence in sentences(errors):
                self.add_error(box, f"{label}{sentence}")
            if box and any(getattr(error, "code", "") in SECRET_IN_CLEAR for error in errors):
                sent = self.add_prefix(box)
                self.data = {each: self.data[each] for each in self.data} | {sent: ""}  # it is in no page again
