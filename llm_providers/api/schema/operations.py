"""The operations, by method and path as the contract lists them."""

from dataclasses import dataclass
from typing import Any

from rest_framework.serializers import Serializer

from llm_providers.api.audit_events import AuditQuerySerializer
from llm_providers.api.delivery import INSTANCE, INSTANCE_HEADER
from llm_providers.api.schema.credentials import Schema, ref
from llm_providers.api.schema.derived import derived
from llm_providers.api.schema.errors import error_name, headers
from llm_providers.api.schema.machines import PATH_PARAMETERS

TAGS = {
    "LLM providers": "One configuration for each provider.",
    "Machines": "Accounts of programs, which log in without a password.",
    "Audit events": "Who changed what, and when.",
    "Tokens": "Access tokens for users, and how they are renewed and revoked.",
}
CONFIGURATIONS, MACHINES, AUDIT_EVENTS, TOKENS = TAGS

EVERYWHERE = (400, 403, 405, 406, 431, 500, 503)
WITH_TOKEN = (401,)
WITH_BODY = (413, 415)

PROVIDER = {
    "name": "provider",
    "in": "path",
    "required": True,
    "description": "The provider whose configuration is meant",
    "schema": ref("LLMProvidersEnum"),
    "example": "openai",
}
VERIFY = {
    "name": "verify",
    "in": "query",
    "description": "`require`: ask the provider first, and save only what it accepts; 422 otherwise. Needs the "
    "permission to verify too.",
    "schema": {"type": "string", "const": "require"},
}
ENABLED = {
    "name": "enabled",
    "in": "query",
    "description": "Only those that are enabled, or only those that are not.",
    "schema": {"type": "boolean"},
}
DUE = {
    "name": "due",
    "in": "query",
    "description": "Only those whose key is due for rotation, or only those whose key is not.",
    "schema": {"type": "boolean"},
}
PREVIOUS = {
    "name": "previous",
    "in": "query",
    "description": "`forget`: keep no previous credentials, as after a leak. Otherwise a changed secret keeps those "
    "before, for as long as LLM_PROVIDERS_PREVIOUS_HOURS says.",
    "schema": {"type": "string", "const": "forget"},
}

IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The `ETag` of the state the change starts from; 412 when it is another, or when nothing is stored.",
    "schema": {"type": "string"},
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of the state that is known; 304 when it is still the same.",
    "schema": {"type": "string"},
}


CONSUMER_INSTANCE = {
    "name": INSTANCE_HEADER,
    "in": "header",
    "description": "What the consumer calls this one of its replicas: which version each holds is kept apart.",
    "schema": {"type": "string", "pattern": f"^{INSTANCE.pattern}$"},
}


def query_parameters(serializer: Serializer[Any], **by_hand: Schema) -> tuple[Schema, ...]:
    """What a serializer takes from the query."""
    return tuple(
        {"name": name, "in": "query", "description": described.pop("description"), "schema": described}
        for name, described in derived(serializer, **by_hand).items()
    )


