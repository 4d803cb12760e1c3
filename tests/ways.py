"""Each way into a provider, for tests over all of them."""

from llm_providers.providers import Provider
from llm_providers.providers.credentials import CredentialField


def fields_of(provider: type[Provider]) -> dict[str, CredentialField]:
    """The fields that go with the provider's example."""
    declaration = provider.Credentials
    return declaration.declared_for(declaration.way_of(provider.example))


def through_each_way(provider: type[Provider]) -> list[type[Provider]]:
    """The provider once for each of its ways in, as though the examples of that way were its own."""
    others = [
        {"example": dict(way.example), "second_example": dict(way.second_example)}
        for way in provider.Credentials.ways[1:]
    ]
    return [provider, *(type(provider.__name__, (provider,), examples) for examples in others)]


def name_of(provider: type[Provider]) -> str:
    """The slug, and in which way."""
    way = provider.Credentials.way_of(provider.example)
    return f"{provider.slug}-{way.label.lower().replace(' ', '-')}" if way else provider.slug
