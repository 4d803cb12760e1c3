"""The rotation of a provider's key."""

from llm_providers.api.schema.operation import CONFIGURATIONS, Operation
from llm_providers.api.schema.parameters import IF_MATCH

OPERATIONS = {
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
}