@dataclass(frozen=True, kw_only=True)
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
    description: str

    def statuses(self) -> list[int]:
        """The error statuses, in order."""
        of_kind = EVERYWHERE + (() if self.public else WITH_TOKEN) + (WITH_BODY if self.takes else ())
        return sorted({*of_kind, *self.errors})

    def document(self, path: str, requests: dict[str, Schema], answers: dict[str, Schema]) -> Schema:
        """The OpenAPI operation; ``requests`` and ``answers`` are examples by component."""
        document: Schema = {
            "operationId": self.name,
            "summary": self.summary,
            "tags": [self.tag],
            "description": self.description,
        }
        of_path = {"provider": PROVIDER, **PATH_PARAMETERS}
        parameters = [*(each for name, each in of_path.items() if f"{{{name}}}" in path), *self.parameters]
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
        name="listLlmProviders",
        summary="List the LLM provider configurations",
        tag=CONFIGURATIONS,
        answer="LLMProviderConfigList",
        parameters=(ENABLED, DUE),
        description="What is stored, masked, at most one for each provider. Needs the permission to view.",
    ),
    "POST /v1/llm-providers": Operation(
        name="createLlmProvider",
        summary="Create a new LLM provider configuration",
        tag=CONFIGURATIONS,
        takes="LLMProviderConfig",
        answer="LLMProviderConfig",
        errors=(409, 422, 429),
        parameters=(VERIFY,),
        etag=True,
        description="Stores credentials that keep the provider's rules, and answers them masked: they are never shown "
        "again. There is one configuration for each provider: 409 when there is one, and what is stored stays.",
    ),
    "GET /v1/llm-provider/{provider}": Operation(
        name="getLlmProvider",
        summary="Get the configuration of an LLM provider",
        tag=CONFIGURATIONS,
        answer="StoredLLMProviderConfig",
        errors=(404,),
        parameters=(IF_NONE_MATCH,),
        etag=True,
        description="Credentials are masked; they are null when the configured keys do not decrypt them.",
    ),
    "PUT /v1/llm-provider/{provider}": Operation(
        name="updateLlmProvider",
        summary="Update the configuration of an LLM provider",
        tag=CONFIGURATIONS,
        takes="LLMProviderConfigUpdate",
        answer="StoredLLMProviderConfig",
        errors=(404, 409, 412, 422, 429),
        parameters=(IF_MATCH, VERIFY, PREVIOUS),
        etag=True,
        description="What is left out stays. Credentials, when sent, replace the whole object: send all of them, in "
        "full. A masked value sent back is a 400.",
    ),
    "PATCH /v1/llm-provider/{provider}": Operation(
        name="patchLlmProvider",
        summary="Change parts of the configuration of an LLM provider",
        tag=CONFIGURATIONS,
        takes="LLMProviderConfigPatch",
        answer="StoredLLMProviderConfig",
        errors=(404, 409, 412, 422, 429),
        parameters=(IF_MATCH, VERIFY, PREVIOUS),
        etag=True,
        description="What is left out stays, in the credentials too; null removes an optional one (RFC 7396). "
        "Who changes where secrets are sent to must send them again.",
    ),
    "DELETE /v1/llm-provider/{provider}": Operation(
        name="deleteLlmProvider",
        summary="Delete the configuration of an LLM provider",
        tag=CONFIGURATIONS,
        answer="DeletedLLMProviderConfig",
        errors=(404, 412),
        parameters=(IF_MATCH,),
        description="Cannot be undone: the credentials are gone.",
    ),
    "GET /v1/llm-provider/{provider}/status": Operation(
        name="getLlmProviderStatus",
        summary="Get what is known of a configuration besides its credentials",
        tag=CONFIGURATIONS,
        answer="LLMProviderStatus",
        errors=(404,),
        description="Whether it is enabled and can be decrypted, its version, who changed it last and when, and when "
        "its key is due for rotation.",
    ),
    "POST /v1/llm-provider/{provider}/verify": Operation(
        name="verifyLlmProvider",
        summary="Ask the provider whether the stored credentials work",
        tag=CONFIGURATIONS,
        answer="Verification",
        errors=(404, 429),
        description="Costs nothing at the provider. What came of it is kept, and is in the status. Takes no body.",
    ),
    "POST /v1/llm-providers/verify": Operation(
        name="verifyLlmProviderConfig",
        summary="Ask the provider whether credentials work, without saving them",
        tag=CONFIGURATIONS,
        takes="LLMProviderConfig",
        answer="Verification",
        errors=(429,),
        description="Nothing of what is sent is kept, but that it was verified, by whom and with which outcome.",
    ),
    "GET /v1/llm-provider/{provider}/models": Operation(
        name="listLlmProviderModels",
        summary="List the models that the stored credentials open",
        tag=CONFIGURATIONS,
        answer="ModelList",
        errors=(404, 429, 502),
        description="As the provider tells them; remembered for five minutes, or until the configuration changes. "
        "`details.outcome` of a 502 says how the provider failed.",
    ),
    "GET /v1/llm-provider/{provider}/credentials": Operation(
        name="getLlmProviderCredentials",
        summary="Get the credentials of an LLM provider in plaintext",
        tag=CONFIGURATIONS,
        answer="DeliveredCredentials",
        errors=(404, 409),
        parameters=(IF_NONE_MATCH, CONSUMER_INSTANCE),
        etag=True,
        description="For programs: the credentials, and the environment in which the official SDKs find them. Needs "
        "the permission to use, and LLM_PROVIDERS_DELIVERY=true. Each delivery is an audit event; a 304 is none. The "
        "`ETag` is of the delivery alone: it stays while only `enabled` changes.",
    ),
    "GET /v1/machines": Operation(
        name="listMachines",
        summary="List the machines",
        tag=MACHINES,
        answer="MachineList",
        description="With what is kept of their keys. Needs the permission to manage machines, as all of these do.",
    ),
    "POST /v1/machines": Operation(
        name="createMachine",
        summary="Create a machine",
        tag=MACHINES,
        takes="MachineCreate",
        answer="Machine",
        errors=(409,),
        description="It may do nothing unless permissions and providers are given. Nobody gives a machine more than "
        "they hold: 403 unless you hold each of its permissions. It has no key yet.",
    ),
    "GET /v1/machine/{name}": Operation(
        name="getMachine",
        summary="Get a machine",
        tag=MACHINES,
        answer="Machine",
        errors=(404,),
        description="With what is kept of its keys, and when each was used last.",
    ),
    "PATCH /v1/machine/{name}": Operation(
        name="patchMachine",
        summary="Change a machine",
        tag=MACHINES,
        takes="MachinePatch",
        answer="Machine",
        errors=(404,),
        description="What is left out stays; a list replaces the whole list. Enabling a machine, and adding a "
        "permission, a provider or an identity, need each of the permissions it has then; narrowing does not. It "
        "holds from the next request on.",
    ),
    "DELETE /v1/machine/{name}": Operation(
        name="deleteMachine",
        summary="Delete a machine",
        tag=MACHINES,
        answer="DeletedMachine",
        errors=(404,),
        description="Cannot be undone: its keys are refused from the next request on.",
    ),
    "POST /v1/machine/{name}/keys": Operation(
        name="createMachineKey",
        summary="Issue a key of a machine",
        tag=MACHINES,
        takes="MachineKeyRequest",
        answer="IssuedMachineKey",
        errors=(404, 409),
        description="Needs each of the machine's permissions too. The key is in this answer and never again. A second "
        "key lets the first be exchanged without a gap; a machine has 10 at most.",
    ),
    "DELETE /v1/machine/{name}/key/{id}": Operation(
        name="revokeMachineKey",
        summary="Revoke a key of a machine",
        tag=MACHINES,
        answer="RevokedMachineKey",
        errors=(404,),
        description="Cannot be undone: the key is refused from the next request on. The machine's others stay.",
    ),
    "GET /v1/llm-provider/{provider}/rotation": Operation(
        name="getLlmProviderRotation",
        summary="Get who still holds an old key, and when the key is due",
        tag=CONFIGURATIONS,
        answer="Rotation",
        errors=(404,),
        description="`safe_to_revoke` goes by what was delivered over HTTP and by `exec_with_credentials`; it says "
        "nothing of copies that were made of a key otherwise.",
    ),
    "PATCH /v1/llm-provider/{provider}/rotation": Operation(
        name="patchLlmProviderRotation",
        summary="Change who owns the key and when it is due",
        tag=CONFIGURATIONS,
        takes="RotationPolicy",
        answer="Rotation",
        errors=(404, 412),
        parameters=(IF_MATCH,),
        description="What is left out stays, null removes. Leaves the configuration's version and `ETag` alone.",
    ),
    "POST /v1/llm-provider/{provider}/rotation/undo": Operation(
        name="undoLlmProviderRotation",
        summary="Make the previous credentials current again",
        tag=CONFIGURATIONS,
        answer="StoredLLMProviderConfig",
        errors=(404, 409, 412),
        parameters=(IF_MATCH,),
        etag=True,
        description="As a new version; what was current becomes the previous. Send `If-Match`: repeated without it, "
        "an undo undoes itself. Takes no body.",
    ),
    "POST /v1/llm-provider/{provider}/rotation/retire": Operation(
        name="retireLlmProviderCredentials",
        summary="Forget the previous credentials now",
        tag=CONFIGURATIONS,
        answer="Rotation",
        errors=(404, 409, 412),
        parameters=(IF_MATCH,),
        description="They are gone for good. Leaves the configuration's version and `ETag` alone. Takes no body.",
    ),
    "GET /v1/audit-events": Operation(
        name="listAuditEvents",
        summary="List who changed what, newest first",
        tag=AUDIT_EVENTS,
        answer="AuditEventPage",
        parameters=query_parameters(
            AuditQuerySerializer(), action={**ref("AuditActionFilter"), "description": "Only events of this kind"}
        ),
        description="`next` of a page, sent as `cursor`, continues behind it; it is null on the last page.",
    ),
    "POST /v1/token": Operation(
        name="createToken",
        summary="Log in for an access token and a refresh token",
        tag=TOKENS,
        takes="TokenRequest",
        answer="TokenPair",
        errors=(401, 429),
        public=True,
        description="Takes a user name and a password. An access token is short-lived; the refresh token renews it. "
        "Too many failed attempts lock the login for a while: 429 with Retry-After.",
    ),
    "POST /v1/token/refresh": Operation(
        name="refreshToken",
        summary="Exchange a refresh token for a new pair",
        tag=TOKENS,
        takes="RefreshRequest",
        answer="TokenPair",
        errors=(401,),
        public=True,
        description="The refresh token that is sent cannot be used again.",
    ),
    "POST /v1/token/revoke": Operation(
        name="revokeToken",
        summary="Revoke a refresh token",
        tag=TOKENS,
        takes="RefreshRequest",
        answer="Nothing",
        errors=(401,),
        public=True,
        description="The refresh token is dead from then on. Access tokens run out by themselves.",
    ),
}
