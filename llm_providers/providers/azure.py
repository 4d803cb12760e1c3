from collections.abc import Sequence

from django.conf import settings

from llm_providers.providers.base import Provider
from llm_providers.providers.credentials import CredentialsSerializer, PlainField, SecretField
from llm_providers.providers.endpoint import EndpointField

# The public, US Government and China clouds.
SUFFIXES = (
    ".openai.azure.com",
    ".services.ai.azure.com",
    ".cognitiveservices.azure.com",
    ".openai.azure.us",
    ".cognitiveservices.azure.us",
    ".services.ai.azure.us",
    ".openai.azure.cn",
    ".cognitiveservices.azure.cn",
)


def endpoint_suffixes() -> Sequence[str]:
    """The domains Azure serves OpenAI models from, and those the operator added."""
    return [*SUFFIXES, *settings.AZURE_ENDPOINT_SUFFIXES_EXTRA]


class Azure(Provider):
    """Azure OpenAI: a deployment in the customer's own Azure resource.

    Resource keys are 32 hexadecimal digits or, newer, 84 alphanumerics; neither is promised,
    so neither is demanded.
    """

    slug = "azure"
    label = "Azure OpenAI"
    summary = "A deployment in your own Azure resource."
    docs_url = "https://learn.microsoft.com/azure/ai-foundry/openai/"
    keys_url = "https://portal.azure.com"
    example = {
        "api_key": "your-azure-api-key",
        "endpoint": "https://your-resource.openai.azure.com",
        "deployment_id": "your-deployment",
    }
    second_example = {
        "api_key": "your-second-azure-api-key",
        "endpoint": "https://your-second-resource.openai.azure.com",
        "deployment_id": "your-second-deployment",
    }

    class Credentials(CredentialsSerializer):
        api_key = SecretField(
            label="API key",
            help_text="Key 1 or key 2 of the resource, under Keys and Endpoint.",
            env=["AZURE_OPENAI_API_KEY", "AZURE_API_KEY"],
        )
        endpoint = EndpointField(
            label="Endpoint",
            help_text="For example https://your-resource.openai.azure.com. "
            "The key is sent here, so changing it takes the key again.",
            suffixes=endpoint_suffixes,
            env="AZURE_OPENAI_ENDPOINT",
        )
        deployment_id = PlainField(
            label="Deployment ID",
            help_text="The name you gave the deployment, not the model's.",
            pattern=r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}",
            hint="A deployment name is 1 to 64 letters, digits, dots, hyphens or underscores.",
            env="AZURE_OPENAI_DEPLOYMENT",
        )
