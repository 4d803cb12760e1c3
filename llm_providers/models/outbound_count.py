from typing import ClassVar

from django.db import models


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
