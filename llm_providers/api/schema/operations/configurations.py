"""Configurations: stored, changed, verified, delivered."""

from llm_providers.api.schema.operation import CONFIGURATIONS, Operation
from llm_providers.api.schema.parameters import (
    CONSUMER_INSTANCE,
    DUE,
    ENABLED,
    IF_MATCH,
    IF_NONE_MATCH,
    PREVIOUS,
    VERIFY,
)

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
}
