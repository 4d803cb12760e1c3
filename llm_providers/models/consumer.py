from typing import ClassVar

from django.db import models


class Consumer(models.Model):
    """Which version of a provider's credentials somebody fetched last, and when they last proved to hold it.

    Kept by ``delivery``. It names accounts and configurations without pointing at them: it outlives both.
    """

    class Kind(models.TextChoices):
        USER = "user"
        MACHINE = "machine"
        COMMAND = "command"

    provider = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)  # a new kind of account needs no migration
    name = models.CharField(max_length=150)
    instance = models.CharField(max_length=64, blank=True)  # of several replicas, the one that said so
    configuration = models.BigIntegerField()  # its key: one that was deleted and made anew starts counting anew
    version = models.PositiveBigIntegerField()
    last_seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "kind", "name", "instance"], name="one_row_of_a_consumer")
        ]

    def __str__(self) -> str:
        return f"{self.name} holds version {self.version} of {self.provider}"
