import re

from llm_providers.providers.base import Provider
from llm_providers.providers.credentials import CredentialsSerializer, SecretField


class OpenAI(Provider):
    """OpenAI: the GPT and o-series models.

    Every key seen starts ``sk-`` (``sk-proj-``, ``sk-svcacct-``, ``sk-admin-`` and the older
    bare form). Others' keys begin so too, and are told by their longer prefix.
    """

    slug = "openai"
    label = "OpenAI"
    summary = "GPT models from OpenAI's own API."
    docs_url = "https://platform.openai.com/docs/api-reference/authentication"
    keys_url = "https://platform.openai.com/api-keys"
    key_pattern = re.compile(r"sk-")
    example = {"api_key": "sk-your-api-key", "organization": "org-your-org-id"}

    class Credentials(CredentialsSerializer):
        api_key = SecretField(
            label="API key",
            help_text="Starts with sk-. A project key or a service account key.",
            prefixes=["sk-"],
            prefix_required=True,
            env="OPENAI_API_KEY",
        )
        organization = SecretField(
            label="Organization",
            help_text="The organization that is billed, when the key belongs to several.",
            required=False,
            prefixes=["org-"],
            env="OPENAI_ORG_ID",
        )
