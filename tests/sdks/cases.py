"""Each way in, the clients of it, and what each must send where: pinned for the versions that are locked here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.sdks.answers import ENTRA_TOKEN, GOOGLE_TOKEN
from tests.sdks.seen import Seen

EMAIL = "ours@file-project.iam.gserviceaccount.com"
VERTEX = "https://europe-west4-aiplatform.googleapis.com"
IN_PROJECT = "projects/our-project/locations/europe-west4/publishers/google/models/gemini-2.5-flash"
EXPRESS = "publishers/google/models/gemini-2.5-flash"
GEMINI = "https://generativelanguage.googleapis.com"
PLACE = {"endpoint": "https://our-resource.openai.azure.com", "deployment_id": "blue", "api_version": "2025-01-01"}
RESOURCE = "https://our-resource.openai.azure.com/openai"
DEPLOYMENT = f"{RESOURCE}/deployments/blue/chat/completions?api-version=2025-01-01"
LOGIN = "https://login.microsoftonline.com/our-tenant"
AWS = "amazonaws.com"


@dataclass(frozen=True)
class Case:
    """``clients`` says what arrives, in its order, by the name under which the asking scripts know the client."""

    name: str
    provider: str
    credentials: Mapping[str, Any]
    clients: Mapping[str, list[Seen]]
    files: bool = True  # a key file is handed over as a path, and otherwise as its members
    left_out: Mapping[str, str] = field(default_factory=dict)  # a client, and why


def all_with(proof: dict[str, str], *lines: str) -> list[Seen]:
    return [Seen(line, proof) for line in lines]


def openai(host: str, proof: dict[str, str]) -> dict[str, list[Seen]]:
    of_the_key = {"authorization": proof["authorization"], "model": "gpt-5"}  # the AI SDK reads no more of it
    return {
        "openai": all_with(proof, f"GET https://{host}/v1/models", f"POST https://{host}/v1/chat/completions"),
        "litellm openai": all_with(proof, f"POST https://{host}/v1/chat/completions"),
        "@ai-sdk/openai": all_with(of_the_key, f"POST https://{host}/v1/responses"),
    }


def bedrock(proof: dict[str, str], region: str) -> dict[str, list[Seen]]:
    converse = f"POST https://bedrock-runtime.{region}.{AWS}/model/nova/converse"
    return {
        "boto3": all_with(proof, f"GET https://bedrock.{region}.{AWS}/foundation-models", converse),
        "litellm bedrock": all_with(proof, converse),
        "@ai-sdk/amazon-bedrock": all_with(proof, converse),
    }


X_API_KEY = {"x-api-key": "sk-ant-our-key", "anthropic-version": "2023-06-01"}
X_GOOG_API_KEY = {"x-goog-api-key": "our-key"}
EXCHANGE = Seen("POST https://oauth2.googleapis.com/token", {"signed by": EMAIL})
TOKEN = {"authorization": f"Bearer {GOOGLE_TOKEN}"}
ENTRA = [
    Seen(f"GET {LOGIN}/v2.0/.well-known/openid-configuration", {}),
    Seen(
        f"POST {LOGIN}/oauth2/v2.0/token",
        {
            "client_id": "our-client",
            "client_secret": "our-secret",
            "scope": "https://cognitiveservices.azure.com/.default",
        },
    ),
]
BY_TOKEN = {"authorization": f"Bearer {ENTRA_TOKEN}"}


def cases(service_account: Mapping[str, str]) -> list[Case]:
    """All of them; the key file is a fresh one, and of ``EMAIL``."""
    in_project = {"service_account": service_account, "project_id": "our-project", "location": "europe-west4"}
    edge = all_with(TOKEN, f"POST {VERTEX}/v1beta1/{IN_PROJECT}:generateContent")
    return [
        Case(
            "openai",
            "openai",
            {"api_key": "sk-our-key"},
            openai("api.openai.com", {"authorization": "Bearer sk-our-key"}),
        ),
        Case(
            "openai, all fields",
            "openai",
            {"api_key": "sk-our-key", "organization": "org-ours", "project": "proj_ours", "data_residency": "eu"},
            openai(
                "eu.api.openai.com",
                {
                    "authorization": "Bearer sk-our-key",
                    "openai-organization": "org-ours",
                    "openai-project": "proj_ours",
                },
            ),
        ),
        Case(
            "anthropic",
            "anthropic",
            {"api_key": "sk-ant-our-key"},
            {
                "anthropic": all_with(
                    {"authorization": "Bearer sk-ant-our-key", "anthropic-version": "2026-10-21"},
                    "GET https://api.anthropic.com/v1/models",
                    "POST https://api.anthropic.com/v1/messages",
                ),
                "litellm anthropic": all_with(X_API_KEY, "POST https://api.anthropic.com/v1/messages"),
                "@ai-sdk/anthropic": all_with(X_API_KEY, "POST https://api.anthropic.com/v1/messages"),
            },
        ),
        Case(
            "google",
            "google",
            {"api_key": "our-key"},
            {
                "google-genai": all_with(
                    X_GOOG_API_KEY,
                    f"GET {GEMINI}/v1/models",
                    f"POST {GEMINI}/v1/models/gemini-2.5-flash:countTokens",
                    f"POST {GEMINI}/v1/models/gemini-2.5-flash:generateContent",
                ),
                "litellm gemini": all_with(
                    X_GOOG_API_KEY, f"POST {GEMINI}/v1beta/models/gemini-2.5-flash:generateContent"
                ),
                "@ai-sdk/google": all_with(
                    X_GOOG_API_KEY, f"POST {GEMINI}/v1beta/models/gemini-2.5-flash:generateContent"
                ),
            },
        ),
        Case(
            "google-vertex, key file",
            "google-vertex",
            in_project,
            {
                "google-genai": [
                    EXCHANGE,
                    *all_with(
                        TOKEN,
                        f"GET {VERTEX}/v1beta1/publishers/google/models",
                        f"POST {VERTEX}/v1beta1/{IN_PROJECT}:countTokens",
                        f"POST {VERTEX}/v1beta1/{IN_PROJECT}:generateContent",
                    ),
                ],
                "litellm vertex_ai": [EXCHANGE, *all_with(TOKEN, f"POST {VERTEX}/v1/{IN_PROJECT}:generateContent")],
                "@ai-sdk/google-vertex": [EXCHANGE, *edge],
            },
        ),
        Case(
            "google-vertex, key file, as members",
            "google-vertex",
            in_project,
            {"@ai-sdk/google-vertex/edge": [EXCHANGE, *edge]},
            files=False,
            left_out={
                "google-genai, litellm": "they read a key file by its path only",
            },
        ),
        Case(
            "google-vertex, API key",
            "google-vertex",
            {"api_key": "our-key"},
            {
                "google-genai": all_with(
                    X_GOOG_API_KEY,
                    "GET https://aiplatform.googleapis.com/v1beta1/publishers/google/models",
                    f"POST https://aiplatform.googleapis.com/v1beta1/{EXPRESS}:countTokens",
                    f"POST https://aiplatform.googleapis.com/v1beta1/{EXPRESS}:generateContent",
                ),
                "@ai-sdk/google-vertex": all_with(
                    X_GOOG_API_KEY, f"POST https://aiplatform.googleapis.com/v1/{EXPRESS}:generateContent"
                ),
            },
            left_out={"litellm vertex_ai": "it knows no API key of Vertex AI and asks for ambient credentials"},
        ),
        Case(
            "azure, API key",
            "azure",
            {"api_key": "our-key", **PLACE},
            {
                "openai AzureOpenAI": all_with(
                    {"api-key": "our-key"}, f"GET {RESOURCE}/models?api-version=2025-01-01", f"POST {DEPLOYMENT}"
                ),
                "litellm azure": all_with({"api-key": "our-key"}, f"POST {DEPLOYMENT}"),
                # Its own API version; the deployment is named in the body.
                "@ai-sdk/azure": all_with(
                    {"api-key": "our-key", "model": "blue"}, f"POST {RESOURCE}/v1/responses?api-version=v1"
                ),
            },
        ),
        Case(
            "azure, Entra ID",
            "azure",
            {"tenant_id": "our-tenant", "client_id": "our-client", "client_secret": "our-secret", **PLACE},
            {
                "azure-identity": [
                    *ENTRA,
                    *all_with(BY_TOKEN, f"GET {RESOURCE}/models?api-version=2025-01-01", f"POST {DEPLOYMENT}"),
                ],
                "litellm azure": [*ENTRA, *all_with(BY_TOKEN, f"POST {DEPLOYMENT}")],
            },
            left_out={"@ai-sdk/azure": "it takes a key or a function that gives tokens, and reads neither from names"},
        ),
        Case(
            "amazon-bedrock, access key",
            "amazon-bedrock",
            {
                "aws_access_key_id": "AKIAOURKEYOURKEYOURK",
                "aws_secret_access_key": "our-secret",
                "region": "eu-central-1",
            },
            bedrock({"authorization": "AKIAOURKEYOURKEYOURK in eu-central-1"}, "eu-central-1"),
        ),
        Case(
            "amazon-bedrock, temporary key",
            "amazon-bedrock",
            {
                "aws_access_key_id": "ASIAOURKEYOURKEYOURK",
                "aws_secret_access_key": "our-secret",
                "aws_session_token": "our-session",
                "region": "us-gov-west-1",
            },
            bedrock(
                {"authorization": "ASIAOURKEYOURKEYOURK in us-gov-west-1", "x-amz-security-token": "our-session"},
                "us-gov-west-1",
            ),
        ),
        Case(
            "amazon-bedrock, API key",
            "amazon-bedrock",
            {"api_key": "ABSKour-key", "region": "eu-central-1"},
            bedrock({"authorization": "Bearer ABSKour-key"}, "eu-central-1"),
        ),
        Case(
            "xai",
            "xai",
            {"api_key": "xai-our-key"},
            {
                client: all_with({"authorization": "Bearer xai-our-key"}, line)
                for client, line in {
                    "xai-sdk": "POST https://api.x.ai/xai_api.Auth/get_api_key_info",
                    "litellm xai": "POST https://api.x.ai/v1/chat/completions",
                    "@ai-sdk/xai": "POST https://api.x.ai/v1/chat/completions",
                }.items()
            },
        ),
    ]
