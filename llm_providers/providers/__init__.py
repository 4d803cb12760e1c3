"""What a provider is: no model, no view, no network.

To add a provider: write one file here like its siblings and name its class in PROVIDERS.
"""

from llm_providers.providers.amazon_bedrock import AmazonBedrock
from llm_providers.providers.anthropic import Anthropic
from llm_providers.providers.azure import Azure
from llm_providers.providers.base import Provider
from llm_providers.providers.google import Google
from llm_providers.providers.google_vertex import GoogleVertex
from llm_providers.providers.openai import OpenAI
from llm_providers.providers.registry import Registry, UnknownProvider
from llm_providers.providers.xai import XAI

__all__ = ["PROVIDERS", "Provider", "Registry", "UnknownProvider", "get_provider", "provider_choices"]

PROVIDERS = Registry((OpenAI, Anthropic, Google, GoogleVertex, Azure, AmazonBedrock, XAI))


def get_provider(slug: str) -> type[Provider]:
    """The provider of this slug; raises UnknownProvider."""
    return PROVIDERS.get(slug)


def provider_choices() -> list[tuple[str, str]]:
    """(slug, label) of every provider, for model and form choices."""
    return [(provider.slug, provider.label) for provider in PROVIDERS]
