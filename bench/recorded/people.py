"""Every kind of user, with a password that opens nothing else."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission, User

PASSWORD = "a-password-for-the-record"
SALT = "saltsaltsaltsaltsaltsalt"  # as long as Django wants it: it is not replaced at the login
PERMISSIONS = [
    "view_llmproviderconfig",
    "add_llmproviderconfig",
    "change_llmproviderconfig",
    "delete_llmproviderconfig",
    "verify_llmproviderconfig",
    "use_llmproviderconfig",
    "view_auditevent",
]
GROUPS = {
    "viewer": "LLM provider viewers",
    "consumer": "LLM provider consumers",
    "auditor": "LLM provider auditors",
    "administrator": "LLM provider administrators",
}
ALL = ["", "nobody-in-particular", *GROUPS, "superuser", *PERMISSIONS]


def make_people() -> None:
    make("superuser", is_staff=True, is_superuser=True)
    make("nobody-in-particular")
    make("inactive")
    make("leaver")
    for name, group in GROUPS.items():
        make(name, is_staff=True).groups.add(Group.objects.get(name=group))
    for codename in PERMISSIONS:
        make(codename).user_permissions.add(Permission.objects.get(codename=codename))


def make(name: str, **attributes: Any) -> User:
    return User.objects.create(username=name, password=make_password(PASSWORD, SALT), **attributes)
