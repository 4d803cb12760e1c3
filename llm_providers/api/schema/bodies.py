"""What is sent and answered when nothing went wrong: the schemas."""

from llm_providers.api.audit_events import AuditEventSerializer
from llm_providers.api.schema.actions import meanings
from llm_providers.api.schema.configurations import (
    change_schema,
    config_name,
    config_schema,
    one_of,
    stored_name,
    stored_schema,
)
from llm_providers.api.schema.credentials import (
    INT64,
    MOMENT,
    Schema,
    credentials_name,
    credentials_schemas,
    nullable,
    object_of,
    patch_name,
    ref,
    serializer_schema,
)
from llm_providers.api.schema.deliveries import delivery_schemas
from llm_providers.api.schema.derived import derived
from llm_providers.api.schema.machines import machine_schemas
from llm_providers.api.schema.rotation import rotation_schemas
from llm_providers.api.serializers import LLMProviderConfigSerializer, StatusSerializer
from llm_providers.api.tokens import RefreshSerializer, TokenRequestSerializer
from llm_providers.models import AuditEvent
from llm_providers.providers import Registry
from llm_providers.verification.outcomes import Outcome

OUTCOMES = [outcome.value for outcome in Outcome]
VERIFICATION = object_of(
    {
        "outcome": {
            "type": "string",
            "description": f"What came of it: {', '.join(OUTCOMES)}. More may be added.",
            "examples": OUTCOMES,
        },
        "message": {"type": "string", "description": "The outcome in a sentence of this service, not the provider's"},
        "field": {"type": ["string", "null"], "description": "The credential to blame, or null"},
        "checked_at": MOMENT | {"description": "When the provider was asked"},
        "current": {"type": "boolean", "description": "False as soon as the credentials have changed since"},
    },
    description="What the provider said when its credentials were tried.",
)
ACTIONS = AuditEvent.Action.values
FIELD_NAMES = {
    "type": "array",
    "items": {"type": "string"},
    "description": (
        "The names of what changed, behind that of the account or machine, and what enabled was switched to; where a "
        "machine did it, also the id of its key, or the issuer and subject of its token"
    ),
}


def schemas(registry: Registry) -> dict[str, Schema]:
    """The schemas by the names of their components."""
    named: dict[str, Schema] = {
        "LLMProvidersEnum": {
            "type": "string",
            "enum": registry.slugs(),
            "description": LLMProviderConfigSerializer().fields["provider"].help_text,
        },
        "LLMProviderConfig": one_of(
            {provider.slug: config_name(provider) for provider in registry},
            "The provider decides which credentials there are. Answers show them masked.",
        ),
        "StoredLLMProviderConfig": one_of(
            {provider.slug: stored_name(provider) for provider in registry},
            "What is stored, masked; credentials are null when the configured keys do not decrypt them.",
        ),
        "LLMProviderConfigList": object_of(
            {
                "providers": {
                    "type": "array",
                    "items": ref("StoredLLMProviderConfig"),
                    "description": "At most one for each provider, in the order of LLMProvidersEnum",
                }
            },
            description="The configurations.",
        ),
        "AnyCredentials": {
            "description": "The credentials of the provider in the path.",
            "anyOf": [ref(credentials_name(provider)) for provider in registry],
        },
        "AnyCredentialsPatch": {
            "description": "What changes in the credentials of the provider in the path.",
            "anyOf": [ref(patch_name(provider)) for provider in registry],
        },
        "LLMProviderConfigUpdate": change_schema(
            "AnyCredentials", "What to change: what is left out stays, and credentials replace the whole object."
        ),
        "LLMProviderConfigPatch": change_schema(
            "AnyCredentialsPatch", "What to change: what is left out stays, in the credentials too."
        ),
        "DeletedLLMProviderConfig": object_of(
            {"provider": ref("LLMProvidersEnum")}, description="Whose configuration was deleted."
        ),
        "Verification": VERIFICATION,
        "Model": object_of(
            {
                "id": {"type": "string", "description": "What requests to the provider call it"},
                "name": {"type": "string", "description": "What people call it, where the provider says so"},
            },
            optional=("name",),
            description="A model, or on Azure a deployment.",
        ),
        "ModelList": object_of(
            {
                "provider": ref("LLMProvidersEnum"),
                "models": {"type": "array", "items": ref("Model"), "description": "In the provider's order"},
                "fetched_at": MOMENT | {"description": "When the provider was asked"},
            },
            description="The models that a configuration's credentials open.",
        ),
        "LLMProviderStatus": object_of(
            derived(
                StatusSerializer(),
                version=INT64 | {"description": "Counts the changes"},
                created_at=MOMENT | {"description": "When the configuration was created"},
                updated_at=MOMENT | {"description": "When it was changed last"},
                verification=nullable(ref("Verification") | {"description": "The last verification, or null"}),
                due_at=nullable(MOMENT | {"description": "When the key is to be rotated; null: no date is set"}),
            ),
            description="What is known of a configuration besides its credentials.",
        ),
        **machine_schemas(),
        "AuditAction": {
            "type": "string",
            "description": f"What was done. More may be added: pass over what you do not know.\n\n{meanings()}",
            "examples": ACTIONS,
        },
        "AuditActionFilter": {"type": "string", "enum": ACTIONS, "description": "What can be asked for by its action."},
        "AuditSource": {
            "type": "string",
            "enum": AuditEvent.Source.values,
            "description": "The way it came in by",
        },
        "AuditEvent": object_of(
            derived(
                AuditEventSerializer(),
                id=INT64 | {"description": "Grows from event to event"},
                created_at=MOMENT | {"description": "When it was done"},
                action=ref("AuditAction"),
                fields=FIELD_NAMES,
                source=ref("AuditSource"),
            ),
            description="Who did what. It holds no credential.",
        ),
        "AuditEventPage": object_of(
            {
                "events": {"type": "array", "items": ref("AuditEvent"), "description": "Newest first"},
                "next": {"type": ["string", "null"], "description": "The cursor of the next page, null on the last"},
            },
            description="A page of the trail.",
        ),
        "TokenRequest": serializer_schema(TokenRequestSerializer(), description="Who logs in."),
        "RefreshRequest": serializer_schema(RefreshSerializer(), description="The refresh token to use up."),
        "TokenPair": object_of(
            {
                "access": {"type": "string", "description": "Send it as Authorization: Bearer <access>"},
                "refresh": {"type": "string", "description": "Exchange it, once, for the next pair"},
            },
            description="An access token, and the refresh token for the next pair.",
        ),
        "Nothing": object_of({}, description="An empty object."),
        **delivery_schemas(registry),
        **rotation_schemas(),
    }
    for provider in registry:
        named[config_name(provider)] = config_schema(provider)
        named[stored_name(provider)] = stored_schema(provider)
        named |= credentials_schemas(provider)
    return named
