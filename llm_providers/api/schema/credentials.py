"""Credentials as JSON Schema, derived from the fields they are declared with."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from llm_providers.providers import Provider, Registry
from llm_providers.providers.credentials import CredentialField
from llm_providers.strict.fields import Text
from llm_providers.strict.serializer import StrictSerializer

Schema = dict[str, Any]


def ref(name: str, kind: str = "schemas") -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}


def object_of(properties: Mapping[str, Schema], optional: tuple[str, ...] = (), **more: Any) -> Schema:
    """An object of these properties and no others."""
    return {
        "type": "object",
        **more,
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def serializer_schema(serializer: StrictSerializer, **more: Any) -> Schema:
    fields: Mapping[str, Any] = serializer.fields
    optional = tuple(name for name, field in fields.items() if not field.required)
    return object_of({name: field_schema(field) for name, field in fields.items()}, optional, **more)


def field_schema(field: Text) -> Schema:
    schema: Schema = {"type": "string", "title": field.label, "minLength": 1}
    if field.help_text:
        schema["description"] = field.help_text
    if field.max_length:
        schema["maxLength"] = field.max_length
    if field.style.get("input_type") == "password":
        schema["format"] = "password"
    if isinstance(field, CredentialField):
        schema |= credential_schema(field)
    if isinstance(field.default, str):
        schema["default"] = field.default
    return schema


def credential_schema(field: CredentialField) -> Schema:
    if field.masked:
        return {"format": "password"}  # an answered mask does not match the pattern of its secret
    schema: Schema = {"format": "uri"} if field.destination else {}
    return schema | ({"pattern": f"^(?:{field.pattern.pattern})$"} if field.pattern else {})


def credentials_name(provider: type[Provider]) -> str:
    return f"{provider.__name__}Credentials"


def credentials_schemas(registry: Registry, provider: type[Provider]) -> dict[str, Schema]:
    """The provider's credentials, and beside them what a field may hold instead of a string."""
    credentials = serializer_schema(provider.Credentials(), description=f"The credentials for {provider.label}")
    schemas = {credentials_name(provider): credentials}
    for name, value in provider.example.items():
        if isinstance(value, dict):
            component = name.title().replace("_", "")
            schemas[component] = members_schema(registry, provider, name)
            text = credentials["properties"][name]
            about = {key: text.pop(key) for key in ("title", "description")}
            as_json = {**text, "contentMediaType": "application/json"}
            credentials["properties"][name] = {**about, "oneOf": [ref(component), as_json]}
    return schemas


def patch_name(provider: type[Provider]) -> str:
    return f"{credentials_name(provider)}Patch"


def patch_schema(registry: Registry, provider: type[Provider]) -> Schema:
    """Credentials of which each may be left out, and those that are optional may be null."""
    whole = credentials_schemas(registry, provider)[credentials_name(provider)]
    properties: dict[str, Schema] = {}
    for name, schema in whole["properties"].items():
        schema.pop("default", None)
        nullable = name not in whole["required"]
        properties[name] = {**schema, "type": [schema["type"], "null"]} if nullable else schema
    description = f"{whole['description']}, as far as they change"
    return object_of(properties, optional=tuple(properties), description=description, minProperties=1)


def members_schema(registry: Registry, provider: type[Provider], name: str) -> Schema:
    """An object, known by its example: required is what the provider refuses to do without."""
    members = provider.example[name]
    masked = masked_example(registry, provider)[name]

    def is_required(member: str) -> bool:
        rest = {key: value for key, value in members.items() if key != member}
        try:
            registry.clean(provider.slug, {**provider.example, name: rest})
        except serializers.ValidationError:
            return True
        return False

    secret = {"type": "string", "format": "password"}
    return {
        "type": "object",
        "properties": {
            member: {"type": "string"} if masked[member] == value else secret for member, value in members.items()
        },
        "required": [member for member in members if is_required(member)],
        "additionalProperties": {"type": "string"},
    }


def masked_example(registry: Registry, provider: type[Provider]) -> dict[str, Any]:
    return registry.mask(provider.slug, registry.clean(provider.slug, provider.example))
