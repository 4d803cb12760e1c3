"""Credentials as JSON Schema, derived from the fields they are declared with."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from llm_providers.providers import Provider
from llm_providers.providers.credentials import CredentialField
from llm_providers.providers.endpoint import URLField
from llm_providers.strict.fields import Text
from llm_providers.strict.serializer import StrictSerializer

Schema = dict[str, Any]

MOMENT: Schema = {"type": "string", "format": "date-time"}
INT64: Schema = {"type": "integer", "format": "int64", "minimum": 1}


def ref(name: str, kind: str = "schemas") -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}


def object_of(properties: Mapping[str, Schema], optional: tuple[str, ...] = (), **more: Any) -> Schema:
    """An object of these properties and no others."""
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        **more,
        "properties": dict(properties),
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    if "type" in schema:
        return {**schema, "type": [schema["type"], "null"]}
    about = {key: value for key, value in schema.items() if key != "$ref"}
    return {**about, "oneOf": [{"$ref": schema["$ref"]}, {"type": "null"}]}


def serializer_schema(serializer: StrictSerializer, optional: Collection[str] = (), **more: Any) -> Schema:
    """The object of a serializer's fields; ``optional`` are those that may be left out beside the not required."""
    fields: Mapping[str, Any] = serializer.fields
    optional = tuple(name for name, field in fields.items() if not field.required or name in optional)
    return object_of({name: field_schema(field) for name, field in fields.items()}, optional, **more)


def field_schema(field: Text) -> Schema:
    if isinstance(field, CredentialField) and field.members:
        return {**ref(key_name(field)), "description": field.help_text}
    return text_schema(field)


def text_schema(field: Text) -> Schema:
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
    schema: Schema = {"format": "uri"} if isinstance(field, URLField) else {}
    return schema | (pattern_schema(field.pattern.pattern) if field.pattern else {})


def pattern_schema(pattern: str) -> Schema:
    """A constant, when one value alone matches."""
    literal = pattern.replace("\\", "")
    return {"const": literal} if re.escape(literal) == pattern else {"pattern": f"^(?:{pattern})$"}


def members_name(field: CredentialField) -> str:
    return str(field.field_name).title().replace("_", "")


def key_name(field: CredentialField) -> str:
    return f"{members_name(field)}Key"


def credentials_name(provider: type[Provider]) -> str:
    return f"{provider.__name__}Credentials"


def credentials_schemas(provider: type[Provider]) -> dict[str, Schema]:
    """The provider's credentials, and beside them the objects that a field of them may hold."""
    whole = whole_schema(provider)
    schemas = {credentials_name(provider): whole, patch_name(provider): patch_schema(provider, whole)}
    for field in provider.Credentials.declared().values():
        if field.members:
            about = {"description": field.help_text}
            text = {**text_schema(field), "contentMediaType": "application/json", "description": "The file's text."}
            schemas[members_name(field)] = serializer_schema(field.members(), (), **about)
            schemas[key_name(field)] = {**about, "oneOf": [ref(members_name(field)), text]}
    return schemas


def whole_schema(provider: type[Provider]) -> Schema:
    """One object, also where there are several ways in.

    What each of them takes is said in words: of an ``anyOf`` generators make several classes, or none.
    """
    declaration = provider.Credentials
    of_a_way = [name for way in declaration.ways for name in way.fields]
    about = f"The credentials for {provider.label}{ways_in_words(provider)}"
    schema = serializer_schema(declaration(), of_a_way, description=about)
    for name in of_a_way:
        schema["properties"][name].pop("default", None)  # a client that fills it in would mix the ways
    return schema


def ways_in_words(provider: type[Provider]) -> str:
    """What is sent besides the fields of every way, to follow on a sentence without its full stop."""
    fields = provider.Credentials.declared()
    told = []
    for way in provider.Credentials.ways:
        required = [name for name in way.fields if fields[name].required]
        optional = [f"{name} (optional)" for name in way.fields if name not in required]
        told.append(f"{way.label}: {', '.join(required + optional)}.")
    return f". Send the fields of one way in, and none of another. {' '.join(told)}" if told else ""


def patch_name(provider: type[Provider]) -> str:
    return f"{credentials_name(provider)}Patch"


def patch_schema(provider: type[Provider], whole: Schema) -> Schema:
    """Credentials of which each may be left out, and those that are optional may be null."""
    properties = {}
    for name, described in whole["properties"].items():
        schema = {key: value for key, value in described.items() if key != "default"}
        properties[name] = schema if name in whole.get("required", ()) else nullable(schema)
    return object_of(
        properties,
        optional=tuple(properties),
        description=f"The credentials for {provider.label}, as far as they change. null removes an optional one."
        + (" To change the way in, send null for the fields of the old one." if provider.Credentials.ways else ""),
        minProperties=1,
    )
