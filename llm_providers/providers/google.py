import re

from llm_providers.providers.base import Provider
from llm_providers.providers.credentials import CredentialsSerializer, SecretField
from llm_providers.providers.probes import google
from llm_providers.providers.variables import Variable

STANDARD_KEY = re.compile(r"AIza[0-9A-Za-z_-]{35}\Z")
SWITCH = "GOOGLE_GENAI_USE_VERTEXAI"  # to one of google-genai's two services; both read GOOGLE_API_KEY


class Google(Provider):
    """Google AI Studio: the Gemini API.

    Keys have no prefix to rely on: ``AIza...`` (39 characters) and the newer ``AQ.`` form are
    both real (https://ai.google.dev/gemini-api/docs/api-key), so only the older, fully known
    shape is recognised when it is pasted under another provider.
    """

    slug = "google"
    label = "Google"
    summary = "Gemini models from Google AI Studio."
    docs_url = "https://ai.google.dev/gemini-api/docs"
    keys_url = "https://aistudio.google.com/apikey"
    key_pattern = STANDARD_KEY
    example = {"api_key": "your-gemini-api-key"}

    verify = staticmethod(google.verify)
    list_models = staticmethod(google.list_models)

    class Credentials(CredentialsSerializer):
        unset = (SWITCH, "GOOGLE_GENAI_USE_ENTERPRISE", "GOOGLE_GEMINI_BASE_URL", "GEMINI_API_BASE")

        api_key = SecretField(
            label="API key",
            help_text="A Gemini API key from Google AI Studio, AIza... or AQ....",
            env=["GEMINI_API_KEY", Variable("GOOGLE_API_KEY", unless=SWITCH), "GOOGLE_GENERATIVE_AI_API_KEY"],
        )
