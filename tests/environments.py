"""The contract's table of environment names: for each way what is written, and what is unset."""

from typing import Any

from llm_providers.providers.google_vertex import GoogleVertex

VERTEX_FILE: dict[str, Any] = GoogleVertex.example
KEY_FILE: dict[str, Any] = VERTEX_FILE["service_account"]
ENDPOINT = {"endpoint": "https://res.openai.azure.com", "deployment_id": "blue"}
ENTRA = {"tenant_id": "t", "client_id": "c", "client_secret": "s", **ENDPOINT}
AWS = {"aws_access_key_id": "AKIA1", "aws_secret_access_key": "s", "region": "us-west-2"}
OPENAI_UNSET = ["OPENAI_API_BASE", "OPENAI_CUSTOM_HEADERS"]
REGION = {"AWS_REGION": "us-west-2", "AWS_DEFAULT_REGION": "us-west-2", "AWS_REGION_NAME": "us-west-2"}
AWS_UNSET = [
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_BEDROCK",
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    "AWS_BEDROCK_RUNTIME_ENDPOINT",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
]
AWS_KEY_UNSET = ["AWS_BEARER_TOKEN_BEDROCK", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION", *AWS_UNSET]
AZURE_UNSET = ["AZURE_OPENAI_AD_TOKEN", "AZURE_AD_TOKEN", "OPENAI_CUSTOM_HEADERS"]
PLACE = {
    "AZURE_OPENAI_ENDPOINT": "https://res.openai.azure.com",
    "AZURE_API_BASE": "https://res.openai.azure.com",
    "AZURE_RESOURCE_NAME": "res",
    "AZURE_OPENAI_DEPLOYMENT": "blue",
    "OPENAI_API_VERSION": "2024-10-21",
    "AZURE_API_VERSION": "2024-10-21",
}
VERTEX_PLACE = {
    **dict.fromkeys(["GOOGLE_CLOUD_PROJECT", "GOOGLE_VERTEX_PROJECT", "VERTEXAI_PROJECT"], "your-project"),
    **dict.fromkeys(["GOOGLE_CLOUD_LOCATION", "GOOGLE_VERTEX_LOCATION", "VERTEXAI_LOCATION"], "global"),
    "GOOGLE_GENAI_USE_VERTEXAI": "true",
}
VERTEX_UNSET = [
    "GOOGLE_API_KEY",
    "GOOGLE_VERTEX_API_KEY",
    "GOOGLE_GENAI_USE_ENTERPRISE",
    "GOOGLE_VERTEX_BASE_URL",
    "GOOGLE_CLOUD_QUOTA_PROJECT",
    "VERTEXAI_API_BASE",
    "VERTEXAI_CREDENTIALS",
]

# The table of the contract: provider, credentials, what is written, what is unset.
ROWS: dict[str, tuple[str, dict[str, Any], dict[str, str], list[str]]] = {
    "openai": (
        "openai",
        {"api_key": "sk-1"},
        {"OPENAI_API_KEY": "sk-1"},
        ["OPENAI_ORG_ID", "OPENAI_ORGANIZATION", "OPENAI_PROJECT_ID", "OPENAI_BASE_URL", *OPENAI_UNSET],
    ),
    "openai, all of it": (
        "openai",
        {"api_key": "sk-1", "organization": "org-1", "project": "proj_1", "data_residency": "eu"},
        {
            "OPENAI_API_KEY": "sk-1",
            "OPENAI_ORG_ID": "org-1",
            "OPENAI_ORGANIZATION": "org-1",
            "OPENAI_PROJECT_ID": "proj_1",
            "OPENAI_BASE_URL": "https://eu.api.openai.com/v1",
        },
        OPENAI_UNSET,
    ),
    "anthropic": (
        "anthropic",
        {"api_key": "sk-ant-1"},
        {"ANTHROPIC_API_KEY": "sk-ant-1"},
        ["ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_BASE", "ANTHROPIC_CUSTOM_HEADERS"],
    ),
    "google": (
        "google",
        {"api_key": "g"},
        {"GEMINI_API_KEY": "g", "GOOGLE_API_KEY": "g", "GOOGLE_GENERATIVE_AI_API_KEY": "g"},
        ["GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_ENTERPRISE", "GOOGLE_GEMINI_BASE_URL", "GEMINI_API_BASE"],
    ),
    "google-vertex, key file": (
        "google-vertex",
        VERTEX_FILE,
        {
            "GOOGLE_CLIENT_EMAIL": KEY_FILE["client_email"],
            "GOOGLE_PRIVATE_KEY": KEY_FILE["private_key"],
            "GOOGLE_PRIVATE_KEY_ID": KEY_FILE["private_key_id"],
            **VERTEX_PLACE,
        },
        [*VERTEX_UNSET, "GOOGLE_APPLICATION_CREDENTIALS"],
    ),
    "google-vertex, API key": (
        "google-vertex",
        {"api_key": "v"},
        {"GOOGLE_API_KEY": "v", "GOOGLE_VERTEX_API_KEY": "v", "GOOGLE_GENAI_USE_VERTEXAI": "true"},
        [
            "GOOGLE_CLOUD_PROJECT",
            "GOOGLE_CLOUD_LOCATION",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "GOOGLE_GENAI_USE_ENTERPRISE",
            "GOOGLE_VERTEX_BASE_URL",
            "VERTEXAI_API_BASE",
        ],
    ),
    "azure, API key": (
        "azure",
        {"api_key": "a", **ENDPOINT},
        {"AZURE_OPENAI_API_KEY": "a", "AZURE_API_KEY": "a", **PLACE},
        AZURE_UNSET,
    ),
    "azure, another host and version": (
        "azure",
        {
            "api_key": "a",
            "endpoint": "https://res.services.ai.azure.com",
            "deployment_id": "blue",
            "api_version": "2025-04-01-preview",
        },
        {
            "AZURE_OPENAI_API_KEY": "a",
            "AZURE_API_KEY": "a",
            "AZURE_OPENAI_ENDPOINT": "https://res.services.ai.azure.com",
            "AZURE_API_BASE": "https://res.services.ai.azure.com",
            "AZURE_OPENAI_DEPLOYMENT": "blue",
            "OPENAI_API_VERSION": "2025-04-01-preview",
            "AZURE_API_VERSION": "2025-04-01-preview",
        },
        [*AZURE_UNSET, "AZURE_RESOURCE_NAME"],
    ),
    "azure, Entra ID": (
        "azure",
        ENTRA,
        {"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "s", **PLACE},
        ["AZURE_OPENAI_API_KEY", "AZURE_API_KEY", "AZURE_AUTHORITY_HOST", *AZURE_UNSET],
    ),
    "amazon-bedrock, access key": (
        "amazon-bedrock",
        AWS,
        {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s", **REGION},
        ["AWS_SESSION_TOKEN", *AWS_KEY_UNSET],
    ),
    "amazon-bedrock, session token": (
        "amazon-bedrock",
        {**AWS, "aws_session_token": "t"},
        {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t", **REGION},
        AWS_KEY_UNSET,
    ),
    "amazon-bedrock, API key": (
        "amazon-bedrock",
        {"api_key": "ABSK1", "region": "us-west-2"},
        {"AWS_BEARER_TOKEN_BEDROCK": "ABSK1", **REGION},
        AWS_UNSET,
    ),
    "xai": ("xai", {"api_key": "xai-1"}, {"XAI_API_KEY": "xai-1"}, ["XAI_API_BASE"]),
}
