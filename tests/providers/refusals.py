"""What a provider says about credentials it refuses."""

from typing import Any

import pytest
from rest_framework.exceptions import ValidationError

from llm_providers.api.errors import flatten
from llm_providers.providers import PROVIDERS, Provider, get_provider


def refusal(slug: str, credentials: Any) -> dict[str, list[str]]:
    """Dotted paths to sentences; fails when the credentials are accepted."""
    with pytest.raises(ValidationError) as refused:
        PROVIDERS.clean(slug, credentials)
    return flatten(refused.value.detail, "credentials")


def example_with(provider: str | type[Provider], **changes: Any) -> dict[str, Any]:
    """The provider's example with other values; None leaves a field out."""
    declared = get_provider(provider) if isinstance(provider, str) else provider
    changed = {**declared.example, **changes}
    return {name: value for name, value in changed.items() if value is not None}


def clean(slug: str, **changes: Any) -> dict[str, Any]:
    """The changed example as it would be stored."""
    return PROVIDERS.clean(slug, example_with(slug, **changes))


def refused(provider: str | type[Provider], **changes: Any) -> dict[str, list[str]]:
    """The refusal of the changed example."""
    slug = provider if isinstance(provider, str) else provider.slug
    return refusal(slug, example_with(provider, **changes))
