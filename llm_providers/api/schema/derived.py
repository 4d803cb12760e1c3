"""What drf-spectacular knows of a serializer's fields by itself, and what of ours it must be told."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from llm_providers.api.schema.credentials import Schema, ref

OF_A_DIRECTION = ("readOnly", "writeOnly", "x-spec-enum-id")  # our components are of one direction each


def derived(serializer: Serializer[Any], **by_hand: Schema) -> dict[str, Schema]:
    """The properties of the serializer's object: types, bounds, choices and help texts.

    ``by_hand`` are those of fields whose type does not say what they hold.
    """
    names = list(serializer.fields)
    for name in by_hand:
        del serializer.fields[name]
    schema = AutoSchema()
    schema.registry = ComponentRegistry()
    schema.view = APIView(request=None, args=(), kwargs={}, format_kwarg=None)
    # Public only by way of a view, and then each serializer becomes a component that it names.
    properties: dict[str, Schema] = schema._map_serializer(serializer, "response")["properties"]  # type: ignore[no-untyped-call]
    return {name: by_hand[name] if name in by_hand else plain(properties[name]) for name in names}


def plain(described: Schema) -> Schema:
    inside: Schema
    inside, *_others = described.pop("allOf", [{}])  # a reference, wrapped for generators of OpenAPI 3.0
    return inside | {key: value for key, value in described.items() if key not in OF_A_DIRECTION}


class ProviderFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "llm_providers.providers.slug.ProviderField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> Schema:
        return ref("LLMProvidersEnum")


class CursorFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "llm_providers.api.audit_events.CursorField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> Schema:
        return {"type": "string", "minLength": 1}


class TextExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "llm_providers.strict.fields.Text"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> Schema:
        bounds = {"minLength": 1} | ({"maxLength": self.target.max_length} if self.target.max_length else {})
        password = {"format": "password"} if self.target.style.get("input_type") == "password" else {}
        return {"type": "string", **password, **bounds}
