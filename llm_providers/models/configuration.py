import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import DEFAULT_DB_ALIAS, IntegrityError, models

from llm_providers.models.prepared import insert
from llm_providers.models.rotation import RotationColumns
from llm_providers.models.verification import Verification
from llm_providers.providers import PROVIDERS, Provider, UnknownProvider, provider_choices
from llm_providers.sealing import CredentialsUnreadable, EncryptedJSONField, OpenedAttribute, Sealed

UNLESS_STORED = "ON CONFLICT (provider) DO NOTHING RETURNING id"


class ConfigurationQuerySet(models.QuerySet["LLMProviderConfig"]):
    def update(self, **kwargs: Any) -> int:
        if "provider" in kwargs:
            raise ProviderIsImmutable
        return super().update(**kwargs)


class AlreadyStored(IntegrityError):
    """The provider has a row already."""

    def __init__(self) -> None:
        super().__init__("A provider has one configuration.")


class ProviderIsImmutable(Exception):
    """A configuration stays with its provider: its credentials are sealed for it."""

    def __init__(self) -> None:
        super().__init__("The provider of a configuration cannot change. Delete it and create another.")


class LLMProviderConfig(RotationColumns):
    """The one configuration of a provider. Write it through ``store``, which also audits."""

    provider = models.CharField(max_length=64, unique=True, choices=provider_choices)
    enabled = models.BooleanField(default=True)
    credentials = EncryptedJSONField(bound_to="provider")
    version = models.PositiveBigIntegerField(default=1, editable=False)
    # The version at the last change of a value among the credentials.
    credentials_version = models.PositiveBigIntegerField(default=1, editable=False)
    # The last verification, as ``Verification.to_keep`` has it; in the row, since each status tells it.
    last_verification = models.JSONField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.CharField(max_length=150, blank=True, editable=False)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        verbose_name = "LLM provider configuration"
        permissions: ClassVar = [
            ("verify_llmproviderconfig", "Can verify LLM provider configuration"),
            ("use_llmproviderconfig", "Can use the credentials of LLM provider configuration"),
        ]

    stored_provider: str | None = None
    if TYPE_CHECKING:  # the ciphertext, as Django goes by it
        sealed_credentials: Sealed

    def __str__(self) -> str:
        """How people call the provider."""
        return PROVIDERS.get(self.provider).label if self.provider in PROVIDERS else self.provider

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.stored_provider is None and self.pk:  # it was deferred, or the key given by hand
            stored = type(self).objects.filter(pk=self.pk)
            self.stored_provider = stored.values_list("provider", flat=True).first()
        if self.stored_provider not in (None, self.provider):
            raise ProviderIsImmutable
        super().save(*args, **kwargs)
        self.stored_provider = self.provider

    def insert(self) -> bool:
        """Store a new one as ``save`` does; where the provider has a row store nothing, and return False.

        One statement decides. Asked after a failure, the row that stood in the way may be gone.
        (Django's own ``ignore_conflicts`` would on SQLite ignore every broken constraint.)
        """
        names = tuple(field.name for field in self._meta.local_concrete_fields if not field.primary_key)
        row = insert(self, names, UNLESS_STORED)
        if row is None:
            return False
        self.pk, self.stored_provider = row[0], self.provider
        self._state.adding, self._state.db = False, DEFAULT_DB_ALIAS
        return True

    def _do_insert(self, _manager: Any, _using: str, fields: Any, _returning_fields: Any, raw: bool) -> Any:
        """What ``save`` inserts with, by the same statement; raises AlreadyStored."""
        row = insert(self, tuple(field.name for field in fields), UNLESS_STORED, raw)
        if row is None:
            raise AlreadyStored
        return [row]

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        instance = super().from_db(*args, **kwargs)
        instance.stored_provider = instance.__dict__.get("provider")  # deferred, perhaps
        return instance

    @property
    def etag(self) -> str:
        """A strong entity tag, never given twice: a configuration created anew has a new key."""
        return f'"{self.pk}-{self.version}"'

    @property
    def readable(self) -> bool:
        """Whether the configured keys decrypt the credentials."""
        try:
            return _hold_something(sealed_field().ring, self.sealed_credentials, self.provider)
        except CredentialsUnreadable:
            return False

    @property
    def verification(self) -> Verification | None:
        """The last one, whatever has changed since."""
        kept = self.last_verification
        return Verification.kept(kept, self.credentials_version) if kept else None

    def masked_credentials(self) -> dict[str, Any]:
        """The credentials as they may be shown; raises CredentialsUnreadable."""
        try:
            provider = PROVIDERS.get(self.provider)
        except UnknownProvider:  # its declaration was taken out, the row is still here
            raise CredentialsUnreadable(self.provider) from None
        masked: dict[str, Any] = json.loads(_masked(sealed_field().ring, self.sealed_credentials, provider))  # type: ignore[arg-type]
        return masked


def sealed_field() -> EncryptedJSONField:
    descriptor: OpenedAttribute = vars(LLMProviderConfig)["credentials"]
    return descriptor.field


# What a ciphertext shows is remembered, and what it hides is not. Where one cannot be opened, nothing is.


@lru_cache(maxsize=256)
def _masked(_ring: object, sealed: Sealed, provider: type[Provider]) -> str:
    return json.dumps(provider.Credentials.mask(sealed_field().open(sealed, provider.slug)))


@lru_cache(maxsize=256)
def _hold_something(_ring: object, sealed: Sealed, provider: str) -> bool:
    return bool(sealed_field().open(sealed, provider))
