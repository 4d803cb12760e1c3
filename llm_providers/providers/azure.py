from collections.abc import Sequence
from typing import ClassVar

from django.conf import settings

from llm_providers.providers.base import Provider
from llm_providers.providers.credentials import CredentialsSerializer, PlainField, SecretField
from llm_providers.providers.endpoint import DestinationField, EndpointField
from llm_providers.providers.probes import azure
from llm_providers.providers.variables import Variable
from llm_providers.providers.ways import Way

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
# The newest version without "preview"; the official SDK fails without one.
API_VERSION = "2024-10-21"
LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"


def gateways() -> Sequence[str]:
    """The domains that the operator added."""
    domains: Sequence[str] = settings.AZURE_ENDPOINT_SUFFIXES_EXTRA
    return domains


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
        "api_version": "2024-10-21",
    }

    verify = staticmethod(azure.verify)
    list_models = staticmethod(azure.list_models)

    class Credentials(CredentialsSerializer):
        ways = (
            Way("API key", "A key of the resource.", fields=("api_key",)),
            Way(
                "Entra ID",
                "An app registration and its client secret, for a resource that is closed to keys.",
                fields=("tenant_id", "client_id", "client_secret"),
                unset=("AZURE_OPENAI_API_KEY", "AZURE_API_KEY", "AZURE_AUTHORITY_HOST"),
                example={
                    "tenant_id": "your-tenant-id",
                    "client_id": "your-client-id",
                    "client_secret": "your-client-secret",
                    "endpoint": "https://your-resource.openai.azure.com",
                    "deployment_id": "your-deployment",
                },
                second_example={
                    "tenant_id": "your-second-tenant.onmicrosoft.com",
                    "client_id": "your-second-client-id",
                    "client_secret": "your-second-client-secret",
                    "endpoint": "https://your-second-resource.openai.azure.com",
                    "deployment_id": "your-second-deployment",
                    "api_version": "2024-10-21",
                },
            ),
        )
        constants: ClassVar = {"OPENAI_API_VERSION": API_VERSION, "AZURE_API_VERSION": API_VERSION}
        unset = ("AZURE_OPENAI_AD_TOKEN", "AZURE_AD_TOKEN", "OPENAI_CUSTOM_HEADERS")

        api_key = SecretField(
            label="API key",
            help_text="Key 1 or key 2 of the resource, under Keys and Endpoint.",
            env=["AZURE_OPENAI_API_KEY", "AZURE_API_KEY"],
        )
        tenant_id = DestinationField(
            label="Tenant ID",
            help_text="The directory of the app registration. "
            "The client secret is sent to it, so changing it takes the secret again.",
            pattern=rf"{LABEL}(?:\.{LABEL})*",
            max_length=253,
            hint="A tenant id is a GUID, or a domain name of the directory.",
            env="AZURE_TENANT_ID",
        )
        client_id = PlainField(
            label="Client ID",
            help_text="The application (client) ID of the app registration.",
            pattern=r"[A-Za-z0-9][A-Za-z0-9-]{0,63}",
            hint="A client id is the GUID of an app registration.",
            env="AZURE_CLIENT_ID",
        )
        client_secret = SecretField(
            label="Client secret",
            help_text="The value of a client secret, not its ID. Azure shows it once.",
            env="AZURE_CLIENT_SECRET",
        )
        endpoint = EndpointField(
            label="Endpoint",
            help_text="For example https://your-resource.openai.azure.com. "
            "The secret is sent here, so changing it takes the secret again.",
            suffixes=SUFFIXES,
            gateways=gateways,
            env=[
                "AZURE_OPENAI_ENDPOINT",
                "AZURE_API_BASE",
                Variable("AZURE_RESOURCE_NAME", value="https://{}.openai.azure.com"),
            ],
        )
        deployment_id = PlainField(
            label="Deployment ID",
            help_text="The name you gave the deployment, not the model's.",
            pattern=r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}",
            hint="A deployment name is 1 to 64 letters, digits, dots, hyphens or underscores.",
            env="AZURE_OPENAI_DEPLOYMENT",
        )
        api_version = PlainField(
            label="API version",
            help_text=f"Of the data plane, for clients that ask for one. Default: {API_VERSION}.",
            required=False,
            pattern=r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}",
            hint="An API version looks like 2024-10-21 or 2025-04-01-preview.",
            env=["OPENAI_API_VERSION", "AZURE_API_VERSION"],
        )
