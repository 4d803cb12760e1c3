"""The operations, by method and path as the contract lists them."""

from dataclasses import dataclass
from typing import Any

from llm_providers.api.schema.credentials import Schema, ref
from llm_providers.api.schema.errors import error_name, headers

TAGS = {
    "LLM providers": "One configuration for each provider.",
    "Tokens": "Access tokens for users, and how they are renewed and revoked.",
}
CONFIGURATIONS, TOKENS = TAGS

EVERYWHERE = (400, 405, 406, 500, 503)
WITH_TOKEN = (401, 403)
WITH_BODY = (413, 415)

PROVIDER = {"name": "provider", "in": "path", "required": True, "schema": ref("LLMProvidersEnum")}
ENABLED = {
    "name": "enabled",
    "in": "query",
    "description": "Only those that are enabled, or only those that are not.",
    "schema": {"type": "boolean"},
}


@dataclass(frozen=True)
class Operation:
    """One request and what it may be answered; bodies by the names of their components.

    ``errors`` are the statuses beyond those every operation of its kind has.
    """

    name: str
    summary: str
    tag: str
    answer: str
    takes: str | None = None
    errors: tuple[int, ...] = ()
    parameters: tuple[Schema, ...] = ()
    public: bool = False
    description: str = ""

    def statuses(self) -> list[int]:
        """The error statuses, in order."""
        of_kind = EVERYWHERE + (() if self.public else WITH_TOKEN) + (WITH_BODY if self.takes else ())
        return sorted({*of_kind, *self.errors})

    def document(self, path: str, requests: dict[str, Schema], answers: dict[str, Schema]) -> Schema:
        """The OpenAPI operation; ``requests`` and ``answers`` are examples by component."""
        document: Schema = {"operationId": self.name, "summary": self.summary, "tags": [self.tag]}
        if self.description:
            document["description"] = self.description
        parameters = [*([PROVIDER] if "{provider}" in path else []), *self.parameters]
        if parameters:
            document["parameters"] = parameters
        if self.public:
            document["security"] = []
        if self.takes:
            document["requestBody"] = {"required": True, "content": json_content(self.takes, requests)}
        ok = {"description": "OK", "headers": headers(200), "content": json_content(self.answer, answers)}
        errors = {str(status): ref(error_name(status), "responses") for status in self.statuses()}
        return {**document, "responses": {"200": ok, **errors}}


def json_content(component: str, examples: dict[str, Schema]) -> dict[str, Any]:
    return {"application/json": {"schema": ref(component), "examples": examples[component]}}


OPERATIONS = {
    "GET /v1/llm-providers": Operation(
        "listLlmProviders",
        "List the LLM provider configurations",
        CONFIGURATIONS,
        answer="LLMProviderConfigList",
        parameters=(ENABLED,),
    ),
    "POST /v1/llm-providers": Operation(
        "createLlmProvider",
        "Create a new LLM provider configuration",
        CONFIGURATIONS,
        takes="LLMProviderConfig",
        answer="LLMProviderConfig",
        errors=(409,),
    ),
    "GET /v1/llm-provider/{provider}": Operation(
        "getLlmProvider",
        "Get the configuration of an LLM provider",
        CONFIGURATIONS,
        answer="StoredLLMProviderConfig",
        errors=(404,),
    ),
    "POST /v1/token": Operation(
        "createToken",
        "Log in for an access token and a refresh token",
        TOKENS,
        takes="TokenRequest",
        answer="TokenPair",
        errors=(401, 429),
        public=True,
    ),
    "POST /v1/token/refresh": Operation(
        "refreshToken",
        "Exchange a refresh token for a new pair",
        TOKENS,
        takes="RefreshRequest",
        answer="TokenPair",
        errors=(401,),
        public=True,
        description="The refresh token that is sent cannot be used again.",
    ),
    "POST /v1/token/revoke": Operation(
        "revokeToken",
        "Revoke a refresh token",
        TOKENS,
        takes="RefreshRequest",
        answer="Nothing",
        errors=(401,),
        public=True,
    ),
}
