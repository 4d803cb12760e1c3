from collections.abc import Mapping
from typing import Any, ClassVar

from llm_providers.providers.base import Provider
from llm_providers.providers.credentials import CredentialsSerializer, PlainField, SecretField
from llm_providers.providers.google import STANDARD_KEY, SWITCH
from llm_providers.providers.probes import google_vertex
from llm_providers.providers.service_account import PROJECT, PROJECT_HINT, ServiceAccountField
from llm_providers.providers.variables import Variable
from llm_providers.providers.ways import Way
from llm_providers.strict.serializer import REQUIRED

LOCATION = r"global|us|eu|[a-z]{2,20}-[a-z]{2,20}\d{1,3}"


class GoogleVertex(Provider):
    """Google Vertex AI: Gemini and partner models, in the customer's own Google Cloud project.

    The members of a key file: https://cloud.google.com/iam/docs/keys-create-delete. The project
    that is used may differ from the key file's, since an account can be granted elsewhere. An
    API key ("express mode") names its project itself; it looks like one of Google AI Studio's.
    """

    slug = "google-vertex"
    label = "Google Vertex AI"
    summary = "Models served from your own Google Cloud project."
    docs_url = "https://cloud.google.com/vertex-ai/generative-ai/docs/start/gcp-auth"
    keys_url = "https://console.cloud.google.com/iam-admin/serviceaccounts"
    key_pattern = STANDARD_KEY
    example = {
        "service_account": {
            "type": "service_account",
            "project_id": "your-project",
            "private_key_id": "your-private-key-id",
            # Thirty-two zero bytes: parses as a private key, opens nothing.
            "private_key": (
                "-----BEGIN PRIVATE KEY-----\n"
                "MC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
                "-----END PRIVATE KEY-----\n"
            ),
            "client_email": "your-account@your-project.iam.gserviceaccount.com",
            "client_id": "100000000000000000000",
        },
        "project_id": "your-project",
        "location": "global",
    }

    verify = staticmethod(google_vertex.verify)
    list_models = staticmethod(google_vertex.list_models)

    class Credentials(CredentialsSerializer):
        ways = (
            Way(
                "Key file",
                "The downloaded key file of a service account.",
                fields=("service_account", "project_id", "location"),
                unset=("GOOGLE_API_KEY", "GOOGLE_VERTEX_API_KEY", "GOOGLE_CLOUD_QUOTA_PROJECT", "VERTEXAI_CREDENTIALS"),
            ),
            Way(
                "API key",
                "A key of Vertex AI's express mode, which knows its own project.",
                fields=("api_key",),
                unset=("GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION", "GOOGLE_APPLICATION_CREDENTIALS"),
                example={"api_key": "your-vertex-api-key"},
            ),
        )
        constants: ClassVar = {SWITCH: "true"}
        unset = ("GOOGLE_GENAI_USE_ENTERPRISE", "GOOGLE_VERTEX_BASE_URL", "VERTEXAI_API_BASE")

        service_account = ServiceAccountField(
            label="Service account",
            help_text="The downloaded JSON key file of a service account.",
            style={"base_template": "textarea.html"},
            env="GOOGLE_APPLICATION_CREDENTIALS",
        )
        project_id = PlainField(
            label="Project ID",
            help_text="The project whose models are used. Default: the key file's.",
            required=False,
            pattern=PROJECT,
            hint=PROJECT_HINT,
            env=["GOOGLE_CLOUD_PROJECT", "GOOGLE_VERTEX_PROJECT", "VERTEXAI_PROJECT"],
        )
        location = PlainField(
            label="Location",
            help_text="For example global, eu or us-central1. Default: global.",
            default="global",
            pattern=LOCATION,
            hint="A location looks like global, eu or us-central1.",
            env=["GOOGLE_CLOUD_LOCATION", "GOOGLE_VERTEX_LOCATION", "VERTEXAI_LOCATION"],
        )
        api_key = SecretField(
            label="API key",
            help_text="A key of Vertex AI's express mode, AIza... or AQ....",
            env=[Variable("GOOGLE_API_KEY", when=SWITCH), "GOOGLE_VERTEX_API_KEY"],
        )

        def across(self, valid: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
            errors = super().across(valid, sent)
            if "service_account" in valid and "project_id" not in valid:
                if "project_id" in valid["service_account"]:
                    valid["project_id"] = valid["service_account"]["project_id"]
                else:
                    errors["project_id"] = [REQUIRED]
            return errors
