"""The error answers, each a reusable response named after its code."""

from contextvars import Context
from typing import Any

from rest_framework.serializers import ValidationError

from llm_providers.api.errors import CODES, Problem, describe, internal_error
from llm_providers.api.https import REQUIRED as REQUIRED_HTTPS
from llm_providers.api.schema.credentials import Schema, object_of, ref
from llm_providers.providers import Registry
from llm_providers.providers.probe import Finding, Reading
from llm_providers.rotation import NothingToRetire, NothingToUndo
from llm_providers.sealing import CredentialsUnreadable
from llm_providers.store import AlreadyConfigured, ChangedMeanwhile
from llm_providers.strict.serializer import REQUIRED
from llm_providers.vault import ProviderDisabled
from llm_providers.verification.outcomes import verdict
from llm_providers.verification.stored import NoModels, NotVerified

HEADERS: dict[str, Schema] = {
    "X-Request-ID": {
        "description": "Ties the answer to its lines in the log; it is yours when you sent one.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
    },
    "WWW-Authenticate": {
        "description": "How to authenticate.",
        "required": True,
        "schema": {"type": "string", "const": "Bearer"},
    },
    "Allow": {"description": "The methods this path takes.", "required": True, "schema": {"type": "string"}},
    "ETag": {
        "description": "The state of what is answered: send it as If-None-Match, a configuration's as If-Match too.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[^"]+"$'},
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}},
}
HEADERS_OF_STATUS = {401: ["WWW-Authenticate"], 405: ["Allow"], 429: ["Retry-After"], 503: ["Retry-After"]}
PUBLISHED_DESCRIPTIONS = {500: "Internal Server Error"}  # where they differ from the code's words
FIELD_ERRORS: Schema = {
    "type": "object",
    "description": "What is wrong, by the dotted path of the field.",
    "additionalProperties": {"type": "array", "items": {"type": "string"}, "description": "Sentences, one a mistake."},
}


def problems(registry: Registry) -> dict[int, list[Problem]]:
    """An error answer of each kind, by status; the schemas follow from them."""
    provider = next(iter(registry))
    field = next(iter(provider.Credentials.declared()))
    refused = verdict(provider, Finding(Reading.REFUSED_KEY, field))
    outside_a_request = Context()
    return {status: [Problem(status)] for status in CODES} | {
        400: [Problem(400), describe(ValidationError({"credentials": {field: [REQUIRED]}}))],
        403: [Problem(403), REQUIRED_HTTPS],
        409: [
            describe(kind(provider.slug))
            for kind in (AlreadyConfigured, ProviderDisabled, NothingToUndo, NothingToRetire)
        ],
        412: [describe(ChangedMeanwhile(provider.slug))],
        422: [describe(NotVerified(refused))],
        500: [Problem(500, outside_a_request.run(internal_error).message + "deploy-7")],
        502: [describe(NoModels(verdict(provider, Finding(Reading.UNREACHABLE))))],
        503: [Problem(503), describe(CredentialsUnreadable(provider.slug))],
    }


def error_name(status: int) -> str:
    """``BadRequestError`` for BAD_REQUEST, ``InternalError`` for INTERNAL_ERROR."""
    return CODES[status].title().replace("_", "").removesuffix("Error") + "Error"


def error_schemas(registry: Registry) -> dict[str, Schema]:
    schemas = {"FieldErrors": FIELD_ERRORS}
    for status, kinds in problems(registry).items():
        schemas |= schemas_of_status(status, kinds)
    return schemas


def schemas_of_status(status: int, kinds: list[Problem]) -> dict[str, Schema]:
    """The answer, the problem inside it, and its codes when there are several."""
    name = error_name(status)
    problem, codes_name = name.removesuffix("Error") + "Problem", f"{name}Code"
    bodies = [kind.body()["error"] for kind in kinds]
    codes = list(dict.fromkeys(body["code"] for body in bodies))
    about = {"type": "string", "description": "The kind of error, for programs"}
    schemas: dict[str, Schema] = {}
    if len(codes) > 1:
        schemas[codes_name] = {**about, "enum": codes}
    properties: dict[str, Schema] = {
        "code": ref(codes_name) if len(codes) > 1 else {**about, "const": codes[0]},
        "message": {"type": "string", "description": "What is wrong and what helps, for people"},
    }
    if any("details" in body for body in bodies):
        properties["details"] = ref("FieldErrors")
    inside = object_of(properties, optional=("details",), description=f"What went wrong: {status} {words(status)}.")
    outside = object_of({"error": ref(problem)}, description=f"The body of a {status} {words(status)}.")
    return schemas | {problem: inside, name: outside}


def words(status: int) -> str:
    return PUBLISHED_DESCRIPTIONS.get(status, CODES[status].replace("_", " ").title())


def error_responses(registry: Registry) -> dict[str, Schema]:
    return {error_name(status): error_response(status, kinds) for status, kinds in problems(registry).items()}


def error_response(status: int, kinds: list[Problem]) -> Schema:
    examples: dict[str, Any] = {}
    for kind in kinds:
        body = kind.body()
        name = "INVALID_FIELDS" if kind.details else body["error"]["code"]
        examples[name] = {"value": body}
    return {
        "description": words(status),
        "headers": headers(status),
        "content": {"application/json": {"schema": ref(error_name(status)), "examples": examples}},
    }


def headers(status: int) -> Schema:
    return {name: ref(name, "headers") for name in ["X-Request-ID", *HEADERS_OF_STATUS.get(status, [])]}
