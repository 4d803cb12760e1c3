from collections.abc import Mapping
from typing import Any

from llm_providers.providers.base import Provider
from llm_providers.providers.credentials import CredentialsSerializer, PlainField
from llm_providers.providers.service_account import PROJECT, PROJECT_HINT, ServiceAccountField
from llm_providers.strict.serializer import REQUIRED

LOCATION = r"global|us|eu|[a-z]{2,20}-[a-z]{2,20}\d{1,3}"


class GoogleVertex(Provider):
    """Google Vertex AI: Gemini and partner models, in the customer's own Google Cloud project.

    The members of a key file: https://cloud.google.com/iam/docs/keys-create-delete. The project
    that is used may differ from the key file's, since an account can be granted elsewhere.
    """

    slug = "google-vertex"
    label = "Google Vertex AI"
    summary = "Models served from your own Google Cloud project."
    docs_url = "https://cloud.google.com/vertex-ai/generative-ai/docs/start/gcp-auth"
    keys_url = "https://console.cloud.google.com/iam-admin/serviceaccounts"
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

    class Credentials(CredentialsSerializer):
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
            env=["GOOGLE_CLOUD_PROJECT", "GOOGLE_VERTEX_PROJECT"],
        )
        location = PlainField(
            label="Location",
            help_text="For example global, eu or us-central1. Default: global.",
            default="global",
            pattern=LOCATION,
            hint="A location looks like global, eu or us-central1.",
            env=["GOOGLE_CLOUD_LOCATION", "GOOGLE_VERTEX_LOCATION"],
        )

        def across(self, valid: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
            errors = super().across(valid, sent)
            if "service_account" in valid and "project_id" not in valid:
                if "project_id" in valid["service_account"]:
                    valid["project_id"] = valid["service_account"]["project_id"]
                else:
                    errors["project_id"] = [REQUIRED]
            return errors
