"""The one door for plaintext: to code of this project, to delivery, to commands."""

from collections.abc import Mapping
from typing import Any, Literal, overload

from llm_providers import store
from llm_providers.credential_types import (
    AmazonBedrockCredentials,
    AnthropicCredentials,
    AzureCredentials,
    GoogleCredentials,
    GoogleVertexCredentials,
    OpenAICredentials,
    XAICredentials,
)
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS, UnknownProvider
from llm_providers.sealing import CredentialsUnreadable
from llm_providers.store import NotConfigured as ProviderNotConfigured

__all__ = [
    "CredentialsUnreadable",
    "Opened",
    "ProviderDisabled",
    "ProviderNotConfigured",
    "UnknownProvider",
    "credentials_for",
    "opened",
]


class ProviderDisabled(Exception):
    """The provider is configured, and switched off."""

    def __init__(self, provider: str) -> None:
        super().__init__(f"The configuration of {provider} is disabled. Enable it to use its credentials.")


class Opened(dict[str, Any]):
    """Credentials in plaintext, which show themselves masked: in a traceback, a log line, a debugger.

    ``within`` names the credential whose value this is, where that is an object.
    """

    def __init__(self, provider: str, values: Mapping[str, Any], within: str = "") -> None:
        super().__init__(
            {
                name: Opened(provider, value, within=name) if isinstance(value, dict) else value
                for name, value in values.items()
            }
        )
        self._provider = provider
        self._within = within

    def __repr__(self) -> str:
        within = self._within
        masked = PROVIDERS.mask(self._provider, {within: self} if within else self)
        return repr(masked[within] if within else masked)

    def __reduce__(self) -> Any:
        """Copies and pickles keep the mask."""
        return Opened, (self._provider, dict(self), self._within)

    def copy(self) -> "Opened":
        return Opened(self._provider, self, self._within)

    def __or__(self, more: Any) -> Any:
        return Opened(self._provider, {**self, **more}, self._within)


@overload
def credentials_for(provider: Literal["openai"]) -> OpenAICredentials: ...
@overload
def credentials_for(provider: Literal["anthropic"]) -> AnthropicCredentials: ...
@overload
def credentials_for(provider: Literal["google"]) -> GoogleCredentials: ...
@overload
def credentials_for(provider: Literal["google-vertex"]) -> GoogleVertexCredentials: ...
@overload
def credentials_for(provider: Literal["azure"]) -> AzureCredentials: ...
@overload
def credentials_for(provider: Literal["amazon-bedrock"]) -> AmazonBedrockCredentials: ...
@overload
def credentials_for(provider: Literal["xai"]) -> XAICredentials: ...
@overload
def credentials_for(provider: str) -> Mapping[str, Any]: ...


def credentials_for(provider: str) -> Any:
    """The credentials of a provider in plaintext, as they are at this moment: one query, nothing is kept.

    Raises UnknownProvider, ProviderNotConfigured, ProviderDisabled, CredentialsUnreadable.
    """
    return opened(store.find(PROVIDERS.get(provider).slug))


def opened(config: LLMProviderConfig) -> Opened:
    """The credentials of a row that is in use; raises ProviderDisabled, CredentialsUnreadable."""
    if not config.enabled:
        raise ProviderDisabled(config.provider)
    return Opened(config.provider, config.credentials)
