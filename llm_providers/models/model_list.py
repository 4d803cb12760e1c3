from django.db import models

from llm_providers.models.configuration import LLMProviderConfig


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
