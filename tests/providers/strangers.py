"""Providers that nobody here knows, each declared as its author would: one class, and nothing else."""

from typing import ClassVar

from llm_providers.providers import Provider
from llm_providers.providers.credentials import CredentialsSerializer, PlainField, SecretField
from llm_providers.providers.endpoint import BaseURLField
from llm_providers.providers.variables import Variable
from llm_providers.providers.ways import Way


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


class Watsonx(Provider):
    """IBM watsonx.ai. Two ways in that share a secret, one of them with a destination of its own."""

    slug = "watsonx"
    label = "IBM watsonx.ai"
    summary = "Models from IBM Cloud or from a cluster of your own."
    docs_url = "https://ibm.github.io/watsonx-ai-python-sdk/"
    keys_url = "https://cloud.ibm.com/iam/apikeys"
    example = {"api_key": "your-watsonx-api-key", "region": "eu-de"}
    second_example = {"api_key": "your-second-watsonx-api-key", "region": "us-south", "project_id": "your-project"}

    class Credentials(CredentialsSerializer):
        ways = (
            Way("IBM Cloud", "The service that IBM runs.", fields=("region",), unset=("WATSONX_USERNAME",)),
            Way(
                "Own cluster",
                "A Cloud Pak for Data of your own.",
                fields=("base_url", "username"),
                example={
                    "api_key": "your-watsonx-api-key",
                    "base_url": "https://cpd.example.com",
                    "username": "your-name",
                },
                second_example={
                    "api_key": "your-second-watsonx-api-key",
                    "base_url": "https://cpd.example.net/zen",
                    "username": "your-second-name",
                    "project_id": "your-project",
                },
            ),
        )
        constants: ClassVar = {"WATSONX_VERSION": "5.1"}
        unset = ("WATSONX_TOKEN",)

        api_key = SecretField(label="API key", help_text="From IBM Cloud or the cluster.", env="WATSONX_API_KEY")
        region = PlainField(
            label="Region",
            help_text="For example eu-de.",
            pattern="[a-z]{2}-[a-z]{2,8}",
            hint="A region looks like eu-de.",
            env=Variable("WATSONX_URL", text="https://{}.ml.cloud.ibm.com"),
        )
        base_url = BaseURLField(label="Base URL", help_text="That of the cluster.", env="WATSONX_CLUSTER")
        username = PlainField(label="User name", help_text="Of the cluster's user.", env="WATSONX_USERNAME")
        project_id = PlainField(
            label="Project ID", help_text="Where models run.", required=False, env="WATSONX_PROJECT_ID"
        )


STRANGERS = [Mistral, CloudflareWorkersAI, SelfHosted, Watsonx]
