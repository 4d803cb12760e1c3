"""The credentials of each provider as types, for those who check theirs. A test holds them to the declarations.

Of a provider with several ways in, what belongs to one of them need not be there.
"""

from typing import NotRequired, TypedDict


class OpenAICredentials(TypedDict):
    api_key: str
    organization: NotRequired[str]
    project: NotRequired[str]
    data_residency: NotRequired[str]


class AnthropicCredentials(TypedDict):
    api_key: str


class GoogleCredentials(TypedDict):
    api_key: str


class KeyFile(TypedDict):
    """What is kept of the key file of a Google service account."""

    type: str
    project_id: NotRequired[str]
    private_key_id: NotRequired[str]
    private_key: str
    client_email: str
    client_id: NotRequired[str]


class GoogleVertexCredentials(TypedDict):
    service_account: NotRequired[KeyFile]
    project_id: NotRequired[str]
    location: NotRequired[str]
    api_key: NotRequired[str]


class AzureCredentials(TypedDict):
    endpoint: str
    deployment_id: str
    api_version: NotRequired[str]
    api_key: NotRequired[str]
    tenant_id: NotRequired[str]
    client_id: NotRequired[str]
    client_secret: NotRequired[str]


class AmazonBedrockCredentials(TypedDict):
    region: str
    aws_access_key_id: NotRequired[str]
    aws_secret_access_key: NotRequired[str]
    aws_session_token: NotRequired[str]
    api_key: NotRequired[str]


class XAICredentials(TypedDict):
    api_key: str
