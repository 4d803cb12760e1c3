"""The operations, by method and path as the contract lists them."""

from dataclasses import dataclass
from typing import Any

from rest_framework.serializers import Serializer

from llm_providers.api.audit_events import AuditQuerySerializer
from llm_providers.api.schema.credentials import Schema, ref
from llm_providers.api.schema.derived import derived
from llm_providers.api.schema.errors import error_name, headers

TAGS = {
    "LLM providers": "One configuration for each provider.",
    "Audit events": "Who changed what, and when.",
    "Tokens": "Access tokens for users, and how they are renewed and revoked.",
}
CONFIGURATIONS, AUDIT_EVENTS, TOKENS = TAGS

EVERYWHERE = (400, 403, 405, 406, 431, 500, 503)
WITH_TOKEN = (401,)
WITH_BODY = (413, 415)

PROVIDER = {"name": "provider", "in": "path", "required": True, "schema": ref("LLMProvidersEnum")}
ENABLED = {
    "name": "enabled",
    "in": "query",
    "description": "Only those that are enabled, or only those that are not.",
    "schema": {"type": "boolean"},
}


IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The `ETag` of the state the change starts from; 412 when it is another.",
    "schema": {"type": "string"},
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of the state that is known; 304 when it is still the same.",
    "schema": {"type": "string"},
}


def query_parameters(serializer: Serializer[Any]) -> tuple[Schema, ...]:
    """What a serializer takes from the query."""
    return tuple(
        {"name": name, "in": "query", "description": described.pop("description"), "schema": described}
        for name, described in derived(serializer).items()
    )


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
    etag: bool = False
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
        sent = headers(200) | ({"ETag": ref("ETag", "headers")} if self.etag else {})
        ok = {"description": "OK", "headers": sent, "content": json_content(self.answer, answers)}
        if IF_NONE_MATCH in self.parameters:
            unchanged = {"304": {"description": "Not Modified", "headers": sent}}
        else:
            unchanged = {}
        errors = {str(status): ref(error_name(status), "responses") for status in self.statuses()}
        return {**document, "responses": {"200": ok, **unchanged, **errors}}


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
        etag=True,
    ),
    "GET /v1/llm-provider/{provider}": Operation(
        "getLlmProvider",
        "Get the configuration of an LLM provider",
        CONFIGURATIONS,
        answer="StoredLLMProviderConfig",
        errors=(404,),
        parameters=(IF_NONE_MATCH,),
        etag=True,
    ),
    "PUT /v1/llm-provider/{provider}": Operation(
        "updateLlmProvider",
        "Update the configuration of an LLM provider",
        CONFIGURATIONS,
        takes="LLMProviderConfigUpdate",
        answer="StoredLLMProviderConfig",
        errors=(404, 412),
        parameters=(IF_MATCH,),
        etag=True,
        description="What is left out stays. Credentials, when sent, replace the whole object.",
    ),
    "PATCH /v1/llm-provider/{provider}": Operation(
        "patchLlmProvider",
        "Change parts of the configuration of an LLM provider",
        CONFIGURATIONS,
        takes="LLMProviderConfigPatch",
        answer="StoredLLMProviderConfig",
        errors=(404, 412),
        parameters=(IF_MATCH,),
        etag=True,
        description="What is left out stays, in the credentials too; null removes an optional one (RFC 7396). "
        "Who changes where secrets are sent to must send them again.",
    ),
    "DELETE /v1/llm-provider/{provider}": Operation(
        "deleteLlmProvider",
        "Delete the configuration of an LLM provider",
        CONFIGURATIONS,
        answer="DeletedLLMProviderConfig",
        errors=(404, 412),
        parameters=(IF_MATCH,),
    ),
    "GET /v1/llm-provider/{provider}/status": Operation(
        "getLlmProviderStatus",
        "Get what is known of a configuration besides its credentials",
        CONFIGURATIONS,
        answer="LLMProviderStatus",
        errors=(404,),
    ),
    "GET /v1/audit-events": Operation(
        "listAuditEvents",
        "List who changed what, newest first",
        AUDIT_EVENTS,
        answer="AuditEventPage",
        parameters=query_parameters(AuditQuerySerializer()),
        description="`next` of a page, sent as `cursor`, continues behind it; it is null on the last page.",
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
