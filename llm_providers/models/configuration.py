from typing import Any, ClassVar, Self

from django.db import IntegrityError, connections, models
from django.db.models.sql import InsertQuery

from llm_providers.providers import PROVIDERS, UnknownProvider, provider_choices
from llm_providers.sealing import CredentialsUnreadable, EncryptedJSONField


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


class LLMProviderConfig(models.Model):
    """The one configuration of a provider. Write it through ``store``, which also audits."""

    provider = models.CharField(max_length=64, unique=True, choices=provider_choices)
    enabled = models.BooleanField(default=True)
    credentials = EncryptedJSONField(bound_to="provider")
    version = models.PositiveBigIntegerField(default=1, editable=False)
    # The version at the last change of a value among the credentials.
    credentials_version = models.PositiveBigIntegerField(default=1, editable=False)
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

    def _do_insert(self, _manager: Any, using: str, fields: Any, _returning_fields: Any, raw: bool) -> Any:
        """Insert as Django does, but where the provider has a row insert nothing; raises AlreadyStored.

        One statement decides. Asked after a failure, the row that stood in the way may be gone.
        (Django's own ``ignore_conflicts`` would on SQLite ignore every broken constraint.)
        """
        query = InsertQuery(type(self))
        query.insert_values(fields, [self], raw=raw)
        ((insert, values),) = query.get_compiler(using).as_sql()
        with connections[using].cursor() as cursor:
            cursor.execute(f"{insert} ON CONFLICT (provider) DO NOTHING RETURNING id", values)
            row = cursor.fetchone()
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
            return bool(self.credentials)
        except CredentialsUnreadable:
            return False

    def masked_credentials(self) -> dict[str, Any]:
        """The credentials as they may be shown; raises CredentialsUnreadable."""
        try:
            return PROVIDERS.mask(self.provider, self.credentials)
        except UnknownProvider:  # its declaration was taken out, the row is still here
            raise CredentialsUnreadable(self.provider) from None
