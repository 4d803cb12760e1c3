"""Machines as they are sent and answered: schemas, and parameters of paths."""

from typing import Any

from llm_providers.api.schema.credentials import MOMENT, Schema, nullable, object_of, ref, text_schema
from llm_providers.machine_keys import KEY
from llm_providers.machines.accounts import NAME
from llm_providers.machines.identities import CLAIMS, LENGTH, NAME_LENGTH, IdentitySerializer
from llm_providers.machines.issuing import KEY_ID, KEYS
from llm_providers.machines.sent import IDENTITIES, KeySerializer, MachineChangeSerializer, MachineSerializer
from llm_providers.models import CODENAMES
from llm_providers.strict.fields import WholeNumberField
from llm_providers.strict.serializer import StrictSerializer

KEY_ID_EXAMPLE = "k7f3q9x2m4p8"
NAME_SCHEMA: Schema = {"type": "string", "pattern": f"^{NAME.pattern}$"}
KEY_ID_SCHEMA: Schema = {"type": "string", "pattern": f"^{KEY_ID.pattern}$"}

PATH_PARAMETERS: dict[str, Schema] = {
    "name": {
        "name": "name",
        "in": "path",
        "required": True,
        "description": "The machine that is meant",
        "schema": NAME_SCHEMA,
        "example": "billing",
    },
    "id": {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "The key that is meant, by what stands between the underscores of its text",
        "schema": KEY_ID_SCHEMA,
        "example": KEY_ID_EXAMPLE,
    },
}


def machine_schemas() -> dict[str, Schema]:
    """By the names of their components."""
    fields = properties(MachineSerializer())
    moments = {"created_at": "When it was made", "updated_at": "When it was changed last, its keys apart"}
    keys = {"type": "array", "items": ref("MachineKey"), "description": "Its keys, the oldest first"}
    return {
        "MachinePermission": {
            "type": "string",
            "enum": list(CODENAMES),
            "description": "What a machine may be permitted: what users are, but to manage machines.",
        },
        "MachineClaims": {
            "type": "object",
            "description": "Claims by name, each exactly so.",
            "maxProperties": CLAIMS,
            "propertyNames": {"minLength": 1, "maxLength": NAME_LENGTH},
            "additionalProperties": {
                "type": "string",
                "minLength": 1,
                "maxLength": LENGTH,
                "description": "The value of the claim",
            },
        },
        "MachineIdentity": object_of(
            properties(IdentitySerializer()),
            optional=("claims",),
            description="A workload as its platform names it in its tokens.",
        ),
        "MachineKey": object_of(
            {
                "id": KEY_ID_SCHEMA | {"description": "What stands between the underscores of the key"},
                "created_at": MOMENT | {"description": "When it was issued"},
                "expires_at": MOMENT | {"description": "From when on it is refused"},
                "last_used_at": nullable(MOMENT | {"description": "When it was used last, to a minute, or null"}),
                "last_used_from": {"type": ["string", "null"], "description": "The IP address it came from, or null"},
            },
            description="What is kept of a key of a machine: never the key.",
        ),
        "Machine": object_of(
            {
                **{
                    name: {key: value for key, value in each.items() if key != "default"}
                    for name, each in fields.items()
                },
                "keys": keys | {"maxItems": KEYS},
                **{name: MOMENT | {"description": about} for name, about in moments.items()},
            },
            description="The account of a program.",
        ),
        "MachineCreate": object_of(
            fields | {"enabled": fields["enabled"] | {"default": True}},
            optional=tuple(fields)[1:],
            description="A new machine: what is left out is empty.",
        ),
        "MachinePatch": object_of(
            properties(MachineChangeSerializer()),
            optional=tuple(fields),
            description="What changes of a machine: what is left out stays, and a list replaces the whole list.",
            minProperties=1,
        ),
        "MachineList": object_of(
            {"machines": {"type": "array", "items": ref("Machine"), "description": "By name"}},
            description="The machines.",
        ),
        "DeletedMachine": object_of(
            {"name": NAME_SCHEMA | {"description": "What it was called"}}, description="Which machine was deleted."
        ),
        "MachineKeyRequest": object_of(
            properties(KeySerializer()), optional=("expires_in_days",), description="How long a new key is good for."
        ),
        "IssuedMachineKey": object_of(
            {
                "id": KEY_ID_SCHEMA | {"description": "By which it is listed and revoked"},
                "key": {
                    "type": "string",
                    "format": "password",
                    "description": "The key, this once: 12 characters of id, 43 of randomness, 6 of a checksum. It "
                    f"matches ^{KEY.pattern}$. Send it as Authorization: Bearer <key>",
                },
                "expires_at": MOMENT | {"description": "From when on it is refused"},
            },
            description="A new key: the only answer that ever holds it.",
        ),
        "RevokedMachineKey": object_of(
            {"id": KEY_ID_SCHEMA | {"description": "The id of the key"}}, description="Which key was revoked."
        ),
    }


def properties(serializer: StrictSerializer) -> dict[str, Schema]:
    return {
        name: field_schema(name, field) | {"description": field.help_text} for name, field in serializer.fields.items()
    }


def field_schema(name: str, field: Any) -> Schema:
    """What the type of a field does not say is said here by its name."""
    by_hand: dict[str, Schema] = {
        "name": NAME_SCHEMA,
        "enabled": {"type": "boolean"},
        "permissions": {"type": "array", "items": ref("MachinePermission"), "uniqueItems": True},
        "providers": {"type": ["array", "null"], "items": ref("LLMProvidersEnum"), "uniqueItems": True},
        "identities": {"type": "array", "items": ref("MachineIdentity"), "uniqueItems": True, "maxItems": IDENTITIES},
        "claims": ref("MachineClaims"),
        "issuer": {"type": "string", "format": "uri", "pattern": "^https://", "maxLength": LENGTH},
    }
    if name in by_hand:
        return by_hand[name]
    if isinstance(field, WholeNumberField):
        allowed = field.allowed
        return {"type": "integer", "minimum": allowed[0], "maximum": allowed[-1], "default": field.default}
    schema = text_schema(field)
    del schema["title"]
    if field.allow_blank:
        del schema["minLength"]
    return schema
