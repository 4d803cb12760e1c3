from typing import ClassVar

from django.db import models

# What a machine may be permitted, by the word of the API, and the codename of the same permission of a user.
CODENAMES = {
    "view": "view_llmproviderconfig",
    "add": "add_llmproviderconfig",
    "change": "change_llmproviderconfig",
    "delete": "delete_llmproviderconfig",
    "verify": "verify_llmproviderconfig",
    "use": "use_llmproviderconfig",
    "view_audit": "view_auditevent",
}


class Machine(models.Model):
    """A program's account: no user of Django's, and without a password. Write it through ``machines``."""

    name = models.CharField(max_length=63, unique=True)
    description = models.CharField(max_length=500, blank=True)
    owner = models.CharField(max_length=150, blank=True)
    enabled = models.BooleanField(default=True)
    permissions = models.JSONField(default=list)  # of the keys of CODENAMES, in their order
    providers = models.JSONField(default=list, null=True)  # slugs, in the order of the registry; null: all
    # {"issuer": str, "audience": str, "subject": str, "claims": {str: str}} of each workload it is.
    identities = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["name"]
        default_permissions = ()
        permissions: ClassVar = [("manage_machine", "Can manage machines")]

    def __str__(self) -> str:
        return self.name


class MachineKey(models.Model):
    """A key of a machine, without the key itself."""

    id = models.CharField(primary_key=True, max_length=16)  # the part of the key that may be seen
    machine = models.ForeignKey(Machine, models.CASCADE, related_name="keys")
    digest = models.CharField(max_length=64)  # SHA-256 of the key's secret, in hexadecimal
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    last_used_from = models.GenericIPAddressField(null=True)

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.id
