"""The addresses of the admin, and what a form of it takes."""

import json
from typing import Any

from django.utils.text import slugify

from llm_providers.providers import Provider
from tests.ways import fields_of

HOME = "/admin/"
CONFIGS = "/admin/llm_providers/llmproviderconfig/"
ADD = f"{CONFIGS}add/"
MACHINES = "/admin/llm_providers/machine/"
EVENTS = "/admin/llm_providers/auditevent/"
USERS = "/admin/auth/user/"
GROUPS = "/admin/auth/group/"
LOGIN = "/admin/login/"
OWN_PASSWORD = "/admin/password_change/"


def change(pk: int) -> str:
    return f"{CONFIGS}{pk}/change/"


def add(slug: str) -> str:
    return f"{ADD}?provider={slug}"


def entries(credentials: dict[str, Any], *, enabled: bool = True) -> dict[str, str]:
    """Credentials as the form sends them."""
    entered = {f"credentials.{name}": as_entered(value) for name, value in credentials.items()}
    return entered | ({"enabled": "on"} if enabled else {})


def way_of(provider: type[Provider]) -> dict[str, str]:
    """The chosen radio button of the way in that the provider's example takes."""
    way = provider.Credentials.way_of(provider.example)
    return {"way": slugify(way.label)} if way else {}


def as_entered(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def secrets_of(provider: type[Provider]) -> list[str]:
    return [name for name, field in fields_of(provider).items() if field.masked]
