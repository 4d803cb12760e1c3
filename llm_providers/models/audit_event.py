from collections.abc import Iterable
from itertools import combinations
from typing import Any, ClassVar, Never

from django.db import models


def action_choices() -> list[tuple[str, str]]:
    """(value, label) of every action; a function, so that a new action needs no migration."""
    return AuditEvent.Action.choices


class AuditEventIsImmutable(Exception):
    """The trail is only added to. Said before the database says it, of whatever comes by a model."""

    def __init__(self) -> None:
        super().__init__(
            "Audit events are neither changed nor deleted. "
            "Remove old ones with: python manage.py prune_audit_events --before DATE"
        )


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
        VERIFY = "verify"
        DELIVER = "deliver"
        UNDO = "undo"
        RETIRE = "retire"
        POLICY = "policy"
        LOGIN = "login"
        LOGIN_FAILED = "login_failed"
        LOCK_OUT = "lock_out"
        UNLOCK = "unlock"
        TOKEN_ISSUED = "token_issued"  # noqa: S105  (names, no secrets)
        TOKEN_REVOKED = "token_revoked"  # noqa: S105
        TOKEN_REUSED = "token_reused"  # noqa: S105
        MACHINE = "machine"
        MACHINE_KEY = "machine_key"
        ACCOUNT = "account"
        SETTING = "setting"
        PRUNE = "prune"

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
