"""Three providers as strangers would declare them: each is one class, and nothing else is touched for it."""

from typing import Any

from llm_providers.providers import Provider
from llm_providers.providers.credentials import CredentialsSerializer, PlainField, SecretField
from llm_providers.providers.endpoint import BaseURLField


class Mistral(Provider):
    """Mistral AI: keys without a sign of their own."""

    slug = "mistral"
    label = "Mistral AI"
    summary = "Models from Mistral's own API."
    docs_url = "https://docs.mistral.ai"
    keys_url = "https://console.mistral.ai/api-keys"
    example = {"api_key": "your-mistral-api-key"}

    class Credentials(CredentialsSerializer):
        api_key = SecretField(label="API key", help_text="From the console.", env="MISTRAL_API_KEY")


class CloudflareWorkersAI(Provider):
    """Cloudflare Workers AI: an account id that allows no invented value."""

    slug = "cloudflare-workers-ai"
    label = "Cloudflare Workers AI"
    summary = "Models that run in Cloudflare's network."
    docs_url = "https://developers.cloudflare.com/workers-ai/"
    keys_url = "https://dash.cloudflare.com/profile/api-tokens"
    example = {"api_token": "your-api-token", "account_id": "0123456789abcdef0123456789abcdef"}
    second_example = {"api_token": "your-second-token", "account_id": "fedcba9876543210fedcba9876543210"}

    class Credentials(CredentialsSerializer):
        api_token = SecretField(
            label="API token", help_text="With the permission Workers AI.", env="CLOUDFLARE_API_TOKEN"
        )
        account_id = PlainField(
            label="Account ID",
            help_text="In the address of the dashboard.",
            pattern="[0-9a-f]{32}",
            hint="An account id is 32 hexadecimal digits.",
            env="CLOUDFLARE_ACCOUNT_ID",
        )


class SelfHosted(Provider):
    """A server of one's own that speaks OpenAI's API, LiteLLM or vLLM for example: any key may be its key."""

    slug = "self-hosted"
    label = "Self-hosted"
    summary = "A server of your own that speaks OpenAI's API."
    docs_url = "https://docs.litellm.ai"
    keys_url = "https://docs.litellm.ai/docs/proxy/virtual_keys"
    accepts_any_key = True
    example = {"api_key": "sk-your-api-key", "base_url": "https://llm.example.com/v1"}
    second_example = {"api_key": "sk-your-second-api-key", "base_url": "https://llm.example.org/openai/v1"}

    class Credentials(CredentialsSerializer):
        api_key = SecretField(label="API key", help_text="A key of the server.", env="SELF_HOSTED_API_KEY")
        base_url = BaseURLField(label="Base URL", help_text="With its path, often /v1.", env="SELF_HOSTED_BASE_URL")


STRANGERS: list[type[Provider]] = [Mistral, CloudflareWorkersAI, SelfHosted]
MASKED: dict[str, dict[str, Any]] = {
    "mistral": {"api_key": "***"},
    "cloudflare-workers-ai": {"api_token": "***", "account_id": "0123456789abcdef0123456789abcdef"},
    "self-hosted": {"api_key": "***", "base_url": "https://llm.example.com/v1"},
}
VARIABLES: dict[str, dict[str, str]] = {
    "mistral": {"MISTRAL_API_KEY": "your-mistral-api-key"},
    "cloudflare-workers-ai": {
        "CLOUDFLARE_API_TOKEN": "your-api-token",
        "CLOUDFLARE_ACCOUNT_ID": "0123456789abcdef0123456789abcdef",
    },
    "self-hosted": {"SELF_HOSTED_API_KEY": "sk-your-api-key", "SELF_HOSTED_BASE_URL": "https://llm.example.com/v1"},
}
