"""What people, agents and generators of clients need to find in the OpenAPI document."""

from collections.abc import Iterator
from typing import Any

import pytest

from llm_providers.api.documentation import document
from llm_providers.api.schema.actions import MEANINGS
from llm_providers.api.schema.operations import OPERATIONS
from llm_providers.models import AuditEvent
from llm_providers.providers import PROVIDERS
from tests.api.schema.test_openapi import complaints, each_operation, each_provider, find
from tests.providers.test_google_vertex_key_file import DOWNLOADED

pytestmark = pytest.mark.once

SCHEMAS: dict[str, Any] = document()["components"]["schemas"]
COMBINED = ("oneOf", "anyOf", "allOf")
NULL = {"type": "null"}


def parts(schema: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Each schema inside a component's, with the way to it."""
    for name, inside in schema.get("properties", {}).items():
        yield f"{path}.{name}", inside
        yield from parts(inside, f"{path}.{name}")
    for combined in COMBINED:
        for number, inside in enumerate(schema.get(combined, [])):
            yield from parts(inside, f"{path}.{combined}.{number}")
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield from parts(schema[name], f"{path}.{name}")


def is_described(schema: Any) -> bool:
    referred = SCHEMAS.get(schema.get("$ref", "").rpartition("/")[2], {})
    return bool(schema.get("description") or referred.get("description"))


def test_everything_is_described() -> None:
    operations = [name for name in OPERATIONS if not find(name).get("description")]
    parameters = [
        f"{name} {parameter['name']}"
        for name in OPERATIONS
        for parameter in find(name).get("parameters", [])
        if not parameter.get("description")
    ]
    headers = [name for name, header in document()["components"]["headers"].items() if not header.get("description")]
    components = [name for name, schema in SCHEMAS.items() if not schema.get("description")]
    properties = [
        path for name, schema in SCHEMAS.items() for path, part in parts(schema, name) if not is_described(part)
    ]
    assert (operations, parameters, headers, components, properties) == ([], [], [], [], [])


def others_than_null(schema: Any) -> list[Any]:
    return [branch for combined in COMBINED for branch in schema.get(combined, []) if branch != NULL]


def test_no_object_and_no_choice_is_without_a_name() -> None:
    inner = [
        path
        for name, schema in SCHEMAS.items()
        for path, part in parts(schema, name)
        if part.get("type") == "object" or "enum" in part or len(others_than_null(part)) > 1
    ]
    assert inner == []


def test_no_list_of_required_properties_is_empty() -> None:
    assert [name for name, schema in SCHEMAS.items() if schema.get("required") == []] == []


def test_what_is_stored_is_one_union_told_apart_by_its_provider() -> None:
    names = [f"Stored{provider.__name__}Config" for provider in PROVIDERS]
    refs = [f"#/components/schemas/{name}" for name in names]
    assert SCHEMAS["StoredLLMProviderConfig"]["oneOf"] == [{"$ref": ref} for ref in refs]
    assert SCHEMAS["StoredLLMProviderConfig"]["discriminator"] == {
        "propertyName": "provider",
        "mapping": dict(zip(PROVIDERS.slugs(), refs, strict=True)),
    }
    assert SCHEMAS["StoredXAIConfig"]["required"] == ["provider", "enabled", "credentials"]


@each_provider
def test_credentials_that_cannot_be_decrypted_are_null_in_one_branch_only(provider: Any) -> None:
    unreadable = {"provider": provider.slug, "enabled": True, "credentials": None}
    assert complaints({"$ref": "#/components/schemas/StoredLLMProviderConfig"}, unreadable) == []
    assert complaints({"$ref": "#/components/schemas/LLMProviderConfig"}, unreadable)


@each_provider
def test_a_code_that_stands_alone_is_a_constant(provider: Any) -> None:
    assert SCHEMAS[f"{provider.__name__}Config"]["properties"]["provider"]["const"] == provider.slug


def test_codes_that_share_a_status_have_a_name_of_their_own() -> None:
    assert SCHEMAS["NotFoundProblem"]["properties"]["code"]["const"] == "NOT_FOUND"
    assert SCHEMAS["ConflictErrorCode"]["enum"] == [
        "CONFLICT",
        "PROVIDER_DISABLED",
        "NOTHING_TO_UNDO",
        "NOTHING_TO_RETIRE",
    ]
    assert SCHEMAS["ServiceUnavailableErrorCode"]["enum"] == ["SERVICE_UNAVAILABLE", "CREDENTIALS_UNREADABLE"]


def test_a_downloaded_key_file_is_described_member_by_member() -> None:
    schema = {"$ref": "#/components/schemas/ServiceAccountKey"}
    assert complaints(schema, DOWNLOADED) == []
    assert complaints(schema, "{}") == []
    assert complaints(schema, {**DOWNLOADED, "nope": "x"})
    assert complaints(schema, {**DOWNLOADED, "type": "authorized_user"})
    assert complaints(schema, {**DOWNLOADED, "universe_domain": "example.com"})


def test_a_verification_is_an_object_or_null() -> None:
    status = SCHEMAS["LLMProviderStatus"]["properties"]
    told = {
        "outcome": "valid",
        "message": "The key works.",
        "field": None,
        "checked_at": "2026-01-31T08:00:00Z",
        "current": True,
    }
    assert complaints(status["verification"], None) == complaints(status["verification"], told) == []
    assert complaints(status["verification"], {**told, "nope": 1})
    assert (status["version"]["format"], SCHEMAS["AuditEvent"]["properties"]["id"]["format"]) == ("int64", "int64")


def test_an_event_may_be_of_an_action_that_is_not_known_yet() -> None:
    assert complaints({"$ref": "#/components/schemas/AuditAction"}, "undo") == []
    assert complaints({"$ref": "#/components/schemas/AuditEvent/properties/provider"}, None) == []


@each_operation
def test_who_deletes_is_told_that_it_is_for_good(operation: str) -> None:
    assert operation.startswith("DELETE") == ("Cannot be undone" in find(operation)["description"])


def test_what_a_path_names_has_an_example() -> None:
    named = [p for name in OPERATIONS for p in find(name).get("parameters", []) if p["in"] == "path"]
    examples = {("provider", "openai"), ("name", "billing"), ("id", "k7f3q9x2m4p8")}
    assert {(p["name"], p["example"]) for p in named} == examples


def test_each_action_of_the_trail_is_explained() -> None:
    assert list(MEANINGS) == list(AuditEvent.Action)
