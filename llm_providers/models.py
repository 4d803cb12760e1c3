from collections.abc import Iterable
from itertools import combinations
from typing import Any, ClassVar, Never, Self

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
        return self.provider

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


def action_choices() -> list[tuple[str, str]]:
    """(value, label) of every action; a function, so that a new action needs no migration."""
    return AuditEvent.Action.choices


class AuditEventIsImmutable(Exception):
    """The trail is only added to."""

    def __init__(self) -> None:
        super().__init__("Audit events are neither changed nor deleted.")


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def update(self, **_kwargs: Any) -> Never:
        raise AuditEventIsImmutable

    def delete(self) -> Never:
        raise AuditEventIsImmutable

    def bulk_create(self, objs: Iterable["AuditEvent"], batch_size: int | None = None) -> list["AuditEvent"]:  # type: ignore[override]
        """Without Django's ways to overwrite what is there."""
        return super().bulk_create(objs, batch_size)

    def _raw_delete(self, using: str | None) -> Never:
        raise AuditEventIsImmutable


class AuditEvent(models.Model):
    """Who did what, and to which configuration if to one. It holds names of fields, never a value."""

    class Action(models.TextChoices):
        CREATE = "create"
        UPDATE = "update"
        DELETE = "delete"
        TOKEN_REUSED = "token_reused"  # noqa: S105  (a name, no secret)
        ACCOUNT = "account"

    class Source(models.TextChoices):
        API = "api", "API"
        ADMIN = "admin"
        COMMAND = "command"

    created_at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=16, choices=action_choices)
    provider = models.CharField(max_length=64, null=True)  # noqa: DJ001  (null: of no configuration)
    fields = models.JSONField(default=list)
    source = models.CharField(max_length=16, choices=Source)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        default_permissions = ("view",)
        base_manager_name = "objects"
        # One for each set of filters, in the order of the trail: a page costs the same wherever it is.
        indexes: ClassVar = [
            models.Index(fields=[*filters, "-created_at", "-id"], name="_".join(("audit", *(filters or ["all"]))))
            for size in range(4)
            for filters in combinations(("provider", "action", "actor"), size)
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.action, self.provider, "by", self.actor)))

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AuditEventIsImmutable
        kwargs["force_insert"] = True  # Django would overwrite the event whose key was given
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> Never:
        raise AuditEventIsImmutable


class LoginCount(models.Model):
    """The logins tried with one user name from one address, or, without a name, from the address at all.

    Kept by ``lockout``. Both numbers only grow: what was tried and not forgiven has failed, or is under way.
    """

    name = models.CharField(max_length=64)  # a digest: people type passwords into the wrong box
    address = models.CharField(max_length=39)
    tried = models.PositiveBigIntegerField(default=0)
    forgiven = models.PositiveBigIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["address", "name"], name="one_count_of_logins")]

    def __str__(self) -> str:
        return f"{self.tried - self.forgiven} failed logins"
