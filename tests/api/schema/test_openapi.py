"""The OpenAPI document: valid, complete and as published."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from drf_spectacular.renderers import OpenApiYamlRenderer
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from llm_providers.api.documentation import document
from llm_providers.api.schema import components
from llm_providers.api.schema.operations import OPERATIONS
from llm_providers.providers import PROVIDERS, Provider, Registry
from llm_providers.providers.credentials import CredentialsSerializer, PlainField, SecretField
from tests.client import API
from tests.live import ROOT
from tests.published import PUBLISHED
from tests.ways import name_of, through_each_way

DOCUMENT = document()
OPENAPI_YAML = ROOT / "openapi.yaml"
IN_EACH_WAY = [each for declared in PROVIDERS for each in through_each_way(declared)]
each_provider = pytest.mark.parametrize("provider", IN_EACH_WAY, ids=name_of)
each_operation = pytest.mark.parametrize("operation", list(OPERATIONS))


def find(operation: str) -> Any:
    method, path = operation.split()
    return DOCUMENT["paths"][path][method.lower()]


def resolve(node: Any) -> Any:
    for name in node.get("$ref", "#").split("/")[1:]:
        node = (DOCUMENT if name == "components" else node)[name]
    return node


def complaints(schema: dict[str, Any], value: object) -> list[str]:
    validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    return [error.message for error in validator.iter_errors(value)]


def examples(operation: str) -> Iterator[tuple[dict[str, Any], Any]]:
    """Each example of an operation with its schema, those of its errors included."""
    found = find(operation)
    for body in [found.get("requestBody"), *found["responses"].values()]:
        if body and "content" in resolve(body):
            content = resolve(body)["content"]["application/json"]
            yield from ((content["schema"], example["value"]) for example in content["examples"].values())


@pytest.mark.once
def test_the_file_is_the_generated_document() -> None:
    generated = OpenApiYamlRenderer().render(DOCUMENT, renderer_context={})  # type: ignore[no-untyped-call]
    assert OPENAPI_YAML.read_bytes() == generated, "Write it anew: python manage.py spectacular --file openapi.yaml"


@pytest.mark.once
def test_the_document_is_valid_openapi_3_1() -> None:
    validator = pytest.importorskip("openapi_spec_validator", reason="needs `pip install -r requirements-dev.txt`")
    validator.validate(json.loads(json.dumps(DOCUMENT)), cls=validator.OpenAPIV31SpecValidator)


@pytest.mark.once
def test_every_route_is_documented_and_nothing_else() -> None:
    documented = {f"{method.upper()} {path}" for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert documented == set(OPERATIONS)


@pytest.mark.once
def test_the_heading_is_as_published() -> None:
    assert {name: DOCUMENT[name] for name in ("openapi", "info", "servers", "security")} == {
        "openapi": "3.1.0",
        "info": {
            "title": "re-factor API Reference",
            "version": "1.0.0",
            "description": "API specification for re-factor system based on schema definitions",
        },
        "servers": [],
        "security": [{"BearerAuth": []}],
    }


@pytest.mark.once
def test_the_published_operation_is_there_under_its_names() -> None:
    create = find("POST /v1/llm-providers")
    body = {"$ref": "#/components/schemas/LLMProviderConfig"}
    assert create["summary"] == "Create a new LLM provider configuration"
    assert create["requestBody"]["required"] is True
    assert list(create["requestBody"]["content"]) == list(create["responses"]["200"]["content"]) == ["application/json"]
    assert create["requestBody"]["content"]["application/json"]["schema"] == body
    assert create["responses"]["200"]["content"]["application/json"]["schema"] == body
    assert create["responses"]["200"]["description"] == "OK"
    assert "security" not in create


@pytest.mark.once
@pytest.mark.parametrize(
    ("status", "name", "description"),
    [
        ("400", "BadRequestError", "Bad Request"),
        ("401", "UnauthorizedError", "Unauthorized"),
        ("403", "ForbiddenError", "Forbidden"),
        ("409", "ConflictError", "Conflict"),
        ("500", "InternalError", "Internal Server Error"),
    ],
)
def test_the_published_errors_are_there_under_their_names(status: str, name: str, description: str) -> None:
    response = find("POST /v1/llm-providers")["responses"][status]
    assert response == {"$ref": f"#/components/responses/{name}"}
    assert resolve(response)["description"] == description
    assert list(resolve(response)["content"]) == ["application/json"]


@pytest.mark.once
def test_the_published_components_are_there() -> None:
    ((name, scheme),) = DOCUMENT["components"]["securitySchemes"].items()
    assert (name, scheme["type"], scheme["scheme"], scheme["bearerFormat"]) == ("BearerAuth", "http", "bearer", "JWT")
    assert "llmp_" in scheme["description"]
    assert DOCUMENT["components"]["schemas"]["LLMProvidersEnum"] == {
        "type": "string",
        "enum": list(PUBLISHED),
        "description": "The provider to use for LLM access",
    }


@pytest.mark.once
@each_operation
def test_every_example_is_valid(operation: str) -> None:
    assert [complaint for schema, value in examples(operation) for complaint in complaints(schema, value)] == []


@pytest.mark.django_db
@each_provider
def test_the_example_of_a_request_is_accepted_and_answered_like_the_example_of_an_answer(
    api: API, provider: type[Provider]
) -> None:
    create = find("POST /v1/llm-providers")
    first = provider.example is PROVIDERS.get(provider.slug).example
    key = provider.slug if first else name_of(provider)
    sent = create["requestBody"]["content"]["application/json"]["examples"][key]["value"]
    shown = create["responses"]["200"]["content"]["application/json"]["examples"][key]["value"]
    assert sent["credentials"] == provider.example
    assert api.post("/v1/llm-providers", sent).json() == shown


def strings(value: Any) -> set[Any]:
    """What is in a JSON value, however deep."""
    if isinstance(value, dict):
        value = list(value.values())
    return set().union(*map(strings, value)) if isinstance(value, list) else {value}


@pytest.mark.once
@each_provider
def test_no_answer_shows_a_secret(provider: type[Provider]) -> None:
    secrets = strings(provider.example) - strings(PROVIDERS.mask(provider.slug, provider.example))
    shown = strings([find(operation)["responses"] for operation in OPERATIONS])
    assert secrets
    assert secrets & shown == set()


@pytest.mark.once
@each_provider
def test_a_branch_takes_its_provider_and_its_fields_only(provider: type[Provider]) -> None:
    schema = {"$ref": "#/components/schemas/LLMProviderConfig"}
    config = {"provider": provider.slug, "credentials": provider.example}
    assert complaints(schema, config) == []
    assert complaints(schema, {**config, "provider": "acme"})
    assert complaints(schema, {**config, "nope": "x"})
    assert complaints(schema, {**config, "credentials": {**provider.example, "nope": "x"}})
    required = [name for name, field in provider.Credentials.declared_for(None).items() if field.required]
    for name in required:
        credentials = {each: value for each, value in provider.example.items() if each != name}
        assert complaints(schema, {**config, "credentials": credentials})


@pytest.mark.once
@each_provider
def test_a_provider_is_one_object_whatever_its_ways(provider: type[Provider]) -> None:
    """Generators make one class of it; which fields go together is said in words."""
    schema = DOCUMENT["components"]["schemas"][f"{provider.__name__}Credentials"]
    assert set(schema) - {"required"} == {"type", "description", "properties", "additionalProperties"}
    assert list(schema["properties"]) == list(provider.Credentials.declared())
    for way in provider.Credentials.ways:
        assert re.search(rf"{way.label}: [a-z_, ()]*\.", schema["description"])
        assert [name for name in way.fields if "default" in schema["properties"][name]] == []
        assert [name for name in way.fields if name not in schema["description"]] == []


@pytest.mark.once
def test_an_eighth_provider_is_documented_from_its_declaration_alone() -> None:
    class Acme(Provider):
        slug = "acme"
        label = "Acme AI"
        summary = "Models from Acme's own API."
        docs_url = "https://docs.acme.ai"
        keys_url = "https://console.acme.ai/api-keys"
        example = {"api_key": "your-acme-api-key"}

        class Credentials(CredentialsSerializer):
            api_key = SecretField(label="API key", help_text="From the console.")
            region = PlainField(pattern="eu|us", default="eu")

    schemas = components(Registry([*PROVIDERS, Acme]))["schemas"]
    assert schemas["LLMProvidersEnum"]["enum"][-1] == "acme"
    assert schemas["LLMProviderConfig"]["discriminator"]["mapping"]["acme"] == "#/components/schemas/AcmeConfig"
    assert schemas["AcmeConfig"]["properties"]["provider"] == {
        "type": "string",
        "const": "acme",
        "description": "Acme AI",
    }
    assert schemas["AcmeCredentials"] == {
        "type": "object",
        "description": "The credentials for Acme AI",
        "properties": {
            "api_key": {
                "type": "string",
                "title": "API key",
                "minLength": 1,
                "description": "From the console.",
                "maxLength": 512,
                "format": "password",
            },
            "region": {
                "type": "string",
                "title": "Region",
                "minLength": 1,
                "maxLength": 512,
                "pattern": "^(?:eu|us)$",
                "default": "eu",
            },
        },
        "required": ["api_key"],
        "additionalProperties": False,
    }
