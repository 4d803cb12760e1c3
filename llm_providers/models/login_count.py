from typing import ClassVar

from django.db import models


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
