from typing import Any

from django.conf import settings
from django.core.checks import Error, register

BACKENDS = ["llm_providers.web.lockout.CountingBackend"]
USER_MODEL = "auth.User"


@register("access")
def permissions_are_djangos(**_kwargs: Any) -> list[Error]:
    """The API reads users and permissions from Django's tables itself, in callers.py."""
    errors = []
    if list(settings.AUTHENTICATION_BACKENDS) != BACKENDS:
        errors.append(
            Error(
                "The API does not ask the AUTHENTICATION_BACKENDS who holds which permission.",
                hint=f"Leave {BACKENDS[0]} the only one, or change llm_providers/access/callers.py with it.",
                id="llm_providers.E001",
            )
        )
    if settings.AUTH_USER_MODEL != USER_MODEL:
        errors.append(
            Error(
                "The API reads users from Django's own table.",
                hint=f"Leave AUTH_USER_MODEL {USER_MODEL}, or change llm_providers/access/callers.py with it.",
                id="llm_providers.E002",
            )
        )
    return errors
