"""The credentials of each provider as types, for those who check theirs. A test holds them to the declarations."""

from typing import NotRequired, TypedDict


class OpenAICredentials(TypedDict):
    api_key: str
    organization: NotRequired[str]


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
    service_account: KeyFile
    project_id: NotRequired[str]
    location: NotRequired[str]


class AzureCredentials(TypedDict):
    api_key: str
    endpoint: str
    deployment_id: str


class AmazonBedrockCredentials(TypedDict):
    aws_access_key_id: str
    aws_secret_access_key: str
    region: str
    aws_session_token: NotRequired[str]


class XAICredentials(TypedDict):
    api_key: str
