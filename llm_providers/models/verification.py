from typing import ClassVar

from django.db import models

from llm_providers.models.configuration import LLMProviderConfig


class Verification(models.Model):
    """What came of the last verification of a configuration. Written by ``verification.stored``."""

    config = models.OneToOneField(LLMProviderConfig, models.CASCADE, primary_key=True)
    outcome = models.CharField(max_length=16)
    message = models.CharField(max_length=300)
    field = models.CharField(max_length=64, null=True)  # noqa: DJ001  (null: none is to blame)
    checked_at = models.DateTimeField()
    version = models.PositiveBigIntegerField()  # of the credentials: what was verified

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.outcome

    @property
    def current(self) -> bool:
        """False as soon as the credentials have changed since."""
        return self.version == self.config.credentials_version


class ModelList(models.Model):
    """The models that a configuration's credentials open; of that version of it."""

    config = models.OneToOneField(LLMProviderConfig, models.CASCADE, primary_key=True)
    version = models.PositiveBigIntegerField()  # of the configuration
    rows = models.JSONField()  # as they are answered
    fetched_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{len(self.rows)} models"


class OutboundCount(models.Model):
    """How often providers were asked for one user, or how often one provider was, since ``starts_at``."""

    name = models.CharField(max_length=200)
    count = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["name"], name="one_count_of_questions")]

    def __str__(self) -> str:
        return f"{self.count} questions"
