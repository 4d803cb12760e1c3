"""What requests are given beside their bodies."""

from typing import Any

from rest_framework.serializers import Serializer

from llm_providers.api.delivery import INSTANCE, INSTANCE_HEADER
from llm_providers.api.schema.credentials import Schema, ref
from llm_providers.api.schema.derived import derived

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
