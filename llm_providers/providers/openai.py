import re

from llm_providers.providers.base import Provider
from llm_providers.providers.credentials import CredentialsSerializer, MaskedField, PlainField, SecretField
from llm_providers.providers.probes import openai
from llm_providers.providers.variables import Variable


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
    second_example = {
        "api_key": "sk-your-second-api-key",
        "organization": "org-your-second-org-id",
        "project": "proj_your-project",
        "data_residency": "eu",
    }

    verify = staticmethod(openai.verify)
    list_models = staticmethod(openai.list_models)

    class Credentials(CredentialsSerializer):
        unset = ("OPENAI_API_BASE", "OPENAI_CUSTOM_HEADERS")

        api_key = SecretField(
            label="API key",
            help_text="Starts with sk-. A project key or a service account key.",
            prefixes=["sk-"],
            prefix_required=True,
            env="OPENAI_API_KEY",
        )
        organization = MaskedField(
            label="Organization",
            help_text="The organization that is billed, when the key belongs to several.",
            required=False,
            prefixes=["org-"],
            env=["OPENAI_ORG_ID", "OPENAI_ORGANIZATION"],
        )
        project = MaskedField(
            label="Project",
            help_text="The project that is billed, when the key belongs to several.",
            required=False,
            prefixes=["proj_"],
            env="OPENAI_PROJECT_ID",
        )
        data_residency = PlainField(
            label="Data residency",
            help_text="The region of a project with data residency, for example eu. Default: none.",
            required=False,
            pattern="us|eu|ae|au|in|jp",
            hint="A region of data residency is us, eu, ae, au, in or jp.",
            env=Variable(
                "OPENAI_BASE_URL", text="https://{}.api.openai.com/v1", neutral=("https://api.openai.com/v1",)
            ),
        )
