import re

from llm_providers.providers.base import Provider
from llm_providers.providers.credentials import CredentialsSerializer, SecretField
from llm_providers.providers.probes import anthropic


class Anthropic(Provider):
    """Anthropic: the Claude models."""

    slug = "anthropic"
    label = "Anthropic"
    summary = "Claude models from Anthropic's own API."
    docs_url = "https://platform.claude.com/docs/en/api/overview"
    keys_url = "https://platform.claude.com/settings/keys"
    key_pattern = re.compile(r"sk-ant-")
    example = {"api_key": "sk-ant-your-api-key"}

    verify = staticmethod(anthropic.verify)
    list_models = staticmethod(anthropic.list_models)

    class Credentials(CredentialsSerializer):
        unset = ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_BASE", "ANTHROPIC_CUSTOM_HEADERS")

        api_key = SecretField(
            label="API key",
            help_text="Starts with sk-ant-.",
            prefixes=["sk-ant-"],
            prefix_required=True,
            env="ANTHROPIC_API_KEY",
        )
