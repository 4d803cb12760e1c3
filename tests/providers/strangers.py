"""Providers that nobody here knows, each declared as its author would: one class, and nothing else."""

from llm_providers.providers import Provider
from llm_providers.providers.credentials import CredentialsSerializer, PlainField, SecretField
from llm_providers.providers.endpoint import BaseURLField


class Mistral(Provider):
    """Mistral AI. A pattern that allows no invented value."""

    slug = "mistral"
    label = "Mistral AI"
    summary = "Models from Mistral's own API."
    docs_url = "https://docs.mistral.ai"
    keys_url = "https://console.mistral.ai/api-keys"
    example = {"api_key": "YourMistralApiKeyOf32Characters0"}
    second_example = {"api_key": "YourOtherMistralKeyOf32Charactrs"}

    class Credentials(CredentialsSerializer):
        api_key = SecretField(
            label="API key",
            help_text="From the console.",
            pattern=r"[A-Za-z0-9]{32}",
            hint="A Mistral key has 32 letters or digits.",
            env="MISTRAL_API_KEY",
        )


class CloudflareWorkersAI(Provider):
    """Cloudflare Workers AI. A plain field of a fixed length, required."""

    slug = "cloudflare-workers-ai"
    label = "Cloudflare Workers AI"
    summary = "Models served from your own Cloudflare account."
    docs_url = "https://developers.cloudflare.com/workers-ai/"
    keys_url = "https://dash.cloudflare.com/profile/api-tokens"
    example = {"api_token": "your-cloudflare-api-token", "account_id": "0123456789abcdef0123456789abcdef"}
    second_example = {
        "api_token": "your-other-cloudflare-api-token",
        "account_id": "fedcba9876543210fedcba9876543210",
    }

    class Credentials(CredentialsSerializer):
        api_token = SecretField(
            label="API token", help_text="With the right to Workers AI.", env="CLOUDFLARE_API_TOKEN"
        )
        account_id = PlainField(
            label="Account ID",
            help_text="32 hexadecimal digits.",
            pattern=r"[0-9a-f]{32}",
            hint="An account id is 32 hexadecimal digits.",
            env="CLOUDFLARE_ACCOUNT_ID",
        )


class SelfHosted(Provider):
    """A server of one's own that speaks OpenAI's API. Its keys look like whatever its operator chose."""

    slug = "self-hosted"
    label = "Self-hosted"
    summary = "Models behind a server of your own that speaks OpenAI's API."
    docs_url = "https://docs.litellm.ai"
    keys_url = "https://docs.litellm.ai/docs/proxy/virtual_keys"
    accepts_any_key = True
    example = {"api_key": "sk-your-virtual-key", "base_url": "https://llm.example.com/openai/v1"}
    second_example = {"api_key": "sk-your-second-virtual-key", "base_url": "https://llm.example.net:8443/v1"}

    class Credentials(CredentialsSerializer):
        api_key = SecretField(
            label="API key", help_text="A key the server gave out.", prefixes=["sk-"], env="LITELLM_API_KEY"
        )
        base_url = BaseURLField(label="Base URL", help_text="Up to and with /v1.", env="LITELLM_BASE_URL")


STRANGERS = [Mistral, CloudflareWorkersAI, SelfHosted]
