"""Credentials to and from the names official SDKs read. Handed a mapping, it reads no other."""

from collections.abc import Mapping
from typing import Any

from llm_providers.providers import Provider


def names(provider: type[Provider]) -> dict[str, tuple[str, ...]]:
    """Field name to the variables it is read from, the one that is written first."""
    return {name: field.env for name, field in provider.Credentials.declared().items()}


def to_environment(provider: type[Provider], credentials: Mapping[str, Any]) -> dict[str, str]:
    """Stored credentials as variables."""
    return {
        variable: value
        for name, field in provider.Credentials.declared().items()
        if name in credentials
        for variable, value in field.to_environment(credentials[name]).items()
    }


def from_environment(provider: type[Provider], environment: Mapping[str, str]) -> dict[str, Any]:
    """What the variables say, not validated; a field without a variable is left out."""
    found = {name: field.from_environment(environment) for name, field in provider.Credentials.declared().items()}
    return {name: value for name, value in found.items() if value is not None}
