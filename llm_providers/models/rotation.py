"""What a configuration knows of the rotation of its provider's key."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models
from django.utils import timezone

from llm_providers.sealing import EncryptedJSONField, Sealed

AHEAD = timedelta(days=7)  # of the day a key expires it is due


class Previous(NamedTuple):
    """What may be told of the credentials before."""

    version: int
    replaced_at: datetime
    replaced_by: str
    kept_until: datetime


class RotationColumns(models.Model):
    """The previous credentials, who looks after the present ones, and when these are due."""

    # As it was before the last change of a secret: not yet erased, though its time may be over. No dump holds it.
    previous_credentials = EncryptedJSONField(bound_to=("provider", "previous_version"), null=True, serialize=False)
    previous_version = models.PositiveBigIntegerField(null=True, editable=False, serialize=False)
    previous_expires_at = models.DateTimeField(null=True, editable=False, serialize=False)
    replaced_at = models.DateTimeField(null=True, editable=False, serialize=False)
    replaced_by = models.CharField(max_length=150, blank=True, editable=False, serialize=False)
    kept_until = models.DateTimeField(null=True, editable=False, serialize=False)

    # The version and the moment of the last change of a secret.
    secrets_version = models.PositiveBigIntegerField(default=1, editable=False)
    secrets_changed_at = models.DateTimeField(default=timezone.now, editable=False)

    owner = models.CharField(max_length=150, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)
    rotate_every_days = models.PositiveIntegerField(null=True, editable=False)
    due_warned_at = models.DateTimeField(null=True, editable=False, serialize=False)  # in the log

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        sealed_previous_credentials: Sealed | None
        version: int
        credentials_version: int

    @property
    def previous(self) -> Previous | None:
        """What is kept; None also once its time is over, whether it has been erased yet or not."""
        if self.previous_version is None or self.previous_is_over:
            return None
        return Previous(self.previous_version, self.replaced_at, self.replaced_by, self.kept_until)  # type: ignore[arg-type]

    @property
    def previous_is_over(self) -> bool:
        """Whether something waits to be erased."""
        return self.kept_until is not None and self.kept_until <= timezone.now()

    def rotate(self, before: dict[str, Any], *, by: str, hours: int) -> None:
        """A secret changes with the next version: keep for so many hours what was before, of none forget it."""
        now = timezone.now()
        self.forget_previous()
        if hours:
            self.previous_version = self.credentials_version
            self.previous_credentials = before
            self.previous_expires_at = self.expires_at
            self.replaced_at, self.replaced_by, self.kept_until = now, by, now + timedelta(hours=hours)
        self.expires_at = None  # it was the old key's
        self.secrets_version = self.version + 1
        self.secrets_changed_at = now

    def forget_previous(self) -> None:
        self.previous_credentials = self.previous_version = self.previous_expires_at = None
        self.replaced_at = self.kept_until = None
        self.replaced_by = ""

    @property
    def due_at(self) -> datetime | None:
        """When the key is to be rotated: 7 days before it expires, or as many days after its last change as are set."""
        moments = []
        if self.expires_at is not None:
            moments.append(self.expires_at - AHEAD)
        if self.rotate_every_days is not None:
            moments.append(self.secrets_changed_at + timedelta(days=self.rotate_every_days))
        return min(moments, default=None)

    @property
    def due(self) -> bool:
        return self.due_within(timedelta())

    def due_within(self, ahead: timedelta) -> bool:
        due_at = self.due_at
        return due_at is not None and due_at <= timezone.now() + ahead
