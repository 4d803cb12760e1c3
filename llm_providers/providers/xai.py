import re

from llm_providers.providers.base import Provider
from llm_providers.providers.credentials import CredentialsSerializer, SecretField
from llm_providers.providers.probes import xai


class XAI(Provider):
    """xAI: the Grok models."""

    slug = "xai"
    label = "xAI"
    summary = "Grok models from xAI's own API."
    docs_url = "https://docs.x.ai/docs/api-reference"
    keys_url = "https://console.x.ai"
    key_pattern = re.compile(r"xai-")
    example = {"api_key": "xai-your-api-key"}

    verify = staticmethod(xai.verify)
    list_models = staticmethod(xai.list_models)

    class Credentials(CredentialsSerializer):
        unset = ("XAI_API_BASE",)

        api_key = SecretField(
            label="API key",
            help_text="An API key of your xAI team, not a management key.",
            env="XAI_API_KEY",
        )
