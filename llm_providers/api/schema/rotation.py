"""The rotation of a provider's key: what is told of it, and what may be said."""

from collections.abc import Mapping
from typing import Any

from llm_providers.api.schema.credentials import INT64, MOMENT, Schema, nullable, object_of, ref
from llm_providers.models import Consumer
from llm_providers.rotation.sent import PolicySerializer

KINDS = Consumer.Kind.values
WHEN = "2026-01-31T08:00:00Z"


def policy_schemas() -> dict[str, Schema]:
    """The properties of the policy, each of which may be null."""
    fields: Mapping[str, Any] = PolicySerializer().fields
    days = fields["rotate_every_days"].allowed
    types: dict[str, Schema] = {
        "owner": {"type": "string", "minLength": 1, "maxLength": fields["owner"].max_length},
        "expires_at": MOMENT,
        "rotate_every_days": {"type": "integer", "minimum": days.start, "maximum": days.stop - 1},
    }
    return {name: nullable(schema | {"description": fields[name].help_text}) for name, schema in types.items()}


def rotation_schemas() -> dict[str, Schema]:
    """By the names of their components."""
    policy = policy_schemas()
    return {
        "RotationPolicy": object_of(
            policy,
            optional=tuple(policy),
            description=PolicySerializer.__doc__,
            minProperties=1,
        ),
        "PreviousCredentials": object_of(
            {
                "version": INT64 | {"description": "The version they were"},
                "replaced_at": MOMENT | {"description": "When they were replaced"},
                "replaced_by": {"type": "string", "description": "The user name of who replaced them"},
                "kept_until": MOMENT | {"description": "When they are forgotten"},
            },
            description="What is told of the credentials before, which are kept and never shown.",
        ),
        "CredentialsConsumer": object_of(
            {
                "consumer": {"type": "string", "description": "The account that fetched the credentials"},
                "kind": {
                    "type": "string",
                    "description": f"Of what kind it is: {', '.join(KINDS)}. More may be added.",
                    "examples": KINDS,
                },
                "instance": {"type": ["string", "null"], "description": "Which of its replicas, where it says so"},
                "version": INT64 | {"description": "The version it got last, or proved to hold by a 304"},
                "last_seen_at": MOMENT | {"description": "When that was, to the minute"},
                "current": {"type": "boolean", "description": "Whether it holds the present secrets"},
            },
            description="Who fetched the credentials in the last 30 days.",
        ),
        "Rotation": object_of(
            {
                "provider": ref("LLMProvidersEnum"),
                "version": INT64 | {"description": "The configuration's version at the last change of the credentials"},
                "previous": nullable(ref("PreviousCredentials") | {"description": "What undo brings back, or null"}),
                **policy,
                "due_at": nullable(MOMENT | {"description": "When the key is to be rotated; null: no date is set"}),
                "due": {"type": "boolean", "description": "Whether that is now"},
                "consumers": {
                    "type": "array",
                    "items": ref("CredentialsConsumer"),
                    "description": "Those that fetched the credentials in the last 30 days",
                },
                "safe_to_revoke": {
                    "type": ["boolean", "null"],
                    "description": "True when every consumer holds the current version, false when one does not, null "
                    "when there is none: then nothing is known",
                },
            },
            description="What there is to know before a provider's old key is revoked.",
        ),
    }


def rotation_example(provider: str) -> Schema:
    """While a new key is going round."""
    return {
        "provider": provider,
        "version": 8,
        "previous": {
            "version": 7,
            "replaced_at": WHEN,
            "replaced_by": "admin",
            "kept_until": "2026-02-01T08:00:00Z",
        },
        "owner": "ml-platform",
        "expires_at": "2027-01-31T00:00:00Z",
        "rotate_every_days": 90,
        "due_at": "2026-05-01T08:00:00Z",
        "due": False,
        "consumers": [
            {
                "consumer": "billing",
                "kind": Consumer.Kind.USER.value,
                "instance": "web-1",
                "version": 7,
                "last_seen_at": WHEN,
                "current": False,
            }
        ],
        "safe_to_revoke": False,
    }
