"""The container of the declarations."""

from collections.abc import Iterable, Iterator
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.settings import api_settings

from llm_providers.providers.base import Provider
from llm_providers.providers.credentials import CredentialsSerializer


class UnknownProvider(LookupError):
    """No provider is registered under this slug."""


class Cleaned(dict[str, Any]):
    """Credentials that the rules of their provider have accepted; ``clean`` takes them as they are."""

    def __init__(self, provider: str, credentials: dict[str, Any]) -> None:
        super().__init__(credentials)
        self.provider = provider


class Registry:
    """The providers, by slug, in the order in which they are listed everywhere."""

    def __init__(self, providers: Iterable[type[Provider]] = ()) -> None:
        self._providers: dict[str, type[Provider]] = {}
        self._serializers: dict[str, CredentialsSerializer] = {}
        for provider in providers:
            self.register(provider)

    def __iter__(self) -> Iterator[type[Provider]]:
        return iter(self._providers.values())

    def __contains__(self, slug: object) -> bool:
        return isinstance(slug, str) and slug in self._providers

    def register(self, provider: type[Provider]) -> None:
        """Add a provider; raises ValueError when its slug is taken."""
        if provider.slug in self._providers:
            raise ValueError(f"A provider is registered as {provider.slug!r} already.")
        self._providers[provider.slug] = provider
        self._serializers[provider.slug] = provider.Credentials(
            context={"owner_of": self.owner_of, "provider": provider}
        )

    def unregister(self, slug: str) -> None:
        """Take a provider out; raises UnknownProvider."""
        self.get(slug)
        del self._providers[slug]

    def get(self, slug: str) -> type[Provider]:
        """The provider of this slug; raises UnknownProvider."""
        try:
            return self._providers[slug]
        except KeyError:
            raise UnknownProvider(slug) from None

    def slugs(self) -> list[str]:
        return list(self._providers)

    def clean(self, slug: str, credentials: Any) -> Cleaned:
        """Validate credentials by their provider's rules and return what is to be stored.

        Raises UnknownProvider, and rest_framework's ValidationError with the failing fields.
        """
        if isinstance(credentials, Cleaned) and credentials.provider == slug:
            return credentials
        return self._clean(slug, credentials)

    def _clean(self, slug: str, credentials: Any, **context: Any) -> Cleaned:
        self.get(slug)
        return Cleaned(slug, self._serializers[slug].accepted(credentials, **context))

    def merge(self, slug: str, stored: dict[str, Any], patch: dict[str, Any]) -> Cleaned:
        """Merge a patch into stored credentials (RFC 7396, one level) and validate the result.

        A secret belongs to its destination: who changes one must bring every stored secret
        again. Raises like ``clean``.
        """
        if not patch:
            raise ValidationError({api_settings.NON_FIELD_ERRORS_KEY: ["Send at least one field."]})
        declared = self.get(slug).Credentials.declared()
        removed = [name for name, value in patch.items() if value is None and name in declared]
        kept = {name: value for name, value in stored.items() if name in declared}  # not what was declared once
        merged = {name: value for name, value in {**kept, **patch}.items() if name not in removed}
        return self._clean(slug, merged, stored=stored, patch=patch)

    def mask(self, slug: str, credentials: dict[str, Any]) -> dict[str, Any]:
        """Credentials as they may be shown: every secret reduced to its public prefix."""
        return self.get(slug).Credentials.mask(credentials)

    def owner_of(self, key: str) -> type[Provider] | None:
        """The provider whose keys look most like this one, if any: the longest sign counts."""
        owner = max(self, key=lambda provider: provider.claims(key), default=None)
        return owner if owner and owner.claims(key) else None
